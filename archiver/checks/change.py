"""A snapshot beside an earlier one of its board: what changed, and which of it no sound board does.

Two kinds of findings hold a snapshot. A board that lost its end looks like a table that was cut off, however
often it is seen so: only an operator settles that. A board that changed too much too fast may have been
reset: that is believed when it is seen so again (see `series`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ..records import Finding, Severity, moment

SUDDEN = timedelta(days=8)
"""A week, and a day for lateness: what changed while nobody looked for longer is told, and holds nothing.
Sound boards lost at most 16 % of their rows within it (EvalPlus, 18 to 21 April 2024: 74 to 62), and more
over longer times (LiveBench 2025-05-30, 26 August to 6 November 2025: 75 to 55; SuperCLUE from edition to
edition)."""

FEW = 3
"""Fewer models than this prove nothing: of Aider's first ten, two were listed under other names after three
days."""

CUT_SHARE = 0.25
"""Lost of a board's end. The truncating scraper's smallest loss was 21 of 71 rows (vision, 13 April 2026)."""
CUT_TAIL = 0.8
"""Share of the lost models that stood at the end, in a table cut off: 1.0 but for models that moved (the
scraper: 0.9 and more). LiveBench's reset of November 2025 lost 22 of 43 there."""
CUT_KEPT = 0.5
"""Share of the rows left that stood there before, in a table cut off. SuperCLUE's open-source board of
September 2023 lost its end too, but only one of its six rows had stood there."""

SHRUNK_SHARE = 0.30
"""Fewer rows than before. Sound boards stay under 0.17 within `SUDDEN` (see there)."""
GROWN_SHARE = 0.30
"""More rows than before: told. Sound boards grew by up to 61 % within `SUDDEN` when they were young
(LiveBench 2025-04-02, 33 to 53 rows in four days)."""
GROWN_FACTOR = 2.0
"""Held where it is sudden. A board in which several were mashed has more (Arena's search of July 2026: 182
rows where there were 32)."""
GROWN_FROM = 10
"""Boards with fewer rows may double."""

VANISHED_SHARE = 0.30
"""Models of the earlier snapshot that are not listed any more. Within `SUDDEN` sound boards lost up to 23 %
(EvalPlus, 21 April 2024: 17 of 74, most of them listed under other names)."""

NAMED_SHARE = 0.2

FELL_SHARE = 0.5
FELL_RATIO = 0.95
"""Votes that fall are told where most models lose some, or the median model more than a twentieth. Arena's
publisher takes votes back now and then: of up to 26 of 30 models, 2 % of the median model's (captioning, 12
July 2026)."""
FELL_HOLDS = 0.5
"""Held where the median model lost half of its votes: another column was read. No recording comes near."""

EMPTIED_SHARE = 0.5
"""A field empties out where it was filled in this share of the rows, and now in less than half of that."""
TELLING = frozenset({"rank", "score"})
"""Fields without which a row says nothing: where they empty out, the snapshot is held."""
EXTRA = "extra: "
"""Before the name of a field that only the publisher knows: it comes and goes, and is told as a note."""


Filled = tuple[int, int]
"""In how many rows a field is filled, and of how many that is."""


class Emptied(NamedTuple):
    """A field that lost its values."""

    field: str
    """A column of `entries`, or `extra: ` and a field of the publisher's, of which a hundred rows count."""
    filled_before: int
    rows_before: int
    filled: int
    rows: int


class Change(NamedTuple):
    """What became of an earlier snapshot's models. A model is known by its name as listed and its variant."""

    before: int
    """Models of the earlier snapshot, repeated ones once."""
    after: int
    gone: int
    """Models that are not listed any more."""
    tail: int
    """Of these, how many stood among as many rows at the end."""
    new: int
    ranks: int
    """Models listed in both whose rank is another."""
    scores: int
    votes: int
    compared: int
    """Models with votes in both."""
    fell: int
    """Of these, how many have fewer."""
    ratio: float | None
    """Votes now by votes before, of the median model."""
    emptied: Sequence[Emptied] = ()
    renamed: int = 0
    """Models gone whose score and votes a new one has, counted for one publish date."""
    names_gone: Sequence[str] = ()
    """The first of them, where many are gone."""
    names_new: Sequence[str] = ()

    @property
    def same(self) -> bool:
        """Whether every model stands as it stood."""
        return not (self.gone or self.new or self.ranks or self.scores or self.votes)


class Beside(NamedTuple):
    """How two snapshots lie to each other."""

    time: datetime
    """Of the earlier one."""
    gap: timedelta
    """How long nobody looked before the board was first seen changed."""

    @property
    def since(self) -> str:
        """When the earlier one is of, as sentences name it."""
        return moment(self.time) or ""


