"""Each table of a report is what a statement over the same file gives, column by column and row by row."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from archiver.records import utc
from archiver.reports import pages
from archiver.reports.pages import data

BOARDS = ["arena/text/overall", "ru/plain/overall"]
TABLES = {
    "standing": """
        SELECT
            board, who, rank, "of", model, best_rank, worst_rank, snapshots, absent, days_in_top, snapshot_id
        FROM standing(['Sber', 'OpenAI'], boards := $boards, until := TIMESTAMP '2026-08-20')
        WHERE snapshots > 0
    """,
    "changes": """
        SELECT
            board, time, event, model, organization, rank_before, rank, "of", score_before, score, snapshot_id
        FROM rank_events($boards, until := TIMESTAMP '2026-08-20')
        WHERE event = 'leader' OR (
            organization IN ('Sber', 'OpenAI') AND (event <> 'moved' OR coalesce(beyond_noise, true))
        )
    """,
    "history": """
        SELECT board, date, who, status, model, model_listed, rank, "of", position, score, votes, snapshot_id
        FROM rank_history(['Sber', 'OpenAI'], boards := $boards, until := TIMESTAMP '2026-08-20')
    """,
    "boards": """
        SELECT
            board, CAST(coalesce(published_at, captured_at) AS DATE) AS date, rank, organization, country,
            score, rank_low, rank_high, "of", snapshot_id
        FROM latest
        WHERE list_contains($boards, board)
    """,
    "coverage": """
        SELECT
            board, count(*) AS snapshots, count(*) FILTER (WHERE complete) AS complete, min(time) AS first,
            max(time) AS last, max(last_seen) AS last_seen
        FROM snapshots
        WHERE list_contains($boards, board) AND preferred AND status IN ('accepted', 'released')
        GROUP BY board
    """,
    "gaps": """
        SELECT source, board, since, until, kind, detail
        FROM gaps
        WHERE coalesce(list_contains($boards, board), source IN ('arena', 'ru')) AND since < '2026-08-21'
    """,
    "citations": """
        SELECT
            h.who, h.board, h.date, h.model_listed, h.rank, c.url, s.payload_sha256, s.capture_id,
            s.snapshot_id
        FROM rank_history(['Sber', 'OpenAI'], boards := $boards, until := TIMESTAMP '2026-08-20') AS h
        JOIN snapshots AS s ON s.snapshot_id = h.snapshot_id
        JOIN captures AS c ON c.capture_id = s.capture_id
        WHERE h.status = 'listed'
        QUALIFY row_number() OVER (
            PARTITION BY h.who, h.board ORDER BY s.time DESC, s.captured_at DESC
        ) = 1
    """,
    "sources": """
        SELECT source, title, homepage, license, attribution FROM sources WHERE source IN ('arena', 'ru')
    """,
}
"""A report's tables by name; each statement gives some of their columns, under the same names."""


@pytest.fixture(scope="module")
def report(drawn_index: Path) -> pages.Report:
    with duckdb.connect(str(drawn_index), read_only=True) as con:
        return pages.build(con, pages.Asked(("Sber", "OpenAI"), tuple(BOARDS), until=utc("2026-08-20")))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_agrees_with_sql(drawn_index: Path, report: pages.Report, name: str) -> None:
    with duckdb.connect(str(drawn_index), read_only=True) as con:
        named = {"boards": BOARDS} if "$boards" in TABLES[name] else None
        asked = con.execute(TABLES[name], named)
        columns, expected = [column[0] for column in asked.description], asked.fetchall()
    table = data.tables(report)[name]
    places = [table.columns.index(column) for column in columns]
    rows = [tuple(row[place] for place in places) for row in table.rows]
    if name == "changes":  # rows rewritten are no event of the index: a test of their own holds them
        rows = [row for row in rows if row[columns.index("event")] != "rewritten"]
    assert rows
    assert sorted(rows, key=repr) == sorted(expected, key=repr)


def test_no_table_is_left_out(report: pages.Report) -> None:
    assert {*TABLES, "about"} == {*data.tables(report)}
