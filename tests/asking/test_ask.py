"""Questions in words, and the commands that answer them. The phrasings were written before the reader."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

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
        ("who overtook whom on the arena", "board", "overtook"),
        ("weekly movers on the arena", "movers", "weekly"),
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


def answered(home: Path, question: str, *options: str) -> tuple[str, str]:
    run = CliRunner().invoke(cli, ["--archive", str(home), "ask", question, *options])
    assert run.exit_code == 0, run.output
    return run.stdout, run.stderr


def test_it_says_what_it_understood_and_answers_as_the_command_does(home: Path) -> None:
    question = "where did Sber and Yandex models rank over time"
    rows, said = answered(home, question, "--format", "csv")
    direct = CliRunner().invoke(cli, ["--archive", str(home), "history", "Sber", "Yandex", "--format", "csv"])
    assert rows == direct.stdout and rows.count("\n") > 10
    assert "Understood: history; Sber (organization); Yandex (organization)." in said
    assert "Command: archiver history Sber Yandex\n" in said


def test_the_statement_that_it_prints_gives_the_answer(home: Path) -> None:
    _, said = answered(home, "кто обогнал OpenAI на арене в 2024 году", "--format", "csv")
    [statement] = [line.removeprefix("SQL: ") for line in said.splitlines() if line.startswith("SQL: ")]
    with Archive(home) as archive:
        assert archive.sql(statement).fetchall()


def test_a_refusal_is_a_wrong_use(home: Path) -> None:
    run = CliRunner().invoke(cli, ["--archive", str(home), "ask", "почему Сбер упал"])
    assert isinstance(run.exception, UsageError) or run.exit_code == 2


def test_a_picture_is_offered(home: Path) -> None:
    _, said = answered(home, "нарисуй Сбер и Яндекс", "--format", "csv")
    assert "archiver chart Sber Yandex -o picture.svg" in said


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "when did Sber enter the top 5 of ru_llm_arena",
            "Sber reached the top 5 of ru_llm_arena (ru_llm_arena/plain/overall) between 27 October 2024 and "
            "27 November 2024, for the first time in the archive’s 4 snapshots since 26 July 2024: 36th of "
            "44, then GigaChat Max 3rd of 47 (snapshot 01798dc8a5b6ae30).",
        ),
        (
            "кто был первым на арене в марте 2024",
            "Claude 3 Opus: первое место из 77 в рейтинге Arena, Text (arena/text/overall), "
            "снимок от 27 марта 2024. Снимок d300df0cb4bf014e.",
        ),
        (
            "where was Claude 3 Opus on 2024-03-27 on the arena",
            "Claude 3 Opus (Anthropic) stood 1st of 77 on arena/text/overall (27 March 2024). "
            "Snapshot d300df0cb4bf014e.",
        ),
        ("кто обогнал Сбер", "Sber: обогнали других 66 раз, их обогнали 0 раз."),
        (
            "who overtook OpenAI on the arena in 2024",
            "OpenAI overtook others 3 times and was overtaken 3 times.",
        ),
    ],
)
def test_an_answer_is_said_in_one_sentence(home: Path, question: str, sentence: str) -> None:
    rows, said = answered(home, question, "--format", "csv")
    assert said.splitlines().count(sentence) == 1 and rows
