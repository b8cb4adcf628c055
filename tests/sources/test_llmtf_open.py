"""llmtf_open: its one table, what is refused, and the recorded version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archiver import checks
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.llmtf_open import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLE = HERE.parents[1] / "samples/llmtf_open/results.md"
RECORDINGS = HERE.parents[2] / "../shared/payloads"
BOARD = "llmtf_open/ru-arena-hard-v0.1/deepseek"


def read(body: bytes | str) -> Snapshot:
    body = body.encode() if isinstance(body, str) else body
    [snapshot] = parse(Payload(body, SOURCE.routes[0].captures[0]))
    return snapshot


def test_ends_of_an_interval_ties_and_what_is_not_there() -> None:
    snapshot = read(SAMPLE.read_bytes())
    first, _, third, fourth, _, last = snapshot.entries
    assert snapshot.board == BOARD
    assert (first.score, first.score_low, first.score_high) == (1634, 1595, 1676)
    assert first.extra == {"STD": 21, "Median Length (chars)": 2271}
    assert (third.rank, fourth.rank, last.rank) == (3, 3, 6)
    assert (last.score_low, last.score_high, last.extra) == (
        None,
        None,
        {"STD": 20, "Median Length (chars)": None},
    )
    assert snapshot.findings == []


def test_another_judge_is_another_board() -> None:
    assert read(SAMPLE.read_text("utf-8").replace("deepseek", "GPT 4.1")).board == BOARD.replace(
        "deepseek", "gpt-4.1"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("nan |", "na", "closing bar"),
        ("| [1085, 1178] ", "", "Row 4 has 4 cells"),
        ("deepseek", "…", "no name for a board"),
        ("| Model", "\n| A | B |\n|---|---|\n| 1 | 2 |\n\n| Model", "2 tables"),
        ("| T-example-2.0-think |", "| |", "Row 1 has no 'Model'"),
    ],
)
def test_what_is_not_the_board_is_refused(old: str, new: str, said: str) -> None:
    content = SAMPLE.read_text("utf-8")
    assert old in content
    with pytest.raises(ParseFailed, match=said):
        read(content.replace(old, new))


def test_an_interval_that_is_unclear_is_told() -> None:
    snapshot = read(SAMPLE.read_text("utf-8").replace("[1244, 1284]", "[1244; ?]"))
    assert snapshot.entries[1].score_low is None
    assert [finding.code for finding in snapshot.findings] == ["unread-number"]


@pytest.mark.shared
def test_the_recorded_version() -> None:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    [path] = (RECORDINGS / "llmtf_open/ru_arena_hard_deepseek").glob("*.md")
    snapshot = read(path.read_bytes())
    entries = snapshot.entries
    assert (snapshot.board, len(entries)) == (BOARD, 24)
    assert checks.check(snapshot, SOURCE.board(BOARD)) == []
    # Every interval of the file, found without the parser.
    printed = re.findall(r"\| (\d+) \| \d+ \| \[(\d+), (\d+)\]", path.read_text("utf-8"))
    assert [(e.score, e.score_low, e.score_high) for e in entries] == [
        tuple(map(float, row)) for row in printed
    ]
    assert [entry.model for entry in entries[:3]] == [
        "T-pro-it-2.0",
        "T-pro-it-2.0-think",
        "Qwen3-235B-A22B-Instruct-2507",
    ]
    gigachat = entries[16]
    assert (gigachat.model, gigachat.rank, gigachat.score) == ("gigachat_max_26.20_uncen", 17, 1113)
    assert gigachat.extra == {"STD": 15, "Median Length (chars)": 994}
    assert (entries[-1].model, entries[-1].rank) == ("Qwen3-1.7B", 24)
