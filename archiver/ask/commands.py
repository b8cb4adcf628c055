"""The command that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from . import vocabulary as words
from .asked import ALONE, Asked
from .bounds import as_of, between
from .leading import UNBROKEN, has_top, is_leaders, is_reigns, leaders, reigns
from .vocabulary import WHEN

_ORDER = {"ahead", "compare", "differ"}
"""Of two names: who of them stood above the other."""
_BESIDE = {"compare", "differ"}
"""Of two boards: how they agree."""
_WHICH = re.compile(r"\b(?:which|what|how many|как(?:ие|ая|ой)|сколько)\b")
_CAME = re.compile(r"\b(?:appear(?:ed)?|added|joined|arrived?|debut\w*|появил\w+|добавил\w+)")
_WENT = re.compile(r"\b(?:disappear(?:ed)?|gone|left|leave|исчез\w*|пропал\w*)")
_MANY = re.compile(r"\b(?:how many|сколько) (?:models?|entries|модел\w+)")
_TURNED = re.compile(
    r"\b(?:gr[eo]w|ris|rose|chang|fell|fall|declin|dropp|вырос|раст|менял|измен|упал|снизил|динамик)\w*"
)
_COUNTRY = re.compile(r"\b(?:countr(?:y|ies)|стран\w*)\b")
_WITHIN = re.compile(r"\b(?:in|into|within|among|в|во|среди) (?:the )?(?:board's )?(?:top|first|топ|перв)")
"""The first places of the board, where `top 5 Chinese models` are those of the set."""
_AMONG = re.compile(r"\b(?:among|within|среди)\b")
STANDING: Mapping[str, str] = {
    **dict.fromkeys(("left", "entered", "lasted"), "top"),
    **dict.fromkeys(("best_place", "worst_place"), "best"),
    "gap": "gap",
    **dict.fromkeys(("last_seen", "first_seen", "listed"), "seen"),
}
"""What may be asked of how somebody stands → the columns that tell it: `standing --show`."""
_LISTED = {"left": "last_seen", "entered": "first_seen", "lasted": "last_seen"}
"""Where no top is named: `when did X enter the arena` asks since when it is listed."""
_ALWAYS = {"always", "board", "compare"}
"""Phrases that only hold a question together."""
_HEEDED: Mapping[str, set[str]] = {
    "history": {"ahead", "all", "best", "changed", "differ", "month", "picture", "week"},
    "board": {"all", "best", "first", "most", "share"},
    "sql": {
        "all",
        "changed",
        "first",
        "lasted",
        "leaders",
        "month",
        "most_days",
        "movers",
        "times",
        "week",
        *UNBROKEN,
    },
    "standing": {"best", "first", "movers", *STANDING},
    "streaks": {"differ", "first", "lasted", "times", *UNBROKEN},
    "movers": {"changed", "differ", "entered", "left", "movers"},
    "boards": {"boards", "fresh"},
    "diff": {"changed", "differ", "movers"},
    "overtakes": {"first", "overtake", "times"},
    "agreement": {"agree", "differ"},
    "explain": {"explain"},
    "cite": {"cite", "explain"},
}
"""Command → the phrases that it answers."""


def command(asked: Asked) -> list[str]:
    """The command and its arguments. Raises UsageError for what cannot be asked."""
    said = asked.said
    if "fresh" in said and not asked.who:
        return ["boards", *(place.glob for place in asked.places)]
    for name in ALONE:
        if name in said and not asked.who and not asked.places:
            return [name]
    people, among = _people(asked)
    if "share" in said and _TURNED.search(asked.text.norm):
        raise asked.refused(words.CANNOT["reckoning"][1])
    if asked.places and ("agree" in said or (not people and len(asked.places) > 1 and said & _BESIDE)):
        return _agreement(asked, [*people, *([among] if among else [])])
    if is_reigns(asked, people, among):
        return reigns(asked)
    if "most_days" in asked.taken:
        raise asked.refused(f"Not understood: {', '.join(asked.taken['most_days'])}.")
    if people:
        if "overtake" in said:
            top = _top(asked) if asked.top is not None else []  # `first beat` is of the time
            return ["overtakes", *people, *_on(asked), *between(asked.when), *top, *_among(among)]
        if said & {"explain", "cite"}:
            return ["cite" if "cite" in said else "explain", asked.board(), people[0], *as_of(asked.when)]
        if said & UNBROKEN:
            if asked.place:
                raise asked.refused("Streaks are of the first places, and all of them are told.")
            cut = [*_on(asked), *between(asked.when), *_top(asked), *_among(among)]
            return ["streaks", *people, *cut, *_which(asked)]
        if asked.place and _is_in_set(asked, people):
            return _board(asked, people)
        if asked.place:
            return ["history", *people, *_on(asked), *_at(asked), *_placed(asked), *_among(among)]
        if _is_came(asked, people):
            return _changes(asked, people[0])
        if _said(asked) & STANDING.keys() or (not _is_board(asked, people) and has_top(asked)):
            cut = [*_on(asked), *between(asked.when), *_top(asked), *_among(among)]
            return ["standing", *people, *cut, *_shown(asked)]
        if _is_within(asked, people):
            return _changes(asked, people[0])
        if not _is_board(asked, people):
            return _history(asked, people, among)
    if said & UNBROKEN:
        on = f" --board {asked.places[0].glob}" if asked.places else ""
        raise asked.refused("How long without a break is told of names.", f"archiver streaks WHO…{on}")
    if len(asked.places) > 1:
        raise asked.refused("One board at a time.")
    if "overtake" in said:
        on = f" --board {asked.places[0].glob}" if asked.places else ""
        raise asked.refused("Who overtook whom is told of names.", f"archiver overtakes WHO…{on}")
    if is_leaders(asked):
        return leaders(asked)
    if said & {"movers", "changed", "left", "entered"} or ("differ" in said and asked.when.role == "between"):
        return _changes(asked)
    if asked.places or said & {"first", "best", "board", "share"} or asked.top or asked.place or asked.among:
        return _board(asked, people)
    raise asked.refused("This was not understood.")


def about(asked: Asked, name: str) -> str:
    """What is asked of the command `name`; see `Understood.about`. A top that is named is what counts."""
    if name == "sql":
        return "unbroken" if asked.said & UNBROKEN else "reigns" if "most_days" in asked.said else "leaders"
    if name == "board":
        return _counted(asked)
    if name != "standing":
        of_two = len(asked.who) == 2 and (name == "overtakes" or asked.said & _ORDER)
        return "order" if of_two and name in {"history", "overtakes"} else ""
    found = [name for name in STANDING if name in _said(asked)]
    if not has_top(asked):
        return _LISTED.get(found[0], found[0]) if found else "lasted"
    if "last_seen" in found:
        return "left"
    came = WHEN.search(asked.text.norm) or "first_seen" in found
    return next((name for name in found if STANDING[name] == "top"), "entered" if came else "lasted")


def _counted(asked: Asked) -> str:
    """What is counted of a board."""
    if "share" in asked.said:
        return "share"
    if "most" in asked.said:
        return "countries" if _COUNTRY.search(asked.text.norm) else "makers"
    within = asked.top is not None and len(asked.who) == 1 and _is_of_board(asked)
    return "count" if within or _MANY.search(asked.text.norm) else ""


def _said(asked: Asked) -> set[str]:
    """With what `when did X appear` asks of it, where `what appeared` asks of a board."""
    if WHEN.search(asked.text.norm):
        for name, form in (("last_seen", _WENT), ("first_seen", _CAME)):
            if form.search(asked.text.norm):
                return {*asked.said, name}
    return asked.said


def _shown(asked: Asked) -> list[str]:
    """(A top that is named shows its columns by itself.)"""
    return [] if has_top(asked) else ["--show", STANDING[about(asked, "standing")]]


def _people(asked: Asked) -> tuple[list[str], str]:
    """Whom the question is about, and the set that it compares them with: `Sber among Russian models`."""
    people = [name.who for name in asked.who]
    if asked.among or len(people) == 1:
        return people, asked.among
    for name in asked.who:
        said = _AMONG.pattern + r" (?:\w+ )?" + re.escape(name.said.lower())
        if name.kind == "country" and re.search(said, asked.text.norm):
            return [who for who in people if who != name.who], name.who
    return people, ""


def unheeded(asked: Asked, arguments: Sequence[str]) -> list[str]:
    """The words of the phrases that stand in a question and that its command does not answer."""
    name = arguments[0]
    heeded = _ALWAYS | _HEEDED.get(name, {name})
    left = [each for phrase, found in asked.taken.items() if phrase not in heeded for each in found]
    if name == "board" and asked.when.role == "since":  # a board stands at one time
        left.append(asked.when.said)
    return left


def _is_board(asked: Asked, people: Sequence[str]) -> bool:
    """`Which Russian models are on the arena` asks for a board, `Russian models over time` for a history."""
    if (
        (_MANY.search(asked.text.norm) or "share" in asked.said)
        and len(people) == len(asked.places) == 1
        and not asked.said & STANDING.keys()
    ):
        return True
    only_countries = all(name.kind == "country" for name in asked.who)
    return (
        only_countries
        and len(people) == 1
        and bool(asked.places)
        and asked.when.role in {"always", "now", "at", "within"}
        and bool(
            asked.said & {"board", "best", "first", "share"} or asked.top or _WHICH.search(asked.text.norm)
        )
        and "always" not in asked.said
        and not WHEN.search(asked.text.norm)
    )


def _is_in_set(asked: Asked, people: Sequence[str]) -> bool:
    """`Who is third among Russian models on the arena` asks for a place in the set."""
    of_set = len(people) == len(asked.places) == 1 and asked.who[0].kind == "country"
    return of_set and bool(_AMONG.search(asked.text.norm))


def _is_came(asked: Asked, people: Sequence[str]) -> bool:
    """`How many Russian models entered the arena` asks for those that did."""
    of_set = len(people) == len(asked.places) == 1 and asked.who[0].kind == "country"
    return of_set and bool(asked.said & {"entered", "left"} and _MANY.search(_bare(asked)))


def _bare(asked: Asked) -> str:
    """The question without the word of its country: `how many models`."""
    return asked.text.norm.replace(asked.who[0].said, "models")


def _is_of_board(asked: Asked) -> bool:
    """`In the top 10` and `in the arena top 10` are the first places of the board."""
    bare = asked.text.norm
    for each in asked.places:
        bare = bare.replace(f"{each.said} ", "")
    return _WITHIN.search(bare) is not None


def _is_within(asked: Asked, people: Sequence[str]) -> bool:
    """`Movers among Russian models` asks for changes within a set, `how did they change` does not."""
    moved = "movers" in asked.said or ("changed" in asked.said and bool(_AMONG.search(asked.text.norm)))
    return moved and len(people) == len(asked.places) == 1 and asked.who[0].kind == "country"


def _history(asked: Asked, people: Sequence[str], among: str) -> list[str]:
    arguments = ["history", *people, *_on(asked), *_at(asked)]
    for every in ("week", "month"):
        if every in asked.said:
            arguments += ["--every", every]
    if "all" in asked.said and not any(name.kind == "country" for name in asked.who):
        arguments.append("--all")
    return [*arguments, *_among(among)]


def _at(asked: Asked) -> list[str]:
    """The snapshots that stood then, or those of a stretch of time."""
    return as_of(asked.when) if asked.when.role in {"now", "at"} else between(asked.when)


def _placed(asked: Asked, *, in_set: bool = False) -> list[str]:
    """One place only, and of so many only; in_set: among the members of a set."""
    if asked.place is None:
        return []
    rank, of = asked.place
    place, count = ("place_among", "of_among") if in_set else ("rank", '"of"')
    return ["--where", f"{place} = {rank}" + (f" AND {count} = {of}" if of else "")]


def _board(asked: Asked, people: Sequence[str]) -> list[str]:
    # What a board shows now is its last snapshot, also where the clock is behind the publisher's.
    arguments = ["board", asked.board(), *(as_of(asked.when) if asked.when.role != "now" else [])]
    plural = re.search(r"\bbest (?:\w+ )*(?:models|ones)\b|\bлучшие\b", asked.text.norm)
    among = _among(asked.among or (people[0] if people else ""))
    if asked.place:
        in_set = bool(among and _AMONG.search(asked.text.norm))
        return [*arguments, *_placed(asked, in_set=in_set), *among]
    if among and asked.top is not None and _is_of_board(asked):
        return [*arguments, "--where", f"rank <= {asked.top}", *among]
    if asked.top is not None or ("first" in asked.said or ("best" in asked.said and not plural)):
        arguments += ["--top", str(asked.top or 1)]
    return [*arguments, *among]


def _which(asked: Asked) -> list[str]:
    """Of the streaks the longest, or those that last."""
    current = "current" in asked.said or asked.when.role == "now"
    return [*(["--longest"] if "longest" in asked.said else []), *(["--current"] if current else [])]


def _changes(asked: Asked, among: str = "") -> list[str]:
    among, time = among or asked.among, asked.when
    cut = [*_top(asked), *_among(among)]
    if time.role == "between" and time.one and time.two:
        return ["diff", asked.board(), time.one.start.isoformat(), time.two.end.isoformat(), *cut]
    return ["movers", asked.board(), *between(time), *cut]


def _agreement(asked: Asked, sets: Sequence[str]) -> list[str]:
    if len(sets) > 1:
        raise asked.refused("Among one set of models at a time.")
    time, among = asked.when, "".join(sets)
    if len(asked.places) > 1:
        return ["agreement", asked.board(), asked.board(1), *as_of(time), *_among(among)]
    if time.role == "between" and time.one and time.two:
        ends = (time.one.start.isoformat(), time.two.end.isoformat())
        return ["agreement", asked.board(), *ends, *_among(among)]
    raise asked.refused("Between what? An agreement needs two boards, or a board and two dates.")


def _among(members: str) -> list[str]:
    return ["--among", members] if members else []


def _on(asked: Asked) -> list[str]:
    return [part for place in asked.places for part in ("--board", place.glob)]


def _top(asked: Asked) -> list[str]:
    """Within how many places: `how long was X first` means one."""
    if not has_top(asked):
        return []
    return ["--top", str(asked.top or 1)]
