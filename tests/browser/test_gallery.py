"""The gallery of the starter history, opened in a real browser: it asks for nothing, complains of nothing,
and everyone can use it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from archiver import Archive
from archiver.reports import gallery
from tests.browser.pages import Open

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    "index",
    *(each.name for each in gallery.PICTURES),
    *(each.name for each in gallery.REPORTS),
)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, from a copy of the checkout's own history."""
    home = tmp_path_factory.mktemp("gallery")
    shutil.copytree(ROOT / "snapshots", home / "snapshots")
    archive = Archive(home)
    left_out: list[str] = []
    gallery.build(archive.connect(), home / "made", left_out.append)
    archive.close()
    assert not left_out
    return home / "made"


def test_the_gallery_holds_every_form(folder: Path) -> None:
    index = (folder / "index.html").read_text("utf-8")
    linked = set(re.findall(r'href="([^"#][^"]*)"', index))
    assert linked == {path.name for path in folder.iterdir()} - {"index.html"}
    assert all((folder / name).stat().st_size > 100 for name in linked)


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_quiet_and_accessible(folder: Path, open_page: Open, name: str) -> None:
    chart = name in {each.name for each in gallery.PICTURES}
    looks = [(1280, "light"), (390, "dark")]
    for width, colours in looks[len(name) % 2 :][:1] if chart else looks:
        opened = open_page(folder / f"{name}.html", width=width, scheme=colours)
        wide = opened.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        serious = opened.serious()
        assert (opened.complaints, opened.requests, serious) == ([], [], [])


def test_a_large_board_stays_small(folder: Path) -> None:
    assert (folder / "report-arena.html").stat().st_size < 2_000_000
