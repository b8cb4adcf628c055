"""repair, compact, prune, merge and status --growth, on archives that the program itself made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from archiver import Archive
from archiver.cli.main import main

from .conftest import Run

POLYGLOT = (
    "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"
)
SAMPLE = Path(__file__).parents[1] / "samples" / "aider" / "polyglot_leaderboard.yml"
SAID = "SELECT * EXCLUDE (loaded_at) FROM captures ORDER BY ALL"
TABLES = (
    SAID,
    "FROM snapshots ORDER BY ALL",
    "FROM contents ORDER BY ALL",
    "FROM findings ORDER BY ALL",
    "FROM rankings ORDER BY ALL",
)


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


Call = Callable[..., Done]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """The program's main, in this process: what is tested here is not how it starts."""

    def run_main(*words: str, archive_dir: Path) -> Done:
        capsys.readouterr()
        code = main(["--archive", str(archive_dir), *words])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run_main


def taken(call: Call, archive: Path, body: str, at: str) -> None:
    file = archive / "given.yml"
    file.write_text(body, "utf-8")
    done = call("import", "aider", str(file), "--at", at, "--url", POLYGLOT, archive_dir=archive)
    assert done.returncode == 0, done.stderr


def tables(folder: Path) -> list[list[tuple[object, ...]]]:
    archive = Archive(folder)
    try:
        return [archive.connect().execute(statement).fetchall() for statement in TABLES]
    finally:
        archive.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upkeep")


@pytest.fixture
def kept(call: Call, tmp_path: Path, made: Path) -> Path:
    """Two boards in five payloads: three of them are other bytes of the same content."""
    source = made / "archive"
    if not source.exists():
        source.mkdir()
        body = SAMPLE.read_text("utf-8")
        changed = body.replace("pass_rate_2: ", "pass_rate_2: 1", 1)
        for number, text in enumerate((body, body + "\n", body + "\n\n", changed, changed + "\n"), 1):
            taken(call, source, text, f"2025-01-0{number}")
    shutil.copytree(source, tmp_path / "archive")
    return tmp_path / "archive"


def payloads(archive: Path) -> list[Path]:
    return sorted((archive / "snapshots/aider/payloads").rglob("*.zst"))


def test_prune_is_refused_without_a_policy(call: Call, kept: Path) -> None:
    before = payloads(kept)
    done = call("prune", archive_dir=kept)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no policy for pruning" in done.stderr
    assert "[prune] with keep" in done.stderr
    (kept / "archiver.toml").write_text("[prune]\nsources = ['aider']\n", "utf-8")
    assert call("prune", archive_dir=kept).returncode == 2
    assert payloads(kept) == before


def test_prune_keeps_every_snapshot_and_verify_is_content(call: Call, kept: Path) -> None:
    (kept / "archiver.toml").write_text('[prune]\nkeep = "30d"\n', "utf-8")
    before = tables(kept)
    done = call("prune", "--dry-run", archive_dir=kept)
    assert (done.returncode, len(done.stdout.splitlines()), len(payloads(kept))) == (0, 2, 5)
    done = call("prune", archive_dir=kept)
    assert (done.returncode, len(done.stdout.splitlines()), len(payloads(kept))) == (0, 2, 3), done.stderr
    done = call("verify", archive_dir=kept)
    assert (done.returncode, "2 payloads pruned: all sound." in done.stdout) == (0, True), done.stdout
    assert tables(kept) == before
    assert call("rebuild", archive_dir=kept).returncode == 0
    assert tables(kept) == before, "a rebuild from what is kept gives the same"
    done = call("prune", archive_dir=kept)
    assert (done.returncode, done.stdout) == (0, "")
    assert "Nothing to prune: no payload that old only repeats" in done.stderr
    written = Archive(kept).export_warc(kept / "all.warc")
    assert (written.responses, written.without_body) == (3, 2), "what was pruned is told of, without a body"


