"""The command `archiver backfill`, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.capture.past import SAMPLES, Upstream

CHECKOUT = Path(__file__).parents[2]
FILE = "aider/website/_data/polyglot_leaderboard.yml"
BOARD = (SAMPLES / "aider/polyglot_leaderboard.yml").read_bytes()


def run(archive: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from archiver.cli.main import run; run()", "--archive", str(archive)]
    return subprocess.run(
        [*program, "backfill", *words], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "COLUMNS": "100"},
    )  # fmt: skip


def test_it_counts_what_it_took_and_goes_on_where_it_ended(tmp_path: Path) -> None:
    upstream = Upstream(tmp_path / "upstream")
    for day in (1, 2, 3):
        upstream.commit(f"2025-01-0{day}T00:00:00Z", {FILE: BOARD + b"# %d\n" % day})
    words = ("aider", "--repo", upstream.url, "--cache", str(tmp_path / "cache"))
    first = run(tmp_path / "archive", *words, "--limit", "2")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [
        "aider: route repository via git: 2 stored",
        "aider: 3 versions listed, 0 held already, 2 taken now, 1 left.",
    ]
    assert "Run the same command again to go on." in first.stderr
    second = run(tmp_path / "archive", *words)
    assert second.stdout.splitlines()[-1] == "aider: 3 versions listed, 2 held already, 1 taken now, 0 left."
    assert "note       aider" in second.stderr, "the repository has no edit and no refactor board"


def test_a_version_that_cannot_be_read_is_named_and_the_exit_code_says_so(tmp_path: Path) -> None:
    upstream = Upstream(tmp_path / "upstream")
    upstream.commit("2025-01-01T00:00:00Z", {FILE: b"- model: a\n"})
    upstream.commit("2025-01-02T00:00:00Z", {FILE: b""})
    upstream.commit("2025-01-03T00:00:00Z", {FILE: BOARD})
    done = run(tmp_path / "archive", "aider", "--repo", str(upstream.path))
    assert done.returncode == 1
    assert "unread     aider" in done.stderr
    assert "failed     aider" in done.stderr
    assert done.stdout.splitlines()[-1] == "aider: 3 versions listed, 0 held already, 3 taken now, 0 left."


def test_wrong_usage_exits_2_and_makes_no_archive(tmp_path: Path) -> None:
    for words in (
        ("nobody",),
        ("aider", "--via", "wayback"),
        ("aider", "--since", "soon"),
        ("aider", "--limit", "0"),
    ):
        done = run(tmp_path / "archive", *words)
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "archive" / "snapshots").exists()
