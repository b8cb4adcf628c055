"""Each question on a million entries: inside DuckDB, as a process, and beside Datasette on the same data.

    pip install -e '.[bench]'
    python tests/bench/bench_questions.py [--entries 1000000] [--runs 7] [--large 33000000]

Three tables.

  inside      the statement that `--sql` prints, on an open index, planned as the commands have it planned
              (see `plan_briefly`): milliseconds by the clock and of processor time until DuckDB holds all
              rows (best of the runs), how long planning takes of these, the clock until Python holds them as
              tuples, and that of any other shell, which plans at full length. Aim: 20 ms until they are held
  process     `archiver …` beside a bare Python process that imports duckdb, opens the same file and runs the
              same statement, by turns (medians). Aim: 1.5 times the least
  Datasette   the same data in SQLite, with the indexes that these questions use, asked through Datasette's
              JSON API in its own process (no socket), beside plain SQL in DuckDB whose rows become JSON.
              Both must give the same rows before either is timed.

--large makes an index of that many entries (which takes some ten gigabytes of memory) and asks it for
histories and boards as of a time. Aim: 20 ms.
"""

# ruff: noqa: S608  # the bench's own words

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archiver.answers import changes, standing
from archiver.answers.board import statement as board
from archiver.answers.history import statement as history
from archiver.answers.narrow import Narrow
from archiver.answers.sql import call, plan_briefly
from archiver.records import utc
from tests.bench.bench_history import FLOOR, make, took

BOARD, OTHER = "arena/text/c010", "arena/text/c011"
WHO = ("Sber", "Yandex")
THEN, BEFORE = utc("2023-10-01"), utc("2023-07-01")
AIM, PROCESS_AIM = 20.0, 1.5
_TO_JSON = json.JSONEncoder(default=str).encode


