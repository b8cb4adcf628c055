"""From a question to the command that answers it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from ..answers.names import nearest
from ..answers.sql import rows
from ..errors import UsageError
from . import vocabulary as words
from .dates import When, when
from .naming import Name, countries, names
from .places import Place, newest, places
from .text import Text

if TYPE_CHECKING:
    import duckdb

ALONE = ("boards", "sources", "held", "status")
"""Phrases that are a command by themselves."""
_ABILITIES = (
    "archiver history WHO… (where someone stood)",
    "archiver board BOARD (who was on a board)",
    "archiver standing WHO… (best and worst, days in the top)",
    "archiver movers BOARD (what changed)",
    "archiver find TEXT (names and boards)",
)


@dataclass(frozen=True, slots=True)
class Understood:
    """What was read in a question."""

    arguments: tuple[str, ...]
    """Of the command line: `("history", "Sber", "Yandex")`."""
    saw: tuple[str, ...]
    """What each part was taken for, in sentences for people."""
    unread: tuple[str, ...] = ()
    """Words that no rule read; the answer leaves them out."""
    picture: bool = False
    """A picture was asked for: `archiver chart` takes the same arguments."""

    @property
    def command(self) -> str:
        """The command as a shell takes it."""
        return shlex.join(("archiver", *self.arguments))


@dataclass(slots=True)
class _Asked:
    """A question taken apart."""

    text: Text
    when: When
    who: list[Name]
    places: list[Place]
    boards: Mapping[str, object]
    among: str = ""
    top: int | None = None
    said: set[str] = field(default_factory=set)

    def glob(self) -> str | None:
        return self.places[0].glob if self.places else None

    def board(self, at: int = 0) -> str:
        """The one board that is meant. Raises UsageError where none is named or none matches."""
        if len(self.places) <= at:
            raise _refused(
                "On which board?",
                "name one, as in “on the arena”; `archiver boards` lists them",
                self.who,
                self.places,
            )
        found = newest(self.places[at].glob, self.boards)
        if found is None:
            what = f"The archive holds no board {self.places[at].glob} ({self.places[at].said!r})."
            raise UsageError(what, todo="`archiver boards` lists those that it holds")
        return found


def understand(con: duckdb.DuckDBPyConnection, question: str, today: date) -> Understood:
    """The command that a question asks for, and what was read in it.

    con: the index, whose names and boards count. today: what `last month` is measured from.
    Raises UsageError, which says what was not understood and the nearest that can be asked.
    """
    text = Text(question)
    if not text.words:
        raise _refused("Nothing was asked.", "")
    boards = {str(board): last for board, last in rows(con, _BOARDS)}
    asked = _taken_apart(con, text, boards, today)
    for name in words.CANNOT:
        if name in asked.said:
            raise _refused(words.CANNOT[name][1], "", asked.who, asked.places)
    unread = _unread(con, text, asked)
    arguments = _command(asked)
    return Understood(tuple(arguments), tuple(_saw(asked)), unread, "picture" in asked.said)


_BOARDS = """
    SELECT b.board, max(s.time) FROM boards AS b LEFT JOIN snapshots AS s ON s.board = b.board AND s.preferred
    GROUP BY b.board
