"""Two readings of one payload beside each other: what another version of a parser makes of the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import UsageError

Row = Mapping[str, object]
"""An entry as `entries.entry_rows` gives it."""

_Key = tuple[object, object, object, object, int]


class Difference(NamedTuple):
    """One entry that only one reading has, or one field that they read differently."""

    change: str
    """`added`, `gone`, `changed`: from the old reading to the new."""
    board: str
    published_at: str | None
    model: str
    variant: str | None
    field: str | None
    """None of an entry as a whole."""
    before: object
    """The field's value; the position of an entry that is gone."""
    after: object


def differences(old: Iterable[Row], new: Iterable[Row]) -> Iterator[Difference]:
    """From the old reading to the new, in the order of the new; what is gone comes last.

    An entry is known again by board, publish date, model and variant; where these stand several times, by
    which of them it is.
    """
    earlier = dict(_keyed(old))
    for key, row in _keyed(new):
        before = earlier.pop(key, None)
        if before is None:
            yield _whole("added", row)._replace(after=row["position"])
        else:
            yield from _fields(before, row)
    for row in earlier.values():
        yield _whole("gone", row)._replace(before=row["position"])


def read(path: Path) -> list[Row]:
    """What `parse … --format jsonl` wrote. Raises UsageError, naming the line that is no entry."""
    rows: list[Row] = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict) or not {"board", "published_at", "model", "position"} <= row.keys():
            raise UsageError(
                f"Line {number} of {path} is no entry.",
                todo="write it with `archiver parse SOURCE FILE > OLD.jsonl`",
            )
        rows.append(row)
    return rows


def _keyed(rows: Iterable[Row]) -> Iterator[tuple[_Key, Row]]:
    times: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        names = (row["board"], row["published_at"], row["model"], row.get("variant"))
        times[names] += 1
        yield (*names, times[names]), row


def _fields(before: Row, after: Row) -> Iterator[Difference]:
    for field in dict.fromkeys((*before, *after)):
        if before.get(field) != after.get(field):
            whole = _whole("changed", after)
            yield whole._replace(field=field, before=before.get(field), after=after.get(field))


def _whole(change: str, row: Row) -> Difference:
    published, variant = row["published_at"], row.get("variant")
    return Difference(
        change,
        str(row["board"]),
        None if published is None else str(published),
        str(row["model"]),
        None if variant is None else str(variant),
        None,
        None,
        None,
    )
