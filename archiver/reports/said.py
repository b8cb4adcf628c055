"""An answer in one plain sentence with its date, board and snapshot, made from its rows and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from .standing import Stood
from .texts import Texts

if TYPE_CHECKING:
    from ..answers.board import Facts
    from ..answers.entering import Entering

MOST = 3
"""Rows up to which an answer is said; more are a table."""
_MAKERS = 10
"""Organisations, or countries, that are counted one by one."""


def stood(row: Stood, say: Texts) -> str:
    """Where somebody stood: the sentence that a place is cited by."""
    where = say("citations.row", position=row.position)
    if row.rank is not None:
        where = place(row.rank, row.of, say)
    return say(
        "citations.sentence" if row.organization else "citations.sentence_alone",
        model=row.model_listed or row.model,
        organization=row.organization,
        place=where,
        board=row.board,
        date=say.date(row.date),
    )


def place(rank: int, of: int | None, say: Texts) -> str:
    """`12th of 188`."""
    return say("headline.place" if of else "headline.place_alone", rank=say.ordinal(rank), of=of)


def of_history(rows: Sequence[Stood], say: Texts) -> list[str]:
    """Where each stood, or that a complete snapshot proves them absent."""
    return [
        f"{stood(row, say) if row.status == 'listed' else _absent(row, say)} "
        f"{say('said.snapshot', snapshot=row.snapshot_id)}"
        for row in rows[: MOST if len(rows) <= MOST else 0]
    ]


def _absent(row: Stood, say: Texts) -> str:
    absent = say("said.absent", who=say.who(row.who), board=row.board, date=say.date(row.date))
    return say.begun(absent)


def of_overtakes(who: str, overtook: int, overtaken: int, say: Texts) -> str:
    """How often one name overtook others, and was overtaken: the rows tell both."""
    times = {"overtook": say.count("time", overtook), "overtaken": say.count("time", overtaken)}
    return say.begun(say("said.overtakes", who=say.who(who), **times))


def of_first(title: str, rows: Sequence[dict[str, Any]], say: Texts) -> list[str]:
    """Who stood first on a board. rows: of `answers.board`."""
    leaders = [row for row in rows if row["rank"] == 1]
    if not leaders or len(leaders) > MOST:
        return []
    one, names = leaders[0], list(dict.fromkeys(row["model"] for row in leaders))
    key = "shared" if len(names) > 1 else "led_of" if one["of"] else "led"
    return [_of_board(f"said.{key}", title, one, say, first=say.listed(names))]


def of_set(title: str, rows: Sequence[dict[str, Any]], say: Texts) -> list[str]:
    """How many of a complete board belong to a set, and who stands first of it. rows: of `answers.board`."""
    if not rows or not rows[0]["of_among"] or not rows[0]["of"]:
        return []
    one = rows[0]
    first = f"{one['model']} ({place(one['rank'], one['of'], say)})" if one["rank"] else one["model"]
    return [_of_board("said.set", title, one, say, number=one["of_among"], first=first)]


def of_within(number: int, all: int, top: int, shown: Facts, say: Texts) -> str:
    """How many of the first places of a board are those of a set."""
    ends = say("said.snapshot", snapshot=shown.snapshot_id)
    return f"{say('said.within', number=number, all=all, top=top, **_shown(shown, say))} {ends}"


def of_count(shown: Facts, say: Texts) -> list[str]:
    """How many models a complete board ranks."""
    if not shown.of:
        return []
    return [say("said.counted", models=say.count("model", shown.of), **_shown(shown, say))]


def of_share(number: int, all: int, say: Texts) -> str:
    """One of the other, in whole per cent."""
    return say("said.share", share=round(100 * number / all))


def of_makers(whose: Sequence[str | None], say: Texts, *, countries: bool = False) -> str:
    """How many makers the rows have, and how many of each, most first. countries: codes of these."""
    rows = Counter(whose)
    named = {who: say.label(f"country:{who}") if countries else who for who in rows if who}
    made = [
        say("said.maker", who=named[who] if who else say("said.unknown"), number=number)
        for who, number in rows.most_common(_MAKERS)
    ]
    told = ", ".join(made) + (", …" if len(rows) > _MAKERS else "")
    return say("said.countries" if countries else "said.makers", number=len(named), makers=told)


def of_leaders(days: Sequence[date], shown: Facts, say: Texts) -> str:
    """How often the first place changed. days: those on which it did."""
    if not days:
        return say("said.leaders_none", title=shown.title, board=shown.board)
    key = "leaders" if min(days) < max(days) else "leaders_once"
    ends = {"first": say.date(min(days)), "last": say.date(max(days))}
    changes = say.count("change", len(set(days)))
    return say(f"said.{key}", title=shown.title, board=shown.board, changes=changes, **ends)


def of_opening(day: date, models: Sequence[str], say: Texts) -> str:
    """Who led on a day: before the first of new leaders, mostly."""
    return say("said.opening", date=say.date(day), first=say.listed(list(dict.fromkeys(models))))


def of_before(rows: Sequence[Stood], command: str, say: Texts) -> list[str]:
    """Where they stood when a time began that has no snapshot of them. command: what tells all of it."""
    listed = [row for row in rows if row.status == "listed"]
    if not listed:
        return []
    if len(listed) > MOST:
        return [say("said.before_many", command=command)]
    return [say("said.before"), *of_history(listed, say)]


def _shown(shown: Facts, say: Texts) -> dict[str, str]:
    return {"title": shown.title, "board": shown.board, "date": say.date(shown.time)}


def _of_board(key: str, title: str, row: dict[str, Any], say: Texts, **told: object) -> str:
    """A sentence on a snapshot of a board, and which it is."""
    date = say.date(row["published_at"] or row["captured_at"])
    ends = say("said.snapshot", snapshot=row["snapshot_id"])
    return f"{say(key, title=title, board=row['board'], date=date, of=row['of'], **told)} {ends}"


def of_entering(found: Sequence[Entering], say: Texts) -> list[str]:
    """When each first stood among the first places, or why that is not proven."""
    return [_entering(each, say) for each in found[: MOST if len(found) <= MOST else 0]]


def _entering(each: Entering, say: Texts) -> str:
    top = say(
        "said.top_one" if each.top == 1 else "said.top", top=each.top, title=each.title, board=each.board
    )
    was = say("said.unlisted")
    if each.rank_before is not None:
        was = place(each.rank_before, each.of_before, say)
    said = say(
        f"said.{each.proof}",
        who=say.who(each.who),
        top=top,
        before=_day(each.before, say),
        date=_day(each.time, say),
        first=_day(each.first, say),
        last=_day(each.last, say),
        snapshots=say.count("snapshot", each.snapshots),
        was=was,
        place=_placed(each, say),
        snapshot=each.snapshot_id,
    )
    return say.begun(said)


def _day(day: date | None, say: Texts) -> str:
    return say.date(day) if day else ""


def _placed(each: Entering, say: Texts) -> str:
    """`DeepSeek R1 3rd of 190`."""
    key = "said.place" if each.of else "said.place_alone"
    return say(key, model=each.model, rank=say.ordinal(each.rank), of=each.of)
