"""The empty index, kept on this machine by the first backfill, and copied for every archive after that.

To make its views, macros and comments takes DuckDB longer than to read a hundred payloads, and all empty
indexes of one version are the same. The copy is taken by its digest, which is its name: one that is damaged
is removed, and the index is made as if there were none. Only a backfill keeps one, as it keeps clones: no
other command writes outside its archive.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from .. import caches
from . import build

_LONG = 30 * 86_400
"""Seconds after which one that was made by another version is removed."""


def lay(path: Path, options: str) -> bool:
    """Puts the empty index of this version at `path`; says whether there was one.

    options: the file's own, by which it is told apart too. Raises OSError where `path` cannot be written.
    """
    for file in _kept(options):
        with suppress(OSError):
            data = file.read_bytes()
            if sha256(data).hexdigest() == file.stem.rpartition("-")[2]:
                break
            file.unlink()
    else:
        return False
    path.write_bytes(data)
    return True


def keep(path: Path, options: str) -> None:
    """Keeps the empty index that was made at `path`, where that can be done. options: as of `lay`."""
    with suppress(OSError):
        folder = caches.folder("empty")
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if time.time() - old.stat().st_mtime > _LONG:
                old.unlink()
        data = path.read_bytes()
        beside = folder / f".{os.getpid()}-{path.name}"
        try:
            beside.write_bytes(data)
            beside.replace(folder / f"{_key(options)}-{sha256(data).hexdigest()}.duckdb")
        finally:
            beside.unlink(missing_ok=True)


def _kept(options: str) -> list[Path]:
    return sorted(caches.folder("empty").glob(f"{_key(options)}-*.duckdb"))


def _key(options: str) -> str:
    """Of all that an empty index rests on."""
    import duckdb

    parts = (duckdb.__version__, options, *build.digests().values())
    return sha256("\0".join(parts).encode()).hexdigest()[:16]
