"""What an answer says of itself, in sentences. Each is complete by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from .figures import counted, day, span, when

if TYPE_CHECKING:
    from ..answers import Coverage, Elsewhere, Facts, Freshness, Seen
    from ..answers.narrow import Narrow
    from ..answers.presence import Unseen
    from .standing import Standing

KINDS = {
    "by-score": "ranks are by score: the board prints none",
    "published-ties": "ranks are as printed, an upper bound: many may share a place",
}
"""What must be said of a kind of rank; of `published` nothing."""


COMPUTED = (
    "~: places that the score intervals allow, computed since none are printed: "
    "one more than the models surely ahead, to all but those surely behind"
)
"""The rule of a spread that the archive computed; see the macro `places_allowed`."""


def called(who: str, *, within: bool = False) -> str:
    """A name as a line begins with it. within: as it stands within a sentence.

    >>> called("country:US"), called("country:US", within=True), called("Sber")
    ('United States', 'the United States', 'Sber')
    """
    if not who.startswith("country:"):
        return who  # without reading the words of a language, which would keep every answer waiting
    from .texts import texts

    say = texts("en")
    return say.who(who) if within else say.label(who)


def absent(who: str, board: str, snapshots: int, dates: str) -> str:
    """The proof of an absence.

    >>> absent("Sber", "arena/text/overall", 13, "2026-06-25 … 2026-08-06")
    'Sber: absent from arena/text/overall in 13 complete snapshots, 2026-06-25 … 2026-08-06'
    """
    return f"{called(who)}: absent from {board} in {counted(snapshots, 'complete snapshot')}, {dates}"


def setting(variant: str) -> str:
    """What an absence means where entries in one setting alone were asked for.

    >>> setting("high")
    "absent: no entry whose setting holds 'high'; entries in other settings do not count"
    """
    what = f"no entry whose setting holds {variant!r}" if variant else "no entry without a setting"
    return f"absent: {what}; entries in other settings do not count"


def standing(each: Standing) -> str:
    """How often and from when to when somebody was on a board."""
    if each.first_seen is None:
        return absent(each.who, each.board, each.absent, span(each.first_absent, each.last_absent))
    parts = [f"{called(each.who)}: first seen {day(each.first_seen)}, last seen {day(each.last_seen)}"]
    parts.append(f"listed in {counted(each.listed, 'snapshot')}")
    if each.absent:
        parts.append(f"absent from {each.absent:,} complete, {span(each.first_absent, each.last_absent)}")
    return ", ".join(parts)


def unseen(gap: Unseen) -> str:
    """When nothing says where somebody stood, and why."""
    how_many = f" in {counted(gap.snapshots, 'snapshot')}" if gap.snapshots else ""
    return f"{called(gap.who)}: {gap.status}{how_many}, {span(gap.since, gap.until)}"


def held_from(board: Coverage) -> str:
    """From when to when a board is held."""
    return f"{board.board} ({counted(board.snapshots, 'snapshot')}, {span(board.first, board.last)})"


def elsewhere(who: Sequence[str], found: Elsewhere) -> str:
    """The one line on all boards where nobody asked for ever stood."""
    return (
        f"{', '.join(map(called, who))}: absent from {counted(found.boards, 'other board')} "
        f"in {counted(found.snapshots, 'complete snapshot')}, {span(found.first, found.last)}"
    )


def nothing_fits(facts: Facts, narrow: Narrow) -> str:
    """Why a board that was cut down shows no row; of a set alone what that proves."""
    shown = f"{counted(facts.rows, 'entry', 'entries')} of {facts.board} on {day(facts.time)}"
    if narrow.among is None or any(each is not None for each in (narrow.variant, narrow.top, narrow.where)):
        return f"None of the {shown} is as asked."
    names = [narrow.among] if isinstance(narrow.among, str) else narrow.among
    who = ", ".join(called(name, within=True) for name in names)
    proof = (
        "complete: an absence" if facts.complete else "an excerpt: it says nothing of whom it does not show"
    )
    return f"None of the {shown} belongs to {who} ({proof})."


def of_board(covered: Coverage) -> Iterator[str]:
    """What must be known of a board's snapshots: excerpts, routes, the kind of rank, other scores."""
    if covered.rank_kind in KINDS:
        yield KINDS[covered.rank_kind]
    if excerpts := covered.snapshots - covered.complete:
        yield (
            f"{excerpts:,} of {counted(covered.snapshots, 'snapshot')} "
            f"{'shows' if excerpts == 1 else 'show'} an excerpt only, which proves presence, never absence"
        )
    if len(covered.routes) > 1:
        by_route = sorted(covered.routes.items(), key=lambda item: (-item[1], item[0]))
        yield (
            f"snapshots by route: {', '.join(f'{number:,} {route}' for route, number in by_route)}; "
            "a route fills in for times that a better one lacks"
        )
    others = {metric: number for metric, number in covered.metrics.items() if metric != covered.metric}
    if others:
        told = "; ".join(f"{metric} in {counted(number, 'snapshot')}" for metric, number in others.items())
        yield f"scores are not all {covered.metric}: {told}"


def finding(seen: Seen) -> str:
    """What a check saw in snapshots that an answer shows."""
    return f"{seen.severity} {seen.code} in {counted(seen.snapshots, 'snapshot')}: {seen.sentence}"


def fresh(states: Iterable[Freshness]) -> Iterator[str]:
    """How fresh and how whole the collection behind an answer is, a line a source."""
    for state in states:
        parts = [f"last captured {when(state.last_success)}" if state.last_success else "never captured"]
        if state.failing_since:
            parts.append(f"{counted(state.failures, 'capture')} failed since {when(state.failing_since)}")
        if state.unread:
            parts.append(f"{counted(state.unread, 'payload')} could not be read")
        if state.held:
            parts.append(f"{counted(state.held, 'snapshot')} held for review")
        yield f"{state.source}: {'; '.join(parts)}"
