"""Markup off: what a reader sees of a fragment of HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def plain(fragment: str) -> str:
    """The visible text of a cell. Text without a tag is returned as it is: `a < b` and `AT&T` are names.

    >>> plain('<a href="https://example.org">GigaChat&nbsp;MAX</a>'), plain("R&amp;D <8B>")
    ('GigaChat MAX', 'R&amp;D <8B>')
    """
    if not _TAG.search(fragment):
        return fragment.strip()
    return " ".join(_soup(fragment).get_text().split())


def link(fragment: str) -> str | None:
    """Where the first link of a cell leads, or None.

    >>> link('<a href="https://example.org">x</a>'), link("x")
    ('https://example.org', None)
    """
    if not _TAG.search(fragment):
        return None
    anchor = _soup(fragment).select_one("a[href]")
    return str(anchor["href"]) if anchor is not None else None


def _soup(fragment: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup  # 130 ms: only where there is markup

    return BeautifulSoup(fragment, "html.parser")
