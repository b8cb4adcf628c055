"""The Hugging Face hub, on a server that behaves as it is documented to, faults included."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver import Archive
from archiver.backfill import Report, Wanted, run
from archiver.capture.hub import SITE
from archiver.config import Config
from archiver.records import Reply
from tests.capture.conftest import Make
from tests.capture.past import SAMPLES, HubRepository, Revision
from tests.internet import Internet, answer

DATASET = "datasets/lmarena-ai/leaderboard-dataset"
SPACE = "spaces/lmarena/chatbot-arena-leaderboard"
LATEST = "text_style_control/latest-00000-of-00001.parquet"
FULL = "text_style_control/full-00000-of-00001.parquet"
PARQUET = (SAMPLES / "arena/text_style_control.parquet").read_bytes()
CSV = (SAMPLES / "llmarena_ru/leaderboard_table_20250601.csv").read_bytes()
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n"
Backfill = Callable[..., Report]


def name(number: int) -> str:
    return f"{number:040x}"


def parquet(version: int) -> bytes:
    """Other bytes, the same rows: a remark between the file's magic and its first page would break offsets,
    so the footer's own free text (the writer's name) is changed."""
    assert PARQUET.count(b"parquet-cpp-arrow") >= 1
    return PARQUET.replace(b"parquet-cpp-arrow", b"parquet-cpp-arro%d" % (version % 10))


def revision(number: int, **files: bytes) -> Revision:
    return Revision(name(number), f"2026-07-{number:02}T10:00:00.000Z", dict(files))


def dataset(number: int, version: int) -> Revision:
    return Revision(name(number), f"2026-07-{number:02}T10:00:00.000Z", {LATEST: parquet(version)})


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive", configuration=Config())
    yield archive
    archive.close()


@pytest.fixture
def backfill(archive: Archive, net: Internet, make: Make) -> Backfill:
    def call(source: str = "arena", **more: object) -> Report:
        from datetime import timedelta

        fetcher = make(
            mirrored=lambda url: url.replace(SITE, net.url("")), deadline=timedelta(minutes=5), attempts=2
        )
        wanted = Wanted(via="hub", **more)  # type: ignore[arg-type]  # options of a test
        return run(
            archive.store, archive.config, source, wanted, version="1", now=archive.now, fetcher=fetcher
        )

    return call


def days(report: Report) -> list[tuple[int, str | None]]:
    return [(each.captured_at.day, each.reason) for each in report.captures]


def test_revisions_that_changed_a_file_are_captures_of_their_own_time(
    archive: Archive, net: Internet, backfill: Backfill
) -> None:
    hub = HubRepository(net, DATASET, [dataset(1, 1), dataset(2, 1), dataset(3, 3)])
    report = backfill()
    assert days(report) == [(1, None), (3, None)]
    assert hub.fetched() == [hub.path(hub.revisions[0], LATEST), hub.path(hub.revisions[2], LATEST)]
    first = report.captures[0]
    assert (first.url, first.via, first.route) == (
        f"{SITE}/{DATASET}/resolve/{name(1)}/{LATEST}",
        "hub",
        "dataset",
    )
    assert first.captured_at == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert first.origin == f"{DATASET}@{name(1)}:{LATEST}"
    assert [hop.status for hop in first.hops] == [302], "large files are elsewhere"
    assert archive.store.payload("arena", first.sha256 or "") == parquet(1)
    assert not report.problems
    assert archive.sql("SELECT count(*) > 0 FROM snapshots").fetchall() == [(True,)]
    assert archive.unread() == []


@pytest.mark.parametrize("link", [True, False])
def test_commits_come_in_pages(net: Internet, backfill: Backfill, link: bool) -> None:
    revisions = [dataset(number, number) for number in range(1, 8)]
    HubRepository(net, DATASET, revisions, page=3, link=link)
    assert [day for day, _ in days(backfill())] == [1, 2, 3, 4, 5, 6, 7]


def test_the_file_that_holds_its_own_past_is_taken_once_whatever_the_span(
    archive: Archive, net: Internet, backfill: Backfill
) -> None:
    revisions = [
        Revision(name(day), f"2026-07-{day:02}T10:00:00.000Z", {LATEST: parquet(day), FULL: parquet(day + 3)})
        for day in (1, 2, 3)
    ]
    hub = HubRepository(net, DATASET, revisions)
    report = backfill(until=datetime(2026, 7, 1, tzinfo=UTC))
    assert [(each.url.rpartition("/")[2][:4], each.captured_at.day) for each in report.captures] == [
        ("full", 3),
        ("late", 1),
    ]
    assert len(hub.fetched()) == 2
    assert backfill(until=datetime(2026, 7, 1, tzinfo=UTC)).captures == []


def test_bytes_that_are_held_are_not_fetched(archive: Archive, net: Internet, backfill: Backfill) -> None:
    url = f"{SITE}/{DATASET}/resolve/main/{LATEST}"
    at = datetime(2026, 7, 2, tzinfo=UTC)
    archive.store.keep("arena", "dataset", Reply(url=url, captured_at=at, body=parquet(2)))
    hub = HubRepository(net, DATASET, [dataset(1, 1), dataset(2, 2), dataset(3, 1)])
    report = backfill()
    assert days(report) == [(1, None), (2, None), (3, None)]
    assert hub.fetched() == [hub.path(hub.revisions[0], LATEST)]
    assert report.captures[0].sha256 == report.captures[2].sha256


def test_dated_files_of_a_space(archive: Archive, net: Internet, backfill: Backfill) -> None:
    dated = {f"leaderboard_table_2025060{day}.csv": CSV for day in (1, 2)}
    other = {"app.py": b"print()", "old/leaderboard_table_20250101.csv": CSV}
    first, second = dict(list(dated.items())[:1]), dated
    hub = HubRepository(net, SPACE, [revision(1, **other, **first), revision(2, **other, **second)])
    report = backfill("llmarena_ru")
    assert [(each.captured_at.day, each.url.rpartition("/")[2]) for each in report.captures] == [
        (1, "leaderboard_table_20250601.csv"),
        (2, "leaderboard_table_20250602.csv"),
    ]
    assert len(hub.fetched()) == 1, "the same object under another name"


def test_a_second_run_asks_only_for_what_failed(net: Internet, backfill: Backfill) -> None:
    hub = HubRepository(net, DATASET, [dataset(day, day) for day in (1, 2, 3)])
    broken = hub.path(hub.revisions[1], LATEST)
    net.at(broken, answer(status=503))
    assert days(backfill()) == [(1, None), (2, "http-status"), (3, None)]
    net.at(broken, answer(parquet(2)))
    again = backfill()
    assert (days(again), again.held) == ([(2, None)], 2)


def test_limit_and_span(net: Internet, backfill: Backfill) -> None:
    hub = HubRepository(net, DATASET, [dataset(day, day) for day in range(1, 8)])
    span = {"since": datetime(2026, 7, 2, tzinfo=UTC), "until": datetime(2026, 7, 5, tzinfo=UTC)}
    first = backfill(**span, limit=3)
    assert (days(first), first.left) == ([(2, None), (3, None), (4, None)], 1)
    assert days(backfill(**span)) == [(5, None)]
    trees = {seen.target.partition("?")[0] for seen in net.seen if "/tree/" in seen.target}
    assert {tree.rpartition("/")[2] for tree in trees} == {name(day) for day in (2, 3, 4, 5, 7)}, (
        "revisions outside are not looked into; the newest is, for the files that hold their past"
    )
    assert len(hub.fetched()) == 4


def test_a_pointer_a_cut_file_and_a_page_are_failures(
    archive: Archive, net: Internet, backfill: Backfill
) -> None:
    hub = HubRepository(net, DATASET, [dataset(day, day) for day in (1, 2, 3, 4)])
    net.at(hub.path(hub.revisions[0], LATEST), answer(POINTER))
    net.at(hub.path(hub.revisions[1], LATEST), answer(parquet(2)[:-50]))
    net.at(hub.path(hub.revisions[2], LATEST), answer(b"<!doctype html><html><body>sign in</body></html>"))
    report = backfill()
    assert days(report) == [(1, "lfs-pointer"), (2, "truncated"), (3, "wrong-type"), (4, None)]
    shown = archive.sql("SELECT DISTINCT captured_at FROM snapshots").fetchall()
    assert shown == [(datetime(2026, 7, 4, 10),)]  # noqa: DTZ001  # the index is in UTC


def test_the_hubs_own_way_to_say_when_to_come_again_is_obeyed(net: Internet, backfill: Backfill) -> None:
    hub = HubRepository(net, DATASET, [dataset(1, 1)])
    busy = answer(
        b"{}", 429, {"RateLimit": '"api";r=0;t=55', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}
    )
    net.at(f"/api/{DATASET}/commits/main", busy, busy, hub.commits)
    assert days(backfill()) == [(1, None)]


def test_a_refusal_ends_the_run(net: Internet, backfill: Backfill) -> None:
    hub = HubRepository(net, DATASET, [dataset(day, day) for day in (1, 2, 3)])
    spot = hub.path(hub.revisions[0], LATEST)
    net.at(spot, answer(b"", 429, {"Retry-After": "86400"}))
    report = backfill()
    assert (days(report), report.left, len(report.problems)) == ([(1, "rate-limited")], 2, 1)
    assert len(net.asked(spot)) == 1


@pytest.mark.parametrize(
    "said",
    [
        answer(b"not json"),
        answer(b'{"error":"Repository not found"}', 404),
        answer(b'{"commits":[]}'),
        answer(b'[{"id":"x","date":"2026-07-01T10:00:00.000Z"}]'),
        answer(json.dumps([{"id": "0" * 40, "date": "today"}]).encode()),
    ],
)
def test_a_listing_that_is_none_is_a_problem_that_names_it(
    net: Internet, backfill: Backfill, said: bytes
) -> None:
    net.at(f"/api/{DATASET}/commits/main", said)
    report = backfill()
    assert report.captures == []
    assert report.problems[0].startswith("huggingface.co, dataset lmarena-ai/leaderboard-dataset: ")


def test_pages_that_lead_in_a_circle_end(net: Internet, backfill: Backfill) -> None:
    commits = json.dumps([{"id": name(1), "date": "2026-07-01T10:00:00.000Z"}]).encode()
    here = f"{SITE}/api/{DATASET}/commits/main?p=1"
    net.at(f"/api/{DATASET}/commits/main", answer(commits, headers={"Link": f'<{here}>; rel="next"'}))
    assert "circle" in backfill().problems[0]
    assert len(net.seen) == 2
