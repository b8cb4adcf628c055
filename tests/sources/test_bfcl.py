"""BFCL: versions told by their columns, FC and Prompt, the misprinted header, and every recorded version."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Entry, Payload, Snapshot
from archiver.sources.bfcl import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/bfcl"
RECORDINGS = HERE.parents[2] / "../shared/payloads/bfcl"

# Lines below the header, counted in each file apart from the parser.
COUNTS = {
    "data_v1": (22, 28, 29, 32, 39, 44, 44, 47),
    "data_overall": (60, 71, 70, 70, 80, 89, 93, 97, 109, 110, 111, 116, 117, 119, 121, 121),
}


def read(body: bytes, url: str = "") -> Snapshot:
    [snapshot] = parse(Payload(body, url))
    return snapshot


def codes(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in snapshot.findings]


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


@pytest.mark.parametrize("version", ["v4", "v3", "v2_combined", "v1", "v1_misprinted"])
def test_the_columns_tell_the_version(version: str) -> None:
    snapshot = read(sample(f"{version}.csv"))
    assert snapshot.board == f"bfcl/{version[:2]}/overall"
    assert [entry.rank for entry in snapshot.entries] == [1, 2, 3, 4, 5, 6]
    assert snapshot.entries[4].score == 40.05
    assert snapshot.entries[4].license is None  # printed as N/A


def test_the_call_is_the_variant_and_the_rest_is_the_model() -> None:
    listed = [(entry.model, entry.variant) for entry in read(sample("v3.csv")).entries]
    assert listed == [
        ("Thinker-2-20250301", "FC"),
        ("Thinker-2-20250301", "Prompt"),
        ("Taiga/Кедр-70B", "FC, Novita"),
        ("QuietAgent", None),
        ("Boreal-v1.5", "FC tools-2025-01-15"),
        ("Drift-1b", "Prompt"),
    ]


def test_one_renamed_column_does_not_make_it_an_older_version() -> None:
    with pytest.raises(ParseFailed, match="'Web Search Acc' is not in the table"):
        read(sample("v4.csv").replace(b"Web Search Acc", b"Web Search Accuracy"))
    with pytest.raises(ParseFailed, match="'Multi Turn Acc' is not in the table"):
        read(sample("v3.csv").replace(b"Multi Turn Acc", b"Multi Turn"))


def test_the_misprinted_header_is_read_by_what_the_rows_hold() -> None:
    snapshot = read(sample("v1_misprinted.csv"))
    assert codes(snapshot) == [("misprinted-header", "note")]
    first = snapshot.entries[0]
    assert (first.model, first.organization, first.score) == ("Thinker-2-20250301", "Northwind", 71.2)
    assert (first.extra or {})["AST Summary"] == 79.5
    assert (first.extra or {})["Model Link"] == "https://example.org/1"


def test_shifted_columns_are_no_board() -> None:
    header, *rows = sample("v3.csv").split(b"\n")
    swapped = header.replace(b"Overall Acc,Model,", b"Model,Overall Acc,")
    with pytest.raises(ParseFailed, match="columns seem to be shifted"):
        read(b"\n".join([swapped, *rows]))


def test_a_last_cell_that_may_be_cut() -> None:
    whole = sample("v3.csv")
    assert codes(read(whole)) == []
    assert codes(read(whole[:-3])) == [("unfinished", "error")]
    snapshot = read(sample("v1.csv"))
    assert codes(snapshot) == [("last-cell", "note")]
    assert "Latency 95th Percentile (s)" not in (snapshot.entries[-1].extra or {})
    assert codes(read(sample("v1.csv") + b"\n")) == []


def test_an_accuracy_that_is_not_there_has_no_score() -> None:
    entry = read(sample("v3.csv").replace(b"12.34%", b"N/A")).entries[-1]
    assert (entry.rank, entry.score) == (6, None)


def test_addresses_of_the_route() -> None:
    raw = "https://raw.githubusercontent.com/ShishirPatil/gorilla/gh-pages"
    for url in (*SOURCE.routes[0].captures, f"{raw}/data_combined_Sep_20_2024.csv", "data@2024-04-01.csv"):
        assert SOURCE.route_of(url)
    for url in (f"{raw}/data_live.csv", "https://example.org/data_overall.csv"):
        assert not SOURCE.route_of(url)


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[Snapshot]]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return {
        folder: [read(path.read_bytes(), path.name) for path in sorted((RECORDINGS / folder).glob("*.csv"))]
        for folder in COUNTS
    }


@pytest.mark.shared
@pytest.mark.parametrize("folder", COUNTS)
def test_every_recorded_version_is_read_whole(recorded: dict[str, list[Snapshot]], folder: str) -> None:
    assert tuple(len(snapshot.entries) for snapshot in recorded[folder]) == COUNTS[folder]
    board = "bfcl/v1/overall" if folder == "data_v1" else "bfcl/v3/overall"
    for snapshot in recorded[folder]:
        assert snapshot.board == board
        found = check(snapshot, SOURCE.board(board))
        assert {finding.code for finding in found} <= {"last-cell", "misprinted-header", "duplicate-entries"}
        assert not any(finding.severity == "error" for finding in found)
        assert [entry.rank for entry in snapshot.entries] == list(range(1, len(snapshot.entries) + 1))
        assert all(entry.score is not None and entry.organization for entry in snapshot.entries)


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(recorded: dict[str, list[Snapshot]]) -> None:
    def line(entry: Entry) -> tuple[object, ...]:
        return entry.rank, entry.model, entry.variant, entry.organization, entry.score

    first = recorded["data_v1"][0]
    assert [line(entry) for entry in first.entries[:3]] == [
        (1, "GPT-4-1106-Preview", "FC", "OpenAI", 84.28),
        (2, "GPT-4-0125-Preview", "FC", "OpenAI", 84.16),
        (3, "Gorilla-OpenFunctions-v2", "FC", "Gorilla LLM", 84.16),
    ]
    assert (first.entries[0].extra or {})["AST Summary"] == 86.06
    assert line(first.entries[-1]) == (22, "Glaive-v1", "FC", "Glaive", 24.58)
    last = recorded["data_v1"][-1]
    assert line(last.entries[0]) == (1, "Claude-3.5-Sonnet-20240620", "Prompt", "Anthropic", 90.0)
    assert line(last.entries[18]) == (19, "Command-R-Plus", "Prompt, Optimized", "Cohere For AI", 80.35)
    assert line(last.entries[22]) == (
        *(23, "Claude-3-Opus-20240229", "FC tools-2024-04-04"),
        *("Anthropic", 77.47),
    )
    first, last = recorded["data_overall"][0], recorded["data_overall"][-1]
    assert line(first.entries[0]) == (1, "GPT-4o-2024-08-06", "FC", "OpenAI", 62.19)
    assert [line(entry) for entry in last.entries if entry.rank in (61, 62, 121)] == [
        (61, "GoGoAgent", None, "BitAgent", 54.22),
        (62, "Qwen/QwQ-32B", "FC, Novita", "Qwen", 53.93),
        (121, "Grok-3-mini-beta", "Prompt", "xAI", 14.37),
    ]
    grok = last.entries[-1].extra or {}
    assert (grok["Live Acc"], grok["Non-Live Multiple AST"]) == (0.0, 95.0)
    assert grok["Live Simple AST"] is None  # N/A
