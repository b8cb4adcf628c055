"""`standing` for people: a line a board and name, with the place over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from .listing import print_listing, standing
from .screen import Screen
from .sparks import Point, best_of_days, ends, spark

CELLS = 12
"""Of a line of places over time."""

Places = Mapping[tuple[str, str], Sequence[tuple[date, int | None]]]
"""By board and name: days and places; see `answers.standing.places`."""


def print_standing(
    screen: Screen,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    places: Places,
    about: str = "place",
) -> None:
    """Prints the rows of `answers.standing`; what an empty rank means is said in its place.

    about: what stands first and stays where the room is short; see `listing.standing`.
    """
    layout = standing(about)
    board, who = columns.index("board"), columns.index("who")
    rank, status = columns.index("rank"), columns.index("status")
    shown = []
    for row in rows:
        cells = list(row)
        if cells[rank] is None:
            cells[rank] = "absent" if cells[status] == "absent" else "no rank"
        over_time = places.get((str(cells[board]), str(cells[who])), ())
        shown.append([*cells, _drawn(over_time, ascii=screen.ascii)])
    left_out = print_listing(screen, [*columns, "over_time"], shown, layout)
    if layout["over_time"].title not in left_out and any(row[-1] for row in shown):
        screen.line(
            "Over time: from the first snapshot to the last, each line from its worst to its best place",
            "dim",
        )


def _drawn(found: Sequence[tuple[date, int | None]], *, ascii: bool) -> str:
    points = best_of_days(Point(day, place) for day, place in found)
    scale = ends(points)
    if scale is None:
        return ""
    return spark(points, points[0].day, points[-1].day, scale, CELLS, ascii=ascii)
