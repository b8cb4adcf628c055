"""BigCodeBench: full or hard by what the figures can be, calibrated ones, and every recorded version."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.bigcodebench import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/bigcodebench"
RECORDINGS = HERE.parents[2] / "../shared/payloads/bigcodebench"
SITE = "https://bigcode-bench.github.io"

# Models with a figure for complete and for instruct, counted apart from the parser.
COUNTS = {
    "full": (
        *((57, 29), (60, 35), (74, 45), (77, 48), (96, 67)),
        *((120, 93), (136, 109), (137, 110), (145, 118), (151, 123)),
    ),
    "hard": ((114, 86), (156, 129), (167, 141), (183, 156), (199, 173)),
}


def read(body: bytes, url: str) -> dict[str, Snapshot]:
    return {snapshot.board: snapshot for snapshot in parse(Payload(body, url))}


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def places(snapshot: Snapshot) -> dict[str, tuple[int | None, float | None]]:
    return {entry.model: (entry.rank, entry.score) for entry in snapshot.entries}


@pytest.mark.parametrize(("name", "track"), [("results", "full"), ("results-hard", "hard")])
def test_the_figures_tell_the_set_whatever_the_name_says(name: str, track: str) -> None:
    boards = {f"bigcodebench/{track}/complete", f"bigcodebench/{track}/instruct"}
    for url, says in ((f"{SITE}/{name}.json", track), ("", track), (f"{SITE}/results.json", "full")):
        found = read(sample(name), url)
        assert set(found) == boards
        codes = [finding.code for snapshot in found.values() for finding in snapshot.findings]
        assert codes.count("other-board") == (0 if says == track else 2)
    told = read(sample("results"), f"{SITE}/results-hard.json")["bigcodebench/full/complete"]
    [finding] = [finding for finding in told.findings if finding.code == "other-board"]
    assert finding.severity == "warning"
    assert "The address says hard, but the figures are of the full board" in finding.sentence


def test_a_file_too_small_to_tell_goes_by_its_name_and_without_one_fails() -> None:
    body = b'{"m": {"pass@1": {"complete": 45.1, "instruct": 36.2}}}'
    assert set(read(body, "results-hard@2024.json")) == {
        "bigcodebench/hard/complete",
        "bigcodebench/hard/instruct",
    }
    with pytest.raises(ParseFailed, match="neither the name nor the figures"):
        read(body, "file.json")


def test_the_calibrated_figure_is_the_score_and_the_plain_one_is_kept() -> None:
    complete = read(sample("results_calibrated"), f"{SITE}/results.json")["bigcodebench/full/complete"]
    assert complete.layout == "calibrated"
    assert places(complete) == {
        "Aurora-Coder-33B": (2, 45.1),
        "Кедр-7B-Base": (3, 27.7),
        "Drift-8x22B": (1, 45.3),
    }
    assert (complete.entries[0].extra or {})["pass@1.complete"] == 43.7
    assert "pass@1.instruct-cal" not in (complete.entries[0].extra or {})


def test_a_model_announced_without_a_figure_is_named() -> None:
    complete = read(sample("results"), f"{SITE}/results.json")["bigcodebench/full/complete"]
    assert "Announced-1" not in places(complete)
    [finding] = complete.findings
    assert finding.figures == {"missing": 1, "models": ["Announced-1"]}


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[tuple[str, dict[str, Snapshot]]]]:
    """Folder → each file's name and its boards, read under the address that the index gives for it."""
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    urls = {"full": f"{SITE}/results.json", "hard": f"{SITE}/results-hard.json"}
    return {
        folder: [
            (path.name, read(path.read_bytes(), url))
            for path in sorted((RECORDINGS / folder).glob("*.json"), key=lambda path: path.name[-24:])
        ]
        for folder, url in urls.items()
    }


@pytest.mark.shared
def test_every_recorded_version_is_read_whole(
    recorded: dict[str, list[tuple[str, dict[str, Snapshot]]]],
) -> None:
    for folder, versions in recorded.items():
        own = [boards for _, boards in versions if f"bigcodebench/{folder}/complete" in boards]
        counted = [
            tuple(len(boards[f"bigcodebench/{folder}/{task}"].entries) for task in ("complete", "instruct"))
            for boards in own
        ]
        assert tuple(counted) == COUNTS[folder]
        for _, boards in versions:
            for board, snapshot in boards.items():
                found = check(snapshot, SOURCE.board(board))
                assert {finding.code for finding in found} <= {"not-evaluated", "other-board"}
                assert all(entry.rank and entry.score is not None for entry in snapshot.entries)


@pytest.mark.shared
def test_two_recordings_of_the_hard_address_hold_the_full_board(
    recorded: dict[str, list[tuple[str, dict[str, Snapshot]]]],
) -> None:
    """They are from before the hard set came; one is the very file of the full board."""
    full = {
        name: boards
        for name, boards in recorded["hard"]
        if set(boards) == {"bigcodebench/full/complete", "bigcodebench/full/instruct"}
    }
    assert list(full) == ["results@2024-06-04-51c78bc6.json", "results@2024-06-17-b5c41150.json"]
    for boards in full.values():
        assert all(
            "other-board" in [finding.code for finding in snapshot.findings] for snapshot in boards.values()
        )


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(
    recorded: dict[str, list[tuple[str, dict[str, Snapshot]]]],
) -> None:
    first, last = recorded["full"][0][1], recorded["full"][-1][1]
    complete = places(first["bigcodebench/full/complete"])
    assert (complete["GPT-4o"], complete["GPT-4-Turbo-2024-04-09"]) == ((1, 61.1), (2, 58.2))
    assert (complete["Claude-3-Opus-20240229"], complete["Mistral-Small-2402"]) == ((3, 57.4), (29, 41.3))
    assert places(first["bigcodebench/full/instruct"])["GPT-4-0613"] == (3, 46.0)
    assert places(last["bigcodebench/full/complete"])["Tess-v2.5.2-Qwen2-72B"] == (76, 46.3)
    assert places(last["bigcodebench/full/instruct"])["DeepSeek-V3-Chat"] == (2, 50.0)
    last = recorded["hard"][-1][1]
    complete = places(last["bigcodebench/hard/complete"])
    tied = ("Gemini-Exp-1206", "DeepSeek-V3", "DeepSeek-R1")
    assert [complete[model] for model in tied] == [(1, 40.5)] * 3
    assert complete["o1-2024-12-17 (temperature=1, reasoning=low)"] == (4, 39.2)
    instruct = places(last["bigcodebench/hard/instruct"])
    assert instruct["o3-mini-2025-01-31 (temperature=1, reasoning=medium)"] == (1, 33.1)
    assert (instruct["CodeGeex4-All-9B"], instruct["DeepSeek-R1-Distill-Qwen-1.5B"]) == (
        (85, 18.9),
        (173, 0.0),
    )
