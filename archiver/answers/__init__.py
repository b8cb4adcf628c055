"""Questions → relations: each takes a connection to the index and plain arguments, and returns a DuckDB
relation, or small records where an answer speaks of itself.

The rows of history and boards come from the macros inside the index, so that every client gives the same.
"""

from __future__ import annotations

from .board import Facts, board, facts
from .catalog import boards, find, sources
from .dictionary import Described, schema
from .evidence import Evidence, Publisher, explain, publisher
from .health import Health, health, read_through, status
from .history import KEYS, Elsewhere, elsewhere, history
from .missing import Known, Touching, gaps, known_names, touching, unmapped
from .names import Asked, asked
from .notes import Coverage, Freshness, Seen, coverage, findings, freshness
from .prunable import Redundant, prunable
from .sandbox import condition, sql, trusted
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
