"""A report of the boards to draw."""

from __future__ import annotations

from typing import Any

import duckdb

from archiver.reports import pages


def told(con: duckdb.DuckDBPyConnection, *who: str, **more: Any) -> pages.Report:
    return pages.build(con, pages.Asked(who, **more))
