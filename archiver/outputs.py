"""Files for others to read: a whole one takes the place of the old one, or the old one stays.

    with outputs.replacing(target) as beside:
        beside.write_bytes(…)

What the archive must not lose is written elsewhere (`store.disk`), with more care.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copymode

from .errors import NotKept, UsageError


@contextmanager
def replacing(
    target: Path,
    *,
    kept: str = "the archive, and what stood there before",
    todo: str = "choose another place with -o, or make room",
) -> Iterator[Path]:
    """A path to write to, which takes the place of `target` when all is well.

    Raises `NotKept` for an OSError; kept, todo: what it says then.
    """
    place = beside = target
    if target.is_file() or not target.exists():  # a pipe or a terminal is written to as it is
        place = Path(os.path.realpath(target))
        beside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        yield beside
        if beside != place:
            if place.exists():
                copymode(place, beside)
            beside.replace(place)
    except OSError as error:
        raise NotKept(
            f"{target} could not be written: {error.strerror or error}.", kept=kept, todo=todo
        ) from error
    finally:
        if beside != place:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def put(target: Path, data: bytes) -> None:
    """Writes a file. Raises `NotKept`."""
    with replacing(target) as beside:
        beside.write_bytes(data)


def form_of(path: str | os.PathLike[str], forms: Sequence[str]) -> str:
    """The format that a file's name asks for, one of `forms`. Raises UsageError where it asks for none."""
    target = Path(path)
    form = target.suffix.lower().lstrip(".")
    if form not in forms:
        raise UsageError(
            f"{target} does not say what to write: its name ends with none of {', '.join(forms)}.",
            todo=f"name it {target.stem}.{forms[0]}",
        )
    return form
