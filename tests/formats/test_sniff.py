"""What stands in place of a board is told apart from a board; no sound recording is called a lie."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.formats.sniff import inspect
from archiver.records import REASONS
from archiver.sources import Media
from tests.ending import ends

RECORDINGS = Path(__file__).resolve().parents[2] / "../shared/payloads"
MEDIA = get_args(Media)
TEXTS = [media for media in MEDIA if media != "parquet"]


def page(body: str = "", title: str = "", head: str = "") -> bytes:
    heading = f"<head><title>{title}</title>{head}</head>"
    return f"<!DOCTYPE html>\n<html lang=en>{heading}<body>{body}</body></html>\n".encode()


BOARD = page("<table><tr><td>1</td><td>model-a</td></tr></table>", "Leaderboard")
PARQUET = b"PAR1" + b"\x15\x04" * 40 + (20).to_bytes(4, "little") + b"PAR1"

SOUND: list[tuple[str, bytes]] = [
    ("parquet", PARQUET),
    ("html", BOARD),
    ("html", b"\xef\xbb\xbf<!-- made by a tool -->" + BOARD),
    ("html", b"<table><tr><td>1</td></tr></table>"),
    ("html", page("<div id=root></div>", head='<script>self.__next_f.push([1,"{}"])</script>')),
    ("csv", b"model,score\na,1\n"),
    ("csv", b"\xef\xbb\xbfmodel;score\r\na;1\r\n"),
    ("csv", b'"[model](url)",score\n'),
    ("csv", b"[model],score\na,1\n"),
    ("json", b'{"a": [1, NaN, Infinity]}'),
    ("json", b'{"a": 1}\n{"a": 2}\n'),
    ("json", b"[]"),
    ("json", b'"text"'),
    ("json", b'{"title": "Just a moment...", "text": "_cf_chl_opt"}'),
    ("json", b'{"a": "{", "b": "<html>"}'),
    ("yaml", b"- model: a\n  score: 1\n"),
    ("yaml", b"{a: 1}"),
    ("markdown", b"<p align=center>A board</p>\n\n| a | b |\n|---|---|\n"),
    ("markdown", b"<!-- generated -->\n# Board\n"),
    ("markdown", b"[link](url)"),
    ("event-stream", b'event: complete\ndata: [{"headers": []}]\n\n'),
    ("event-stream", b": ping\n\n"),
]


@pytest.mark.parametrize(("media", "body"), SOUND)
def test_sound_bodies_pass(media: Media, body: bytes) -> None:
    assert inspect(body, media) is None
    assert inspect(body, None) is None


@pytest.mark.parametrize("media", [*MEDIA, None])
@pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\x00" * 512])
def test_nothing_in_it(media: Media | None, body: bytes) -> None:
    verdict = inspect(body, media)
    assert verdict and verdict[0] == "empty" and "content" in verdict[1]


@pytest.mark.parametrize("media", [*MEDIA, None])
def test_a_git_lfs_pointer(media: Media | None) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n".encode()
    verdict = inspect(pointer, media)
    assert verdict and verdict[0] == "lfs-pointer"


WRONG: list[tuple[str, bytes]] = [
    *((media, BOARD) for media in MEDIA if media != "html"),
    *((media, page("Sign in", "Sign in")) for media in MEDIA if media != "html"),
    *(
        (media, b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>")
        for media in ("csv", "json", "yaml")
    ),
    *((media, PARQUET) for media in TEXTS),
    *((media, gzip.compress(b"model,score\n", mtime=0)) for media in MEDIA if media != "gzip"),
    *((media, b"%PDF-1.7\n...") for media in MEDIA),
    ("html", b'{"error": "not found"}'),
    ("html", b"[1, 2]"),
    ("html", b"Entry not found"),
    ("csv", b'{"error": "not found"}'),
    ("csv", b"[[1, 2]]"),
    ("event-stream", b'{"detail": "queue full"}'),
    ("json", b"Entry not found"),
    ("json", b"model,score\na,1\n"),
    ("json", b"# Board"),
    ("parquet", b"Entry not found"),
    ("parquet", b'{"error": 1}'),
]


@pytest.mark.parametrize(("media", "body"), WRONG)
def test_a_body_of_another_kind(media: Media, body: bytes) -> None:
    verdict = inspect(body, media)
    assert verdict and verdict[0] == "wrong-type"


def test_each_cut_of_a_parquet_file() -> None:
    for end in range(1, len(PARQUET)):
        verdict = inspect(PARQUET[:end], "parquet")
        assert verdict and verdict[0] == ("truncated" if end >= 4 else "wrong-type"), end
    assert inspect(PARQUET[:4] + PARQUET[-20:], "parquet") is not None, "the footer is longer than the file"


def test_each_cut_of_json() -> None:
    text = json.dumps(
        {"models": [{"name": "a}", "score": 1.5, "ok": True}, {"name": "b", "tags": [[], {}]}]}
    ).encode()
    for end in range(1, len(text)):
        verdict = inspect(text[:end], "json")
        assert verdict and verdict[0] == "truncated", text[:end]
    assert inspect(text, "json") is None


@given(
    st.recursive(
        st.text("a]}[{", max_size=3),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("a}", max_size=2), inner),
    )
)
def test_json_is_no_lie_and_its_cuts_are_never_of_another_kind(value: object) -> None:
    """Where brackets within strings come out even, a cut may be left to the parser."""
    text = json.dumps([value]).encode()
    assert inspect(text, "json") is None
    assert {verdict[0] for end in range(1, len(text)) if (verdict := inspect(text[:end], "json"))} <= {
        "truncated"
    }


def test_json_that_is_broken_inside_is_left_to_the_parser() -> None:
    assert inspect(b'{"a": 1,, "b": 2}', "json") is None
    assert inspect(b"[" * 100_000 + b"]" * 100_000, "json") is None


def test_a_page_that_is_never_closed() -> None:
    verdict = inspect(BOARD[:-9], "html")
    assert verdict and verdict[0] == "truncated"
    assert inspect(BOARD.replace(b"</html>", b"</HTML >"), "html") is None


CHALLENGES = {
    "Cloudflare": [
        page(
            "<noscript>Enable JavaScript</noscript><script>window._cf_chl_opt={cType:'managed'}</script>",
            "Momento…",
        ),
        page("<h1>arena.example</h1><p>Verifying you are human.</p>", "Just a moment..."),
        page("<p>You are unable to access arena.example</p>", "Attention Required! | Cloudflare"),
    ],
    "Vercel": [page("<p>We're verifying your browser</p>", "Vercel Security Checkpoint")],
    "DataDome": [
        page(
            "<p>Please enable JS</p><script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>",
            "arena.example",
        ),
        b'{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=AHrl"}',
    ],
    "Akamai": [page('<div id="sec-if-cpt-container">One moment</div>')],
    "AWS WAF": [
        page('<script>window.gokuProps = {"key":"A"};</script><div id="challenge-container"></div>'),
        page('<div id="captcha-container"></div>', "Human Verification"),
    ],
    "PerimeterX": [page('<div id="px-captcha"></div>', "Access to this page has been denied")],
    "Imperva": [page('<iframe src="x">Request unsuccessful. Incapsula incident ID: 1-2</iframe>')],
    "Anubis": [
        page(
            '<script id="anubis_challenge" type="application/json">{}</script>',
            "Making sure you&#39;re not a bot!",
        )
    ],
    "Yandex SmartCaptcha": [page("Подтвердите, что запросы отправляли вы", "Вы не робот?")],
    "DDoS-Guard": [page("Checking", "DDoS-Guard")],
    "a bot guard": [page("Please wait", "Checking your browser before accessing arena.example")],
    "a captcha": [
        page('<form><div class="g-recaptcha" data-sitekey="k"></div></form>', "arena.example"),
        page('<form><div class="x h-captcha"></div></form>', "arena.example"),
        page('<div class="cf-turnstile"></div>', "arena.example"),
    ],
}


@pytest.mark.parametrize("media", [*MEDIA, None])
@pytest.mark.parametrize(
    ("who", "body"), [(who, body) for who, pages in CHALLENGES.items() for body in pages]
)
def test_challenges(media: Media | None, who: str, body: bytes) -> None:
    verdict = inspect(body, media)
    assert verdict and verdict[0] == "challenge" and who in verdict[1]


PROSE = "The board ranks models by the votes of people. " * 60
NOT_CHALLENGES = {
    "a beacon": page("<table><tr><td>1</td></tr></table><script>window.__CF$cv$params={r:'1',t:'2'};"
    "a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>", "Leaderboard"),
    "a beacon on a shell": page("<div id=root></div><script>self.__next_f.push([1,\"x\"])</script><script>"
    "window.__CF$cv$params={r:'1'}</script>", "Leaderboard"),
    "an article about them": page(f"<p>{PROSE} window._cf_chl_opt = x; id='px-captcha' too</p>",
    "Just a moment..."),
    "a captcha in a form": page("<table><tr><td>1</td></tr></table><div class='cf-turnstile'></div>", "Vote"),
    "a captcha's name in a script": page("<p>Board</p><script>var x = '<div class=\"g-recaptcha\">'"
    "</script>", "Vote"),
    "a guard's tag": page("<table></table><script src='https://js.datadome.co/tags.js'></script>"
    "<script src='https://x.edge.sdk.awswaf.com/challenge.js'></script>", "Vote"),
    "a policy that names one": page(f"<p>{PROSE}</p>", "Board",
    "<meta content='frame-src captcha-delivery.com'>"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_CHALLENGES)
def test_pages_that_only_mention_a_guard(name: str) -> None:
    assert inspect(NOT_CHALLENGES[name], "html") is None


HOSTILE = [
    "<!--",
    "<script>",
    "<title>",
    "<",
    "<style ",
    " ",
    "\n<?xml ",
    "{",
    "[",
    "<svg><",
    'class="',
    "<!-- -->",
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("start", [b"", b"<html><title>Just a moment...</title>"])
def test_no_page_takes_long(piece: str, start: bytes) -> None:
    body = start + piece.encode() * (500_000 // len(piece))
    with ends():
        for media in ("html", "json", "csv"):
            inspect(body, media)


@given(st.binary(max_size=200) | st.text(alphabet="<>/!-\"'{}[]html \n", max_size=99).map(str.encode))
@example(b"<")
@example(b"PAR1")
@example(b"PAR1PAR1")
@example(b"{")
def test_any_bytes_have_a_verdict_of_the_set(body: bytes) -> None:
    for media in (*MEDIA, None):
        verdict = inspect(body, media)
        assert verdict is None or (verdict[0] in REASONS and verdict[1].endswith("."))


KINDS = {
    "md": "markdown",
    "csv": "csv",
    "tsv": "csv",
    "json": "json",
    "parquet": "parquet",
    "yml": "yaml",
    "html": "html",
}


@pytest.mark.shared
def test_of_all_recordings_only_the_challenge_is_a_lie() -> None:
    index = RECORDINGS / "index.tsv"
    if not index.is_file():
        pytest.skip("the recordings beside the checkout are not here")
    seen, flagged = 0, {}
    with index.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            name, body = row["file"], (RECORDINGS / row["file"]).read_bytes()
            if name.endswith(".gz"):
                name, body = name.removesuffix(".gz"), gzip.decompress(body)
            media = KINDS.get(name.rpartition(".")[2])
            if verdict := inspect(body, media):  # type: ignore[arg-type]  # a Media or None
                flagged[name] = verdict[0]
            seen += 1
    assert seen > 1000
    assert flagged == {"arena/page/2026-01-03_challenge.html": "challenge"}
