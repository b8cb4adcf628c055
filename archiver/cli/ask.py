"""`archiver ask`: a question in words, read without a model, and answered by the command that it names."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING

import click

from . import output
from .options import format_option

if TYPE_CHECKING:
    from ..archive import Archive


@click.command()
@click.argument("question", metavar='"QUESTION"', nargs=-1, required=True)
@format_option
@click.pass_context
def ask(ctx: click.Context, question: tuple[str, ...], form: str | None) -> None:
    """Ask in English or Russian: “where did Sber and Yandex models rank over time”.

    A fixed set of rules reads the question, no model and no network. It says what it understood, the command
    and the SQL that answer it, and what it did not understand; then comes the answer.
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
    output.say("")
    _run(ctx, [*understood.arguments, *(["--format", form] if form else [])])


def _run(ctx: click.Context, arguments: list[str]) -> None:
    """Runs another command of the command line, on the archive that is open."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)  # noqa: S101  # the root is the group that found this command
    command = group.get_command(ctx.find_root(), arguments[0])
    assert command is not None  # noqa: S101  # `understand` names commands that there are
    with command.make_context(arguments[0], arguments[1:], parent=ctx.find_root()) as inner:
        command.invoke(inner)


def _printed(ctx: click.Context, arguments: list[str]) -> str:
    """What a command prints; nothing where it has no statement to print."""
    taken = io.StringIO()
    with contextlib.suppress(click.NoSuchOption), contextlib.redirect_stdout(taken):
        _run(ctx, arguments)
    return taken.getvalue()
