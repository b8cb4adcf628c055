"""What the sources say of their past holds together with their routes."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver import Archive, sources
from archiver.capture.backfill import derived
from archiver.capture.git import pinned
from archiver.sources import GitFile, History, HubFile, Route, WaybackUrl
from tests.capture.past import Upstream

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


def test_a_board_of_the_users_own_has_a_past_where_its_address_is(tmp_path: Path) -> None:
    raw = "https://raw.githubusercontent.com/a/b/main/data/board%201.csv"
    hub = "https://huggingface.co/spaces/a/b/resolve/main/board.csv"
    page = "https://a.example/board.csv"
    route = Route(name="own", media="csv", pattern=".*", captures=(raw, hub, page))
    assert derived([route]) == [
        GitFile("https://github.com/a/b", "data/board 1.csv", "own", url=raw, branch="main"),
        HubFile("a/b", "space", "board.csv", "own", url=hub),
        WaybackUrl(page, "own"),
    ]
    upstream = Upstream(tmp_path / "upstream")
    for day in (1, 2):
        table = "".join(f"model-{number},{number + day}\n" for number in range(5))
        upstream.commit(f"2025-01-0{day}T00:00:00Z", {"data/board 1.csv": f"model,score\n{table}".encode()})
    (tmp_path / "archive/boards").mkdir(parents=True)
    (tmp_path / "archive/boards/mine.toml").write_text(
        f'title = "Mine"\nurl = "{raw}"\nformat = "csv"\nmetric = "score"\n'
        '[columns]\nmodel = "model"\nscore = "score"\n'
    )
    archive = Archive(tmp_path / "archive")
    report = archive.backfill("mine", repo=str(upstream.path))
    assert [(each.url, each.captured_at.day) for each in report.captures] == [(raw, 1), (raw, 2)]
    shown = archive.sql("SELECT count(*) FROM rankings WHERE board = 'mine/main/overall'").fetchall()
    archive.close()
    assert shown == [(10,)]
