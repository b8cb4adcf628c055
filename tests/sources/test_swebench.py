"""SWE-bench: three schemas, systems apart from their models, hidden entries, and every recorded version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Entry, Payload, Snapshot
from archiver.sources.swebench import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/swebench"
RECORDINGS = HERE.parents[2] / "../shared/payloads/swebench"

# Entries a version, counted with jq.
COUNTS = {
    "full": (7, 9, 9, 10, 11, 13, 15, 16, 16, 18, 18, 20, 20, 20, 22, 22, 22),
    "lite": (8, 12, 16, 19, 23, 29, 33, 36, 42, 49, 62, 66, 67, 70, 80, 80, 80),
    "verified": (14, 18, 36, 47, 61, 69, 74, 79, 100, 100, 115),
    "multimodal": (10, 13, 13, 14, 21, 21, 21),
    "verified-mini": (12,),
    "bash-only": (15,),
}


def read(body: bytes) -> dict[str, Snapshot]:
    return {snapshot.board.split("/")[1]: snapshot for snapshot in parse(Payload(body))}


def sample(name: str) -> dict[str, Any]:
    document = json.loads((SAMPLES / name).read_bytes())
    assert isinstance(document, dict)
    return document


def written(document: object) -> bytes:
    return json.dumps(document).encode()


def named(snapshot: Snapshot, name: str) -> Entry:
    return next(entry for entry in snapshot.entries if entry.model == name)


def test_boards_of_each_schema() -> None:
    assert list(read(written(sample("flat.json")))) == ["full", "lite"]
    assert list(read(written(sample("nested.json")))) == ["full", "verified", "multimodal"]
    assert list(read(written(sample("tagged.json")))) == ["verified", "bash-only"]


def test_a_list_that_stands_twice_is_read_once_and_another_list_is_said() -> None:
    document = sample("flat.json")
    boards = read(written(document))
    assert [finding.code for finding in boards["lite"].findings] == []
    document["lite"][0]["resolved"] = "99.00"
    for board in read(written(document)).values():
        assert [finding.code for finding in board.findings] == ["new-field"]
        assert "'lite'" in board.findings[0].sentence


def test_a_system_is_kept_apart_from_the_models_inside_it() -> None:
    verified = read(written(sample("tagged.json")))["verified"]
    tree = named(verified, "TREE")
    assert (tree.organization, (tree.extra or {})["models"]) == ("TREE", ["aria-4-sonnet", "wind-4.1"])
    # The agent's maker is listed apart from the model's since 2026.
    late = named(verified, "Wind 6 (high)")
    assert (late.organization, (late.extra or {})["model_org"]) == ("North", "Windworks")
    # Of two organizations it is not said which of them made the system.
    assert named(verified, "mini-agent + Aria 4").organization is None


def test_an_entry_with_a_warning_is_not_ranked_as_the_site_does_not_show_it() -> None:
    verified = read(written(sample("nested.json")))["verified"]
    hidden = named(verified, "Withdrawn Droid")
    assert (hidden.position, hidden.rank, hidden.score, hidden.competitor) == (2, None, 62.0, False)
    assert [entry.rank for entry in verified.entries] == [1, None, 2, 3, 4, 5]
    assert [(finding.code, finding.severity) for finding in verified.findings] == [("hidden-entries", "note")]


def test_one_system_listed_several_times_is_told_apart() -> None:
    verified = read(written(sample("nested.json")))["verified"]
    variants = [(entry.model, entry.variant) for entry in verified.entries if entry.variant]
    assert variants == [
        ("Solver", "2025-01-17"),
        ("Solver", "2024-11-08"),
        ("Twin", "20241201_twin_a"),
        ("Twin", "20241201_twin_b"),
    ]


def test_outcomes_of_single_tasks_stay_in_the_payload() -> None:
    late = named(read(written(sample("tagged.json")))["verified"], "Wind 6 (high)")
    assert "per_instance_details" not in (late.extra or {})
    assert (late.extra or {})["instance_cost"] == 0.31


def test_a_board_without_entries_is_said_on_the_others() -> None:
    document = sample("nested.json")
    document["leaderboards"].append({"name": "Multilingual", "results": []})
    boards = read(written(document))
    assert "multilingual" not in boards
    assert {found.code for found in boards["full"].findings} == {"empty-board"}
    for empty in ({"leaderboards": []}, {"leaderboards": [{"name": "Lite", "results": []}]}):
        with pytest.raises(ParseFailed, match="no board has an entry"):
            read(written(empty))


def test_a_new_board_is_read_and_what_else_the_file_says_is_kept() -> None:
    document = sample("nested.json")
    document["leaderboards"][0] |= {"name": "Java/C++ Edition", "cutoff": 5}
    document["updated"] = "2026-01-01"
    boards = read(written(document))
    new = boards["java-c++-edition"]
    assert new.notes == {"updated": "2026-01-01", "cutoff": 5}
    assert [found.code for found in new.findings] == ["new-field", "new-field"]
    assert {found.code for found in check(new, SOURCE.board(new.board))} >= {"unknown-board"}


@pytest.mark.parametrize("scores", [(0.75, 0.6), (750.0, 3.0), (-1.0, 20.0)])
def test_scores_that_are_no_percentages_hold_the_board(scores: tuple[float, float]) -> None:
    results = [{"name": f"S{score}", "resolved": score, "date": "2025-01-01"} for score in scores]
    board = read(written({"leaderboards": [{"name": "Lite", "results": results}]}))["lite"]
    assert [(found.code, found.severity) for found in board.findings] == [("scale", "error")]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "not an object of boards"),
        ({"lite": []}, "neither 'leaderboards' nor a list"),
        ({"leaderboards": {}}, "without 'name' or 'results'"),
        ({"leaderboards": [{"name": "Lite", "results": ["x"]}]}, "not a list of records"),
        (
            {"leaderboards": [{"name": "Lite", "results": [{"name": "S"}]}]},
            "record 1 of 'lite' has no 'resolved'",
        ),
        (
            {"leaderboards": [{"name": name, "results": []} for name in ("Test", "Full")]},
            "more than one list is called 'full'",
        ),
    ],
)
def test_what_is_no_leaderboard_is_refused(document: object, said: str) -> None:
    with pytest.raises(ParseFailed, match=said):
        read(written(document))


def test_addresses_of_the_route() -> None:
    raw = "https://raw.githubusercontent.com/SWE-bench/swe-bench.github.io"
    assert SOURCE.route_of(f"{raw}/0c77a6cb264ca042cc42775fc29f13f65a9ed0bb/data/leaderboards.json")
    assert SOURCE.route_of(f"{raw}/a2d07a68/template/data.json")
    assert SOURCE.route_of("data@2024-04-16-a2d07a68.json")
    assert not SOURCE.route_of("https://example.org/data/leaderboards.json")


@pytest.fixture(scope="module")
def recorded() -> list[dict[str, Snapshot]]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    paths = sorted(RECORDINGS.glob("*.json"), key=lambda path: path.name.partition("@")[2])
    return [read(path.read_bytes()) for path in paths]


@pytest.mark.shared
def test_every_recorded_version_is_read_whole_and_none_is_held(recorded: list[dict[str, Snapshot]]) -> None:
    counts = {
        board: tuple(len(state[board].entries) for state in recorded if board in state) for board in COUNTS
    }
    assert counts == COUNTS
    for state in recorded:
        assert state.keys() <= COUNTS.keys()
        for snapshot in state.values():
            found = check(snapshot, SOURCE.board(snapshot.board))
            assert {(finding.code, finding.severity) for finding in found} <= {("hidden-entries", "note")}
            listed = {(entry.model, entry.variant) for entry in snapshot.entries}
            assert len(listed) == len(snapshot.entries)
            assert all((entry.rank is None) is (not entry.competitor) for entry in snapshot.entries)


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(recorded: list[dict[str, Snapshot]]) -> None:
    def places(snapshot: Snapshot) -> dict[str, tuple[int, int | None, float | None]]:
        return {
            entry.model if entry.variant is None else f"{entry.model} {entry.variant}": (
                entry.position,
                entry.rank,
                entry.score,
            )
            for entry in snapshot.entries
        }

    first, last = recorded[0], recorded[-1]
    assert places(first["full"])["SWE-agent + GPT 4"] == (1, 1, 12.47)
    assert places(first["full"])["RAG + SWE-Llama 13B"] == (5, 5, 0.7)
    assert places(first["full"])["RAG + SWE-Llama 7B"] == (6, 5, 0.7)
    assert places(first["lite"])["SWE-agent + Claude 3 Opus"] == (2, 2, 11.67)
    # On this day the file had each list twice; the site showed the sorted one.
    assert places(recorded[5]["lite"])["CodeStory Aide + Mixed Models"] == (1, 1, 43.0)
    # Six of the 42 were hidden, the first one too.
    hidden = places(recorded[8]["lite"])
    assert hidden["CodeStory Aide + Mixed Models"] == (1, None, 43.0)
    assert hidden["OpenHands + CodeAct v2.1 (claude-3-5-sonnet-20241022)"] == (2, 1, 41.67)
    verified = places(last["verified"])
    assert verified["TRAE 2025-06-12"] == (1, 1, 75.2)
    assert verified["Refact.ai Agent 2025-06-03"] == (2, 2, 74.4)
    assert sum(name.startswith("DeepSWE-Preview 20250629") for name in verified) == 2
    assert places(last["bash-only"])["Claude 4 Opus (20250514)"] == (1, 1, 67.6)
    assert places(last["multimodal"])["GUIRepair + o3 (2025-04-16)"] == (1, 1, 35.98)
    trae = last["verified"].entries[0].extra or {}
    assert trae["models"] == [
        "claude-4-sonnet-20250522",
        "claude-4-opus-20250522",
        "claude-3-7-sonnet-20250219",
        "gemini-2.5-pro-preview-06-05",
    ]
