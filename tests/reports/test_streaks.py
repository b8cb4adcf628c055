"""Streaks as a table: what they run over is told, as counted by hand and as other questions tell it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from archiver import Archive
from archiver.answers.standing import streaks
from archiver.reports.screen import Screen
from archiver.reports.streaks import print_streaks
from tests.answers.world import World
from tests.database.test_changes import BOARD, GPT, MAX, OTHER, YANDEX, snapshot

Con = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    """Sber stands second, is not on an excerpt, leads after a gap of 138 days, and falls to the third."""
    world = World(tmp_path_factory.mktemp("streaks") / "archive.duckdb")
    with world.con:
        world.source("ru", BOARD, OTHER)
        world.registry()
        snapshot(world, "2024-01-01", (GPT, 1, 80), (MAX, 2, 70), (YANDEX, 3, 60))
        snapshot(world, "2024-01-08", (GPT, 1, 80), complete=False, declared=3)
        snapshot(world, "2024-01-15", (GPT, 1, 80), (MAX, 2, 70), (YANDEX, 3, 60))
        snapshot(world, "2024-06-01", (MAX, 1, 90), (GPT, 2, 80), (YANDEX, 3, 60))
        snapshot(world, "2024-06-08", (YANDEX, 1, 99), (GPT, 2, 80), (MAX, 3, 60))
        snapshot(world, "2024-06-15", (YANDEX, 1, 99), (GPT, 2, 80), (MAX, 3, 60))
        snapshot(world, "2024-06-01", (GPT, 1, 9), (YANDEX, 2, 8), board=OTHER)
        yield world.con


def asked(con: Con, *who: str, **cut: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    found = con.execute(streaks(con, who, **cut))
    return [name for name, *_ in found.description or ()], found.fetchall()


def printed(width: int, found: tuple[Any, Any], *, ascii: bool = False) -> str:
    out = io.StringIO()
    print_streaks(Screen(out, width, ascii=ascii), *found)
    assert max(map(len, out.getvalue().splitlines())) <= width
    return out.getvalue()


def test_a_streak_says_what_it_runs_over(con: Con) -> None:
    columns, [row] = asked(con, "Sber", boards=[BOARD], top=2)
    told = dict(zip(columns, row, strict=True))
    assert (told["since"], told["until"], told["days"]) == (date(2024, 1, 1), date(2024, 6, 8), 159)
    assert (told["snapshots"], told["best_rank"], told["current"]) == (3, 1, False)
    assert told["days_shown"] == 7 + 0 + 7, "neither the week of the excerpt nor the gap"


def test_the_table_explains_what_needs_it(con: Con) -> None:
    assert (
        printed(80, asked(con, "Sber", "Yandex", boards=[BOARD], top=2))
        == """\
ru/days/overall
Who     Since       Until       Days  In gaps  Which    Snapshots
─────────────────────────────────────────────────────────────────
Sber    2024-01-01  2024-06-08   159      145                   3
Yandex  2024-06-08  2024-06-15     7           current          2
In gaps: days on which no snapshot shows them; those before and after place them
so.
"""
    )
    plain = printed(100, asked(con, "Yandex", boards=[BOARD], top=2, since=None))
    assert "gaps" not in plain


def test_boards_with_a_streak_each_are_lines_of_one_table(con: Con) -> None:
    found = asked(con, "Yandex", top=2)
    assert printed(60, found).splitlines()[0].split() == ["Board", "Who", "Since", "Until", "Days"]
    assert printed(64, found).splitlines()[0].split() == ["Board", "Who", "Since", "Until", "Days", "Which"]
    assert printed(60, asked(con, "GPT-4o", top=3), ascii=True).isascii()
    narrow = printed(52, asked(con, "GPT-4o", top=3))
    assert "In gaps" not in narrow and "Of some of the days no snapshot shows them" in narrow


def test_the_longest_is_marked_where_there_are_others(con: Con, starter_home: Path) -> None:
    assert "longest" not in printed(200, asked(con, "GPT-4o", boards=[BOARD], top=1)), "the only one"
    with Archive(starter_home) as archive:
        opened = archive.connect()
        who = ("OpenAI", "Gemini", "Claude")
        lines = printed(200, asked(opened, *who, boards=["arena/text/overall"], top=1)).splitlines()
        marked = [line.split()[:2] for line in lines if "longest" in line]
        most = opened.execute("""
            SELECT who, arg_max(CAST(since AS VARCHAR), days)
            FROM streaks(['OpenAI', 'Gemini', 'Claude'], boards := 'arena/text/overall', top := 1)
            GROUP BY who HAVING count(*) > 1
        """).fetchall()
    assert len(marked) == 3 and sorted(marked) == sorted(map(list, most))
    assert [line.split()[0] for line in lines if "current" in line] == ["Claude"]
    assert any("GPT-4 … GPT-4 Turbo" in line for line in lines)


@pytest.mark.parametrize(("who", "top"), [("Claude", 10), ("OpenAI", 1), ("country:CN", 3)])
def test_days_without_those_in_gaps_are_the_days_in_the_top(starter_home: Path, who: str, top: int) -> None:
    """On every board of the starter history, up to half a day a streak that rounding takes or gives."""
    with Archive(starter_home) as archive:
        answer = archive.streaks(who, top=top)
        columns, rows = answer.columns, answer.fetchall()
        days = dict(archive.standing(who, top=top).select("board, days_in_top").fetchall())
    board, lasted, days_shown = map(columns.index, ("board", "days", "days_shown"))
    left, count = dict.fromkeys((row[board] for row in rows), 0), dict.fromkeys(days, 0)
    for row in rows:
        left[row[board]] += row[days_shown]
        count[row[board]] += 1
    assert len(left) > 60 and any(row[days_shown] < row[lasted] for row in rows)
    assert not [name for name in left if abs(left[name] - days[name]) > count[name]]
    assert not [name for name in days if days[name] and name not in left]
