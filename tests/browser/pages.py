"""What a test sees of a page that is open in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass
class Opened:
    """A page, and what happened while it was open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """What stood on the console, and errors."""
    requests: list[str] = field(default_factory=list)
    """Addresses that were asked for beside the file itself."""

    def serious(self) -> list[str]:
        """What axe-core finds that is serious or critical: rule and element.

        Of long tables it is shown the head: it takes seconds for a hundred rows, and they are all alike.
        """
        import axe_playwright_python

        self.page.evaluate(
            "document.querySelectorAll('tbody').forEach(b => [...b.rows].slice(15).forEach(r => r.remove()))"
        )
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


def carried(page: Page) -> dict[str, Any]:
    """What a report's page carries for its script."""
    text = page.locator("#data").text_content()
    assert text
    read: dict[str, Any] = json.loads(text)
    return read
