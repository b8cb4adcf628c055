"""The section `[prune]`: which bytes may be given up. Without it nothing is ever pruned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from .values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    """The operator's policy for payloads that add no snapshot: other bytes that say what kept bytes say."""

    keep: timedelta
    """Payloads that were last captured more recently than this stay, whatever they say."""
    sources: tuple[str, ...] = ()
    """Only of these sources; empty for all."""


_PRUNE: Mapping[str, Callable[[Value], object]] = {
    "keep": partial(Value.span, least=timedelta(days=1), most=timedelta(days=36_600)),
    "sources": Value.texts,
}


def prune(value: Value) -> Prune:
    """The section `[prune]`. Raises `UsageError`."""
    read: dict[str, Any] = value.table(_PRUNE)
    if "keep" not in read:
        raise value.wrong('a table with keep = "365d", the age from which bytes may go,')
    return Prune(**read)
