"""`archiver ask`: a question in words, read without a model, and answered by the command that it names."""

from __future__ import annotations

import contextlib
import io
import shlex
from typing import TYPE_CHECKING, Any

import click

from . import output
from .options import format_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from ..archive import Archive
    from ..ask import Understood
    from ..reports.texts import Texts


@click.command()
@click.argument("question", metavar='"QUESTION"', nargs=-1, required=True)
@format_option
@click.pass_context
def ask(ctx: click.Context, question: tuple[str, ...], form: str | None) -> None:
    """Ask in English or Russian: “where did Sber and Yandex models rank over time”.

    A fixed set of rules reads the question, no model and no network. It says what it understood, the command
    and the SQL that answer it, and what it did not understand; then comes the answer, first in a sentence
    where its rows prove one.
    """
    archive: Archive = ctx.obj
    understood = archive.understand(" ".join(question))
    output.say(f"Understood: {'; '.join((understood.arguments[0], *understood.saw))}.")
    if understood.unread:
        output.say(f"Not understood, and left out: {', '.join(understood.unread)}.")
    output.say(f"Command: {understood.command}")
    if statement := _printed(ctx, [*understood.arguments, "--sql"]):
        output.say(f"SQL: {' '.join(statement.split())}")
    if understood.picture:
        output.say(f"For a picture: {understood.command.replace(' history ', ' chart ', 1)} -o picture.svg")
    for sentence in _said(ctx, understood, statement):
        output.say(sentence)
    output.say("")
    _run(ctx, [*understood.arguments, *(["--format", form] if form else [])])


def _said(ctx: click.Context, understood: Understood, statement: str) -> list[str]:
    """The answer in plain sentences, where its rows can be said in a few."""
    from ..answers import facts
    from ..answers.changes import directions
    from ..reports import said
    from ..reports.standing import Stood
    from ..reports.texts import texts

    say, con = texts(understood.lang), ctx.obj.connect()
    with _taken(ctx, understood.arguments) as inner:
        name, asked = inner.command.name, inner.params
    if name == "sql":
        first = _led if understood.about == "leaders" else _reigned
        return first(con, understood, asked["statement"], say)
    if name == "board" and understood.about:
        return _counted(con, understood, asked, statement, say)
    if name == "board" and not asked["where"] and (asked["top"] == 1 or asked["among"]):
        title = facts(con, asked["board_name"], asked["as_of"]).title
        tell = said.of_set if asked["among"] else said.of_first
        return tell(title, _rows(con, statement), say)
    if asked.get("among") is not None:
        return []
    if understood.about == "order":
        return _ordered(con, asked, say)
    if name == "standing":
        return _summed(con, understood.about, asked, statement, say)
    if name == "streaks":
        return _unbroken(con, asked, statement, say)
    if name == "overtakes" and len(asked["who"]) == 1:
        [who] = asked["who"]
        return [said.of_overtakes(who, *directions(con, who, statement.strip().removesuffix(";")), say)]
    if name == "history" and (asked["since"] or asked["until"]) and not asked["where"]:
        return _before(con, asked, statement, say)
    if name == "history" and (asked["as_of"] or asked["where"]):
        return said.of_history([Stood(*row) for row in con.execute(statement).fetchall()], say)
    return []


def _summed(
    con: duckdb.DuckDBPyConnection, about: str, asked: Mapping[str, Any], statement: str, say: Texts
) -> list[str]:
    """Of `standing`: when they came, how long they stayed, …; between bounds the rows alone tell it."""
    from ..answers.entering import entering
    from ..reports.said import of_entering
    from ..reports.summed import of_standing

    if about == "entered" and not (asked["since"] or asked["until"]):
        found = of_entering(entering(con, asked["who"], asked["boards"], asked["top"]), say)
        if found:
            return found
    return of_standing(about, _titled(con, statement), say)


def _unbroken(
    con: duckdb.DuckDBPyConnection, asked: Mapping[str, Any], statement: str, say: Texts
) -> list[str]:
    """For how long without a break, and how much of that lies in gaps."""
    from ..reports.summed import of_streaks

    rows = _titled(con, statement)
    return of_streaks(rows, say, current=asked["current"], ends=asked["until"] is not None)


def _ordered(con: duckdb.DuckDBPyConnection, asked: Mapping[str, Any], say: Texts) -> list[str]:
    """Of two: who stood above the other, over the time and the boards that were asked about."""
    from ..answers import names
    from ..answers.history import statement
    from ..reports.summed import of_order

    bounds = {"since": asked["since"], "until": asked["until"], "as_of": asked.get("as_of")}
    rows = _titled(con, statement(con, asked["who"], asked["boards"], **bounds))
    one, other = (each.who for each in names.asked(con, asked["who"]))
    return [of_order(one, other, rows, say)]


