"""The command line: a thin skin over `Archive`. Words become calls, errors become exit codes."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

from .. import __version__
from ..errors import ArchiverError
from ..reports.text import visible
from . import interrupt, warden

SECTIONS = {
    "Questions": (
        *("history", "board", "diff", "movers", "standing", "streaks", "overtakes", "agreement"),
        "ask",
        *("boards", "sources", "find", "explain", "cite", "sql", "schema", "status", "gaps", "parse"),
    ),
    "Printing and handing on": ("chart", "report", "gallery", "export"),
    "Collecting and keeping": (
        *("capture", "schedule", "setup", "backfill", "import", "rebuild"),
        *("held", "release", "reject"),
        *("verify", "seal", "repair", "compact", "prune", "merge"),
        *("notify", "doctor", "init", "demo"),
    ),
}
"""Heading → commands, in the order of the help."""
_MODULES = {
    **dict.fromkeys(SECTIONS["Questions"], "questions"),
    **dict.fromkeys(SECTIONS["Collecting and keeping"], "operations"),
    **dict.fromkeys(("boards", "sources", "find"), "lists"),
    **dict.fromkeys(("parse", "explain", "sql"), "inspections"),
    **dict.fromkeys(("diff", "movers", "standing", "streaks", "overtakes", "agreement"), "changes"),
    **dict.fromkeys(("verify", "seal", "cite"), "proofs"),
    **dict.fromkeys(("repair", "compact", "prune", "merge"), "upkeep"),
    "ask": "ask",
    "schema": "schema",
    **dict.fromkeys(("status", "gaps"), "status"),
    **dict.fromkeys(("notify", "doctor"), "watching"),
    "chart": "chart",
    "report": "report",
    "gallery": "gallery",
    "export": "exporting",
    "demo": "demo",
    "init": "init",
    "backfill": "backfill",
    "capture": "capture",
    "schedule": "schedule",
    "setup": "setup",
}
"""Command → the module beside this one that holds it. It is imported when the command is named, so that a
question starts in the time that DuckDB takes."""

_ASKING = {"questions", "changes", "lists", "inspections", "chart", "report", "gallery"}
"""Modules whose commands only ask: an interrupt stops them at once."""


_GARBAGE = 100_000
"""Objects that may come to be before Python looks for circles among them: what is imported and read lasts as
long as the program, and to look through it again and again takes a twentieth of a backfill."""


class _ReaderGoneError(Exception):
    """Whoever read our output went away."""


class Commands(click.Group):
    """The commands by name, found in their modules when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return [name for names in SECTIONS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        if cmd_name not in _MODULES:
            return None
        module = importlib.import_module(f".{_MODULES[cmd_name]}", __package__)
        commands = (each for each in vars(module).values() if isinstance(each, click.Command))
        return next(command for command in commands if command.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _MODULES and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], _MODULES, n=3) or ["archiver --help"]
            raise click.UsageError(f"No command is called {args[0]!r}; near: {', '.join(near)}.", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # of which click would make exit code 1
            raise _ReaderGoneError from error

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """--archive may also stand after the command: it is the same for all of them."""
        return super().parse_args(ctx, _archive_first(args))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, names in SECTIONS.items():
            with formatter.section(heading):
                found = ((name, self.get_command(ctx, name)) for name in names)
                formatter.write_dl([(name, each.get_short_help_str(100)) for name, each in found if each])


def _archive_first(args: Sequence[str]) -> list[str]:
    end = args.index("--") if "--" in args else len(args)
    first: list[str] = []
    rest: list[str] = []
    words = iter(args[:end])
    for word in words:
        if word == "--archive":
            first += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            (first if word.startswith("--archive=") else rest).append(word)
    return [*first, *rest, *args[end:]]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--archive",
    "directory",
    metavar="DIR",
    help="The archive's directory. Default: $ARCHIVER_HOME, else the current one.",
)
@click.version_option(__version__, prog_name="archiver", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, directory: str | None) -> None:
    """Keep what LLM leaderboards said, and answer where a model stood, with the evidence.

    Data goes to standard output, everything else to standard error. Exit code 0: fine; 1: something failed;
    2: wrong usage or configuration; 75: another run holds the archive.
    """
    from ..archive import Archive
    from .progress import IndexingBar

    def warn(damage: Exception) -> None:
        click.echo(visible(str(damage)), err=True)

    if _MODULES.get(ctx.invoked_subcommand or "") in _ASKING:
        interrupt.stop_at_once()
    ctx.obj = Archive(directory, progress=IndexingBar(), warn=warn)
    ctx.call_on_close(ctx.obj.close)


def run() -> NoReturn:
    """The program `archiver`. Once all is tidied up it is left as it stands: to take the interpreter apart,
    with what was loaded and read, takes up to a tenth of a second."""
    code = 1

    def leave() -> None:
        with suppress(OSError, ValueError):  # whoever listened is gone
            sys.stderr.flush()
        os._exit(code)

    atexit.register(leave)  # the first to be registered is the last to be called
    gc.set_threshold(_GARBAGE)
    code = main(sys.argv[1:])
    raise SystemExit(code)


def main(arguments: Sequence[str]) -> int:
    """Runs a command line and returns its exit code; a traceback is shown only where ARCHIVER_DEBUG asks."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")
    code = 1
    try:
        code = _invoke([_as_text(word) for word in arguments])
        sys.stdout.flush()
    except (_ReaderGoneError, BrokenPipeError):
        _drop_output()
        code = 0
    finally:
        warden.leave(code)
    return code


def _invoke(arguments: list[str]) -> int:
    try:
        result = cli.main(arguments, prog_name="archiver", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _tell(interrupt.SAID, interrupt.EXIT_CODE)
    except ArchiverError as error:
        if interrupt.was_asked():
            return _tell(interrupt.SAID, interrupt.EXIT_CODE)
        return _tell(str(error), error.exit_code)
    except OSError as error:
        return _tell(f"{error.filename or 'The system'}: {error.strerror or error}", 1)
    except MemoryError:
        return _tell("There is not enough memory for this answer.\nTo do: narrow the question", 1)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except _ReaderGoneError:
        raise
    except Exception as error:
        if interrupt.was_asked():
            return _tell(interrupt.SAID, interrupt.EXIT_CODE)
        if os.environ.get("ARCHIVER_DEBUG"):
            raise
        return _tell(
            f"This should not happen: {type(error).__name__}: {error}\n"
            f"To do: report this line with the command and the version ({__version__}); "
            "ARCHIVER_DEBUG=1 shows where it broke.",
            1,
        )
    return result if isinstance(result, int) else 0


def _as_text(word: str) -> str:
    """A word of the command line as UTF-8, also where the locale made Python take it for bytes."""
    try:
        return os.fsencode(word).decode()
    except UnicodeError:
        return word


def _tell(message: str, code: int) -> int:
    """An error, on standard error, strangers' text in it made safe."""
    sys.stdout.flush()
    sys.stderr.write("".join(visible(line) + "\n" for line in message.splitlines()))
    return code


def _drop_output() -> None:
    """The reader of a pipe went away (`| head`): what is left has nowhere to go, and that is fine."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
