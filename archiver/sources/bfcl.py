"""BFCL, the Berkeley Function Calling Leaderboard: how well models call functions, natively or by prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from ..errors import ParseFailed
from ..formats import csvs, numbers, tables, text
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot
from . import Board, GitFile, Route, Source

_METRIC = "overall accuracy (%)"
_SITE = "https://gorilla.cs.berkeley.edu"
_HEAD = ("Rank", "Overall Acc", "Model", "Organization", "License")

_VERSIONS = {
    "v4": (*_HEAD, "Non-Live AST Acc", "Live Acc", "Multi Turn Acc", "Web Search Acc", "Memory Acc"),
    "v3": (*_HEAD, "Non-Live AST Acc", "Live Acc", "Multi Turn Acc"),
    "v1": (*_HEAD, "AST Summary", "Exec Summary"),
    "v2": (*_HEAD, "AST Summary", "Exec Summary", "Irrelevance Detection", "Relevance Detection"),
}
"""Version of the benchmark → the columns that its files have, whatever else came and went."""

# fmt: off
_FIGURES = (
    "Cost ($ Per 1k Function Calls)", "Total Cost ($)", "Latency Mean (s)", "Latency Standard Deviation (s)",
    "Latency 95th Percentile (s)", "AST Summary", "Exec Summary", "Simple Function AST",
    "Python Simple Function AST", "Java Simple Function AST", "JavaScript Simple Function AST",
    "Multiple Functions AST", "Parallel Functions AST", "Parallel Multiple AST", "Simple Function Exec",
    "Python Simple Function Exec", "REST Simple Function Exec", "Multiple Functions Exec",
    "Parallel Functions Exec", "Parallel Multiple Exec", "Simple AST", "Python Simple AST", "Java Simple AST",
    "JavaScript Simple AST", "Multiple AST", "Parallel AST", "Simple Exec", "Python Simple Exec",
    "REST Simple Exec", "Multiple Exec", "Parallel Exec", "Relevance Detection", "Irrelevance Detection",
    "Non-Live AST Acc", "Non-Live Simple AST", "Non-Live Multiple AST", "Non-Live Parallel AST",
    "Non-Live Parallel Multiple AST", "Non-Live Exec Acc", "Non-Live Simple Exec", "Non-Live Multiple Exec",
    "Non-Live Parallel Exec", "Non-Live Parallel Multiple Exec", "Live Acc", "Live Simple AST",
    "Live Multiple AST", "Live Parallel AST", "Live Parallel Multiple AST", "Multi Turn Acc",
    "Multi Turn Base", "Multi Turn Miss Func", "Multi Turn Miss Param", "Multi Turn Long Context",
    "Multi Turn Composite", "Web Search Acc", "Web Search Base", "Web Search No Snippet", "Memory Acc",
    "Memory KV", "Memory Vector", "Memory Recursive Summarization", "Format Sensitivity Max Delta",
    "Format Sensitivity Standard Deviation",
)
# fmt: on

_MISPRINTED = (
    b"Rank,Overall Acc,Model,Organization,License,AST Summary,Exec Summary,",
    b"Rank,Model,Model Link,Organization,License,Overall Acc,AST Summary,Exec Summary,",
)
"""How the header of March 2024 begins, and what its rows hold: a link that it does not name, and the overall
accuracy behind the licence (AST Summary is then the mean of the four AST columns in every row)."""

_SETTING = re.compile(r"(.+?)((?: \((?:FC|Prompt)[^()]*\))(?: \([^()]*\))*)")

SOURCE = Source(
    title="Berkeley Function Calling Leaderboard (BFCL)",
    homepage=f"{_SITE}/leaderboard.html",
    license="Apache-2.0",
    attribution="Berkeley Function Calling Leaderboard, Gorilla LLM, UC Berkeley, Apache-2.0",
    routes=(
        Route(
            name="site",
            media="csv",
            pattern=r"(?:https://gorilla\.cs\.berkeley\.edu/|https://raw\.githubusercontent\.com/"
            r"ShishirPatil/gorilla/[^?#]+/)data(?:_v1|_total|_combined[^/?#]*|_overall)?\.csv"
            r"|(?!https?:)[^?#]*\.csv",
            captures=(f"{_SITE}/data_overall.csv",),
        ),
    ),
    boards={
        f"bfcl/{version}/overall": Board(title=f"BFCL {version}", metric=_METRIC, rows=rows)
        for version, rows in {"v1": (15, 150), "v2": (40, 200), "v3": (30, 400), "v4": (30, 500)}.items()
    },
    cadence=timedelta(days=1),
    version=1,
    history=tuple(
        GitFile("https://github.com/ShishirPatil/gorilla", name, "site", f"{_SITE}/{name}", branch="gh-pages")
        for name in ("data_overall.csv", "data.csv")
    ),
    quirks=(
        "The licence is that of the Gorilla repository and of the benchmark's dataset.",
        "A model stands once with native function calling (FC) and once by prompt (Prompt): see `variant`.",
        "Each version of the benchmark is a board of its own: v1, v2 (live), v3 (multi-turn), v4 (agentic).",
        "Within v3 the tests changed: the composite went in November 2024, executing ones in April 2025.",
        "The header of the file of March 2024 is misprinted; it is read by what its rows hold.",
        "The files end without a line end, so that a cut in the last cell cannot always be seen.",
        "The tables of single categories (data_live.csv and others) are not read.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The overall board of a file, of the version that its columns tell.

    Raises ParseFailed for a renamed column, and where the columns hold something else than they say.
    """
    misprinted = payload.body.startswith(_MISPRINTED[0])
    table = csvs.read(payload.body.replace(*_MISPRINTED, 1) if misprinted else payload.body)
    version = _version(table.header)
    table.require(*_VERSIONS[version])
    cut, findings = _last_cell(table)
    if misprinted:
        what = "The header lacks the link and has the overall accuracy elsewhere: read by what the rows hold."
        findings.append(Finding("misprinted-header", "note", what))
    audit = Audit(extras=("Model Link",))
    entries = [_entry(audit.record(record), row) for row, record in enumerate(table.records(), start=1)]
    if all(entry.score is None for entry in entries):
        raise ParseFailed("bfcl: no row has a number for 'Overall Acc': the columns seem to be shifted.")
    if cut:
        last = dict(entries[-1].extra or {})
        last.pop(cut, None)
        entries[-1] = entries[-1]._replace(extra=last)
    yield Snapshot(
        board=f"bfcl/{version}/overall",
        entries=entries,
        metric=_METRIC,
        layout=f"{version}-misprinted" if misprinted else version,
        findings=[*audit.findings(), *findings],
    )


