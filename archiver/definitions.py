"""The user's own boards: `boards/NAME.toml` in an archive, one file a source. Standard library on the way in.

Every key is checked: a wrong one is an error that names the file, the key, the value and what is allowed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from . import sources
from .errors import UsageError
from .formats.rows import Where
from .redaction import shown
from .sources._defined import FORMS, Defined, Description, Meaning

FOLDER = "boards"

Reader = Callable[[object], object]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_BOARD = re.compile(r"[a-z0-9][a-z0-9.-]*/[a-z0-9][a-z0-9.-]*")
_MEANINGS = get_args(Meaning)
_ORDERS = {"descending": True, "ascending": False}
_REQUIRED = ("title", "url", "format", "columns")
_ONLY_FOR = {
    "records": ("json", "yaml"),
    "table": ("html-table", "markdown-table"),
    "delimiter": ("csv",),
}
"""Key → the formats in which it says something."""


class _NotAllowedError(Exception):
    """Holds what is allowed."""


def catalog(archive: Path) -> sources.Catalog:
    """The sources of an archive: the built-in ones, and those that its folder `boards` defines.

    Raises `UsageError`.
    """
    files = sorted((archive / FOLDER).glob("*.toml"))
    return sources.Catalog({path.stem: _read(path) for path in files}) if files else sources.BUILT_IN


def _read(path: Path) -> Defined:
    if not _NAME.fullmatch(path.stem):
        raise UsageError(
            f"{path}: {path.stem!r} is no name for a source.",
            todo="name the file with small letters, digits and _, a letter first, as my_board.toml",
        )
    if path.stem in sources.names():
        raise UsageError(f"{path}: a built-in source is called {path.stem!r}.", todo="rename the file")
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}.", kept="nothing was changed") from error
    return Defined(_described(path, data))


def _described(path: Path, data: Mapping[str, object]) -> Description:
    values = {key: _value(path, key, value) for key, value in data.items()}
    for key in _REQUIRED:
        if key not in values:
            raise UsageError(f"{path} lacks the key {key!r}.", todo=f"write {', '.join(_REQUIRED)} there")
    if "score" in _columns(values["columns"]) and "metric" not in values:
        raise UsageError(
            f"{path} lacks the key 'metric'.", todo='say what the score is: metric = "accuracy (%)"'
        )
    for key, formats in _ONLY_FOR.items():
        if key in values and values["format"] not in formats:
            raise _wrong(path, key, data[key], f"it only with format = {_one_of(formats)}")
    where = Where(**{key: values.pop(key) for key in _ONLY_FOR if key in values})  # type: ignore[arg-type]
    values |= {"higher_is_better": values.pop("order", True), "metric": values.get("metric", "rank")}
    # The same definition gives the same number, a changed one another: payloads are then read again.
    digest = sha256(json.dumps(data, sort_keys=True, default=str).encode()).digest()
    version = int.from_bytes(digest[:4]) >> 1
    return Description(name=path.stem, where=where, version=version, **values)  # type: ignore[arg-type]


def _value(path: Path, key: str, value: object) -> object:
    if key not in _READERS:
        raise _wrong(path, key, value, f"one of the keys {', '.join(_READERS)}")
    try:
        return _READERS[key](value)
    except _NotAllowedError as error:
        raise _wrong(path, key, value, str(error)) from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _NotAllowedError("text in quotes")
    return value.strip()


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise _NotAllowedError("a list of texts")
    return tuple(value)


def _url(value: object) -> str:
    try:
        parts = urlsplit(_text(value))
    except ValueError as error:
        raise _NotAllowedError("an address that begins with https://") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
        raise _NotAllowedError("an address that begins with https://, without a password or a #part")
    return parts.geturl()


def _choice(allowed: Mapping[str, object] | tuple[str, ...], value: object) -> object:
    if not isinstance(value, str) or value not in allowed:
        raise _NotAllowedError(_one_of(allowed))
    return allowed[value] if isinstance(allowed, Mapping) else value


def _matching(pattern: re.Pattern[str], allowed: str, value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _NotAllowedError(allowed)
    return value


def _columns(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _NotAllowedError('a table [columns] of meaning = "column"')
    for meaning, column in value.items():
        if meaning not in _MEANINGS:
            raise _NotAllowedError(f"as meanings only {', '.join(_MEANINGS)}")
        if not isinstance(column, str) or not column:
            raise _NotAllowedError(f"the publisher's name of the column in quotes for {meaning}")
    if "model" not in value or not {"rank", "score"} & value.keys():
        raise _NotAllowedError("model, and rank or score or both")
    if len(set(value.values())) < len(value):
        raise _NotAllowedError("each column once")
    return dict(value)


def _rows(value: object) -> tuple[int, int]:
    numbers = [item for item in value if type(item) is int] if isinstance(value, list) else []
    if len(numbers) != 2 or not 1 <= numbers[0] <= numbers[1]:
        raise _NotAllowedError("the fewest and the most rows of a sound board, as [10, 500],")
    return numbers[0], numbers[1]


def _hours(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 24 * 366:
        raise _NotAllowedError("a number of hours, more than 0 and at most a year,")
    return timedelta(hours=value)


def _number(value: object) -> int:
    if type(value) is not int or value < 1:
        raise _NotAllowedError("the number of the table, from 1,")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _NotAllowedError("true or false")
    return value


_READERS: Mapping[str, Reader] = {
    "title": _text,
    "url": _url,
    "format": partial(_choice, tuple(FORMS)),
    "columns": _columns,
    "metric": _text,
    "order": partial(_choice, _ORDERS),
    "board": partial(_matching, _BOARD, 'a track and a category in small letters, as "main/overall",'),
    "rows": _rows,
    "cadence": _hours,
    "homepage": _url,
    "license": _text,
    "attribution": _text,
    "records": _text,
    "table": _number,
    "delimiter": partial(_matching, re.compile(r"[^\w\s\"]|\t"), "one character, as ;"),
    "extra": _texts,
    "baselines": _texts,
    "open_end": _flag,
}
"""Key → what checks and reads its value."""


def _one_of(allowed: object) -> str:
    return " or ".join(json.dumps(item) for item in allowed)  # type: ignore[attr-defined]


def _wrong(path: Path, key: str, value: object, allowed: str) -> UsageError:
    return UsageError(
        f"{path}: {key} = {shown(repr(value))} is not allowed.",
        kept="nothing was changed",
        todo=f"write {allowed} there".replace(", there", " there"),
    )
