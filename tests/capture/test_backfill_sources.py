"""What the sources say of their past holds together with their routes."""

from __future__ import annotations

import pytest

from archiver import sources
from archiver.capture.git import pinned
from archiver.sources import GitFile, History, HubFile, WaybackUrl

KNOWN = [(name, item) for name in sources.names() for item in sources.load(name).SOURCE.history]
COMMIT = "0123456789" * 4


@pytest.mark.parametrize(("name", "item"), KNOWN, ids=[f"{name}-{at}" for at, (name, _) in enumerate(KNOWN)])
def test_a_version_belongs_to_a_route_that_the_source_has(name: str, item: History) -> None:
    source = sources.load(name).SOURCE
    route = next((route for route in source.routes if route.name == item.route), None)
    assert route is not None, f"{item.route} is none of {[route.name for route in source.routes]}"
    if isinstance(item, WaybackUrl):
        assert route.owns(item.url)
        return
    path = item.path.replace("*/", "text/").replace("full-*", "full-00000-of-00001")
    path = path.replace("latest-*", "latest-00000-of-00001").replace("table_*", "table_20250101")
    path = path.replace("public/table*", "public/table_2025_04_02").replace(
        "hard_*leaderboard_*", "hard_leaderboard_1"
    )
    path = path.replace("*", "some")
    if isinstance(item, HubFile):
        assert route.owns(f"https://huggingface.co/{item.kind}s/{item.repository}/resolve/{COMMIT}/{path}")
        return
    assert isinstance(item, GitFile)
    raw = pinned(item.repository, COMMIT, path)
    assert (raw and route.owns(raw)) or item.url, "no address that the route takes"
    assert not item.url or route.owns(item.url.replace("{name}", path.rpartition("/")[2]))


def test_most_sources_have_a_past() -> None:
    having = {name for name, _ in KNOWN}
    assert {"aider", "arena", "llmarena_ru", "ru_llm_arena", "livebench", "swebench", "vectara"} <= having
