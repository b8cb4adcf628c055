"""From the commits of one board to rows that can be queried: `archiver backfill` beside git-history (PyPI).

    python tests/bench/bench_git_history.py [RECORDINGS_DIR] [--throughout] [--commits N] [--runs N]

A JSON list of about 900 rows, a board of the user's own (boards/NAME.toml), in 200 commits made here (or as
many as are asked for; of the recorded, more have more rows):

  recorded    the rows of all recorded boards that RECORDINGS_DIR has, put together as they stood after each
              recording, a commit each: real rows, and as many of them change as really did
  made        900 invented models, one in fifty of which changes from commit to commit
  throughout  (on request, since git-history takes half an hour) the same, and each of them changes

Both tools are installed into venvs of their own and run as their users run them, a process each. Seconds by
the clock rest on the disk (git-history commits to SQLite row by row), so processor time stands beside them.
With several runs they take turns, and the ratio is that of the medians.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from archiver import sources
from archiver.errors import ParseFailed
from archiver.formats import markdown, numbers, text
from archiver.records import Payload, Snapshot, utc

COMMITS, MODELS = 200, 900
CHECKOUT = Path(__file__).resolve().parents[2]
AIM = 20
DEFINITION = """
title = "Board of the bench"
url = "https://raw.githubusercontent.com/example/board/main/board.json"
format = "json"
metric = "score"
extra = ["link", "board", "model"]
[columns]
model = "id"
organization = "organization"
score = "score"
votes = "votes"
"""
Row = dict[str, object]
Boards = dict[str, list[Row]]


class Version(NamedTuple):
    """One commit: when, and the board as it stood."""

    at: datetime
    rows: Sequence[Row]


class Took(NamedTuple):
    """What a command took, and what it left."""

    seconds: float
    processor: float
    rows: int


def main() -> int:
    """Prints seconds and ratios; 1 where the aim is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recordings", type=Path, nargs="?")
    parser.add_argument("--throughout", action="store_true")
    parser.add_argument("--commits", type=int, default=COMMITS)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as scratch:
        ours = install(Path(scratch) / "ours", str(CHECKOUT))
        theirs = install(Path(scratch) / "theirs", "git-history")
        if theirs is None:
            print("git-history cannot be installed here: nothing to compare with")
        for name, versions in clones(given.recordings, given.commits, throughout=given.throughout):
            folder = Path(scratch) / name
            folder.mkdir()
            count, changed = build(folder / "clone", versions)
            print(f"{name}: {len(versions)} commits, on average {count / len(versions):,.0f} rows, "
                  f"{changed / len(versions):,.0f} of them changed")  # fmt: skip
            missed += not compared(ours, theirs, folder, count, given.runs)
    return 1 if missed else 0


def compared(ours: Path | None, theirs: Path | None, folder: Path, count: int, runs: int) -> bool:
    """Runs both in turns and prints what they took; whether the aim is met."""
    mine: list[Took] = []
    other: list[Took] = []
    for _ in range(runs):
        mine.append(archiver(ours, folder, count))
        if theirs is not None:
            other.append(git_history(theirs, folder))
    tell("archiver backfill", mine, "each commit's table whole")
    if not other:
        return True
    tell("git-history", other, "in item_version, changes only")
    ratio = median(other).seconds / median(mine).seconds
    print(f"  ratio {ratio:15.1f}    aim: at least {AIM}; "
          f"{median(other).processor / median(mine).processor:.1f} by processor time")  # fmt: skip
    return ratio >= AIM


def median(runs: Sequence[Took]) -> Took:
    seconds, processor = (statistics.median(values) for values in list(zip(*runs, strict=True))[:2])
    return Took(seconds, processor, runs[0].rows)


def tell(name: str, runs: Sequence[Took], what: str) -> None:
    took, best = median(runs), min(run.seconds for run in runs)
    print(f"  {name:18s} {took.seconds:7.2f} s (best {best:.2f}), {took.processor:.2f} s of processor; "
          f"{took.rows:,} rows, {what}")  # fmt: skip


