"""Questions → relations: each takes a connection to the index and plain arguments, and returns a DuckDB
relation, or small records where an answer speaks of itself.

The rows of history and boards come from the macros inside the index, so that every client gives the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .board import Facts, board, facts
from .health import Health, health, read_through, status
from .history import KEYS, Elsewhere, elsewhere, history
from .names import Asked, asked
from .notes import Coverage, Freshness, Seen, asked_about, coverage, findings, freshness
from .prunable import Redundant, prunable
from .sandbox import condition, sql, trusted

if TYPE_CHECKING:
    from .catalog import boards, find, sources
    from .dictionary import Described, schema
    from .evidence import Evidence, Publisher, explain, publisher
    from .missing import Known, Touching, gaps, known_names, touching, unmapped
    from .waiting import Held, Identity, Unread, held, identified, unread

__all__ = [
    "KEYS",
    "Asked",
    "Coverage",
    "Described",
    "Elsewhere",
    "Evidence",
    "Facts",
    "Freshness",
    "Health",
    "Held",
    "Identity",
    "Known",
    "Publisher",
    "Redundant",
    "Seen",
    "Touching",
    "Unread",
    "asked",
    "asked_about",
    "board",
    "boards",
    "condition",
    "coverage",
    "elsewhere",
    "explain",
    "facts",
    "find",
    "findings",
    "freshness",
    "gaps",
    "health",
    "held",
    "history",
    "identified",
    "known_names",
    "prunable",
    "publisher",
    "read_through",
    "schema",
    "sources",
    "sql",
    "status",
    "touching",
    "trusted",
    "unmapped",
    "unread",
]

_LATER = {
    **dict.fromkeys(("boards", "find", "sources"), "catalog"),
    **dict.fromkeys(("Described", "schema"), "dictionary"),
    **dict.fromkeys(("Evidence", "Publisher", "explain", "publisher"), "evidence"),
    **dict.fromkeys(("Known", "Touching", "gaps", "known_names", "touching", "unmapped"), "missing"),
    **dict.fromkeys(("Held", "Identity", "Unread", "held", "identified", "unread"), "waiting"),
}
"""What `history` and `board` do without is imported on first use; but what has the name of its own module
is not: the import would put the module in its place."""


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
