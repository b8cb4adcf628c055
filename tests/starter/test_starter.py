"""The starter history as the repository ships it: what a fresh checkout answers, and how archives begin."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from archiver import Archive, starter
from archiver.cli.main import main
from archiver.config import FILE, read
from archiver.errors import UsageError
from archiver.ingest import recordings
from archiver.records import utc
from archiver.starter import carried

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "snapshots"
LIMIT = 12_000_000
"""Bytes that the starter history may take."""

Row = dict[str, str]


@pytest.fixture
def home(starter_home: Path) -> Path:
    return starter_home


@pytest.fixture
def archive(home: Path) -> Iterator[Archive]:
    opened = Archive(home)
    yield opened
    opened.close()


def asked(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own, without a network to speak of."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "archiver.cli", "--archive", str(home), *words],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=120,
    )


def rows(home: Path, *words: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(asked(home, *words, "--format", "csv").stdout)))


def test_the_first_question_to_a_fresh_archive_is_answered(home: Path) -> None:
    """The one that found no index."""
    found = list(csv.DictReader(io.StringIO((home / "first.csv").read_text("utf-8"))))
    assert {row["organization"] for row in found} >= {"Sber", "Yandex"}
    assert found == rows(home, "history", "Sber", "Yandex")


def test_sber_and_yandex_stand_where_the_tables_have_them(home: Path) -> None:
    found = {
        (row["date"], row["organization"]): (row["position"], row["of"], row["rank"])
        for row in rows(home, "history", "Sber", "Yandex", "--board", "ru_llm_arena/plain/overall")
    }
    assert found["2024-07-26", "Yandex"] == ("15", "40", "15")
    assert found["2024-07-26", "Sber"] == ("31", "40", "31")
    assert found["2024-11-27", "Sber"] == ("3", "47", "3")
    # Three models share 50.5 there: the sixteenth row has the rank of the first of them.
    assert found["2024-11-27", "Yandex"][:2] == ("16", "47")
    assert found["2024-12-11", "Sber"] == ("4", "49", "4")


def test_what_the_press_said_is_there_and_says_that_it_was_not_captured(home: Path) -> None:
    board = "reported/llmarena-ru/printed-as-chatbot-arena"
    told = asked(home, "history", "Sber", "Yandex", "--board", board, "--format", "csv")
    found = list(csv.DictReader(io.StringIO(told.stdout)))
    assert [(row["organization"], row["rank"], row["of"]) for row in found] == [
        ("Sber", "12", "44"),
        ("Yandex", "17", "44"),
    ]
    assert "Reported by the press or a paper, not captured" in told.stderr


def test_reports_say_who_said_them_and_prove_no_absence(archive: Archive) -> None:
    said = archive.sql("SELECT extra, \"of\" FROM rankings WHERE board LIKE 'reported/%'").fetchall()
    assert len(said) > 15
    for extra, _ in said:
        fields = json.loads(extra)
        assert fields["source"]
        assert fields["certainty"]
    complete = archive.sql("SELECT count(*) FROM snapshots WHERE complete AND board LIKE 'reported/%'")
    assert complete.fetchall() == [(0,)]
    absent = archive.history("OpenAI").filter("status = 'absent' AND board LIKE 'reported/%'").fetchall()
    assert absent == []


def test_a_place_that_nobody_told_is_not_made_up(home: Path) -> None:
    told = asked(home, "history", "Sber", "--board", "reported/mera/text", "--format", "table").stdout
    assert "11–?" in told
    assert "#1" not in told


def test_the_board_of_march_2024_is_that_of_the_weeks_before(home: Path) -> None:
    told = asked(home, "board", "arena/text/overall", "--as-of", "2024-03-01", "--format", "csv")
    found = list(csv.DictReader(io.StringIO(told.stdout)))
    assert {row["published_at"] for row in found} == {"2024-02-15"}
    assert len(found) == 64
    assert [row["model_listed"] for row in found[:3]] == [
        "GPT-4-1106-preview",
        "GPT-4-0125-preview",
        "GPT-4-0314",
    ]
    assert "computed online" in told.stderr


LEADERS = {
    "2023-05-22": "OpenAI",
    "2023-10-02": "OpenAI",
    "2024-02-15": "OpenAI",
    "2024-04-03": "Anthropic",
    "2024-05-20": "OpenAI",
    "2024-08-06": "Google",
    "2024-10-08": "OpenAI",
    "2024-12-12": "Google",
    "2025-02-22": "xAI",
    "2025-04-01": "Google",
    "2025-08-01": "Google",
    "2026-06-25": "Anthropic",
}
"""Who led arena/text/overall, as the news of those days had it."""


def test_the_leaders_of_each_era_lead(archive: Archive) -> None:
    for day, leader in LEADERS.items():
        (first,) = archive.board("arena/text/overall", day).filter("rank = 1").limit(1).fetchall()
        assert leader in first, f"{day}: {first[:12]}"


def test_the_arena_is_told_without_a_sudden_hole(archive: Archive) -> None:
    """Boards grow: none has half of the rows of the one before; times are as close as the traces allow."""
    found = archive.sql(
        "SELECT board, time, rows FROM snapshots WHERE board IN "
        "('arena/text/overall', 'arena/text-style-control/overall') ORDER BY board, time"
    ).fetchall()
    by_board: dict[str, list[tuple[datetime, int]]] = {}
    for board, when, count in found:
        by_board.setdefault(board, []).append((when, count))
    for board, states in by_board.items():
        for (_, before), (when, count) in pairwise(states):
            assert count > 0.7 * before, f"{board} {when}: {before} to {count} rows"
    until = datetime(2025, 8, 8)  # noqa: DTZ001  # DuckDB gives UTC without a zone
    plain = [when for when, _ in by_board["arena/text/overall"] if when < until]
    pauses = [(after - before).days for before, after in pairwise(plain)]
    assert max(pauses) <= 40
    assert len(plain) > 120
    assert plain[0].year == 2023


def test_four_makers_have_a_history_on_the_arena(home: Path) -> None:
    found = rows(
        *(home, "history", "OpenAI", "Anthropic", "Google", "DeepSeek", "--board", "arena/text/overall")
    )
    listed = [row for row in found if row["status"] == "listed"]
    assert {row["organization"] for row in listed} == {"OpenAI", "Anthropic", "Google", "DeepSeek"}
    assert min(row["date"] for row in listed) < "2023-06-01"
    assert max(row["date"] for row in listed) > "2026-06-01"


def test_nothing_is_held_or_unread_and_every_byte_is_sound(archive: Archive) -> None:
    assert archive.held() == []
    assert archive.unread() == []
    assert list(archive.verify()) == []
    assert archive.sql("SELECT DISTINCT route FROM snapshots ORDER BY ALL").fetchall() == [
        ("facts",),
        ("reports",),
    ]


def test_every_state_names_its_address(archive: Archive) -> None:
    found = archive.sql(
        "SELECT DISTINCT k.board FROM contents AS k "
        "WHERE k.route = 'facts' AND (k.notes IS NULL OR k.notes NOT LIKE '%https://%')"
    ).fetchall()
    assert found == []


def test_what_is_shipped_is_small_and_names_no_path_of_a_machine() -> None:
    files = [file for file in SHIPPED.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < LIMIT
    for ledger in SHIPPED.glob(f"*/{carried.LEDGER}"):
        for line in map(json.loads, ledger.read_text("utf-8").splitlines()):
            assert "/" not in line["origin"]
            assert line["url"].startswith(f"{ledger.parent.name}/")


def test_the_notice_names_every_source_that_is_carried() -> None:
    notice = (SHIPPED / carried.NOTICE).read_text("utf-8")
    for ledger in SHIPPED.glob(f"*/{carried.LEDGER}"):
        assert f"| {ledger.parent.name} |" in notice


def test_an_archive_begins_with_the_history(home: Path) -> None:
    for file in carried.files(SHIPPED):
        assert (home / "snapshots" / file).read_bytes() == (SHIPPED / file).read_bytes()


def test_other_collectors_captures_are_not_carried(tmp_path: Path) -> None:
    folder = tmp_path / "snapshots"
    (folder / "aider/payloads/ab").mkdir(parents=True)
    (folder / "aider/ledger-1f3a9c20.jsonl").write_text("{}\n")
    (folder / "aider/payloads/ab" / f"ab{'0' * 62}.zst").write_bytes(b"mine")
    (folder / "aider" / carried.LEDGER).write_text(json.dumps({"sha256": "cd" + "0" * 62}) + "\n")
    assert list(carried.files(folder)) == [Path("aider") / carried.LEDGER]


def test_an_empty_archive_is_one_and_the_example_is_a_configuration(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "mine"), "--empty"]) == 0
    assert list((tmp_path / "mine/snapshots").iterdir()) == []
    read(tmp_path / "mine")
    uncommented = "\n".join(
        line.removeprefix("# ")
        for line in starter.example().splitlines()
        if line.startswith("# ") and ("=" in line or line.startswith("# ["))
    )
    (tmp_path / "mine" / FILE).write_text(uncommented, "utf-8")
    config = read(tmp_path / "mine")
    assert config.contact == "you@example.org"
    left_out = [key.name for key in dataclasses.fields(config) if getattr(config, key.name) == key.default]
    assert not left_out, "the example shows every key"
    for section in (config.schedule, config.watch, config.notify):
        assert not [
            key.name for key in dataclasses.fields(section) if getattr(section, key.name) in ((), "", None)
        ]


def test_init_never_touches_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "snapshots").mkdir()
    (tmp_path / FILE).write_text("contact = 'me'\n", "utf-8")
    assert main(["init", str(tmp_path)]) == 2
    assert "an archive already" in capsys.readouterr().err
    assert list((tmp_path / "snapshots").iterdir()) == []


def test_init_keeps_a_configuration_that_is_there(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("contact = 'me'\n", "utf-8")
    assert starter.begin(tmp_path, empty=True) is False
    assert (tmp_path / FILE).read_text("utf-8") == "contact = 'me'\n"


def test_without_a_history_begin_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "__file__", str(tmp_path / "a/b/c/__init__.py"))
    with pytest.raises(UsageError, match="no starter history") as failed:
        starter.begin(tmp_path / "mine", empty=False)
    assert "--empty" in failed.value.todo
    assert not (tmp_path / "mine").exists()


def test_facts_stand_only_where_the_sources_own_routes_have_nothing(tmp_path: Path) -> None:
    url = "https://raw.githubusercontent.com/VikhrModels/ru_llm_arena/master/README.md"
    sample = ROOT / "tests/samples/ru_llm_arena/boxes.md"
    archive = Archive(tmp_path / "mine")
    archive.take(recordings("ru_llm_arena", [sample], utc("2024-10-28"), url))
    board = "ru_llm_arena/plain/overall"
    states = "FROM snapshots WHERE board = 'ru_llm_arena/plain/overall' ORDER BY time"
    ((snapshot, own),) = archive.sql(f"SELECT snapshot_id, time {states}").fetchall()
    archive.decide(snapshot, "released", "a sample has few rows")
    days = [own - timedelta(days=300), own + timedelta(days=1)]
    lines = [f"{board},{day:%Y-%m-%d},{at},30,model {at}" for day in days for at in range(1, 31)]
    facts = tmp_path / "plain.ranking.csv"
    facts.write_text("\n".join(["board,published_at,rank,of,model", *lines, ""]), "utf-8")
    taken = archive.take(recordings("ru_llm_arena", [facts], utc("2024-10-30"), None))
    assert [each.why_not for each in taken] == [""]
    found = archive.sql(f"SELECT route, preferred {states}").fetchall()
    assert found == [("facts", True), ("readme", True), ("facts", False)]
    archive.close()
