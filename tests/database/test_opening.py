"""An index that is opened in advance: the same that is opened when it is needed, and nothing left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.database import Opening
from archiver.errors import ArchiverError


def test_what_was_opened_in_advance_is_published_like_any_other(tmp_path: Path) -> None:
    index = tmp_path / "archive.duckdb"
    with Opening(index) as opening, opening.loader() as loader:
        assert loader.heads() == {}
        loader.publish()
    assert list(tmp_path.iterdir()) == [index]


def test_what_nobody_took_is_gone_when_it_breaks_off(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Opening(tmp_path / "archive.duckdb"):
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_who_asks_is_told_what_went_wrong(tmp_path: Path) -> None:
    file = tmp_path / "no folder"
    file.write_text("a file", "utf-8")
    with (
        Opening(file / "archive.duckdb") as opening,
        pytest.raises(ArchiverError, match="could not be written"),
    ):
        opening.loader()
