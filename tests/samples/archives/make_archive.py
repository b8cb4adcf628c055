"""Writes a small archive with today's code, to be opened by every later release.

    python tests/samples/archives/make_archive.py tests/samples/archives/VERSION

Run once when a version is released, and never again for it: what later code makes of it is the test.
Two sources, two collectors, a chain of deltas, an unchanged capture, a failure with its body, a decision.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver import __version__
from archiver.records import Reply
from archiver.store import Store

SAMPLE = Path(__file__).parents[1] / "aider" / "polyglot_leaderboard.yml"
URL = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"
BOARD = "aider/polyglot/overall"
START = datetime(2026, 1, 1, tzinfo=UTC)


def clock() -> Callable[[], datetime]:
    times = (START + timedelta(seconds=tick) for tick in range(10_000))
    return lambda: next(times)


def main(target: Path) -> None:
    """The archive of this version."""
    now = clock()

    def store(collector: str) -> Store:
        return Store(target / "snapshots", collector=collector, tool=f"archiver/{__version__}", now=now)

    body = SAMPLE.read_bytes()
    for day in range(5):
        changed = body.replace(b"pass_rate_2: 6", b"pass_rate_2: 5", day % 3)
        reply = Reply(
            url=URL,
            captured_at=START + timedelta(days=day, hours=6),
            body=changed,
            status=200,
            headers=(("Content-Type", "text/yaml"), ("ETag", f'"{day}"')),
            final_url=URL,
        )
        store("one" if day < 3 else "two").keep("aider", "repository", reply)
    failed = Reply(
        url=URL,
        captured_at=START + timedelta(days=6),
        body=b"<html>One moment</html>",
        reason="challenge",
        detail="a bot challenge",
    )
    store("two").keep("aider", "repository", failed)
    store("two").keep(
        "aider", "repository", Reply(url=URL, captured_at=START + timedelta(days=7), not_modified=True)
    )
    digest = next(store("two").lines()).sha256  # type: ignore[union-attr]
    store("two").decide("aider", "released", BOARD, str(digest), None, "looked at")
    store("two").keep("notes", "page", Reply(url="https://notes.example/", captured_at=START, body=b"kept"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
