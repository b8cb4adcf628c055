"""llmtf_open: a Russian Arena-Hard by RefalMachine, judged by DeepSeek; a Markdown table of Elo ratings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from ..errors import ParseFailed
from ..formats import markdown, numbers, ranks, text
from ..formats.fields import Audit
from ..formats.tables import Table
from ..records import Entry, Payload, Snapshot
from . import Board, GitFile, Route, Source

_RESULTS = (
    "https://raw.githubusercontent.com/RefalMachine/llmtf_open/master/"
    "benchmark/llmaaj/ru_arena-hard-v0.1/judges/deepseek/results.md"
)
_MODEL, _ELO, _INTERVAL = "Model", "ELO Rating", "95% CI"
_FIGURES = ("STD", "Median Length (chars)")

_TITLE = re.compile(r"^# Benchmark Results: (\S[^\n]*)$", re.MULTILINE)
_JUDGE = re.compile(r"^\*\*Judge Model:\*\* (\S[^\n]*)$", re.MULTILINE)
_BOUNDS = re.compile(r"\[(.+), (.+)\]")

SOURCE = Source(
    title="llmtf_open, Russian Arena-Hard",
    homepage="https://github.com/RefalMachine/llmtf_open",
    license="not stated",
    attribution="RefalMachine, llmtf_open",
    routes=(
        Route(
            name="results",
            media="markdown",
            pattern=r"https://raw\.githubusercontent\.com/RefalMachine/llmtf_open/[^?#]+/judges/[^/?#]+/results\.md"
            r"|(?!https?:)[^?#]*\.md",
            captures=(_RESULTS,),
        ),
    ),
    boards={"llmtf_open/*": Board(title="llmtf_open, Russian Arena-Hard", metric=_ELO, rows=(10, 300))},
    cadence=timedelta(days=7),
    version=1,
    history=(
        GitFile(
            "https://github.com/RefalMachine/llmtf_open",
            "benchmark/llmaaj/ru_arena-hard-v0.1/judges/deepseek/results.md",
            "results",
            url=_RESULTS,
        ),
    ),
    quirks=(
        "No rank is printed: ranks are counted from the rating, equal ratings share the better one.",
        "Ratings are estimated anew for each version, gpt-4o-mini fixed at 1000: they move by themselves.",
        "A board is a benchmark and the language model that judges it; both are named above the table.",
        "`-think` at the end of a name is the same model with its reasoning on.",
        "The file ends without a line end, so that a version cut off between two rows looks whole.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The one board of a results file.

    Raises ParseFailed where the title, the judge, the table or a column is missing, or the last row is cut.
    """
    content = text.decode(payload.body).replace("\r\n", "\n")
    title, judge = _TITLE.search(content), _JUDGE.search(content)
    if title is None or judge is None:
        what = "'# Benchmark Results: …'" if title is None else "'**Judge Model:** …'"
        raise ParseFailed(f"llmtf_open: the file has no {what} above its table: another file, or rewritten.")
    table = _only(content)
    table.require(_MODEL, _ELO, _INTERVAL)
    audit = Audit()
    rows = [_entry(audit, record, row) for row, record in enumerate(table.records(), start=1)]
    places = ranks.competition([entry.score for entry in rows])
    yield Snapshot(
        board=f"llmtf_open/{_slug(title[1])}/{_slug(judge[1])}",
        entries=[entry._replace(rank=place) for entry, place in zip(rows, places, strict=True)],
        rank_kind="by-score",
        metric=_ELO,
        layout="results",
        notes={"benchmark": title[1].strip(), "judge": judge[1].strip()},
        findings=list(audit.findings()),
    )


def _only(content: str) -> Table:
    found = markdown.tables(content)
    if len(found) != 1:
        raise ParseFailed(f"llmtf_open: {len(found)} tables in the file, not one.")
    if not found[0].ended and not content.rstrip().endswith("|"):
        raise ParseFailed("llmtf_open: the last row has no closing bar: it is cut off.")
    return found[0]


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")
    if not slug:
        raise ParseFailed(f"llmtf_open: {text.short(name)} gives no name for a board.")
    return slug


def _entry(audit: Audit, record: Mapping[str, str], row: int) -> Entry:
    fields = audit.record(record)
    model, score = fields.name(_MODEL), fields.number(_ELO)
    low, high = _bounds(audit, fields.text(_INTERVAL))
    figures = {field: fields.figure(field) for field in _FIGURES if field in fields}
    return Entry(
        position=row,
        model=model,
        score=score,
        score_low=low,
        score_high=high,
        extra=figures | fields.rest(),
    )


def _bounds(audit: Audit, printed: str | None) -> tuple[float | None, float | None]:
    """`[1595, 1676]`: the interval's two ends, not offsets."""
    if printed is None or numbers.is_missing(printed):
        return None, None
    found = _BOUNDS.fullmatch(printed)
    low, high = (numbers.number(found[1]), numbers.number(found[2])) if found else (None, None)
    if low is None or high is None:
        audit.unread(_INTERVAL, printed)
        return None, None
    return low, high
