"""The sentence above a picture, made from its data and true of it, and the lines that say what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from ..figures import counted
from ..notes import KINDS
from .series import Line, Panel, Point

Value = Literal["rank", "score"]
_MOST_NAMED = 6
"""Names in a headline."""


def ordinal(number: int) -> str:
    """`1st`, `12th`, `23rd`.

    >>> [ordinal(each) for each in (1, 2, 3, 4, 11, 12, 13, 21, 112, 102)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th', '102nd']
    """
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def date(time: datetime) -> str:
    """`27 November 2024`."""
    return f"{time.day} {time:%B %Y}"


def listed(words: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def of_panels(panels: Sequence[Panel]) -> str:
    """What the first of several panels shows, saying on which board."""
    said = of_lines(panels[0])
    title = panels[0].publication.title
    return said if len(panels) == 1 or not panels[0].lines else f"{said} on {title}"


def of_lines(panel: Panel) -> str:
    """Where those who were asked for came to stand."""
    if not panel.lines:
        return _absent(panel)
    if len(panel.lines) == 1:
        return _alone(panel, panel.lines[0])
    here = [line for line in panel.lines if line.last.at == len(panel.shots) - 1]
    if not here:
        last = max(panel.lines, key=lambda line: line.last.at)
        return f"{last.name} was last listed on {date(last.last.time)}, {_place(last.last)}"
    moved = [line for line in here if line.first.at != line.last.at]
    if len(here) == len(moved) == 2:
        return f"{_moved(here[0])}; {_moved(here[1])}"
    here.sort(key=lambda line: (_rank(line.last), line.name))
    more = len(here) - _MOST_NAMED if len(here) > _MOST_NAMED else 0
    places = [f"{line.name} {ordinal(_rank(line.last))}" for line in here[: 3 if more else None]]
    said = listed(places) + (f" of {here[0].last.of}" if here[0].last.of else "")
    behind = f", {len(here) - len(places)} more behind them," if more else ""
    return f"{said}{behind} on {date(here[0].last.time)}"


def _absent(panel: Panel) -> str:
    who, complete = listed(panel.missing), sum(shot.complete for shot in panel.shots)
    title = panel.publication.title
    if not panel.missing:
        return f"Listed on {title}, with no rank"
    if not complete:
        return f"No excerpt of {title} shows {who}"
    verb = "is" if len(panel.missing) == 1 else "are"
    if complete == 1:
        return f"{who} {verb} not on {title}"
    return f"{who} {verb} on none of {complete} complete snapshots of {title}"


def _alone(panel: Panel, line: Line) -> str:
    gone = line.last.at < len(panel.shots) - 1
    if gone and any(shot.complete for shot in panel.shots[line.last.at + 1 :]):
        return f"{line.name} was last listed on {date(line.last.time)}, {_place(line.last)}"
    if len(line.points) == 1:
        return f"{line.name} stood {_place(line.last)} on {date(line.last.time)}"
    if _rank(line.last) == 1:
        return f"{line.name} has been first {_since(line)}"
    if within_noise(line.first, line.last):
        return f"{_moved(line)}, within the uncertainty of its rank"
    return f"{_moved(line)} of {line.last.of}" if line.last.of else _moved(line)


def _since(line: Line) -> str:
    """Since when a line is first without a break."""
    first = line.last
    for point in reversed(line.points):
        if _rank(point) != 1 or point.run != line.last.run:
            break
        first = point
    if first.at == line.last.at:
        return f"on {date(first.time)}"
    return f"since {first.time:%B %Y}"


def _moved(line: Line) -> str:
    first, last = _rank(line.first), _rank(line.last)
    if first == last:
        return f"{line.name} stood {ordinal(last)} at both ends"
    return f"{line.name} {'rose' if last < first else 'fell'} from {ordinal(first)} to {ordinal(last)}"


def within_noise(one: Point, other: Point) -> bool:
    """Whether the places that two points' uncertainty allows overlap."""
    a, b = one.entry, other.entry
    if a.rank_low is None or a.rank_high is None or b.rank_low is None or b.rank_high is None:
        return False
    if _rank(one) == _rank(other):
        return False
    return a.rank_low <= b.rank_high and b.rank_low <= a.rank_high


def _rank(point: Point) -> int:
    return point.entry.rank or 0


def _place(point: Point) -> str:
    return ordinal(_rank(point)) + (f" of {point.of}" if point.of else "")


def of_scores(panel: Panel) -> str:
    """What those who were asked for came to score."""
    if not panel.lines:
        return _absent(panel)
    ends = [line for line in panel.lines if line.last.entry.score is not None]
    if not ends:
        return of_lines(panel)
    at = max(line.last.at for line in ends)
    here = [line for line in ends if line.last.at == at]
    sign = -1 if panel.publication.higher_is_better else 1
    here.sort(key=lambda line: (sign * (line.last.entry.score or 0), line.name))
    scores = [f"{line.name} {figure(line.last.entry.score)}" for line in here]
    return f"{listed(scores)} on {date(panel.shots[at].time)}"


def figure(score: float | None) -> str:
    """A score for a sentence: four figures, no more.

    >>> figure(1172.50453), figure(82.7), figure(0.74512), figure(24.0)
    ('1173', '82.7', '0.7451', '24')
    """
    return "" if score is None else f"{score:.4g}" if abs(score) < 1000 else f"{score:.0f}"


def of_snapshot(panel: Panel) -> str:
    """Who leads a board on a day, and where those who were asked for stand."""
    shot = panel.shots[-1]
    lines = [line for line in (*panel.lines, *panel.context) if line.last.at == len(panel.shots) - 1]
    if mine := [line for line in panel.lines if line.last.at == len(panel.shots) - 1]:
        mine.sort(key=lambda line: (_rank(line.last), line.last.entry.position))
        best = {line.organization: line for line in reversed(mine)}  # the best of each, in any order
        mine = [line for line in mine if line in best.values()] if len(best) > 1 else mine[:3]
        places = [f"{line.name} {ordinal(_rank(line.last))}" for line in mine]
        return f"{listed(places)}{f' of {shot.of}' if shot.of else ''} on {date(shot.time)}"
    if panel.missing:
        return _absent(panel)
    first = sorted(line.name for line in lines if _rank(line.last) == 1)
    if not first:
        return f"{panel.publication.title} on {date(shot.time)}"
    shared = " share the first place" if len(first) > 1 else " leads"
    return f"{listed(first[:3])}{shared} on {date(shot.time)}"


def subtitle(panel: Panel, *, band: str = "", value: Value = "rank", titled: bool = False) -> str:
    """Board, dates and snapshots, then what must be known to read the lines.

    titled: the board's title stands above already.
    """
    published, shots = panel.publication, panel.shots
    what = "rank" if value == "rank" else published.metric
    first, last = f"{shots[0].time:%Y-%m-%d}", f"{shots[-1].time:%Y-%m-%d}"
    when = f"{counted(len(shots), 'snapshot')}, {first} to {last}"
    if len(shots) == 1:
        when = f"the snapshot of {first}"
    name = published.board if titled else f"{published.title} ({published.board})"
    parts = [f"{name}, {what} in {when}."]
    if value == "rank" and published.rank_kind in KINDS:
        said = KINDS[published.rank_kind]
        parts.append(f"{said[0].upper()}{said[1:]}.")
    if band:
        parts.append(band)
    if panel.broken:
        days = f", or no snapshot for over {panel.gap.days} days" if panel.gap else ""
        parts.append(f"Broken line: not listed{days}.")
    if panel.lines and panel.missing:
        parts.append(f"Not listed: {listed(panel.missing)}.")
    if panel.left_grey:
        parts.append(f"{counted(panel.left_grey, 'more model')} asked for in grey.")
    return " ".join(parts)


def source(panels: Iterable[Panel]) -> str:
    """Whose data it is, under which licence."""
    said = []
    for panel in panels:
        text = panel.publication.attribution
        if panel.publication.license not in {"not stated", ""} and panel.publication.license not in text:
            text += f", {panel.publication.license}"
        said.append(text)
    return f"Source: {'; '.join(dict.fromkeys(said))}. Archived with LLM leaderboard archiver."
