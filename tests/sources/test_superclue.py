"""SuperCLUE: boards found by their headings, places as medals, and the twelve recorded versions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archiver import checks
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.superclue import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/superclue"
RECORDINGS = HERE.parents[2] / "../shared/payloads/superclue"
GENERAL = "superclue/general/overall"

VERSIONS = {
    "2023-05-09": (3, 10),
    "2023-05-15": (3, 11),
    "2023-05-19": (3, 11),
    "2023-05-25": (3, 13),
    "2023-06-16": (3, 15),
    "2023-07-24": (4, 21),
    "2023-07-28": (4, 21),
    "2023-09-15": (5, 16),
    "2023-09-28": (18, 20),
    "2023-11-16": (14, 21),
    "2024-01-25": (14, 26),
}
"""Version → boards, rows of the general one: counted by eye."""
UNREAD = {"2023-05-02": "the README of an empty repository, one line"}


def read(body: bytes | str) -> dict[str, Snapshot]:
    body = body.encode() if isinstance(body, str) else body
    return {snapshot.board: snapshot for snapshot in parse(Payload(body, SOURCE.routes[0].captures[0]))}


def sample(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8")


def test_medals_are_places_and_who_has_none_is_not_counted() -> None:
    general = read(sample("places.md"))[GENERAL]
    assert general.rank_kind == "published"
    assert [(entry.rank, entry.competitor) for entry in general.entries] == [
        (None, False),
        (None, False),
        (1, True),
        (2, True),
        (3, True),
        (4, True),
    ]
    gpt, first = general.entries[1:3]
    assert (gpt.model, gpt.organization, gpt.license) == ("GPT-9", "OpenAI", "闭源")
    assert first.extra == {"OPEN多轮开放问题": "61.11", "OPT客观题": "71.38"}
    assert general.notes == {"heading": "SuperCLUE总排行榜（2023年9月）", "edition": "2023-09"}


def test_without_places_humans_alone_are_not_counted() -> None:
    general = read(sample("scores.md"))[GENERAL]
    assert [(entry.model, entry.rank) for entry in general.entries] == [
        ("人类", None),
        ("GPT-9", 1),
        ("示例认知", 2),
        ("北风-13B", 2),
    ]


def test_abilities_without_a_sum_are_a_board_each() -> None:
    boards = read(sample("places.md"))
    reasoning = boards["superclue/ten-abilities/reasoning"]
    assert [(entry.score, entry.rank) for entry in reasoning.entries] == [(96.25, 1), (20, 3), (47.5, 2)]
    agent = boards["superclue/ten-abilities/agent"].entries[1]
    assert (agent.score, agent.rank) == (None, None)


def test_pictures_and_unknown_tables_are_told_once() -> None:
    boards = read(sample("places.md").replace("OPEN多轮开放问题排行榜", "新榜"))
    codes = [finding.code for snapshot in boards.values() for finding in snapshot.findings]
    assert codes == ["unread-tables", "unread-pictures"]
    [tables, pictures] = boards[GENERAL].findings
    assert "新榜" in tables.sentence
    assert "idea.png" in pictures.sentence


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## 示例\n#### 语言理解\n", "", "is cut off"),
        ("SuperCLUE-OPEN多轮开放问题排行榜", "总排行榜", "second table of general"),
        ("| 31.00 ", "", "Row 2 has 4 cells"),
        ("| 小模型-6B | 开源实验室 | 50.10", "| | 开源实验室 | 50.10", "Row 6 has no '模型'"),
    ],
)
def test_what_is_not_whole_is_refused(old: str, new: str, said: str) -> None:
    content = sample("places.md").rstrip() + "\n"
    assert old in content
    with pytest.raises(ParseFailed, match=said):
        read(content.replace(old, new).rstrip() + "\n")


def test_a_readme_of_pictures_is_a_failure_that_counts_them() -> None:
    with pytest.raises(ParseFailed, match="2 pictures, which are not read"):
        read("# SuperCLUE\n<img src='a.png'>\n\n### SuperCLUE总排行榜\n\n![](b.png)\n")


def test_a_place_that_is_unclear_is_told() -> None:
    boards = read(sample("places.md").replace("| 4 | 小模型", "| 4-5 | 小模型"))
    assert boards[GENERAL].entries[-1].rank is None
    assert "unread-number" in [finding.code for finding in boards[GENERAL].findings]


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return {path.name[7:17]: path.read_text("utf-8") for path in RECORDINGS.glob("README@*.md")}


@pytest.mark.shared
def test_every_recorded_version(recorded: dict[str, str]) -> None:
    assert recorded.keys() == VERSIONS.keys() | UNREAD.keys()
    for version, (count, rows) in VERSIONS.items():
        boards = read(recorded[version])
        assert (len(boards), len(boards[GENERAL].entries)) == (count, rows)
        for snapshot in boards.values():
            codes = {
                (found.code, found.severity) for found in checks.check(snapshot, SOURCE.board(snapshot.board))
            }
            # One list of September 2023 prints the 13th place above the 12th.
            assert codes <= {("unread-pictures", "note"), ("rank-order", "warning")}
            ranked = sorted(entry.rank for entry in snapshot.entries if entry.rank is not None)
            assert ranked[0] == 1
            assert all(place <= at for at, place in enumerate(ranked, start=1))


@pytest.mark.shared
@pytest.mark.parametrize("version", UNREAD)
def test_a_version_without_a_board_is_a_failure(recorded: dict[str, str], version: str) -> None:
    with pytest.raises(ParseFailed, match="no table stands under a heading"):
        read(recorded[version])


@pytest.mark.shared
def test_every_score_of_the_general_lists(recorded: dict[str, str]) -> None:
    """Found without the parser: the first figure with two decimals of each row of the first table."""
    for version in VERSIONS:
        table = re.split(r"\|\s*总分\s*\|", recorded[version])[1].partition("\n\n")[0]
        printed = [
            float(found[1])
            for row in table.splitlines()
            if (found := re.search(r"\|\s*(\d+\.\d+)\s*\|", row))
        ]
        assert [entry.score for entry in read(recorded[version])[GENERAL].entries] == printed, version


@pytest.mark.shared
def test_the_first_and_the_last_recorded_board(recorded: dict[str, str]) -> None:
    first = read(recorded["2023-05-09"])[GENERAL].entries
    assert [(entry.model, entry.score, entry.rank, entry.competitor) for entry in first[:3]] == [
        ("人类", 96.5, None, False),
        ("GPT-4", 76.67, 1, True),
        ("GPT-3.5-turbo", 66.18, 2, True),
    ]
    assert (first[-1].model, first[-1].rank) == ("文心一言", 9)
    boards = read(recorded["2024-01-25"])
    last = boards[GENERAL]
    assert last.notes["edition"] == "2023-12"
    placed = [entry for entry in last.entries if entry.competitor]
    assert [(entry.model, entry.rank, entry.score) for entry in placed[:3]] == [
        ("文心一言4.0(API)", 1, 79.02),
        ("通义千问2.0", 2, 76.54),
        ("AndesGPT", 3, 75.04),
    ]
    assert [entry.rank for entry in placed[8:11]] == [9, 9, 11]  # a tie as the publisher means it
    assert (len(placed), placed[-1].model, placed[-1].rank) == (18, "Chinese-Alpaca-2-13B", 18)
    assert (last.entries[0].model, last.entries[0].rank, last.entries[0].extra) == (
        "GPT4-Turbo",
        None,
        {"OPEN多轮开放问题": "90.89", "OPT三大能力客观题": "90.03", "使用": "API"},
    )
    safety = {entry.model: entry for entry in boards["superclue/ten-abilities/safety"].entries}
    assert (safety["Claude2"].score, safety["GPT4(API)"].score) == (83.0, 53.92)
