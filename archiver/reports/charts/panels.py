"""What a picture shows of a board, made of what was read of it: the lines asked for, and the grey rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from ...answers.pictured import Entry, Publication, Shot
from ..text import visible
from ..texts import Texts
from . import palette
from .series import Breaks, Line, Panel, by_model, with_spreads

_LEADERS = 4
_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")


class Row(NamedTuple):
    """Of a history, what a line is made of."""

    who: str
    snapshot_id: str
    position: int
    rank: int | None


class Read(NamedTuple):
    """What the index says of a board."""

    publication: Publication
    shots: list[Shot]
    entries: list[Entry]
    whole: bool
    """Whether these are all entries of the snapshots; else the first places of each."""


def made(
    read: Read,
    names: Sequence[str],
    rows: Sequence[Row],
    *,
    each: int | None = None,
    among: Sequence[str] = (),
) -> Panel:
    """A panel without colours. names: whom it shows, in the rows. each: a line for every model asked for, at
    most so many, instead of one for each name. among: the set that places were counted in, if any."""
    publication, shots = _shown(read.publication), read.shots
    ids = {shot.snapshot_id for shot in shots}
    wanted = {(row.snapshot_id, row.position) for row in rows}
    entries = _safe(read.entries)
    if read.whole:
        entries = with_spreads(entries, wanted, publication.higher_is_better)
    everyone = by_model(entries, shots)
    left: list[Line] = []
    if each is None:
        mine = _best(entries, shots, rows, names)
    else:
        mine, left = _each(everyone, rows, names, each)
    drawn = {_key(point.entry) for line in mine for point in line.points}
    here = {_key(entry) for entry in entries} if among else None
    inside = [row for row in rows if here is None or (row.snapshot_id, row.position) in here]
    listed = {row.who for row in inside if row.snapshot_id in ids}
    still = {row.who for row in inside if shots and row.snapshot_id == shots[-1].snapshot_id}
    return Panel(
        publication,
        shots,
        mine,
        [line for line in everyone if any(_key(point.entry) not in drawn for point in line.points)],
        tuple(visible(name) for name in names if name not in listed),
        tuple(visible(name) for name in names if name in listed - still),
        len(left),
        sum(line.last.at == len(shots) - 1 for line in left),
        tuple(name for name in names if each is not None and name in listed and name.startswith("country:")),
        tuple(visible(name) for name in names),
        tuple(visible(word) for word in among),
    )


def without(panel: Panel, otherwise: Sequence[Shot], rows: Sequence[Row]) -> None:
    """Notes the snapshots whose scores are something else; who is listed on these is not missing. rows: of
    the set that places are counted in, if any."""
    ids = {shot.snapshot_id for shot in otherwise}
    there = {visible(row.who) for row in rows if row.snapshot_id in ids}
    panel.elsewhere = tuple(name for name in panel.missing if name in there)
    panel.missing = tuple(name for name in panel.missing if name not in there)
    panel.otherwise = dict(Counter(visible(shot.metric) for shot in otherwise))


def led(panel: Panel) -> None:
    """Colours the organisations whose models stand first, where nobody was asked for."""
    here = [line for line in panel.context if line.last.at == len(panel.shots) - 1 and line.organization]
    here.sort(key=lambda line: (line.last.entry.rank or 0, line.last.entry.position))
    makers = list(dict.fromkeys(line.organization for line in here))[:_LEADERS]
    panel.lines = [line for line in here if line.organization in makers]
    mine = {id(line) for line in panel.lines}
    panel.context = [line for line in panel.context if id(line) not in mine]
    panel.leaders = True
    coloured([panel], each=True)


def called(panel: Panel, say: Texts) -> Panel:
    """The panel, with countries by their names in a language: lines are made before it is known."""

    def named(lines: Sequence[Line]) -> list[Line]:
        return [
            replace(line, name=say.who(line.name), organization=say.who(line.organization)) for line in lines
        ]

    return replace(
        panel,
        lines=named(panel.lines),
        missing=tuple(say.who(name) for name in panel.missing),
        gone=tuple(say.who(name) for name in panel.gone),
        names=tuple(say.who(name) for name in panel.names),
        elsewhere=tuple(say.who(name) for name in panel.elsewhere),
    )


def _shown(publication: Publication) -> Publication:
    return Publication._make(visible(each) if isinstance(each, str) else each for each in publication)


def _safe(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with names that a drawing can hold: a control character in one would end the renderer's
    process, and one that turns the writing around would turn the picture's."""
    names = {name for entry in entries for name in entry[2:6] if isinstance(name, str)}
    changed = {name: visible(name) for name in names if visible(name) != name}
    if not changed:
        return list(entries)

    def safe(name: str | None) -> str | None:
        return changed.get(name, name) if name else name

    return [
        entry._replace(
            model=safe(entry.model) or "",
            model_listed=safe(entry.model_listed) or "",
            variant=safe(entry.variant),
            organization=safe(entry.organization),
        )
        for entry in entries
    ]