def _version(header: tuple[str, ...]) -> str:
    """By the families of columns, so that one renamed column does not make it another version."""
    if any(column.startswith(("Web Search", "Memory", "Format Sensitivity")) for column in header):
        return "v4"
    if any(column.startswith(("Multi Turn", "Non-Live")) for column in header):
        return "v3"
    return "v1" if any("Function AST" in column or "Python" in column for column in header) else "v2"


def _entry(fields: Fields, row: int) -> Entry:
    name = fields.name("Model")
    setting = _SETTING.fullmatch(name)
    return Entry(
        position=row,
        model=setting[1] if setting else name,
        organization=_said(fields.text("Organization")),
        variant=setting[2].strip(" ()").replace(") (", ", ") if setting else None,
        rank=fields.integer("Rank"),
        score=fields.number("Overall Acc"),
        license=_said(fields.text("License")),
        extra={field: fields.figure(field) for field in _FIGURES if field in fields} | fields.rest(),
    )


def _said(cell: str | None) -> str | None:
    return None if cell is None or numbers.is_missing(cell) else cell


def _last_cell(table: tables.Table) -> tuple[str, list[Finding]]:
    """What to make of the last cell of a file without a line end: the column to leave out, and findings.

    A percentage ends with its sign, and a licence that other rows have too is whole. Any other licence may be
    cut, which holds the board; any other figure may be cut, and is left out.
    """
    column, cell = table.header[-1], table.rows[-1][-1]
    repeated = column not in _FIGURES and any(row[-1] == cell for row in table.rows[:-1])
    if table.ended or cell.endswith("%") or repeated:
        return "", []
    what = f"The file ends without a line end, in the {column} {text.short(cell)}"
    if column in _FIGURES:
        return column, [Finding("last-cell", "note", f"{what}: it may be cut off and is left out.")]
    what += " that no other row has: it may be cut off, and rows after it."
    return "", [Finding("unfinished", "error", what)]
