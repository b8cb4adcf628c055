"""Fuzzing guided by coverage, with atheris: readers and sources, from the samples on.

    python -m tests.fuzz.fuzz_readers [SECONDS [SEED]]

Runs for so long (default 45), each time elsewhere unless a seed is given, and ends with 0 where nothing was
found. What is found is written to the working directory as `crash-…`, `oom-…` or `timeout-…`: mend it, and
keep the bytes, small and named, in tests/fuzz/found.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

SECONDS = 45


class Target(NamedTuple):
    """Who reads: a reader, or a source at one of its addresses."""

    name: str
    url: str | None = None


class Fuzzer:
    """Takes its modules as they were imported, watched by atheris."""

    def __init__(self, atheris: Any, readers: Any, mutating: Any) -> None:
        self._atheris, self._readers, self._mutating = atheris, readers, mutating
        self._samples: dict[str, list[tuple[bytes, str]]] = readers.samples()
        sources = [
            Target(name, url)
            for name, found in self._samples.items()
            for url in dict.fromkeys(url for _, url in found)
        ]
        self._targets = [*map(Target, sorted(readers.READERS)), *sources]

    def seed(self, folder: Path) -> None:
        """Every sample for its own source, and some of all for every reader."""
        bodies = list(self._readers.corpus())
        for place, target in enumerate(self._targets):
            mine = list(self._readers.OWN.get(target.name, bodies[place % 7 :: 7]))
            if target.url is not None:
                mine = [body for body, url in self._samples[target.name] if url == target.url]
            for number, body in enumerate(mine):
                (folder / f"{place}-{number}").write_bytes(place.to_bytes(2, "big") + body)

    def one(self, data: bytes) -> None:
        """The first two bytes choose who reads the rest."""
        if len(data) < 3:
            return
        target = self._targets[int.from_bytes(data[:2], "big") % len(self._targets)]
        if target.url is None:
            self._readers.read(target.name, data[2:])
        else:
            self._readers.parsed(target.name, data[2:], target.url)

    def mutate(self, data: bytes, most: int, seed: int) -> bytes:
        """Half of the time as libFuzzer does, half of the time as payloads are damaged."""
        random = Random(seed)  # noqa: S311  # libFuzzer's own, so that a run can be repeated
        if random.random() < 0.5 or len(data) < 3:
            return bytes(self._atheris.Mutate(data, most))
        changed: bytes = data[:2] + self._mutating.mutated(data[2:], random)
        return changed[:most]


def main() -> None:
    """Fuzzes in a process of its own, which libFuzzer ends without a word, and clears up after it."""
    seconds, seed = (*sys.argv[1:3], *(str(SECONDS), "0")[len(sys.argv[1:3]) :])
    with tempfile.TemporaryDirectory() as folder:
        code = f"from tests.fuzz import fuzz_readers; fuzz_readers.fuzz({seconds!r}, {seed!r}, {folder!r})"
        env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        raise SystemExit(subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode)


def fuzz(seconds: str, seed: str, folder: str) -> None:
    """Does not come back. seed: 0 is another each time; folder: an empty one, for what is tried."""
    import atheris  # here, since what collects tests imports this module too

    with atheris.instrument_imports(include=["archiver.formats", "archiver.sources"]):
        from tests.fuzz import mutating, readers
    fuzzer = Fuzzer(atheris, readers, mutating)
    fuzzer.seed(Path(folder))
    words = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        "-timeout=20",
        "-rss_limit_mb=3000",
        "-max_len=60000",
    ]
    words += ["-print_final_stats=1", folder]
    atheris.Setup([sys.argv[0], *words], fuzzer.one, custom_mutator=fuzzer.mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
