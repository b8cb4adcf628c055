"""Telling systemd how the daemon is (sd_notify(3)); silent where nobody listens."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress


class Beacon:
    """Datagrams to $NOTIFY_SOCKET. What cannot be sent is not missed: systemd's watchdog sees to it."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        found = os.environ if environment is None else environment
        path = found.get("NOTIFY_SOCKET", "")
        self._path = "\0" + path[1:] if path.startswith("@") else path
        micros = found.get("WATCHDOG_USEC", "")
        meant = found.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog = int(micros) / 2e6 if micros.isdecimal() and meant else None
        """Seconds within which a sign of life is due, half of what systemd waits; None where it does not."""

    def ready(self) -> None:
        """Started, or reloaded."""
        self._send("READY=1")

    def alive(self) -> None:
        """The watchdog's sign of life."""
        self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """The configuration is being read again (Type=notify-reload)."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """No more is started."""
        self._send("STOPPING=1")

    def status(self, sentence: str) -> None:
        """For `systemctl status`."""
        self._send(f"STATUS={sentence.splitlines()[0] if sentence else ''}")

    def _send(self, text: str) -> None:
        if not self._path:
            return
        with (
            suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line,
        ):
            line.settimeout(1.0)  # nobody who does not listen shall hold up the captures
            line.sendto(text.encode(), self._path)
