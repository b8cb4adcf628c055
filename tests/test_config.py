"""archiver.toml: every key is checked, and a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver import config
from archiver.errors import UsageError


def read(tmp_path: Path, text: str) -> config.Config:
    (tmp_path / config.FILE).write_text(text, "utf-8")
    return config.read(tmp_path)


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert config.read(tmp_path) == config.Config()


def test_every_key_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'sources = ["arena"]\ncontact = "me@example.org"\nallow_hosts = ["127.0.0.1:8000"]\n'
        '[mirrors]\n"https://a.example/" = "http://127.0.0.1:8000/a/"\n'
        '[ignore_robots]\narena = "the publisher agreed by mail"\n[names]\n',
    )
    assert found.sources == ("arena",)
    assert found.allow_hosts == {"127.0.0.1:8000"}
    assert found.ignore_robots == {"arena": "the publisher agreed by mail"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sourcs = []", "sourcs"),
        ("sources = 3", "a list of texts"),
        ("sources = [3]", "text in quotes"),
        ("mirrors = 1", "a table"),
        ("[mirrors]\nx = 1", "mirrors.x"),
        ("names = 1", "a table"),
        ("contact", "is not TOML"),
    ],
)
def test_a_mistake_is_named_and_costs_exit_code_2(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=r"archiver\.toml") as caught:
        read(tmp_path, text)
    assert told in str(caught.value)
    assert caught.value.exit_code == 2


def test_the_longest_mirror_counts() -> None:
    found = config.Config(mirrors={"https://a.example/": "http://m/", "https://a.example/b/": "http://n/"})
    assert found.mirrored("https://a.example/b/c") == "http://n/c"
    assert found.mirrored("https://a.example/c") == "http://m/c"
    assert found.mirrored("https://other.example/") == "https://other.example/"
