"""Arena on the recordings beside the checkout, checked against DuckDB's own reading and against the eye."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources import arena

RECORDINGS = Path(__file__).resolve().parents[2] / "../shared/payloads"
OVERVIEW = "arena/page/2026-04-14T074601_overview.excerpt.html"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not RECORDINGS.exists(), reason=f"no recordings lie at {RECORDINGS}"),
]


class Recording(NamedTuple):
    file: Path
    url: str
    name: str

    def parse(self, url: str | None = None) -> list[Snapshot]:
        return list(arena.parse(Payload(self.file.read_bytes(), self.url if url is None else url)))


def recordings(route: str) -> Iterator[Recording]:
    with (RECORDINGS / "index.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            owner = arena.SOURCE.route_of(row["url"]) if row["source"] == "arena" else None
            if owner and owner.name == route:
                yield Recording(RECORDINGS / row["file"], row["url"], row["file"])


def held(snapshot: Snapshot) -> set[str]:
    findings = check(snapshot, arena.SOURCE.board(snapshot.board))
    return {finding.code for finding in findings if finding.severity == "error"}


def test_every_file_of_the_dataset_is_read_as_duckdb_reads_it() -> None:
    found = list(recordings("dataset"))
    assert len(found) == 322
    connection = duckdb.connect()
    counted = """
        SELECT category, CAST(leaderboard_publish_date AS VARCHAR), count(*), count(DISTINCT model_name),
               sum(rank), sum(vote_count), round(sum(rating), 6), round(sum(rating_lower + rating_upper), 6),
               count(*) FILTER (organization <> ''), count(*) FILTER (license <> '')
        FROM read_parquet(?) GROUP BY ALL ORDER BY ALL
    """
    for recording in found:
        expected = connection.execute(counted, [str(recording.file)]).fetchall()
        assert sorted(figures(snapshot) for snapshot in recording.parse()) == sorted(
            (row[0].replace("_", "-"), *row[1:]) for row in expected
        ), recording.name


def figures(snapshot: Snapshot) -> tuple[Any, ...]:
    rows = snapshot.entries
    assert snapshot.published_at
    return (
        snapshot.board.split("/")[2],
        str(snapshot.published_at.date()),
        len(rows),
        len({entry.model for entry in rows}),
        sum(entry.rank or 0 for entry in rows),
        sum(entry.votes or 0 for entry in rows),
        pytest.approx(sum(entry.score or 0 for entry in rows), abs=1e-5),
        pytest.approx(sum((entry.score_low or 0) + (entry.score_high or 0) for entry in rows), abs=1e-5),
        sum(entry.organization is not None for entry in rows),
        sum(entry.license is not None for entry in rows),
    )


def test_one_board_equals_its_parquet_row_for_row() -> None:
    [recording] = [r for r in recordings("dataset") if "2026-07-21/text_style_control" in r.name]
    [snapshot] = recording.parse()
    assert snapshot.board == "arena/text-style-control/overall"
    assert snapshot.published_at == datetime(2026, 7, 20, tzinfo=UTC)
    rows = duckdb.connect().execute("FROM read_parquet(?)", [str(recording.file)]).fetchall()
    assert len(rows) == len(snapshot.entries) > 300
    for entry, (model, organization, terms, rating, low, high, _, votes, rank, _, _) in zip(
        snapshot.entries, rows, strict=True
    ):
        assert entry[1:13] == (
            model,
            organization or None,
            None,
            rank,
            None,
            None,
            rating,
            low,
            high,
            votes,
            terms or None,
            None,
        )


def test_a_files_name_says_as_much_as_its_address() -> None:
    for recording in list(recordings("dataset"))[::20]:
        assert recording.parse(recording.name) == recording.parse(recording.file.name) == recording.parse()


def test_only_the_files_that_hold_several_boards_as_one_are_held() -> None:
    seen = [(recording, snapshot) for recording in recordings("dataset") for snapshot in recording.parse()]
    bad = Counter((snapshot.board, snapshot.published_at) for _, snapshot in seen if held(snapshot))
    assert bad == {
        ("arena/search/overall", datetime(2026, 7, 14, tzinfo=UTC)): 7,
        ("arena/search/overall", datetime(2026, 7, 21, tzinfo=UTC)): 8,
        ("arena/image-edit/multi-image-edit", datetime(2026, 7, 28, tzinfo=UTC)): 1,
    }
    assert len(seen) == 481


def test_every_board_has_facts_and_nothing_is_new() -> None:
    for recording in [
        *recordings("dataset"),
        Recording(RECORDINGS / OVERVIEW, "https://arena.ai/leaderboard", ""),
    ]:
        for snapshot in recording.parse():
            assert arena.SOURCE.board(snapshot.board), snapshot.board
            assert "new-field" not in {finding.code for finding in snapshot.findings}


def test_variance_is_kept_only_on_the_boards_whose_intervals_do_not_say_it() -> None:
    kept = Counter(
        snapshot.board
        for recording in recordings("dataset")
        for snapshot in recording.parse()
        for entry in snapshot.entries
        if entry.extra
    )
    assert kept == {f"arena/text-to-image/{language}": 16 for language in ("chinese", "english", "russian")}


def test_the_overview_page_as_it_is_read_by_eye() -> None:
    found = Recording(RECORDINGS / OVERVIEW, "https://arena.ai/leaderboard", "").parse()
    seen = {
        snapshot.board: (
            len(snapshot.entries),
            snapshot.declared_total,
            str(snapshot.published_at),
            [(e.rank, e.rank_low, e.rank_high, e.model, e.score, e.votes) for e in snapshot.entries[:3]],
        )
        for snapshot in found
    }
    assert seen == {
        "arena/text-style-control/overall": (
            10,
            339,
            "2026-04-10 12:00:00+00:00",
            [
                (1, 1, 3, "claude-opus-4-6-thinking", 1503.85, 16278),
                (2, 1, 6, "claude-opus-4-6", 1495.6, 17416),
                (3, 1, 8, "muse-spark", 1492.8, 3268),
            ],
        ),
        "arena/webdev/overall": (
            10,
            60,
            "2026-04-09 18:00:00+00:00",
            [
                (1, 1, 3, "claude-opus-4-6-thinking", 1548.38, 4015),
                (2, 1, 3, "claude-opus-4-6", 1542.24, 4841),
                (3, 1, 4, "glm-5.1", 1529.9, 1046),
            ],
        ),
        "arena/vision-style-control/overall": (
            10,
            111,
            "2026-04-10 12:00:00+00:00",
            [
                (1, 1, 4, "claude-opus-4-6-thinking", 1302.47, 2388),
                (2, 1, 7, "muse-spark", 1292.8, 1210),
                (3, 1, 8, "claude-opus-4-6", 1288.65, 2525),
            ],
        ),
        "arena/document/overall": (
            10,
            13,
            "2026-03-11 10:00:00+00:00",
            [
                (1, 1, 1, "claude-opus-4-6", 1523.93, 4336),
                (2, 2, 4, "claude-sonnet-4-6", 1491.0, 1813),
                (3, 2, 4, "gpt-5.4", 1482.93, 1349),
            ],
        ),
        "arena/text-to-image/overall": (
            10,
            54,
            "2026-04-09 22:00:00+00:00",
            [
                (1, 1, 1, "gemini-3.1-flash-image-preview (nano-banana-2) [web-search]", 1263.63, 34861),
                (2, 2, 4, "gpt-image-1.5-high-fidelity", 1240.89, 77435),
                (3, 2, 4, "gemini-3-pro-image-preview-2k (nano-banana-pro)", 1236.99, 71768),
            ],
        ),
    }
    assert not any(snapshot.complete or held(snapshot) for snapshot in found)


@pytest.mark.parametrize(
    "name", ["page/2026-01-03_challenge.html", "page/2026-10-02_text_overall.top15-entries.json"]
)
def test_what_is_no_page_is_refused(name: str) -> None:
    with pytest.raises(ParseFailed):
        Recording(RECORDINGS / "arena" / name, "https://arena.ai/leaderboard", "").parse()


def test_a_page_with_its_tables_cut_out_is_refused() -> None:
    whole = (RECORDINGS / OVERVIEW).read_text("utf-8")
    cut, times = re.subn(r'\\"entries\\":\[.*?\}\],\\"vote', r'\\"entries\\":[],\\"vote', whole)
    assert times == 5
    scripts = "".join(piece for piece in whole.split("<script>") if r"\"entries\":" not in piece)
    for page in (cut, scripts + "</html>", whole[: len(whole) // 2]):
        with pytest.raises(ParseFailed):
            list(arena.parse(Payload(page.encode(), "https://arena.ai/leaderboard")))
