"""`streaks` for people: a line a streak, with the gaps that it spans and which of theirs it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from .listing import STREAKS, print_listing
from .screen import Screen

_IN_GAPS = "In gaps: days on which no snapshot shows them; those before and after place them so."
_GAPS = "Of some of the days no snapshot shows them; those before and after place them so."


def print_streaks(screen: Screen, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Prints the rows of `answers.standing.streaks`.

    Streaks stand under the name of their board where boards have several.
    """
    told = [dict(zip(columns, row, strict=True)) for row in rows]
    theirs = Counter((each["board"], each["who"]) for each in told)
    shown = []
    for row, each in zip(rows, told, strict=True):
        longest = each["longest"] and theirs[each["board"], each["who"]] > 1  # or it goes without saying
        which = [word for word, holds in (("longest", longest), ("current", each["current"])) if holds]
        models = dict.fromkeys((each["first_model"], each["last_model"]))
        gap_days = each["days"] - each["days_shown"]
        shown.append([*row, gap_days or None, ", ".join(which), " … ".join(models)])
    layout = dict(STREAKS)
    if len(rows) >= 2 * len({each["board"] for each in told}):
        del layout["board"]
    left_out = print_listing(screen, [*columns, "gap_days", "which", "models"], shown, layout)
    if any(each["days"] > each["days_shown"] for each in told):
        screen.line(_GAPS if STREAKS["gap_days"].title in left_out else _IN_GAPS, "dim")
