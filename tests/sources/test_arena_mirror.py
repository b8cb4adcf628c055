"""arena_mirror: what the mirror ran together is taken apart or left empty, never guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.arena_mirror import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/arena_mirror"
RECORDINGS = HERE.parents[2] / "../shared/payloads/arena"
RAW = "https://raw.githubusercontent.com/CherryHQ/cherry-studio-docs/main/other/model_rank"


def read(sample: str, file: str = "lmarena", change: tuple[str, str] = ("", "")) -> Snapshot:
    content = (SAMPLES / sample).read_text("utf-8")
    assert change[0] in content
    [snapshot] = parse(Payload(content.replace(*change).encode(), f"{RAW}/{file}.md"))
    return snapshot


def codes(snapshot: Snapshot) -> list[str]:
    return [finding.code for finding in snapshot.findings]


def test_two_digits_have_one_reading_and_more_have_none() -> None:
    snapshot = read("run_together.md")
    assert [(entry.rank, entry.rank_low, entry.rank_high) for entry in snapshot.entries] == [
        (1, 1, 4),
        (2, 2, 5),
        (7, None, None),
        (12, None, None),
    ]
    assert [(entry.extra or {}).get("Rank Spread") for entry in snapshot.entries] == [
        *(None, None),
        *("611", "1112"),
    ]
    assert codes(snapshot) == ["spread-run-together", "name-run-together"]
    assert "2 of 4" in snapshot.findings[0].sentence


def test_shared_places_with_other_scores_are_upper_bounds() -> None:
    assert read("upper_bounds.md").rank_kind == "published-ties"
    assert read("upper_bounds.md", change=("| 1476 |", "| 1480 |")).rank_kind == "published"


def test_a_score_that_may_be_negative_is_empty() -> None:
    snapshot = read("first_thirty.md", "agent")
    assert [entry.score for entry in snapshot.entries] == [11.99, 2.1, None, None]
    assert not snapshot.complete
    assert read("first_thirty.md", "agent", ("1.12%±1.42%", "0.12%±1.42%")).entries[2].score == 0.73


@pytest.mark.parametrize(
    "stamp", ["> 排名更新时间: 2025-01-15", "> **数据更新时间**: 2025-01-15 00:00:00 UTC / …"]
)
def test_both_kinds_of_stamps_are_read(stamp: str) -> None:
    line = next(
        line for line in (SAMPLES / "upper_bounds.md").read_text("utf-8").splitlines() if "更新" in line
    )
    published = read("upper_bounds.md", change=(line, stamp)).published_at
    assert published is not None
    assert published.isoformat() == "2025-01-15T00:00:00+00:00"


def test_a_later_way_to_print_an_interval_is_read() -> None:
    entry = read("run_together.md", change=("1504±7 ", "1504 (++8/-6) Preliminary ")).entries[0]
    assert (entry.score, entry.score_low, entry.score_high) == (1504, 1498, 1512)
    assert (entry.extra or {})["Preliminary"] is True


def test_the_page_that_leads_to_the_boards_is_none() -> None:
    assert SOURCE.route_of(f"{RAW}/README.md") is None
    with pytest.raises(ParseFailed, match="names no board"):
        list(parse(Payload((SAMPLES / "upper_bounds.md").read_bytes(), "elsewhere.md")))


@pytest.mark.shared
def test_every_recorded_file_is_read_but_the_one_without_a_table() -> None:
    if not RECORDINGS.is_dir():
        pytest.skip("no recordings beside the checkout")
    files = [*RECORDINGS.glob("mirror-markdown/*.md"), *RECORDINGS.glob("mirror-markdown-boards/[!R]*.md")]
    unread = []
    boards: dict[str, int] = {}
    for file in sorted(files):
        try:
            [snapshot] = parse(Payload(file.read_bytes(), f"{RAW}/{file.name.split('_')[0]}.md"))
        except ParseFailed:
            unread.append(file.name)
            continue
        assert snapshot.published_at is not None, file
        boards[snapshot.board] = boards.get(snapshot.board, 0) + 1
        assert {finding.code for finding in snapshot.findings} <= {"spread-run-together"}, file
    assert unread == ["lmarena_20250117T043758+0000_4bb1b8c5.md"]
    assert json.dumps(boards, sort_keys=True) == json.dumps(
        {
            "arena_mirror/agent/overall": 17,
            "arena_mirror/search-style-control/overall": 19,
            "arena_mirror/text-style-control/overall": 220,
            "arena_mirror/text-to-image/overall": 15,
            "arena_mirror/text/overall": 133,
            "arena_mirror/vision-style-control/overall": 15,
        }
    )
