"""Aider's code editing boards: YAML files in its repository, a record for each run of a model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import ranks, tables, text, yamls
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot
from . import Board, GitFile, Route, Source

_DATA = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data"


class _Track(NamedTuple):
    metric: str
    cases: int
    """Tests in the whole benchmark, by which a file without a name is known. Single runs may have fewer."""


_TRACKS: Mapping[str, _Track] = {
    "polyglot": _Track("pass_rate_2", 225),
    "edit": _Track("pass_rate_2", 133),
    "refactor": _Track("pass_rate_1", 89),
}

# fmt: off
_HEAD = ("dirname", "test_cases", "model", "edit_format")
_TAIL = ("command", "date", "versions", "seconds_per_case")
"""Every recorded record has these eight. The tail stands at a record's end, so that a cut one lacks some."""
_FIGURES = (
    "test_cases", "total_tests", "pass_rate_1", "pass_rate_2", "pass_num_1", "pass_num_2",
    "percent_cases_well_formed", "error_outputs", "num_malformed_responses",
    "num_with_malformed_responses", "user_asks", "lazy_comments", "syntax_errors",
    "indentation_errors", "exhausted_context_windows", "test_timeouts", "seconds_per_case",
    "prompt_tokens", "completion_tokens", "thinking_tokens",
)
"""Extra fields that are numbers. All others stay text: a commit may look like one (`1234567`, `2e10`)."""
_TEXTS = (
    "dirname", "edit_format", "commit_hash", "command", "date", "versions", "released", "_released",
    "editor_model", "editor_edit_format", "reasoning_effort",
)
# fmt: on
_COST = "total_cost"
"""Dollars for the whole run; 0 where the cost was not known."""

