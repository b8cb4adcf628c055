"""What the files of `archiver setup` are made of, found on this machine and in this archive."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from .setup import Facts

if TYPE_CHECKING:
    from ..config import Config
    from .book import Book

NAME = "llm-leaderboard-archiver"


def facts(
    archive: Path, book: Book, config: Config, collector: str, version: str, package: str | None = None
) -> Facts:
    """The facts. package: what pip installs elsewhere; default this version, or the checkout that it is."""
    cadences = [book.grid(source).cadence for source in book.sources()]
    checkout = (archive / "pyproject.toml").is_file() and (archive / "archiver").is_dir()
    return Facts(
        archive=archive,
        program=_program(),
        user=_user(),
        collector=collector,
        version=version,
        package=package or ("." if checkout else f"{NAME}=={version}"),
        pass_deadline=config.schedule.pass_deadline,
        shortest=min(cadences, default=timedelta(days=1)),
    )


def _program() -> Path:
    """The command `archiver` beside this Python, else that of the path."""
    beside = Path(sys.executable).with_name("archiver")
    return beside if beside.is_file() else Path(shutil.which("archiver") or beside).absolute()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())
