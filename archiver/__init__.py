"""An archive of LLM leaderboards: what each board said, how it moved since, and the evidence.

from archiver import Archive
Archive("path").history("Sber", "Yandex").df()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .answers.narrow import Narrow
    from .archive import Archive

__version__ = "0.1.0"
__all__ = ["Archive", "Narrow", "__version__"]


def __getattr__(name: str) -> object:
    """Public names are imported on first use: a question must start in the time DuckDB takes."""
    if name == "Archive":
        from .archive import Archive

        return Archive
    if name == "Narrow":
        from .answers.narrow import Narrow

        return Narrow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
