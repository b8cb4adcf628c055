"""JSON whose keys are names: one object a record, what is nested in it with dots between the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..errors import ParseFailed
from . import jsons, text

MAX_DEPTH = 8
"""Objects within objects that a record may have; beyond it, recursion would be a stranger's to choose."""


class Record(NamedTuple):
    """One record, under the name that is its key."""

    name: str
    fields: Mapping[str, object]


def records(body: bytes) -> list[Record]:
    """The records of a JSON object, in its order.

    Raises ParseFailed for what is no JSON object of objects, for an empty one, and for a name that is blank.

    >>> records(b'{"GigaChat": {"pass@1": {"base": 31.4}, "size": 29}}')
    [Record(name='GigaChat', fields={'pass@1.base': 31.4, 'size': 29})]
    """
    found = jsons.loads(text.decode(body))
    if not isinstance(found, dict) or not found:
        raise ParseFailed(
            f"Not an object of records, but {type(found).__name__} ({len(body)} bytes of JSON)."
        )
    read = []
    for name, fields in found.items():
        if not name.strip() or not isinstance(fields, dict):
            what = "no name" if not name.strip() else f"{type(fields).__name__} instead of fields"
            raise ParseFailed(f"The record {text.short(name)} has {what}.")
        flat = list(_flat(fields, ""))
        if len(dict(flat)) != len(flat):
            raise ParseFailed(f"The record {text.short(name)} has a field twice: as it is, and nested.")
        read.append(Record(name.strip(), dict(flat)))
    return read


def names(found: list[Record]) -> list[str]:
    """Every field that any of the records has, in order of appearance."""
    return list(dict.fromkeys(field for record in found for field in record.fields))


def _flat(fields: Mapping[str, object], above: str) -> Iterator[tuple[str, object]]:
    if above.count(".") > MAX_DEPTH:
        raise ParseFailed(f"A record is nested deeper than {MAX_DEPTH} levels.")
    for key, value in fields.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{above}{key}.")
        else:
            yield above + key, value