def questions(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Name → the statement that answers."""
    return {
        "history, 10 boards": history(con, WHO),
        "history, 1 board": history(con, WHO[:1], [BOARD]),
        "history --as-of": history(con, WHO, as_of=THEN),
        "history --every month": history(con, WHO, every="month"),
        "history --all": history(con, WHO, all=True),
        "history --among": history(con, WHO, [BOARD], narrow=Narrow(among="country:RU")),
        "board": board(con, BOARD),
        "board --as-of": board(con, BOARD, THEN),
        "diff": changes.diff(con, BOARD, BEFORE, THEN),
        "movers": changes.movers(con, BOARD, BEFORE, THEN),
        "standing, 1 board": standing.standing(con, WHO, [BOARD]),
        "standing, 10 boards": standing.standing(con, WHO, ()),
        "streaks, 1 board": standing.streaks(con, WHO, [BOARD]),
        "streaks, 10 boards": standing.streaks(con, WHO, ()),
        "overtakes, 1 board": changes.overtakes(con, WHO, [BOARD]),
        "agreement": standing.agreement(con, BOARD, OTHER),
        "presence": f"FROM {call('presence', ['Sber'], boards=BOARD)}",
    }


def best(run: Callable[[], object], runs: int) -> tuple[float, float]:
    """Milliseconds by the clock and of processor time, each the best."""
    found = []
    for _ in range(runs):
        start, cpu = time.perf_counter(), time.process_time()
        run()
        found.append((time.perf_counter() - start, time.process_time() - cpu))
    return min(wall for wall, _ in found) * 1000, min(cpu for _, cpu in found) * 1000


def inside(con: duckdb.DuckDBPyConnection, runs: int) -> None:
    """Prints the first table."""
    print(f"{'inside DuckDB':26}{_HEAD}{'plan ms':>9}{'any shell':>11}   aim {AIM:.0f} ms")
    for name, asked in questions(con).items():
        con.execute("RESET disabled_optimizers")
        plain, _ = best(lambda asked=asked: con.execute(asked), runs)
        plan_briefly(con)
        line, met = _inside(con, asked, runs)
        planned, _ = best(lambda asked=asked: con.execute(f"PREPARE planned AS {asked}"), runs)
        print(f"{name:26}{line}{planned:9.1f}{plain:11.1f}   {met}")
    con.execute("RESET disabled_optimizers")


_HEAD = f"{'ms':>8}{'cpu ms':>8}{'tuples':>8}{'rows':>8}"


def _inside(con: duckdb.DuckDBPyConnection, asked: str, runs: int) -> tuple[str, str]:
    """What one question takes, as a line under `_HEAD`, and whether that is what is aimed at.

    `execute` returns when DuckDB holds all rows; only to hand them over is Python's.
    """
    rows = len(con.execute(asked).fetchall())
    wall, cpu = best(lambda: con.execute(asked), runs)
    handed, _ = best(lambda: con.execute(asked).fetchall(), runs)
    return f"{wall:8.1f}{cpu:8.1f}{handed:8.1f}{rows:8,}", "met" if wall <= AIM else "missed"


def processes(con: duckdb.DuckDBPyConnection, path: Path, runs: int) -> None:
    """Prints the second table."""
    program = [
        sys.executable,
        "-c",
        "from archiver.cli.main import run; run()",
        "--archive",
        str(path.parent),
    ]
    commands = {
        "history, 10 boards": ["history", *WHO],
        "board --as-of": ["board", BOARD, "--as-of", f"{THEN:%Y-%m-%d}"],
        "movers": ["movers", BOARD, "--since", f"{BEFORE:%Y-%m-%d}", "--until", f"{THEN:%Y-%m-%d}"],
        "standing, 10 boards": ["standing", *WHO],
    }
    asked = questions(con)
    print(f"\n{'as a process':24}{'ours ms':>9}{'least ms':>9}{'ratio':>7}   aim {PROCESS_AIM}")
    for name, words in commands.items():
        floor = [sys.executable, "-c", FLOOR, str(path), asked[name]]
        ours = [*program, *words, "--format", "json"]
        took(floor), took(ours)
        times = [(took(floor), took(ours)) for _ in range(runs)]
        least, mine = (statistics.median(column) * 1000 for column in zip(*times, strict=True))
        met = "met" if mine / least <= PROCESS_AIM else "missed"
        print(f"{name:24}{mine:9.0f}{least:9.0f}{mine / least:7.2f}   {met}")


# ---- beside Datasette -------------------------------------------------------------------------------------

_TABLES = """
CREATE TABLE snapshots (id INTEGER PRIMARY KEY, board TEXT, time TEXT, of INTEGER);
CREATE TABLE entries (
    snapshot INTEGER, position INTEGER, model_listed TEXT, organization_listed TEXT, rank INTEGER,
    rank_low INTEGER, rank_high INTEGER, score REAL, score_low REAL, score_high REAL, votes INTEGER
);
CREATE TABLE names (
    model_listed TEXT, organization_listed TEXT, model TEXT, organization TEXT, country TEXT
);
"""
_INDEXES = """
CREATE INDEX by_board ON snapshots (board, time);
CREATE INDEX by_snapshot ON entries (snapshot, rank);
CREATE INDEX by_model ON entries (model_listed, organization_listed, snapshot);
CREATE INDEX by_maker ON names (organization);
CREATE INDEX by_name ON names (model_listed, organization_listed);
ANALYZE;
"""


def to_sqlite(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The same data in SQLite, with the indexes that the questions below use."""
    with sqlite3.connect(path) as lite:
        lite.executescript(_TABLES)
        shots = con.execute("""
            SELECT row_number() OVER (ORDER BY board, time), board, strftime(time, '%Y-%m-%d'), "of"
            FROM snapshots
        """).fetchall()
        lite.executemany("INSERT INTO snapshots VALUES (?, ?, ?, ?)", shots)
        found = con.execute("""
            SELECT s.id, e.position, e.model_listed, e.organization_listed, e.rank, e.rank_low, e.rank_high,
                e.score, e.score_low, e.score_high, e.votes
            FROM entries AS e
            JOIN (SELECT row_number() OVER (ORDER BY board, time) AS id, content_id FROM snapshots) AS s
                ON s.content_id = e.content_id
        """)
        while rows := found.fetchmany(100_000):
            lite.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        names = con.execute(
            "SELECT model_listed, organization_listed, model, organization, country FROM names"
        ).fetchall()
        lite.executemany("INSERT INTO names VALUES (?, ?, ?, ?, ?)", names)
        lite.executescript(_INDEXES)


_NAMED = "n.model_listed = e.model_listed AND n.organization_listed = e.organization_listed"
_AT = "(SELECT id FROM snapshots WHERE board = '{board}' AND time <= '{time}' ORDER BY time DESC LIMIT 1)"
_MOVED = """
    SELECT n.model, b.rank AS was, a.rank, b.rank - a.rank AS change
    FROM {table} AS a
    JOIN {table} AS b
        ON b.{snapshot} = {before} AND b.model_listed = a.model_listed
        AND b.organization_listed = a.organization_listed
    JOIN names AS n ON n.model_listed = a.model_listed AND n.organization_listed = a.organization_listed
    WHERE a.{snapshot} = {then} AND a.rank <> b.rank{scope}
    ORDER BY abs(change) DESC, a.rank
"""


def pairs() -> dict[str, tuple[str, str]]:
    """Name → the question in SQLite, and in DuckDB."""
    time, before = f"{THEN:%Y-%m-%d}", f"{BEFORE:%Y-%m-%d}"
    then, earlier = _AT.format(board=BOARD, time=time), _AT.format(board=BOARD, time=before)
    mine = (
        f"(SELECT content_id FROM snapshots WHERE snapshot_id = snapshot_at('{BOARD}', TIMESTAMP '{time}'))"
    )
    was = (
        f"(SELECT content_id FROM snapshots WHERE snapshot_id = snapshot_at('{BOARD}', TIMESTAMP '{before}'))"
    )
    scope = f" AND a.board = '{BOARD}' AND b.board = '{BOARD}'"
    return {
        "history of two": (
            f"""SELECT s.board, s.time, n.organization, n.model, min(e.rank) AS rank, s.of
                FROM names AS n JOIN entries AS e ON {_NAMED} JOIN snapshots AS s ON s.id = e.snapshot
                WHERE n.organization IN ('Sber', 'Yandex') GROUP BY s.id, n.organization
                ORDER BY s.board, s.time, n.organization""",
            f"""SELECT board, strftime(date, '%Y-%m-%d'), organization, model, rank, "of"
                FROM rank_history(['{WHO[0]}', '{WHO[1]}']) WHERE status = 'listed'
                ORDER BY board, date, organization""",
        ),
        "a board as of a day": (
            f"""SELECT e.rank, n.model, n.organization, e.score FROM entries AS e JOIN names AS n ON {_NAMED}
                WHERE e.snapshot = {then} ORDER BY e.rank""",
            f"""SELECT rank, model, organization, score FROM rankings WHERE board = '{BOARD}'
                AND snapshot_id = snapshot_at('{BOARD}', TIMESTAMP '{time}') ORDER BY rank""",
        ),
        "who moved": (
            _MOVED.format(table="entries", snapshot="snapshot", before=earlier, then=then, scope=""),
            _MOVED.format(table="entries", snapshot="content_id", before=was, then=mine, scope=scope),
        ),
        "best place of each maker": (
            f"""SELECT n.organization, min(e.rank) AS best, count(*) AS entries
                FROM entries AS e JOIN names AS n ON {_NAMED}
                GROUP BY n.organization ORDER BY n.organization""",
            """SELECT organization, min(rank) AS best, count(*) AS entries FROM rankings
                GROUP BY organization ORDER BY organization""",
        ),
    }


async def beside_datasette(con: duckdb.DuckDBPyConnection, path: Path, runs: int) -> None:
    """Prints the third table."""
    from datasette.app import Datasette

    served = Datasette(
        [str(path)],
        settings={"max_returned_rows": 100_000, "sql_time_limit_ms": 60_000, "num_sql_threads": 1},
    )
    await served.invoke_startup()
    print(f"\n{'rows as JSON':28}{'Datasette ms':>13}{'archive ms':>11}{'ratio':>7}{'rows':>8}")
    for name, (theirs, ours) in pairs().items():

        async def ask(theirs: str = theirs) -> Any:
            answer = await served.client.get(
                f"/{path.stem}.json", params={"sql": theirs, "_shape": "arrays"}, timeout=120
            )
            return answer.text

        shown = json.loads(await ask())["rows"]
        rows = json.loads(_TO_JSON(con.execute(ours).fetchall()))
        if shown != rows:
            raise SystemExit(f"{name}: the two do not give the same rows: {shown[:2]}, {rows[:2]}")
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            await ask()
            times.append(time.perf_counter() - start)
        mine, _ = best(lambda ours=ours: _TO_JSON(con.execute(ours).fetchall()), runs)
        least = min(times) * 1000
        print(f"{name:28}{least:13.1f}{mine:11.1f}{least / mine:7.2f}{len(rows):8,}")


def large(entries: int, runs: int, where: Path) -> None:
    """Makes a large index and asks it what is aimed at."""
    path = where / "archive.duckdb"
    if not path.exists():
        path = make(where, entries)
    with duckdb.connect(str(path), read_only=True) as con:
        [(count,)] = con.execute("SELECT count(*) FROM entries").fetchall()
        print(f"\n{count:,} entries, {path.stat().st_size / count:.1f} bytes each")
        print(f"{'inside DuckDB':26}{_HEAD}   aim {AIM:.0f} ms")
        for name, asked in {
            "history of one, 1 board": history(con, WHO[:1], [BOARD]),
            "history of two, 10 boards": history(con, WHO),
            "history as of, 10 boards": history(con, WHO, as_of=THEN),
            "board as of, with moves": board(con, BOARD, THEN),
            "board as of, plain": pairs()["a board as of a day"][1],
        }.items():
            if name.endswith("plain"):  # no command's own
                con.execute("RESET disabled_optimizers")
            else:
                plan_briefly(con)
            line, met = _inside(con, asked, runs)
            print(f"{name:26}{line}   {met}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--large-at", type=Path, help="where the large index is, or is to be kept")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = make(Path(folder), asked.entries)
        lite = Path(folder) / "boards.db"
        with duckdb.connect(str(path), read_only=True) as con:
            inside(con, asked.runs)
            processes(con, path, asked.runs)
            to_sqlite(con, lite)
            asyncio.run(beside_datasette(con, lite, asked.runs))
            sizes = lite.stat().st_size / path.stat().st_size
        print(f"on disk: SQLite with its indexes {sizes:.1f} times the index of the archive")
    if asked.large:
        with tempfile.TemporaryDirectory() as folder:
            where = asked.large_at or Path(folder)
            where.mkdir(exist_ok=True)
            large(asked.large, asked.runs, where)


if __name__ == "__main__":
    main()
