"""A store in a temporary folder, a clock that ticks, and payloads that resemble what publishers serve."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.records import Reply
from archiver.store import Store

START = datetime(2026, 7, 20, 11, 4, 33, 250000, tzinfo=UTC)
URL = "https://board.example/table.md"


def ticking() -> Callable[[], datetime]:
    """A clock that advances a second each time it is asked."""
    state = [START]

    def now() -> datetime:
        state[0] += timedelta(seconds=1)
        return state[0]

    return now


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def opened(archive: Path) -> Callable[..., Store]:
    """Opens the archive's store anew, as another process would."""

    def open_store(collector: str = "one") -> Store:
        return Store(archive / "snapshots", collector=collector, tool="archiver test", now=ticking())

    return open_store


@pytest.fixture
def reply() -> Callable[..., Reply]:
    """A reply of the usual URL; `day` sets when it was captured."""

    def make(body: bytes | None, day: float = 0, url: str = URL, **more: object) -> Reply:
        return Reply(url=url, captured_at=START + timedelta(days=day), body=body, **more)  # type: ignore[arg-type]

    return make


@pytest.fixture
def boards() -> Callable[[int], list[bytes]]:
    """Versions of one board of 120 models: each moves a few scores and stamps the day."""

    def make(count: int) -> list[bytes]:
        chance = random.Random(20260720)  # noqa: S311  # the same boards in every run
        scores = {f"model-{number}-{chance.getrandbits(40):x}": 1000 + 3 * number for number in range(120)}
        versions = []
        for day in range(count):
            for name in chance.sample(sorted(scores), 5):
                scores[name] += chance.randint(-9, 9)
            rows = sorted(scores.items(), key=lambda item: -item[1])
            table = "\n".join(f"| {rank} | {name} | {score} |" for rank, (name, score) in enumerate(rows, 1))
            versions.append(f"# Board, day {day}\n\n{table}\n".encode())
        return versions

    return make


@pytest.fixture
def kept(
    opened: Callable[..., Store],
    reply: Callable[..., Reply],
    boards: Callable[[int], list[bytes]],
    archive: Path,
) -> list[Path]:
    """Two sources, two collectors, a chain of deltas, a failure and a decision."""
    store = opened()
    for day, body in enumerate(boards(8)):
        store.keep("arena", "page", reply(body, day))
    store.keep("arena", "page", reply(None, 9, reason="timeout"))
    store.decide("arena", "released", "arena/a/b", "0" * 64, None, "looked at")
    for day, body in enumerate((b"- model: a\n", b"- model: b\n", b"- model: a\n")):
        opened("two").keep("aider", "raw", reply(body, day, url="https://aider.example/x.yml"))
    return sorted(path for path in archive.rglob("*") if path.suffix in {".zst", ".jsonl"})
