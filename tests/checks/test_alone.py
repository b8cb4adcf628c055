"""Each check sees what it is for, with the severity that holds or lets pass; sound data stays silent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.checks import check
from archiver.records import Entry, Finding, Snapshot
from archiver.sources import Board

FACTS = Board(title="Text", metric="Arena score", rows=(3, 50))
SOUND = Snapshot(
    board="arena/text/overall",
    entries=[
        Entry(
            position=n,
            model=f"model-{n}",
            rank=n,
            score=1500.0 - n,
            score_low=1490.0 - n,
            score_high=1510.0 - n,
        )
        for n in range(1, 11)
    ],
)


def codes(snapshot: Snapshot, facts: Board | None = FACTS) -> dict[str, str]:
    return {finding.code: finding.severity for finding in check(snapshot, facts)}


def changed(index: int, **fields: object) -> Snapshot:
    entries = list(SOUND.entries)
    entries[index] = entries[index]._replace(**fields)
    return replace(SOUND, entries=entries)


def test_sound_data_raises_nothing() -> None:
    assert codes(SOUND) == {}


@pytest.mark.parametrize(
    ("snapshot", "code", "severity"),
    [
        (replace(SOUND, entries=SOUND.entries[:2]), "row-count", "error"),
        (replace(SOUND, entries=[]), "row-count", "error"),
        (replace(SOUND, entries=[*SOUND.entries] * 6), "row-count", "error"),
        (replace(SOUND, declared_total=12), "declared-total", "error"),
        (replace(SOUND, declared_total=339, complete=False), "excerpt", "note"),
        (replace(SOUND, entries=[*SOUND.entries, SOUND.entries[4]]), "duplicate-entries", "warning"),
        (replace(SOUND, entries=[*SOUND.entries] * 2), "duplicate-entries", "error"),
        (changed(3, model=" "), "nameless", "error"),
        (changed(3, model="null"), "nameless", "warning"),
        (replace(SOUND, entries=[one._replace(model="NaN") for one in SOUND.entries]), "nameless", "error"),
        (changed(3, rank=0), "impossible-figures", "error"),
        (changed(3, votes=-1), "impossible-figures", "error"),
        (changed(3, rank_low=None, rank_high=-4), "impossible-figures", "error"),
        (changed(3, score=float("nan")), "impossible-figures", "error"),
        (changed(3, score=float("inf"), score_high=float("inf")), "impossible-figures", "error"),
        (changed(3, score=3000.0), "score-outside-interval", "error"),
        (changed(3, rank_low=9, rank_high=4), "spread-reversed", "error"),
        (replace(SOUND, entries=SOUND.entries[3:]), "head-missing", "error"),
        (changed(3, rank=9, score=1509.0, score_low=1.0, score_high=2e3), "rank-order", "warning"),
        (
            replace(SOUND, entries=[entry._replace(rank=None, score=None) for entry in SOUND.entries]),
            "no-figures",
            "error",
        ),
    ],
)
def test_each_check_sees_its_case(snapshot: Snapshot, code: str, severity: str) -> None:
    assert codes(snapshot).get(code) == severity


def test_few_scores_outside_their_interval_are_a_warning() -> None:
    entries = [entry._replace(position=n) for n, entry in enumerate(SOUND.entries, 1)]
    many = [
        entry._replace(model=f"{entry.model}-{copy}", rank=None) for copy in range(4) for entry in entries
    ]
    snapshot = replace(SOUND, entries=[*many, entries[0]._replace(score=1600.0)])
    assert codes(snapshot)["score-outside-interval"] == "warning"


def test_an_undeclared_board_is_told_and_not_held() -> None:
    assert codes(SOUND, None) == {"unknown-board": "warning"}


def test_a_board_where_less_is_better_is_ordered_the_other_way() -> None:
    ascending = [
        entry._replace(score=float(entry.position), score_low=0.0, score_high=99.0) for entry in SOUND.entries
    ]
    snapshot = replace(SOUND, entries=ascending)
    assert codes(snapshot, replace(FACTS, higher_is_better=False)) == {}
    assert codes(snapshot) == {"rank-order": "warning"}


def test_an_excerpt_may_be_short() -> None:
    assert codes(replace(SOUND, entries=SOUND.entries[:2], complete=False, declared_total=300)) == {
        "excerpt": "note"
    }


def test_the_parsers_own_findings_come_first() -> None:
    own = Finding("stale-header", "warning", "The heading is older than the table.")
    found = check(replace(SOUND, entries=SOUND.entries[:2], findings=[own]), FACTS)
    assert [finding.code for finding in found] == ["stale-header", "row-count"]


def test_what_the_press_said_is_told_as_such_and_never_held_for_its_gaps() -> None:
    said = replace(
        SOUND,
        entries=[
            SOUND.entries[-1]._replace(rank=12),
            SOUND.entries[-1]._replace(model="b", rank=None, score=None),
        ],
        complete=False,
    )
    facts = Board(title="Reported", metric="score", rows=(1, 50), reported=True)
    assert codes(said, facts) == {"reported": "warning"}