def clones(recordings: Path | None, commits: int, *, throughout: bool) -> Iterator[tuple[str, list[Version]]]:
    """The histories to compare on."""
    if recordings:
        yield "recorded", recorded(recordings, commits)
    else:
        print("recorded: left out, since no folder of recordings was given")
    yield "made", made(0.02, commits)
    if throughout:
        yield "throughout", made(1.0, commits)


# ---- histories -------------------------------------------------------------------------------------------

TAKEN = frozenset(
    {
        "aider",
        "alpaca_eval",
        "bfcl",
        "bigcodebench",
        "evalplus",
        "livebench",
        "ru_llm_arena",
        "swebench",
        "vectara",
    }
)
MIRROR = "arena/mirror-markdown/"
HEADERS = {
    "model": ("模型", "模型名"),
    "score": ("分数",),
    "votes": ("票数",),
    "organization": ("组织/公司", "服务商"),
}


def recorded(folder: Path, commits: int) -> list[Version]:
    """The commits around the time at which the recorded boards have 900 rows together."""
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    standing: Boards = {}
    versions: list[Version] = []
    for row in sorted(listed, key=lambda row: (row["captured_at"], row["file"])):
        shown = boards(folder / row["file"], row) if row["captured_at"] else {}
        if all(standing.get(board) == rows for board, rows in shown.items()):
            continue
        standing |= shown
        versions.append(Version(utc(row["captured_at"]), [row for rows in standing.values() for row in rows]))
    commits = min(commits, len(versions))
    means = [
        sum(len(version.rows) for version in versions[start : start + commits]) / commits
        for start in range(len(versions) - commits + 1)
    ]
    start = min(range(len(means)), key=lambda place: abs(means[place] - MODELS))
    return versions[start : start + commits]


def boards(path: Path, row: dict[str, str]) -> Boards:
    """What a recording shows: its overall boards, or nothing where it is none of those that are taken."""
    try:
        if row["file"].startswith(MIRROR):
            table = max(markdown.tables(text.decode(path.read_bytes())), key=lambda table: len(table.rows))
            return {"arena/text/overall": [mirrored(record) for record in table.records()]}
        if row["source"] not in TAKEN or not (source := sources.load(row["source"])).SOURCE.route_of(
            row["url"]
        ):
            return {}
        shown = list(sources.parse(source, Payload(path.read_bytes(), row["url"])))
    except (ParseFailed, ValueError):  # not a board at all: one of the traps among the recordings
        return {}
    return {one.board: entries(one) for one in shown if one.board.endswith(("/overall", "/verified"))}


def mirrored(record: dict[str, str]) -> Row:
    cells = {name: next((record[key] for key in keys if key in record), "") for name, keys in HEADERS.items()}
    return {
        "board": "arena/text/overall",
        "model": cells["model"],
        "organization": cells["organization"],
        "score": numbers.number(cells["score"]),
        "votes": numbers.integer(cells["votes"]),
        "link": None,
    }


def entries(snapshot: Snapshot) -> list[Row]:
    return [
        {
            "board": snapshot.board,
            "model": entry.model if entry.variant is None else f"{entry.model} ({entry.variant})",
            "organization": entry.organization,
            "score": entry.score,
            "votes": entry.votes,
            "link": None,
        }
        for entry in snapshot.entries
    ]


def made(share: float, commits: int) -> list[Version]:
    """Invented models, a share of which changes from commit to commit."""
    chance = random.Random(7)  # noqa: S311  # the same history on each run
    board: list[Row] = [
        {
            "board": "bench",
            "model": f"invented-{number}-{chance.randrange(9) + 1}B",
            "organization": f"maker {number % 40}",
            "score": round(chance.uniform(900, 1500), 2),
            "votes": chance.randrange(500, 90_000),
            "link": f"https://example.org/models/{number}",
        }
        for number in range(MODELS)
    ]
    versions = []
    for number in range(commits):
        for row in chance.sample(board, int(MODELS * share)):
            row |= {"score": round(chance.uniform(900, 1500), 2), "votes": chance.randrange(500, 90_000)}
        at = datetime.fromtimestamp(1_735_689_600 + number * 86_400, UTC)
        versions.append(Version(at, [dict(row) for row in board]))
    return versions


