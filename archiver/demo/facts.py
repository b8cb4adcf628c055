"""Reads the demo's facts: rankings as CSV, one file a source, taken from what publishers served.

The first fourteen columns are the archive's ranking format; those after them are fields of the publisher
that its layout cannot be drawn without. `published_at` is the day of the publisher's version, rows stand in
the board's own order, figures are rounded to two digits. `python -m archiver.demo.take` writes these files.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

RANKING = (
    *("board", "published_at", "rank", "rank_low", "rank_high", "of", "model", "organization"),
    *("score", "score_low", "score_high", "votes", "license", "source_url"),
)
"""The columns of the archive's ranking format."""

FIELDS: Mapping[str, Mapping[str, str]] = {
    "arena": {},
    "ru_llm_arena": {"avg_tokens": "Avg. #Tokens|average #tokens"},
    "llmarena_ru": {"variance": "variance", "knowledge_cutoff": "Knowledge cutoff date"},
    "aider": {
        name: name
        for name in (
            *("dirname", "test_cases", "total_tests", "edit_format", "editor_model", "editor_edit_format"),
            *(
                "reasoning_effort",
                "thinking_tokens",
                "pass_rate_1",
                "pass_rate_2",
                "percent_cases_well_formed",
            ),
            *("command", "date", "versions", "seconds_per_case", "total_cost"),
        )
    },
}
"""Source → column after the ranking format → the publisher's names for it, separated by `|`."""

Fact = Mapping[str, str]
"""One line of a board: column → text, empty where the publisher says nothing."""


@cache
def read(source: str) -> Sequence[Fact]:
    """Every fact of a source, in the file's order."""
    text = files(__package__).joinpath("facts", f"{source}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def board(name: str, day: str) -> Sequence[Fact]:
    """One state of a board, its lines in the publisher's order. Raises LookupError where there is none."""
    lines = read(name.partition("/")[0])
    found = tuple(fact for fact in lines if (fact["board"], fact["published_at"]) == (name, day))
    if not found:
        raise LookupError(f"no facts of {name} on {day}")
    return found
