"""Hostile names in pictures and pages: nothing of them runs in a real Chromium, or is asked for."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.browser.pages import Open
from tests.names.conftest import World
from tests.names.outputs import MADE, PRINTED

PAGES = [each.name for each in MADE if each.name.endswith((" svg", " html", "feed"))]
MARKDOWN = [f"{each.name} as markdown" for each in PRINTED if "markdown" in each.formats]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_runs_or_asks_for_anything_of_a_name(world: World, open_page: Open, name: str) -> None:
    opened = open_page(world.the_file(name))
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate("window.pwned") is None
    assert opened.requests == []
    assert [line for line in opened.complaints if "pwned" in line or "evil" in line] == []


def test_markdown_runs_nothing_where_it_is_rendered_with_html(
    world: World, open_page: Open, tmp_path: Path
) -> None:
    """As a renderer that lets HTML through would show them, all on one page."""
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    texts = [world.said[name].out for name in MARKDOWN] + [world.the_file("report md").read_text("utf-8")]
    page = tmp_path / "page.html"
    body = "\n<hr>\n".join(renderer.render(text) for text in texts)
    page.write_text(f"<!doctype html><meta charset=utf-8><title>x</title>{body}", "utf-8")
    opened = open_page(page)
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate("window.pwned") is None
    assert opened.requests == []
    links = opened.page.evaluate("[...document.links].map(link => link.href)")
    assert [link for link in links if "evil" in link or link.startswith("javascript:")] == []


def test_this_browser_would_run_them(open_page: Open, tmp_path: Path) -> None:
    """Else the tests above prove nothing."""
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><img src=x onerror=window.pwned=1>", "utf-8")
    opened = open_page(page)
    opened.page.wait_for_timeout(200)
    assert opened.page.evaluate("window.pwned") == 1
    assert opened.requests != []


@pytest.mark.parametrize("name", [name for name in PAGES if not name.endswith("html")])
def test_what_is_xml_is_well_formed_and_carries_no_script(world: World, name: str) -> None:
    root = ET.fromstring(world.the_file(name).read_text("utf-8"))  # noqa: S314  # made by this package
    tags = {element.tag.rpartition("}")[2].lower() for element in root.iter()}
    assert not tags & {"script", "foreignobject", "iframe", "img"}
    assert not [key for element in root.iter() for key in element.attrib if key.lower().startswith("on")]


@pytest.mark.parametrize("kind", ["rank", "score", "board", "heatmap"])
def test_a_spec_is_data(world: World, kind: str) -> None:
    spec = json.loads(world.the_file(f"chart {kind} json").read_text("utf-8"))
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")


def test_a_drawing_is_one(world: World) -> None:
    assert world.the_file("chart rank png").read_bytes().startswith(b"\x89PNG")
