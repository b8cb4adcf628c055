"""Captures out as WARC and back: read by warcio's own check, replayed by pywb, taken in again."""

from __future__ import annotations

import gzip
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archiver import Archive, warc
from archiver.errors import UsageError
from archiver.records import Capture, Hop, Reply

START = datetime(2026, 7, 20, 9, 0, 0, 250_000, tzinfo=UTC)
README = "https://raw.githubusercontent.com/VikhrModels/ru_llm_arena/master/README.md"
SITE = "https://llmarena.ru/config"
FILES = Path(__file__).parents[1] / "samples"
BOARD = next(FILES.glob("ru_llm_arena/*.md")).read_bytes()
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


def reply(body: bytes | None, hours: int, url: str = README, **facts: object) -> Reply:
    given: dict[str, object] = {"status": 200, "headers": (("Content-Type", "text/plain; charset=utf-8"),)}
    return Reply(url=url, captured_at=START + timedelta(hours=hours), body=body, **{**given, **facts})  # type: ignore[arg-type]


def fill(archive: Archive) -> list[Capture]:
    """One of each: new, the same bytes, 304, behind a redirect, an imported file, a challenge, nothing."""
    coded = (("Content-Type", "text/plain"), ("Content-Encoding", "gzip"), ("Content-Length", "77"))
    moved = Hop(302, README, "https://raw.example/x.md")
    replies = [
        ("ru_llm_arena", "readme", reply(BOARD, 0, headers=coded, seconds=0.25)),
        ("ru_llm_arena", "readme", reply(BOARD, 6)),
        (
            "ru_llm_arena",
            "readme",
            reply(None, 12, not_modified=True, status=304, headers=(("ETag", '"a"'),)),
        ),
        (
            "ru_llm_arena",
            "readme",
            reply(BOARD + b"\n", 18, hops=(moved,), final_url="https://raw.example/x.md"),
        ),
        ("ru_llm_arena", "readme", reply(BOARD, 24)),
        ("ru_llm_arena", "readme", reply(BOARD * 2, 30, "a file.md", status=None, headers=(), via="import")),
        ("llmarena_ru", "queue", reply(CHALLENGE, 1, SITE, reason="challenge", detail="a guard", status=403)),
        ("llmarena_ru", "queue", reply(None, 7, SITE, reason="timeout", detail="30 s passed", status=None)),
    ]
    return [archive.store.keep(source, route, each) for source, route, each in replies]


def told(captures: list[Capture]) -> list[tuple[object, ...]]:
    return sorted(
        (one.source, one.route, one.url, one.captured_at, one.outcome, one.reason or "", one.sha256 or "")
        for one in captures
    )


def lines(archive: Archive) -> list[Capture]:
    return [line for line in archive.store.lines() if isinstance(line, Capture)]


@pytest.fixture
def exported(tmp_path: Path) -> tuple[Archive, Path]:
    archive = Archive(tmp_path / "one")
    fill(archive)
    target = tmp_path / "captures.warc.gz"
    written = archive.export_warc(target)
    assert written == (8, 4, 3, 1)
    return archive, target


def test_records_are_what_the_standard_asks(exported: tuple[Archive, Path]) -> None:
    _, target = exported
    run = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", target],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "failed" not in run.stdout and run.stdout.count("digest pass") >= 8
    with target.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds.count("revisit") == 3 and kinds.count("metadata") == 8 and kinds.count("resource") == 1
    assert kinds[0] == "warcinfo" and kinds.count("response") == 4  # one of them a redirect


def test_bodies_are_exact_and_codings_are_named_as_gone(exported: tuple[Archive, Path]) -> None:
    _, target = exported
    with target.open("rb") as file:
        first = next(record for record in ArchiveIterator(file) if record.rec_type == "response")
        assert first.content_stream().read() == BOARD
    headers = dict(first.http_headers.headers)
    assert (
        headers["X-Archive-Orig-Content-Encoding"] == "gzip"
        and headers["X-Archive-Orig-Content-Length"] == "77"
    )
    assert headers["Content-Length"] == str(len(BOARD)) and "Content-Encoding" not in headers


