"""Questions in words, and the commands that answer them. The phrasings were written before the reader."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import duckdb
import pytest

from archiver import Archive
from archiver.answers.names import nearest
from archiver.ask import understand
from archiver.cli.main import cli
from archiver.errors import UsageError

HERE = Path(__file__).parent
TODAY = date(2026, 8, 10)


def table(name: str) -> list[tuple[str, str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines]


PHRASINGS = table("phrasings.tsv")
REFUSALS = table("refusals.tsv")


@pytest.fixture(scope="module")
def home(starter_home: Path) -> Path:
    return starter_home


@pytest.fixture(scope="module")
def con(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with Archive(home) as archive:
        yield archive.connect()


def test_there_are_enough_of_both_languages() -> None:
    russian = [
        question for question, _ in PHRASINGS if any("а" <= letter <= "я" for letter in question.lower())
    ]
    assert len(PHRASINGS) >= 120 and len(russian) >= 45 and len(PHRASINGS) - len(russian) >= 45
    assert len({question for question, _ in PHRASINGS}) == len(PHRASINGS)


@pytest.mark.parametrize(("question", "command"), PHRASINGS)
def test_a_phrasing_is_read(con: duckdb.DuckDBPyConnection, question: str, command: str) -> None:
    understood = understand(con, question, TODAY)
    assert list(understood.arguments) == shlex.split(command)
    assert understood.unread == ()
    assert shlex.split(understood.command)[1:] == list(understood.arguments)


@pytest.mark.parametrize("question", [question for question, _ in PHRASINGS[:40:3]])
def test_capitals_and_marks_do_not_count(con: duckdb.DuckDBPyConnection, question: str) -> None:
    plain = understand(con, question, TODAY).arguments
    assert understand(con, f"  {question.capitalize()} ?! ", TODAY).arguments == plain or "-" in question
    assert understand(con, f"«{question}»…", TODAY).arguments == plain


SAID = {
    "empty": "Nothing was asked",
    "future": "not what they will say",
    "why": "not why",
    "price": "no prices",
    "advice": "no advice",
    "opinion": "no board settles",
    "order": "never deletes",
    "board": "On which board",
    "date": "no calendar has",
    "name": "Not understood",
    "unknown": "not understood|Not understood",
    "who": "not understood|Not understood",
    "category": "holds no board arena/text/",
    "several": "One board at a time",
    "winter": "lies in two years",
    "weighty": "Not understood: ",
    "reckoning": "No command reckons",
    "last": "No command asks for the last place",
    "whom": "overtook whom is told of names",
    "whose": "without a break is told of names",
    "nth": "Streaks are of the first places",
    "sets": "Among one set of models at a time",
}


@pytest.mark.parametrize(("question", "why"), REFUSALS)
def test_what_cannot_be_answered_is_refused(con: duckdb.DuckDBPyConnection, question: str, why: str) -> None:
    with pytest.raises(UsageError, match=SAID[why]) as refused:
        understand(con, question, TODAY)
    assert refused.value.todo, "the nearest things that can be asked"


def test_a_mistyped_name_names_the_nearest(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="GigaChatt") as refused:
        understand(con, "where did GigaChatt rank", TODAY)
    assert "GigaChat" in nearest(con, "GigaChatt") and "GigaChat" in refused.value.todo


def test_words_that_no_rule_reads_are_said(con: duckdb.DuckDBPyConnection) -> None:
    understood = understand(con, "where did Sber merrily rank on the arena since 2024", TODAY)
    assert understood.unread == ("merrily",)
    assert understood.arguments == (
        "history",
        "Sber",
        "--board",
        "arena/text/overall",
        "--since",
        "2024-01-01",
    )


@pytest.mark.parametrize(
    ("question", "command", "left"),
    [
        ("new models of Sber on the arena", "history", "new models"),
        ("top 10 of the arena since 2025", "board", "since 2025"),
        ("weekly movers on the arena", "movers", "weekly"),
        ("plot the longest streak of Claude on the arena", "streaks", "plot"),
    ],
)
def test_what_the_command_does_not_answer_is_said(
    con: duckdb.DuckDBPyConnection, question: str, command: str, left: str
) -> None:
    understood = understand(con, question, TODAY)
    assert (understood.arguments[0], understood.unread) == (command, (left,))


@pytest.mark.parametrize("command", sorted({command for _, command in PHRASINGS}))
def test_each_command_is_one_that_the_command_line_takes(command: str) -> None:
    name, *arguments = shlex.split(command)
    with click.Context(cli) as root:
        found = cli.get_command(root, name)
        assert found is not None
        found.make_context(name, arguments, parent=root)


def test_a_month_back_ends_with_a_shorter_month(con: duckdb.DuckDBPyConnection) -> None:
    understood = understand(con, "Sber over the last 13 months", date(2026, 3, 31))
    assert understood.arguments == ("history", "Sber", "--since", "2025-02-28", "--until", "2026-03-31")
