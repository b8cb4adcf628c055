"""The Wayback Machine, on a server that behaves as it is documented to, faults included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver import Archive
from archiver.backfill import Report, Wanted, run
from archiver.capture.wayback import SITE, WaybackPast
from archiver.config import Config
from archiver.errors import UsageError
from archiver.sources import Route, WaybackUrl
from tests.capture.conftest import Make
from tests.capture.past import SAMPLES, Memento, WaybackMachine, memento_answer
from tests.internet import Internet, answer, redirect

PAGE = "https://arena.ai/leaderboard"
SAMPLE = (SAMPLES / "arena/overview.html").read_bytes()
APOLOGY = b"<!DOCTYPE html><html><head><title>Wayback Machine</title></head><body>Sorry</body></html>"
Backfill = Callable[..., Report]


def page(version: int) -> bytes:
    """The sample with a remark, so that each version has other bytes and the same boards."""
    return SAMPLE.replace(b"</html>", b"<!-- %d --></html>" % version)


def stamp(day: int) -> str:
    return f"202504{day:02}120000"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive", configuration=Config())
    yield archive
    archive.close()


@pytest.fixture
def backfill(archive: Archive, net: Internet, make: Make) -> Backfill:
    def call(**more: object) -> Report:
        limits = {name: more.pop(name) for name in ("attempts", "deadline") if name in more}
        fetcher = make(mirrored=lambda url: url.replace(SITE, net.url("")), **limits)
        wanted = Wanted(via="wayback", **more)  # type: ignore[arg-type]  # options of a test
        return run(
            archive.store, archive.config, "arena", wanted, version="1", now=archive.now, fetcher=fetcher
        )

    return call


def days(report: Report) -> list[tuple[int, str | None]]:
    return [(each.captured_at.day, each.reason) for each in report.captures]


def test_each_capture_has_the_time_at_which_it_was_archived(
    archive: Archive, net: Internet, backfill: Backfill
) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(day), page(day)) for day in (1, 2, 3)])
    report = backfill()
    assert days(report) == [(1, None), (2, None), (3, None)]
    first = report.captures[0]
    assert (first.url, first.route, first.via, first.outcome) == (PAGE, "page", "wayback", "stored")
    assert first.captured_at == datetime(2025, 4, 1, 12, tzinfo=UTC)
    assert first.origin == f"{SITE}{machine.path(machine.mementos[0])}"
    assert archive.store.payload("arena", first.sha256 or "") == page(1)
    assert not report.problems
    rows = archive.sql("SELECT DISTINCT route, first_seen, last_seen, sightings FROM snapshots").fetchall()
    assert rows == [("page", datetime(2025, 4, 1, 12), datetime(2025, 4, 3, 12), 3)]  # noqa: DTZ001  # UTC


def test_at_most_sixty_requests_a_minute(net: Internet, make: Make) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(day), page(day)) for day in range(1, 5)])
    fetcher = make(mirrored=lambda url: url.replace(SITE, net.url("")))
    route = Route(name="page", media="html", pattern=".*")
    past = WaybackPast([WaybackUrl(PAGE, "page")], [route], fetcher)
    for version in past.listing().versions:
        past.get(version)
    waits = fetcher.waits  # type: ignore[attr-defined]  # see `make`
    # The clock of a test does not sleep: the n-th request would have waited for n seconds in all.
    assert len(waits) == len(net.seen) == 1 + len(machine.mementos)
    assert all(number - 1 < wait <= number for number, wait in enumerate(waits, start=1))


def test_equal_digests_are_fetched_once_and_seen_at_each_time(
    archive: Archive, net: Internet, backfill: Backfill
) -> None:
    bodies = [page(1), page(1), page(2), page(1)]
    again = Memento(stamp(5), page(2), status="-", mime="warc/revisit")
    machine = WaybackMachine(
        net, PAGE, [*(Memento(stamp(day), body) for day, body in enumerate(bodies, start=1)), again]
    )
    report = backfill()
    assert days(report) == [(1, None), (3, None), (4, None), (5, None)], "a run of equal ones is one row"
    assert [machine.replays(memento) for memento in machine.mementos] == [1, 0, 1, 0, 0]
    assert [each.sha256 for each in report.captures[2:]] == [each.sha256 for each in report.captures[:2]]
    assert report.captures[2].detail.startswith("not fetched: the listing gives it sha1:")


def test_what_was_no_answer_is_not_asked_for(net: Internet, backfill: Backfill) -> None:
    others = [
        Memento(stamp(2), b"gone", status="404"),
        Memento(stamp(3), b"", status="301"),
        Memento(stamp(4), b"x", status="-", mime="warc/revisit"),
    ]
    machine = WaybackMachine(net, PAGE, [Memento(stamp(1), page(1)), *others])
    assert days(backfill()) == [(1, None)]
    assert [machine.replays(memento) for memento in others] == [0, 0, 0]


def test_a_long_index_comes_in_pages(net: Internet, backfill: Backfill) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(day), page(day)) for day in range(1, 8)], most=3)
    assert [day for day, _ in days(backfill())] == [1, 2, 3, 4, 5, 6, 7]
    asked = [query for query in machine.queries if query["url"] == PAGE]
    assert [query.get("resumeKey") for query in asked] == [
        None,
        f"org,example)/ {stamp(3)}!",
        f"org,example)/ {stamp(6)}!",
    ]
    assert all(query["collapse"] == "digest" for query in asked)


def test_since_until_and_limit(net: Internet, backfill: Backfill) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(day), page(day)) for day in range(1, 8)])
    span = {"since": datetime(2025, 4, 2, tzinfo=UTC), "until": datetime(2025, 4, 6, tzinfo=UTC)}
    first = backfill(**span, limit=2)
    assert (days(first), first.listed, first.left) == ([(2, None), (3, None)], 5, 3)
    assert (machine.queries[0]["from"], machine.queries[0]["to"]) == ("20250402000000", "20250406235959")
    second = backfill(**span)
    assert (days(second), second.held) == ([(4, None), (5, None), (6, None)], 2)
    third = backfill(**span)
    assert (third.captures, third.held) == ([], 5)
    assert all(machine.replays(memento) <= 1 for memento in machine.mementos)


def test_a_page_of_the_archive_itself_is_never_stored_as_good(
    archive: Archive, net: Internet, backfill: Backfill
) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(day), page(day)) for day in (1, 2, 3)])
    net.at(machine.path(machine.mementos[0]), answer(APOLOGY, headers={"Content-Type": "text/html"}))
    error = {"X-Archive-Wayback-Runtime-Error": "ResourceNotAvailableException", "Memento-Datetime": "x"}
    net.at(machine.path(machine.mementos[1]), answer(APOLOGY, headers=error))
    report = backfill()
    assert days(report) == [(1, "wrong-type"), (2, "wrong-type"), (3, None)]
    assert "ResourceNotAvailableException" in report.captures[1].detail
    assert "page of the archive itself" in report.captures[0].detail
    assert archive.sql("SELECT DISTINCT captured_at FROM snapshots").fetchall() == [
        (datetime(2025, 4, 3, 12),)  # noqa: DTZ001  # the index is in UTC
    ]
    for memento in machine.mementos:
        net.at(machine.path(memento), memento_answer(memento))
    assert days(backfill()) == [(1, None), (2, None)], "only what failed is asked for again"


def test_another_capture_in_place_of_the_one_asked_for_is_refused(net: Internet, backfill: Backfill) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(1), page(1)), Memento(stamp(2), page(2))])
    net.at(machine.path(machine.mementos[0]), redirect(machine.path(machine.mementos[1])))
    report = backfill(deadline=timedelta(minutes=1))
    assert days(report) == [(1, "redirect"), (2, None)]
    assert stamp(2) in report.captures[0].detail


def test_a_cut_replay_is_a_failure(net: Internet, backfill: Backfill) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(day), page(day)) for day in (1, 2, 3)])
    whole = memento_answer(machine.mementos[0])
    net.at(machine.path(machine.mementos[0]), whole[:-200])
    shorter = page(2)[:-300] + b"</html>"
    said = memento_answer(Memento(stamp(2), shorter)).replace(
        b"X-Archive-Orig-Content-Length: %d" % len(shorter),
        b"X-Archive-Orig-Content-Length: %d" % len(page(2)),
    )
    net.at(machine.path(machine.mementos[1]), said)
    assert days(backfill()) == [(1, "truncated"), (2, "truncated"), (3, None)]


def test_a_request_to_wait_is_obeyed(net: Internet, make: Make, archive: Archive) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(1), page(1))])
    busy = answer(b"slow down", 429, {"Retry-After": "30"})
    net.at("/cdx/search/cdx", busy, machine.index)
    net.at(machine.path(machine.mementos[0]), answer(status=503), memento_answer(machine.mementos[0]))
    fetcher = make(mirrored=lambda url: url.replace(SITE, net.url("")), attempts=3)
    wanted = Wanted(via="wayback")
    report = run(
        archive.store, archive.config, "arena", wanted, version="1", now=archive.now, fetcher=fetcher
    )
    assert days(report) == [(1, None)]
    waits = fetcher.waits  # type: ignore[attr-defined]  # see `make`
    assert any(29 < wait <= 31 for wait in waits)


@pytest.mark.parametrize("place", ["index", "replay"])
def test_a_refusal_ends_the_run_and_the_next_goes_on(net: Internet, backfill: Backfill, place: str) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(day), page(day)) for day in (1, 2, 3)])
    refusal = answer(b"blocked", 429, {"Retry-After": "86400"})
    spot = "/cdx/search/cdx" if place == "index" else machine.path(machine.mementos[1])
    net.at(spot, refusal)
    report = backfill()
    assert len(report.problems) == 1
    if place == "index":
        assert (report.captures, len(net.asked(spot))) == ([], 1), "no other address is asked either"
        assert "86,400" in report.problems[0]
        net.at(spot, machine.index)
    else:
        assert (days(report), report.left) == ([(1, None), (2, "rate-limited")], 1)
        assert "it asked to slow down" in report.problems[0]
        net.at(spot, memento_answer(machine.mementos[1]))
    assert [reason for _, reason in days(backfill())] == [None] * (3 if place == "index" else 2)
    assert all(machine.replays(memento) <= 2 for memento in machine.mementos)


def test_three_failures_in_a_row_are_enough(net: Internet, backfill: Backfill) -> None:
    machine = WaybackMachine(net, PAGE, [Memento(stamp(day), page(day)) for day in range(1, 9)])
    for memento in machine.mementos[1:]:
        net.at(machine.path(memento), answer(status=503))
    report = backfill()
    assert days(report) == [(1, None), *((day, "http-status") for day in (2, 3, 4))]
    assert (report.left, len(report.problems)) == (4, 1)


@pytest.mark.parametrize(
    "said",
    [
        answer(b""),
        answer(b"<html><body>error</body></html>"),
        answer(b'[["timestamp","original"'),
        answer(b'{"error": 1}'),
        answer(b'[["timestamp","digest"],["20250401120000","A"]]'),
        answer(b"org.archive.util.io.RuntimeIOException: AdministrativeAccessControlException", 403),
    ],
)
def test_an_index_that_is_none_is_a_problem_that_names_it(
    net: Internet, backfill: Backfill, said: bytes
) -> None:
    net.at("/cdx/search/cdx", said)
    report = backfill()
    assert report.captures == []
    assert report.problems[0].startswith(f"web.archive.org, index of {PAGE}: ")


def test_an_index_that_leads_in_a_circle_ends(net: Internet, backfill: Backfill) -> None:
    head = b'["timestamp","original","statuscode","mimetype","digest","length"]'
    net.at("/cdx/search/cdx", answer(b"[" + head + b',[],["same"]]'))
    assert "circle" in backfill().problems[0]
    assert len(net.asked("/cdx/search/cdx")) <= 30


def test_an_address_that_was_never_archived_gives_nothing(net: Internet, backfill: Backfill) -> None:
    net.at("/cdx/search/cdx", answer(b"[]"))
    report = backfill()
    assert (report.listed, report.captures, report.problems) == (0, [], [])


def test_a_source_without_such_a_past_is_named(archive: Archive) -> None:
    with pytest.raises(UsageError, match="via git"):
        archive.backfill("ru_llm_arena", via="wayback")


def test_a_day_of_patience_is_more_than_is_waited_for() -> None:
    from archiver.ways import client

    limits = client(Config(), "1", lambda: datetime.now(UTC)).limits
    assert limits.retry_after == timedelta(minutes=10)
    assert limits.per_host == 1
