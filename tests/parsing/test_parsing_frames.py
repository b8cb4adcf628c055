"""What crosses between the two processes: it comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import ArchiverError
from archiver.parsing import Limits, reading
from archiver.parsing.frames import Garbled, framed, heard
from archiver.parsing.portions import portions, understood, written
from archiver.records import Entry, Finding, Payload, Snapshot, utc
from tests.parsing.hostile import Hostile

WHOLE = Snapshot(
    board="one/main/overall",
    entries=[
        Entry(1, "модель", "Сбер", "32k", 2, 1, 4, 1345.678901234, 1340.0, 1350.5, 2**40, "MIT", {"б": []}),
        Entry(2, "bare", competitor=False),
    ],
    published_at=utc("2026-07-20T11:04:33.123456"),
    rank_kind="by-score",
    metric="points",
    declared_total=7,
    complete=False,
    layout="old",
    notes={"votes": 7},
)  # fmt: skip
FOUND = [Finding("excerpt", "note", "An excerpt.", {"rows": 2}), Finding("plain", "error", "A word.")]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def sent(snapshots: list[Snapshot]) -> tuple[list[object], bytearray]:
    (portion,) = portions((one, FOUND) for one in snapshots)
    shown, body = written(portion)
    return json.loads(json.dumps(shown)), bytearray(body)


def test_a_snapshot_comes_back_as_it_was() -> None:
    empty = Snapshot(board="one/main/empty", entries=[])
    portion = understood(*sent([WHOLE, empty, WHOLE]))
    assert list(portion.snapshots()) == [(WHOLE, FOUND), (empty, FOUND), (WHOLE, FOUND)]
    assert [one.competitors for one in portion.shown] == [1, 0, 1]


@given(place=st.integers(0, 12), value=JSON)
def test_a_snapshot_is_taken_whole_or_not_at_all(place: int, value: object) -> None:
    shown, body = sent([WHOLE])
    assert isinstance(shown[0], list)
    shown[0][place] = value
    try:
        understood(shown, body)
    except Garbled:
        return
    assert type(value) in (str, int, bool, type(None), list)


@given(st.data())
def test_columns_that_were_changed_on_the_way_are_refused_or_sound(data: st.DataObject) -> None:
    shown, body = sent([WHOLE])
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] ^= data.draw(st.integers(1, 255))
    try:
        portion = understood(shown, body)
    except Garbled:
        return
    assert portion.rows.num_rows == 2


@pytest.mark.parametrize("said", [b"", b"\xff", b"[" * 100_000, b"[]", b"7", b'{"a":'])
def test_what_is_no_object_is_no_frame(said: bytes) -> None:
    with pytest.raises(Garbled):
        heard(said)


def test_half_a_character_is_not_sent() -> None:
    with pytest.raises(UnicodeEncodeError):
        framed({"board": "\ud800"}, 0)


def test_a_process_that_cannot_start_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no interpreter here >&2\nexit 1\n")
    broken.chmod(0o755)
    for executable in (broken, tmp_path / "nowhere"):
        monkeypatch.setattr("sys.executable", str(executable))
        with reading(Limits(cpu=7)) as reader, pytest.raises(ArchiverError) as raised:
            list(reader.one("hostile", Hostile(), Payload(b"one", "x.csv")))
        assert "to parse payloads" in str(raised.value) or "no interpreter here" in str(raised.value)
        assert raised.value.kept
