"""archiver.toml: every key is checked, and a mistake is named."""

from __future__ import annotations

from datetime import time, timedelta
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
        '[ignore_robots]\narena = "the publisher agreed by mail"\n[names]\n'
        '[schedule]\nzone = "Europe/Moscow"\ntimes = ["18:30", "06:30"]\nspread = "90s"\nchildren = 4\n'
        '[source.aider]\ncadence = "1.5d"\ndeadline = "2m"\n',
    )
    assert found.schedule == config.Schedule(
        zone="Europe/Moscow", times=(time(6, 30), time(18, 30)), spread=timedelta(seconds=90), children=4
    )
    assert found.source["aider"].cadence == timedelta(hours=36)
    assert found.source["aider"].deadline == timedelta(minutes=2)
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
        ("[schedule]\nevery = 1", "one of the keys zone, times"),
        ('[schedule]\nzone = "Mars/Base"', "the IANA name of a time zone"),
        ('[schedule]\ntimes = ["25:00"]', 'from "00:00" to "23:59"'),
        ("[schedule]\ntimes = []", "at least one time of day"),
        ("[schedule]\nchildren = true", "a whole number from 1 to 64"),
        ('[schedule]\ndeadline = "0s"', 'from "1s" to "1d"'),
        ('[source.arena]\ncadence = "6 hours"', "source.arena.cadence = '6 hours'"),
        ('[source.arena]\ncadence = "6h"\ntimes = ["06:00"]', "either cadence or times"),
        ("source = 1", "a table"),
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
