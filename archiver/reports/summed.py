"""How somebody stands, said in a sentence for what was asked; made from the rows and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .said import MOST, place
from .texts import Texts

Row = Mapping[str, Any]
"""Of `answers.standing.standing`, by column; with `title`, the board's."""


def of_standing(about: str, rows: Sequence[Row], say: Texts) -> list[str]:
    """A sentence for each row; where one name has many, one sentence over all boards.

    about: one of `ask.commands.STANDING`. Nothing where more than a few sentences would be said, or where the
    rows do not tell.
    """
    theirs: dict[str, list[Row]] = {}
    for row in rows:
        theirs.setdefault(row["who"], []).append(row)
    found = [
        sentence
        for who, mine in theirs.items()
        for sentence in (_over(about, who, mine, say) if len(mine) > MOST else _each(about, mine, say))
    ]
    return [say.begun(sentence) for sentence in found] if len(found) <= MOST else []


def of_order(one: str, other: str, rows: Sequence[Row], say: Texts) -> str:
    """Who of two stood above the other, over the snapshots that rank both.

    rows: of `answers.history`, with `title`; of each name one row a snapshot.
    """
    theirs = {name: {row["snapshot_id"]: row for row in rows if row["who"] == name} for name in (one, other)}
    both = [
        (mine, theirs[other][key])
        for key, mine in theirs[one].items()
        if key in theirs[other] and None not in (mine["rank"], theirs[other][key]["rank"])
    ]
    if not both:
        return say.begun(say("summed.apart", who=say.who(one), other=say.who(other)))
    above = sum(mine["rank"] < yours["rank"] for mine, yours in both)
    below = sum(mine["rank"] > yours["rank"] for mine, yours in both)
    mine, yours = max(both, key=lambda pair: (pair[0]["date"], pair[0]["captured_at"], pair[0]["board"]))
    said = say(
        "summed.order" if above + below == len(both) else "summed.order_level",
        who=say.who(one),
        other=say.who(other),
        both=say.count("snapshot", len(both)),
        boards=say.count("board", len({mine["board"] for mine, _ in both})),
        above=say.number(above),
        below=say.number(below),
        level=say.number(len(both) - above - below),
        where=_where(mine, say),
        date=say.date(mine["date"]),
        place=place(mine["rank"], mine["of"], say),
        other_place=place(yours["rank"], yours["of"], say),
    )
    return say.begun(said)


def of_streaks(rows: Sequence[Row], say: Texts, *, current: bool = False, ends: bool = False) -> list[str]:
    """The longest streak of each name on each board, and the one that lasts; of many boards one streak.

    rows: of `answers.standing.streaks`, with `title`; of each name and board all, or the longest, or where
    `current` those that last. ends: the time that is asked about does, so that what lasts is not told of the
    newest snapshot. Nothing where more than a few sentences would be said.
    """
    theirs: dict[str, list[Row]] = {}
    for row in rows:
        theirs.setdefault(row["who"], []).append(row)
    found = []
    for mine in theirs.values():
        boards = {row["board"] for row in mine}
        if len(boards) <= MOST:
            told = [row for row in mine if row["longest"] or (row["current"] and not ends)]
            found += [_streak("streak" if row["longest"] else "streak_now", row, say, ends) for row in told]
        else:
            most = max(mine, key=lambda row: (row["days"], row["snapshots"], row["until"], row["board"]))
            key = "over_now" if current and not ends else "over_streak"
            found.append(_streak(key, most, say, ends, boards=say.count("board", len(boards))))
    return [say.begun(sentence) for sentence in found] if len(found) <= MOST else []


def of_reigns(rows: Sequence[Row], say: Texts, *, streaks: bool) -> list[str]:
    """Who of all was in the top of a board the longest, and after them who; nobody, nothing.

    rows: who, `days` in all and of the `longest` streak, in order; with `board`, `title` and `top`. streaks:
    the order is by these.
    """
    if not rows:
        return []
    first, *others = rows
    days = "longest" if streaks else "days"
    then = [
        say("said.maker", who=say.who(row["who"]), number=say.count("day", row[days]))
        for row in others[:MOST]
    ]
    keys = ("reign_unbroken", "reign_alone_unbroken") if streaks else ("reign", "reign_alone")
    return [
        say(
            f"summed.{keys[not others]}",
            who=say.who(first["who"]),
            top=_top(first, say),
            where=_where(first, say),
            days=say.count("day", first[days]),
            then=", ".join(then) + (", …" if len(others) > MOST else ""),
        )
    ]


def _streak(key: str, row: Row, say: Texts, ends: bool, **told: object) -> str:
    times = say.count("snapshot", row["snapshots"])
    if gaps := row["days"] - row["days_shown"]:
        times = say("summed.times_gaps", times=times, gaps=say.count("day", gaps))
    lasts = "over" if not row["current"] else "lasts_then" if ends else "lasts"
    return say(
        f"summed.{key}",
        **told,
        who=say.who(row["who"]),
        top=_top(row, say),
        where=_where(row, say),
        days=say.count("day", row["days"]),
        times=times,
        since=say.date(row["since"]),
        until=say.date(row["until"]),
        lasts=say(f"summed.{lasts}"),
    )


