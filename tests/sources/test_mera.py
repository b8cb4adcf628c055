"""MERA: no page of it is recorded, so these tests hold what is refused as much as what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources.mera import SOURCE, parse

SAMPLES = Path(__file__).resolve().parents[1] / "samples/mera"
TEXT, CODE = "https://mera.a-ai.ru/ru/text/leaderboard", "https://mera.a-ai.ru/en/code/leaderboard"


def read(body: str, url: str = TEXT) -> Snapshot:
    [snapshot] = parse(Payload(body.encode(), url))
    return snapshot


def sample(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8")


def test_it_says_that_it_is_unproven() -> None:
    assert not SOURCE.proven
    assert {SOURCE.route_of(url) for url in (TEXT, CODE)} == {SOURCE.routes[0]}
    assert SOURCE.route_of("https://mera.a-ai.ru/ru/submits/101") is None


def test_humans_are_listed_and_do_not_compete() -> None:
    printed = read(sample("text.html"))
    assert printed.rank_kind == "published"
    human, first = printed.entries[:2]
    assert (human.model, human.competitor, human.rank) == ("Human Benchmark", False, None)
    assert (first.model, first.rank, first.score, first.organization) == ("northwind-max", 1, 0.672, None)
    assert (first.extra or {})["Команда"] == "Northwind"
    counted = read(sample("code.html"), CODE)
    assert counted.rank_kind == "by-score"
    assert [entry.rank for entry in counted.entries] == [2, None, 1, 2, None]


def test_the_frozen_board_is_a_track_of_its_own() -> None:
    assert read(sample("text.html"), "https://mera.a-ai.ru/ru/leaderboard-old").board == "mera/old/overall"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("</table>", "", "cut off"),
        (">0.672<", ">67.2<", "not from 0 to 1"),
        (">0.672<", ">0,672<", "no number"),
        ("<th>RWSD</th>", "<th>Score</th>", "0 of 1 tables have one column"),
        ("</body>", "<table><tr><th>Model<th>Score<tr><td>a<td>1</table></body>", "2 of 2 tables"),
        (">northwind-max<", "><", "Row 2 has no 'Модель'"),
        ("table", "div", "no table: drawn by a script"),
    ],
)
def test_any_surprise_is_loud(old: str, new: str, said: str) -> None:
    assert old in sample("text.html")
    with pytest.raises(ParseFailed, match=said):
        read(sample("text.html").replace(old, new))


@pytest.mark.parametrize("url", ["", "page.html", "https://mera.a-ai.ru/ru/other/leaderboard"])
def test_an_address_that_tells_no_board_is_refused(url: str) -> None:
    with pytest.raises(ParseFailed, match="--url https://mera"):
        read(sample("text.html"), url)
