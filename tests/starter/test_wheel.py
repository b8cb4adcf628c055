"""The wheel carries the starter history, although the tree holds it once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from archiver.starter import carried

ROOT = Path(__file__).resolve().parents[2]


def test_an_archive_begins_from_the_wheel_alone(tmp_path: Path) -> None:
    tree, installed, mine = tmp_path / "tree", tmp_path / "installed", tmp_path / "mine"
    skipped = shutil.ignore_patterns("__pycache__")
    for name in ("archiver", "snapshots"):
        shutil.copytree(ROOT / name, tree / name, ignore=skipped)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree / name)
    (tree / "snapshots/aider/ledger-1f3a9c20.jsonl").write_text("another collector's\n", "utf-8")
    quiet = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *quiet, "--wheel-dir", str(tmp_path), str(tree)],
        check=True,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        timeout=300,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
    subprocess.run(
        [sys.executable, "-m", "archiver.cli", "init", str(mine)],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        timeout=60,
    )
    expected = set(carried.files(ROOT / "snapshots"))
    found = {
        file.relative_to(mine / "snapshots") for file in (mine / "snapshots").rglob("*") if file.is_file()
    }
    assert found == expected
    assert all((mine / "snapshots" / f).read_bytes() == (ROOT / "snapshots" / f).read_bytes() for f in found)
