"""Reading what happened: the lines of a ledger as records, and where each ledger ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import DamagedArchive
from . import ledger, lines
from .ledger import Head
from .lines import Record

MEND = (
    "`archiver verify` names everything that is damaged; a copy of the file from a backup mends it, else "
    "`archiver repair` keeps what is sound"
)
"""What to do where a ledger or a payload is damaged."""
_KEPT = "every line before it; the payloads are files of their own"


def sound(key: str, path: Path | None, after: Head) -> Iterator[Record]:
    """The records of one ledger after a head; `key` is SOURCE/LEDGER. Raises `DamagedArchive`."""
    if path is None:
        raise DamagedArchive(f"{key} is missing; it had {after.lines} lines.", todo=MEND)
    source = key.partition("/")[0]
    try:
        if path.stat().st_size < after.bytes:
            raise DamagedArchive(f"{key} is shorter than the {after.lines} lines that it had.", todo=MEND)
        for line in ledger.scan(path, after):
            if line.torn:
                return
            if line.newer:
                raise DamagedArchive(
                    f"{key}: line {line.number}: {line.fault}",
                    kept=_KEPT,
                    todo="upgrade the archiver to the release that wrote it, or a later one",
                )
            if line.fault or line.fields is None:
                raise DamagedArchive(f"{key}: line {line.number}: {line.fault}", kept=_KEPT, todo=MEND)
            try:
                record = lines.record(line.fields, line.sha256, path.name)
            except ValueError as error:
                raise DamagedArchive(
                    f"{key}: line {line.number} is {error}", kept=_KEPT, todo=MEND
                ) from error
            if record.source != source:
                what = f"{key}: line {line.number} belongs to the source {record.source}"
                raise DamagedArchive(what, kept=_KEPT, todo=MEND)
            yield record
    except OSError as error:
        raise DamagedArchive(f"{key} cannot be read: {error.strerror}", todo=MEND) from error


def end(key: str, path: Path) -> Head:
    """Where a ledger ends. Raises `DamagedArchive`."""
    try:
        return ledger.head(path)
    except OSError as error:
        raise DamagedArchive(f"{key} cannot be read: {error.strerror}", todo=MEND) from error
