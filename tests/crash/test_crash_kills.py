"""kill -9 at random moments of capture, load and publish: nothing acknowledged is lost, nothing is half."""

from __future__ import annotations

from pathlib import Path

import pytest

from .harness import Worker, kill_many, publisher


def test_a_few_kills(tmp_path: Path) -> None:
    with publisher() as port, Worker() as worker:
        done = kill_many(worker, tmp_path, port, kills=8, seed=1, full_every=8)
    assert done.problems == []
    assert done.kills == 8


@pytest.mark.crash
def test_many_kills(tmp_path: Path) -> None:
    with publisher() as port, Worker() as worker:
        done = kill_many(worker, tmp_path, port, kills=60, seed=2, full_every=10)
    assert done.problems == []
    assert done.acknowledged > 5, "some were killed between the acknowledgement and the publishing"
