"""What a picture draws, read from its spec."""

from __future__ import annotations

from typing import Any

from archiver.reports.charts import Chart

SVG = "{http://www.w3.org/2000/svg}"


def layers(chart: Chart) -> list[dict[str, Any]]:
    panels = chart.spec.get("vconcat", [chart.spec])
    return [layer for panel in panels for layer in panel["layer"]]


def rows(chart: Chart, mark: str) -> list[dict[str, Any]]:
    return [row for each in layers(chart) if each["mark"]["type"] == mark for row in each["data"]["values"]]
