"""The starter history: what is known of the boards since 2023, and how an archive begins with it.

It lies in `snapshots/` of the repository, and in this package where it was installed from a wheel (`building`
puts it there). `python -m archiver.starter` takes it from recordings.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ..config import FILE
from ..errors import UsageError
from . import carried

HISTORY = "history"
"""Folder of the installed package that holds the starter history."""

EXAMPLE = "example.toml"
"""The configuration that a new archive gets, with every key, all of them commented out."""


def location() -> Path:
    """The starter history's folder: in the installed package, else in the checkout that holds the package.

    Raises UsageError where neither has it.
    """
    package = Path(__file__).parent
    for folder in (package / HISTORY, package.parents[1] / "snapshots"):
        if (folder / carried.NOTICE).is_file():
            return folder
    raise UsageError("This installation carries no starter history.", todo="`archiver init DIR --empty`")


def example() -> str:
    """The text of the example."""
    return Path(__file__).with_name(EXAMPLE).read_text("utf-8")


def begin(archive: Path, *, empty: bool) -> bool:
    """Makes an archive of a folder that is none yet; tells whether its `archiver.toml` was written.

    empty: without the starter history. Raises UsageError, having changed nothing, where it is an archive.
    """
    snapshots, configuration = archive / "snapshots", archive / FILE
    if snapshots.exists():
        raise UsageError(f"{archive} is an archive already.", kept="nothing was changed")
    source = None if empty else location()
    archive.mkdir(parents=True, exist_ok=True)
    unfinished = archive / ".snapshots.part"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    if source is not None:
        for file in carried.files(source):
            target = unfinished / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / file, target)
    unfinished.rename(snapshots)
    if fresh := not configuration.exists():
        configuration.write_text(example(), "utf-8")
    return fresh
