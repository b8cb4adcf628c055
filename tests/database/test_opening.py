"""An index that is opened in advance: the same that is opened when it is needed, and nothing left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.database import Loader, Opening, build
from archiver.errors import ArchiverError


def test_what_was_opened_in_advance_is_published_like_any_other(tmp_path: Path) -> None:
    index = tmp_path / "archive.duckdb"
    with Opening(index) as opening, opening.loader() as loader:
        assert loader.heads() == {}
        loader.publish()
    assert list(tmp_path.iterdir()) == [index]


def test_what_nobody_took_is_gone_when_it_breaks_off(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Opening(tmp_path / "archive.duckdb") as opening:
        opening.start()
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_nothing_is_opened_for_nothing(tmp_path: Path) -> None:
    with Opening(tmp_path / "no such folder" / "archive.duckdb"):
        pass
    assert not list(tmp_path.iterdir())


def test_views_that_cannot_be_made_beside_a_load_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong.sql"
    wrong.write_text("CREATE VIEW latest AS FROM nowhere;", "utf-8")
    monkeypatch.setattr(build, "_QUESTIONS", (wrong,))
    index = tmp_path / "index" / "archive.duckdb"
    with Loader(index) as loader:
        loader.pending({})
        with pytest.raises(ArchiverError, match=r"could not be written: .*nowhere"):
            loader.publish()
    assert not list(index.parent.iterdir())


def test_a_load_that_breaks_off_leaves_nothing_of_its_views(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Loader(tmp_path / "archive.duckdb") as loader:
        loader.pending({})
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
