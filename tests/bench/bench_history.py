"""How long `archiver history Sber Yandex` takes on a million entries, beside the least that it can.

    python tests/bench/bench_history.py [ENTRIES] [RUNS]

The least: a bare Python process that imports duckdb, opens the same file and runs the same SQL. Both are
whole processes, run by turns; medians of their wall time count, at most 1.5 times the least is aimed at.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb

from archiver.answers.history import KEYS, statement
from archiver.database import build, publish
from archiver.database.connect import NAME, attach

AIM = 1.5
BOARDS, MODELS = 100, 330
WHO = ("Sber", "Yandex")
FLOOR = (
    "import duckdb, sys; print(len(duckdb.connect(sys.argv[1], read_only=True).sql(sys.argv[2]).fetchall()))"
)


def make(directory: Path, entries: int, *, boards: int = BOARDS, models: int = MODELS) -> Path:
    """An archive whose index holds that many entries: weekly snapshots of boards of as many models.

    Of the models eight are Sber's and Yandex's, and they stand on one board in ten, as on the real ones. The
    file is laid out as a load lays it out: row groups of the same size, compressed by the same methods.
    """
    (directory / "snapshots").mkdir()
    path = directory / "archive.duckdb"
    weeks = -(-entries // (boards * models))
    with attach(path, publish.OPTIONS) as con:
        con.execute(";".join(f"SET {name} = '{value}'" for name, value in publish.ALWAYS.items()))
        build.tables(con)
        build.rules(con)
        build.questions(con)
        con.executemany("INSERT INTO meta VALUES (?, ?)", list(build.digests().items()))
        con.execute(_FILL.format(boards=boards, models=models, weeks=weeks))
        con.execute(f"CHECKPOINT {NAME}; USE memory; DETACH {NAME}")
    return path


_FILL = """
INSERT INTO sources
    SELECT 'arena', 'Arena', '', '', '', 24, 1, true, [], ['dataset'];
CREATE TEMP TABLE b AS
    SELECT i AS n, format('arena/text/c{{:03d}}', i) AS board FROM range({boards}) AS t(i);
CREATE TEMP TABLE s AS
    SELECT b.n, b.board, w, TIMESTAMP '2023-05-01' + INTERVAL (w * 7) DAY AS time,
        md5(b.board || w)::UUID AS content_id, sha256(b.board || w)[:16] AS snapshot_id
    FROM b, range({weeks}) AS t(w);
INSERT INTO boards SELECT board, 'arena', 'text', split_part(board, '/', 3), board, 'score', true, n FROM b;
INSERT INTO captures
    SELECT sha256('w' || w), 'ledger.jsonl', w + 1, 'arena', 'dataset', 'https://arena.example/', NULL,
        time, time, 'stored', NULL, '', 200, sha256('p' || w), 1000, 'http', NULL, 'archiver'
    FROM s WHERE n = 0;
