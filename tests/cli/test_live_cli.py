"""`sources --live`, `capture` without a key and the user's own boards, as commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.internet import Internet, answer

DEFINITION = """
title = "Acme league"
url = "https://acme.example/board.csv"
format = "csv"
metric = "accuracy (%)"
[columns]
model = "Model"
score = "Accuracy"
"""
BOARD = b"Model,Accuracy\nGigaChat 2 Max,61.5\nYandexGPT 5 Pro,59\nGPT-4o,70\n"


@pytest.fixture
def home(net: Internet, tmp_path: Path) -> Path:
    (tmp_path / "boards").mkdir()
    (tmp_path / "boards/acme.toml").write_text(DEFINITION, "utf-8")
    (tmp_path / "archiver.toml").write_text(
        f'sources = ["acme", "artificial_analysis"]\nallow_hosts = ["127.0.0.1:{net.port}"]\n'
        f'[mirrors]\n"https://acme.example/" = "{net.url("/")}"\n',
        "utf-8",
    )
    return tmp_path


def test_live_says_what_parses_and_keeps_nothing(run: Run, net: Internet, home: Path) -> None:
    net.at("/board.csv", answer(BOARD), answer(b"Model,Score\nA,1\n"))
    done = run("sources", "--live", "--format", "csv", archive_dir=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "source,route,verdict,boards,entries,url,why",
        "acme,own,parses,1,3,https://acme.example/board.csv,",
        "artificial_analysis,api,skipped,0,0,,"
        "needs an API key: set ARTIFICIAL_ANALYSIS_API_KEY in the environment",
    ]
    assert "2 tried: 1 parses, 1 skipped. Nothing was kept." in done.stderr
    broken = run("sources", "--live", "acme", "--format", "table", archive_dir=home)
    assert broken.returncode == 1
    assert "fails" in broken.stdout
    assert "'Accuracy'" in broken.stdout
    assert sorted(path.name for path in home.iterdir()) == ["archiver.toml", "boards"]


def test_capture_says_which_source_lacks_its_key(run: Run, net: Internet, home: Path) -> None:
    net.at("/board.csv", answer(BOARD))
    done = run("capture", archive_dir=home)
    assert done.returncode == 0, done.stderr
    assert "skipped    artificial_analysis" in done.stderr
    assert "ARTIFICIAL_ANALYSIS_API_KEY" in done.stderr
    assert run("history", "Sber", "--format", "csv", archive_dir=home).stdout.count("acme/main/overall") == 1
    told = run("explain", "acme/main/overall", "GigaChat 2 Max", "--format", "json", archive_dir=home).stdout
    assert "61.5" in told


def test_import_and_parse_know_the_board(run: Run, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "board.csv"
    file.write_bytes(BOARD)
    dry = run("parse", "acme", str(file), "--format", "csv", archive_dir=home)
    assert dry.stdout.count("acme/main/overall") == 3, dry.stderr
    taken = run("import", "acme", str(file), "--at", "2026-01-02", archive_dir=home)
    assert (taken.returncode, taken.stdout) == (0, "acme: 1 stored\n"), taken.stderr
    manifest = tmp_path / "index.tsv"
    manifest.write_text("source\tcaptured_at\turl\tfile\nacme\t2026-01-03\t\tboard.csv\n", "utf-8")
    assert "acme: 1 unchanged" in run("import", "--manifest", str(manifest), archive_dir=home).stdout


def test_a_wrong_definition_stops_a_capture_and_not_a_question(run: Run, home: Path) -> None:
    (home / "boards/acme.toml").write_text(DEFINITION + 'elo = "E"\n', "utf-8")
    done = run("capture", archive_dir=home)
    assert done.returncode == 2
    assert "acme.toml" in done.stderr
    assert "as meanings only" in done.stderr
