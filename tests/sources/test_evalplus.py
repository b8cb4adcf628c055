"""EvalPlus: two eras of keys, nulls that are no places, and every recorded version."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.evalplus import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/evalplus"
RECORDINGS = HERE.parents[2] / "../shared/payloads/evalplus"

# Models of a file, and those with an MBPP+ figure, counted apart from the parser.
COUNTS = (
    *((80, 58), (82, 59), (89, 65), (90, 66), (95, 71), (97, 74)),
    *((103, 62), (103, 62), (103, 62), (110, 70), (110, 74), (110, 74)),
)


def read(body: bytes) -> dict[str, Snapshot]:
    return {snapshot.board: snapshot for snapshot in parse(Payload(body, SOURCE.routes[0].captures[0]))}


def places(snapshot: Snapshot) -> dict[str, tuple[int, int | None, float | None]]:
    return {entry.model: (entry.position, entry.rank, entry.score) for entry in snapshot.entries}


@pytest.mark.parametrize(("sample", "era"), [("results", "pass@1"), ("results_base_and_plus", "pass@1_base")])
def test_both_eras_give_the_same_four_boards(sample: str, era: str) -> None:
    boards = read((SAMPLES / f"{sample}.json").read_bytes())
    assert set(boards) == set(SOURCE.boards)
    assert {snapshot.layout for snapshot in boards.values()} == {era}
    assert places(boards["evalplus/humaneval/base"])["Thinker (Mar 2024)"][1:] == (1, 88.4)


def test_a_model_without_a_figure_is_not_on_the_board_and_the_board_says_so() -> None:
    boards = read((SAMPLES / "results.json").read_bytes())
    assert len(boards["evalplus/humaneval/plus"].entries) == 3
    plus = boards["evalplus/mbpp/plus"]
    assert places(plus) == {"Aurora-Coder-33B": (1, 2, 70.1), "Thinker (Mar 2024)": (2, 1, 71.2)}
    [finding] = plus.findings
    assert (finding.code, finding.severity) == ("not-evaluated", "note")
    assert finding.figures == {"missing": 1, "models": ["кедр/cedar-7B"]}


def test_equal_figures_share_a_place() -> None:
    plus = read((SAMPLES / "results.json").read_bytes())["evalplus/humaneval/plus"]
    assert [(entry.score, entry.rank) for entry in plus.entries] == [(75.0, 1), (38.4, 3), (75.0, 1)]


def test_a_board_without_any_figure_is_a_failure() -> None:
    body = (SAMPLES / "results_base_and_plus.json").read_bytes().replace(b'"mbpp": 78.7', b'"mbpp": null')
    with pytest.raises(ParseFailed, match=r"None of 2 models has 'pass@1_base\.mbpp'"):
        read(body)


def test_a_figure_of_another_kind_is_kept_empty_and_said() -> None:
    body = (SAMPLES / "results.json").read_bytes().replace(b'"mbpp+": 71.2', b'"mbpp+": "71,2"')
    plus = read(body)["evalplus/mbpp/plus"]
    assert places(plus)["Thinker (Mar 2024)"] == (2, None, None)
    assert ("unread-number", "warning") in [(found.code, found.severity) for found in plus.findings]


@pytest.fixture(scope="module")
def recorded() -> list[dict[str, Snapshot]]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return [read(path.read_bytes()) for path in sorted(RECORDINGS.glob("*.json"))]


@pytest.mark.shared
def test_every_recorded_version_is_read_whole(recorded: list[dict[str, Snapshot]]) -> None:
    counted = [
        (len(boards["evalplus/humaneval/plus"].entries), len(boards["evalplus/mbpp/plus"].entries))
        for boards in recorded
    ]
    assert tuple(counted) == COUNTS
    for boards in recorded:
        for board, snapshot in boards.items():
            found = check(snapshot, SOURCE.board(board))
            assert {finding.code for finding in found} <= {"not-evaluated"}
            assert all(entry.rank and entry.score is not None for entry in snapshot.entries)


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(recorded: list[dict[str, Snapshot]]) -> None:
    plus = places(recorded[0]["evalplus/humaneval/plus"])
    assert plus["GPT-4-Turbo (Nov 2023)"][1:] == (1, 81.7)
    assert plus["GPT-4 (May 2023)"][1:] == (2, 79.3)
    assert plus["claude-3-opus (Mar 2024)"][1:] == (3, 76.8)
    assert plus["MistralHermes-CodePro-7B-v1"] == (40, 40, 42.1)
    assert plus["zyte-1B"][1:] == (80, 1.8)
    assert places(recorded[0]["evalplus/mbpp/base"])["OpenChat-3.5-7B-0106"][1:] == (30, 62.7)
    last = recorded[-1]
    assert places(last["evalplus/humaneval/plus"])["GPT-4-Turbo (April 2024)"][1:] == (1, 86.6)
    assert places(last["evalplus/humaneval/base"])["CodeQwen1.5-7B"] == (17, 55, 51.8)
    mbpp = places(last["evalplus/mbpp/plus"])
    assert mbpp["GPT-4-Turbo (Nov 2023)"][1:] == mbpp["claude-3-opus (Mar 2024)"][1:] == (1, 73.3)
    assert mbpp["DeepSeek-Coder-33B-instruct"][1:] == (3, 70.1)
    assert "GPT-4-Turbo (April 2024)" not in mbpp
