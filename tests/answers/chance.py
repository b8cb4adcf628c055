"""Boards by chance, in Python and in the tables that the questions read.

They have what real ones have and what examples forget: ties, lines without rank, score or interval, a name
twice, one model under several names, a name in another spelling, baselines, excerpts, held snapshots, several
snapshots for one time, gaps, a state that comes back, boards where less is better, two sources that mean
different models by one name.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import duckdb

from archiver.database.spool import board_id
from tests.answers.reckoned.states import Asked, Known, Line, Shot, World
from tests.answers.world import SETTLE

Con = duckdb.DuckDBPyConnection
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
    con.execute(SETTLE)


def insert(con: Con, table: str, rows: list[dict[str, object]]) -> None:
    if rows:
        columns = ", ".join(f'"{name}"' for name in rows[0])
        marks = ", ".join("?" for _ in rows[0])
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  # names of ours
        con.executemany(statement, [[*row.values()] for row in rows])