"""


def _taken_apart(
    con: duckdb.DuckDBPyConnection, text: Text, boards: Mapping[str, object], today: date
) -> _Asked:
    """Each rule takes its words, the narrow ones before the wide."""
    whole = Text(text.norm)  # what the fixed phrases are looked for in, whatever other rules take
    said = {name for name, form in words.PHRASES.items() if whole.look(form)}
    for name in ALONE:
        text.take(words.PHRASES[name])
    time = when(text, today)
    top = text.take(words.TOP)
    found = places(text, boards)
    for name, (form, _) in words.CANNOT.items():
        if text.take(form):
            said.add(name)
    who = names(con, text)
    who += [each for each in countries(text) if each.who not in {name.who for name in who}]
    asked = _Asked(text, time, who, found, boards, said=said, top=words.number(top) if top else None)
    if text.take(words.OPEN):
        asked.among = "open"
    for name, form in words.PHRASES.items():
        while text.take(form):
            said.add(name)
    return asked


def _command(asked: _Asked) -> list[str]:
    """The command and its arguments. Raises UsageError for what cannot be asked."""
    said = asked.said
    for name in ALONE:
        if name in said and not asked.who and not asked.places:
            return [name]
    people = [name.who for name in asked.who]
    if asked.places and ("agree" in said or (not people and len(asked.places) > 1 and said & _BESIDE)):
        return _agreement(asked)
    if "overtake" in said and people:
        return ["overtakes", *people, *_on(asked), *_between(asked.when), *_top(asked)]
    if said & {"explain", "cite"} and people:
        return ["cite" if "cite" in said else "explain", asked.board(), people[0], *_as_of(asked.when)]
    if "standing" in said and people:
        return ["standing", *people, *_on(asked), *_between(asked.when), *_top(asked, within="first" in said)]
    if people and not _is_board(asked, people):
        if asked.top is not None:  # whether and when they were among the first
            return ["standing", *people, *_on(asked), *_between(asked.when), *_top(asked)]
        return _history(asked, people)
    if len(asked.places) > 1:
        raise _refused("One board at a time.", "", asked.who, asked.places)
    if "movers" in said or ("differ" in said and asked.when.role == "between"):
        return _changes(asked)
    if asked.places or said & {"first", "board"} or asked.top or asked.among:
        return _board(asked, people)
    raise _refused("This was not understood.", "", asked.who, asked.places)


_BESIDE = {"compare", "differ"}
"""Of two boards: how they agree."""
_WHICH = re.compile(r"\b(?:which|what|как(?:ие|ая|ой))\b")


def _is_board(asked: _Asked, people: Sequence[str]) -> bool:
    """`Which Russian models are on the arena` asks for a board, `Russian models over time` for a history."""
    only_countries = all(name.kind == "country" for name in asked.who)
    return (
        only_countries
        and len(people) == 1
        and bool(asked.places)
        and asked.when.role in {"always", "at", "within"}
        and bool(asked.said & {"board", "first"} or asked.top or _WHICH.search(asked.text.norm))
        and "always" not in asked.said
    )


def _history(asked: _Asked, people: Sequence[str]) -> list[str]:
    arguments = ["history", *people, *_on(asked)]
    if asked.when.role == "at":
        arguments += _as_of(asked.when)
    else:
        arguments += _between(asked.when)
    for every in ("week", "month"):
        if every in asked.said:
            arguments += ["--every", every]
    if "all" in asked.said and not any(name.kind == "country" for name in asked.who):
        arguments.append("--all")
    return [*arguments, *(["--among", asked.among] if asked.among else [])]


def _board(asked: _Asked, people: Sequence[str]) -> list[str]:
    arguments = ["board", asked.board(), *_as_of(asked.when)]
    plural = re.search(r"\bbest (?:\w+ )*(?:models|ones)\b|\bлучшие\b", asked.text.norm)
    if asked.top is not None:
        arguments += ["--top", str(asked.top)]
    elif "first" in asked.said and not plural:
        arguments += ["--top", "1"]
    among = asked.among or (people[0] if people else "")
    return [*arguments, *(["--among", among] if among else [])]


def _changes(asked: _Asked) -> list[str]:
    time = asked.when
    if time.role == "between" and time.one and time.two:
        return ["diff", asked.board(), time.one.start.isoformat(), time.two.end.isoformat(), *_top(asked)]
    return ["movers", asked.board(), *_between(time), *_top(asked)]


def _agreement(asked: _Asked) -> list[str]:
    time = asked.when
    if len(asked.places) > 1:
        return ["agreement", asked.board(), asked.board(1), *_as_of(time)]
    if time.role == "between" and time.one and time.two:
        return ["agreement", asked.board(), time.one.start.isoformat(), time.two.end.isoformat()]
    raise _refused(
        "Between what? An agreement needs two boards, or a board and two dates.", "", asked.who, asked.places
    )


def _on(asked: _Asked) -> list[str]:
    return [part for place in asked.places for part in ("--board", place.glob)]


def _top(asked: _Asked, *, within: bool = False) -> list[str]:
    """within: `how long was X first` asks for the top 1; `best rank` says the same word and does not."""
    if asked.top is not None:
        return ["--top", str(asked.top)]
    counted = re.search(r"\bhow (?:long|many)\b|\bсколько\b", asked.text.norm)
    return ["--top", "1"] if within and counted else []


def _between(time: When) -> list[str]:
    """--since and --until."""
    since = until = None
    if time.role == "between" and time.one and time.two:
        since, until = time.one.start, time.two.end
    elif time.role in {"at", "within"} and time.one:
        since, until = time.one
    elif time.role == "since" and time.one:
        since = time.one.start
    elif time.role == "until" and time.one:
        until = time.one.end
    return [
        *(["--since", since.isoformat()] if since else []),
        *(["--until", until.isoformat()] if until else []),
    ]


def _as_of(time: When) -> list[str]:
    """--as-of: the end of whatever was said."""
    last = time.two or time.one
    return ["--as-of", last.end.isoformat()] if last and time.role != "since" else []


def _saw(asked: _Asked) -> Iterator[str]:
    for name in asked.who:
        kind = "as listed" if name.kind == "listed" else name.kind
        yield f"{name.said} is {name.who} ({kind})" if name.said != name.who else f"{name.who} ({kind})"
    for place in asked.places:
        yield f"{place.said} is the board {place.glob}"
    if asked.when.said:
        yield f"{asked.when.said} is {' '.join(_between(asked.when)).replace('--', '')}"
    if asked.top is not None:
        yield f"the first {asked.top}"
    if asked.among:
        yield f"among models that are {asked.among}"


def _unread(con: duckdb.DuckDBPyConnection, text: Text, asked: _Asked) -> tuple[str, ...]:
    """The words that no rule took. Raises UsageError where one may be a name or a date, or they are many."""
    left = [word.raw for word in text.free() if not words.is_plain(word.raw)]
    risky = [
        word
        for number, word in enumerate(left)
        if _is_name(word, first=word == text.words[0].raw and not number)
    ]
    if risky or len(left) > max(2, len(text.words) // 3):
        shown = risky or left
        near = tuple(dict.fromkeys(each for word in shown if word.isalpha() for each in nearest(con, word)))
        hint = f"the nearest known names: {', '.join(near[:5])}" if near else ""
        raise _refused(f"Not understood: {', '.join(shown)}.", hint, asked.who, asked.places)
    return tuple(left)


def _is_name(word: str, *, first: bool) -> bool:
    return any(character.isdigit() for character in word) or (word[:1].isupper() and not first)


def _refused(what: str, hint: str, who: Sequence[Name] = (), at: Sequence[Place] = ()) -> UsageError:
    """What was not understood, and the nearest things that can be asked with what was."""
    near = []
    if who:
        on = f" --board {shlex.quote(at[0].glob)}" if at else ""
        near.append(f"archiver history {shlex.join(name.who for name in who)}{on}")
    if at and "*" not in at[0].glob:
        near.append(f"archiver board {at[0].glob}")
    can = "; ".join(near or _ABILITIES)
    return UsageError(what, todo=f"{hint}; or: {can}" if hint else can)
