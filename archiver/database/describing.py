"""What describes a reading in the index, taken from its portions as they pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from ..errors import ParseFailed
from ..parsing import Portion, Shown
from ..records import moment
from . import rows
from .rows import Pending


def described(
    pending: Pending, version: int, portions: Iterable[Portion], new: Mapping[str, list[rows.Row]]
) -> Iterator[Portion]:
    """The portions as they come, each described in `new` before. Raises ParseFailed."""
    seen: set[tuple[str, datetime | None]] = set()
    for portion in portions:
        for shown, leader in zip(portion.shown, portion.leaders(), strict=True):
            _refuse(pending.source, shown, seen)
            new["contents"].append(rows.content(pending, version, shown, leader))
            new["findings"].extend(rows.finding(pending, shown, one) for one in shown.findings)
            new["touched"].append((shown.board,))
        yield portion


def _refuse(source: str, snapshot: Shown, seen: set[tuple[str, datetime | None]]) -> None:
    """Raises ParseFailed for a snapshot that could not be told from others."""
    if re.fullmatch(r"[^/]+/[^/]+/[^/]+", snapshot.board) is None or not snapshot.board.startswith(
        f"{source}/"
    ):
        raise ParseFailed(f"{snapshot.board!r} is no board of {source}: {source}/track/category is")
    state = (snapshot.board, snapshot.published_at)
    if state in seen:
        raise ParseFailed(
            f"the payload shows {snapshot.board} twice for one publish date ({moment(snapshot.published_at)})"
        )
    seen.add(state)
