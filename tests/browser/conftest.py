"""A real Chromium, the system's own, driven by Playwright. Without one these tests are left out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Opened:
    """A page, and what happened while it was open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """What stood on the console, and errors."""
    requests: list[str] = field(default_factory=list)
    """Addresses that were asked for beside the file itself."""

    def serious(self) -> list[str]:
        """What axe-core finds that is serious or critical: rule and element."""
        import axe_playwright_python

        self.page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8"))
        found: dict[str, Any] = self.page.evaluate(
            "axe.run(document, {resultTypes: ['violations'], iframes: false})"
        )
        return [
            f"{each['id']}: {node['html'][:200]}"
            for each in found["violations"]
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]


Open = Callable[..., Opened]


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
        page.set_default_timeout(60_000)
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


def carried(page: Page) -> dict[str, Any]:
    """What a report's page carries for its script."""
    text = page.locator("#data").text_content()
    assert text
    read: dict[str, Any] = json.loads(text)
    return read
