"""The main job on the recordings beside the checkout: taken in by their manifest, asked, and checked against
figures that were read independently of this package."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver import Archive

pytestmark = pytest.mark.shared

RECORDINGS = Path(__file__).resolve().parents[1] / "../shared/payloads"
SOURCES = ("arena", "llmarena_ru", "ru_llm_arena", "aider")


@pytest.fixture(scope="module")
def imported(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    if not RECORDINGS.is_dir():
        pytest.skip("no recordings beside the checkout")
    home = tmp_path_factory.mktemp("recordings") / "archive"
    yield home, run(home, "import", "--manifest", str(RECORDINGS / "index.tsv"), *SOURCES)


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archiver.cli", "--archive", str(home), *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )


@pytest.fixture
def home(imported: tuple[Path, subprocess.CompletedProcess[str]]) -> Path:
    return imported[0]


def manifest() -> list[dict[str, str]]:
    with (RECORDINGS / "index.tsv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["source"] in SOURCES]


def belongs(row: dict[str, str]) -> bool:
    """Whether a recording is of the routes that this version reads, told by its folder alone."""
    folder, _, name = row["file"].rpartition("/")
    if row["source"] == "arena":
        return folder.startswith("arena/dataset/") or (folder == "arena/page" and name.endswith(".html"))
    return row["source"] != "llmarena_ru" or name.endswith(".csv")


def test_every_recording_of_the_routes_is_taken_and_every_other_named(
    imported: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = imported
    told = {line.split()[2].rstrip(":") for line in done.stderr.splitlines() if line.startswith("not taken")}
    assert told == {row["file"] for row in manifest() if not belongs(row)}
    assert all(": " in line for line in done.stderr.splitlines() if line.startswith("not taken"))
    failed = [line for line in done.stderr.splitlines() if line.startswith(("failed", "unread"))]
    assert len(failed) == 1
    assert "2026-01-03_challenge.html: challenge:" in failed[0]
    assert done.returncode == 1


def test_history_gives_every_counted_place_of_a_recorded_version(home: Path) -> None:
    rows = json.loads(run(home, "history", "Sber", "Yandex", "--all", "--format", "json").stdout)
    recorded = {row["date"] for row in rows if row["board"] == "ru_llm_arena/plain/overall"}
    places = {
        (row["date"], row["position"], row["of"], row["score"]): row
        for row in rows
        if "plain" in row["board"]
    }
    with (RECORDINGS / "reported/dated_ranks.tsv").open(encoding="utf-8", newline="") as file:
        counted = [
            row
            for row in csv.DictReader(file, delimiter="\t")
            if row["board"] == "ru_llm_arena" and row["certainty"] == "counted from table"
        ]
    seen = [row for row in counted if row["as_of"] in recorded]
    # The version of 2024-09-21 is reported, but no recording of it lies here.
    assert {row["as_of"] for row in counted} - recorded == {"2024-09-21"}
    assert len(seen) == 13
    for row in seen:
        place = places[row["as_of"], int(row["rank"]), int(row["of"]), float(row["score"])]
        assert place["rank"] <= place["position"]
    # 50.5 stands twice on 2024-11-27: equal scores share the better rank.
    assert places["2024-11-27", 16, 47, 50.5]["rank"] == 15


def test_a_board_of_the_dataset_equals_its_parquet_row_for_row(home: Path) -> None:
    board = json.loads(
        run(
            home, "board", "arena/text-style-control/overall", "--as-of", "2026-07-20", "--format", "json"
        ).stdout
    )
    file = RECORDINGS / "arena/dataset/2026-07-21/text_style_control.overall-only.parquet"
    published = duckdb.execute(
        """
        SELECT rank::INTEGER, model_name, nullif(organization, ''), rating, rating_lower, rating_upper,
            vote_count::BIGINT, license, leaderboard_publish_date::VARCHAR
        FROM read_parquet(?) WHERE category = 'overall' ORDER BY rank
        """,
        [str(file)],
    ).fetchall()
    shown = [
        (
            row["rank"],
            row["model_listed"],
            row["organization_listed"],
            row["score"],
            row["score_low"],
            row["score_high"],
            row["votes"],
            row["license"],
            row["published_at"],
        )
        for row in board
    ]
    assert len(shown) == 376
    assert shown == published


def test_an_absence_is_proven(home: Path) -> None:
    done = run(home, "history", "Sber", "--board", "arena/text/overall", "--format", "json")
    rows = json.loads(done.stdout)
    assert [(row["status"], row["date"], row["organization"], row["rank"]) for row in rows] == [
        ("absent", "2026-06-25", "Sber", None)
    ]
    assert (
        "1 complete snapshot"
        in run(home, "history", "Sber", "--board", "arena/text/overall", "--format", "table").stdout
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("challenge", "challenge"),
        ("empty", "empty"),
        ("pointer", "lfs-pointer"),
        ("data cut out", "table is cut out"),
        ("table cut out", "shows no table"),
    ],
)
def test_what_is_not_a_board_fails_with_a_reason(
    home: Path, tmp_path: Path, content: str, reason: str
) -> None:
    page = (RECORDINGS / "arena/page/2026-04-14T074601_overview.excerpt.html").read_text("utf-8")
    bodies = {
        "challenge": (RECORDINGS / "arena/page/2026-01-03_challenge.html").read_text("utf-8"),
        "empty": "",
        "pointer": f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 5\n",
        "data cut out": page.replace('\\"entries\\":[', '\\"entries\\":[],\\"were\\":['),
        "table cut out": re.sub("<table.*?</table>", "", page, flags=re.DOTALL),
    }
    file = tmp_path / "page.html"
    file.write_text(bodies[content], "utf-8")
    before = entries(home)
    done = run(
        home,
        "import",
        "arena",
        str(file),
        "--url",
        "https://arena.ai/leaderboard",
        "--at",
        "2026-05-01T00:00:00Z",
    )
    assert done.returncode == 1
    assert reason in done.stderr.lower()
    assert entries(home) == before


def entries(home: Path) -> list[tuple[int]]:
    archive = Archive(home)
    try:
        return archive.sql("SELECT count(*) FROM entries").fetchall()
    finally:
        archive.close()


def test_names_of_these_boards_are_known(home: Path) -> None:
    told = run(home, "status", "--names", "--format", "json")
    unmapped = json.loads(told.stdout)
    assert "arena: of " in told.stderr
    archive = Archive(home)
    [(total, known)] = archive.sql("SELECT count(*), count(country) FROM rankings").fetchall()
    archive.close()
    assert known / total > 0.99
    assert len(unmapped) < 30


def test_cyrillic_and_latin_names_give_the_same_rows(home: Path) -> None:
    answers = {
        name: run(home, "history", name, "--format", "json").stdout for name in ("Sber", "Сбер", "Сбербанк")
    }
    assert len(set(answers.values())) == 1
    assert json.loads(answers["Sber"])
    for name in ("GigaChat", "ГигаЧат", "country:RU"):
        assert json.loads(run(home, "history", name, "--format", "json").stdout)
    wrong = run(home, "history", "Sberr")
    assert wrong.returncode == 2
    assert "Sber" in wrong.stderr
