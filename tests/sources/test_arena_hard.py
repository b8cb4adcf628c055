"""Arena-Hard-Auto: dates of rows and names, what the repository lists, and every recorded version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot, utc
from archiver.sources import Request
from archiver.sources.arena_hard import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/arena_hard"
RECORDINGS = HERE.parents[2] / "../shared/payloads/arena_hard"
BOARD = "arena_hard/v0.1/overall"


def read(body: bytes, url: str) -> Snapshot:
    [snapshot] = parse(Payload(body, url))
    return snapshot


def dated() -> bytes:
    return (SAMPLES / "arena_hard_leaderboard_20240801.csv").read_bytes()


def test_the_rows_date_the_board_else_the_name_does() -> None:
    assert read(dated(), "file.csv").published_at == utc("2024-08-01")
    undated = (SAMPLES / "undated.csv").read_bytes()
    assert read(undated, "arena_hard_leaderboard_20240703.csv").published_at == utc("2024-07-03")
    assert read(undated, "arena_hard_leaderboard_20249999.csv").published_at is None
    snapshot = read(dated(), "arena_hard_leaderboard_20240731.csv")
    assert snapshot.published_at == utc("2024-08-01")
    assert [(finding.code, finding.severity) for finding in snapshot.findings] == [
        ("date-mismatch", "warning")
    ]


def test_rows_of_several_dates_do_not_date_the_board() -> None:
    mixed = dated().replace(b"2024-08-01", b"2024-07-31", 1)
    assert read(mixed, "file.csv").published_at is None


def test_equal_scores_share_a_place_and_the_baseline_has_no_width() -> None:
    entries = read(dated(), "file.csv").entries
    assert [entry.rank for entry in entries] == [1, 2, 2, 4]
    assert (entries[2].score_low, entries[2].score, entries[2].score_high) == (50.0, 50.0, 50.0)


def discovered(listing: object) -> list[str]:
    asking = SOURCE.routes[0].discover
    assert asking is not None
    steps = asking()
    assert next(steps) == Request(
        "https://api.github.com/repos/lmarena/arena-hard-auto/contents/leaderboard?ref=main"
    )
    with pytest.raises(StopIteration) as done:
        steps.send(json.dumps(listing).encode())
    return [request.url for request in done.value.value]


def test_the_dated_files_of_the_repository_are_found_and_owned() -> None:
    names = ("arena_hard_leaderboard_20240731.csv", ".DS_Store", "arena_hard_leaderboard_20240703.csv")
    urls = discovered([{"name": name, "type": "file"} for name in names])
    assert [url.rpartition("/")[2] for url in urls] == [names[2], names[0]]
    assert all(SOURCE.route_of(url) == SOURCE.routes[0] for url in urls)
    for listing in ([], {"message": "Not Found"}):
        with pytest.raises(ParseFailed, match="lists no arena_hard_leaderboard"):
            discovered(listing)


def test_the_copy_in_the_space_is_a_route_of_its_own() -> None:
    space = "https://huggingface.co/spaces/lmarena-ai/chatbot-arena-leaderboard/resolve/main"
    assert SOURCE.route_of(f"{space}/arena_hard_leaderboard_20240731.csv") == SOURCE.routes[1]
    assert not SOURCE.route_of(f"{space}/leaderboard_table_20240731.csv")


@pytest.fixture(scope="module")
def recorded() -> list[Snapshot]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return [read(path.read_bytes(), path.name) for path in sorted(RECORDINGS.glob("*.csv"))]


@pytest.mark.shared
def test_every_recorded_version_is_read_whole(recorded: list[Snapshot]) -> None:
    assert [len(snapshot.entries) for snapshot in recorded] == [54, 54, 54, 55]
    dates = ("2024-07-03", "2024-07-15", "2024-07-16", "2024-07-23")
    assert [snapshot.published_at for snapshot in recorded] == list(map(utc, dates))
    assert all(check(snapshot, SOURCE.boards[BOARD]) == [] for snapshot in recorded)


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(recorded: list[Snapshot]) -> None:
    first, last = ({entry.model: entry for entry in snapshot.entries} for snapshot in recorded[::3])
    top = ("gpt-4-turbo-2024-04-09", "claude-3-5-sonnet-20240620", "gpt-4o-2024-05-13")
    assert [first[model].rank for model in top] == [last[model].rank for model in top] == [1, 2, 3]
    opus = last["claude-3-opus-20240229"]
    assert (opus.rank, opus.score, opus.score_low, opus.score_high) == (11, 60.36, 58.3, 62.9)
    assert (last["gpt-4-0314"].rank, last["gpt-4-0314"].score) == (16, 50.0)
    assert "gpt-4o-mini" not in first
    assert (last["gpt-4o-mini"].rank, last["gemma-2b-it"].rank) == (5, 55)