def test_prune_of_a_source_that_is_none_is_refused(call: Call, kept: Path) -> None:
    (kept / "archiver.toml").write_text('[prune]\nkeep = "30d"\nsources = ["aidder"]\n', "utf-8")
    done = call("prune", "--dry-run", archive_dir=kept)
    assert (done.returncode, "No source is known by the name 'aidder'." in done.stderr) == (2, True)


def test_a_rebuild_from_nothing_leaves_the_index(call: Call, kept: Path) -> None:
    """As where the disk with `snapshots/` is not mounted."""
    call("boards", archive_dir=kept)
    index = (kept / "archive.duckdb").read_bytes()
    (kept / "snapshots").rename(kept / "elsewhere")
    done = call("rebuild", archive_dir=kept)
    assert (done.returncode, "has no snapshots/ folder" in done.stderr) == (2, True), done.stderr
    assert (kept / "archive.duckdb").read_bytes() == index


def test_young_payloads_and_other_sources_stay(call: Call, kept: Path) -> None:
    for policy in ('keep = "36500d"', 'keep = "1d"\nsources = ["arena"]'):
        (kept / "archiver.toml").write_text(f"[prune]\n{policy}\n", "utf-8")
        assert call("prune", archive_dir=kept).returncode == 0
        assert len(payloads(kept)) == 5


def test_compact_and_growth(call: Call, run: Run, kept: Path) -> None:
    before = tables(kept)
    done = call("compact", archive_dir=kept)
    assert (done.returncode, done.stdout.startswith("aider: ")) == (0, True), done.stderr
    assert tables(kept) == before
    assert call("verify", archive_dir=kept).returncode == 0
    done = run("status", "--growth", "--format", "json", archive_dir=kept)
    [row] = json.loads(done.stdout)
    assert (row["source"], row["basis"], row["payloads"]) == ("aider", "recorded", 4)
    assert row["bytes_a_year"] == pytest.approx(365.25 * row["bytes_a_day"], rel=0.01)
    assert "MB more a year" in done.stderr


def test_merge_both_ways(call: Call, kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    taken(call, other, SAMPLE.read_text("utf-8") + "\n\n\n", "2025-02-01")
    here, there = tmp_path / "here", tmp_path / "there"
    shutil.copytree(kept, here)
    shutil.copytree(other, there)
    done = call("merge", str(other), archive_dir=here)
    assert (done.returncode, done.stdout) == (0, "aider: 1 line and 1 payload brought\n"), done.stderr
    assert call("merge", str(kept), archive_dir=there).returncode == 0
    assert tables(here) == tables(there)
    assert call("merge", str(other), archive_dir=here).stdout == "Nothing is new.\n"
    assert call("merge", str(tmp_path), archive_dir=here).returncode == 2
    for archive in (here, there):
        assert call("verify", archive_dir=archive).returncode == 0


def test_repair_says_what_is_lost_and_a_copy_brings_it_back(call: Call, kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept, tmp_path / "backup")
    before = tables(kept)
    assert call("repair", archive_dir=kept).stdout == "Nothing is damaged.\n"
    for path in payloads(kept)[:2]:
        path.write_bytes(path.read_bytes()[:-9])
    [ledger] = (kept / "snapshots/aider").glob("ledger-*")
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join([*lines[:1], b"gone\n", *lines[2:]]))
    assert call("verify", archive_dir=kept).returncode == 1
    done = call("repair", archive_dir=kept)
    assert done.returncode == 1
    assert "1 lines lost" in done.stdout
    assert "is lost" in done.stdout
    done = call("verify", archive_dir=kept)
    assert (done.returncode, "as repairs recorded: all sound." in done.stdout) == (0, True), done.stdout
    done = call("repair", "--from", str(tmp_path / "backup"), archive_dir=kept)
    assert done.returncode == 0, done.stderr
    assert "1 lines from a copy" in done.stdout
    assert tables(kept) == before
