"""Every question of SQL beside the same question in plain Python (`reckoned.py`), on boards made by chance.

The boards have what real ones have and what examples forget: ties, lines without rank, score or interval, a
name twice, one model under several names, a name in another spelling, baselines, excerpts, held snapshots,
several snapshots for one time, gaps, a state that comes back, boards where less is better, two sources that
mean different models by one name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import duckdb
import pytest

from archiver.database import build
from archiver.database.facts import Name, as_listed
from archiver.database.spool import board_id
from archiver.identity import fold
from tests.answers import reckoned
from tests.answers.reckoned import Asked, Known, Line, Shot, World

Con = duckdb.DuckDBPyConnection
WORLDS = [5, 15, 31, 38, *range(1000, 1000 + int(os.environ.get("ARCHIVER_WORLDS", "0")))]
"""Seeds: of those that once found something; ARCHIVER_WORLDS=200 asks that many more."""
START = datetime(2024, 1, 1)  # noqa: DTZ001  # as DuckDB gives times: UTC, without saying so
BOARDS = {"one/text/overall": True, "one/text/code": False, "two/main/overall": True}
GIGA = Known("GigaChat", "GigaChat", "Sber", "RU")
MAX = Known("GigaChat Max", "GigaChat", "Sber", "RU")
YAGPT = Known("YandexGPT", "YandexGPT", "Yandex", "RU")
GPT = Known("GPT-4", "GPT", "OpenAI", "US")
NOBODY = Known(None, None, None, None)
LISTED: dict[tuple[str, str, str | None], Known] = {
    ("one", "gigachat", "sber"): GIGA,
    ("one", "GigaChat", "sber"): GIGA,
    ("one", "giga-chat", None): GIGA,
    ("one", "gigachat-max", "sber"): MAX,
    ("one", "yandexgpt", None): YAGPT,
    ("one", "gpt-4", "openai"): GPT,
    ("one", "mystery", None): NOBODY,
    ("one", "random", None): NOBODY,
    ("two", "gigachat", "sber"): MAX,
    ("two", "gigachat", None): NOBODY,
    ("two", "yandexgpt", "yandex"): YAGPT,
    ("two", "gpt-4", None): GPT,
    ("two", "Mystery", None): NOBODY,
}
SBER: Asked = ("Sber", lambda known: known.organization == "Sber")
YANDEX: Asked = ("Yandex", lambda known: known.organization == "Yandex")
RUSSIA: Asked = ("country:RU", lambda known: known.country == "RU")
FAMILY: Asked = ("GPT", lambda known: known.family == "GPT")
MODEL: Asked = ("GigaChat Max", lambda known: known.model == "GigaChat Max")
GROUPS = ([SBER], [SBER, YANDEX], [RUSSIA], [MODEL, FAMILY])


def made(seed: int) -> World:
    """Boards by chance: the same for the same seed."""
    dice = Random(seed)  # noqa: S311  # the same on each run
    world = World(higher=dict(BOARDS), names=dict(LISTED))
    for board in BOARDS:
        time, contents = START, list[int]()
        for number in range(dice.randrange(1, 9)):
            time += timedelta(days=dice.choice([0, 1, 7, 7, 7, 30, 90]), hours=dice.choice([0, 0, 5]))
            if contents and dice.random() < 0.3:
                content = dice.choice(contents)
            else:
                content = len(world.contents)
                before = world.contents[contents[-1]] if contents and dice.random() < 0.6 else []
                world.contents[content] = lines(dice, board.split("/")[0], before)
                contents.append(content)
            captured = time + timedelta(hours=dice.choice([0, 1, 30]))
            complete, held = dice.random() < 0.8, dice.random() < 0.1
            world.shots.append(
                Shot(
                    id=f"{board}#{number}",
                    board=board,
                    time=time,
                    captured=captured,
                    last_seen=captured + timedelta(days=dice.choice([0, 0, 3, 100])),
                    complete=complete,
                    preferred=not held and dice.random() < 0.95,
                    held=held,
                    of=sum(line.competitor for line in world.contents[content]) if complete else None,
                    content=content,
                )
            )
    return world


def lines(dice: Random, source: str, before: list[Line]) -> list[Line]:
    """The lines of a state; before: of one whose lines it may keep, moved a little."""
    names = [(listed, maker) for known, listed, maker in LISTED if known == source]
    settings = dice.choice([(None,), (None, "fast", "thinking")])
    chosen = [(line.listed, line.maker, line.variant) for line in before]
    if not chosen:
        chosen = [(*dice.choice(names), dice.choice(settings)) for _ in range(dice.randrange(10))]
    elif dice.random() < 0.5:
        chosen[dice.randrange(len(chosen))] = (*dice.choice(names), dice.choice(settings))
    dice.shuffle(chosen)
    ranked, ended, spread = dice.random() < 0.8, dice.random() < 0.7, dice.random() < 0.5
    found = []
    for position, (listed, maker, variant) in enumerate(chosen, start=1):
        score = float(dice.randrange(1000, 1060))
        width = dice.choice([0, 5, 20])
        rank = dice.randrange(1, len(chosen) + 1) if ranked or dice.random() < 0.7 else None
        found.append(
            Line(
                position=position,
                listed=listed,
                maker=maker,
                variant=variant,
                rank=rank,
                spread=(rank, rank + dice.randrange(3)) if spread and rank else (None, rank),
                score=score if dice.random() < 0.95 else None,
                interval=(score - width, score + width) if ended or dice.random() < 0.5 else (None, score),
                competitor=listed != "random",
            )
        )
    return found


def fill(con: Con, world: World) -> None:
    """The tables that the questions read."""
    con.executemany(
        "INSERT INTO boards VALUES (?, ?, ?, ?, ?, 'score', ?, ?)",
        [(name, *name.split("/"), name, higher, board_id(name)) for name, higher in world.higher.items()],
    )
    on_board = {shot.content: shot.board for shot in world.shots}
    insert(con, "entries", [
        {
            "board": board, "board_id": board_id(board), "content_id": UUID(int=content),
            "position": line.position, "model_listed": line.listed, "organization_listed": line.maker,
            "variant": line.variant, "rank": line.rank,
            "rank_low": line.spread[0], "rank_high": line.spread[1],
            "score": line.score, "score_low": line.interval[0], "score_high": line.interval[1],
            "competitor": line.competitor,
        }
        for content, board in on_board.items()
        for line in world.contents[content]
    ])  # fmt: skip
    con.execute(
        "INSERT INTO listings SELECT DISTINCT board, split_part(board, '/', 1), model_listed, "
        "organization_listed, license FROM entries"
    )
    insert(con, "snapshots", [
        {
            "snapshot_id": shot.id, "board": shot.board, "route": "main", "time": shot.time,
            "captured_at": shot.captured, "first_seen": shot.captured, "last_seen": shot.last_seen,
            "sightings": 1, "content_id": UUID(int=shot.content), "payload_sha256": "", "capture_id": "",
            "rows": 0, "of": shot.of, "complete": shot.complete, "rank_kind": "published", "metric": "score",
            "layout": "", "parser_version": 1, "status": "held" if shot.held else "accepted",
            "preferred": shot.preferred,
        }
        for shot in world.shots
    ])  # fmt: skip


def insert(con: Con, table: str, rows: list[dict[str, object]]) -> None:
    if rows:
        columns = ", ".join(f'"{name}"' for name in rows[0])
        marks = ", ".join("?" for _ in rows[0])
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  # names of ours
        con.executemany(statement, [[*row.values()] for row in rows])


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
            for shot, who, line in reckoned.history(world, group, since, until, each=each)
        ]


@pytest.mark.parametrize("top", [1, 3])
def test_standing(empty: Con, world: World, top: int) -> None:
    for group, since, until in windows(world):
        found = empty.execute(
            "FROM standing(?, since := ?, until := ?, top := ?)", [words(group), since, until, top]
        )
        names = [name for name, *_ in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        mine = list(reckoned.standing(world, group, since, until, top))
        assert [{name: row[name] for name in one} for row, one in zip(rows, mine, strict=True)] == mine


def told(world: World, board: str, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """What two times of a board say of each entry, in any order."""
    old, new = world.at(board, since, whole=True), world.at(board, until, whole=True)
    if old is None or new is None:
        return []
    found = [
        (
            *place(pair.old), *place(pair.new), reckoned.status(pair), pair.change_shared, pair.beyond,
            pair.passed, pair.noise, next(line.variant for line in (pair.new, pair.old) if line),
        )
        for pair in reckoned.compared(world, old, new, fold)
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
    members = reckoned.among(world, RUSSIA)
    for board in world.higher:
        rows = asked(
            empty,
            "SELECT listed_before, place_among_before, model_listed, place_among, status, change_shared, "
            "beyond_noise, passed, noise, variant FROM diff_among(?, ?, ?, ?)",
            [board, since, until, RUSSIA[0]],
        )
        assert sorted(rows, key=repr) == told(members, board, since, until)


def test_events(empty: Con, world: World) -> None:
    rows = asked(
        empty, "SELECT snapshot_id, event, rank_before, rank, called FROM rank_events() ORDER BY ALL", []
    )
    mine = [
        (shot.id, event, pair.old and pair.old.rank, pair.new and pair.new.rank)
        for board in world.higher
        for shot, event, pair in reckoned.events(world, board, fold)
    ]
    assert sorted((row[:4] for row in rows), key=repr) == sorted(mine, key=repr)


@pytest.mark.parametrize("each", [False, True])
def test_overtakes(empty: Con, world: World, each: bool) -> None:
    for group in GROUPS:
        rows = asked(
            empty,
            "SELECT snapshot_id, model, variant, rank, other, other_variant, other_rank, time_before, "
            "beyond_noise, noise FROM overtakes(?, each := ?)",
            [words(group), each],
        )
        mine = []
        for turn in reckoned.overtakes(world, group, each=each):
            board = turn.shot.board
            beyond, rule = reckoned.surely_ahead(turn.winner, turn.loser, higher=world.higher[board])
            ends = (
                (world.model(board, line), line.variant or None, line.rank)
                for line in (turn.winner, turn.loser)
            )
            mine.append((turn.shot.id, *next(ends), *next(ends), turn.before, beyond, rule))
        assert sorted(rows, key=repr) == sorted(mine, key=repr)


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
            allowed = reckoned.places_allowed(lines_then, higher=world.higher[board])
            assert rows == [
                (
                    shot.id if shot else "",
                    *key(line),
                    *(allowed.get(line.position, (None, None)) if None in line.spread else (None, None)),
                )
                for line in lines_then
            ]


def test_agreement(empty: Con, world: World) -> None:
    _, until = times(world)
    boards = list(world.higher)
    for one, other in [(boards[0], boards[2]), (boards[0], boards[1])]:
        a, b = world.at(one, until), world.at(other, until)
        rows = asked(
            empty, "SELECT n, spearman, kendall FROM agreement(?, ?, time := ?)", [one, other, until]
        )
        if a is None or b is None:
            assert rows == []
            continue
        [(count, rho, tau)] = rows
        expected = reckoned.agreement(world, a, b)
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
            for board in reckoned.on_boards(world, group)
            for one in group
            for stretch in reckoned.presence(world, board, one)
        ]
        assert sorted(rows, key=repr) == sorted(mine, key=repr)
