"""`archiver schema`: the data dictionary of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import output
from .options import format_option

if TYPE_CHECKING:
    from ..archive import Archive


@click.command()
@click.argument("names", metavar="[NAME]…", nargs=-1)
@format_option
@click.pass_obj
def schema(archive: Archive, names: tuple[str, ...], form: str | None) -> None:
    """Print the data dictionary: tables, views, columns and macros with type, unit and meaning.

    Names of tables, views or macros narrow it. The same stands in archive.duckdb as comments.
    """
    from .. import answers
    from ..errors import UsageError
    from ..reports.listing import SCHEMA, print_listing

    found = answers.schema(archive.connect())
    known = {each.name.removesuffix("()") for each in found}
    if strange := [name for name in names if name.removesuffix("()") not in known]:
        raise UsageError(f"The index has no {strange[0]!r}.", todo=f"it has {', '.join(sorted(known))}")
    wanted = {name.removesuffix("()") for name in names} or known
    rows = [each for each in found if each.name.removesuffix("()") in wanted]
    form = output.form_of(form)
    if form == "table":
        print_listing(output.screen(), answers.Described._fields, rows, SCHEMA)
    else:
        output.write(form, answers.Described._fields, rows)
