"""Every question of SQL beside the same question in plain Python (`reckoned/`), on boards made by chance."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from archiver.database import build
from archiver.database.facts import Name, as_listed
from archiver.identity import fold
from tests.answers.chance import GROUPS, LISTED, RUSSIA, SBER, Con, fill, made
from tests.answers.reckoned import changes, lasting, order, states
from tests.answers.reckoned.states import Asked, Line, World

WORLDS = [5, 15, 31, 38, *range(1000, 1000 + int(os.environ.get("ARCHIVER_WORLDS", "0")))]
"""Seeds: of those that once found something; ARCHIVER_WORLDS=200 asks that many more."""


@pytest.fixture(scope="module")
def empty() -> Iterator[Con]:
    """An index with the names, and no board yet."""
    names = [Name(*listed, *known, None, fold(listed[1])) for listed, known in LISTED.items()]
    typed = [
        *(("organization", one.organization) for one in LISTED.values()),
        *(("family", one.family) for one in LISTED.values()),
        *(("model", one.model) for one in LISTED.values()),
    ]
    aliases = {(fold(name), name, kind, name) for kind, name in typed if name}
    aliases |= {(fold("country:RU"), "country:RU", "country", "RU")}
    with duckdb.connect() as con:
        build.tables(con)
        build.rules(con)
        build.questions(con)
        con.executemany("INSERT INTO names VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", names)
        con.executemany("INSERT INTO aliases VALUES (?, ?, ?, ?, NULL)", sorted(aliases))
        con.executemany(
            "INSERT INTO aliases VALUES (?, ?, ?, ?, ?)", as_listed(names, {folded for folded, *_ in aliases})
        )
        yield con


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, empty: Con) -> Iterator[World]:
    """Boards by chance, in the index as long as the test takes."""
    found = made(request.param)
    empty.begin()
    fill(empty, found)
    yield found
    empty.rollback()


def asked(con: Con, statement: str, values: list[object]) -> list[tuple[Any, ...]]:
    return con.execute(statement, values).fetchall()


def times(world: World) -> tuple[datetime, datetime]:
    """A third and two thirds of the way, never midnight, which as an end means the end of its day."""
    found = sorted(shot.time for shot in world.shots)
    return tuple(found[third * len(found) // 3] + timedelta(minutes=1) for third in (1, 2))  # type: ignore[return-value]


def words(group: list[Asked]) -> list[str]:
    return [who for who, _ in group]


def key(line: Line | None) -> tuple[Any, ...]:
    """What tells a line of a snapshot from the others."""
    return (None, None, None) if line is None else (line.listed, line.position, line.rank)


def windows(world: World) -> list[tuple[list[Asked], datetime | None, datetime | None]]:
    """Whom to ask for, and between which times."""
    since, until = times(world)
    return [
        (GROUPS[0], None, None), (GROUPS[1], since, None), (GROUPS[2], since, until), (GROUPS[3], None, until)
    ]  # fmt: skip


@pytest.mark.parametrize("each", [False, True])
def test_history(empty: Con, world: World, each: bool) -> None:
    for group, since, until in windows(world):
        rows = asked(
            empty,
            "SELECT snapshot_id, who, model_listed, position, rank, status "
            "FROM rank_history(?, since := ?, until := ?, each := ?)",
            [words(group), since, until, each],
        )
        assert rows == [
            (shot.id, who, *key(line), "listed" if line else "absent")
            for shot, who, line in states.history(world, group, since, until, each=each)
        ]


@pytest.mark.parametrize("top", [1, 3])
def test_standing(empty: Con, world: World, top: int) -> None:
    for group, since, until in windows(world):
        rows = told_of(
            empty, "FROM standing(?, since := ?, until := ?, top := ?)", [words(group), since, until, top]
        )
        mine = list(lasting.standing(world, group, since, until, top))
        assert [{name: row[name] for name in one} for row, one in zip(rows, mine, strict=True)] == mine


@pytest.mark.parametrize("top", [1, 3])
def test_streaks(empty: Con, world: World, top: int) -> None:
    for group, since, until in windows(world):
        statement = "FROM streaks(?, since := ?, until := ?, top := ?)"
        rows = told_of(empty, statement, [words(group), since, until, top])
        assert rows == list(lasting.streaks(world, group, since, until, top))


@pytest.mark.parametrize("member", [RUSSIA, SBER])
def test_streaks_among_a_set(empty: Con, world: World, member: Asked) -> None:
    members = changes.among(world, member)
    for group, since, until in windows(world):
        statement = "FROM streaks_among(?, ?, since := ?, until := ?, top := 2)"
        rows = told_of(empty, statement, [words(group), member[0], since, until])
        assert rows == list(lasting.streaks(members, group, since, until, 2))


def told_of(con: Con, statement: str, values: list[object]) -> list[dict[str, Any]]:
    found = con.execute(statement, values)
    names = [name for name, *_ in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("member", [RUSSIA, SBER])
def test_standing_among_a_set(empty: Con, world: World, member: Asked) -> None:
    members = changes.among(world, member)
    for group, since, until in windows(world):
        rows = told_of(
            empty,
            "FROM standing_among(?, ?, since := ?, until := ?, top := 2)",
            [words(group), member[0], since, until],
        )
        mine = list(lasting.standing(members, group, since, until, 2))
        assert [{name: row[name] for name in one} for row, one in zip(rows, mine, strict=True)] == mine


def told(world: World, board: str, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """What two times of a board say of each entry, in any order."""
    old, new = world.at(board, since, whole=True), world.at(board, until, whole=True)
    if old is None or new is None:
        return []
    found = [
        (
            *place(pair.old), *place(pair.new), changes.status(pair), pair.change_shared, pair.beyond,
            pair.passed, pair.noise, next(line.variant for line in (pair.new, pair.old) if line),
        )
        for pair in changes.compared(world, old, new, fold)
    ]  # fmt: skip
    return sorted(found, key=repr)


def place(line: Line | None) -> tuple[str | None, int | None]:
    return (None, None) if line is None else (line.listed, line.rank)


def test_two_times_of_a_board(empty: Con, world: World) -> None:
    since, until = times(world)
    for board in world.higher:
        rows = asked(
            empty,
            "SELECT listed_before, rank_before, model_listed, rank, status, change_shared, beyond_noise, "
            "passed, noise, variant FROM board_diff(?, ?, ?)",
            [board, since, until],
        )
        assert sorted(rows, key=repr) == told(world, board, since, until)


def test_two_times_of_a_board_among_a_set(empty: Con, world: World) -> None:
    since, until = times(world)
    members = changes.among(world, RUSSIA)
    for board in world.higher:
        rows = asked(
            empty,
            "SELECT listed_before, place_among_before, model_listed, place_among, status, change_shared, "
            "beyond_noise, passed, noise, variant FROM diff_among(?, ?, ?, ?)",
            [board, since, until, RUSSIA[0]],
        )
        assert sorted(rows, key=repr) == told(members, board, since, until)
        counted = asked(
            empty,
            "SELECT DISTINCT of_among_before, of_among FROM diff_among(?, ?, ?, ?)",
            [board, since, until, RUSSIA[0]],
        )
        old, new = members.at(board, since, whole=True), members.at(board, until, whole=True)
        assert counted == ([(old and old.of, new and new.of)] if rows else [])


def test_events(empty: Con, world: World) -> None:
    rows = asked(
        empty, "SELECT snapshot_id, event, rank_before, rank, called FROM rank_events() ORDER BY ALL", []
    )
    mine = [
        (shot.id, event, pair.old and pair.old.rank, pair.new and pair.new.rank)
        for board in world.higher
        for shot, event, pair in changes.events(world, board, fold)
    ]
    assert sorted((row[:4] for row in rows), key=repr) == sorted(mine, key=repr)


TURN = (
    "snapshot_id, model, variant, rank, other, other_variant, other_rank, time_before, beyond_noise, noise, "
    '"of"'
)


def turned(world: World, turns: Iterable[order.Turn]) -> list[tuple[Any, ...]]:
    found = []
    for turn in turns:
        board = turn.shot.board
        beyond, rule = changes.surely_ahead(turn.winner, turn.loser, higher=world.higher[board])
        ends = (
            (world.model(board, line), line.variant or None, line.rank) for line in (turn.winner, turn.loser)
        )
        found.append((turn.shot.id, *next(ends), *next(ends), turn.before, beyond, rule, turn.shot.of))
    return sorted(found, key=repr)


@pytest.mark.parametrize(("each", "variant"), [(False, None), (True, None), (False, "FAST"), (True, "")])
def test_overtakes(empty: Con, world: World, each: bool, variant: str | None) -> None:
    for group in GROUPS:
        rows = asked(
            empty,
            f"SELECT {TURN} FROM overtakes(?, each := ?, variant := ?)",  # noqa: S608  # text of ours
            [words(group), each, variant],
        )
        mine = order.overtakes(world, group, each=each, variant=variant)
        assert sorted(rows, key=repr) == turned(world, mine)


@pytest.mark.parametrize(("each", "variant"), [(False, None), (True, "think")])
def test_overtakes_among_a_set(empty: Con, world: World, each: bool, variant: str | None) -> None:
    for member in (RUSSIA, SBER):
        members = changes.among(world, member)
        for group in GROUPS:
            rows = asked(
                empty,
                f"SELECT {TURN} FROM overtakes_among(?, ?, each := ?, variant := ?)",  # noqa: S608  # text of ours
                [words(group), member[0], each, variant],
            )
            mine = order.overtakes(members, group, each=each, variant=variant)
            assert sorted(rows, key=repr) == turned(members, mine)


def test_boards_as_of_a_time_with_the_places_that_intervals_allow(empty: Con, world: World) -> None:
    for board in world.higher:
        for time in times(world):
            shot = world.at(board, time)
            rows = asked(
                empty,
                "SELECT snapshot_id, model_listed, position, rank, rank_low_computed, rank_high_computed "
                "FROM board_as_of(?, ?)",
                [board, time],
            )
            lines_then = sorted(world.contents[shot.content] if shot else [], key=lambda line: line.order)
            allowed = changes.places_allowed(lines_then, higher=world.higher[board])
            assert rows == [
                (
                    shot.id if shot else "",
                    *key(line),
                    *(allowed.get(line.position, (None, None)) if None in line.spread else (None, None)),
                )
                for line in lines_then
            ]


@pytest.mark.parametrize("member", [None, RUSSIA])
def test_agreement(empty: Con, world: World, member: Asked | None) -> None:
    _, until = times(world)
    boards = list(world.higher)
    question = "SELECT n, spearman, kendall FROM agreement(?, ?, time := ?)"
    if member:
        world = changes.among(world, member)
        question = question.replace("agreement(?, ?,", f"agreement_among(?, ?, '{member[0]}',")
    for one, other in [(boards[0], boards[2]), (boards[0], boards[1])]:
        a, b = world.at(one, until), world.at(other, until)
        rows = asked(empty, question, [one, other, until])
        if a is None or b is None:
            assert rows == []
            continue
        [(count, rho, tau)] = rows
        expected = order.agreement(world, a, b)
        assert (count, rho, tau) == (
            expected[0],
            None if expected[1] is None else pytest.approx(expected[1], abs=1e-12),
            None if expected[2] is None else pytest.approx(expected[2], abs=1e-12),
        )


def test_presence(empty: Con, world: World) -> None:
    for group in GROUPS:
        rows = asked(
            empty,
            "SELECT board, who, status, since, until, snapshots FROM presence(?)",
            [words(group)],
        )
        mine = [
            (board, one[0], *stretch)
            for board in states.on_boards(world, group)
            for one in group
            for stretch in lasting.presence(world, board, one)
        ]
        assert sorted(rows, key=repr) == sorted(mine, key=repr)
