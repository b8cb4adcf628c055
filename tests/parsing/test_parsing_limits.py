"""Payloads that eat memory, spin, crash or leave: each is its own error, and the next is read after it."""

from __future__ import annotations

import os
import pickle
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from archiver import Archive, ingest
from archiver.errors import ParseFailed
from archiver.parsing import Ask, Limits, Reader, at_hand, reading
from archiver.records import Payload, utc
from archiver.sources import Catalog
from tests.parsing.hostile import Hostile, pickled

SHORT = Limits(memory=700 << 20, cpu=2, seconds=20.0, answer=2 << 20)
"""Enough for a sound payload on a busy machine."""


@pytest.fixture
def reader() -> Iterator[Reader]:
    with reading(SHORT) as reader:
        yield reader


def ask(word: str) -> Ask:
    return Ask("hostile", Hostile(), lambda: Payload(word.encode(), "x.csv"))


def models(reader: Reader, word: str) -> list[str]:
    portions = reader.one("hostile", Hostile(), Payload(word.encode(), "x.csv"))
    return [
        entry.model
        for portion in portions
        for snapshot, _ in portion.snapshots()
        for entry in snapshot.entries
    ]


DEATHS = {
    "eat": "reading it took more than 700 MB of memory",
    "spin": "reading it took more than 2 s of processor time",
    "late": "reading it took more than 2 s of processor time",
    "crash": "the process that read it crashed (SIGSEGV)",
    "leave": "the parser stumbled: SystemExit: 3",
    "vanish": "the process that read it ended before it was done (exit code 4)",
    "recurse": "the parser stumbled: RecursionError: maximum recursion depth exceeded",
    "be_killed": "the process that read it was killed (SIGKILL), as the system does where memory runs out",
    "babble": "more was said of it than any board holds",
    "endless": "more was read from it than 2 MB",
    "half": "half a character: \\ud800",
    "stutter": "the process that read it ended before it was done (exit code 74)",
    "refuse": "not the board",
}


def test_whatever_a_payload_does_costs_that_payload_only(reader: Reader) -> None:
    words = [word for deed in DEATHS for word in (deed, f"sound-{deed}")]
    read: dict[str, str] = {}
    for word, portions in zip(words, reader.each(map(ask, words)), strict=True):
        try:
            [[(snapshot, _)]] = [list(portion.snapshots()) for portion in portions]
            read[word] = snapshot.entries[0].model
        except ParseFailed as error:
            read[word] = error.what
    assert read == {word: DEATHS.get(word, word) for word in words}


@pytest.mark.parametrize("word", ["sleep", "multiply"])
def test_a_payload_that_takes_too_long_is_given_up(word: str) -> None:
    limits = SHORT._replace(seconds=1.0)
    with reading(limits) as reader:
        assert models(reader, "sound") == ["sound"]  # the start does not count
        began = time.monotonic()
        with pytest.raises(ParseFailed, match=r"reading it took more than 1 s$"):
            models(reader, word)
        assert time.monotonic() - began < 30
        assert models(reader, "sound") == ["sound"]


def test_one_that_closes_its_pipe_and_stays_is_ended() -> None:
    with reading(SHORT._replace(seconds=1.0)) as reader:
        (first,) = models(reader, "where")
        began = time.monotonic()
        with pytest.raises(ParseFailed, match=r"the process that read it closed its pipe and stayed$"):
            models(reader, "hang_up")
        assert time.monotonic() - began < 30
        assert models(reader, "where") != [first]
        with pytest.raises(ProcessLookupError):
            os.kill(int(first), 0)


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="the processes of a group stand in /proc")
def test_what_a_payload_started_ends_with_it() -> None:
    with reading(SHORT._replace(seconds=1.0)) as reader:
        (first,) = models(reader, "where")
        with pytest.raises(ParseFailed, match=r"reading it took more than 1 s$"):
            models(reader, "multiply")
        ends = time.monotonic() + 30
        while alive(int(first)) and time.monotonic() < ends:
            time.sleep(0.01)
        assert not alive(int(first))


