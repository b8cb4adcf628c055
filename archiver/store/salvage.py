"""What is sound of a damaged ledger, put back in its chain; a line that is lost keeps its place.

Sound lines stay byte for byte, so that whatever cites them by their SHA-256 still finds them. Where one
cannot be had, a line of kind `lost` stands for it, with its SHA-256 as far as the line after it, the index or
a published head tells it: the chain goes on from there, and a copy that turns up later fits in again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from . import ledger, mend
from .ledger import NOTHING, START, Head

MOST_LOST = 100_000
"""Lines. A gap beyond this is left to a backup: it would make a ledger of nothing but gaps."""
_MEND_BYTES = 1 << 13
"""A longer stretch is not searched for a flipped bit: the search takes half a second for as much."""


class Beyond(ValueError):
    """This ledger is not for this release to repair. The message says why."""


class Salvage(NamedTuple):
    """A ledger as it can be had."""

    data: bytes
    lost: int
    """Lines that nothing could bring back."""
    mended: int
    """Lines in which one flipped bit was turned back."""
    copied: int
    """Lines that a copy had and the damaged ledger had not."""


class _Found(NamedTuple):
    raw: bytes
    number: int
    before: str
    """SHA-256 that it says the line before it has."""
    after: str
    """SHA-256 that the line after it must name."""
    stands: bool
    """It only stands for a line that was lost."""


Stand = Callable[[str | None], dict[str, object]]
"""The fields of a line that stands for a lost one, given the SHA-256 of that one or None."""


def salvage(
    data: bytes,
    copies: Sequence[bytes],
    heads: Collection[Head],
    stand: Stand,
    *,
    source: str,
    strangers: Collection[bytes] = (),
) -> Salvage:
    """The ledger put together from `data` and from copies of it.

    heads: what the ledger is known to have been. strangers: lines of other ledgers of the source, for which
    its own are not taken where a head denies them. Raises `Beyond`.
    """
    own, mended, unread_at_end = _lines(data, source)
    pool = [*own, *(line for copy in copies for line in _lines(copy, source)[0])]
    if _denied(pool, heads):
        pool = [line for line in pool if line.raw not in strangers]
        denied = _denied(pool, heads)
        pool = [line for line in pool if line not in denied]
    chain, mine = _chain(pool, {head.sha256 for head in heads}), set(own)
    parts, lost, end = [], 0, NOTHING
    for line in chain:
        gap, end = _gap(end, line.number - 1, line.before, stand)
        parts += [*gap, line.raw + b"\n"]
        lost += len(gap)
        end = Head(end.bytes + len(line.raw) + 1, line.number, line.after)
    last = max(heads, default=NOTHING, key=lambda head: head.lines)
    beyond = last.lines > end.lines
    goal = last.lines if beyond else end.lines + unread_at_end
    gap, end = _gap(end, goal, last.sha256 if beyond else None, stand)
    copied = sum(line not in mine for line in chain)
    return Salvage(b"".join([*parts, *gap]), lost + len(gap), mended, copied)


def _denied(pool: Iterable[_Found], heads: Collection[Head]) -> set[_Found]:
    """Lines that stand where a known head had another, and all that follow from them."""
    known = {head.lines: head.sha256 for head in heads if head.lines}
    denied: set[_Found] = set()
    ends: set[tuple[int, str]] = set()
    for line in sorted(pool, key=lambda line: line.number):
        if known.get(line.number, line.after) != line.after or (line.number - 1, line.before) in ends:
            denied.add(line)
            ends.add((line.number, line.after))
    return denied


def _lines(data: bytes, source: str) -> tuple[list[_Found], int, int]:
    """(lines that can be read, how many of them were mended, lines after the last that cannot)."""
    raws = data.split(b"\n")
    tail = raws.pop()
    if ledger.holds_record(tail):
        raws.append(tail)
    found: list[_Found] = []
    mended, run = 0, list[bytes]()
    for raw in raws:
        if (line := _read(raw, source)) is None:
            run.append(raw)
            continue
        again, _ = _mended(run, source)
        found += [*again, line]
        mended, run = mended + len(again), []
    again, left = _mended(run, source)
    return [*found, *again], mended + len(again), left


def _read(raw: bytes, source: str) -> _Found | None:
    try:
        fields = ledger.decode(raw)
    except ledger.NewerFormat as error:
        raise Beyond(str(error)) from error
    except ValueError:
        return None
    if fields.get("source", source) != source:
        return None
    return _Found(raw, fields["n"], fields["prev"], _closing(fields, raw), fields.get("kind") == ledger.LOST)


def _closing(fields: dict[str, Any], raw: bytes) -> str:
    return ledger.closing(fields, sha256(raw).hexdigest())


def _mended(run: Sequence[bytes], source: str) -> tuple[list[_Found], int]:
    """(lines that cannot be read, in a row, with a bit turned back; how many at the end stay unread)."""
    found: list[_Found] = []
    at = left = 0
    while at < len(run):
        # A flip can also make a newline, or unmake one.
        again = _turned(run[at], source) or _turned(b"\n".join(run[at : at + 2]), source)
        left = 0 if again else left + 1
        at += 2 if again and not _turned(run[at], source) else 1
        found += again
    return found, left


def _turned(damaged: bytes, source: str) -> list[_Found]:
    """The lines that are there once one bit is turned back; none where no single one makes them readable."""
    if len(damaged) > _MEND_BYTES:
        return []
    for bit in range(8 * len(damaged)):
        found = [_read(raw, source) for raw in mend.flip(damaged, bit).split(b"\n")]
        if all(found):
            return [line for line in found if line]
    return []


def _chain(pool: Iterable[_Found], known: Collection[str]) -> list[_Found]:
    """One line for each number: of several, that of the longest unbroken run, a known head first."""
    lines = sorted(dict.fromkeys(pool), key=lambda line: line.number)
    above: dict[tuple[int, str], int] = {}
    for line in lines:
        above[line.number, line.after] = 1 + above.get((line.number - 1, line.before), 0)
    below: dict[tuple[int, str], int] = {}
    best: dict[int, tuple[tuple[int, bool], _Found]] = {}
    for line in reversed(lines):
        on = 1 + below.get((line.number + 1, line.after), 0) + (len(lines) if line.after in known else 0)
        below[line.number, line.before] = max(on, below.get((line.number, line.before), 0))
        weight = on + above[line.number, line.after], not line.stands
        if line.number > 0 and weight > best.get(line.number, ((0, False), line))[0]:
            best[line.number] = weight, line
    return _vouched([best[number][1] for number in sorted(best)], known)


def _vouched(chosen: Iterable[_Found], known: Collection[str]) -> list[_Found]:
    """Leaves out a line that the very next one does not name, since what stood there was another; or that
    next one, where a known head vouches for the line before it."""
    kept: list[_Found] = []
    for line in chosen:
        before = kept[-1] if kept else None
        if line.number == 1 and line.before != START:
            continue
        if before and before.number + 1 == line.number and before.after != line.before:
            if before.after in known:
                continue
            kept.pop()
        kept.append(line)
    return kept


def _gap(end: Head, goal: int, stands_for: str | None, stand: Stand) -> tuple[list[bytes], Head]:
    """Lines for the lost ones between `end` and line `goal`, and where the ledger ends with them."""
    if goal - end.lines > MOST_LOST:
        raise Beyond(f"{goal - end.lines:,} lines in a row are gone: only a copy of the file can mend that")
    made: list[bytes] = []
    for number in range(end.lines + 1, goal + 1):
        fields = stand(stands_for if number == goal else None)
        line = ledger.encode(fields, end)
        made.append(line + b"\n")
        end = Head(end.bytes + len(line) + 1, number, _closing(ledger.decode(line), line))
    return made, end
