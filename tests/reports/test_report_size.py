"""A year of a large board in one page: small enough to send, and to open at once."""

from __future__ import annotations

from pathlib import Path

import duckdb

from archiver.reports import pages
from tests.bench.bench_history import make

SNAPSHOTS, MODELS = 365, 385
"""As many days, and models on the global arena in 2026. Here every score changes from day to day."""


def test_a_year_of_a_large_board_is_a_page_of_two_megabytes(tmp_path: Path) -> None:
    path = make(tmp_path, SNAPSHOTS * MODELS, boards=1, models=MODELS)
    with duckdb.connect(str(path), read_only=True) as con:
        report = pages.build(con, pages.Asked(("Sber", "Yandex")))
        page = pages.written(report, "html")
    [part] = report.parts
    assert part.covered.snapshots == SNAPSHOTS
    assert len(page) < 2_000_000
    assert len(part.states.shots) > 60
    assert len(part.states.shots) + part.states.left_out == SNAPSHOTS
    assert part.states.shots[-1].time == part.covered.last
