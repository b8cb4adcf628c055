"""The checks on recordings: what is false is caught, what is sound let through, what is unsure empty."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from archiver import Archive
from archiver.records import Payload
from archiver.sources.arena_mirror import parse
from tests.checks import recordings
from tests.checks.recordings import BOARDS, MIRROR, RECORDINGS, UNSOUND, days, false_drops, scraped, shown

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    if not RECORDINGS.is_dir():
        pytest.skip("no recordings beside the checkout")
    made = recordings.make(tmp_path_factory.mktemp("all") / "archive")
    yield made
    made.close()


def rows(archive: Archive, statement: str, *values: object) -> list[Any]:
    return archive.connect().execute(statement, list(values)).fetchall()


def test_every_false_drop_of_32_days_is_held_and_nothing_else(archive: Archive) -> None:
    assert len(days()) == 32
    dropped = {board: false_drops(board) for board in BOARDS}
    assert {board: len(found) for board, found in dropped.items() if found} == {"text": 24, "vision": 21}
    assert {board: recordings.held_days(archive, board) for board in BOARDS} == dropped
    codes = rows(
        archive,
        "SELECT DISTINCT code FROM concerns WHERE severity = 'error' AND starts_with(board, 'scraped_')",
    )
    assert codes == [("cut-off",)]


def test_a_cut_table_makes_nobody_absent(archive: Archive) -> None:
    """Models that the scraper lost are absent on no held day, and no held day is in an answer."""
    whole = next(day for day in days() if len(shown(day, "text")) == 71)
    lost = [str(row["model"]) for row in shown(whole, "text")[50:]]
    board = f"{scraped('text')}/main/overall"
    history = rows(
        archive, "SELECT strftime(date, '%Y-%m-%d'), status FROM rank_history(?, boards := ?)", lost, board
    )
    held = recordings.held_days(archive, "text")
    assert {("2026-03-29", "listed"), ("2026-03-31", "listed")} <= set(history)
    assert not {day for day, _ in history} & held
    answered = rows(
        archive, "SELECT DISTINCT strftime(captured_at, '%Y-%m-%d') FROM rankings WHERE board = ?", board
    )
    assert not {day for (day,) in answered} & held


def test_no_rank_of_the_fused_months_is_read_wrong(archive: Archive) -> None:
    """Each rank, score and vote count is what the scraper read of that board on that day, as far as it read;
    and each spread that was read holds its rank."""
    agreed = spreads = unsure = 0
    for file in sorted(RECORDINGS.glob("arena/mirror-markdown/lmarena_2026*.md")):
        [snapshot] = parse(Payload(file.read_bytes(), f"{MIRROR}/lmarena.md"))
        entries = {entry.model: entry for entry in snapshot.entries}
        for entry in snapshot.entries:
            fused = str((entry.extra or {}).get("Rank Spread") or "")
            assert bool(fused) == (entry.rank_low is None), (file.name, entry)
            if entry.rank_low is not None and entry.rank_high is not None and entry.rank is not None:
                assert entry.rank_low <= entry.rank <= entry.rank_high, (file.name, entry)
                spreads += 1
            unsure += bool(fused)
        stamp = file.name.split("_")[1]
        day = recordings.SCRAPED / f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"
        for row in shown(day, "text") if day.is_dir() else ():
            entry = entries[str(row["model"])]
            assert (entry.rank, entry.score, entry.votes) == (row["rank"], row["score"], row["votes"]), (
                file.name
            )
            agreed += 1
    print(f"{agreed} ranks agree, {spreads} spreads read, {unsure} of more than one reading left empty")
    assert (agreed, spreads, unsure) == (1122, 11994, 25798)


def test_the_mirror_stands_in_boards_of_its_own(archive: Archive) -> None:
    boards = rows(
        archive,
        "SELECT DISTINCT board FROM contents JOIN payloads USING (reading_id) WHERE contains(url, 'cherry')",
    )
    assert {board.partition("/")[0] for (board,) in boards} == {"arena_mirror"}
    assert rows(
        archive,
        "SELECT count(*) FROM rankings WHERE starts_with(board, 'arena/') AND contains(extra, 'Rank Spread')",
    ) == [(0,)]


def test_the_frozen_months_are_said(archive: Archive) -> None:
    """From the fifteenth day on, each new time over the table of 7 August 2025."""
    stamped = rows(
        archive,
        """
        SELECT strftime(published_at, '%Y-%m-%d') FROM snapshots
        WHERE board = 'arena_mirror/text/overall' AND published_at >= '2025-08-21 12:00:00'
        ORDER BY published_at
        """,
    )
    said = rows(
        archive,
        """
        SELECT strftime(time, '%Y-%m-%d'), sentence, figures FROM concerns
        WHERE board = 'arena_mirror/text/overall' AND code = 'frozen' AND time >= '2025-08-21' ORDER BY time
        """,
    )
    assert len(said) > 35
    assert [day for day, _, _ in said] == [day for (day,) in stamped]
    assert {json.loads(figures)["since"] for _, _, figures in said} == {"2025-08-07T11:57:06Z"}
    assert said[-1][1] == (
        "Published anew as of 2025-10-01T11:35:32Z, but every row is as on 2025-08-07T11:57:06Z: "
        "54 days without a change."
    )


def test_rows_that_came_again_under_one_date_are_said(archive: Archive) -> None:
    """Arena's search board of 21 July 2026: six boards mashed into one, then the board itself."""
    said = rows(
        archive,
        """
        SELECT s.status, s.rows, c.sentence FROM concerns AS c JOIN snapshots AS s USING (snapshot_id)
        WHERE c.board = 'arena/search/overall' AND c.code = 'republished'
        """,
    )
    assert [(status, count) for status, count, _ in said] == [("accepted", 32)]
    assert said[0][2].startswith("The rows dated 2026-07-21 are others than those captured by 2026-07-29")


def test_sound_data_is_not_held(archive: Archive) -> None:
    """Under one in a hundred of all sound snapshots of the manifest and of the mirror."""
    held = recordings.held(archive)
    sound = rows(archive, "SELECT count(*) FROM snapshots WHERE NOT starts_with(board, 'scraped_')")[0][0]
    sound -= len(UNSOUND)
    assert {(row.board, row.date) for row in held if row.board in {board for board, _ in UNSOUND}} == UNSOUND
    wrongly = [row for row in held if (row.board, row.date) not in UNSOUND]
    print(*(f"{row.date}  {row.board}  {row.reason}" for row in wrongly), sep="\n")
    assert sound > 1300
    assert len(wrongly) < 0.01 * sound
    assert [(row.board, row.date) for row in wrongly] == [("arena_mirror/text/overall", "2025-05-18")]
