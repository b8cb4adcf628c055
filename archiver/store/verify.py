"""Proof that an archive is whole: every line of every ledger, every object, every digest. Changes nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ..records import Upkeep
from . import disk, objects
from .damage import Damage, Totals
from .known import ledgers
from .ledger import LOST, Head, Line, scan
from .lines import record
from .shelf import Unreadable, decoded, named, object_name


def verify(
    root: Path,
    sources: list[str],
    earlier: Mapping[str, Mapping[str, Head]],
    totals: Totals,
    tick: Callable[[Totals], None],
) -> Iterator[Damage]:
    """Everything that is wrong below `root`; ledgers also against heads that were known earlier.

    earlier: whose word a head is, as the end of a sentence about its lines → heads by SOURCE/LEDGER.
    """
    for source in sources:
        totals.sources += 1
        yield from _Source(root, source, totals, tick).verify(earlier)
    for whose, heads in earlier.items():
        for key, head in sorted(heads.items()):
            if head.bytes and not (root / key).is_file():
                what = f"is missing, with the {head.lines} lines that {whose}"
                yield Damage(file=key, kind="ledger", what=what)


class _Source:
    def __init__(self, root: Path, source: str, totals: Totals, tick: Callable[[Totals], None]) -> None:
        self._root, self._source, self._totals, self._tick = root, source, totals, tick
        self._folder, self._payloads = root / source / "payloads", f"{source}/payloads"
        self._captures: Counter[str] = Counter()
        self._named: set[str] = set()
        self._children: dict[str | None, list[str]] = defaultdict(list)
        self._seen: set[str] = set()
        self._gone: dict[str, str | None] = {}

    def verify(self, earlier: Mapping[str, Mapping[str, Head]]) -> Iterator[Damage]:
        """Ledgers first: what a capture adds meanwhile is then a payload too many, never one too few."""
        for path in ledgers(self._root / self._source):
            name = f"{self._source}/{path.name}"
            yield from self._ledger(path, name, {whose: heads.get(name) for whose, heads in earlier.items()})
        yield from self._list()
        for digest in [*self._children.pop(None, [])]:
            yield from self._tree(digest)
        yield from self._without_base()
        yield from self._circles()

    def _name(self, digest: str) -> str:
        """The object of a payload, as a report names it: below snapshots/."""
        return f"{self._payloads}/{object_name(digest)}"

    def _ledger(self, path: Path, name: str, earlier: Mapping[str, Head | None]) -> Iterator[Damage]:
        unmet = {whose: head for whose, head in earlier.items() if head and head.bytes}
        lost: list[int] = []
        self._totals.ledgers += 1
        try:
            for line in scan(path):
                gone = line.fields is not None and line.fields.get("kind") == LOST
                if what := self._line(line):
                    note = line.torn or (gone and not line.fault)
                    told = f"line {line.number}: {what}"
                    yield Damage(file=name, kind="ledger", what=told, note=note, lost=note and gone)
                if gone:
                    lost.append(line.number)
                unmet = {whose: head for whose, head in unmet.items() if not _meets(line, head, lost)}
        except OSError as error:
            yield Damage(file=name, kind="ledger", what=f"cannot be read: {error.strerror}")
            return
        for whose, head in unmet.items():
            yield Damage(file=name, kind="ledger", what=_not_begun(whose, head, lost))

    def _line(self, line: Line) -> str:
        """What is wrong with a line, or nothing; counts what it points at."""
        if line.torn:
            return "an interrupted write, never acknowledged; the next capture cuts it off"
        self._totals.lines += 1
        if line.fields is None:
            return line.fault
        try:
            found = record(line.fields, line.sha256, "")
        except ValueError as error:
            return f"it is {error}"
        if found.source != self._source:
            return f"it belongs to the source {found.source}"
        if isinstance(found, Upkeep):
            self._gone.update(found.gone)
            if found.kind == LOST and not line.fault:
                self._totals.lost += 1
                return f"what stood here was lost ({found.because}), as a repair recorded"
        if digest := line.fields.get("sha256"):
            self._captures[digest] += 1
        return line.fault

    def _list(self) -> Iterator[Damage]:
        """Take down the objects on disk and their bases; name what is foreign and what is missing."""
        for name, digest in named(self._folder):
            if digest is None:
                what = "is an unfinished write" if disk.is_temporary(name) else "is no file of the archive"
                yield Damage(file=f"{self._payloads}/{name}", kind="payload", what=what, note=True)
                continue
            self._named.add(digest)
            if digest not in self._captures:
                what = (
                    "no ledger line speaks for this payload: its capture was interrupted, or lines are gone"
                )
                yield Damage(file=self._name(digest), kind="payload", what=what, note=True)
            try:
                base = objects.header(disk.read(f"{self._folder}/{name}", objects.HEADER_BYTES)).base
            except (OSError, objects.BadObject):
                base = None  # it is named when it is read as a whole
            self._children[base].append(digest)
        for digest in sorted(self._captures.keys() - self._named - self._children.keys()):
            if digest not in self._gone:
                yield self._damage(digest, "is missing", {digest})
            elif self._gone[digest] is not None:
                self._totals.pruned += 1
            else:
                self._totals.lost += 1
                what = f"is lost, as a repair recorded; {self._captures[digest]} captures showed it"
                yield Damage(file=self._name(digest), kind="payload", what=what, note=True, lost=True)
        for digest in sorted({kept for kept in self._gone.values() if kept} - self._named):
            if digest not in self._captures:
                yield self._damage(digest, "is missing, and pruned payloads rest on what it says", {digest})

    def _damage(self, digest: str, what: str, lost: set[str]) -> Damage:
        captures = sum(self._captures[item] for item in lost)
        return Damage(
            file=self._name(digest), kind="payload", what=what, depends=tuple(sorted(lost)), captures=captures
        )

    def _tree(self, root: str) -> Iterator[Damage]:
        """Decode an object and all that rest on it, each once.

        Of several that rest on one object the lightest branch goes first, so that the number of payloads
        held at a time grows with the logarithm of their number.
        """
        weights = self._weights(root)
        waiting: list[tuple[str, bytes | None]] = [(root, None)]
        while waiting:
            digest, base = waiting.pop()
            self._seen.add(digest)
            try:
                body = self._decode(digest, base)
            except Unreadable as error:
                below = self._below(digest)
                yield self._damage(digest, error.what, below)
                yield from self._flaws(below - {digest})
                continue
            children = sorted(self._children.get(digest, ()), key=weights.__getitem__, reverse=True)
            waiting.extend((child, body) for child in children)

    def _weights(self, root: str) -> dict[str, int]:
        order = [root]
        for digest in order:
            order.extend(self._children.get(digest, ()))
        weights: dict[str, int] = {}
        for digest in reversed(order):
            weights[digest] = 1 + sum(weights[child] for child in self._children.get(digest, ()))
        return weights

    def _decode(self, digest: str, base: bytes | None) -> bytes:
        body = decoded(digest, self._read(digest), base)
        self._totals.payload_bytes += len(body)
        return body

    def _read(self, digest: str) -> bytes:
        try:
            data = disk.read(f"{self._folder}/{object_name(digest)}")
        except OSError as error:
            raise Unreadable(digest, f"cannot be read: {error.strerror}") from error
        self._totals.objects += 1
        self._totals.stored_bytes += len(data)
        self._tick(self._totals)
        return data

    def _below(self, digest: str) -> set[str]:
        """An object and all that rest on it; of a circle, the whole circle."""
        found, waiting = {digest}, [digest]
        while waiting:
            for child in self._children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found

    def _flaws(self, digests: set[str]) -> Iterator[Damage]:
        """Objects that cannot be decoded for want of a base are checked by their own checksum."""
        for digest in sorted(digests - self._seen):
            self._seen.add(digest)
            if what := self._flaw(digest):
                yield self._damage(digest, what, self._below(digest))

    def _flaw(self, digest: str) -> str:
        try:
            objects.check(self._read(digest))
        except Unreadable as error:
            return error.what
        except objects.BadObject as error:
            return f"is damaged: {error}"
        return ""

    def _without_base(self) -> Iterator[Damage]:
        """Objects whose base is not there: either it is gone, or they themselves name it wrongly."""
        for base in sorted(key for key in self._children if key is not None and key not in self._named):
            lost = self._below(base) - {base}
            flaws = list(self._flaws(lost))
            yield from flaws
            ill = {damage.file for damage in flaws}
            sound = [child for child in self._children[base] if self._name(child) not in ill]
            if base in self._captures:
                yield self._damage(base, "is missing", lost | {base})
                continue
            for child in sound:  # which of the two is wrong cannot be told; the child is there to be named
                what = f"rests on {object_name(base)}, which is missing and of which no ledger line speaks"
                yield self._damage(child, what, self._below(child))

    def _circles(self) -> Iterator[Damage]:
        """What no whole payload leads to: objects of one side of a merge, or one in another's place.

        Which of a circle is wrong cannot be told, so each of it is named.
        """
        bases = {child: base for base, children in self._children.items() for child in children}
        for digest in sorted(self._named):
            if digest in self._seen:
                continue
            lost = self._below(digest)
            flaws = list(self._flaws(lost))
            yield from flaws
            circle = [] if flaws else _circle(digest, bases)
            for member in circle:
                below = self._below(member)
                self._seen |= below
                yield self._damage(member, "rests on itself by a circle of bases", below)


def _circle(digest: str, bases: Mapping[str, str | None]) -> list[str]:
    """The objects of the circle that an object's bases end in."""
    way: list[str] = []
    at: str | None = digest
    while at is not None and at not in way:
        way.append(at)
        at = bases.get(at)
    return sorted(way[way.index(at) :]) if at is not None else []


def _meets(line: Line, head: Head, lost: list[int]) -> bool:
    """Whether a ledger begins with what a head named, now that it was read up to `line`.

    The digest vouches for every line, so that bytes need not agree where a lost line came back since; where
    one is lost still, they tell whether it was lost already when the head was taken.
    """
    same = (line.number, line.head.sha256) == (head.lines, head.sha256)
    return same and (not lost or line.end == head.bytes)


def _not_begun(whose: str, head: Head, lost: list[int]) -> str:
    what = f"does not begin with the {head.lines} lines ({head.bytes} bytes) that {whose}"
    if among := [number for number in lost if number <= head.lines]:
        what += f": {len(among)} of them were lost, as a repair recorded"
    return what
