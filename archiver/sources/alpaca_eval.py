"""AlpacaEval: win rates against a reference model, judged by a model; a CSV for each judge."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import csvs, ranks, tables, text
from ..formats.fields import Audit, Fields
from ..records import Entry, Payload, Snapshot
from . import Board, GitFile, Route, Source

_DOCS = "https://raw.githubusercontent.com/tatsu-lab/alpaca_eval/main/docs"


class _Judge(NamedTuple):
    version: int
    """Of AlpacaEval: 1 compares with Davinci003, 2 with GPT-4 Turbo."""
    title: str
    rows: tuple[int, int]


_JUDGES: Mapping[str, _Judge] = {
    "weighted_alpaca_eval_gpt4_turbo": _Judge(2, "GPT-4 Turbo, weighted by its certainty", (5, 800)),
    "alpaca_eval_gpt4_turbo_fn": _Judge(2, "GPT-4 Turbo", (5, 150)),
    "alpaca_eval_cot_gpt4_turbo_fn": _Judge(2, "GPT-4 Turbo with a chain of thought", (5, 150)),
    "claude_3_opus_ranking": _Judge(2, "Claude 3 Opus", (3, 150)),
    "mistral-large-2402_ranking": _Judge(2, "Mistral Large 2402", (3, 150)),
    "alpaca_eval_gpt4": _Judge(1, "GPT-4", (10, 400)),
    "claude": _Judge(1, "Claude", (10, 150)),
    "chatgpt_fn": _Judge(1, "ChatGPT", (5, 150)),
}
"""A file's name → its judge; rows were 11 to 182, 11, 13, 6, 6, 23 to 100, 23 to 31, and 11 to 12."""

_PLAIN, _CONTROLLED = "win_rate", "length_controlled_winrate"
_REQUIRED = ("name", _PLAIN, "link", "filter")
_METRICS = {_PLAIN: "win rate (%)", _CONTROLLED: "length-controlled win rate (%)"}
_CATEGORIES = {_PLAIN: "win-rate", _CONTROLLED: "length-controlled"}


def _boards() -> Iterator[tuple[str, Board]]:
    for field, category in _CATEGORIES.items():
        for judge, facts in _JUDGES.items():
            title = f"AlpacaEval {facts.version}, judged by {facts.title}"
            yield (
                f"alpaca_eval/{_slug(judge)}/{category}",
                Board(
                    title=f"{title}: {category.replace('-', ' ')}", metric=_METRICS[field], rows=facts.rows
                ),
            )
        yield f"alpaca_eval/*/{category}", Board(title="AlpacaEval", metric=_METRICS[field], rows=(3, 800))


def _slug(judge: str) -> str:
    return judge.lower().replace("_", "-")


SOURCE = Source(
    title="AlpacaEval",
    homepage="https://tatsu-lab.github.io/alpaca_eval/",
    license="CC BY-NC 4.0",
    attribution="AlpacaEval leaderboard, Tatsu Lab (Stanford), https://github.com/tatsu-lab/alpaca_eval",
    routes=(
        Route(
            name="repository",
            media="csv",
            pattern=r"https://raw\.githubusercontent\.com/tatsu-lab/alpaca_eval/[^?#]+/docs/"
            r"(?:data_AlpacaEval(?:_2)?/)?[^/?#]+_leaderboard\.csv|(?!https?:)[^?#]*\.csv",
            captures=tuple(
                f"{_DOCS}/data_AlpacaEval{'_2' * (facts.version == 2)}/{judge}_leaderboard.csv"
                for judge, facts in _JUDGES.items()
            ),
        ),
    ),
    boards=dict(_boards()),
    cadence=timedelta(days=7),
    version=1,
    history=tuple(
        GitFile("https://github.com/tatsu-lab/alpaca_eval", f"docs/{folder}*_leaderboard.csv", "repository")
        for folder in ("", "data_AlpacaEval/", "data_AlpacaEval_2/")
    ),
    quirks=(
        "The repository's code is under Apache-2.0, its data under CC BY-NC 4.0; the boards count as data.",
        "Each judge is a track of its own. AlpacaEval 1 (alpaca-eval-gpt4, claude, chatgpt-fn) compares with "
        "Davinci003, AlpacaEval 2 (the others) with GPT-4 Turbo.",
        "Since March 2024 the length-controlled win rate orders the site's table and not the plain one: they "
        "are two boards here.",
        "The file prints no rank: ranks are counted from the win rate of the board.",
        "`filter` in extra: minimal and verified were run by the publisher, community by others, dev are "
        "prompts that ask to be concise or verbose.",
        "GPT 3.5 Turbo (06/13) stands twice, as 4k and 16k model, told apart by the folder of samples.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The plain board of a judge, and the length-controlled one where the file has it.

    Raises ParseFailed where the name does not tell the judge, and for a renamed column.
    """
    judge = re.search(r"(?:^|/)([A-Za-z0-9][A-Za-z0-9._-]*?)_leaderboard(?:@[^/]*)?\.csv$", payload.url)
    if judge is None:
        raise ParseFailed(
            f"alpaca_eval: {payload.url or 'the file'} tells no judge, nor do its bytes.",
            todo=f"give its address, e.g. --url {_DOCS}/data_AlpacaEval/claude_leaderboard.csv",
        )
    table = csvs.read(payload.body)
    table.require(*_REQUIRED)
    for field in [_PLAIN, _CONTROLLED] if _controlled(table) else [_PLAIN]:
        yield _snapshot(table, _slug(judge[1]), field)


def _controlled(table: tables.Table) -> bool:
    """Whether the file has length-controlled win rates. It is sorted by them where it has, else by the plain
    ones: another order without the column says that it is called otherwise."""
    if _CONTROLLED in table.header:
        return True
    rates = [Fields(Audit(), record, 0).number(_PLAIN) for record in table.records()]
    if any(a is not None and b is not None and a < b for a, b in pairwise(rates)):
        raise ParseFailed(
            f"Column {_CONTROLLED!r} is not in the table, yet the rows are not sorted by {_PLAIN!r}: "
            f"renamed, moved or gone. The columns are {text.listed(table.header)}."
        )
    return False


def _snapshot(table: tables.Table, judge: str, field: str) -> Snapshot:
    other = {_PLAIN, _CONTROLLED} - {field}
    audit = Audit(
        extras=("link", "samples", "filter"), ignored=dict.fromkeys(other, "it is on a board of its own")
    )
    entries = [
        _entry(audit.record(record), field, row) for row, record in enumerate(table.records(), start=1)
    ]
    return Snapshot(
        board=f"alpaca_eval/{judge}/{_CATEGORIES[field]}",
        entries=ranks.placed(list(_apart(entries))),
        rank_kind="by-score",
        metric=_METRICS[field],
        layout="length-controlled" if _CONTROLLED in table.header else "plain",
        findings=[*audit.findings(), *csvs.unfinished(table)],
    )


def _entry(fields: Fields, field: str, row: int) -> Entry:
    name, score = fields.name("name"), fields.number(field)
    length = {"avg_length": fields.figure("avg_length")} if "avg_length" in fields else {}
    printed = {key: value or None for key, value in fields.rest().items()}
    return Entry(position=row, model=name, score=score, extra=length | printed)


def _apart(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Rows of one name, told apart by the folder of their samples where that is known."""
    times = Counter(entry.model for entry in entries)
    for entry in entries:
        folder = re.search(r"/results/([^/]+)/", str((entry.extra or {}).get("samples")))
        yield entry._replace(variant=folder[1]) if folder and times[entry.model] > 1 else entry
