"""How long `rebuild` takes for recordings of some sources, beside what parsing them alone takes.

    python tests/bench/bench_rebuild.py MANIFEST [SOURCE…]

MANIFEST: as `archiver import` takes it. SOURCE: arena, llmarena_ru, ru_llm_arena and aider where none is
named. Imports them into an archive that is removed again, then runs `archiver rebuild` three times, each a
process of its own, from its start to its end. Beside it: the same payloads given to the same parsers one
after another, imports left out, in one process that keeps nothing of what they read. Aim: 30 s.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

SOURCES = ("arena", "llmarena_ru", "ru_llm_arena", "aider")
RUNS = 3
PROGRAM = [sys.executable, "-c", "from archiver.cli.main import run; run()"]


def main(manifest: Path, names: list[str]) -> None:
    """Prints the seconds of each run and of the parsers alone."""
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder) / "archive")
        started = time.perf_counter()
        call("--archive", archive, "import", "--manifest", str(manifest), *names)
        print(f"import: {time.perf_counter() - started:.1f} s")
        parsers = float(
            subprocess.run(
                [sys.executable, __file__, "--parse", archive], check=True, capture_output=True, text=True
            ).stdout
        )
        for _ in range(RUNS):
            started = time.perf_counter()
            call("--archive", archive, "rebuild")
            seconds = time.perf_counter() - started
            print(f"rebuild: {seconds:.1f} s, {seconds / parsers:.2f} times the parsers alone")
        print(f"parsers alone: {parsers:.1f} s, {held(archive)}")


def call(*words: str) -> None:
    """A command of the archiver, whose exit code 1 says that some recordings are none of these sources'."""
    done = subprocess.run([*PROGRAM, *words], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{words} ended with {done.returncode}: {done.stderr}")


def held(archive: str) -> str:
    """How much the index holds."""
    from archiver.database import connect

    with connect(Path(archive) / "archive.duckdb") as con:
        ((payloads, snapshots, entries),) = con.execute(
            "SELECT (SELECT count(*) FROM payloads), (SELECT count(*) FROM snapshots), count(*) FROM entries"
        ).fetchall()
    return f"{payloads:,} payloads, {snapshots:,} snapshots, {entries:,} entries"


def parse(archive: Path) -> None:
    """Prints how many seconds the parsers of an archive's payloads take."""
    from archiver import sources
    from archiver.database import connect
    from archiver.errors import ParseFailed
    from archiver.records import Payload
    from archiver.store import Store

    with connect(archive / "archive.duckdb") as con:
        known = con.execute("SELECT source, payload_sha256, url FROM payloads").fetchall()
    store = Store(archive / "snapshots", collector="bench", tool="bench", now=lambda: datetime.now(UTC))
    payloads = [(name, Payload(store.payload(name, digest), url)) for name, digest, url in known]
    parsers = {name: sources.BUILT_IN.load(name) for name, _ in payloads}
    started = time.perf_counter()
    for name, payload in payloads:
        try:
            for _ in parsers[name].parse(payload):
                pass
        except ParseFailed:
            continue
    print(time.perf_counter() - started)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--parse", archive]:
            parse(Path(archive))
        case [manifest, *names]:
            main(Path(manifest), names or list(SOURCES))
        case _:
            sys.exit(__doc__)
