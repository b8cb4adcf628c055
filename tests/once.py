"""What is made once for all tests, also where several processes run them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from archiver import starter

Once = Callable[[str, Callable[[Path], None]], Path]
"""`once(name, make)`: a folder that is made by the first of all test processes to ask for it. The others
wait, and read; whoever changes it takes a copy."""
ROOT = Path(__file__).resolve().parents[1]
RUN = (sys.executable, "-m", "archiver.cli")


def once_below(own: Path) -> Once:
    """own: the base of this process's temporary folders."""
    shared = own.parent if own.name.startswith("popen-") else own

    def made(name: str, make: Callable[[Path], None]) -> Path:
        folder, whole = shared / name, shared / f"{name}.whole"
        with FileLock(shared / f"{name}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                whole.touch()
        return folder

    return made


def begun(folder: Path) -> None:
    """An archive begun with the starter history. A first question brought its index up; what it printed lies
    beside it in `first.csv`."""
    starter.begin(folder, empty=False)
    words = ("--archive", str(folder), "history", "Sber", "Yandex", "--format", "csv")
    asked = subprocess.run([*RUN, *words], capture_output=True, text=True, check=True)
    (folder / "first.csv").write_text(asked.stdout, "utf-8")


@dataclass(frozen=True)
class Played:
    """One run of `archiver demo`, in a home of its own."""

    home: Path
    said: str
    """What it printed."""

    @property
    def archive(self) -> Path:
        return self.home / "work/archiver-demo"

    @property
    def environment(self) -> dict[str, str]:
        return alone(self.home)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command, asked of the archive that is left."""
        return run(self.home / "work", self.environment, *words, "--archive", str(self.archive))


def played(home: Path) -> None:
    """Plays the demo; what it printed lies beside its home."""
    for name in ("work", "tmp", "home"):
        (home / name).mkdir(parents=True)
    done = run(home / "work", alone(home), "demo")
    assert done.returncode == 0, done.stderr
    home.with_suffix(".said").write_text(done.stdout, "utf-8")


def as_played(home: Path) -> Played:
    return Played(home, home.with_suffix(".said").read_text("utf-8"))


def run(place: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *words], cwd=place, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def alone(home: Path) -> dict[str, str]:
    """An environment whose home and temporary folder lie in `home`, with a proxy that answers nothing: who
    asks for anything but this machine's own address fails."""
    kept = {
        name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
    }
    return kept | {
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "COLUMNS": "80",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
