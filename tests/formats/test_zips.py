"""Zip archives: what is read, and what is cut, damaged, locked or too large."""

from __future__ import annotations

import io
import zipfile

import pytest

from archiver.errors import ParseFailed
from archiver.formats import zips
from archiver.formats.sniff import inspect


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.mkdir("folder.csv")
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


FILES = {"../b.csv": b"1" * 1000, "a.txt": b"2", "c.csv": b""}


def test_only_files_of_the_suffix_in_their_order() -> None:
    assert zips.members(packed(FILES), ".csv") == [("../b.csv", b"1" * 1000), ("c.csv", b"")]


def test_each_cut_and_each_flipped_byte_of_the_content_is_told() -> None:
    body = packed({"b.csv": bytes(range(256))}, zipfile.ZIP_STORED)
    for end in range(len(body)):
        with pytest.raises(ParseFailed):
            zips.members(body[:end])
    start = body.index(bytes(range(256)))
    for at in range(start, start + 256, 16):
        with pytest.raises(ParseFailed, match="Bad CRC"):
            zips.members(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])


def test_a_bomb_stops_at_the_cap() -> None:
    with pytest.raises(ParseFailed, match="more than 1000 bytes"):
        zips.members(packed({"a": bytes(600), "b": bytes(600)}), most=1000)
    with pytest.raises(ParseFailed, match="more than 1000 bytes"):
        zips.members(packed({"a": bytes(50_000_000)}), most=1000)


def test_a_locked_file_is_a_failure() -> None:
    body = bytearray(packed({"a": b"secret"}, zipfile.ZIP_STORED))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = body.rindex(mark)
        body[start + at] |= 1  # the flag that says: encrypted
    with pytest.raises(ParseFailed, match="is encrypted"):
        zips.members(bytes(body))


def test_too_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MOST_MEMBERS", 2)
    with pytest.raises(ParseFailed, match="holds 4 files"):
        zips.members(packed(FILES))


def test_a_route_of_zips_takes_an_archive_or_a_text_file_of_it() -> None:
    body = packed(FILES)
    assert inspect(body, "zip") is None
    assert inspect(b"model,score\na,1\n", "zip") is None
    assert inspect(body[:-30], "zip") == (
        "truncated",
        f"The zip archive of {len(body) - 30} bytes lacks its directory: it was cut off.",
    )
    assert (inspect(b"<!doctype html><html><body>x</body></html>", "zip") or ("",))[0] == "wrong-type"
