"""What holds for every test."""

from __future__ import annotations

import faulthandler
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.browser.pages import Open, Opened
from tests.internet import Internet
from tests.once import Once, Played, as_played, begun, once_below, played

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATIENCE = 60_000
"""Milliseconds that a page has to show what it must: a slow machine fails no test."""

settings.register_profile("archiver", deadline=None)  # a timing never fails a test
settings.load_profile("archiver")


def pytest_configure() -> None:
    """A shell that runs the tests in the background has told them to ignore Ctrl-C, and so their children."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Kills and faults by the hundred take as long as they take; no other test may wait for ever."""
    if item.get_closest_marker("crash"):
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def net() -> Iterator[Internet]:
    """An internet of its own, on loopback."""
    with Internet() as internet:
        yield internet


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes a folder once for all test processes."""
    return once_below(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def starter_home(once: Once) -> Path:
    """An archive of the starter history, with its index."""
    return once("starter", begun)


@pytest.fixture(scope="session")
def demo(once: Once) -> Played:
    """One run of `archiver demo`, and the archive that it left."""
    return as_played(once("demo", played))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's own browser, started once in a process, which one Playwright alone may drive."""
    if (program := shutil.which("chromium") or shutil.which("chromium-browser")) is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def drawn_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the boards to draw, made once in a process; whoever changes it takes a copy."""
    from tests.reports.chart_world import world

    path = tmp_path_factory.mktemp("charts") / "archive.duckdb"
    world(path)
    return path


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Open]:
    """Opens a file from disk: `open_page(path, width=390, scheme="dark")`."""
    contexts = []

    def opened(path: Path, *, width: int = 1280, scheme: str = "light") -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=False,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        found = Opened(page)
        address = path.as_uri()
        page.on("console", lambda message: found.complaints.append(message.text))
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (found.complaints.append(dialog.message), dialog.dismiss()))
        page.on(
            "request",
            lambda request: (
                None if request.url.split("#")[0] == address or request.url.startswith("data:")
                else found.requests.append(request.url)
            ),
        )  # fmt: skip
        page.goto(address)
        return found

    yield opened
    for context in contexts:
        context.close()
