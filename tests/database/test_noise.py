"""What is noise in a move and what is not: boards made so that each figure is counted by hand.

Scores are ten apart and intervals three to both sides, unless a case says otherwise: neighbours are surely
apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from tests.answers.world import World, row

SURE = [("a", 1, 90.0), ("b", 2, 80.0), ("c", 3, 70.0), ("d", 4, 60.0)]
Line = tuple[str, int, float]


BOARDS = [f"ru/plain/{number}" for number in range(20)]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Iterator[str]]]:
    """One world for all cases, with a board for each."""
    made = World(tmp_path_factory.mktemp("noise") / "archive.duckdb")
    with made.con:
        made.source("ru", *BOARDS)
        made.registry()
        yield made, iter(BOARDS)


class Case(NamedTuple):
    """A board of its own."""

    world: World
    board: str

    def snapshot(self, day: int, lines: list[dict[str, Any]]) -> None:
        self.world.snapshot(self.board, f"2024-01-0{day} 12:00:00", lines)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """BOARD stands for the board's name, quoted."""
        return self.world.con.execute(statement.replace("BOARD", f"'{self.board}'")).fetchall()


@pytest.fixture
def case(shared: tuple[World, Iterator[str]]) -> Case:
    world, boards = shared
    return Case(world, next(boards))


def scored(lines: Sequence[Line], half: float = 3.0) -> list[dict[str, Any]]:
    """Lines of name, rank, score, each with an interval of the score."""
    return [
        row(name, score, rank=rank, score_low=score - half, score_high=score + half)
        for name, rank, score in lines
    ]


def printed(lines: Sequence[tuple[str, int, int, int]]) -> list[dict[str, Any]]:
    """Lines of name, rank, best and worst place, as boards that print spreads of places and no interval."""
    return [
        row(name, 100.0 - rank, rank=rank, rank_low=low, rank_high=high) for name, rank, low, high in lines
    ]


