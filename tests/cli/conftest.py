from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.answers.world import build

Run = Callable[..., "subprocess.CompletedProcess[str]"]
CHECKOUT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-c", "from archiver.cli.main import run; run()")


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive directory whose published index is the one that world.py makes."""
    directory = tmp_path_factory.mktemp("cli")
    (directory / "snapshots").mkdir()
    build(directory / "archive.duckdb").close()
    return directory


def environment(**more: str) -> dict[str, str]:
    """What the program runs in: nothing of the tests' own terminal or locale."""
    kept = {
        name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "TMPDIR", "SYSTEMROOT"}
    }
    return {**kept, "PYTHONPATH": str(CHECKOUT), "LANG": "C.UTF-8", **more}


@pytest.fixture
def run(archive: Path) -> Run:
    """Runs `archiver ARGUMENTS…` on that archive, in a process of its own, its output into pipes."""

    def call(
        *arguments: str, env: Mapping[str, str] | None = None, archive_dir: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        where = {"ARCHIVER_HOME": str(archive_dir or archive), **(env or {})}
        return subprocess.run(
            [*PROGRAM, *arguments], capture_output=True, text=True, encoding="utf-8", errors="replace",
            env=environment(**where), check=False, timeout=60,
        )  # fmt: skip

    return call
