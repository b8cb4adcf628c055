"""An internet on loopback, and a client that may ask it."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from archiver.capture.fetch import Fetcher
from archiver.capture.limits import Limits, user_agent
from tests.internet import Internet

ENVIRONMENT = (
    *(
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "all_proxy",
    ),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"),
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Every thread that a test starts ends with it (a resolver that hangs may take its own time)."""
    before = set(threading.enumerate())
    yield
    gc.collect()  # a socket that was left to the collector warns here, in the test that left it
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        left = [t for t in threading.enumerate() if t not in before and not t.name.startswith("resolve ")]
        if not left:
            return
        time.sleep(0.01)
    pytest.fail(f"still running: {left}")


Make = Callable[..., Fetcher]


@pytest.fixture
def make(net: Internet) -> Make:
    """A fetcher for the internet on loopback: one attempt, two seconds, no real sleep. `waits` holds what it
    would have slept."""

    def build(**limits: object) -> Fetcher:
        options = {
            name: limits.pop(name)
            for name in ("allow_private", "mirrored", "now", "random", "sleep", "resolve")
            if name in limits
        }
        defaults: dict[str, object] = {
            "deadline": timedelta(seconds=2),
            "attempts": 1,
            "connect": timedelta(seconds=1),
        }
        waits: list[float] = []
        settings: dict[str, object] = {
            "allow_private": net.names,
            "resolve": net.resolve,
            "sleep": waits.append,
            "random": lambda: 1.0,
        }
        fetcher = Fetcher(
            user_agent=user_agent("1.2.3", "tests"),
            limits=Limits(**{**defaults, **limits}),  # type: ignore[arg-type]  # options of a test
            **{**settings, **options},  # type: ignore[arg-type]  # options of a test
        )
        fetcher.waits = waits  # type: ignore[attr-defined]  # for the test to look at
        return fetcher

    return build
