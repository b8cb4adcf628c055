"""Strangers' SQL from Python: `archiver sql` in a process of its own, with all its walls."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from ..errors import ArchiverError, UsageError


def ask(archive: Path, statement: str) -> list[dict[str, object]]:
    """The rows of one question, an object each, as `--format jsonl` writes them (times as text, UTC).

    A server that takes questions from strangers can ask them here from any of its threads.
    Raises UsageError where the question is wrong or not allowed, ArchiverError where it was stopped.
    """
    command = [
        sys.executable,
        "-m",
        "archiver.cli",
        "--archive",
        str(archive),
        "sql",
        "-",
        "--format",
        "jsonl",
    ]
    done = subprocess.run(command, input=statement, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    if done.returncode:
        said, _, todo = done.stderr.strip().partition("\nTo do: ")
        raise (UsageError if done.returncode == UsageError.exit_code else ArchiverError)(said, todo=todo)
    return [json.loads(line) for line in done.stdout.splitlines()]
