"""Records read destructively: what a source does not map or ignore by name is kept and, if new, reported.

audit = Audit(extras={"date", "command"}, ignored={"source": "added by a copyist"})
for number, record in enumerate(table.records(), start=1):
    fields = audit.record(record)
    entry = Entry(number, fields.name("model"), score=fields.number("score"), extra=fields.rest())
findings = audit.findings()
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import isfinite

from ..errors import ParseFailed
from ..records import Finding
from . import numbers, text

EXACT = 2**53
"""Whole numbers below it are floats without loss."""

_SHOWN = 5
"""Examples that a finding quotes at most."""


class Audit:
    """What became of the fields of one table. Make one a table, and ask it for `findings()` at the end."""

    def __init__(self, *, extras: Collection[str] = (), ignored: Mapping[str, str] | None = None) -> None:
        """extras: fields that are known and kept as they are. ignored: fields that are dropped → why."""
        self._extras = frozenset(extras)
        self._ignored = dict(ignored or {})
        self._new: Counter[str] = Counter()
        self._unread: dict[str, list[str]] = {}
        self._rows = 0

    def record(self, record: Mapping[str, object]) -> Fields:
        """The next row, ready to be emptied."""
        self._rows += 1
        return Fields(self, record, self._rows)

    def records(self, count: int) -> None:
        """So many rows are read at once (`sheets.Sheet`)."""
        self._rows += count

    def unread(self, field: str, value: object) -> None:
        """Notes a value that says something, yet not what the field should hold."""
        self._unread.setdefault(field, []).append(str(value)[: text.SHOWN])

    def left(self, rest: Mapping[str, object]) -> dict[str, object]:
        """What is kept of the fields that were not mapped. Those that nobody knows are remembered."""
        kept = {name: value for name, value in rest.items() if name not in self._ignored}
        if not kept.keys() <= self._extras:
            self._new.update(name for name in kept if name not in self._extras)
        return kept

    def keeps(self, names: Iterable[str], rows: int) -> list[str]:
        """Which of the fields that were not mapped are kept, of so many rows that have them all."""
        kept = [name for name in names if name not in self._ignored]
        self._new.update({name: rows for name in kept if name not in self._extras})
        return kept

    def text(self, field: str, value: object, row: int) -> str | None:
        """A text as printed, without the space around it; None where it is empty or not there."""
        if value is None or isinstance(value, str):
            return (value or "").strip() or None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        raise ParseFailed(f"{field!r} of row {row} is not text but {type(value).__name__}.")

    def number(self, field: str, value: object) -> float | None:
        """A number; None where the value says that there is none, or says it unclearly (a finding then)."""
        if (plain := _plain(value)) is not None:
            return plain
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = repr(value)
        if not isinstance(value, str):
            if value is not None:
                self.unread(field, value)
            return None
        read = numbers.number(value)
        if read is None and not numbers.is_missing(value):
            self.unread(field, value)
        return read

    def integer(self, field: str, value: object) -> int | None:
        """A whole number, as `number` reads it; a fraction is unclear."""
        number = self.number(field, value)
        read = None if number is None else numbers.whole(number)
        if read is None and number is not None:
            self.unread(field, number)
        return read

    def measured(self, field: str, value: object, row: int) -> numbers.Measured | None:
        """A value with or without its interval (`74.5±4.7%`, `31.4`); None where there is none or it is
        unclear."""
        if (plain := _plain(value)) is not None:
            return numbers.Measured(plain, None, None)
        printed = self.text(field, value, row)
        if printed is None or numbers.is_missing(printed):
            return None
        read = numbers.measured(printed)
        if read is None:
            self.unread(field, printed)
        return read

    def findings(self) -> Iterator[Finding]:
        """One `new-field` for each field that the source does not know, one `unread-number` for each whose
        figures are unclear."""
        for field, count in sorted(self._new.items()):
            yield Finding(
                "new-field",
                "warning",
                f"The field {text.short(field)} is new: kept in extra, it means nothing to the archive yet.",
                {"field": field, "values": count, "rows": self._rows},
            )
        for field, values in sorted(self._unread.items()):
            examples = list(dict.fromkeys(values))[:_SHOWN]
            yield Finding(
                "unread-number",
                "warning",
                f"{len(values)} of {self._rows} values of {text.short(field)} are no clear number, so "
                f"empty here: {text.listed(examples)}.",
                {"field": field, "values": len(values), "rows": self._rows, "examples": examples},
            )


class Fields:
    """The fields of one row; each is taken out as it is read."""

    def __init__(self, audit: Audit, record: Mapping[str, object], row: int) -> None:
        self._audit, self._left, self._row = audit, dict(record), row

    def name(self, field: str) -> str:
        """A name that must be there. Raises ParseFailed, saying in which row it is not."""
        value = self.text(field)
        if value is None:
            raise ParseFailed(f"Row {self._row} has no {field!r}.")
        return value

    def text(self, field: str) -> str | None:
        """A text as printed, without the space around it; None where it is empty or not there."""
        return self._audit.text(field, self._left.pop(field, None), self._row)

    def number(self, field: str) -> float | None:
        """A number; None where the field says that there is none, or says it unclearly (a finding then)."""
        return self._audit.number(field, self._left.pop(field, None))

    def integer(self, field: str) -> int | None:
        """A whole number, as `number` reads it; a fraction is unclear."""
        return self._audit.integer(field, self._left.pop(field, None))

    def figure(self, field: str) -> int | float | None:
        """A number for `extra`, as `number` reads it; whole where it is printed without a point: 225."""
        printed = str(self._left.get(field))
        value = self.number(field)
        whole = None if value is None or "." in printed else numbers.whole(value)
        return value if whole is None else whole

    def __contains__(self, field: str) -> bool:
        return field in self._left

    def span(self, field: str) -> numbers.Span | None:
        """Two offsets (`+5/-4`, `±4`, `(-1.1, 1.0)`); None where there are none or unclear ones."""
        value = self.text(field)
        if value is None or numbers.is_missing(value):
            return None
        read = numbers.span(value)
        if read is None:
            self._audit.unread(field, value)
        return read

    def measured(self, field: str) -> numbers.Measured | None:
        """A value with or without its interval (`74.5±4.7%`, `31.4`); None where there is none or it is
        unclear."""
        return self._audit.measured(field, self._left.pop(field, None), self._row)

    def rest(self) -> dict[str, object]:
        """Everything that was not taken and is not ignored by name: the entry's `extra`."""
        return self._audit.left(self._left)


def _plain(value: object) -> float | None:
    """What a number of JSON, YAML or Parquet is; None for all else, and where it asks for a closer look.

    The same as reading its digits, which takes twenty times as long.
    """
    if type(value) is float:
        return value if isfinite(value) else None
    return float(value) if type(value) is int and -EXACT < value < EXACT else None
