"""The gallery of the starter history, opened in a real browser: it asks for nothing, complains of nothing,
and everyone can use it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archiver import Archive
from archiver.reports import gallery
from tests.browser.pages import Open
from tests.once import Once

PAGES = (
    "index",
    *(each.name for each in gallery.PICTURES),
    *(each.name for each in gallery.REPORTS),
)


@pytest.fixture(scope="session")
def folder(once: Once, starter_home: Path) -> Path:
    """The gallery of the starter history."""

    def make(folder: Path) -> None:
        left_out: list[str] = []
        with Archive(starter_home) as archive:
            gallery.build(archive.connect(), folder, left_out.append)
        assert not left_out

    return once("gallery", make)


def test_the_gallery_holds_every_form(folder: Path) -> None:
    index = (folder / "index.html").read_text("utf-8")
    linked = set(re.findall(r'href="([^"#][^"]*)"', index))
    assert linked == {path.name for path in folder.iterdir()} - {"index.html"}
    assert all((folder / name).stat().st_size > 100 for name in linked)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_quiet_and_accessible(folder: Path, open_page: Open, name: str) -> None:
    looks = [(1280, "light"), (390, "dark")]
    for width, colours in looks if name in {"report", "week"} else looks[len(name) % 2 :][:1]:
        opened = open_page(folder / f"{name}.html", width=width, scheme=colours)
        wide = opened.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        serious = opened.serious()
        assert (opened.complaints, opened.requests, serious) == ([], [], [])


LETTERS = """
() => [...document.querySelectorAll('figure svg text')].filter(each => each.checkVisibility()).map(
    each => parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a)
"""


@pytest.mark.parametrize("name", ["index", "ranks-arena", "board", "heatmap-boards"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_words_in_a_picture_can_be_read(folder: Path, open_page: Open, name: str, width: int) -> None:
    """On a phone, too: a drawing for a screen would be shrunk to a third there."""
    sizes = open_page(folder / f"{name}.html", width=width).page.evaluate(LETTERS)
    assert len(sizes) > 10
    assert min(sizes) >= 9.5


def test_a_large_board_stays_small(folder: Path) -> None:
    assert (folder / "report-arena.html").stat().st_size < 2_000_000
