"""What several tests of pictures and pages ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest


@pytest.fixture(scope="module")
def con(drawn_index: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The index of the boards to draw."""
    with duckdb.connect(str(drawn_index), read_only=True) as connection:
        yield connection
