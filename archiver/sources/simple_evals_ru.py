"""simple-evals-ru: Russian models on English benchmarks; an HTML table in a README, sorted by maker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import htmls, numbers, ranks, tables, text
from ..formats.fields import Audit, Fields
from ..records import Entry, Payload, Snapshot
from . import Board, GitFile, Route, Source

_README = "https://raw.githubusercontent.com/kuk/simple-evals-ru/main/README.md"
_SECTION = "scores-table"
_MEAN, _PRICE = "avg", "$ / m tokens"

_CATEGORIES: Mapping[str, str] = {
    _MEAN: "overall",
    "mgsm-en": "mgsm-en",
    "math-500": "math-500",
    "humaneval": "humaneval",
    "mbpp": "mbpp",
    "mmlu-pro-1k": "mmlu-pro",
    "mmlu-pro": "mmlu-pro",
    "bbh-1k": "bbh",
    "bbh": "bbh",
    "gpqa-diam": "gpqa-diam",
    "simpleqa-1k": "simpleqa",
}
"""Column → category. The `-1k` was dropped from two names; the questions and the results stayed."""
_REQUIRED = ("avg", "mgsm-en", "math-500", "humaneval", "mmlu-pro", "bbh")
"""In every version; those added later may go again."""

_HEAD = re.compile(r"(?P<model>.+?), (?P<price>[0-9.]+\$)")
"""A row's head until March 2025: `gigachat-lite, 2.00$`."""
_UNNAMED = re.compile(r"column [0-9]+")

SOURCE = Source(
    title="simple-evals-ru",
    homepage="https://github.com/kuk/simple-evals-ru",
    license="MIT",
    attribution="Alexander Kukushkin, simple-evals-ru, MIT",
    routes=(
        Route(
            name="readme",
            media="markdown",
            pattern=r"https://raw\.githubusercontent\.com/kuk/simple-evals-ru/[^?#]+/README\.md"
            r"|(?!https?:)[^?#]*\.md",
            captures=(_README,),
        ),
    ),
    boards={
        "simple_evals_ru/scores/overall": Board(
            title="simple-evals-ru, average", metric="avg (%)", rows=(8, 100)
        ),
        "simple_evals_ru/scores/*": Board(
            title="simple-evals-ru", metric="share of right answers (%)", rows=(8, 100)
        ),
    },
    cadence=timedelta(days=7),
    version=1,
    history=(GitFile("https://github.com/kuk/simple-evals-ru", "README.md", "readme", url=_README),),
    quirks=(
        "The table is ordered by maker, not by score: ranks are counted from the scores.",
        "The benchmarks are in English, without translation; the Russian models are the subject.",
        "The average is over five benchmarks until March 2025 and over seven since: those do not compare.",
        "`llama-3.3-70b:yandex` is Meta's model as Yandex hosts it.",
        "The publisher's interval is printed as ±, not said to be of which level.",
        "In its first week (until 13 February 2025) the README had no scores: those versions are failures.",
        "The licence is that of the repository; nothing is said of the data apart.",
    ),
)


class _Row(NamedTuple):
    model: str
    scores: Mapping[str, numbers.Measured | None]
    extra: Mapping[str, object]


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The board of the average, then one for each benchmark, in the order of the columns.

    Raises ParseFailed where the table of scores, its end or a column is missing.
    """
    content = text.decode(payload.body)
    if _SECTION not in content:
        raise ParseFailed(
            f"simple_evals_ru: no section {_SECTION!r}: the README is older than the board, or rewritten."
        )
    found = htmls.tables(content, inside=_SECTION)
    if len(found) != 1:
        raise ParseFailed(f"simple_evals_ru: {len(found)} tables in the section {_SECTION}, not one.")
    table = found[0]
    if not table.ended:
        raise ParseFailed("simple_evals_ru: the table of scores has no end: it is cut off.")
    columns = {name: category for name in table.header if (category := _CATEGORIES.get(_plain(name)))}
    tables.require(_REQUIRED, [_plain(name).removesuffix("-1k") for name in table.header])
    audit = Audit(extras=(_PRICE,))
    rows = [_row(audit.record(record), table.header, columns) for record in table.records()]
    findings = list(audit.findings())
    for column, category in columns.items():
        yield Snapshot(
            board=f"simple_evals_ru/scores/{category}",
            entries=_ranked(rows, column),
            rank_kind="by-score",
            metric=f"{_plain(column)} (%)",
            layout="intervals" if "±" in table.rows[0][table.header.index(column)] else "plain",
            notes={"benchmarks": [_plain(name) for name in columns if _plain(name) != _MEAN]},
            findings=findings,
        )


def _plain(name: str) -> str:
    """A column's name with plain hyphens: later versions print ones that a browser does not break at."""
    return name.replace("\N{NON-BREAKING HYPHEN}", "-")


def _row(fields: Fields, header: Sequence[str], columns: Mapping[str, str]) -> _Row:
    head = fields.name(header[0])
    # Wide tables repeat the name in a last column, which has no name of its own.
    for column in header[1:]:
        if _UNNAMED.fullmatch(column) and (again := fields.text(column)) != head:
            what = f"the row of {text.short(head)} has {text.short(again)} in {column}, which has no name"
            raise ParseFailed(f"simple_evals_ru: {what}.")
    scores = {column: fields.measured(column) for column in columns}
    priced = _HEAD.fullmatch(head)
    price = {_PRICE: priced["price"]} if priced else {}
    return _Row(priced["model"] if priced else head, scores, price | fields.rest())


def _ranked(rows: Sequence[_Row], column: str) -> list[Entry]:
    measured = [row.scores[column] for row in rows]
    places = ranks.competition([None if score is None else score.value for score in measured])
    return [
        Entry(
            position=position,
            model=row.model,
            rank=place,
            score=score and score.value,
            score_low=score and score.low,
            score_high=score and score.high,
            extra=row.extra,
        )
        for position, (row, score, place) in enumerate(zip(rows, measured, places, strict=True), start=1)
    ]
