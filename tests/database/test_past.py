"""Snapshots are held for what went before them, in the index: by SQL over their entries, load by load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from archiver.records import Entry, Snapshot
from tests.database.archive_maker import BAD, DAY, START, Ledger, query, snapshot, source

BOARD = "one/main/alpha"
LONG = [f"m{number}" for number in range(30)]
CUT, HOLES = LONG[:12], LONG[::3]


def world() -> Ledger:
    return Ledger({"one": source("one")})


def say(ledger: Ledger, day: int, models: list[str], **more: Any) -> None:
    says = snapshot(BOARD, " ".join(models), **more)
    ledger.capture("one", f"day {day}", [says], START + day * DAY)


def statuses(path: Path) -> list[object]:
    return [row[0] for row in query(path, "SELECT status FROM snapshots ORDER BY time, captured_at")]


def found(path: Path, code: str) -> list[dict[str, Any]]:
    rows = query(path, "SELECT code, severity, sentence, figures FROM concerns ORDER BY time, snapshot_id")
    return [
        {"severity": severity, "sentence": sentence, **json.loads(str(figures))}
        for each, severity, sentence, figures in rows
        if each == code
    ]


def test_a_cut_board_is_held_day_after_day_until_an_operator_says_otherwise(tmp_path: Path) -> None:
    index, ledger = tmp_path / "archive.duckdb", world()
    for day, models in enumerate([LONG, CUT, CUT[:11], [*LONG, "new"], CUT]):
        say(ledger, day, models)
        ledger.load(index)
    assert statuses(index) == ["accepted", "held", "held", "accepted", "held"]
    assert query(index, "SELECT count(DISTINCT snapshot_id) FROM rankings") == [(2,)]
    first, *_ = found(index, "cut-off")
    assert first["sentence"] == (
        "18 of the 30 rows of 2026-01-01 are missing, and 18 of the 18 models gone stood at its end: "
        "it looks cut off."
    )
    ledger.decide("one", "released", BOARD, "day 1", START + 9 * DAY)
    ledger.load(index)
    # What was released is the next measure: now the board that is whole again has grown too fast.
    assert statuses(index) == ["accepted", "released", "accepted", "held", "accepted"]


def test_a_reset_is_accepted_when_it_is_seen_again_in_whatever_order_it_is_loaded(tmp_path: Path) -> None:
    ledger = world()
    for day, models in enumerate([LONG, HOLES, [*HOLES, "new"]]):
        say(ledger, day, models)
    index = tmp_path / "archive.duckdb"
    ledger.load(index, captures=ledger.captures[:2])
    assert statuses(index) == ["accepted", "held"]
    ledger.load(index)
    assert statuses(index) == ["accepted"] * 3
    (vanished,) = found(index, "vanished")[:1]
    assert vanished["severity"] == "warning"
    late = tmp_path / "late.duckdb"
    for capture in reversed(ledger.captures):
        ledger.load(late, captures=[capture])
    assert statuses(late) == ["accepted"] * 3


def test_an_unsound_snapshot_is_no_measure_and_an_excerpt_is_not_measured(tmp_path: Path) -> None:
    index, ledger = tmp_path / "archive.duckdb", world()
    say(ledger, 0, LONG)
    say(ledger, 1, [*LONG, *(f"x{number}" for number in range(60))], findings=[BAD])
    say(ledger, 2, LONG[:-1])
    say(ledger, 3, LONG[:5], complete=False, total=30)
    ledger.load(index)
    assert statuses(index) == ["accepted", "held", "accepted", "accepted"]
    assert query(index, "SELECT count(*) FROM comparisons") == [(1,)]


def test_repeated_models_votes_and_fields_are_counted(tmp_path: Path) -> None:
    def entries(votes: int, score: float | None, extra: str | None) -> list[Entry]:
        made = [
            Entry(place, name, None, rank=place, score=score, votes=votes * place, extra={"size": extra})
            for place, name in enumerate(LONG, 1)
        ]
        return [*made, made[0]._replace(position=31)]

    index, ledger = tmp_path / "archive.duckdb", world()
    states = [entries(10, 5.0, "7B"), entries(4, None, None)]
    for day, rows in enumerate(states):
        ledger.capture("one", f"day {day}", [Snapshot(board=BOARD, entries=rows)], START + day * DAY)
    ledger.load(index)
    assert query(index, "SELECT before, after, gone, new, compared, fell, ratio FROM comparisons") == [
        (30, 30, 0, 0, 30, 30, 0.4)
    ]
    (emptied,) = found(index, "field-emptied")
    assert (emptied["severity"], emptied["fields"]) == ("error", ["extra: size", "score"])
    (fell,) = found(index, "votes-fell")
    assert fell["severity"] == "error"
    assert fell["sentence"] == (
        "30 of 30 models have fewer votes than on 2026-01-01; the median model has 40.0% of them."
    )
    assert statuses(index) == ["accepted", "held"]


def test_what_changed_under_one_date_names_what_was_renamed(tmp_path: Path) -> None:
    index, ledger = tmp_path / "archive.duckdb", world()
    say(ledger, 0, LONG, published_at=START - DAY)
    say(ledger, 1, [*LONG[:9], "m9-high", *LONG[10:]], published_at=START - DAY)
    ledger.load(index)
    (seen,) = found(index, "republished")
    assert (seen["renamed"], seen["gone"], seen["names_gone"], seen["names_new"]) == (
        1,
        1,
        ["m9"],
        ["m9-high"],
    )
    assert seen["sentence"] == (
        "The rows dated 2025-12-31 are others than those captured by 2026-01-01: 1 of 30 models renamed."
    )


def test_dates_that_go_backwards_or_leave_a_file_are_told(tmp_path: Path) -> None:
    index, ledger = tmp_path / "archive.duckdb", world()
    dates = [START - number * DAY for number in range(5, 0, -1)]

    def file(day: int, *published: int) -> None:
        says = [snapshot(BOARD, " ".join(LONG), published_at=dates[number]) for number in published]
        ledger.capture("one", f"file {day}", says, START + day * DAY)

    file(0, 0, 1, 2, 3)
    file(1, 0, 2, 3, 4)
    file(2, 0, 2, 3)
    ledger.load(index)
    (lost,) = found(index, "past-dropped")
    assert lost["sentence"] == (
        "The file captured on 2026-01-02 lacks 2025-12-28, which the one of 2026-01-01 had."
    )
    (back,) = found(index, "date-backwards")
    assert back["sentence"] == (
        "Dated 2025-12-30 when it was captured on 2026-01-03, though 2025-12-31 had been published before."
    )
    assert query(index, "SELECT count(*) FROM snapshots WHERE status <> 'accepted'") == [(0,)]


def test_a_past_that_the_publisher_rewrote_is_told_whatever_the_order_of_loading(tmp_path: Path) -> None:
    """Files that hold their whole past: the second one says otherwise of two dates that the first had."""
    dates = [START - number * DAY for number in range(4, 0, -1)]
    others = {0: [*LONG[:29], "late"], 2: [*LONG[1:], LONG[0]]}
    ledger = world()
    for day, told in enumerate(({}, others, others)):
        says = [
            snapshot(BOARD, " ".join(told.get(number, LONG)), published_at=date)
            for number, date in enumerate(dates[: 3 + day])
        ]
        ledger.capture("one", f"full {day}", says, START + 30 * day * DAY)
    seen = []
    for name, order in (("a", ledger.captures), ("b", ledger.captures[::-1])):
        index = tmp_path / f"{name}.duckdb"
        for number in range(1, 4):
            ledger.load(index, captures=[*order[:number]])
        seen.append([found(index, "rewritten"), found(index, "past-rewritten")])
    assert seen[0] == seen[1]
    (first, second), (whole,) = seen[0]
    assert first["sentence"] == (
        "The publisher rewrote 2025-12-28 afterwards, between 2026-01-01 and 2026-01-31: "
        "1 of 30 models renamed."
    )
    assert (first["names_gone"], first["names_new"], first["since"]) == (["m29"], ["late"], "2026-01-31")
    assert (second["published_at"], second["ranks"], second["scores"]) == ("2025-12-30", 30, 30)
    assert whole["sentence"] == (
        "What was captured on 2026-01-31 rewrote 2 earlier publish dates, from 2025-12-28 to 2025-12-30."
    )


def test_only_boards_that_a_load_touched_are_looked_at(tmp_path: Path) -> None:
    """What was compared before is not compared again: the entries may be gone, and nothing is missed."""
    index, ledger = tmp_path / "archive.duckdb", world()
    for day in range(4):
        say(ledger, day, [*LONG, f"new-{day}"])
    ledger.load(index)
    say(ledger, 4, [*LONG, "new-4"])
    compared: list[Any] = []

    def spy(loader: Any) -> None:
        compared.extend(loader._connection.execute("SELECT * FROM wanted").fetchall())

    ledger.load(index, before_publish=spy)
    assert len(compared) == 1
    assert query(index, "SELECT count(*) FROM comparisons") == [(4,)]