SOURCE = Source(
    title="Aider LLM leaderboards",
    homepage="https://aider.chat/docs/leaderboards/",
    license="Apache-2.0",
    attribution="Aider LLM leaderboards, Paul Gauthier and contributors, Apache-2.0",
    routes=(
        Route(
            name="repository",
            media="yaml",
            pattern=r"https://raw\.githubusercontent\.com/(?:Aider-AI|paul-gauthier)/aider/[^?#]+/"
            r"(?:polyglot|edit|refactor)_leaderboard\.yml|(?!https?:)[^?#]*\.ya?ml",
            captures=tuple(f"{_DATA}/{track}_leaderboard.yml" for track in _TRACKS),
        ),
    ),
    boards={
        "aider/polyglot/overall": Board(title="Aider polyglot", metric="pass_rate_2 (%)", rows=(5, 400)),
        "aider/edit/overall": Board(title="Aider code editing", metric="pass_rate_2 (%)", rows=(8, 500)),
        "aider/refactor/overall": Board(title="Aider refactoring", metric="pass_rate_1 (%)", rows=(3, 100)),
    },
    cadence=timedelta(days=1),
    version=1,
    history=tuple(
        GitFile(
            "https://github.com/Aider-AI/aider",
            f"aider/website/_data/{track}_leaderboard.yml",
            "repository",
            url=f"{_DATA}/{track}_leaderboard.yml",
        )
        for track in _TRACKS
    ),
    quirks=(
        "The order of the file is not a ranking: ranks are counted from the pass rate.",
        "A model stands once for each setting it was run with; the settings are in `variant`.",
        "A total_cost of 0 means that the cost is not known; it is kept as null.",
        "Edit and refactor boards stopped at the end of 2024; polyglot replaced them.",
        "The file has no date of its own; `date` in extra is that of one run.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The one board of a file: from its name, else from the size of its benchmark.

    Raises ParseFailed where neither tells or both tell otherwise, for a key that no record has, and for
    a last record that is cut off.
    """
    records = yamls.records(payload.body)
    track = _track(payload.url, records)
    metric = _TRACKS[track].metric
    tables.require((*_HEAD, *_TAIL, metric), list(dict.fromkeys(key for record in records for key in record)))
    tables.require(_TAIL, list(records[-1]))
    audit = Audit(extras=_TEXTS)
    rows = [_entry(audit.record(record), metric, row) for row, record in enumerate(records, start=1)]
    places = ranks.competition([entry.score for entry in rows])
    yield Snapshot(
        board=f"aider/{track}/overall",
        entries=[entry._replace(rank=place) for entry, place in zip(_apart(rows), places, strict=True)],
        rank_kind="by-score",
        metric=f"{metric} (%)",
        layout="yaml",
        findings=[*audit.findings(), *_unscored(rows, metric), *_unfinished(payload.body, records[-1])],
    )


def _unfinished(body: bytes, last: Mapping[str, yamls.Node]) -> Iterator[Finding]:
    """Holds a file that seems to stop in the middle of its last value.

    Most versions end without a line end, so that alone says nothing; but costs have four decimals (or are a
    plain 0), and a record's cost is its last figure.
    """
    cost = str(last.get(_COST, ""))
    if not body.endswith(b"\n") and not re.fullmatch(r"[0-9]+\.[0-9]{4}|0", cost):
        what = (
            f"The file stops in its last record ({_COST} {text.short(cost)}, no line end): it may be cut off."
        )
        yield Finding("unfinished", "error", what, {_COST: cost})


def _track(url: str, records: Sequence[Mapping[str, yamls.Node]]) -> str:
    # The same folder holds boards of single articles, as o1_polyglot_leaderboard.yml: those are not ours.
    named = re.search(r"(?:^|/)(polyglot|edit|refactor)_leaderboard", url)
    if not named and "leaderboard" in url.rpartition("/")[2]:
        raise ParseFailed(f"aider: {url.rpartition('/')[2]} is none of the {', '.join(_TRACKS)} boards.")
    # The common size, as single runs cover less than the whole and none covers more.
    sizes = Counter(str(record.get("total_tests", record.get("test_cases"))) for record in records)
    size = sizes.most_common(1)[0][0]
    sized = next((track for track, facts in _TRACKS.items() if str(facts.cases) == size), None)
    if named and sized and named[1] != sized:
        raise ParseFailed(f"aider: the name says {named[1]}, but the records ({size} tests) are of {sized}.")
    if not named and not sized:
        raise ParseFailed(
            f"aider: neither the name nor the benchmark's size ({size} tests) tells which board this is.",
            todo="give its address, e.g. --url " + _DATA + "/polyglot_leaderboard.yml",
        )
    return named[1] if named else str(sized)


def _entry(fields: Fields, metric: str, row: int) -> Entry:
    name, score = fields.name("model"), fields.number(metric)
    figures = {field: fields.figure(field) for field in _FIGURES if field in fields}
    if _COST in fields:
        figures[_COST] = fields.number(_COST) or None
    extra = figures | fields.rest()
    return Entry(
        position=row,
        model=name,
        variant=_variant(extra),
        score=score,
        extra=extra,
    )


def _variant(extra: Mapping[str, object]) -> str | None:
    """The settings of a run, as listed: `diff`, `architect, editor gpt-4.1 (editor-diff), effort high`."""
    parts = [extra.get("edit_format")]
    if extra.get("editor_model"):
        edits = extra.get("editor_edit_format")
        parts.append(f"editor {extra['editor_model']}" + (f" ({edits})" if edits else ""))
    if extra.get("reasoning_effort"):
        parts.append(f"effort {extra['reasoning_effort']}")
    if extra.get("thinking_tokens") is not None:
        parts.append(f"{extra['thinking_tokens']} thinking tokens")
    return ", ".join(str(part) for part in parts if part) or None


def _apart(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Later runs of one model with the same settings, told apart by their directory.

    The first keeps its bare settings, so that its name stays the same when another run is added.
    """
    seen: set[tuple[str, str | None]] = set()
    for entry in entries:
        settings = (entry.model, entry.variant)
        again = settings in seen
        seen.add(settings)
        run = (entry.extra or {}).get("dirname")
        yield entry._replace(variant=f"{entry.variant}, run {run}") if again else entry


def _unscored(entries: Sequence[Entry], metric: str) -> Iterator[Finding]:
    names = [entry.model for entry in entries if entry.score is None]
    if names:
        yield Finding(
            "no-metric",
            "note",
            f"{len(names)} of {len(entries)} records have no {metric}, so no rank: {', '.join(names[:5])}.",
            {"records": len(names), "models": names},
        )
