"""What a verification tells: what is not as it was written, and how much was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that is not as it was written, or worth a note."""

    file: str
    """Below snapshots/."""
    kind: Literal["ledger", "payload"]
    what: str
    depends: tuple[str, ...] = ()
    """SHA-256 of the payloads that cannot be read because of it, its own included where it was one."""
    captures: int = 0
    """How many ledger lines point at those payloads."""
    note: bool = False
    """No damage: the harmless trace of an interrupted write, or a file that is not the archive's."""
    lost: bool = False
    """Of a note: what is gone for good, as a repair recorded."""

    def __str__(self) -> str:
        cost = ""
        if self.depends:
            cost = f" ({len(self.depends)} payloads of {self.captures} captures cannot be read)"
        return f"{'note' if self.note else 'damage'}: {self.file}: {self.what}{cost}"


@dataclass(slots=True)
class Totals:
    """What a verification has read so far."""

    sources: int = 0
    ledgers: int = 0
    lines: int = 0
    objects: int = 0
    stored_bytes: int = 0
    payload_bytes: int = 0
    pruned: int = 0
    """Payloads that are gone by a recorded pruning; one that says the same is kept for each."""
    lost: int = 0
    """Lines and payloads that are gone for good, as a repair recorded."""
