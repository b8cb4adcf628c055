"""BigCodeBench: practical programming tasks, all of them (full) or the hardest 148, told in two ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import isfinite

from ..errors import ParseFailed
from ..formats import keyed
from ..records import Finding, Payload, Snapshot
from . import Board, GitFile, Route, Source
from ._pass_at_one import METRIC, Layout, layout, snapshots

_HARD_TASKS = 148
"""Tasks of the hard set (the full one has 1,140), so that its figures are whole numbers of 1/148."""

_SITE = "https://bigcode-bench.github.io"

SOURCE = Source(
    title="BigCodeBench leaderboard",
    homepage=f"{_SITE}/",
    license="not stated",
    attribution="BigCodeBench leaderboard, BigCode, bigcode-bench.github.io",
    routes=(
        Route(
            name="site",
            media="json",
            pattern=r"https://bigcode-bench\.github\.io/(?:hard-)?results(?:-hard)?\.json"
            r"|https://raw\.githubusercontent\.com/bigcode-bench/bigcode-bench\.github\.io/[^?#]+/"
            r"(?:hard-)?results(?:-hard)?\.json|(?!https?:)[^?#]*\.json",
            captures=(f"{_SITE}/results.json", f"{_SITE}/results-hard.json"),
        ),
    ),
    boards={
        f"bigcodebench/{track}/{task}": Board(title=f"BigCodeBench{name}, {told}", metric=METRIC, rows=rows)
        for track, name in (("full", ""), ("hard", "-Hard"))
        for task, told, rows in (
            ("complete", "told by the docstring", (30, 600)),
            ("instruct", "told by an instruction", (15, 600)),
        )
    },
    cadence=timedelta(days=7),
    version=1,
    history=tuple(
        GitFile(
            "https://github.com/bigcode-bench/bigcode-bench.github.io", name, "site", url=f"{_SITE}/{name}"
        )
        for name in ("results.json", "results-hard.json")
    ),
    quirks=(
        "The licence of the results is not stated; the BigCodeBench code is under Apache-2.0.",
        "The file is in no order and prints no rank: ranks are counted from pass@1, as the site does.",
        "A model without a figure (null) is not on that board: not evaluated, not last.",
        "Full or hard is told by the figures (whole numbers of 1/148 are hard): the first versions in the "
        "history of results-hard.json hold the full board.",
        "The first file has pass@1 twice, plain and calibrated; the calibrated one is the score, as later.",
        "The Elo rating (elo_mle) came in June 2024 and went in January 2025; it is kept in extra.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The complete and the instruct board of a file.

    Raises ParseFailed where a figure is called otherwise, and where neither figures nor name tell the set.
    """
    found = keyed.records(payload.body)
    figures = [
        value
        for record in found
        for field, value in record.fields.items()
        if field.startswith("pass@1.") and isinstance(value, int | float) and not isinstance(value, bool)
    ]
    track, findings = _track(payload.url, figures)
    yield from snapshots(found, layout(found, [*_layouts(track)]), findings)


def _layouts(track: str) -> Iterator[Layout]:
    for name, mark in (("calibrated", "-cal"), ("plain", "")):
        yield Layout(
            name,
            {f"bigcodebench/{track}/{task}": f"pass@1.{task}{mark}" for task in ("complete", "instruct")},
            also=("pass@1.complete", "pass@1.instruct") if mark else (),
        )


def _track(url: str, figures: Sequence[float]) -> tuple[str, list[Finding]]:
    """The set, by what the figures can be: nearly all of the hard ones are n/148, of the full one in six."""
    file = url.rpartition("/")[2]
    named = ("hard" if "hard" in file else "full") if "results" in file else None
    tasks = [value * _HARD_TASKS / 100 for value in figures]
    # Figures are printed with one decimal: 0.05 of a percent is 0.074 of a task.
    whole = sum(isfinite(value) and abs(value - round(value)) <= 0.075 for value in tasks)
    share = whole / len(tasks) if len(tasks) >= 5 else None
    told = None if share is None or 0.5 < share < 0.95 else "hard" if share >= 0.95 else "full"
    track = told or named
    if track is None:
        raise ParseFailed(
            "bigcodebench: neither the name nor the figures tell whether this is the full or the hard board.",
            todo=f"give its address, e.g. --url {_SITE}/results-hard.json",
        )
    if not (told and named and told != named):
        return track, []
    what = (
        f"The address says {named}, but the figures are of the {told} board: {whole} of {len(tasks)} are "
        f"whole numbers of 1/{_HARD_TASKS}."
    )
    return track, [
        Finding("other-board", "warning", what, {"named": named, "whole": whole, "figures": len(tasks)})
    ]
