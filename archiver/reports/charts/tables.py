"""What a picture shows, as rows of text: for those who cannot see it, and for whoever checks it."""

from __future__ import annotations

from collections.abc import Sequence

from ..texts import Texts
from .headline import figure
from .series import Panel

_COLUMNS = ("board", "date", "who", "model", "rank", "of", "score")


def of_lines(panels: Sequence[Panel], kind: str, say: Texts) -> list[list[str]]:
    """A row for each point of the coloured lines; of a board on one day, of everyone on it."""
    rows = [[say(f"chart.{name}") for name in _COLUMNS]]
    for panel in panels:
        end = len(panel.shots) - 1
        lines = [*panel.lines, *(panel.context if kind == "board" else ())]
        points = [
            (point.at, point.entry.rank or 0, say.bare(line.name), point)
            for line in lines
            for point in line.points
            if kind != "board" or point.at == end
        ]
        for _, rank, name, point in sorted(points, key=lambda each: each[:3]):
            of, score = str(point.of or ""), figure(point.entry.score, say)
            date = f"{point.time:%Y-%m-%d}"
            rows.append([panel.publication.board, date, name, point.entry.model, str(rank), of, score])
    return rows