def _counted(
    con: duckdb.DuckDBPyConnection,
    understood: Understood,
    asked: Mapping[str, Any],
    statement: str,
    say: Texts,
) -> list[str]:
    """How many are on a board, which share of it they are, and of whom."""
    from ..answers.board import facts
    from ..answers.sql import call
    from ..reports import said

    shown = facts(con, asked["board_name"], asked["as_of"])
    rows = _rows(con, statement)
    found, number, all = [], len(rows), shown.of or 0
    if asked["where"] and asked["among"] and understood.top:
        within = f"FROM {call('board_as_of', shown.board, shown.time)} WHERE rank <= {understood.top}"
        [(all,)] = con.execute(f"SELECT count(*) {within}").fetchall()  # a board's name, a number
        found = [said.of_within(number, all, understood.top, shown, say)]
    elif asked["among"]:
        found = said.of_set(shown.title, rows, say)
    elif asked["top"] is None and not asked["where"]:
        found = said.of_count(shown, say)
    if understood.about == "share" and found and all:
        found.append(said.of_share(number, all, say))
    elif understood.about == "makers":
        found.append(said.of_makers([row["organization"] for row in rows], say))
    elif understood.about == "countries":
        found.append(said.of_makers([row["country"] for row in rows], say, countries=True))
    return found


def _reigned(con: duckdb.DuckDBPyConnection, understood: Understood, statement: str, say: Texts) -> list[str]:
    """Who of all was in the top of a board the longest."""
    from ..answers.board import facts
    from ..reports.summed import of_reigns

    shown = facts(con, understood.board)
    told = {"board": shown.board, "title": shown.title, "top": understood.top or 1}
    rows = [{**row, **told} for row in _rows(con, statement)]
    return of_reigns(rows, say, streaks=understood.about == "unbroken")


def _led(con: duckdb.DuckDBPyConnection, understood: Understood, statement: str, say: Texts) -> list[str]:
    """How often a board had a new leader, and who led before the first of them."""
    from ..answers.board import facts
    from ..reports.said import of_leaders, of_opening

    days = [row["time"] for row in _rows(con, statement)]
    opening = con.execute(_OPENING, {"board": understood.board, "since": understood.since}).fetchall()
    told = [of_opening(day, models, say) for day, models in opening]
    return [of_leaders(days, facts(con, understood.board), say), *told]


_OPENING = """
    SELECT coalesce(published_at, captured_at) AS day, list(coalesce(model, model_listed) ORDER BY position)
    FROM rankings WHERE board = $board AND rank = 1
    GROUP BY day
    ORDER BY coalesce(day < $since, false) DESC, abs(epoch(day) - epoch(coalesce($since, day))), day
    LIMIT 1
"""
"""Who led a board last before a day, else in its first snapshot."""


def _before(
    con: duckdb.DuckDBPyConnection, asked: Mapping[str, Any], statement: str, say: Texts
) -> list[str]:
    """Where somebody stood whom no snapshot of a stretch of time ranks: the snapshots before stood on."""
    from ..answers import history
    from ..reports.said import of_before
    from ..reports.standing import Stood

    seen = _rows(con, statement)
    if asked["since"] is None or any(row["status"] == "listed" for row in seen):
        return []
    found = history(con, asked["who"], asked["boards"], as_of=asked["since"]).fetchall()
    told_of = {row["board"] for row in seen}  # a snapshot of that time that proves an absence is the answer
    rows = [row for row in map(Stood._make, found) if row.board not in told_of]
    boards = [part for board in asked["boards"] for part in ("--board", board)]
    told = ("archiver", "history", *asked["who"], *boards, "--as-of", f"{asked['since']:%Y-%m-%d}")
    return of_before(rows, shlex.join(told), say)


def _titled(con: duckdb.DuckDBPyConnection, statement: str) -> list[dict[str, Any]]:
    """The rows of a statement, each with its board's title."""
    titles = dict(con.execute("SELECT board, title FROM boards").fetchall())
    return [{**row, "title": titles[row["board"]]} for row in _rows(con, statement)]


def _rows(con: duckdb.DuckDBPyConnection, statement: str) -> list[dict[str, Any]]:
    found = con.execute(statement)
    columns = [column for column, *_ in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _taken(ctx: click.Context, arguments: Sequence[str]) -> click.Context:
    """Another command of the command line, with its arguments."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)  # noqa: S101  # the root is the group that found this command
    command = group.get_command(ctx.find_root(), arguments[0])
    assert command is not None  # noqa: S101  # `understand` names commands that there are
    return command.make_context(arguments[0], list(arguments[1:]), parent=ctx.find_root())


def _run(ctx: click.Context, arguments: Sequence[str]) -> None:
    """Runs it, on the archive that is open."""
    with _taken(ctx, arguments) as inner:
        inner.command.invoke(inner)


def _printed(ctx: click.Context, arguments: list[str]) -> str:
    """What a command prints; nothing where it has no statement to print."""
    taken = io.StringIO()
    with contextlib.suppress(click.NoSuchOption), contextlib.redirect_stdout(taken):
        _run(ctx, arguments)
    return taken.getvalue()
