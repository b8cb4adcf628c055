"""An archive of made-up leagues on loopback: sources of its owner's own, one board each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archiver.records import Slot
from archiver.store import Store
from tests.internet import Internet

ROOT = Path(__file__).resolve().parents[2]


def board(day: int, rows: int = 12) -> bytes:
    """A board; `day` moves every score."""
    lines = [f"model-{place},{90 - place - day / 100:.2f}" for place in range(rows)]
    return ("model,score\n" + "\n".join(lines) + "\n").encode()


def found(archive: Path, net: Internet, names: Sequence[str], configuration: str = "") -> None:
    """Makes an archive whose sources are the named leagues, each at its path on the server."""
    (archive / "boards").mkdir(parents=True)
    (archive / "snapshots").mkdir()
    for name in names:
        (archive / "boards" / f"{name}.toml").write_text(
            f'title = "{name}"\nurl = "{net.url(f"/{name}.csv")}"\nformat = "csv"\nmetric = "points"\n'
            '[columns]\nmodel = "model"\nscore = "score"\n',
            "utf-8",
        )
    configure(archive, net, names, configuration)


def configure(archive: Path, net: Internet, names: Sequence[str], configuration: str) -> None:
    """Writes archiver.toml."""
    head = f"sources = {json.dumps(list(names))}\nallow_hosts = [{json.dumps(f'127.0.0.1:{net.port}')}]\n"
    (archive / "archiver.toml").write_text(head + configuration, "utf-8")


def environment(**more: str) -> dict[str, str]:
    """Of a command: no proxy stands between it and loopback."""
    return {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "PYTHONPATH": str(ROOT), **more}


def archiver(archive: Path, *words: str) -> list[str]:
    """A command line."""
    return [sys.executable, "-W", "error", "-m", "archiver.cli", "--archive", str(archive), *words]


def run(archive: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A command, to its end."""
    return subprocess.run(
        archiver(archive, *words), capture_output=True, text=True, check=False, env=environment(**env)
    )


def store(archive: Path, now: datetime | None = None) -> Store:
    """The archive's store, to read it; or to write it as one more collector."""
    at = now or datetime.now(UTC)
    return Store(archive / "snapshots", collector="test", tool="test", now=lambda: at)


def slots(archive: Path) -> Iterator[Slot]:
    """Every slot line."""
    return (line for line in store(archive).lines() if isinstance(line, Slot))


def dues(slot: Slot, cadence: timedelta) -> Iterator[datetime]:
    """Every slot that a line on a grid of some cadence speaks of."""
    for number in range(slot.slots):
        yield slot.due + number * cadence


def events(log: str) -> list[Mapping[str, Any]]:
    """The lines of a JSON log."""
    return [json.loads(line) for line in log.splitlines()]
