"""Where this program keeps what it can make or get again."""

from __future__ import annotations

import os
from pathlib import Path


def folder(name: str) -> Path:
    """The folder `name` below $ARCHIVER_CACHE, else below the platform's place for such things.

    It need not be there, and may be emptied at any time.
    """
    if given := os.environ.get("ARCHIVER_CACHE"):
        return Path(given) / name
    from platformdirs import user_cache_path

    return user_cache_path("llm-leaderboard-archiver", appauthor=False) / name
