"""An answer that is older than the one before is a cache's: asked for past it once, then a failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from archiver.capture.fetch import validators
from archiver.capture.freshness import older
from archiver.records import Capture
from archiver.sources import Request
from tests.capture.conftest import Make
from tests.internet import Internet, Talk, answer

OLD, NEW = b"model,score\na,1\n", b"model,score\na,2\n"
MONDAY, TUESDAY = "Mon, 20 Jul 2026 12:00:00 GMT", "Tue, 21 Jul 2026 12:00:00 GMT"
NOW = datetime(2026, 7, 21, 18, tzinfo=UTC)


def last(url: str, **headers: str) -> Capture:
    """The last capture: yesterday's, of the newer board."""
    from hashlib import sha256

    return Capture(
        capture_id="1", ledger="l", line=1, source="s", route="r", url=url,
        captured_at=NOW - timedelta(days=1), loaded_at=NOW, outcome="stored",
        sha256=sha256(NEW).hexdigest(), final_url=url,
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
    )  # fmt: skip


def test_a_cache_that_fell_behind_is_passed_by(net: Internet, make: Make) -> None:
    """It holds last week's for all who do not insist."""

    def cache(talk: Talk) -> None:
        fresh = talk.seen.headers.get("cache-control") == "no-cache"
        talk.send(
            answer(NEW + b"b,1\n" if fresh else OLD, headers={"Last-Modified": TUESDAY if fresh else MONDAY})
        )

    url = net.at("/b", cache)
    known = validators(last(url, last_modified=TUESDAY))
    reply = make(now=lambda: NOW).fetch(Request(url), media="csv", validators=known)
    assert (reply.reason, reply.body) == (None, NEW + b"b,1\n")
    assert len(net.seen) == 2


def test_what_stays_older_is_kept_as_evidence_only(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(OLD, headers={"Last-Modified": MONDAY}))
    known = validators(last(url, last_modified=TUESDAY))
    reply = make(now=lambda: NOW).fetch(Request(url), media="csv", validators=known)
    assert (reply.reason, reply.body) == ("stale", OLD)
    assert reply.detail == (
        "127.0.0.1 answered with an older version: last modified 2026-07-20T12:00:00Z, while one of "
        "2026-07-21T12:00:00Z was captured before."
    )


def test_after_two_days_it_is_the_publishers_own_word(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(OLD, headers={"Last-Modified": MONDAY}))
    known = validators(last(url, last_modified=TUESDAY))
    late = make(now=lambda: NOW + timedelta(days=3))
    assert late.fetch(Request(url), media="csv", validators=known).body == OLD


def test_a_server_that_then_says_unchanged_is_believed(net: Internet, make: Make) -> None:
    url = net.at("/b", answer(OLD, headers={"Last-Modified": MONDAY}), answer(status=304, length=None))
    known = validators(last(url, last_modified=TUESDAY))
    assert make(now=lambda: NOW).fetch(Request(url), media="csv", validators=known).not_modified


@pytest.mark.parametrize(
    ("before", "now", "stale"),
    [
        ({"last_modified": TUESDAY}, {"Last-Modified": MONDAY}, True),
        ({"last_modified": MONDAY}, {"Last-Modified": TUESDAY}, False),
        ({"last_modified": MONDAY}, {"Last-Modified": MONDAY}, False),
        ({"last_modified": TUESDAY}, {"Last-Modified": "yesterday"}, False),
        ({"date": TUESDAY}, {"Date": TUESDAY, "Age": "86400"}, True),
        ({"date": TUESDAY, "age": "86400"}, {"Date": TUESDAY, "Age": "80000"}, False),
        ({"date": TUESDAY}, {"Date": "Tue, 21 Jul 2026 11:59:00 GMT"}, False),
        ({"date": TUESDAY}, {"Date": TUESDAY, "Age": "-5"}, False),
        ({"date": TUESDAY}, {"Date": TUESDAY, "Age": "9" * 30}, True),
        ({"date": TUESDAY}, {"Date": "garbage", "Age": "5"}, False),
        # A file that is known by its content lies in caches for weeks: only what was modified counts.
        ({"date": TUESDAY, "last_modified": MONDAY}, {"Date": MONDAY, "Last-Modified": TUESDAY}, False),
        ({}, {"Last-Modified": MONDAY}, False),
    ],
)
def test_what_is_older(before: dict[str, str], now: dict[str, str], stale: bool) -> None:
    known = validators(last("http://a.test/b", **before))
    assert bool(older(tuple(now.items()), OLD, known)) == stale
    assert older(tuple(now.items()), NEW, known) is None, "the same bytes again"
