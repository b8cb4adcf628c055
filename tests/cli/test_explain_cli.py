"""`archiver explain` on an archive that the program itself made: from the rank to the bytes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from .conftest import Run

POLYGLOT = (
    "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"
)
SAMPLE = Path(__file__).parents[1] / "samples" / "aider" / "polyglot_leaderboard.yml"


@pytest.fixture
def kept(run: Run, tmp_path: Path) -> Path:
    done = run("import", "aider", str(SAMPLE), "--at", "2025-01-30", "--url", POLYGLOT, archive_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_the_excerpt_is_what_the_payload_says(run: Run, kept: Path) -> None:
    done = run("board", "aider/polyglot/overall", "--format", "jsonl", archive_dir=kept)
    entry = json.loads(done.stdout.splitlines()[0])
    done = run(
        "explain", "aider/polyglot/overall", entry["model_listed"], "--format", "json", archive_dir=kept
    )
    evidence = json.loads(done.stdout)[0]
    assert evidence["rank"] == entry["rank"] == 1
    assert evidence["url"] == POLYGLOT
    assert evidence["captured_at"] == "2025-01-30"
    ledger = kept / "snapshots" / "aider" / evidence["ledger"]
    line = ledger.read_bytes().splitlines()[evidence["line"] - 1]
    assert json.loads(line)["url"] == POLYGLOT
    assert evidence["excerpt"] in SAMPLE.read_text(encoding="utf-8")
    assert entry["model_listed"] in evidence["excerpt"]
    assert str(entry["score"]) in evidence["excerpt"]
    asked = run("explain", "aider/polyglot/overall", entry["model_listed"], "--sql", archive_dir=kept)
    with duckdb.connect(str(kept / "archive.duckdb"), read_only=True) as con:
        relation = con.sql(asked.stdout)
        [row] = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    assert [*row, "excerpt"] == list(evidence)
    assert {name: evidence[name] for name in ("rank", "ledger", "line")} == {
        name: row[name] for name in ("rank", "ledger", "line")
    }


def test_lost_bytes_leave_what_the_index_knows(run: Run, kept: Path) -> None:
    payloads = [path for path in (kept / "snapshots" / "aider" / "payloads").rglob("*") if path.is_file()]
    for path in payloads:
        path.unlink()
    entry = json.loads(
        run("board", "aider/polyglot/overall", "--format", "jsonl", archive_dir=kept).stdout.splitlines()[0]
    )
    done = run(
        "explain", "aider/polyglot/overall", entry["model_listed"], "--format", "json", archive_dir=kept
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["excerpt"] == ""
    assert "the bytes are not there to prove it" in done.stderr
