"""Whom and which boards a question means; what is not known is an error that names the nearest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UnknownName
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb

_KNOWN = """
    SELECT DISTINCT name FROM aliases
    UNION SELECT DISTINCT model_listed FROM names
    UNION SELECT DISTINCT organization_listed FROM names WHERE organization_listed <> ''
    UNION SELECT DISTINCT 'country:' || country FROM organizations WHERE country IS NOT NULL
"""
_NEAREST = 5
_LONG_ENOUGH, _SLIP = 6, 0.8
"""Letters of a word, and how alike two must be, for one to be a slip of the pen for the other."""


class Asked(NamedTuple):
    """Somebody whom a question asks for."""

    place: int
    """Order in which they were named, from 1."""
    name: str
    """As typed."""
    who: str
    """The canonical name; `country:RU` for a country."""
    kind: str
    """`organization`, `family`, `model`, `country`, `organization as listed`, `model as listed`."""
    target: str


def asked(con: duckdb.DuckDBPyConnection, who: Sequence[str]) -> list[Asked]:
    """Whom the words mean, in their order; two words for one are one.

    Raises UnknownName, with the nearest known names, for the first word that means nobody.
    """
    found = con.execute(f"FROM {call('asked', list(who))}").fetchall()  # literals are quoted
    if len(found) < len(set(who)):
        for name in who:
            if not con.execute(f"FROM {call('asked', [name])}").fetchall():  # literals are quoted
                raise UnknownName("organisation, family, model or country", name, nearest(con, name))
    return [Asked(*row) for row in found]


def nearest(con: duckdb.DuckDBPyConnection, name: str) -> tuple[str, ...]:
    """The known names most like one that is not known, best first."""
    return _closest(name, (known for (known,) in con.execute(_KNOWN).fetchall()))


def resembled(con: duckdb.DuckDBPyConnection, word: str) -> tuple[str, ...]:
    """The reviewed names of one word that a word is surely a slip of the pen for: two letters of ten differ.

    A short word is like too many.
    """
    if len(word) < _LONG_ENOUGH:
        return ()
    from difflib import get_close_matches  # here alone: only a word that nothing reads needs it

    known = (name for (name,) in con.execute("SELECT DISTINCT lower(name) FROM aliases").fetchall())
    lone = [name for name in known if name.isalpha() and len(name) >= _LONG_ENOUGH]
    return tuple(get_close_matches(word.lower(), lone, n=_NEAREST, cutoff=_SLIP))


def boards(con: duckdb.DuckDBPyConnection, patterns: Sequence[str]) -> list[str]:
    """The boards that any of the globs matches, sorted.

    Raises UnknownName, with the nearest boards, for the first glob that matches none.
    """
    everything = [board for (board,) in con.execute("SELECT board FROM boards ORDER BY board").fetchall()]
    chosen: set[str] = set()
    for pattern in patterns:
        matching = _matching(con, pattern)
        if not matching:
            raise UnknownName("board", pattern, _nearest_boards(pattern, everything))
        chosen.update(matching)
    return sorted(chosen)


def sources(con: duckdb.DuckDBPyConnection, wanted: Sequence[str]) -> list[str]:
    """Sources by name. Raises UnknownName, with the nearest, for the first that is none."""
    known = [source for (source,) in con.execute("SELECT source FROM sources ORDER BY source").fetchall()]
    for name in wanted:
        if name not in known:
            raise UnknownName("source", name, _closest(name, known))
    return list(wanted)


def board(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """A board by its exact name, in any case. Raises UnknownName with the nearest."""
    found = con.execute(f"SELECT board FROM boards WHERE board = lower({literal(name)})").fetchall()  # noqa: S608
    if not found:
        everything = [known for (known,) in con.execute("SELECT board FROM boards ORDER BY board").fetchall()]
        raise UnknownName("board", name, _nearest_boards(name, everything))
    return str(found[0][0])


def _matching(con: duckdb.DuckDBPyConnection, pattern: str) -> list[str]:
    statement = f"SELECT board FROM boards WHERE board GLOB lower({literal(pattern)})"  # noqa: S608
    return [row[0] for row in con.execute(statement).fetchall()]


def _nearest_boards(name: str, everything: Sequence[str]) -> tuple[str, ...]:
    """Those that hold every part of the name come first: `arena/russian` means `arena/text/russian`."""
    parts = [part for part in name.lower().replace("*", "/").split("/") if part]
    holding = [board for board in everything if parts and all(part in board for part in parts)]
    return tuple(dict.fromkeys([*holding[:_NEAREST], *_closest(name, everything)]))[:_NEAREST]


def _closest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    from difflib import get_close_matches  # here alone: only a mistyped name needs it

    spelled: dict[str, str] = {}
    for candidate in known:
        spelled.setdefault(candidate.lower(), candidate)
    lowered = name.strip().lower()
    matches: list[Any] = [
        candidate for candidate in sorted(spelled) if lowered and candidate.startswith(lowered)
    ]
    matches += get_close_matches(lowered, spelled, n=_NEAREST, cutoff=0.6)
    return tuple(spelled[match] for match in dict.fromkeys(matches))[:_NEAREST]
