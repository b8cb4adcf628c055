"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import UsageError
from ..times import needed_end, needed_start

Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("table", "csv", "json", "jsonl", "markdown", "plain")


class Time(click.ParamType[datetime]):
    """A day or an ISO time, read as UTC where it names no zone; a month or a year is all of it."""

    name = "time"

    def __init__(self, read: Callable[[str | date], datetime]) -> None:
        self.read = read

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Raises click's BadParameter, which says how a time is written."""
        try:
            return self.read(value)
        except UsageError as error:
            self.fail(f"{error.what.removesuffix('.')}; {error.todo}", param, ctx)


class Span(click.ParamType[timedelta]):
    """A length of time, as in archiver.toml."""

    name = "span"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Raises click's BadParameter, which says how a length of time is written."""
        from ..config.values import span_of

        if isinstance(value, timedelta):
            return value
        found = span_of(value)
        if found is None or found <= timedelta(0):
            self.fail(f"{value!r} is not a length of time; write 90s, 15m, 6h or 1d", param, ctx)
        return found


START, END = Time(needed_start), Time(needed_end)
SPAN = Span()

_form = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="How rows are written. Default: table on a terminal, plain (tab-separated) in a pipe.",
)
_plain = click.option("--plain", "form", flag_value="plain", help="The same as --format plain.")


def format_option(command: Command) -> Command:
    """--format, and --plain for short."""
    return _form(_plain(command))


as_of_option = click.option(
    "--as-of", metavar="DATE", type=END, help="The last snapshot by then (UTC; a date includes its day)."
)


board_option = click.option(
    "--board", "boards", metavar="GLOB", multiple=True, help="Only these boards; may be repeated."
)
top_option = click.option("--top", metavar="N", type=click.IntRange(1), help="Only the first N places.")
sql_option = click.option(
    "--sql", is_flag=True, help="Print the statement instead, for any DuckDB shell on archive.duckdb."
)


known_on_option = click.option(
    "--as-known-on", "known_on", metavar="TIME", type=END, help="What the archive knew then."
)
where_option = click.option(
    "--where", metavar="SQL", help="Only rows for which a condition over the columns holds."
)
variant_option = click.option(
    "--variant", metavar="TEXT", help="Only entries in whose setting the text stands."
)
category_option = click.option("--category", metavar="GLOB", help="Only boards of this category.")
among_option = click.option(
    "--among", metavar="SET", help="Place within a set: open, country:RU, a glob, a name, or a file of names."
)


def narrowing(command: Command) -> Command:
    """What an answer about boards can be cut down to: --variant, --among, --top, --where, --as-known-on."""
    for option in (known_on_option, where_option, top_option, among_option, variant_option):
        command = option(command)
    return command


def of_someone(command: Command) -> Command:
    """Who is asked about, where and when: WHO…, --board, --category, --since, --until."""
    for option in (bounds, category_option, board_option):
        command = option(command)
    return click.argument("who", metavar="WHO…", nargs=-1, required=True)(command)


def set_of(among: str | None) -> str | list[str] | None:
    """A set as it is typed: the lines of a file, where there is one of that name."""
    if among is None or not Path(among).is_file():
        return among
    lines = (line.strip() for line in Path(among).read_text("utf-8-sig").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


lang_option = click.option(
    "--lang", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="In which language."
)


def bounds(command: Command) -> Command:
    """--since and --until."""
    command = click.option(
        "--until", metavar="DATE", type=END, help="Up to this time; a date includes its day."
    )(command)
    return click.option("--since", metavar="DATE", type=START, help="From this time on (UTC).")(command)


def log_options(*, default: str) -> Callable[[Command], Command]:
    """--log-format and --log-level; the log begins before the command does. default: the lowest level."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def logged(*words: Any, log_format: Any, log_level: str, **options: Any) -> Any:
            from .. import logs

            logs.begin(log_format, log_level)
            return command(*words, **options)

        level = click.option(
            "--log-level",
            type=click.Choice(("debug", "info", "warning", "error")),
            default=default,
            show_default=True,
            help="The least that the log, on standard error, tells.",
        )
        form = click.option(
            "--log-format",
            type=click.Choice(("human", "json")),
            default="human",
            show_default=True,
            help="How the log is written: one line an event.",
        )
        decorated: Command = level(form(logged))  # type: ignore[assignment]  # as it was, and logged
        return decorated

    return decorate
