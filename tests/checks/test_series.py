"""Which snapshot the next is measured against, what is held, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from archiver.checks.change import Change
from archiver.checks.rewriting import rewriting
from archiver.checks.series import walk
from archiver.checks.shots import Comparisons, Pair, Said, Shot

START = datetime(2026, 1, 1)  # noqa: DTZ001  # as the tables hold times
DAY = timedelta(days=1)
MODELS = [f"m{number}" for number in range(100)]
HOLES = "0-5,10-14,20-24,30-34,40-44,50-54"
"""25 of the first 60 models, from all over the board."""


def shots(*contents: str, published: bool = False, step: timedelta = DAY, **more: object) -> list[Shot]:
    """A snapshot a step, each of the models between two numbers, as `0-40` or `0-40,60-99`."""
    made = []
    for number, content in enumerate(contents):
        time = START + number * step
        shot = Shot(f"s{number}", content, time, time if published else None, time, time, False, None)
        made.append(shot._replace(**more) if number == len(contents) - 1 else shot)
    return made


def models(content: str) -> list[str]:
    parts = [part.split("-") for part in content.split(",")]
    return [model for first, last in parts for model in MODELS[int(first) : int(last)]]


def change(pair: Pair) -> Change:
    new, old = models(pair[0]), models(pair[1])
    gone = [place for place, model in enumerate(old) if model not in new]
    tail = sum(place >= len(old) - len(gone) for place in gone)
    fresh = len(set(new) - set(old))
    return Change(len(old), len(new), len(gone), tail, fresh, 0, 0, 0, 0, 0, None)


def walked(series: Sequence[Shot], *, copied: bool = False) -> tuple[list[Said], Comparisons]:
    """The series with every comparison that it asks for made, as a load does it."""
    known: dict[Pair, Change] = {}
    for _ in range(100):
        comparisons = Comparisons(known)
        said = walk(series, comparisons, copied=copied) + rewriting(series, comparisons)
        if not comparisons.missing:
            return said, comparisons
        known |= {pair: change(pair) for pair in comparisons.missing}
    raise AssertionError("it asks for ever")


def held(series: Sequence[Shot], *, copied: bool = False) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for snapshot, finding in walked(series, copied=copied)[0]:
        if finding.severity == "error":
            found.setdefault(snapshot, set()).add(finding.code)
    return found


def test_a_cut_board_is_held_however_long_it_lasts() -> None:
    assert held(shots("0-60", "0-20", "0-20", "0-30", "0-20", "0-62")) == {
        f"s{number}": {"cut-off"} for number in (1, 2, 3, 4)
    }


def test_the_first_snapshot_is_believed() -> None:
    assert held(shots("0-20", "0-30", "0-31")) == {}


def test_a_reset_is_held_until_it_is_seen_again() -> None:
    holes = HOLES
    assert held(shots("0-60", holes)) == {"s1": {"shrunk", "vanished"}}
    assert held(shots("0-60", holes, "0-60")) == {"s1": {"shrunk", "vanished"}}
    said, _ = walked(shots("0-60", holes, f"{holes},70-71", f"{holes},70-72"))
    assert {finding.severity for _, finding in said} == {"warning"}
    assert {snapshot for snapshot, _ in said} == {"s1", "s2"}
    assert all(finding.sentence.endswith("It was seen again, so it stands.") for _, finding in said)


def test_the_same_rows_seen_for_half_a_day_stand() -> None:
    holes = HOLES
    again = START + DAY + timedelta(hours=12)
    assert held(shots("0-60", holes, last_seen=again)) == {}
    assert held(shots("0-60", holes, last_seen=again - timedelta(hours=1))) == {"s1": {"shrunk", "vanished"}}
    assert held(shots("0-60", "0-20", last_seen=START + 30 * DAY)) == {"s1": {"cut-off"}}


def test_two_looks_within_half_a_day_do_not_agree() -> None:
    hour = timedelta(hours=1)
    assert set(held(shots("0-60", HOLES, f"{HOLES},70-71", step=hour))) == {"s1", "s2"}


def test_what_an_operator_released_is_the_next_measure() -> None:
    series = shots("0-60", "0-20", "0-21", "0-22")
    series[1] = series[1]._replace(verdict="released")
    assert held(series) == {"s1": {"cut-off"}}  # which the operator settled: it is released
    series[1] = series[1]._replace(verdict="rejected")
    assert held(series) == {"s2": {"cut-off"}, "s3": {"cut-off"}}


def test_what_is_held_for_itself_is_no_measure() -> None:
    series = shots("0-60", "0-99", "0-61")
    series[1] = series[1]._replace(doubted=True)
    assert held(series) == {}
    assert walked(series)[1].used == {("0-61", "0-60")}


def test_how_long_nobody_looked_counts_to_the_first_look() -> None:
    """Not to each later one: a board that stays away for a month is still held."""
    strangers = [f"{k}-{k + 3},{70 + k}-99" for k in range(0, 20, 4)]
    held_for_weeks = held(shots("0-60", *strangers, step=timedelta(hours=11)))
    assert list(held_for_weeks) == ["s1", "s2", "s3", "s4", "s5"]
    assert held(shots("0-60", strangers[0], step=9 * DAY)) == {}


def test_facts_from_several_copies_hold_nothing() -> None:
    assert held(shots("0-60", "0-20", "70-99"), copied=True) == {}


def test_new_dates_over_old_rows_are_told_after_two_weeks() -> None:
    # The digest of a content covers its date: each of these is a content of its own, with the same models.
    series = shots(*(f"0-9,{number}-{number}" for number in range(20)), published=True)
    said, _ = walked(series)
    assert [snapshot for snapshot, finding in said if finding.code == "frozen"] == [
        f"s{n}" for n in range(14, 20)
    ]
    assert said[0][1].sentence == (
        "Published anew as of 2026-01-15, but every row is as on 2026-01-01: 14 days without a change."
    )


def test_rows_that_change_under_one_date_are_told_with_since_when() -> None:
    series = shots("0-60", "0-61")
    series = [shot._replace(published_at=START, time=START) for shot in series]
    (said,), _ = walked(series)
    assert (said[0], said[1].code) == ("s1", "republished")
    assert (
        said[1].sentence == "The rows dated 2026-01-01 are others than those captured by 2026-01-01: 1 new."
    )
    assert said[1].figures["since"] == "2026-01-02"


def test_a_past_that_was_rewritten_is_told_date_by_date_and_as_a_whole() -> None:
    late = START + 30 * DAY
    old = shots("0-50", "0-51", "0-52", "0-53", published=True)
    old[3] = old[3]._replace(last_seen=late)
    new = [
        shot._replace(snapshot_id=f"{shot.snapshot_id}'", content_id=content, first_seen=late, last_seen=late)
        for shot, content in zip(old, ["1-51", "1-52", "0-52"], strict=False)
    ]
    series = sorted([*old, *new[:2]], key=lambda shot: (shot.time, shot.first_seen))
    found = {(snapshot, finding.code): finding for snapshot, finding in walked(series)[0]}
    assert set(found) == {("s0'", "rewritten"), ("s1'", "rewritten"), ("s3", "past-rewritten")}
    assert found["s0'", "rewritten"].sentence == (
        "The publisher rewrote 2026-01-01 afterwards, between 2026-01-01 and 2026-01-31: "
        "1 of 50 models gone, 1 new."
    )
    assert found["s3", "past-rewritten"].sentence == (
        "What was captured on 2026-01-31 rewrote 2 earlier publish dates, from 2026-01-01 to 2026-01-02."
    )