def alive(group: int) -> list[int]:
    """The processes of a group that run; the dead may wait for whoever takes note of it."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, _, its_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                found.append(int(folder.name))
    return found


def test_what_a_parser_prints_does_no_harm(reader: Reader) -> None:
    assert models(reader, "print") == ["printed"]


def test_a_process_is_kept_until_it_dies(reader: Reader) -> None:
    first = models(reader, "where")
    assert models(reader, "where") == first != [str(os.getpid())]
    with pytest.raises(ParseFailed):
        models(reader, "vanish")
    assert models(reader, "where") != first
    reader.close()
    kept = models(reader, "where")
    reader.close()
    with reading(SHORT) as another:
        assert models(another, "where") == kept


def test_what_is_not_taken_is_passed_over(reader: Reader) -> None:
    taken = [next(portions).shown[0].rows for portions in reader.each(map(ask, ["late", "sound"]))]
    assert taken == [10_000, 1]
    assert models(reader, "sound") == ["sound"]


def test_no_key_reaches_it(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTIFICIAL_ANALYSIS_API_KEY", "k-never-shown")
    with reading(SHORT._replace(cpu=3)) as fresh:
        names = {variable.partition("=")[0] for variable in models(fresh, "environment")}
    assert names <= {"MALLOC_ARENA_MAX", "LC_CTYPE"}


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="the kernel's filter is Linux's")
def test_it_reaches_no_network_starts_no_program_and_writes_no_file(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("as it was")
    with socket.create_server(("127.0.0.1", 0)) as server:
        came = models(reader, f"break_out {tmp_path}|{server.getsockname()[1]}")
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    refused = ("connect", "native", "run", "write", "change", "cut", "remove", "rename", "folder")
    assert came == [*(f"{name}:Operation not permitted" for name in refused), "read:done"]
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert (tmp_path / "there").read_text() == "as it was"


# ---- in an archive -----------------------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setattr(at_hand, "LIMITS", SHORT)
    archive = Archive(tmp_path / "a")
    archive.__dict__["catalog"] = Catalog({"hostile": Hostile()})
    yield archive
    archive.close()


def put(archive: Archive, folder: Path, name: str, body: bytes) -> None:
    file = folder / name
    file.write_bytes(body)
    archive.take(ingest.recordings("hostile", [file], utc("2026-01-01"), None, archive.catalog))


def test_what_was_ended_from_outside_is_read_by_the_next_load(archive: Archive, tmp_path: Path) -> None:
    room = tmp_path / "room"
    put(archive, tmp_path, "a.csv", f"need {room}".encode())
    put(archive, tmp_path, "b.csv", b"crash")
    assert {each.url: each.ended for each in archive.unread()} == {"a.csv": True, "b.csv": False}
    room.touch()
    put(archive, tmp_path, "c.csv", b"three")
    assert [each.url for each in archive.unread()] == ["b.csv"]
    listed = archive.sql("SELECT model_listed FROM entries ORDER BY 1").fetchall()
    assert listed == [("read at last",), ("three",)]
    assert archive.rebuild_difference() == []


def test_a_death_is_a_finding_and_the_bytes_are_kept(archive: Archive, tmp_path: Path) -> None:
    files = {"a.csv": b"one", "b.csv": b"crash", "c.csv": b"spin", "d.csv": b"two"}
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    found = ingest.recordings(
        "hostile", [tmp_path / name for name in files], utc("2026-01-01"), None, archive.catalog
    )
    taken = archive.take(found)
    assert [each.capture.outcome for each in taken if each.capture] == ["stored"] * 4
    assert {unread.url: unread.error for unread in archive.unread()} == {
        "b.csv": DEATHS["crash"],
        "c.csv": DEATHS["spin"],
    }
    kinds = archive.sql("SELECT kind, detail FROM gaps ORDER BY detail").fetchall()
    assert [kind for kind, _ in kinds] == ["payload unread"] * 2
    assert "SIGSEGV" in kinds[1][1]
    listed = archive.sql("SELECT model_listed FROM entries ORDER BY 1").fetchall()
    assert listed == [("one",), ("two",)]
    for each in taken:
        assert each.capture is not None
        body = archive.store.payload("hostile", str(each.capture.sha256))
        assert body == files[each.recording.name]


@pytest.mark.parametrize(
    ("name", "protocol"), [("elo_results_20240305.pkl", 4), ("elo_results_20240305.pkl", 0), ("board.csv", 2)]
)
def test_a_pickle_is_kept_and_never_opened(
    archive: Archive, tmp_path: Path, name: str, protocol: int
) -> None:
    mark = tmp_path / "opened"
    body = pickled(mark, protocol)
    put(archive, tmp_path, name, body)
    [unread] = archive.unread()
    assert unread.error == "a pickle is a program, not data: it is kept, and never opened"
    assert archive.store.payload("hostile", unread.payload_sha256) == body
    assert not mark.exists()


def test_the_pickle_of_this_test_would_leave_its_mark(tmp_path: Path) -> None:
    pickle.loads(pickled(tmp_path / "opened", 4))  # noqa: S301  # what is never done elsewhere
    assert (tmp_path / "opened").exists()
