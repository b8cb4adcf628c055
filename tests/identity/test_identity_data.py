"""The data files agree with each other and with what they say of themselves."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from archiver.identity import Registry, fold
from archiver.identity.spelling import phrase
from archiver.identity.tables import DATA, listed, rows
from archiver.identity.typed import meanings

ORGANIZATIONS = {row["organization"]: row for row in rows("organizations")}
FAMILIES = {row["family"]: row for row in rows("families")}
COUNTRIES = {row["country"] for row in rows("countries")}


def test_no_name_has_two_meanings_of_one_kind() -> None:
    targets = defaultdict(set)
    for name, kind, target, _ in meanings([]):
        targets[kind, fold(name)].add(target)
    assert {key: found for key, found in targets.items() if len(found) > 1} == {}


def test_no_alias_is_listed_for_two_targets() -> None:
    aliases = Registry.load().aliases()
    assert len({alias.folded for alias in aliases}) == len(aliases)
    assert all(alias.folded == fold(alias.name) for alias in aliases)


def test_every_alias_has_evidence() -> None:
    assert [alias for alias in Registry.load().aliases() if not alias.evidence] == []


def test_no_listed_name_belongs_to_two_organisations() -> None:
    makers = defaultdict(set)
    for row in ORGANIZATIONS.values():
        for name in (row["organization"], *listed(row["typed"]), *listed(row["listed"])):
            makers[fold(name)].add(row["organization"])
    assert {name: found for name, found in makers.items() if len(found) > 1} == {}


def test_no_beginning_belongs_to_two_families() -> None:
    begins = defaultdict(set)
    for row in FAMILIES.values():
        for begin in listed(row["begins"]):
            begins[begin.partition("=")[0].strip("~*")].add(row["family"])
    assert {begin: found for begin, found in begins.items() if len(found) > 1} == {}


def test_beginnings_are_written_as_names_are_compared() -> None:
    begins = {
        begin.partition("=")[0].strip("~*@") for row in FAMILIES.values() for begin in listed(row["begins"])
    }
    begins |= {row["host"].rstrip("*") for row in rows("hosts")}
    assert {begin for begin in begins if phrase(begin) != begin} == set()


def test_every_family_has_a_maker_and_every_model_a_family() -> None:
    assert {row["organization"] for row in FAMILIES.values()} <= ORGANIZATIONS.keys()
    assert {row["family"] for row in rows("models")} <= FAMILIES.keys()


def test_every_organisation_has_a_country_or_says_why_not() -> None:
    for row in ORGANIZATIONS.values():
        if row["country"] == "-":
            assert re.search(r"without|nothing is known|not stated", row["evidence"]), row
        else:
            assert row["country"] in COUNTRIES, row
            assert row["evidence"], row


def test_every_model_says_where_it_was_seen() -> None:
    assert [row for row in rows("models") if not row["evidence"]] == []


def test_names_stand_once_in_their_tables() -> None:
    for table, column in (("organizations", "organization"), ("families", "family"), ("models", "model")):
        names = [row[column] for row in rows(table)]
        assert len(names) == len(set(names))


def test_a_reviewed_model_is_read_as_its_own_family() -> None:
    """Of any model's names, whichever is listed, the registry says the same family and model."""
    registry = Registry.load()
    for row in rows("models"):
        for name in (row["model"], *listed(row["typed"])):
            found = registry.resolve("arena", name, None)
            assert (found.model, found.family) == (row["model"], row["family"]), name


@pytest.mark.parametrize("path", sorted(DATA.glob("*.tsv")), ids=lambda path: path.stem)
def test_each_table_says_what_it_is(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("# ")
    assert text.endswith("\n")
