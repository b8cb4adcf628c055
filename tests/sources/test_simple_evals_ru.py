"""simple-evals-ru: three layouts of one table, and the ten recorded versions."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from archiver import checks
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.simple_evals_ru import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/simple_evals_ru"
RECORDINGS = HERE.parents[2] / "../shared/payloads"
OVERALL = "simple_evals_ru/scores/overall"
FIVE = ["overall", "mgsm-en", "math-500", "humaneval", "mmlu-pro", "bbh"]

VERSIONS = {"2025-02-18": 11, "2025-02-20": 11, "2025-02-21": 11, "2025-02-25": 13, "2025-03-19": 18}
"""Version → models, counted by eye."""
UNREAD = {
    "2025-02-07": "a list of commands, no table",
    "2025-02-08": "a list of commands, no table",
    "2025-02-11": "a list of commands, no table",
    "2025-02-12": "links to wrong answers and what they cost, no scores",
    "2025-02-13": "links to wrong answers and what they cost, no scores",
}
"""The publisher had no board before 2025-02-18."""


def read(body: bytes | str) -> dict[str, Snapshot]:
    body = body.encode() if isinstance(body, str) else body
    return {snapshot.board: snapshot for snapshot in parse(Payload(body, SOURCE.routes[0].captures[0]))}


def sample(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8")


def test_a_price_in_the_head_of_a_row_is_no_part_of_the_name() -> None:
    boards = read(sample("heads.md"))
    entries = boards[OVERALL].entries
    assert [(entry.model, entry.rank) for entry in entries] == [
        ("northwind-lite", 4),
        ("northwind-max", 3),
        ("openlm-70b", 1),
        ("openlm-70b:northwind", 1),
    ]
    assert entries[3].extra == {"$ / m tokens": "9.80$"}
    assert boards["simple_evals_ru/scores/mmlu-pro"].entries[3].rank is None
    assert boards[OVERALL].layout == "plain"


def test_intervals_and_the_old_and_new_names_of_a_benchmark() -> None:
    priced, wide = read(sample("priced.md")), read(sample("wide.md"))
    assert [board.rpartition("/")[2] for board in priced] == FIVE
    assert priced.keys() < wide.keys()
    top = wide[OVERALL].entries[1]
    assert (top.score, top.score_low, top.score_high, top.rank) == (74.5, 69.8, 79.2, 1)
    assert top.model == "northwind‑2‑max"  # hyphens as printed
    assert top.extra == {"$ / m tokens": "$19.50"}
    assert len(wide[OVERALL].notes["benchmarks"]) == 7  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("priced.md", "</table>", "", "cut off"),
        ("priced.md", "<td>79.9±4.4%</td>\n", "", "Row 1 has 7 cells"),
        ("priced.md", 'id="results-table"', 'id="scores-table"', "2 tables in the section"),
        (
            "wide.md",
            "<th> openlm&#8209;7b </th>\n</tr>",
            "<th> other </th>\n</tr>",
            "'openlm‑7b' has 'other'",
        ),
    ],
)
def test_what_is_not_the_whole_board_is_refused(name: str, old: str, new: str, said: str) -> None:
    assert old in sample(name)
    with pytest.raises(ParseFailed, match=said):
        read(sample(name).replace(old, new))


def test_an_unclear_score_is_none_and_told() -> None:
    boards = read(sample("priced.md").replace("79.9±4.4%", "79.9±?"))
    assert boards[OVERALL].entries[0].score is None
    assert [finding.code for finding in boards[OVERALL].findings] == ["unread-number"]


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    paths = (RECORDINGS / "simple_evals_ru").glob("README@*.md")
    return {path.name[7:17]: path.read_text("utf-8") for path in paths}


@pytest.mark.shared
def test_every_recorded_version(recorded: dict[str, str]) -> None:
    assert recorded.keys() == VERSIONS.keys() | UNREAD.keys()
    for version, models in VERSIONS.items():
        boards = read(recorded[version])
        assert [board.rpartition("/")[2] for board in boards] == FIVE
        # Every score of the section, found without the parser: columns side by side, row by row.
        section = recorded[version].partition('"scores-table"')[2].partition("</section>")[0]
        printed = [float(score) for score in re.findall(r"<td>([0-9.]+)(?:±[0-9.]+)?%", section)]
        rows = zip(*(snapshot.entries for snapshot in boards.values()), strict=True)
        assert [entry.score for row in rows for entry in row] == printed
        for snapshot in boards.values():
            assert len(snapshot.entries) == models
            assert checks.check(snapshot, SOURCE.board(snapshot.board)) == []


@pytest.mark.shared
@pytest.mark.parametrize("version", UNREAD)
def test_versions_without_a_board_are_failures(recorded: dict[str, str], version: str) -> None:
    with pytest.raises(ParseFailed, match="'scores-table'"):
        read(recorded[version])


@pytest.mark.shared
def test_every_place_that_was_counted_from_a_table(recorded: dict[str, str]) -> None:
    with (RECORDINGS / "reported/dated_ranks.tsv").open(encoding="utf-8", newline="") as file:
        reported = [row for row in csv.DictReader(file, delimiter="\t") if "simple-evals-ru" in row["board"]]
    held = [row for row in reported if row["as_of"] in recorded]
    assert (len(reported), len(held)) == (11, 7)  # the version of 2025-03-31 is not recorded
    for row in held:
        entries = read(recorded[row["as_of"]])[OVERALL].entries
        [entry] = [entry for entry in entries if entry.model == row["model"]]
        assert (entry.rank, len(entries), entry.score) == (
            int(row["rank"]),
            int(row["of"]),
            float(row["score"]),
        )


@pytest.mark.shared
def test_the_first_and_the_last_recorded_board(recorded: dict[str, str]) -> None:
    first, last = read(recorded["2025-02-18"]), read(recorded["2025-03-19"])
    assert [entry.model for entry in sorted(first[OVERALL].entries, key=lambda entry: entry.rank or 0)][
        :3
    ] == [
        "deepseek-v3",
        "qwen-2.5-72b",
        "llama-3.3-70b:yandex",
    ]
    assert [entry.model for entry in sorted(last[OVERALL].entries, key=lambda entry: entry.rank or 0)][
        :3
    ] == [
        "deepseek-v3",
        "qwen-2.5-72b",
        "qwen-2.5-32b",
    ]
    [vikhr] = [e for e in last["simple_evals_ru/scores/mgsm-en"].entries if e.model == "vikhr-yandexgpt-8b"]
    assert (vikhr.rank, vikhr.position, vikhr.score, vikhr.score_low) == (18, 13, 34.0, 28.0)
    assert vikhr.extra == {"$ / m tokens": "selfhost"}
