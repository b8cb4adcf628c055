"""The gallery of the starter history, opened in a real browser: it asks for nothing, complains of nothing,
and everyone can use it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

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
    """Made once from a copy of the checkout's own history, also where several processes run the tests."""
    shared = tmp_path_factory.getbasetemp()
    home = (shared.parent if shared.name.startswith("popen-") else shared) / "gallery"
    with FileLock(f"{home}.lock"):
        if not (home / "made" / "index.html").exists():
            shutil.copytree(ROOT / "snapshots", home / "snapshots", dirs_exist_ok=True)
            left_out: list[str] = []
            with Archive(home) as archive:
                gallery.build(archive.connect(), home / "made", left_out.append)
            assert not left_out
    return home / "made"


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


def test_a_large_board_stays_small(folder: Path) -> None:
    assert (folder / "report-arena.html").stat().st_size < 2_000_000
