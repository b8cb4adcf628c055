"""Who writes: each collector appends to a ledger of its own, so archives merge by putting files together."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from contextlib import suppress
from pathlib import Path

from ..errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def collector_id(archive: Path) -> str:
    """What tells this collector's ledgers from others': 8 hex digits, stable for this machine and path.

    `ARCHIVER_COLLECTOR` overrides it (for containers, whose machine changes). Raises `UsageError`.
    """
    if chosen := os.environ.get("ARCHIVER_COLLECTOR"):
        return collector_name(chosen)
    machine = platform.node()
    with suppress(OSError):
        machine = Path("/etc/machine-id").read_text(encoding="ascii").strip() or machine
    return hashlib.sha256(f"{machine}\n{archive.resolve()}".encode()).hexdigest()[:8]


def collector_name(name: str) -> str:
    """The name, if a ledger can bear it. Raises `UsageError`."""
    if _NAME.fullmatch(name):
        return name
    todo = "use up to 32 lower-case letters, digits and hyphens, as in ARCHIVER_COLLECTOR=office-1"
    raise UsageError(f"{name!r} cannot name a collector.", todo=todo)