def moves(
    case: Case, before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> dict[str, tuple[object, ...]]:
    """Of everyone on both boards: change, change among these, surely passed, beyond noise, rule."""
    case.snapshot(1, before)
    case.snapshot(2, after)
    found = case.ask("""
        SELECT model_listed, change, change_shared, passed, beyond_noise, noise
        FROM board_diff(BOARD, '2024-01-01', '2024-01-02')
        WHERE status IN ('moved', 'same') ORDER BY model_listed
    """)
    told = case.ask("""
        SELECT model, rank_before - rank, change_shared, passed, beyond_noise, noise
        FROM rank_events(boards := BOARD) WHERE event = 'moved' ORDER BY model
    """)
    assert told == [each for each in found if each[1]], "events and comparisons tell the same of a move"
    return {name: tuple(rest) for name, *rest in found}


BY_SCORE = "score intervals"


def test_places_lost_because_others_entered_above_are_noise(case: Case) -> None:
    after = scored(
        [("x", 1, 110.0), ("y", 2, 100.0), ("a", 3, 90.0), ("b", 4, 80.0), ("c", 5, 70.0), ("d", 6, 60.0)]
    )
    assert moves(case, scored(SURE), after) == dict.fromkeys("abcd", (-2, 0, 0, False, BY_SCORE))


def test_places_won_because_others_left_are_noise(case: Case) -> None:
    after = scored([("c", 1, 70.0), ("d", 2, 60.0)])
    assert moves(case, scored(SURE), after) == {
        "c": (2, 0, 0, False, BY_SCORE), "d": (2, 0, 0, False, BY_SCORE),
    }  # fmt: skip


def test_a_place_won_from_one_who_is_on_both_is_no_noise(case: Case) -> None:
    """d passes c and b, of which each loses one place, while one enters on top."""
    after = scored([("x", 1, 110.0), ("a", 2, 90.0), ("d", 3, 85.5), ("b", 4, 79.0), ("c", 5, 70.0)], 3.0)
    assert moves(case, scored(SURE), after) == {
        "a": (-1, 0, 0, False, BY_SCORE), "b": (-2, -1, 1, True, BY_SCORE),
        "c": (-2, -1, 1, True, BY_SCORE), "d": (1, 2, 2, True, BY_SCORE),
    }  # fmt: skip


def test_a_rise_among_those_on_both_that_ends_lower_is_no_rise(case: Case) -> None:
    """d passes c for sure, below three who entered: its rank fell, and that is what is judged."""
    after = scored(
        [
            ("x", 1, 130.0),
            ("y", 2, 120.0),
            ("a", 3, 90.0),
            ("b", 4, 80.0),
            ("z", 5, 79.0),
            ("d", 6, 70.0),
            ("c", 7, 60.0),
        ]
    )
    assert moves(case, scored(SURE), after)["d"] == (-2, 1, 0, False, BY_SCORE)


def test_who_changes_places_within_the_intervals_is_within_noise(case: Case) -> None:
    """b and c are 2 apart with intervals of 3: they overlap before and after."""
    before = scored([("a", 1, 90.0), ("b", 2, 71.0), ("c", 3, 69.0)])
    after = scored([("a", 1, 90.0), ("c", 2, 71.0), ("b", 3, 69.0)])
    assert moves(case, before, after) == {
        "a": (0, 0, 0, False, BY_SCORE), "b": (-1, -1, 0, False, BY_SCORE), "c": (1, 1, 0, False, BY_SCORE),
    }  # fmt: skip


def test_to_come_level_with_one_who_was_surely_behind_is_within_noise(case: Case) -> None:
    """c was surely behind b and is now ahead of it, but not surely: 80 ± 3 and 82 ± 3."""
    after = scored([("a", 1, 90.0), ("c", 2, 82.0), ("b", 3, 80.0), ("d", 4, 60.0)])
    assert moves(case, scored(SURE), after)["c"] == (1, 1, 0, False, BY_SCORE)


def test_upper_bound_ranks_of_the_arena_move_by_who_is_surely_better(case: Case) -> None:
    """A rank there is one more than the models that are surely better. e was level with b, c and d (rank 2)
    and falls to 5, since their intervals shrank: they are surely better now, but e was not before.
    """
    names = (("a", 100.0), ("b", 84.0), ("c", 83.0), ("d", 82.0), ("e", 78.0))
    before = scored([(name, 1 if name == "a" else 2, score) for name, score in names], 4.0)
    after = scored(
        [(name, rank, score) for (name, score), rank in zip(names, (1, 2, 2, 2, 5), strict=True)], 1.5
    )
    found = moves(case, before, after)
    assert found["e"] == (-3, -3, 0, False, BY_SCORE)
    assert found["b"] == (0, 0, 0, False, BY_SCORE)


def test_where_less_is_better_the_intervals_are_turned(case: Case) -> None:
    case.ask("UPDATE boards SET higher_is_better = false WHERE board = BOARD")
    before = scored([("a", 1, 10.0), ("b", 2, 20.0)])
    after = scored([("b", 1, 10.0), ("a", 2, 20.0)])
    assert moves(case, before, after) == {"a": (-1, -1, 1, True, BY_SCORE), "b": (1, 1, 1, True, BY_SCORE)}


def test_printed_spreads_of_places_decide_where_no_score_has_an_interval(case: Case) -> None:
    """x enters on top and shifts all spreads by one; c and b change places with spreads that lie apart."""
    before = printed([("a", 1, 1, 1), ("b", 2, 2, 2), ("c", 3, 3, 3), ("d", 4, 4, 5), ("e", 5, 4, 5)])
    after = printed(
        [("x", 1, 1, 1), ("a", 2, 2, 2), ("c", 3, 3, 3), ("b", 4, 4, 4), ("e", 5, 5, 6), ("d", 6, 5, 6)]
    )
    rule = "printed spreads"
    assert moves(case, before, after) == {
        "a": (-1, 0, 0, False, rule), "b": (-2, -1, 1, True, rule), "c": (0, 1, 0, False, rule),
        "d": (-2, -1, 0, False, rule), "e": (0, 1, 0, False, rule),
    }  # fmt: skip


@pytest.mark.parametrize(
    "after",
    [
        [row("b", 95.0, rank=1), row("a", 90.0, rank=2)],
        [*scored([("b", 1, 95.0)]), row("a", 90.0, rank=2)],
        scored([("b", 1, 95.0), ("a", 2, 90.0)], 0.0),
    ],
    ids=["none", "of one alone", "points"],
)
def test_without_an_interval_of_everyone_there_is_no_interval(
    case: Case, after: list[dict[str, Any]]
) -> None:
    found = moves(case, scored([("a", 1, 90.0), ("b", 2, 80.0)]), after)
    assert found == {
        "a": (-1, -1, None, None, "no interval"), "b": (1, 1, None, None, "no interval"),
    }  # fmt: skip


def test_who_leads_or_overtakes_is_surely_ahead_or_not(case: Case) -> None:
    """One overtakes the other by five, with intervals of three (they overlap) and of two (they lie apart)."""
    sber, openai = "gigachat_max", "gpt-4o"
    case.snapshot(1, scored([(openai, 1, 90.0), (sber, 2, 80.0)]))
    case.snapshot(2, scored([(sber, 1, 95.0), (openai, 2, 90.0)]))
    case.snapshot(3, scored([(openai, 1, 95.0), (sber, 2, 90.0)], 2.0))
    case.snapshot(4, scored([(sber, 1, 95.0), ("c", 2, 80.0)], 2.0))
    found = "SELECT day(time), organization, other, beyond_noise, noise FROM "
    told = [(2, "Sber", "GPT-4o", False, BY_SCORE), (3, "OpenAI", "GigaChat Max", True, BY_SCORE)]
    assert case.ask(found + "overtakes('Sber', boards := BOARD)") == told
    led = case.ask(found + "rank_events(boards := BOARD) WHERE event = 'leader'")
    assert led == [*told, (4, "Sber", "GPT-4o", None, None)], "nothing is said of one who is gone"


def test_places_that_intervals_allow_by_hand(case: Case) -> None:
    """90 ± 3, 86 ± 3 and 83 ± 3 hang together in a chain; 70 ± 3 lies below all."""
    case.snapshot(1, scored([("a", 1, 90.0), ("b", 2, 86.0), ("c", 3, 83.0), ("d", 4, 70.0)]))
    found = case.ask("""
        SELECT model_listed, rank_low_computed, rank_high_computed
        FROM spreads((SELECT list(snapshot_id) FROM snapshots WHERE board = BOARD)) ORDER BY 1
    """)
    assert found == [("a", 1, 2), ("b", 1, 3), ("c", 2, 3), ("d", 4, 4)]


def test_places_allowed_are_those_of_comparing_each_with_each(case: Case) -> None:
    """A thousand intervals in ten contents, with ends that coincide."""
    case.ask("""
        CREATE TEMP TABLE sides AS
        SELECT {content_id: n % 10, position: n, low: (n * 7919) % 89, high: (n * 7919) % 89 + n % 11} AS line
        FROM range(1000) AS r(n)
    """)
    counted = case.ask("""
        SELECT s.line.content_id, s.line.position, 1 + count(*) FILTER (WHERE o.line.low > s.line.high),
            count(*) FILTER (WHERE o.line.high >= s.line.low)
        FROM sides AS s JOIN sides AS o ON o.line.content_id = s.line.content_id
        GROUP BY ALL ORDER BY ALL
    """)
    assert case.ask("FROM places_allowed((SELECT list(s.line) FROM sides AS s)) ORDER BY ALL") == counted
