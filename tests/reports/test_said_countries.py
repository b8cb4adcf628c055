"""A country in the sentences of the terminal: by its name, which may begin a sentence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from archiver.answers.presence import Unseen
from archiver.reports import notes, said, summed
from archiver.reports.texts import texts

EN, RU = texts("en"), texts("ru")
ROW: dict[str, Any] = {
    "board": "a/b/c",
    "title": "Board",
    "who": "country:US",
    "date": date(2026, 8, 1),
    "snapshots": 0,
    "absent": 3,
}


def test_an_article_that_begins_a_sentence_has_a_capital() -> None:
    told = [
        *summed.of_standing("listed", [ROW], EN),
        *summed.of_standing("listed", [ROW] * 4, EN),
        said.of_overtakes("country:US", 2, 1, EN),
    ]
    assert [sentence[:22] for sentence in told[:2]] == ["The United States is l"] * 2
    assert told[2].startswith("The United States overtook others 2 times")
    assert all("country:" not in sentence for sentence in told)


def test_a_streak_of_a_country_begins_with_a_capital() -> None:
    days = {"days": 5, "days_shown": 5, "since": date(2026, 7, 1), "until": date(2026, 7, 6)}
    row = {**ROW, **days, "snapshots": 2, "top": 1, "longest": True, "current": False}
    [sentence] = summed.of_streaks([row], EN)
    assert sentence.startswith("The United States stood first on Board")
    [sentence] = summed.of_streaks([row], RU)
    assert sentence.startswith("США: на первом месте")


def test_countries_are_counted_without_their_articles() -> None:
    counted = ["US", "US", "CN", None]
    assert said.of_makers(counted, EN, countries=True) == (
        "Countries: 2 (United States 2, China 1, not known 1)."
    )
    assert said.of_makers(counted, RU, countries=True) == "Стран: 2 (США — 2, Китай — 1, неизвестно — 1)."


@pytest.mark.parametrize(("who", "name"), [("country:US", "United States"), ("Sber", "Sber")])
def test_what_a_table_is_followed_by_names_the_country(who: str, name: str) -> None:
    assert notes.absent(who, "a/b/c", 1, "2026-08-01").startswith(f"{name}: absent from a/b/c in 1 ")
    gap = Unseen("a/b/c", who, "held", datetime(2026, 8, 1), datetime(2026, 8, 2), 1)  # noqa: DTZ001  # as in the index
    assert notes.unseen(gap).startswith(f"{name}: held")
