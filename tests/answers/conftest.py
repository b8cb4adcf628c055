from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.answers.world import build


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index that world.py makes."""
    path = tmp_path_factory.mktemp("world") / "archive.duckdb"
    build(path).close()
    return path


@pytest.fixture
def con(index: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """It, opened as any DuckDB shell opens it."""
    with duckdb.connect(str(index), read_only=True) as connection:
        yield connection
