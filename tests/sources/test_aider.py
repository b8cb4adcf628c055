"""Aider: which board a file is, what tells its runs apart, and every recorded version."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.aider import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/aider"
RECORDINGS = HERE.parents[2] / "../shared/payloads/aider"

# Records a version, counted with grep in each file.
COUNTS = {
    "edit": (15, 21, 29, 32, 38, 44, 52, 61, 71, 83),
    "polyglot": (
        *(10, 11, 12, 15, 16, 18, 22, 24, 26, 28, 29, 30),
        *(32, 34, 39, 39, 42, 46, 48, 50, 55, 59, 60, 61),
    ),
    "refactor": (5, 6, 8, 9, 10),
}


def read(body: bytes, url: str = "") -> Snapshot:
    [snapshot] = parse(Payload(body, url))
    return snapshot


def sample(track: str) -> bytes:
    return (SAMPLES / f"{track}_leaderboard.yml").read_bytes()


@pytest.mark.parametrize("track", COUNTS)
def test_the_board_is_told_by_the_name_or_else_by_the_size(track: str) -> None:
    for url in (*SOURCE.routes[0].captures, f"{track}_leaderboard@2025-01-01-abc.yml", "file.yml", ""):
        if track in url or "leaderboard" not in url:
            assert read(sample(track), url).board == f"aider/{track}/overall"


def test_a_board_is_never_guessed() -> None:
    sizeless = sample("edit").replace(b"test_cases: 13", b"test_cases: 40")
    with pytest.raises(ParseFailed, match="neither the name nor the benchmark's size"):
        read(sizeless, "file.yml")
    assert read(sizeless, "edit_leaderboard.yml").board == "aider/edit/overall"
    with pytest.raises(ParseFailed, match="the name says edit, but the records"):
        read(sample("polyglot"), "edit_leaderboard.yml")
    with pytest.raises(ParseFailed, match=r"o1_polyglot_leaderboard\.yml is none of the"):
        read(sample("polyglot"), "https://example.org/_data/o1_polyglot_leaderboard.yml")


def test_addresses_of_the_route() -> None:
    raw = "https://raw.githubusercontent.com/Aider-AI/aider"
    assert SOURCE.route_of(f"{raw}/2b1625e3/aider/website/_data/polyglot_leaderboard.yml")
    assert SOURCE.route_of("polyglot_leaderboard@2024-12-22-2b1625e3.yml")
    assert not SOURCE.route_of(f"{raw}/main/aider/website/_data/o1_polyglot_leaderboard.yml")
    assert not SOURCE.route_of("https://example.org/polyglot_leaderboard.yml")


def test_no_two_entries_are_the_same_and_settings_are_said() -> None:
    entries = read(sample("polyglot")).entries
    assert len({(entry.model, entry.variant) for entry in entries}) == len(entries)
    variants = {entry.model: entry.variant for entry in entries}
    assert variants["thinker-2 + northwind-4"] == "architect, editor northwind-4 (editor-diff)"
    assert variants["thinker-2 (high)"] == "diff, effort high, 32000 thinking tokens"


def test_a_commit_that_looks_like_a_number_stays_text_and_a_cost_of_nothing_is_unknown() -> None:
    entries = read(sample("polyglot")).entries
    extras = [entry.extra or {} for entry in entries]
    assert [extra["commit_hash"] for extra in extras[:3]] == ["1234567", "2e10, a755079-dirty", "2e10"]
    assert [extra.get("total_cost", "absent") for extra in extras[:4]] == [0.3236, 14.4063, None, 13.2933]
    assert "total_cost" not in extras[5]
    assert extras[0]["versions"] == "0.70.10"
    assert extras[0]["test_cases"] == 225


def test_a_record_without_the_metric_is_kept_without_a_rank_and_said() -> None:
    snapshot = read(sample("polyglot"))
    last = snapshot.entries[-1]
    assert (last.model, last.score, last.rank) == ("unfinished-model", None, None)
    [finding] = snapshot.findings
    assert (finding.code, finding.severity) == ("no-metric", "note")
    assert finding.figures == {"records": 1, "models": ["unfinished-model"]}


def test_a_cut_in_the_last_value_is_seen() -> None:
    body = sample("refactor")
    assert read(body).findings == []
    for cut in range(1, 5):
        assert ("unfinished", "error") in [
            (found.code, found.severity) for found in read(body[:-cut]).findings
        ]
    with pytest.raises(ParseFailed, match="'seconds_per_case' is not in the table"):
        read(body[: body.rindex(b"  seconds_per_case")])


def test_a_record_that_lacks_a_key_which_others_have_is_kept() -> None:
    body = sample("edit").replace(b"  command: aider --model northwind-1\n", b"")
    snapshot = read(body)
    assert len(snapshot.entries) == 3
    assert "command" not in (snapshot.entries[1].extra or {})
    with pytest.raises(ParseFailed, match="Row 2 has no 'model'"):
        read(sample("edit").replace(b"  model: northwind-1\n", b""))


def test_a_key_twice_is_refused() -> None:
    with pytest.raises(ParseFailed, match="'model' stands twice"):
        read(sample("edit").replace(b"  model: tiny", b"  model: other\n  model: tiny"))


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[Snapshot]]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return {
        track: [read(path.read_bytes(), path.name) for path in sorted((RECORDINGS / track).glob("*.yml"))]
        for track in COUNTS
    }


@pytest.mark.shared
@pytest.mark.parametrize("track", COUNTS)
def test_every_recorded_version_is_read_whole(recorded: dict[str, list[Snapshot]], track: str) -> None:
    assert tuple(len(snapshot.entries) for snapshot in recorded[track]) == COUNTS[track]
    facts = SOURCE.boards[f"aider/{track}/overall"]
    for snapshot in recorded[track]:
        assert snapshot.board == f"aider/{track}/overall"
        assert snapshot.metric == facts.metric
        assert snapshot.findings == []
        assert facts.rows[0] <= len(snapshot.entries) <= facts.rows[1]
        assert len({(entry.model, entry.variant) for entry in snapshot.entries}) == len(snapshot.entries)
        assert all(entry.rank and entry.score is not None and entry.variant for entry in snapshot.entries)


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(recorded: dict[str, list[Snapshot]]) -> None:
    def places(snapshot: Snapshot) -> dict[str, tuple[int, int | None, float | None]]:
        return {f"{e.model} {e.variant}": (e.position, e.rank, e.score) for e in snapshot.entries}

    first, last = places(recorded["polyglot"][0]), places(recorded["polyglot"][-1])
    assert first["o1-2024-12-17 diff"] == (4, 1, 61.7)
    assert first["claude-3-5-sonnet-20241022 diff"] == (2, 2, 45.3)
    assert first["gpt-4o-mini-2024-07-18 whole"] == (1, 10, 3.6)
    assert last["o3-pro (high) diff, effort high"] == (61, 1, 84.9)
    assert last["gemini-2.5-pro-preview-06-05 (32k think) diff-fenced, 32768 thinking tokens"] == (
        56,
        2,
        83.1,
    )
    assert last["o3 (high) + gpt-4.1 architect, editor gpt-4.1 (editor-diff), effort high"] == (60, 5, 78.2)
    assert last["Gemini 2.5 Pro Preview 05-06 diff-fenced"] == (46, 6, 76.9)  # shared with o3
    assert last["o3 diff"] == (59, 6, 76.9)
    assert last["gpt-4o-mini-2024-07-18 whole"] == (2, 61, 3.6)
    first, last = places(recorded["edit"][0]), places(recorded["edit"][-1])
    assert first["claude-3-opus-20240229 diff"] == (1, 1, 68.4)
    assert (first["gpt-4-0125-preview udiff"], first["gpt-4-0314 diff"]) == ((9, 3, 66.2), (10, 3, 66.2))
    assert first["command-r-plus whole"] == (15, 15, 31.6)
    assert last["claude-3-5-sonnet-20241022 diff"][1:] == (1, 84.2)
    first, last = places(recorded["refactor"][0]), places(recorded["refactor"][-1])
    assert first["claude-3-opus-20240229 diff"] == (2, 1, 72.3)
    assert first["gpt-4-turbo-2024-04-09 udiff"] == (3, 5, 34.1)
    assert (last["gemini/gemini-1.5-pro-latest diff-fenced"], last["gpt-4o-2024-08-06 diff"]) == (
        (1, 5, 49.4),
        (10, 5, 49.4),
    )
    assert last["gpt-4-turbo-2024-04-09 (diff) diff"] == (7, 10, 21.4)
