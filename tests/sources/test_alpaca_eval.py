"""AlpacaEval: a track for each judge, two boards where the file has two win rates, every recorded version."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.alpaca_eval import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/alpaca_eval"
RECORDINGS = HERE.parents[2] / "../shared/payloads/alpaca_eval"
NEWEST = "weighted_alpaca_eval_gpt4_turbo"

# Judge → lines below the header, counted in each file apart from the parser.
COUNTS = {
    "alpaca_eval_cot_gpt4_turbo_fn": (13,),
    "alpaca_eval_gpt4": (23, 39, 46, 56, 70, 83, 97, 100),
    "alpaca_eval_gpt4_turbo_fn": (11, 11),
    "chatgpt_fn": (12, 12, 11),
    "claude_3_opus_ranking": (6,),
    "claude": (23, 27, 30, 31, 30, 30),
    "mistral-large-2402_ranking": (6,),
    NEWEST: (11, 110, 129, 126, 139, 158, 167, 182),
}


def read(body: bytes, url: str) -> dict[str, Snapshot]:
    return {snapshot.board: snapshot for snapshot in parse(Payload(body, url))}


def places(snapshot: Snapshot) -> dict[str, tuple[int | None, float | None]]:
    return {
        f"{entry.model}{f' [{entry.variant}]' if entry.variant else ''}": (entry.rank, entry.score)
        for entry in snapshot.entries
    }


def controlled() -> bytes:
    return (SAMPLES / "weighted_controlled.csv").read_bytes()


def test_the_file_name_tells_the_judge() -> None:
    for url in SOURCE.routes[0].captures:
        judge = url.rpartition("/")[2].removesuffix("_leaderboard.csv").lower().replace("_", "-")
        assert set(read(controlled(), url)) == {
            f"alpaca_eval/{judge}/win-rate",
            f"alpaca_eval/{judge}/length-controlled",
        }
        assert all(SOURCE.board(board) for board in read(controlled(), url))
    with pytest.raises(ParseFailed, match="tells no judge"):
        read(controlled(), "file.csv")


def test_two_win_rates_are_two_boards_with_orders_of_their_own() -> None:
    plain, lengthwise = read(controlled(), f"{NEWEST}_leaderboard.csv").values()
    assert places(plain)["Drift-7B (best-of-64)"] == (1, 57.46724251946292)
    assert places(lengthwise)["Drift-7B (best-of-64)"] == (2, 52.5)
    assert (plain.metric, lengthwise.metric) == ("win rate (%)", "length-controlled win rate (%)")
    assert all("win_rate" not in (entry.extra or {}) for entry in lengthwise.entries)


def test_one_name_twice_is_told_apart_by_its_samples_and_equal_rates_share_a_place() -> None:
    [_, lengthwise] = read(controlled(), f"{NEWEST}_leaderboard.csv").values()
    assert places(lengthwise)["Aurora 3.5 [aurora-3.5-16k]"] == (3, 22.35251298054288)
    assert places(lengthwise)["Aurora (concise)"] == (3, 22.35251298054288)
    assert places(lengthwise)["Aurora 3.5 [aurora-3.5]"] == (5, 22.07630402655036)
    assert lengthwise.findings == []


def test_a_file_without_length_control_has_the_plain_board_only() -> None:
    body = (SAMPLES / "claude_2023.csv").read_bytes()
    [snapshot] = read(body, "claude_leaderboard@2023-06-08-14230f34.csv").values()
    assert (snapshot.board, snapshot.layout) == ("alpaca_eval/claude/win-rate", "plain")
    assert places(snapshot)["Drift 7B, RLHF"] == (2, 75.83850931677019)


def test_rows_in_no_order_of_the_plain_rate_say_that_the_other_column_is_missing() -> None:
    renamed = controlled().replace(b"length_controlled_winrate", b"lc_win_rate")
    with pytest.raises(ParseFailed, match="'length_controlled_winrate' is not in the table"):
        read(renamed, f"{NEWEST}_leaderboard.csv")


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[dict[str, Snapshot]]]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return {
        judge: [
            read(path.read_bytes(), path.name)
            for path in sorted((RECORDINGS / f"{judge}_leaderboard").glob("*.csv"))
        ]
        for judge in COUNTS
    }


@pytest.mark.shared
@pytest.mark.parametrize("judge", COUNTS)
def test_every_recorded_version_is_read_whole(
    recorded: dict[str, list[dict[str, Snapshot]]], judge: str
) -> None:
    track = judge.lower().replace("_", "-")
    plain = [boards[f"alpaca_eval/{track}/win-rate"] for boards in recorded[judge]]
    assert tuple(len(snapshot.entries) for snapshot in plain) == COUNTS[judge]
    for boards in recorded[judge]:
        for board, snapshot in boards.items():
            assert check(snapshot, SOURCE.board(board)) == []
            assert len(places(snapshot)) == len(snapshot.entries)
            assert all(entry.rank and entry.score is not None for entry in snapshot.entries)
    both = [len(boards) == 2 for boards in recorded[judge]]
    assert both == ([False] * 3 + [True] * 5 if judge == NEWEST else [judge.endswith("_ranking")] * len(both))


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(recorded: dict[str, list[dict[str, Snapshot]]]) -> None:
    first = places(recorded["alpaca_eval_gpt4"][0]["alpaca_eval/alpaca-eval-gpt4/win-rate"])
    assert first["GPT-4"] == (1, 95.27950310559004)
    assert (first["Claude"][0], first["ChatGPT"][0], first["Guanaco 13B"][0]) == (2, 3, 12)
    assert first["Davinci001"] == (23, 15.17412935323383)
    last = recorded[NEWEST][-1]
    plain = places(last["alpaca_eval/weighted-alpaca-eval-gpt4-turbo/win-rate"])
    lengthwise = places(last["alpaca_eval/weighted-alpaca-eval-gpt4-turbo/length-controlled"])
    assert plain["Higgs-Llama-3-70B V2"] == (1, 68.63519246435168)
    assert (plain["gemma-2-9b-it-SimPO"][0], lengthwise["gemma-2-9b-it-SimPO"][0]) == (2, 1)
    assert (lengthwise["OpenPipe MoA GPT-4 Turbo"][0], lengthwise["gemma-2-9b-it-DPO"][0]) == (2, 3)
    assert (plain["Claude 3 Opus (02/29)"][0], lengthwise["Claude 3 Opus (02/29)"][0]) == (39, 22)
    assert (plain["Vicuna 33B v1.3"][0], lengthwise["Humpback LLaMa2 70B"][0]) == (92, 92)
    assert lengthwise["Baichuan-13B-Chat"] == (182, 2.062170253598568)
    assert plain["GPT 3.5 Turbo (06/13) [gpt-3.5-turbo-0613]"][1] == 14.09579857390062
    assert plain["GPT 3.5 Turbo (06/13)"][1] == 14.13239070746584
