"""From the commits of one board to rows that can be queried: `archiver backfill` beside git-history (PyPI).

    python tests/bench/bench_git_history.py [RECORDINGS_DIR]

One clone, made here: 120 commits of a JSON list of 900 models, a board of the user's own (boards/NAME.toml),
with recorded names as far as RECORDINGS_DIR has them. Two histories: from commit to commit one row in fifty
changes, or each of them, as where votes are counted. Both tools run as their users run them, a process each.
git-history is installed into a venv that is gone afterwards; where that fails the bench says so.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import duckdb

COMMITS, MODELS = 120, 900
CHECKOUT = Path(__file__).resolve().parents[2]
AIM = 20
DEFINITION = """
title = "Board of the bench"
url = "https://raw.githubusercontent.com/example/board/main/board.json"
format = "json"
metric = "score"
extra = ["link"]
[columns]
model = "model"
organization = "organization"
score = "score"
votes = "votes"
"""
Row = dict[str, object]


def main(recordings: Path | None) -> int:
    """Prints seconds and ratios; 1 where the aim is missed."""
    missed = 0
    with tempfile.TemporaryDirectory() as scratch:
        program = install(Path(scratch) / "venv")
        for share, what in ((0.02, "a slowly changing board"), (1.0, "a board that changes throughout")):
            folder = Path(scratch) / what.replace(" ", "-")
            folder.mkdir()
            build(folder / "clone", start(recordings), share)
            ours, rows = archiver(folder, folder / "clone")
            print(f"{what}, {COMMITS} commits of {MODELS} rows")
            print(f"  archiver backfill  {ours:8.2f} s  {rows:,} rows, each commit's table whole")
            if program is None:
                print("  git-history cannot be installed here: nothing to compare with")
                continue
            theirs, kept = git_history(program, folder, folder / "clone")
            print(f"  git-history        {theirs:8.2f} s  {kept:,} rows in item_version, changes only")
            print(f"  ratio              {theirs / ours:8.1f}    aim: at least {AIM}")
            missed += theirs / ours < AIM
    return 1 if missed else 0


def start(recordings: Path | None) -> list[Row]:
    """The first version: recorded models as far as there are some, then invented ones."""
    files = sorted(recordings.glob("evalplus/results@*.json")) if recordings else []
    recorded = json.loads(files[-1].read_bytes()) if files else {}
    chance = random.Random(7)  # noqa: S311  # the same board on each run
    names = [*recorded, *(f"invented-{number}-{chance.randrange(9) + 1}B" for number in range(MODELS))]
    return [
        {
            "model": name,
            "organization": name.partition("-")[0],
            "score": round(chance.uniform(900, 1500), 2),
            "votes": chance.randrange(500, 90_000),
            "link": f"https://example.org/models/{number}",
        }
        for number, name in enumerate(names[:MODELS])
    ]


def build(clone: Path, board: list[Row], share: float) -> None:
    """A repository whose every commit changes a share of the rows."""
    clone.mkdir()
    who = {f"GIT_{role}_{what}": "bench" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*words: str, at: int = 0) -> None:
        when = f"{1_735_689_600 + at * 86_400} +0000"
        env = {**own, "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when}
        subprocess.run(["git", "-C", str(clone), *words], check=True, env=env, capture_output=True)

    git("init", "--quiet", "--initial-branch=main")
    chance = random.Random(11)  # noqa: S311  # the same history on each run
    for number in range(COMMITS):
        for row in chance.sample(board, int(MODELS * share)):
            row["score"] = round(chance.uniform(900, 1500), 2)
            row["votes"] = chance.randrange(500, 90_000)
        (clone / "board.json").write_text(json.dumps(board, indent=4), "utf-8")
        git("add", "board.json")
        git("commit", "--quiet", "--message", "more", at=number)
    git("gc", "--quiet")


def archiver(folder: Path, clone: Path) -> tuple[float, int]:
    """Seconds of the command, and the rows that a question sees then."""
    (folder / "archive" / "boards").mkdir(parents=True)
    (folder / "archive" / "boards" / "board.toml").write_text(DEFINITION, "utf-8")
    words = ["--archive", str(folder / "archive"), "backfill", "board", "--repo", str(clone)]
    program = [sys.executable, "-c", "from archiver.cli.main import run; run()"]
    began = time.perf_counter()
    subprocess.run(
        [*program, *words], check=True, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, capture_output=True
    )
    seconds = time.perf_counter() - began
    with duckdb.connect(str(folder / "archive" / "archive.duckdb"), read_only=True) as con:
        rows = con.execute("SELECT count(*) FROM rankings").fetchall()[0][0]
    assert rows == COMMITS * MODELS, rows
    return seconds, rows


def install(folder: Path) -> Path | None:
    """git-history in a venv of its own, None where it cannot be had."""
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    done = subprocess.run(
        [scripts / "python", "-m", "pip", "install", "--quiet", "git-history"],
        capture_output=True,
        check=False,
    )
    return scripts / "git-history" if done.returncode == 0 else None


def git_history(program: Path, folder: Path, clone: Path) -> tuple[float, int]:
    """Seconds of the command, and the rows that it leaves."""
    database = folder / "history.db"
    words = ["file", str(database), str(clone / "board.json"), "--repo", str(clone), "--silent"]
    words += ["--id", "model"]
    began = time.perf_counter()
    subprocess.run([program, *words], check=True, capture_output=True)
    seconds = time.perf_counter() - began
    con = sqlite3.connect(database)
    try:
        return seconds, con.execute("SELECT count(*) FROM item_version").fetchone()[0]
    finally:
        con.close()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
