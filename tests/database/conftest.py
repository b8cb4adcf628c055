"""An archive of one source, for the tests of what a load makes of its ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.database.archive_maker import Ledger, source


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "archive.duckdb"


@pytest.fixture
def ledger() -> Ledger:
    return Ledger({"one": source("one", routes=("main", "page"))})
