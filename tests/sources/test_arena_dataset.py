"""Arena's dataset: addresses and file names, the types columns came in, what is kept and what is refused."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Finding, Payload, Snapshot
from archiver.sources import arena

HUB = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset/resolve"
TEXT = f"{HUB}/main/text/latest-00000-of-00001.parquet"


def rows(count: int = 3, **columns: Any) -> dict[str, Any]:
    """A board of sound rows, best first; `columns` replaces or adds some."""
    ratings = [1500.0 - 10 * number for number in range(count)]
    return {
        "model_name": [f"model-{number}" for number in range(count)],
        "organization": ["lab"] * count,
        "license": ["MIT"] * count,
        "rating": ratings,
        "rating_lower": [rating - 4.9 for rating in ratings],
        "rating_upper": [rating + 4.9 for rating in ratings],
        "variance": [6.25] * count,
        "vote_count": [1000] * count,
        "rank": list(range(1, count + 1)),
        "category": ["overall"] * count,
        "leaderboard_publish_date": ["2026-07-20"] * count,
    } | columns


def snapshots(columns: dict[str, Any], url: str = TEXT) -> list[Snapshot]:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return list(arena.parse(Payload(file.getvalue(), url)))


def findings(snapshot: Snapshot) -> list[Finding]:
    return check(snapshot, arena.SOURCE.board(snapshot.board))


@pytest.mark.parametrize(
    ("url", "board"),
    [
        (TEXT, "arena/text/overall"),
        (f"{HUB}/0123abc/text_style_control/full-00000-of-00001.parquet", "arena/text-style-control/overall"),
        (f"{HUB}/main/image_edit/latest-00000-of-00001.parquet?download=true", "arena/image-edit/overall"),
        (f"{HUB}/main/a_new_one/latest-00000-of-00001.parquet", "arena/a-new-one/overall"),
        ("text.parquet", "arena/text/overall"),
        ("text_style_control.overall-only.parquet", "arena/text-style-control/overall"),
        ("search-2026-07-20.parquet", "arena/search/overall"),
        ("downloads/video_edit/full-00000-of-00001.parquet", "arena/video-edit/overall"),
    ],
)
def test_the_board_comes_from_the_address_or_the_files_name(url: str, board: str) -> None:
    route = arena.SOURCE.route_of(url)
    assert route is not None
    assert route.name == "dataset"
    assert [snapshot.board for snapshot in snapshots(rows(), url)] == [board]


@pytest.mark.parametrize("url", ["", "latest-00000-of-00001.parquet", "download.parquet", "texts.parquet"])
def test_bytes_that_do_not_say_their_subset_ask_for_the_address(url: str) -> None:
    with pytest.raises(ParseFailed, match="--url"):
        snapshots(rows(), url)


@pytest.mark.parametrize("url", [f"{HUB}/main/README.md", "https://example.com/text.parquet", "text.csv"])
def test_other_addresses_are_not_the_datasets(url: str) -> None:
    assert arena.SOURCE.route_of(url) is None


def test_one_pass_asks_for_the_latest_file_of_each_subset() -> None:
    [dataset, page] = arena.SOURCE.routes
    assert len(set(dataset.captures)) == 14
    assert all(dataset.owns(url) for url in dataset.captures)
    assert all(page.owns(url) for url in page.captures)
    assert page.robots
    assert not dataset.robots


@pytest.mark.parametrize(
    "day",
    [
        ["2026-07-20"] * 3,
        [date(2026, 7, 20)] * 3,
        pa.array([datetime(2026, 7, 20, tzinfo=UTC)] * 3, pa.timestamp("ms", "UTC")),
        pa.array([datetime(2026, 7, 20, tzinfo=UTC).replace(tzinfo=None)] * 3, pa.timestamp("ns")),
    ],
)
def test_dates_and_figures_of_every_type_read_the_same(day: Any) -> None:
    doubles = {"rank": [1.0, 2.0, 3.0], "vote_count": [1000.0] * 3, "leaderboard_publish_date": day}
    assert snapshots(rows(**doubles)) == snapshots(rows())


def test_each_date_and_category_is_a_board_of_its_own() -> None:
    columns = rows(
        4,
        category=["overall", "creative_writing", "overall", "webdev-html"],
        leaderboard_publish_date=["2026-07-20", "2026-07-20", "2023-05-03", "2023-05-03"],
        rank=[1, 1, 1, 1],
    )
    found = [(snapshot.board, snapshot.published_at) for snapshot in snapshots(columns)]
    assert found == [  # in the order of the index
        ("arena/text/creative-writing", datetime(2026, 7, 20, tzinfo=UTC)),
        ("arena/text/overall", datetime(2023, 5, 3, tzinfo=UTC)),
        ("arena/text/overall", datetime(2026, 7, 20, tzinfo=UTC)),
        ("arena/text/webdev-html", datetime(2023, 5, 3, tzinfo=UTC)),
    ]


def test_what_is_empty_is_none() -> None:
    nothing = {"organization": ["", None, "lab"], "license": ["", "MIT", None], "vote_count": [None, 5, 6]}
    [snapshot] = snapshots(rows(**nothing))
    assert [entry.organization for entry in snapshot.entries] == [None, None, "lab"]
    assert [entry.license for entry in snapshot.entries] == [None, "MIT", None]
    assert [entry.votes for entry in snapshot.entries] == [None, 5, 6]


def test_variance_is_kept_where_the_interval_does_not_say_it() -> None:
    [snapshot] = snapshots(rows(variance=[6.25, 6.9, None], rating_lower=[1495.1, 1485.1, None]))
    assert [entry.extra for entry in snapshot.entries] == [None, {"variance": 6.9}, None]
    without = rows()
    del without["variance"]
    assert snapshots(without) == snapshots(rows())


def test_a_new_column_is_kept_and_said() -> None:
    [snapshot] = snapshots(rows(style=["a", None, "c"]))
    assert [entry.extra for entry in snapshot.entries] == [{"style": "a"}, None, {"style": "c"}]
    assert [(finding.code, finding.severity) for finding in snapshot.findings] == [("new-field", "warning")]


def test_the_agent_boards_have_scores_of_another_kind() -> None:
    columns = rows(2, observation_count=[1_845_220, 9], session_count=[19_135, 8])
    for old, new in (
        ("rating", "score"),
        ("rating_lower", "score_ci_lower"),
        ("rating_upper", "score_ci_upper"),
    ):
        columns[new] = columns.pop(old)
    del columns["vote_count"], columns["variance"]
    [snapshot] = snapshots(columns, f"{HUB}/main/agent/latest-00000-of-00001.parquet")
    assert (snapshot.board, snapshot.metric, snapshot.layout) == (
        "arena/agent/overall",
        "Agent score",
        "dataset-agent",
    )
    assert not snapshot.findings
    assert snapshot.entries[0].votes is None
    assert snapshot.entries[0].extra == {"observation_count": 1_845_220, "session_count": 19_135}


def test_a_file_split_in_parts_proves_nobodys_absence() -> None:
    [snapshot] = snapshots(rows(), f"{HUB}/main/text/full-00001-of-00002.parquet")
    assert not snapshot.complete


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"rank": [0, 1, 2]}, "'rank' holds figures that are no places"),
        ({"rank": [1, 2, 9007199254740991]}, "'rank' holds figures that are no places"),
        ({"rank": [1.0, 1.5, 2.0]}, "'rank' .* does not hold integer"),
        ({"rating": ["1500", "1490", "1480"]}, "'rating' .* does not hold number"),
        ({"category": ["overall", None, "overall"]}, "'category' is empty in 1 of 3 rows"),
        ({"category": ["../etc"] * 3}, "no name of a category"),
        ({"leaderboard_publish_date": ["soon"] * 3}, "'leaderboard_publish_date' .* does not hold moment"),
        ({"leaderboard_publish_date": ["1970-01-01"] * 3}, "before the arena opened"),
    ],
)
def test_what_cannot_be_a_board_is_refused(columns: dict[str, Any], says: str) -> None:
    with pytest.raises(ParseFailed, match=says):
        snapshots(rows(**columns))


def test_six_boards_in_one_are_held_and_one_name_twice_is_not() -> None:
    mashed = rows(12, model_name=[f"model-{number % 3}" for number in range(12)])
    [snapshot] = snapshots(mashed)
    assert ("duplicate-entries", "error") in {(found.code, found.severity) for found in findings(snapshot)}
    twice = rows(40, model_name=["twin", "twin", *(f"model-{number}" for number in range(38))])
    [snapshot] = snapshots(twice)
    assert [(found.code, found.severity) for found in findings(snapshot)] == [
        ("duplicate-entries", "warning")
    ]


def test_a_row_without_a_name_is_held_not_dropped() -> None:
    [snapshot] = snapshots(rows(model_name=["a", None, ""]))
    assert [entry.model for entry in snapshot.entries] == ["a", "", ""]
    assert "error" in {found.severity for found in findings(snapshot)}
