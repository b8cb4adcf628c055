"""A file that somebody reads is whole: the new one, or the old one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archiver import outputs
from archiver.errors import NotKept


def test_a_new_file_takes_the_place_of_an_old_one_with_its_rights(tmp_path: Path) -> None:
    target = tmp_path / "chart.svg"
    outputs.put(target, b"first")
    target.chmod(0o640)
    outputs.put(target, b"second")
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"second", 0o640)
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_one(tmp_path: Path) -> None:
    target, link = tmp_path / "chart.svg", tmp_path / "latest.svg"
    target.write_bytes(b"first")
    link.symlink_to(target)
    outputs.put(link, b"second")
    assert link.is_symlink()
    assert target.read_bytes() == b"second"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """The kernel refuses more than 4 KiB a file to the process that writes."""
    target = tmp_path / "chart.svg"
    target.write_bytes(b"old")
    code = (
        "import resource, signal, sys; from pathlib import Path; from archiver import outputs\n"
        "from archiver.errors import NotKept\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: outputs.put(Path(sys.argv[1]), b'x' * 100_000)\n"
        "except NotKept as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, target], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        f"{target} could not be written: File too large.",
        "Kept: the archive, and what stood there before",
        "To do: choose another place with -o, or make room",
    ]
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "chart.svg"
    with pytest.raises(NotKept, match=f"{target} could not be written: No such file or directory"):
        outputs.put(target, b"new")


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    outputs.put(Path(f"/dev/fd/{writer}"), b"drawn")
    assert os.read(reader, 100) == b"drawn"
    os.close(reader)
    os.close(writer)
