"""Answers that say of themselves that they are no board, or whose marks do: statuses, challenges, age."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator

from tests.capture.fault_case import BOARD, Case, coded, say
from tests.internet import answer

RETRY_AFTER = {
    "none": None, "0": "0", "seconds": "30", "the past": "Sun, 19 Jul 2020 00:00:00 GMT",
    "negative": "-5", "garbage": "soon", "a fraction": "1.5", "other digits": "٣", "several": "5, 10",
}  # fmt: skip
TOO_LONG = {"six hours": "21600", "a huge number": "9" * 400, "a far date": "Fri, 31 Dec 9999 23:59:59 GMT"}
STATUSES: dict[str, tuple[bytes, str]] = {
    "nothing in it": (answer(b""), "empty"),
    "only blanks": (answer(b" \r\n\t\n"), "empty"),
    "only zeros": (answer(bytes(4096)), "empty"),
    "an empty gzip": (coded(gzip.compress(b""), "gzip"), "empty"),
    "no content": (answer(status=204, length=None), "empty"),
    "not found": (answer(b"<html>no</html>", status=404), "http-status"),
    "gone wrong": (answer(b"oops", status=500), "http-status"),
    "a part, unasked": (answer(BOARD, status=206), "http-status"),
    "later, maybe": (answer(BOARD, status=202), "http-status"),
    "a status from nowhere": (answer(BOARD, status=799), "http-status"),
    "unchanged, unasked": (answer(status=304, length=None), "http-status"),
    "a web page in the file's place": (answer(b"<!doctype html><p>Moved</p></html>"), "wrong-type"),
    "a picture in the file's place": (answer(b"\x89PNG\r\n\x1a\n" + b"\0" * 99), "wrong-type"),
    "a Git LFS pointer": (
        answer(b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a" * 16 + b"\nsize 9\n"),
        "lfs-pointer",
    ),
}
CHALLENGES = {
    "Cloudflare": b"<title>Just a moment...</title>",
    "Vercel": b"<title>Vercel Security Checkpoint</title>",
    "Imperva": b"<title>Pardon Our Interruption</title>",
    "PerimeterX": b"<title>Access to this page has been denied</title>",
    "DDoS-Guard": b"<title>DDoS-Guard</title>",
    "Anubis": b"<title>Making sure you&#39;re not a bot!</title>",
    "DataDome": b"<script>var dd={'rt':'c'}</script>",
    "a captcha": b"<form><div class='h-captcha'></div></form>",
    "Yandex SmartCaptcha": "<title>Вы не робот?</title>".encode(),
}
TODAY, WEEK_AGO = "Mon, 20 Jul 2026 12:00:00 GMT", "Mon, 13 Jul 2026 12:00:00 GMT"
KNOWN = {
    "url": "",
    "sha256": hashlib.sha256(b"a newer board").hexdigest(),
    "captured": "2026-07-20T00:00:00+00:00",
}
"""Of the last capture, twelve hours before the clock of these tests; `url` is put in when it is known."""


def told() -> Iterator[Case]:
    """Answers that speak for themselves."""
    for name, (said, ends) in STATUSES.items():
        yield Case(group="answers", name=name, ends=ends, script=say(said))
    for status in (429, 503):
        for name, value in {**RETRY_AFTER, **TOO_LONG}.items():
            headers = {} if value is None else {"Retry-After": value}
            ends = "rate-limited" if status == 429 or name in TOO_LONG else "http-status"
            script = say(answer(status=status, headers=headers))
            yield Case(group="answers", name=f"{status}, Retry-After: {name}", ends=ends, script=script)
    for who, mark in CHALLENGES.items():
        page = b"<!DOCTYPE html><html><head>" + mark + b"</head><body>One moment</body></html>"
        yield Case(
            group="challenges with 200", name=who, ends="challenge", script=say(answer(page)), media="html"
        )
    cut = {
        "html": b"<!doctype html><html><body><table><tr><td>1</td></tr>",
        "json": b'{"rows": [{"model": "a"}, {"mod',
        "parquet": b"PAR1" + b"\x00" * 100,
    }
    for media, body in cut.items():
        script = say(answer(body, length=None))
        name = f"{media} cut before its end, no length"
        yield Case(group="answers", name=name, ends="truncated", script=script, media=media)
    stale = {
        "an older Last-Modified than before": ({"Last-Modified": WEEK_AGO}, {"last-modified": TODAY}),
        "an Age of a week": ({"Date": TODAY, "Age": "604800"}, {"generated": "2026-07-20T00:00:00+00:00"}),
        "a Date of last week": ({"Date": WEEK_AGO}, {"generated": "2026-07-20T00:00:00+00:00"}),
    }
    for name, (headers, known) in stale.items():
        yield Case(
            group="caches", name=name, ends="stale", script=say(answer(BOARD, headers=headers)),
            known={**KNOWN, **known},
        )  # fmt: skip