def test_they_come_back_as_the_same_captures(exported: tuple[Archive, Path], tmp_path: Path) -> None:
    archive, target = exported
    with Archive(tmp_path / "two") as other:
        taken = other.take_warc([target])
        assert [each.why_not for each in taken] == [""] * 7
        # What got no bytes is told of in the file, but is no evidence that another archive could keep.
        assert told(lines(other)) == told([line for line in lines(archive) if line.reason != "timeout"])
        assert all(each.held_already for each in other.take_warc([target]))
        boards = other.sql("SELECT DISTINCT board FROM contents").fetchall()
    assert boards, "what was taken is read"


def test_the_same_captures_give_the_same_bytes(exported: tuple[Archive, Path], tmp_path: Path) -> None:
    archive, target = exported
    archive.export_warc(tmp_path / "again.warc.gz")
    assert (tmp_path / "again.warc.gz").read_bytes() == target.read_bytes()
    archive.export_warc(tmp_path / "plain.warc")
    assert gzip.decompress(target.read_bytes()) == (tmp_path / "plain.warc").read_bytes()


def test_bounds_and_sources_choose(exported: tuple[Archive, Path], tmp_path: Path) -> None:
    archive, _ = exported
    written = archive.export_warc(
        tmp_path / "some.warc",
        "ru_llm_arena",
        since=START + timedelta(hours=6),
        until=START + timedelta(hours=12),
    )
    assert written == (2, 1, 1, 0), "the first of them has the body, whatever came before"
    with pytest.raises(UsageError, match="nothing was written"):
        archive.export_warc(tmp_path / "none.warc", until="2020-01-01")
    with pytest.raises(UsageError, match="nobody"):
        archive.export_warc(tmp_path / "none.warc", "nobody")
    assert not list(tmp_path.glob("*none*"))


