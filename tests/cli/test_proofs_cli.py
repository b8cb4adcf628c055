"""`seal`, `verify --against` and `cite`, as a person types them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import bibtexparser
import duckdb
import pytest

from .conftest import Run

POLYGLOT = (
    "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"
)
SAMPLE = Path(__file__).parents[1] / "samples" / "aider" / "polyglot_leaderboard.yml"
BOARD = "aider/polyglot/overall"


@pytest.fixture
def kept(run: Run, tmp_path: Path) -> Path:
    done = run("import", "aider", str(SAMPLE), "--at", "2025-01-30", "--url", POLYGLOT, archive_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def ledger(archive: Path) -> Path:
    return next((archive / "snapshots" / "aider").glob("ledger-*.jsonl"))


def test_a_sealed_head_is_proved_and_a_changed_past_is_not(run: Run, kept: Path) -> None:
    head = kept / "head.json"
    done = run("seal", "-o", str(head), archive_dir=kept)
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 line of 1 ledger;" in done.stderr
    assert run("seal", archive_dir=kept).stdout.count("ledger-") == 1
    done = run("import", "aider", str(SAMPLE), "--at", "2025-02-01", "--url", POLYGLOT, archive_dir=kept)
    assert done.returncode == 0, done.stderr
    for given in (str(head), head.read_text("utf-8")):
        done = run("verify", "--against", given, archive_dir=kept)
        assert done.returncode == 0, done.stderr
        assert "is a prefix of today's ledgers: unchanged so far: 1 line in 1 ledger" in done.stdout
    ledger(kept).unlink()
    (kept / "archive.duckdb").unlink()
    run("import", "aider", str(SAMPLE), "--at", "2025-01-31", "--url", POLYGLOT, archive_dir=kept)
    assert run("verify", archive_dir=kept).returncode == 0, "another past, sound by itself"
    done = run("verify", "--against", str(head), archive_dir=kept)
    assert done.returncode == 1
    assert "does not begin with the 1 lines" in done.stdout


def test_what_is_no_head_is_wrong_usage(run: Run, kept: Path) -> None:
    done = run("verify", "--against", str(SAMPLE), archive_dir=kept)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no head that `archiver seal` wrote" in done.stderr
    assert run("verify", "--against", "missing.json", archive_dir=kept).returncode == 2


def test_a_damaged_ledger_is_not_sealed(run: Run, kept: Path) -> None:
    path = ledger(kept)
    path.write_bytes(path.read_bytes().replace(b'"stored"', b'"stoned"'))
    done = run("seal", archive_dir=kept)
    assert (done.returncode, done.stdout) == (1, "")
    assert "line 1" in done.stderr


def first_model(run: Run, kept: Path) -> dict[str, object]:
    done = run("board", BOARD, "--format", "jsonl", archive_dir=kept)
    entry: dict[str, object] = json.loads(done.stdout.splitlines()[0])
    return entry


def test_a_citation_names_all_that_proves_it(run: Run, kept: Path) -> None:
    entry = first_model(run, kept)
    line = ledger(kept).read_bytes().splitlines()[0]
    facts = [
        "rank 1", BOARD, POLYGLOT, "captured 2025-01-30",
        hashlib.sha256(SAMPLE.read_bytes()).hexdigest(), hashlib.sha256(line).hexdigest(),
        "not that the site showed the same to others",
    ]  # fmt: skip
    done = run("cite", BOARD, str(entry["model_listed"]), archive_dir=kept)
    assert [fact for fact in facts if fact not in done.stdout] == []
    done = run("cite", BOARD, str(entry["model_listed"]), "--format", "csl-json", archive_dir=kept)
    [item] = json.loads(done.stdout)
    assert (item["URL"], item["type"]) == (POLYGLOT, "webpage")
    assert item["accessed"] == {"date-parts": [[2025, 1, 30]]}
    assert hashlib.sha256(line).hexdigest() in item["note"]
    done = run("cite", BOARD, str(entry["model_listed"]), "--format", "markdown", archive_dir=kept)
    assert f"<{POLYGLOT}>" in done.stdout


def test_the_statement_gives_what_a_citation_is_made_of(run: Run, kept: Path) -> None:
    model = str(first_model(run, kept)["model_listed"])
    said = run("cite", BOARD, model, archive_dir=kept).stdout
    statement = run("cite", BOARD, model, "--sql", archive_dir=kept).stdout
    with duckdb.connect(str(kept / "archive.duckdb"), read_only=True) as con:
        found = con.sql(statement)
        [row] = (dict(zip(found.columns, each, strict=True)) for each in found.fetchall())
    told = ("url", "payload_sha256", "capture_id", "ledger", "publisher", "attribution")
    assert row["rank"] == 1
    assert [name for name in told if str(row[name]) not in said] == []


def test_bibtex_is_read_by_a_real_parser(run: Run, kept: Path) -> None:
    entry = first_model(run, kept)
    done = run("cite", BOARD, str(entry["model_listed"]), "--format", "bibtex", archive_dir=kept)
    library = bibtexparser.parse_string(done.stdout)
    assert not library.failed_blocks
    [found] = library.entries
    assert found["url"] == POLYGLOT
    assert (found["year"], found["urldate"]) == (str(entry.get("year", found["year"])), "2025-01-30")
    assert found["title"].count("{") == found["title"].count("}")


def test_nobody_is_cited_who_was_not_there(run: Run, kept: Path) -> None:
    done = run("cite", BOARD, "Nobody 9000", archive_dir=kept)
    assert (done.returncode, done.stdout) == (2, "")