def _each(
    everyone: Sequence[Line], rows: Sequence[Row], names: Sequence[str], most: int
) -> tuple[list[Line], list[Line]]:
    """A line for every model asked for, the latest and best first; and those that are too many."""
    order = {name: at for at, name in enumerate(names)}
    wanted: dict[tuple[str, int], str] = {}
    for row in sorted(rows, key=lambda row: order[row.who]):
        wanted.setdefault((row.snapshot_id, row.position), row.who)
    mine = []
    for line in everyone:
        if asked := next((wanted[key] for point in line.points if (key := _key(point.entry)) in wanted), ""):
            mine.append(replace(line, asked=asked))
    mine.sort(key=lambda line: (-line.last.at, line.last.entry.rank or 0, line.name))
    return mine[:most], mine[most:]


def _best(
    entries: Sequence[Entry], shots: Sequence[Shot], rows: Sequence[Row], names: Sequence[str]
) -> list[Line]:
    """A line for everyone asked for: their best-placed model in each snapshot."""
    order, breaks = {shot.snapshot_id: at for at, shot in enumerate(shots)}, Breaks(shots)
    lines = []
    for name in names:
        wanted = {(row.snapshot_id, row.position) for row in rows if row.who == name}
        best: dict[int, Entry] = {}
        for entry in entries:
            if entry.rank is not None and _key(entry) in wanted:
                best.setdefault(order[entry.snapshot_id], entry)
        if best:
            makers = {entry.organization for entry in best.values()}
            maker = makers.pop() if len(makers) == 1 else None
            lines.append(Line(visible(name), maker or name, breaks.joined(sorted(best.items()))))
    return lines


def _key(entry: Entry) -> tuple[str, int]:
    return entry.snapshot_id, entry.position


def coloured(shown: Sequence[Panel], *, each: bool) -> None:
    """A colour an organisation; with `--all`, models of one are told apart by the shape of their points. Of
    more than six organisations it is one for each name that was asked for.

    Several names of one organisation that were asked for side by side (two families) have a colour each, and
    so has a name that means one organisation on this board and another on that (a country).
    """
    makers: dict[str, set[str]] = {}
    for panel in shown:
        for line in panel.lines:
            makers.setdefault(line.name, set()).add(line.organization)
    keys = {name: next(iter(several)) if len(several) == 1 else name for name, several in makers.items()}
    if not each and len(set(keys.values())) < len(keys):
        keys = {name: name for name in keys}
    if len(set(keys.values())) > palette.MOST:
        keys = {line.name: line.asked for panel in shown for line in panel.lines}
    colours = palette.assigned(keys.values())
    for panel in shown:
        seen: Counter[str] = Counter()
        for line in panel.lines:
            key = keys[line.name]
            line.colour, line.shape = colours[key], _SHAPES[seen[key] % len(_SHAPES)]
            seen[key] += 1