def _each(about: str, rows: Sequence[Row], say: Texts) -> Iterator[str]:
    for row in rows:
        key, told = _told(about, row, say) if row["snapshots"] else ("unseen", {})
        if key:
            where = {"who": say.who(row["who"]), "where": _where(row, say), "date": say.date(row["date"])}
            seen = {"absent": say.count("complete", row["absent"])}
            yield say(f"summed.{key}", **{**where, **seen, **told})


def _told(about: str, row: Row, say: Texts) -> tuple[str, dict[str, object]]:
    """Which sentence tells it, and what stands in it. An empty name: none does."""
    listed = say.count("snapshot", row["snapshots"])
    if about in {"entered", "lasted", "left"}:
        return _of_top(about, row, say)
    if about in {"best_place", "worst_place"}:
        which = about.removesuffix("_place")
        if row["best_rank"] is None:
            return "", {}
        told = {"rank": say.ordinal(row[f"{which}_rank"]), "day": say.date(row[f"{which}_date"])}
        return which, {**told, "model": row["best_model"]}
    if about == "gap":
        if row["gap"] is None:
            return "", {}
        stood = place(row["rank"], row["of"], say)
        behind = {"gap": say.figure(f"{row['gap']:.10g}"), "leader": row["leader"]}
        # (Where places are not by score, somebody behind the first may have the better one.)
        key = "leads" if row["rank"] == 1 else "behind" if row["gap"] > 0 else "level"
        return key, {**behind, "model": row["model"], "place": stood}
    ends = {"first": say.date(row["first_seen"]), "last": say.date(row["last_seen"])}
    return "seen_gone" if row["status"] == "absent" else "seen", {"listed": listed, **ends}


def _of_top(about: str, row: Row, say: Texts) -> tuple[str, dict[str, object]]:
    top = _top(row, say)
    if not row["snapshots_in_top"]:
        if row["best_rank"] is None:
            return "", {}
        best = {"rank": say.ordinal(row["best_rank"]), "day": say.date(row["best_date"])}
        return "never", {"top": top, **best, "listed": say.count("snapshot", row["snapshots"])}
    ends = {"first": say.date(row["first_in_top"]), "last": say.date(row["last_in_top"])}
    if about != "left":
        days, times = say.count("day", row["days_in_top"]), say.count("snapshot", row["snapshots_in_top"])
        return "lasted", {"top": top, "days": days, "times": times, **ends}
    now = say("said.unlisted") if row["rank"] is None else place(row["rank"], row["of"], say)
    there = row["rank"] is not None and row["rank"] <= row["top"]
    return "still" if there else "left", {"top": top, "place": now, **ends}


def _over(about: str, who: str, rows: Sequence[Row], say: Texts) -> Iterator[str]:
    """One sentence over many boards: those that list them, if any does."""
    who = say.who(who)
    if not any(row["snapshots"] for row in rows):
        yield say("summed.over_unseen", who=who, all=len(rows))
        return
    rows = [row for row in rows if row["snapshots"]]
    told: dict[str, object] = {"who": who, "boards": say.count("board", len(rows)), "all": len(rows)}
    if about in {"entered", "lasted", "left"}:
        told["top"] = _top(rows[0], say)
        theirs = [row for row in rows if row["snapshots_in_top"]]
        if not theirs:
            yield say("summed.over_never", **told)
            return
        first = min(theirs, key=lambda row: (row["first_in_top"], row["board"]))
        found = {"number": len(theirs), "where": _where(first, say), "first": say.date(first["first_in_top"])}
        yield say("summed.over_top", **told, **found)
    elif about in {"best_place", "worst_place"}:
        which = about.removesuffix("_place")
        ranked = [row for row in rows if row["best_rank"] is not None]
        if not ranked:
            return
        rank = (min if which == "best" else max)(row[f"{which}_rank"] for row in ranked)
        theirs = [row for row in ranked if row[f"{which}_rank"] == rank]
        first = min(theirs, key=lambda row: (row[f"{which}_date"], row["board"]))
        found = {"number": len(theirs), "where": _where(first, say), "day": say.date(first[f"{which}_date"])}
        yield say(f"summed.over_{which}", **told, **found, rank=say.ordinal(rank))
    elif about in {"first_seen", "last_seen", "listed"}:
        first = min(rows, key=lambda row: (row["first_seen"], row["board"]))
        last = max(rows, key=lambda row: (row["last_seen"], row["board"]))
        ends = {"first": say.date(first["first_seen"]), "last": say.date(last["last_seen"])}
        yield say("summed.over_seen", **told, **ends, where=_where(first, say), there=_where(last, say))


def _top(row: Row, say: Texts) -> str:
    return say("summed.first" if row["top"] == 1 else "summed.top", top=row["top"])


def _where(row: Row, say: Texts) -> str:
    return say("summed.where", title=row["title"], board=row["board"])
