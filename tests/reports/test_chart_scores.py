"""Pictures of scores: what may stand on one axis."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver.reports.charts import Question, draw
from tests.answers.world import World
from tests.answers.world import row as entry
from tests.reports.drawn import SVG, layers, rows


def test_one_axis_has_one_metric(tmp_path: Path) -> None:
    """Snapshots whose scores are something else than the newest one's are left out of a picture of scores,
    which says how many; who is on these alone is not called absent. Ranks keep them, with their metric."""
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/plain/overall")
        made.registry()
        for day, score, more in (("2025-01-01", 1000.0, "yandex_gpt_pro_v4"), ("2025-02-01", 50.0, "gpt-4o")):
            lines = [entry("gigachat_max", score, rank=1), entry(more, score - 1, rank=2)]
            made.snapshot("ru/plain/overall", f"{day} 08:00:00", lines)
        made.snapshot("ru/plain/overall", "2025-03-01 08:00:00", [entry("gigachat_max", 52.0, rank=1)])
        con.execute("UPDATE snapshots SET metric = 'Elo' WHERE time < '2025-02-01'")
        con.execute("UPDATE snapshots SET metric = 'share (%)' WHERE time > '2025-02-01'")
        asked = Question(("Sber", "Yandex"), ("ru/plain/overall",))
        scores, ranks = draw(con, asked, "score"), draw(con, asked)
        other = draw(con, asked._replace(who=("Yandex",)), "score").headline
        outside = draw(con, asked._replace(who=("Yandex",), among="Sber"), "score").headline
    assert {row["v"] for row in rows(scores, "point") if "c" in row} == {50.0, 52.0}
    said = "".join("".join(text.itertext()) for text in ET.fromstring(scores.svg()).iter(f"{SVG}text"))  # noqa: S314
    assert "Left out, since their scores are “Elo”: 1 snapshot." in " ".join(said.split())
    assert "not listed" not in said.lower()
    tips = [row["tip"] for row in rows(ranks, "point") if "tip" in row]
    assert other == "Ru Plain Overall gives no share (%) of Yandex", (
        "it has a rank, and a score of another kind"
    )
    assert outside == "Among Sber: Yandex is on none of 2 complete snapshots of Ru Plain Overall"
    assert any("Elo 1000" in tip for tip in tips) and any("share (%) 52" in tip for tip in tips), tips


@pytest.fixture
def four(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two models on four days in a row."""
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/plain/overall")
        made.registry()
        for day in range(1, 5):
            lines = [entry("gigachat_max", 9.0 + day, rank=1), entry("gpt-4o", 8.0, rank=2)]
            made.snapshot("ru/plain/overall", f"2025-01-0{day} 08:00:00", lines)
        yield con


def test_snapshots_without_scores_are_counted(four: duckdb.DuckDBPyConnection) -> None:
    """A line breaks there though its model is listed."""
    four.execute("""
        UPDATE entries SET score = NULL WHERE content_id IN (
            SELECT s.content_id FROM snapshots AS s WHERE s.time BETWEEN '2025-01-02' AND '2025-01-04'
        )
    """)
    drawn = draw(four, Question(("Sber",), ("ru/plain/overall",)), "score")
    said = "".join("".join(text.itertext()) for text in ET.fromstring(drawn.svg()).iter(f"{SVG}text"))  # noqa: S314
    assert "No scores in 2 snapshots." in said


def test_a_board_on_a_day_counts_no_other_snapshots(four: duckdb.DuckDBPyConnection) -> None:
    """Of the scores that a picture of a board lacks, only those of its day count."""
    asked = Question((), ("ru/plain/overall",))
    assert "No scores in" not in draw(four, asked, "board").json()
    four.execute("UPDATE entries SET score = NULL")
    assert "No scores in 1 snapshot." in draw(four, asked, "board").json()


@pytest.mark.parametrize("higher", [True, False])
def test_who_leads_stands_among_those_behind(tmp_path: Path, higher: bool) -> None:
    """The scale reaches down to the tenth place: else a point less would be a fall through all of it."""
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/plain/overall")
        made.registry()
        con.execute("UPDATE boards SET higher_is_better = ?", [higher])
        sign = 1 if higher else -1
        for day, lead in (("2025-01-01", 100), ("2025-02-01", 99)):
            others = [entry(f"m{at}", sign * (50.0 - at) + 100, rank=at + 2) for at in range(20)]
            lines = [entry("gpt-4o", sign * lead + 100, rank=1), *others]
            made.snapshot("ru/plain/overall", f"{day} 08:00:00", lines)
        chart = draw(con, Question(("OpenAI",), ("ru/plain/overall",)), "score")
    [low, high] = next(layer for layer in layers(chart))["encoding"]["y"]["scale"]["domain"]
    tenth, eleventh = sign * 42.0 + 100, sign * 30.0 + 100
    assert low < tenth < high and low < 99 * sign + 100 < high
    assert not low < eleventh < high


def test_over_one_point_nothing_is_shaded_and_nothing_is_said_to_be(tmp_path: Path) -> None:
    made = World(tmp_path / "archive.duckdb")
    with made.con as con:
        made.source("ru", "ru/plain/overall")
        made.registry()
        bounds = {"score_low": 40.0, "score_high": 60.0}
        for day, names in (("2025-01-01", ["o", "p"]), ("2025-02-01", ["gpt-4o", "gigachat_max"])):
            lines = [entry(name, 50.0 - at, rank=at + 1, **bounds) for at, name in enumerate(names)]
            made.snapshot("ru/plain/overall", f"{day} 08:00:00", lines)
        for kind in ("rank", "score"):
            chart = draw(con, Question(("OpenAI", "Sber"), ("ru/plain/overall",)), kind)
            assert "Shaded" not in chart.json()
            assert not rows(chart, "area")