def foreign(path: Path, *, body: bytes = BOARD, uri: str = README) -> None:
    """A file as a crawler writes it: a request, a gzipped and chunked response, a redirect, a revisit."""
    packed = gzip.compress(body, mtime=0)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    head = [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "x")], is_http_request=True)
        writer.write_record(writer.create_warc_record(uri, "request", io.BytesIO(), 0, http_headers=asked))
        moved = StatusAndHeaders("301 Moved", [("Location", uri)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record("http://old.example/", "response", io.BytesIO(), 0, http_headers=moved)
        )
        good = StatusAndHeaders("200 OK", head, protocol="HTTP/1.1")
        dated = {"WARC-Date": "2026-07-20T09:00:00Z"}
        response = writer.create_warc_record(
            uri,
            "response",
            payload=io.BytesIO(chunked),
            length=len(chunked),
            http_headers=good,
            warc_headers_dict=dated,
        )
        writer.write_record(response)
        digest = response.rec_headers.get_header("WARC-Payload-Digest")
        for day, called in ((21, digest), (22, "sha1:" + "A" * 32)):
            again = writer.create_revisit_record(uri, called, "http://gone.example/", "2026-01-01T00:00:00Z")
            again.rec_headers.replace_header("WARC-Date", f"2026-07-{day}T09:00:00Z")
            writer.write_record(again)
        writer.write_record(
            writer.create_warc_record(
                "https://other.example/", "resource", payload=io.BytesIO(b"x"), length=1
            )
        )


def test_files_of_other_web_archives(tmp_path: Path) -> None:
    foreign(tmp_path / "crawl.warc.gz")
    with Archive(tmp_path / "archive") as archive:
        taken = archive.take_warc([tmp_path / "crawl.warc.gz"])
        kept = [each.capture for each in taken if each.capture]
        assert [(one.outcome, one.captured_at.day, one.status) for one in kept] == [
            ("stored", 20, 200),
            ("unchanged", 21, None),
        ]
        assert archive.store.payload("ru_llm_arena", kept[0].sha256 or "") == BOARD
        assert [each.why_not for each in taken if each.capture is None] == [
            "the record that it repeats is not in this file before it",
            "its address belongs to no source",
        ]


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_compressed_file_that_ends_in_the_middle(
    exported: tuple[Archive, Path], tmp_path: Path, cut: int
) -> None:
    whole = exported[1].read_bytes()
    broken = tmp_path / "cut.warc.gz"
    broken.write_bytes(whole[: len(whole) // 2 + cut])
    with (
        Archive(tmp_path / "two") as archive,
        pytest.raises(UsageError, match=r"cut\.warc\.gz cannot be read"),
    ):
        archive.take_warc([broken])
    assert not lines(archive)


def test_a_plain_file_that_ends_in_a_body(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "one")
    fill(archive)
    archive.export_warc(tmp_path / "whole.warc")
    whole = (tmp_path / "whole.warc").read_bytes()
    (tmp_path / "cut.warc").write_bytes(whole[: whole.rindex(BOARD) + len(BOARD) - 9])
    with (
        Archive(tmp_path / "two") as other,
        pytest.raises(
            UsageError, match=r"cut\.warc cannot be read as WARC: a record ends [\d,]+ bytes too early"
        ),
    ):
        other.take_warc([tmp_path / "cut.warc"])
    assert lines(other), "what stood before the cut is kept"
    assert all(other.store.payload(line.source, line.sha256) for line in lines(other) if line.sha256)


def test_a_record_of_another_length_than_it_says(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its body would be cut and look whole; and what warcio prints of it would reach a terminal as it is."""
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + BOARD
    record = (
        b"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        b"WARC-Target-URI: https://board.example/\x1b[31m red\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
        b"Content-Length: %d\r\n\r\n%b\r\n\r\n"
    )
    path = tmp_path / "short.warc"
    for before, short in ((0, 4), (1, 4), (2, 40)):
        path.write_bytes(record % (len(body), body) * before + record % (len(body) - short, body))
        found: list[warc.Found] = []
        with pytest.raises(UsageError, match="cannot be read as WARC"):
            found.extend(warc.read(path))
        assert [each.reply and each.reply.body for each in found] == [BOARD] * before
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_no_web_archive(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(b"not a WARC at all\r\n\r\n")
    with Archive(tmp_path / "two") as archive, pytest.raises(UsageError, match="cannot be read as WARC"):
        archive.take_warc([tmp_path / "x.warc"])


@contextmanager
def replaying(folder: Path, target: Path) -> Iterator[str]:
    """pywb over an exported file, on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = "import sys; from pywb.manager.manager import main; main(sys.argv[1:])"
    for words in (["init", "boards"], ["add", "boards", str(target)]):
        subprocess.run([sys.executable, "-c", code, *words], cwd=folder, check=True, capture_output=True)
    code = "import sys; from pywb.apps.cli import wayback; wayback(sys.argv[1:])"
    command = [sys.executable, "-c", code, "-p", str(port), "-b", "127.0.0.1"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, "PYTHONWARNINGS": ""}
        )
    try:
        deadline = time.monotonic() + 60
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None and time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/boards"
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


def test_pywb_replays_it(exported: tuple[Archive, Path], tmp_path: Path) -> None:
    folder = tmp_path / "pywb"
    folder.mkdir()
    with replaying(folder, exported[1]) as site, requests.Session() as session:
        session.trust_env = False
        for hour, body in ((9, BOARD), (15, BOARD), (21, BOARD)):
            answer = session.get(
                f"{site}/20260720{hour:02}0000id_/{README}", allow_redirects=False, timeout=30
            )
            assert (answer.status_code, answer.content) == (200, body), f"hour {hour}"
        moved = session.get(f"{site}/20260721030000id_/{README}", allow_redirects=False, timeout=30)
        assert moved.status_code == 302 and "raw.example/x.md" in moved.headers["Location"]
        there = session.get(f"{site}/20260721030000id_/https://raw.example/x.md", timeout=30)
        assert there.content == BOARD + b"\n"