INSERT INTO entries
    SELECT s.board, s.content_id, p + 1,
        CASE WHEN m < 8 AND s.n % 10 > 0 THEN 'other-' ELSE 'model-' END || m, 'org-' || (m % 60), NULL,
        p + 1, greatest(1, p - 1), p + 3, round(1500 - p * 1.37 + (s.w % 9) * 0.21, 2),
        round(1492 - p * 1.37, 2), round(1508 - p * 1.37, 2), 1000 + p * 13 + s.w, 'Proprietary', true, NULL,
        s.n
    FROM s, range({models}) AS t(p), LATERAL (SELECT (p * 7 + s.w // 8 * 3 + s.n) % {models} AS m)
    ORDER BY s.board, s.w, p;
INSERT INTO snapshots BY NAME
    SELECT snapshot_id, s.board, 'dataset' AS route, time, time AS published_at,
        time + INTERVAL 1 DAY AS captured_at,
        time + INTERVAL 1 DAY AS first_seen, time + INTERVAL 7 DAY AS last_seen, 7 AS sightings, s.content_id,
        sha256('p' || w) AS payload_sha256, sha256('w' || w) AS capture_id, {models} AS rows, {models} AS of,
        true AS complete, 'published' AS rank_kind, 'score' AS metric, 'x' AS layout, 1 AS parser_version,
        'accepted' AS status, true AS preferred, time + INTERVAL 7 DAY AS stands_until,
        e.model_listed AS leader_listed, e.organization_listed AS leader_organization_listed,
        e.score AS leader_score
    FROM s JOIN entries AS e ON e.content_id = s.content_id AND e.position = 1 ORDER BY s.board, time;
INSERT INTO names
    SELECT 'arena', 'model-' || m, 'org-' || (m % 60), 'Model ' || m, 'Family ' || (m % 90),
        CASE WHEN m < 4 THEN 'Sber' WHEN m < 8 THEN 'Yandex' ELSE 'Org ' || (m % 60) END,
        CASE WHEN m < 8 THEN 'RU' ELSE 'US' END, 'exact', fold('model-' || m)
    FROM range({models}) AS t(m)
    UNION ALL
    SELECT 'arena', 'other-' || m, 'org-' || (m % 60), 'Other ' || m, 'Others', 'Org ' || m, 'US', 'exact',
        fold('other-' || m)
    FROM range(8) AS t(m);
INSERT INTO listings
    SELECT DISTINCT board, 'arena', model_listed, organization_listed, license FROM entries;
INSERT INTO organizations VALUES ('Sber', 'RU', ''), ('Yandex', 'RU', '');
INSERT INTO aliases VALUES
    (fold('Sber'), 'Sber', 'organization', 'Sber', ''),
    (fold('Yandex'), 'Yandex', 'organization', 'Yandex', ''),
    (fold('country:RU'), 'country:RU', 'country', 'RU', '');
"""


def took(command: Sequence[str]) -> float:
    """Wall time of a process, in seconds. Raises CalledProcessError where it fails."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main(entries: int, runs: int) -> int:
    """Prints the medians and their ratio; returns an exit code: 1 where the aim is missed."""
    with tempfile.TemporaryDirectory() as directory:
        path = make(Path(directory), entries)
        with duckdb.connect(str(path), read_only=True) as con:
            columns = ", ".join(f'"{key}"' for key in KEYS)
            question = f"SELECT {columns} FROM ({statement(con, WHO)})"  # noqa: S608  # the bench's own words
            [(count,)] = con.execute("SELECT count(*) FROM entries").fetchall()
            rows = len(con.sql(question).fetchall())
            inside = min(_inside(con, question) for _ in range(10))
        floor = [sys.executable, "-c", FLOOR, str(path), question]
        program = "from archiver.cli.main import run; run()"
        asked = [sys.executable, "-c", program, "--archive", directory, "history", *WHO, "--format", "json"]
        for command in (floor, asked):
            took(command)
        times = [(took(floor), took(asked)) for _ in range(runs)]
        least, ours = (statistics.median(column) for column in zip(*times, strict=True))
        size = path.stat().st_size
    print(f"{count:,} entries, {size / count:.1f} bytes each; {rows:,} rows of answer; {runs} runs by turns")
    print(f"inside DuckDB, best of ten: {inside * 1000:.0f} ms")
    print(f"bare process, same SQL:     {least * 1000:.0f} ms")
    print(f"archiver history:           {ours * 1000:.0f} ms")
    print(f"ratio:                      {ours / least:.2f} (aim: {AIM} at most)")
    return 0 if ours / least <= AIM else 1


def _inside(con: duckdb.DuckDBPyConnection, question: str) -> float:
    started = time.perf_counter()
    con.sql(question).fetchall()
    return time.perf_counter() - started


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    raise SystemExit(main(*(numbers + [1_000_000, 15][len(numbers) :])))
