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

EXAMPLE = """\
# What this archive collects and how. Every key may be left out; a line without # counts.

# Sources of a capture that names none; without it all that `archiver sources` lists.
# sources = ["arena", "llmarena_ru", "ru_llm_arena", "livebench"]

# How a publisher can reach you: added to the User-Agent of every request.
# contact = "you@example.org"

# Hosts that may be asked although their address is private (a mirror in your own network).
# allow_hosts = ["mirror.example.org:8080"]

# Another address for what begins with a publisher's; the ledger keeps both.
# [mirrors]
# "https://huggingface.co/" = "https://mirror.example.org:8080/hf/"

# Sources whose pages are fetched against robots.txt, each with your reason.
# [ignore_robots]
# arena = "agreed with the publisher on 2026-07-01"

# Names of your own beside those of the registry.
# [[names.organization]]
# name = "Acme"
# country = "DE"
# aliases = ["ACME GmbH", "Акме"]
"""


def location() -> Path:
    """The starter history's folder: in the installed package, else in the checkout that holds the package.

    Raises UsageError where neither has it.
    """
    package = Path(__file__).parent
    for folder in (package / HISTORY, package.parents[1] / "snapshots"):
        if (folder / carried.NOTICE).is_file():
            return folder
    raise UsageError("This installation carries no starter history.", todo="`archiver init DIR --empty`")


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
        configuration.write_text(EXAMPLE, "utf-8")
    return fresh
