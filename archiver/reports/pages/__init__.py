"""Reports: what changed, where those stand whom somebody watches, and what it rests on.

One content (`gather.report`), two languages (`texts`), six forms.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ... import outputs
from .content import Asked, Report

if TYPE_CHECKING:
    import os

    import duckdb

__all__ = ["FORMATS", "Asked", "Report", "build", "save", "title", "written"]


def _html(report: Report) -> bytes:
    from .html import whole

    return whole(report).encode()


def _markdown(report: Report) -> bytes:
    from .markdown import document

    return document(report).encode()


def _pdf(report: Report) -> bytes:
    from .paper import pdf

    return pdf(report)


def _sheets(report: Report) -> bytes:
    from .sheets import workbook

    return workbook(report)


def _json(report: Report) -> bytes:
    from .data import json

    return json(report).encode()


def _csv(report: Report) -> bytes:
    from .data import csv

    return csv(report).encode()


_WRITERS: dict[str, Callable[[Report], bytes]] = {
    "html": _html,
    "md": _markdown,
    "pdf": _pdf,
    "csv": _csv,
    "xlsx": _sheets,
    "json": _json,
}
FORMATS = tuple(_WRITERS)


def build(con: duckdb.DuckDBPyConnection, asked: Asked) -> Report:
    """What a report says. The same index and question give the same report.

    Raises UnknownName and UsageError; see `gather.report`.
    """
    from ..texts import texts
    from .gather import report

    texts(asked.lang)  # before any work is done
    return report(con, asked)


def written(report: Report, form: str) -> bytes:
    """A report in one of `FORMATS`: the same bytes for the same report."""
    return _WRITERS[form](report)


def title(report: Report) -> str:
    """The report's name, in its language."""
    from .. import texts
    from . import view

    return view.title(report, texts.texts(report.asked.lang))


def save(report: Report, path: str | os.PathLike[str]) -> Path:
    """Writes a report in the format that the name ends with. Raises UsageError for another ending and
    `NotKept` where it cannot be written."""
    target = Path(path)
    made = written(report, outputs.form_of(target, FORMATS))
    outputs.put(target, made)
    return target
