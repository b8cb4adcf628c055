"""HELM: Stanford CRFM's leaderboards, a JSON file of tables for each release of a project."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import jsons, ranks, text
from ..formats.fields import Audit
from ..records import Entry, Finding, Payload, Snapshot
from . import Board, Request, Route, Source


class _Project(NamedTuple):
    title: str
    metric: str
    """Heading of the column that orders the board."""


_PROJECTS: Mapping[str, _Project] = {
    "capabilities": _Project("HELM Capabilities", "Mean score"),
    "lite": _Project("HELM Lite", "Mean win rate"),
}
_STORAGE = "https://storage.googleapis.com/crfm-helm-public"
_RELEASES = "https://raw.githubusercontent.com/stanford-crfm/helm/main/helm-frontend/project_metadata.json"
_FILE = re.compile(
    re.escape(_STORAGE) + r"/([a-z0-9-]+)/benchmark_output/releases/([^/?#]+)/groups/core_scenarios\.json"
)
_TABLE = "Accuracy"
"""The first table of a file; the others (efficiency, general information, …) order nothing."""
_CELL = frozenset(
    [
        *("value", "display_value", "description", "href", "style", "markdown", "contamination_level"),
        *("run_names", "run_spec_names", "lower_is_better", "metadata"),
    ]
)
"""What a cell may have beside its value: how it is shown, and the runs behind it."""


def _discover() -> Generator[Request, bytes, Sequence[Request]]:
    """The newest release of each project, as the leaderboards' own front end lists them."""
    body = yield Request(_RELEASES)
    listed = jsons.loads(text.decode(body))
    newest: dict[str, str] = {}
    for project in listed if isinstance(listed, list) else []:
        if isinstance(project, dict) and isinstance(project.get("releases"), list) and project["releases"]:
            newest[str(project.get("id"))] = str(project["releases"][0])
    missing = [name for name in _PROJECTS if not re.fullmatch(r"v[0-9.]+", newest.get(name, ""))]
    if missing:
        raise ParseFailed(f"helm: the list of releases has none of {text.listed(missing)}.")
    return [
        Request(f"{_STORAGE}/{name}/benchmark_output/releases/{newest[name]}/groups/core_scenarios.json")
        for name in _PROJECTS
    ]


SOURCE = Source(
    title="HELM",
    homepage="https://crfm.stanford.edu/helm/",
    license="not stated",
    attribution="HELM, Stanford CRFM, https://crfm.stanford.edu/helm/",
    routes=(
        Route(name="release", media="json", pattern=_FILE.pattern, discover=_discover),
        Route(name="file", media="json", pattern=r"(?!https?:)[^?#]*\.json"),
    ),
    boards={
        f"helm/{name}/core-scenarios": Board(title=project.title, metric=project.metric, rows=(5, 500))
        for name, project in _PROJECTS.items()
    },
    cadence=timedelta(days=7),
    version=1,
    proven=False,
    quirks=(
        "Written from the shape that HELM's own code gives its tables; no recording was at hand.",
        "The licence of the results is not stated; the code of HELM is under Apache-2.0.",
        "A board is the newest release of a project; the release is in the notes of a snapshot.",
        "A mean win rate is relative to the models of its release, so that two releases do not compare; a "
        "mean score is an average and does.",
        "The file prints no rank: ranks are counted from the mean. Scenario figures are in extra.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The board of a file. Raises ParseFailed where its first table is not what HELM's code makes."""
    table = _table(payload.body)
    header = [_value(cell, "a heading") for cell in table["header"]]
    project = _project(payload.url, header)
    metric = _PROJECTS[project].metric
    if header[:2] != ["Model", metric]:
        raise ParseFailed(
            f"helm: the table of {project} begins with {text.listed(map(str, header[:2]))}, "
            f"not with 'Model' and {metric!r}."
        )
    if table["header"][1].get("lower_is_better"):
        raise ParseFailed(f"helm: of {metric!r} the file says that lower is better, which cannot be.")
    # A scenario is headed `MMLU-Pro - COT correct`; whatever else stands there is new.
    audit = Audit(extras=[str(name) for name in header if " - " in str(name)])
    release = _FILE.fullmatch(payload.url)
    entries = [_entry(audit, header, row, at) for at, row in enumerate(table["rows"], start=1)]
    yield Snapshot(
        board=f"helm/{project}/core-scenarios",
        entries=ranks.placed(entries),
        rank_kind="by-score",
        metric=metric,
        layout="groups",
        notes={"release": release[2]} if release else {},
        findings=[*audit.findings(), *_unknown(table)],
    )


def _table(body: bytes) -> dict[str, list[dict[str, object]]]:
    """Header and rows of the first table."""
    found = jsons.loads(text.decode(body))
    first = found[0] if isinstance(found, list) and found else None
    if not isinstance(first, dict):
        raise ParseFailed("helm: the file is not a list of tables.")
    missing = [key for key in ("title", "header", "rows") if key not in first]
    if missing:
        raise ParseFailed(f"helm: the first table has no {text.listed(missing)}: renamed, moved or gone.")
    if first["title"] != _TABLE:
        raise ParseFailed(f"helm: the first table is {text.short(first['title'])}, not {_TABLE!r}.")
    lists = [first["header"], *(first["rows"] if isinstance(first["rows"], list) else [None])]
    sound = all(isinstance(each, list) and all(isinstance(cell, dict) for cell in each) for each in lists)
    if not sound or len(lists) < 2:
        raise ParseFailed("helm: the first table is not a header and rows of cells.")
    return {"header": first["header"], "rows": first["rows"]}


def _project(url: str, header: Sequence[object]) -> str:
    """From the address, else from the heading of the mean."""
    named = _FILE.fullmatch(url)
    if named and named[1] in _PROJECTS:
        return named[1]
    if named:
        raise ParseFailed(f"helm: the project {named[1]!r} is none of {text.listed(_PROJECTS)}.")
    found = [name for name, project in _PROJECTS.items() if project.metric in header]
    if len(found) != 1:
        known = text.listed(project.metric for project in _PROJECTS.values())
        raise ParseFailed(f"helm: none of the columns is {known}, so that the project is not known.")
    return found[0]


def _value(cell: object, what: str) -> object:
    value = cell.get("value") if isinstance(cell, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise ParseFailed(f"helm: {what} is {type(value).__name__}, not a text or a number.")
    return value


def _entry(audit: Audit, header: Sequence[object], row: object, at: int) -> Entry:
    cells = row if isinstance(row, list) else []
    if len(cells) != len(header):
        raise ParseFailed(f"helm: row {at} has {len(cells)} cells where the header has {len(header)}.")
    values = [_value(cell, f"a cell of row {at}") for cell in cells]
    fields = audit.record(dict(zip(map(str, header), values, strict=True)))
    model, score = fields.name("Model"), fields.number(str(header[1]))
    return Entry(position=at, model=model, score=score, extra=fields.rest())


def _unknown(table: Mapping[str, Sequence[object]]) -> Iterator[Finding]:
    cells = [*table["header"], *(cell for row in table["rows"] if isinstance(row, list) for cell in row)]
    new = sorted({key for cell in cells if isinstance(cell, dict) for key in cell} - _CELL)
    if new:
        what = f"Cells have keys that are new: {text.listed(new)}. They are not kept."
        yield Finding("new-cell-key", "warning", what, {"keys": new})
