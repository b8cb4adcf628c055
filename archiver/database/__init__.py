"""The index: what `snapshots/` says, as one DuckDB file that answers by itself.

Disposable: it is made from the ledgers and payloads alone, the same each time. It is never written in place.
A load works on a copy of its own and publishes it by rename, so that readers and loads never wait for each
other, and a killed load leaves the old file as it was.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .connect import connect, heads, read_of

if TYPE_CHECKING:
    from .differences import Difference, difference
    from .load import Loader
    from .opening import Opening
    from .publish import Published
    from .rows import Pending

__all__ = [
    "Difference",
    "Loader",
    "Opening",
    "Pending",
    "Published",
    "connect",
    "difference",
    "heads",
    "read_of",
]

_LATER = {"Difference": ".differences", "difference": ".differences"}
_LATER |= {"Loader": ".load", "Opening": ".opening", "Pending": ".rows", "Published": ".publish"}
"""What a question does not need is imported on first use."""


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(_LATER[name], __name__), name)
    raise AttributeError(name)
