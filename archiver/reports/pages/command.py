"""The command that makes a report again."""

from __future__ import annotations

import shlex
from datetime import datetime

from ...records import moment
from .content import Asked


def line(asked: Asked) -> str:
    """Words for a shell, all times named.

    >>> line(Asked(("Sber", "T-Bank's"), weekly=True))
    'archiver report Sber \\'T-Bank\\'"\\'"\\'s\\' --weekly -o report.html'
    """
    words = ["archiver", "report", *asked.who]
    for board in asked.boards:
        words += ["--board", board]
    if asked.weekly:
        words.append("--weekly")
    words += [*_time("--since", asked.since), *_time("--until", asked.until)]
    if asked.lang != "en":
        words += ["--lang", asked.lang]
    return shlex.join([*words, "-o", "report.html"])


def _time(option: str, time: datetime | None) -> list[str]:
    said = moment(time)
    return [option, said] if said else []
