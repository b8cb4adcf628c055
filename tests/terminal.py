"""A terminal of a given width, and what a person sees on it."""

from __future__ import annotations

import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path


def seen_on_a_terminal(
    command: Sequence[str],
    columns: int,
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    errors_too: bool = False,
) -> str:
    """What a program writes to a terminal as its standard output; errors_too: and as its standard error."""
    leader, follower = pty.openpty()
    ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower if errors_too else subprocess.DEVNULL,
        env={"TERM": "xterm-256color", **env},
        cwd=cwd,
    ):
        os.close(follower)
        seen = b""
        try:
            while piece := os.read(leader, 65536):
                seen += piece
        except OSError:
            pass  # how the end of a terminal looks on Linux
        os.close(leader)
    return seen.decode().replace("\r\n", "\n")
