"""ru_llm_arena: both layouts, headings that stay behind, and the seven recorded versions."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot, utc
from archiver.sources.ru_llm_arena import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/ru_llm_arena"
RECORDINGS = HERE.parents[2] / "../shared/payloads"
PLAIN, CONTROLLED = "ru_llm_arena/plain/overall", "ru_llm_arena/length-control/overall"

# Version → rows (counted with grep), publish date or None where the heading is stale.
VERSIONS = {
    "2024-07-26": (40, "2024-07-26"),
    "2024-07-27": (40, "2024-07-26"),
    "2024-08-30": (40, "2024-07-26"),
    "2024-10-27": (44, "2024-10-27"),
    "2024-11-27": (47, None),
    "2024-12-11": (49, None),
    "2025-03-20": (49, None),
}


def read(body: bytes | str) -> dict[str, Snapshot]:
    body = body.encode() if isinstance(body, str) else body
    return {snapshot.board: snapshot for snapshot in parse(Payload(body, SOURCE.routes[0].captures[0]))}


def sample(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8")


def test_the_baseline_is_counted_although_the_text_leaves_it_out() -> None:
    snapshot = read(sample("lines.md"))[PLAIN]
    assert snapshot.published_at == utc("2024-07-05")
    assert snapshot.declared_total == len(snapshot.entries) == 5
    assert snapshot.notes["stated_models"] == 4
    assert all(entry.competitor for entry in snapshot.entries)


def test_a_heading_that_counts_other_rows_gives_no_date() -> None:
    for snapshot in read(sample("boxes_stale_heading.md")).values():
        assert snapshot.published_at is None
        assert snapshot.declared_total is None
        assert snapshot.notes["stated_date"] == "2024-09-03"
        [finding] = snapshot.findings
        assert (finding.code, finding.severity) == ("stale-header", "warning")
        assert finding.figures == {"stated_date": "2024-09-03", "stated_models": 4, "rows": 6}


@pytest.mark.parametrize(
    ("old", "new", "published"),
    [
        ("находятся 4 модели", "находятся **4** модели", "2024-07-05"),
        ("находятся 4 модели", "находятся 5 моделей", None),
        (
            "находятся 4 модели",
            "стало больше моделей",
            "2024-07-05",
        ),  # no count: nothing contradicts the date
        ("5.07.2024", "31.02.2024", None),
    ],
)
def test_what_the_heading_may_say(old: str, new: str, published: str | None) -> None:
    expected = utc(published) if published else None
    assert read(sample("lines.md").replace(old, new))[PLAIN].published_at == expected


def test_a_table_without_the_baseline_is_counted_as_stated() -> None:
    rows = [line for line in sample("lines.md").splitlines() if "gpt-3.5-turbo-0125   " not in line]
    snapshot = read("\n".join(rows))[PLAIN]
    assert (len(snapshot.entries), snapshot.published_at) == (4, utc("2024-07-05"))


def test_equal_scores_share_the_better_rank_and_positions_go_on() -> None:
    entries = read(sample("lines.md"))[PLAIN].entries
    assert [(entry.position, entry.rank) for entry in entries] == [(1, 1), (2, 2), (3, 2), (4, 4), (5, 5)]
    assert (entries[0].score_low, entries[0].score_high) == (86.9, 89.2)


def test_a_mark_is_no_part_of_a_name_and_a_cut_name_stays_as_printed() -> None:
    snapshot = read(sample("boxes.md"))[PLAIN]
    assert snapshot.entries[0].model == "northwind-4"
    assert (snapshot.entries[0].extra or {})["mark"] == "(!)"
    assert snapshot.notes["marks"] == {"(!)": "(!) - сноска к модели."}
    assert snapshot.entries[1].model == "a-model-with-a-very-long-n…"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("boxes.md", "└────", "", "no lower border"),
        ("boxes.md", "│  48.9 │", "│", "Row 5 has 3 cells"),
        ("lines.md", "1403\n```", "1403", "no whole table"),
        ("lines.md", "</details>", "", "no whole table"),
        ("lines.md", "| score: 50.0 ", "", "'score' is not in the table"),
        ("lines.md", "northwind-4   ", "Примечание: northwind-4\nnorthwind-4   ", "is not `Model"),
        ("lines.md", "## Состояние арены на", "## Состояние", "no heading"),
        ("boxes.md", "### Без контроля длины", "### Иначе", "section of the plain board is missing"),
    ],
)
def test_what_is_not_the_whole_board_is_refused(name: str, old: str, new: str, said: str) -> None:
    assert old in sample(name)
    with pytest.raises(ParseFailed, match=said):
        read(sample(name).replace(old, new))


def test_line_ends_of_another_system() -> None:
    for name in ("lines.md", "boxes.md"):
        assert read(sample(name).replace("\n", "\r\n")) == read(sample(name))


@pytest.fixture(scope="module")
def recorded() -> dict[str, tuple[dict[str, Snapshot], str]]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    paths = sorted((RECORDINGS / "ru_llm_arena/readme").glob("README@*.md"))
    return {path.name[7:17]: (read(path.read_bytes()), path.read_text("utf-8")) for path in paths}


@pytest.mark.shared
@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_version(recorded: dict[str, tuple[dict[str, Snapshot], str]], version: str) -> None:
    boards, content = recorded[version]
    rows, published = VERSIONS[version]
    assert list(boards) == [PLAIN, CONTROLLED]
    # Every score in the file, in its order, found without the parser.
    printed = [float(score) for score in re.findall(r"(?:score: +|│ +)(\d+\.\d)", content)]
    assert [entry.score for snapshot in boards.values() for entry in snapshot.entries] == printed
    for snapshot in boards.values():
        assert len(snapshot.entries) == rows
        assert snapshot.published_at == (utc(published) if published else None)
        assert [finding.code for finding in snapshot.findings] == ([] if published else ["stale-header"])
        assert all(e.score_low <= e.score <= e.score_high for e in snapshot.entries)  # type: ignore[operator]
        assert [e.rank for e in snapshot.entries] == sorted(e.rank or 0 for e in snapshot.entries)
        low, high = SOURCE.boards[snapshot.board].rows
        assert low <= rows <= high


@pytest.mark.shared
def test_every_place_that_was_counted_from_a_table(
    recorded: dict[str, tuple[dict[str, Snapshot], str]],
) -> None:
    with (RECORDINGS / "reported/dated_ranks.tsv").open(encoding="utf-8", newline="") as file:
        reported = [row for row in csv.DictReader(file, delimiter="\t") if row["board"] == "ru_llm_arena"]
    held = [row for row in reported if row["as_of"] in recorded]
    assert len(reported) == 16
    assert len(held) == 13  # the version of 2024-09-21 is not recorded
    for row in held:
        entries = recorded[row["as_of"]][0][PLAIN].entries
        [entry] = [entry for entry in entries if entry.model == row["model"]]
        listed = (entry.position, len(entries), entry.score)
        assert listed == (int(row["rank"]), int(row["of"]), float(row["score"])), row


@pytest.mark.shared
def test_the_shared_score_of_november(recorded: dict[str, tuple[dict[str, Snapshot], str]]) -> None:
    entries = {entry.model: entry for entry in recorded["2024-11-27"][0][PLAIN].entries}
    yandex, mistral = entries["yandex_gpt_pro_v4_26102024"], entries["mistral-nemo-instruct-2407"]
    assert (yandex.position, yandex.rank, yandex.score) == (16, 15, 50.5)
    assert (mistral.position, mistral.rank, mistral.score) == (15, 15, 50.5)
    last = recorded["2024-11-27"][0][PLAIN].entries[-1]
    assert (last.model, last.score, last.extra) == ("neural-chat-7b-v3-3", 19.0, {"Avg. #Tokens": 927})
    marked = [e.model for e in recorded["2024-10-27"][0][PLAIN].entries if "mark" in (e.extra or {})]
    assert marked == ["vikhr-nemo-12b-instruct-r-21-09-24", "vikhr-llama3.1-8b-instruct-r-21-09-24"]
