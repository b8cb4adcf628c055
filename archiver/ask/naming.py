"""Whom a question names: the longest names of the registry that stand in it, in any case of Russian."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from ..answers.sql import literal, rows
from ..identity import fold
from . import vocabulary
from .text import Text, Word

if TYPE_CHECKING:
    import duckdb

LONGEST = 7
"""Words of a name."""
_CYRILLIC = re.compile("[а-я]+", re.IGNORECASE)
_ENDINGS = (
    "ами",
    "ями",
    "ого",
    "ому",
    "ах",
    "ях",
    "ам",
    "ям",
    "ом",
    "ем",
    "ой",
    "ей",
    "ою",
    "ею",
    "ов",
    "ев",
    "а",
    "я",
    "у",
    "ю",
    "е",
    "ы",
    "и",
)
_NOMINATIVE = ("", "а", "я", "ь", "й")
_ORDER = {"organization": 0, "family": 1, "model": 2, "country": 3, "listed": 4}


class Name(NamedTuple):
    """Somebody whom a question names."""

    who: str
    """As commands take it."""
    kind: str
    said: str


class _Run(NamedTuple):
    start: int
    end: int
    """First word and the one after the last, among the free words."""
    said: str
    folded: tuple[str, ...]


def names(con: duckdb.DuckDBPyConnection, text: Text) -> list[Name]:
    """Takes the names that a question holds, in their order; each once.

    A name is found as the index has it, or with a Russian case ending taken off; nothing is guessed.
    """
    words = list(text.free())
    runs = [run for run in _runs(words) if any(run.folded)]
    known = _known(con, {folded for run in runs for folded in run.folded}, {run.said for run in runs})
    found: list[tuple[int, Name]] = []
    taken: set[int] = set()
    for run in sorted(runs, key=lambda run: (run.start - run.end, run.start)):
        if taken & set(range(run.start, run.end)):
            continue
        meant = [known[key] for key in (*run.folded, f"listed {run.said.lower()}") if key in known]
        if not meant:
            continue
        kind, target = min(meant, key=lambda each: _ORDER[each[0]])
        taken |= set(range(run.start, run.end))
        text.mark(words[run.start].start, words[run.end - 1].end)
        found.append((run.start, Name(f"country:{target}" if kind == "country" else target, kind, run.said)))
    return list({name.who: name for _, name in sorted(found)}.values())


def countries(text: Text) -> list[Name]:
    """Takes what says where models are from: `Russian models`, `китайские`."""
    found = []
    for code, form in vocabulary.COUNTRIES.items():
        if match := text.take(form):
            found.append((match.start(), Name(f"country:{code}", "country", match[0])))
    return [name for _, name in sorted(found)]


def _runs(words: Sequence[Word]) -> Iterator[_Run]:
    """Every run of free words that could be a name: no break within, and not a lone word of the language."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            run = words[start:end]
            if any(word.parted or word.start != before.end + 1 for before, word in pairwise(run)):
                break
            said = " ".join(word.raw for word in run)
            lone = end - start == 1 and vocabulary.is_plain(said)
            edges = any(vocabulary.is_plain(word.raw) and not _is_heard(word) for word in (run[0], run[-1]))
            if lone or (edges and not any(character.isdigit() for character in said) and end - start > 1):
                continue
            yield _Run(start, end, said, tuple(dict.fromkeys(fold(form) for form in _forms(run))))


def _is_heard(word: Word) -> bool:
    """`Про` of a name is a word of the language as well."""
    return word.raw.lower() in vocabulary.SPELLED


def _forms(run: Sequence[Word]) -> Iterator[str]:
    """The words as they stand, then each Cyrillic one without its case ending."""
    cyrillic = [word for word in run if _CYRILLIC.fullmatch(word.raw)]
    if len(cyrillic) > 2:
        yield " ".join(word.raw for word in run)
        return
    for forms in product(*(tuple(_spelled(word.raw)) for word in run)):
        yield " ".join(forms)


def _spelled(word: str) -> Iterator[str]:
    """A word without its case ending, and as the makers of a model of that name write it."""
    for form in _nominatives(word):
        yield form
        if latin := vocabulary.SPELLED.get(form.lower()):
            yield latin


def _nominatives(word: str) -> Iterator[str]:
    yield word
    if not _CYRILLIC.fullmatch(word) or len(word) < 4:
        return
    for ending in _ENDINGS:
        if word.lower().endswith(ending) and len(word) - len(ending) >= 3:
            yield from (word[: -len(ending)] + back for back in _NOMINATIVE)


def _known(con: duckdb.DuckDBPyConnection, folded: set[str], said: set[str]) -> dict[str, tuple[str, str]]:
    """Folded name, or `listed ` and a name as listed in lower case → kind and whom it means."""
    if not folded:
        return {}
    wanted, listed = literal(sorted(folded - {""})), literal(sorted({each.lower() for each in said}))
    found = rows(
        con,
        f"""
        SELECT a.folded, a.kind, a.target FROM aliases AS a
        WHERE a.folded IN (SELECT unnest({wanted}::VARCHAR[])) AND a.kind NOT LIKE '% as listed'
        UNION ALL
        SELECT 'listed ' || lower(n.model_listed), 'listed', min(n.model_listed) FROM names AS n
        WHERE lower(n.model_listed) IN (SELECT unnest({listed}::VARCHAR[])) GROUP BY ALL
        """,  # noqa: S608  # literals are quoted
    )
    known: dict[str, tuple[str, str]] = {}
    for key, kind, target in sorted(found, key=lambda row: -_ORDER[str(row[1])]):
        known[str(key)] = (str(kind), str(target))
    return known
