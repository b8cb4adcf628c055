"""What people may type for an organisation, a family, a model or a country, and what is meant by it.

One name means one thing. Where a name could mean several, the first of these counts: the user's own names;
the organisation's canonical name; the family's; a model's; other names of organisations, of families, of
models; countries; what boards print for an organisation; names as listed. So `DeepSeek` is the organisation,
which has all of the family; `Qwen` is the family, although boards print it for Alibaba.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from .folding import fold
from .own import OwnName
from .tables import listed, rows


class Alias(NamedTuple):
    """A row of the table `aliases`."""

    folded: str
    name: str
    kind: str
    """`organization`, `family`, `model` or `country`."""
    target: str
    evidence: str


_OWN_PAGES = "its maker's own pages"

Meaning = tuple[str, str, str, str]
"""name, kind, target, evidence"""


class Typed:
    """All names that may be typed; read when first asked for."""

    def __init__(self, own: Iterable[OwnName] = ()) -> None:
        self._own = list(own)
        self._known: dict[str, Alias] = {}

    def aliases(self, met: Iterable[tuple[str, str, str]] = ()) -> list[Alias]:
        """Every name with its one meaning, sorted. met: names as listed, their models, and the evidence."""
        known = dict(self._all())
        met = sorted({*met})
        for name, model, evidence in (*((model, model, evidence) for _, model, evidence in met), *met):
            _claim(known, (name, "model", model, f"as listed: {evidence}"))
        return sorted(known.values())

    def nearest(self, text: str, n: int) -> tuple[str, ...]:
        """Known names that look like a text, best first, at most one for each meaning."""
        known = self._all()
        close = get_close_matches(fold(text), known, n * 3, 0.6)
        meant = {(known[name].kind, known[name].target): known[name].name for name in reversed(close)}
        return tuple(reversed(meant.values()))[:n]

    def _all(self) -> dict[str, Alias]:
        if not self._known:
            for meaning in meanings(self._own):
                _claim(self._known, meaning)
        return self._known


def _claim(known: dict[str, Alias], meaning: Meaning) -> None:
    if key := fold(meaning[0]):
        known.setdefault(key, Alias(key, *meaning))


def meanings(own: Iterable[OwnName]) -> Iterator[Meaning]:
    """Every name with each of its meanings, the one that counts first."""
    for mine in own:
        yield from ((alias, mine.kind, mine.name, mine.because) for alias in (mine.name, *mine.aliases))
    organizations = [(row, "organization") for row in rows("organizations")]
    families = [(row, "family") for row in rows("families")]
    models = [(row, "model") for row in rows("models")]
    every = organizations + families + models
    yield from ((row[kind], kind, row[kind], row["evidence"] or _OWN_PAGES) for row, kind in every)
    for row, kind in every:
        yield from ((name, kind, row[kind], row["evidence"] or _OWN_PAGES) for name in listed(row["typed"]))
    for row in rows("countries"):
        for name in (row["country"], *listed(row["typed"])):
            yield f"country:{name}", "country", row["country"], "ISO 3166-1"
        yield from ((name, "country", row["country"], "ISO 3166-1") for name in listed(row["typed"]))
    for row, kind in organizations:
        yield from ((name, kind, row[kind], row["evidence"]) for name in listed(row["listed"]))
