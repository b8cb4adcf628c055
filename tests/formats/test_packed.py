"""Gzip from strangers: whole, cut, damaged, or a bomb; and what a sniff says of it."""

from __future__ import annotations

import gzip

import pytest

from archiver.errors import ParseFailed
from archiver.formats import packed
from archiver.formats.sniff import inspect

WHOLE = gzip.compress(b"model,score\nGigaChat,31.4\n", mtime=0)


def test_what_is_packed_comes_back_of_several_members_too() -> None:
    assert packed.gunzip(WHOLE) == b"model,score\nGigaChat,31.4\n"
    assert packed.gunzip(WHOLE + gzip.compress(b"Alice,30\n")).endswith(b"31.4\nAlice,30\n")


@pytest.mark.parametrize("end", [2, 9, len(WHOLE) - 9, len(WHOLE) - 1])
def test_what_is_cut_off_fails(end: int) -> None:
    with pytest.raises(ParseFailed, match=f"gzip file of {end} bytes cannot be unpacked"):
        packed.gunzip(WHOLE[:end])


@pytest.mark.parametrize("body", [WHOLE[:-5] + b"\0" * 5, b"model,score\n", b"\0" * 4096])
def test_what_is_damaged_or_not_packed_fails(body: bytes) -> None:
    with pytest.raises(ParseFailed, match="cannot be unpacked"):
        packed.gunzip(body)


def test_nothing_is_no_file() -> None:
    with pytest.raises(ParseFailed, match="empty"):
        packed.gunzip(b"")


def test_a_bomb_is_stopped_at_the_cap() -> None:
    with pytest.raises(ParseFailed, match="more than the 1000 bytes"):
        packed.gunzip(gzip.compress(bytes(10_000_000)), most=1000)
    assert packed.gunzip(gzip.compress(bytes(1000)), most=1000) == bytes(1000)


def test_a_route_of_packed_files_takes_nothing_else() -> None:
    assert inspect(WHOLE, "gzip") is None
    assert inspect(b"model,score\n1,2\n", "gzip") == (
        "wrong-type",
        "The body (16 bytes) is something else, where this route serves gzip data.",
    )
    page = inspect(b"<!doctype html><html><body>Not found</body></html>", "gzip")
    assert page is not None
    assert page[0] == "wrong-type"
    verdict = inspect(WHOLE, "csv")
    assert verdict is not None
    assert "gzip data, where this route serves CSV" in verdict[1]