def build(clone: Path, versions: Sequence[Version]) -> tuple[int, int]:
    """A repository with a commit for each version; how many rows they have, and how many of them are new.

    git-history needs an id that no two rows share, so both get `id`: the board and the model, numbered where
    a board lists a model twice.
    """
    clone.mkdir()
    who = {f"GIT_{role}_{what}": "bench" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    own = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*words: str, at: datetime | None = None) -> None:
        when = {f"GIT_{role}_DATE": at.isoformat() for role in ("AUTHOR", "COMMITTER")} if at else {}
        subprocess.run(["git", "-C", str(clone), *words], check=True, env=own | when, capture_output=True)

    git("init", "--quiet", "--initial-branch=main")
    before: set[str] = set()
    count = changed = 0
    for version in versions:
        numbered: dict[str, int] = {}
        rows = []
        for row in version.rows:
            name = f"{row['board']} {row['model']}"
            numbered[name] = numbered.get(name, 0) + 1
            rows.append({"id": f"{name} {numbered[name]}", **row})
        now = set(map(json.dumps, rows))
        count, changed, before = count + len(rows), changed + len(now - before), now
        (clone / "board.json").write_text(json.dumps(rows, indent=4, ensure_ascii=False), "utf-8")
        git("add", "board.json")
        git("commit", "--quiet", "--message", "more", at=version.at)
    git("gc", "--quiet")
    return count, changed


# ---- tools -----------------------------------------------------------------------------------------------


def install(folder: Path, what: str) -> Path | None:
    """Where the commands of a package are, in a venv of its own; None where it cannot be had."""
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    done = subprocess.run(
        [scripts / "python", "-m", "pip", "install", "--quiet", what], capture_output=True, check=False
    )
    return scripts if done.returncode == 0 else None


def timed(words: Sequence[str | Path], rows: Callable[[], int], environment: dict[str, str]) -> Took:
    """Runs a command, and counts what it left."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(seconds, processor, rows())


def archiver(scripts: Path | None, folder: Path, count: int) -> Took:
    """The command of this checkout; all rows can be queried then."""
    if scripts is None:
        raise SystemExit("this checkout cannot be installed into a venv here: see what `pip install .` says")
    shutil.rmtree(folder / "archive", ignore_errors=True)
    (folder / "archive" / "boards").mkdir(parents=True)
    (folder / "archive" / "boards" / "board.toml").write_text(DEFINITION, "utf-8")
    words = ["--archive", str(folder / "archive"), "backfill", "board", "--repo", str(folder / "clone")]

    def rows() -> int:
        with duckdb.connect(str(folder / "archive" / "archive.duckdb"), read_only=True) as con:
            return int(con.execute("SELECT count(*) FROM rankings").fetchall()[0][0])

    took = timed([scripts / "archiver", *words], rows, {**os.environ, "PYTHONPATH": ""})
    assert took.rows == count, f"{took.rows} of {count} rows"
    return took


def git_history(scripts: Path, folder: Path) -> Took:
    """git-history's command on the same clone."""
    database = folder / "history.db"
    database.unlink(missing_ok=True)
    words = ["file", str(database), str(folder / "clone" / "board.json"), "--repo", str(folder / "clone")]

    def rows() -> int:
        con = sqlite3.connect(database)
        try:
            return int(con.execute("SELECT count(*) FROM item_version").fetchone()[0])
        finally:
            con.close()

    return timed([scripts / "git-history", *words, "--silent", "--id", "id"], rows, {**os.environ})


if __name__ == "__main__":
    sys.exit(main())
