"""A report tells what SQL says of the same file, in each of its forms, the same each time."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from archiver import database
from archiver.answers.entering import Proof
from archiver.records import SlotOutcome
from archiver.reports import texts


def words(lang: str) -> dict[str, Any]:
    return tomllib.loads((Path(texts.__file__).parent / f"{lang}.toml").read_text("utf-8"))


def test_both_languages_say_the_same_things() -> None:
    english, russian = words("en"), words("ru")
    assert english.keys() == russian.keys()
    for section, said in english.items():
        if isinstance(said, dict):
            assert said.keys() == russian[section].keys(), section
            for name, text in said.items():
                if isinstance(text, str):
                    assert fields(text) == fields(russian[section][name]), (section, name)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


KINDS_OF_GAPS = ("capture_failed", "payload_unread", "snapshot_held", "slot_failed", "slot_missed")


def test_what_was_is_not_told_as_if_it_were_now() -> None:
    """A name's gender is not known, so Russian tells of the past without a verb that would show it."""
    assert not [text for text in words("ru")["said"].values() if re.search(r"выходит|делят|входит", text)]


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_each_kind_of_gap_has_its_words(lang: str) -> None:
    view = (Path(database.__file__).parent / "views.sql").read_text("utf-8").partition("VIEW gaps AS")[2]
    kinds = set(re.findall(r"NULL, '([a-z]+ [a-z]+)'|'([a-z]+ [a-z]+)' AS kind", view))
    outcomes = set(get_args(SlotOutcome)) - {"captured"}
    told = {"".join(kind) for kind in kinds} | {f"slot {outcome}" for outcome in outcomes}
    assert {kind.replace(" ", "_") for kind in told} == set(KINDS_OF_GAPS)
    assert all(texts.texts(lang)(f"coverage.{kind}") for kind in KINDS_OF_GAPS)


def test_every_text_is_used() -> None:
    code = "".join(
        path.read_text("utf-8")
        for path in Path(texts.__file__).parents[1].rglob("*")
        if path.suffix in {".py", ".j2"}
    )
    built = {"moved_up", "moved_down", "noise_yes", "noise_no", "noise_unknown", "entered", "left", "leader"}
    built |= {"renamed", "rewritten", "was_leader", "was_renamed", "by_score", "published_ties", "published"}
    built |= {"rose", "fell", "stayed", "several", "several_unsure", "several_more", "several_more_unsure"}
    built |= {"absent_once", "absent_once_several", "absent", "absent_several", "band_rank", "band_score"}
    built |= {f"{value}_{often}" for value in ("rank", "score") for often in ("over", "once")}
    built |= {*KINDS_OF_GAPS, *get_args(Proof), "shared", "led", "led_of"}
    built |= {"rose_many", "fell_many", "over_best", "over_worst", "left_out_everyone", "left_out_watched"}
    named = {"columns", "counts", "methods", "countries", "country_models"}
    for section, said in words("en").items():
        if isinstance(said, dict) and section not in named:
            for name in said:
                assert f'"{name}"' in code or f"{section}.{name}" in code or name in built, (
                    f"{section}.{name}"
                )


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 снимок"), (2, "2 снимка"), (5, "5 снимков"), (11, "11 снимков"), (1021, "1 021 снимок")],
)
def test_russian_counts(number: int, said: str) -> None:
    assert texts.texts("ru").count("snapshot", number).replace("\u00a0", " ") == said
