"""Files that set up collection, for one archive: what `archiver setup` prints. Pure, but for its templates.

A template holds `@NAME@` where a fact of the archive goes; one that is left is an error of this package.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent
_FACT = re.compile(r"@([A-Z_]+)@")

KINDS: Mapping[str, tuple[str, ...]] = {
    "cron": ("archiver.crontab",),
    "systemd": ("archiver.service", "archiver-due.service", "archiver-due.timer"),
    "github-actions": ("archive.yml",),
    "docker": ("Dockerfile", "compose.yaml"),
    "kubernetes": ("archiver.yaml",),
}
"""What can be set up → the files for it."""

NEXT: Mapping[str, str] = {
    "cron": "Next: put the lines into `crontab -e`.",
    "systemd": "Next: put the files into /etc/systemd/system/, then `systemctl daemon-reload` and either "
    "`systemctl enable --now archiver.service` (the daemon) or `… archiver-due.timer` (a pass now and then).",
    "github-actions": "Next: put the file into .github/workflows/ of the repository that holds the archive. "
    "GitHub switches schedules off after 60 days without activity in a public repository.",
    "docker": "Next: `docker compose up --build --detach` beside the files.",
    "kubernetes": "Next: build the image of `archiver setup docker`, then `kubectl apply -f archiver.yaml`.",
}
"""What a person does with the files."""

GRACE = timedelta(minutes=15)
"""For a pass, after its own deadline, to end what is under way and to bring up the index."""


class Facts(NamedTuple):
    """What the files are made of."""

    archive: Path
    """Its directory, absolute."""
    program: Path
    """The command `archiver`, absolute."""
    user: str
    collector: str
    """Tells this archive's minute from others'."""
    version: str
    package: str
    """What pip installs: a requirement, or `.` for a checkout of this project."""
    pass_deadline: timedelta
    shortest: timedelta
    """The shortest cadence of its sources: how often a pass has to look."""


class File(NamedTuple):
    """A file that is ready."""

    name: str
    text: str


def files(kind: str, facts: Facts) -> list[File]:
    """The files of one of `KINDS`."""
    return [File(name, _filled(name, facts)) for name in KINDS[kind]]


def _filled(name: str, facts: Facts) -> str:
    known = _known(name, facts)
    text = _template(name)
    while _FACT.search(text):
        text = _FACT.sub(lambda found: known[found[1]], text)
    return text


def _template(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _known(name: str, facts: Facts) -> dict[str, str]:
    minute = sha256(facts.collector.encode()).digest()[0] % 60
    words = (str(facts.program), "--archive", str(facts.archive))
    after = facts.pass_deadline + GRACE
    local = facts.package == "."
    package = facts.package if local else shlex.quote(facts.package)
    return {
        "ARCHIVE": _unit(str(facts.archive)) if name.endswith(".service") else str(facts.archive),
        "CALENDAR": _calendar(minute, facts.shortest),
        "COMMAND": shlex.join(words).replace("%", r"\%"),
        "COPY": "COPY . /src\n" if local else "",
        "CRON": _cron(minute, facts.shortest),
        "EXEC": " ".join(f'"{_unit(word)}"' for word in words),
        "HARDENING": _template("hardening").rstrip(),
        "MINUTE": str(minute),
        "PACKAGE": "/src" if local and name == "Dockerfile" else package,
        "PAGES": _PAGES,
        "PASS_MINUTES": str(-(-int(after.total_seconds()) // 60)),
        "PASS_SECONDS": str(int(after.total_seconds())),
        "USER": facts.user,
        "VERSION": facts.version,
    }


_PAGES = """\
          archiver report --weekly -o pages/index.html
          archiver report -o pages/all.html
          archiver status --format csv > pages/status.csv || true"""


def _every(shortest: timedelta) -> int:
    """Minutes from one pass to the next: an hour, or a quarter of the shortest cadence where that is less."""
    quarter = int(shortest.total_seconds() // 240)
    return next((step for step in (30, 20, 15, 10, 5, 2, 1) if quarter < 60 and step <= max(quarter, 1)), 60)


def _cron(minute: int, shortest: timedelta) -> str:
    """A crontab's five fields. Each archive has a minute of its own, so that not all of them ask at once."""
    step = _every(shortest)
    minutes = str(minute) if step == 60 else "*" if step == 1 else f"{minute % step}-59/{step}"
    return f"{minutes} * * * *"


def _calendar(minute: int, shortest: timedelta) -> str:
    step = _every(shortest)
    return f"*:{minute:02}:00" if step == 60 else f"*:{minute % step:02}/{step}:00"


def _unit(word: str) -> str:
    """A word inside the double quotes of a unit file (systemd.syntax(7), systemd.service(5))."""
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
