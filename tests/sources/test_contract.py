"""What every source must hold: zero rows are a lie, a cut is told, nothing is dropped unsaid.

Each source is tried on each of its samples. What only it can know of its format (how a new field or a
renamed column looks there) stands in `tests/samples/SOURCE/mutations.py`:

- `with_new_field(sample, body, name)` gives the sample with one more field in each record, of value 7; None
  where the format gives fields no names;
- `renamed(sample, body)` yields what the error must name, and the sample with that column called otherwise.
"""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver import Archive, sources
from archiver.errors import ParseFailed
from archiver.records import Entry, Payload, Snapshot

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
CUTS = 60
NEW = "brand_new_field"

CHALLENGE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body>
<h1>Checking your browser</h1><noscript>JavaScript and cookies are needed to go on</noscript>
<script>window._cf_chl_opt = {cType: 'managed', cRay: '0'};</script></body></html>
"""
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d7a" * 16 + b"\nsize 18026\n"
NOTHING = {
    "empty": b"",
    "blank": b" \r\n\t\n ",
    "challenge": CHALLENGE,
    "pointer": POINTER,
    "zeros": bytes(4096),
}

URLS: dict[str, dict[str, str]] = {
    name: tomllib.loads(index.read_text("utf-8"))
    for name in sources.names()
    if (index := SAMPLES / name / "urls.toml").exists()
}
LISTED = [(name, file) for name, files in URLS.items() for file in files]
every_sample = pytest.mark.parametrize(("name", "file"), LISTED, ids=[f"{n}/{f}" for n, f in LISTED])


def parsed(name: str, body: bytes, url: str) -> list[Snapshot]:
    return list(sources.load(name).parse(Payload(body, url)))


def sample(name: str, file: str) -> tuple[bytes, str]:
    return (SAMPLES / name / file).read_bytes(), URLS[name][file]


def mutations(name: str) -> ModuleType:
    path = SAMPLES / name / "mutations.py"
    spec = importlib.util.spec_from_file_location(f"samples_{name}_mutations", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sources.names())
def test_every_source_has_samples_and_says_how_they_break(name: str) -> None:
    assert URLS.get(name)
    assert (SAMPLES / name / "mutations.py").exists()


@every_sample
def test_a_sample_has_rows_and_declared_boards(name: str, file: str) -> None:
    source = sources.load(name).SOURCE
    body, url = sample(name, file)
    assert source.route_of(url), f"no route of {name} owns {url}"
    snapshots = parsed(name, body, url)
    assert snapshots
    for snapshot in snapshots:
        assert snapshot.entries
        assert source.board(snapshot.board), f"{name} does not declare {snapshot.board}"
        assert snapshot.board.split("/")[0] == name
        assert snapshot.board == snapshot.board.lower()
        assert len(snapshot.board.split("/")) == 3
        assert [entry.position for entry in snapshot.entries] == list(range(1, len(snapshot.entries) + 1))
        assert all(entry.model.strip() == entry.model != "" for entry in snapshot.entries)
    assert len({snapshot.board for snapshot in snapshots}) == len(snapshots) or len(
        {(snapshot.board, snapshot.published_at) for snapshot in snapshots}
    ) == len(snapshots)


@pytest.mark.parametrize("what", NOTHING)
@every_sample
def test_what_is_no_board_is_a_failure_that_says_so(name: str, file: str, what: str) -> None:
    with pytest.raises(ParseFailed) as failed:
        parsed(name, NOTHING[what], URLS[name][file])
    assert str(failed.value).strip()


@every_sample
def test_a_cut_body_fails_is_held_or_is_a_prefix(name: str, file: str) -> None:
    body, url = sample(name, file)
    whole = {(snapshot.board, snapshot.published_at): snapshot for snapshot in parsed(name, body, url)}
    ends = {len(body) * cut // CUTS for cut in range(CUTS)} | {len(body) - 1, len(body) - 2}
    for end in sorted(ends):
        try:
            left = parsed(name, body[:end], url)
        except ParseFailed:
            continue
        for snapshot in left:
            if not any(finding.severity == "error" for finding in snapshot.findings):
                expected = whole.get((snapshot.board, snapshot.published_at))
                assert expected is not None, f"cut at {end}: {snapshot.board} is no board of the whole"
                assert_prefix(snapshot.entries, expected.entries, f"cut at {end} of {len(body)}")


def assert_prefix(left: Sequence[Entry], whole: Sequence[Entry], where: str) -> None:
    """Ranks counted by score depend on the rows below, so they are left out; the last row may lack extras."""
    assert len(left) <= len(whole), where
    for entry, expected in zip(left, whole, strict=False):
        bare = {"extra": None, "rank": None}
        assert entry._replace(**bare) == expected._replace(**bare), where
        lost = dict(expected.extra or {}).items() - dict(entry.extra or {}).items()
        assert dict(entry.extra or {}).items() <= dict(expected.extra or {}).items(), where
        assert not lost or entry is left[-1], where


@every_sample
def test_an_unknown_field_is_kept_and_reported(name: str, file: str) -> None:
    body, url = sample(name, file)
    changed = mutations(name).with_new_field(file, body, NEW)
    if changed is None:
        pytest.skip("this sample's format gives fields no names")
    before, after = parsed(name, body, url), parsed(name, changed, url)
    assert [snapshot.board for snapshot in after] == [snapshot.board for snapshot in before]
    assert not any(finding.code == "new-field" for snapshot in before for finding in snapshot.findings)
    for old, new in zip(before, after, strict=True):
        found = [finding for finding in new.findings if finding.code == "new-field"]
        assert [finding.severity for finding in found] == ["warning"]
        assert NEW in found[0].sentence
        for entry, same in zip(new.entries, old.entries, strict=True):
            extra = dict(entry.extra or {})
            assert str(extra.pop(NEW)) in ("7", "7.0")
            assert entry._replace(extra=extra) == same._replace(extra=dict(same.extra or {}))


@every_sample
def test_a_renamed_column_is_named(name: str, file: str) -> None:
    body, url = sample(name, file)
    for column, changed in mutations(name).renamed(file, body):
        assert changed != body, column
        with pytest.raises(ParseFailed) as failed:
            parsed(name, changed, url)
        assert column in str(failed.value)


@every_sample
def test_parse_is_pure(name: str, file: str, watched: list[str]) -> None:
    """The same bytes give the same answer, and no file, socket or process is touched on the way."""
    body, url = sample(name, file)
    first = parsed(name, body, url)  # loads what it needs of the libraries
    watched.clear()
    second = parsed(name, body, url)
    touched = list(watched)
    assert second == first
    assert touched == []


@pytest.fixture
def watched(auditing: dict[str, list[str] | None]) -> Any:
    auditing["seen"] = seen = []
    yield seen
    auditing["seen"] = None


@pytest.fixture(scope="session")
def auditing() -> Mapping[str, list[str] | None]:
    """An audit hook cannot be taken off again: one for the session, idle unless a test watches."""
    state: dict[str, list[str] | None] = {"seen": None}

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if (seen := state["seen"]) is not None and event.split(".")[0] in (
            "open",
            "os",
            "socket",
            "subprocess",
        ):
            seen.append(f"{event} {arguments[:1]}")

    sys.addaudithook(hook)
    return state


@pytest.mark.parametrize("name", sources.names())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_arbitrary_bytes_only_ever_fail_to_parse(name: str, data: st.DataObject) -> None:
    """What is near to a sound payload is tests/fuzz's matter."""
    url = data.draw(st.sampled_from(sorted(URLS.get(name, {}).values()) or [""]))
    body = data.draw(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
    try:
        for snapshot in parsed(name, body, url):
            assert snapshot.entries
    except ParseFailed as failed:
        assert str(failed).strip()


@pytest.mark.parametrize(
    ("board", "title"),
    [
        ("arena/text/overall", "Arena, Text"),
        ("arena/text/hard-prompts", "Arena, Text: hard prompts"),
        ("arena/agent/overall", "Arena, Agent"),
        ("livebench/2026-01-08/overall", "LiveBench: 2026-01-08"),
        ("livebench/2026-01-08/data-analysis", "LiveBench: 2026-01-08, data analysis"),
        ("superclue/ten-abilities/writing", "SuperCLUE: ten abilities, writing"),
        ("aider/polyglot/overall", "Aider polyglot"),
        ("aider/unheard/of", "aider/unheard/of"),
    ],
)
def test_what_a_board_is_called(board: str, title: str) -> None:
    assert sources.load(board.partition("/")[0]).SOURCE.title_of(board) == title


def test_no_two_boards_are_called_the_same(starter_home: Path) -> None:
    with Archive(starter_home) as archive:
        titles = [title for (title,) in archive.sql("SELECT title FROM boards").fetchall()]
    assert len(titles) == len(set(titles)) > 100