def emptied(before: Mapping[str, Filled], after: Mapping[str, Filled], rows: int) -> list[Emptied]:
    """The fields that lost their values. rows: of the later content, for a field that it does not have."""
    found = []
    for field, (filled, of) in sorted(before.items()):
        now, now_of = after.get(field, (0, rows))
        if filled >= EMPTIED_SHARE * of and now * of < 0.5 * filled * now_of:
            found.append(Emptied(field, filled, of, now, now_of))
    return found


def many_gone(change: Change) -> bool:
    """Whether so many models are gone that the first of them are worth naming."""
    return change.gone >= max(FEW, NAMED_SHARE * change.before)


HOLDS_FOR_GOOD = frozenset({"cut-off"})
"""Codes of findings that no second capture settles."""


def judge(change: Change, beside: Beside) -> list[Finding]:
    """What is to be said of a change: errors where no sound board does that."""
    if _little(change):
        return []
    return [
        *_size(change, beside),
        *_vanished(change, beside),
        *_votes(change, beside),
        *_emptied(change, beside),
    ]


def _little(change: Change) -> bool:
    """Whether so little changed, as from most snapshots to the next, that there is nothing to say."""
    moved = max(change.gone, abs(change.after - change.before))
    return moved < FEW and not change.fell and not change.emptied


def _size(change: Change, beside: Beside) -> Iterator[Finding]:
    before, after = change.before, change.after
    severity: Severity
    if _cut(change):
        code, severity = "cut-off", "error"
        sentence = (
            f"{before - after} of the {before} rows of {beside.since} are missing, and {change.tail} of the "
            f"{change.gone} models gone stood at its end: it looks cut off."
        )
    elif before - after >= max(FEW, SHRUNK_SHARE * before):
        code, severity = "shrunk", _severity(beside)
        sentence = f"{after} rows, where {beside.since} had {before}: {(before - after) / before:.0%} fewer."
    elif before >= GROWN_FROM and after >= GROWN_FACTOR * before:
        code, severity = "grown", "error" if beside.gap <= SUDDEN else "note"
        sentence = f"{after} rows, where {beside.since} had {before}: {after / before:.1f} times as many."
    elif after - before >= max(FEW, GROWN_SHARE * before):
        code, severity = "grown", "note"
        sentence = f"{after} rows, where {beside.since} had {before}: {(after - before) / before:.0%} more."
    else:
        return
    figures = {"before": before, "rows": after, "gone": change.gone, "new": change.new, "since": beside.since}
    yield Finding(code, severity, sentence, figures)


def _cut(change: Change) -> bool:
    return (
        change.after < change.before
        and change.gone >= max(FEW, CUT_SHARE * change.before)
        and change.tail >= CUT_TAIL * change.gone
        and change.before - change.gone >= CUT_KEPT * change.after
    )


def _vanished(change: Change, beside: Beside) -> Iterator[Finding]:
    if change.gone >= max(FEW, VANISHED_SHARE * change.before) and not _cut(change):
        named = f" ({', '.join(change.names_gone)}, …)" if change.names_gone else ""
        yield Finding(
            "vanished",
            _severity(beside),
            f"{change.gone} of the {change.before} models of {beside.since} are not listed any more{named}.",
            {"gone": change.gone, "before": change.before, "since": beside.since},
        )


def _votes(change: Change, beside: Beside) -> Iterator[Finding]:
    if not change.fell or change.ratio is None or change.compared < FEW:
        return
    fallen = change.ratio < FELL_RATIO or change.fell >= FELL_SHARE * change.compared
    severity: Severity = "error" if change.ratio < FELL_HOLDS else "warning" if fallen else "note"
    yield Finding(
        "votes-fell",
        severity,
        f"{change.fell} of {change.compared} models have fewer votes than on {beside.since}; "
        f"the median model has {change.ratio:.1%} of them.",
        {"fell": change.fell, "compared": change.compared, "ratio": change.ratio, "since": beside.since},
    )


def _emptied(change: Change, beside: Beside) -> Iterator[Finding]:
    if not change.emptied:
        return
    fields = [each.field for each in change.emptied]
    first = change.emptied[0]
    more = f" and {len(fields) - 1} more ({', '.join(fields[1:4])}{', …' * (len(fields) > 4)})"
    own = [name for name in fields if not name.startswith(EXTRA)]
    severity: Severity = "error" if set(fields) & TELLING else "warning" if own else "note"
    yield Finding(
        "field-emptied",
        severity,
        f"{first.field} is filled in {first.filled} of {first.rows} rows; on {beside.since} it was in "
        f"{first.filled_before} of {first.rows_before}{more if len(fields) > 1 else ''}.",
        {"fields": fields, "since": beside.since},
    )


def _severity(beside: Beside) -> Severity:
    return "error" if beside.gap <= SUDDEN else "warning"
