"""The sentence above a picture, made from its data and true of it, in the picture's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ..said import place as placed
from ..texts import Texts
from .series import Line, Panel, Point

Value = Literal["rank", "score"]
_MOST_NAMED = 6
"""Names in a headline."""


def of_panels(panels: Sequence[Panel], say: Texts, value: Value = "rank") -> str:
    """What the first of several panels shows, saying on which board."""
    told = of_scores if value == "score" else of_lines
    said = _among(told(panels[0], say), panels[0], say)
    if len(panels) > 1 and panels[0].lines:
        said = say("headline.on_board", said=said, title=panels[0].publication.title)
    return say.begun(said)


def _among(said: str, panel: Panel, say: Texts) -> str:
    """With the set, where places are counted in one: alone it would be another claim, of an absence too."""
    return say("headline.among", said=said, set=set_of(panel, say)) if panel.among else said


_MOST_WORDS = 5


def set_of(panel: Panel, say: Texts) -> str:
    """In which set places are counted: its words, the first of many."""
    words = [
        say("picture.among_open") if word.lower() == "open" else say.models_of(word) for word in panel.among
    ]
    return ", ".join(words[:_MOST_WORDS]) + (", …" if len(words) > _MOST_WORDS else "")


def of_lines(panel: Panel, say: Texts) -> str:
    """Where those who were asked for came to stand."""
    if not panel.lines:
        return _absent(panel, say)
    if len(panel.lines) == 1:
        return _alone(panel, panel.lines[0], say)
    here = [line for line in panel.lines if line.last.at == len(panel.shots) - 1]
    if not here:
        return _gone(max(panel.lines, key=lambda line: line.last.at), say)
    if len(here) == 1:
        said, [other, *others] = (
            _alone(panel, here[0], say),
            [line for line in panel.lines if line not in here],
        )
        return said if others else f"{said}; {_gone(other, say)}"
    moved = [line for line in here if line.first.at != line.last.at]
    if len(here) == len(moved) == 2:
        return f"{_moved(here[0], say)}; {_moved(here[1], say)}"
    here.sort(key=lambda line: (_rank(line.last), line.name))
    more = len(here) + panel.left_last - 3
    shown = here if more + 3 <= _MOST_NAMED else here[:3]
    return _listed(shown, more if len(shown) < more + 3 else 0, here[0].last, say)


def _listed(lines: Sequence[Line], more: int, last: Point, say: Texts) -> str:
    """`A 1st, B 2nd and C 3rd of 49 on 31 March 2025`."""
    said = [say("headline.each", name=line.name, rank=say.ordinal(_rank(line.last))) for line in lines]
    key = f"headline.several{'_more' if more else ''}{'' if last.of else '_unsure'}"
    return say(key, places=say.listed(said), of=last.of, more=more, date=say.date(last.time))


def _absent(panel: Panel, say: Texts) -> str:
    who, whole = say.listed(panel.missing), [shot for shot in panel.shots if shot.complete]
    title, several = panel.publication.title, "_several" if len(panel.missing) > 1 else ""
    if not panel.missing:
        return say("headline.unranked", title=title)
    if not whole:
        return say("headline.excerpts_lack", title=title, who=who)
    if len(whole) == 1:
        return say(f"headline.absent_once{several}", who=who, title=title, date=say.date(whole[0].time))
    return say(f"headline.absent{several}", who=who, title=title, n=say.number(len(whole)))


def _alone(panel: Panel, line: Line, say: Texts) -> str:
    gone = line.last.at < len(panel.shots) - 1
    if gone and any(shot.complete for shot in panel.shots[line.last.at + 1 :]):
        return _gone(line, say)
    if len(line.points) == 1:
        date = say.date(line.last.time)
        return say("headline.stood", name=line.name, place=place(line.last, say), date=date)
    first = _first(line)
    if first.at != line.last.at:
        key = "headline.was_first_tied" if _tied(panel, first, line.last) else "headline.was_first"
        return say(key, name=line.name, since=say.date(first.time), until=say.date(line.last.time))
    if _rank(line.first) == _rank(line.last):
        of = line.last.of if line.first.of == line.last.of else None
        return _stayed(line, placed(_rank(line.last), of, say), say)
    moved = _moved(line, say)
    if panel.within_noise:
        return say("headline.within_noise", moved=moved)
    return say("headline.moved_of", moved=moved, of=line.last.of) if line.last.of else moved


def _gone(line: Line, say: Texts) -> str:
    last = line.last
    return say("headline.last_listed", name=line.name, date=say.date(last.time), place=place(last, say))


def _first(line: Line) -> Point:
    """Since when a line is first without a break; its last point where it is not, or only then."""
    first = line.last
    for point in reversed(line.points):
        if _rank(point) != 1 or point.run != line.last.run:
            break
        first = point
    return first


def _tied(panel: Panel, first: Point, last: Point) -> bool:
    """Whether somebody else was first, too, from one point to another."""
    mine = {(point.at, point.entry.position) for line in panel.lines for point in line.points}
    return any(
        _rank(point) == 1 and first.at <= point.at <= last.at and (point.at, point.entry.position) not in mine
        for line in panel.context
        for point in line.points
    )


def _moved(line: Line, say: Texts) -> str:
    first, last = _rank(line.first), _rank(line.last)
    if first == last:
        return _stayed(line, placed(last, None, say), say)
    key = ("rose" if last < first else "fell") + ("_many" if line.name in say.words["plural"] else "")
    before, after = say.ordinal(first, origin=True), say.ordinal(last)
    return say(f"headline.{key}", name=line.name, before=before, after=after)


def _stayed(line: Line, told: str, say: Texts) -> str:
    return say("headline.stayed", name=line.name, place=told)


def _rank(point: Point) -> int:
    return point.entry.rank or 0


def place(point: Point, say: Texts) -> str:
    """`4th of 49`."""
    return placed(_rank(point), point.of, say)


def of_scores(panel: Panel, say: Texts) -> str:
    """What those who were asked for came to score."""
    if not panel.lines and panel.elsewhere and not panel.missing:
        of = {"who": say.listed(panel.elsewhere), "metric": panel.publication.metric}
        return say("headline.otherwise", title=panel.publication.title, **of)
    if not panel.lines:
        return _absent(panel, say)
    ends = [line for line in panel.lines if line.last.entry.score is not None]
    if not ends:
        return of_lines(panel, say)
    at = max(line.last.at for line in ends)
    here = [line for line in ends if line.last.at == at]
    sign = -1 if panel.publication.higher_is_better else 1
    here.sort(key=lambda line: (sign * (line.last.entry.score or 0), line.name))
    scores = [f"{line.name} {figure(line.last.entry.score, say)}" for line in here]
    return say("headline.scores", scores=say.listed(scores), date=say.date(panel.shots[at].time))


def figure(score: float | None, say: Texts) -> str:
    """A score for a sentence: four figures or all before the point, no more.

    >>> from archiver.reports.texts import texts
    >>> [figure(score, texts("en")) for score in (1172.50453, 82.7, 0.74512, 24.0, 1310000000.5)]
    ['1173', '82.7', '0.7451', '24', '1,310,000,000']
    """
    if score is None:
        return ""
    if abs(score) >= 10_000:
        return say.number(round(score))
    return say.figure(f"{score:.4g}" if abs(score) < 1000 else f"{score:.0f}")


def of_snapshot(panel: Panel, say: Texts) -> str:
    """Who leads a board on a day, or where those who were asked for stand."""
    return say.begun(_among(_of_snapshot(panel, say), panel, say))


def _of_snapshot(panel: Panel, say: Texts) -> str:
    shot, end = panel.shots[-1], len(panel.shots) - 1
    mine = [line for line in panel.lines if line.last.at == end]
    if not panel.leaders and mine:
        return _of_those(mine, panel, say)
    if panel.gone:  # before, some of them were there
        missing = (*panel.missing, *panel.gone)
        return _absent(replace(panel, shots=panel.shots[-1:], missing=missing), say)
    if panel.missing:
        return _absent(panel, say)
    order = [line for line in (*panel.lines, *panel.context) if line.last.at == end]
    order.sort(key=lambda line: (_rank(line.last), line.name))
    first = [line.name for line in order if _rank(line.last) == 1]
    then = [line.name for line in order if _rank(line.last) != 1][:2]
    date = say.date(shot.time)
    if not first:
        return say("headline.board", title=panel.publication.title, date=date)
    if len(first) > 3:
        return say("headline.shared_more", first=", ".join(first[:2]), more=len(first) - 2, date=date)
    if len(first) > 1:
        return say("headline.shared", first=say.listed(first), date=date)
    if not then or not shot.of:
        return say("headline.leads_alone", first=first[0], date=date)
    of = say.count("model", shot.of)
    return say("headline.leads", first=first[0], then=say.listed(then), of=of, date=date)


def firsts(lines: Sequence[Line], panel: Panel) -> list[Line]:
    """The best of each organisation, or of each country that was asked for. lines: in the order of places."""
    best: dict[str, Line] = {}
    for line in lines:
        best.setdefault(line.asked if line.asked in panel.countries else line.organization, line)
    return list(best.values())


def _of_those(mine: list[Line], panel: Panel, say: Texts) -> str:
    """The best of each organisation or country; of one that has several its best."""
    mine.sort(key=lambda line: (_rank(line.last), line.last.entry.position))
    lines = firsts(mine, panel)
    [line, *others], last = lines, mine[0].last
    if len(mine) > 1 and not others and (line.organization or line.asked in panel.countries):
        told = {"name": line.name, "place": place(last, say), "date": say.date(last.time)}
        if line.asked in panel.countries:
            return say("headline.best_of_set", set=say.models_of(line.asked), **told)
        return say("headline.best_of", who=line.organization, **told)
    return _listed(lines[:_MOST_NAMED], max(0, len(lines) - _MOST_NAMED), lines[0].last, say)
