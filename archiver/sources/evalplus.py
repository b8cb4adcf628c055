"""EvalPlus: HumanEval and MBPP, each with its original tests and with many more (HumanEval+, MBPP+)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ..formats import keyed
from ..records import Payload, Snapshot
from . import Board, GitFile, Route, Source
from ._pass_at_one import METRIC, Layout, layout, snapshots

_LAYOUTS = (
    Layout(
        "pass@1",
        {
            "evalplus/humaneval/base": "pass@1.humaneval",
            "evalplus/humaneval/plus": "pass@1.humaneval+",
            "evalplus/mbpp/base": "pass@1.mbpp",
            "evalplus/mbpp/plus": "pass@1.mbpp+",
        },
    ),
    Layout(
        "pass@1_base",  # until 2024-04-18
        {
            "evalplus/humaneval/base": "pass@1_base.humaneval",
            "evalplus/humaneval/plus": "pass@1_plus.humaneval",
            "evalplus/mbpp/base": "pass@1_base.mbpp",
            "evalplus/mbpp/plus": "pass@1_plus.mbpp",
        },
    ),
)

SOURCE = Source(
    title="EvalPlus leaderboard",
    homepage="https://evalplus.github.io/leaderboard.html",
    license="not stated",
    attribution="EvalPlus leaderboard, evalplus.github.io",
    routes=(
        Route(
            name="site",
            media="json",
            pattern=r"https://evalplus\.github\.io/results\.json"
            r"|https://raw\.githubusercontent\.com/evalplus/evalplus\.github\.io/[^?#]+/results\.json"
            r"|(?!https?:)[^?#]*\.json",
            captures=("https://evalplus.github.io/results.json",),
        ),
    ),
    boards={
        "evalplus/humaneval/plus": Board(title="HumanEval+", metric=METRIC, rows=(40, 500)),
        "evalplus/humaneval/base": Board(title="HumanEval", metric=METRIC, rows=(40, 500)),
        "evalplus/mbpp/plus": Board(title="MBPP+", metric=METRIC, rows=(30, 500)),
        "evalplus/mbpp/base": Board(title="MBPP, the original tests", metric=METRIC, rows=(30, 500)),
    },
    cadence=timedelta(days=7),
    version=1,
    history=(
        GitFile(
            "https://github.com/evalplus/evalplus.github.io",
            "results.json",
            "site",
            url="https://evalplus.github.io/results.json",
        ),
    ),
    quirks=(
        "The licence of the results is not stated; the EvalPlus code is under Apache-2.0.",
        "The file is in no order and prints no rank: ranks are counted from pass@1, as the site does.",
        "A model without a figure (null) is not on that board: not evaluated, not last.",
        "On 2024-04-21 the keys changed from pass@1_base and pass@1_plus to one pass@1.",
        "On 2024-04-21 MBPP was run anew (its figures are shares of 399 tasks before, mostly of 378 after): "
        "they do not compare, and 17 models lost theirs.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The four boards of a file. Raises ParseFailed where a figure is called otherwise, or stands nowhere."""
    found = keyed.records(payload.body)
    yield from snapshots(found, layout(found, _LAYOUTS))
