"""Archives that released versions wrote open with this one; what newer ones write is refused plainly."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from archiver import Archive, __version__
from archiver.errors import DamagedArchive, NotKept
from archiver.records import Capture, Reply
from archiver.store import Totals, ledger, objects

FOLDER = Path(__file__).parent / "samples" / "archives"
DIGESTS = {"0.1.0": "55f3f1adbb3276ae78e4bd9a456fbe715d3437675fee0e6463e62ff0bee7524f"}
"""Released version → the digest over all heads of the archive that it wrote."""
BOARD = "aider/polyglot/overall"
NEXT = Reply(url="https://notes.example/", captured_at=datetime(2026, 2, 1, tzinfo=UTC), body=b"more")


@pytest.fixture(params=sorted(DIGESTS))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    shutil.copytree(FOLDER / request.param, tmp_path / "archive")
    return Archive(tmp_path / "archive")


def test_every_released_version_has_its_archive() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name[0].isdigit()} == set(
        DIGESTS
    )
    assert __version__ in DIGESTS, "make_archive.py writes the archive of a version that is released"


def test_an_old_archive_opens_and_goes_on(old: Archive) -> None:
    totals, sealed = Totals(), old.seal()
    assert list(old.verify(totals)) == []
    assert (totals.lines, totals.objects) == (9, 5)
    assert sealed.digest in DIGESTS.values()
    asked = "SELECT board, first_seen, last_seen, rows FROM snapshots ORDER BY 2"
    seen = old.connect().execute(asked).fetchall()
    assert [row[3] for row in seen] == [9] * 5
    assert [str(cell) for cell in seen[-1]] == [BOARD, "2026-01-05 06:00:00", "2026-01-08 00:00:00", "9"]
    assert len(old.board(BOARD).fetchall()) == 9
    old.close()
    old.store.keep("notes", "page", NEXT)
    assert list(old.verify(against=sealed)) == [], "its head is a prefix of what it has become"


def test_a_line_that_two_ledgers_hold_counts_once(old: Archive) -> None:
    asked = "SELECT count(*), count(DISTINCT capture_id), max(ledger) FROM captures WHERE source = 'aider'"
    before = old.connect().execute(asked).fetchall()
    old.close()
    ledgers = old.path / "snapshots" / "aider"
    shutil.copy(ledgers / "ledger-two.jsonl", ledgers / "ledger-two-renamed.jsonl")
    again = Archive(old.path)
    assert again.connect().execute(asked).fetchall() == before
    again.rebuild()
    [(captures, distinct, _)] = again.connect().execute(asked).fetchall()
    assert captures == distinct == before[0][0]
    again.close()


def test_an_index_of_other_tables_is_made_anew(old: Archive) -> None:
    rows = old.connect().execute("FROM snapshots ORDER BY ALL").fetchall()
    old.close()
    with duckdb.connect(str(old.index)) as index:
        index.execute("UPDATE meta SET value = 'of another version' WHERE key = 'schema'")
        index.execute("ALTER TABLE entries DROP COLUMN votes")
    again = Archive(old.path)
    assert again.connect().execute("FROM snapshots ORDER BY ALL").fetchall() == rows
    assert again.connect().execute("SELECT count(votes) FROM entries").fetchall() == [(0,)]
    again.close()


def test_a_ledger_of_a_newer_release_is_refused(old: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(ledger, "VERSION", 2)
        old.store.keep("notes", "page", NEXT)
    before = {path: path.read_bytes() for path in old.path.rglob("*.jsonl")}
    fresh = Archive(old.path)
    with pytest.raises(NotKept, match="format version 2, of a newer release") as refused:
        fresh.store.keep("notes", "page", NEXT)
    assert "upgrade" in str(refused.value)
    with pytest.raises(DamagedArchive, match="this one reads 1: upgrade"):
        list(fresh.store.lines())
    assert ["upgrade" in damage.what for damage in fresh.verify() if damage.kind == "ledger"] == [True]
    assert {path: path.read_bytes() for path in old.path.rglob("*.jsonl")} == before


def test_a_payload_of_a_newer_release_is_refused(old: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(objects, "VERSION", 2)
        kept = old.store.keep("notes", "page", NEXT)
    fresh = Archive(old.path)
    with pytest.raises(DamagedArchive, match="format version 2; this release reads 1: upgrade"):
        fresh.store.payload("notes", kept.sha256 or "")
    held = [
        line.sha256 for line in fresh.store.lines() if isinstance(line, Capture) and line.source == "notes"
    ]
    assert b"kept" in [fresh.store.payload("notes", name or "") for name in held if name != kept.sha256]
