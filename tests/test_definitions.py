"""Boards described in `boards/*.toml`: every key is checked, and such a board is a source as any other."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver import Archive, definitions, sources
from archiver.config import Config
from archiver.definitions import catalog
from archiver.errors import ParseFailed, UnknownName, UsageError
from archiver.records import Payload, Snapshot
from archiver.sources._defined import FORMS
from tests.internet import Internet, answer

BASE = """
title = "Acme league"
url = "https://acme.example/board.csv"
format = "csv"
metric = "accuracy (%)"
"""
COLUMNS = '[columns]\nmodel = "Model"\nscore = "Accuracy"\n'


def define(folder: Path, text: str = BASE + COLUMNS, name: str = "acme") -> Path:
    (folder / "boards").mkdir(parents=True, exist_ok=True)
    (folder / "boards" / f"{name}.toml").write_text(text, "utf-8")
    return folder


def parsed(folder: Path, body: bytes, name: str = "acme") -> Snapshot:
    [snapshot] = catalog(folder).load(name).parse(Payload(body, ""))
    return snapshot


def test_no_folder_means_the_built_in_sources(tmp_path: Path) -> None:
    assert catalog(tmp_path).names() == sources.names()


def test_a_small_definition_says_enough(tmp_path: Path) -> None:
    found = catalog(define(tmp_path))
    assert found.names() == tuple(sorted((*sources.names(), "acme")))
    source = found.load("acme").SOURCE
    assert (source.title, source.license, source.proven) == ("Acme league", "not stated", False)
    assert source.cadence == timedelta(days=1)
    assert source.routes[0].captures == ("https://acme.example/board.csv",)
    facts = source.board("acme/main/overall")
    assert facts is not None
    assert (facts.metric, facts.higher_is_better, facts.rows) == ("accuracy (%)", True, (2, 5000))
    assert found.load("aider") is sources.load("aider")
    with pytest.raises(UnknownName, match="acmee"):
        found.load("acmee")


def test_every_key_is_read(tmp_path: Path) -> None:
    text = (
        BASE.replace('format = "csv"', 'format = "markdown-table"')
        + 'order = "ascending"\nboard = "v2/errors"\nrows = [1, 9]\ncadence = 6\nlicense = "CC0"\n'
        + 'homepage = "https://acme.example/"\nattribution = "Acme"\ntable = 2\nextra = ["Team size"]\n'
        + 'baselines = ["Human"]\nopen_end = true\n[columns]\nmodel = "Model"\nscore = "Errors"\n'
        + 'organization = "Team"\nvotes = "Runs"\nvariant = "Mode"\nlicense = "Weights"\n'
    )
    body = (
        b"|x|\n|-|\n|y|\n\n|Model|Team|Errors|Runs|Mode|Weights|Team size|\n|-|-|-|-|-|-|-|\n"
        b"|Human|-|1|7||-|2|\n|A|Acme|3.5|1,200|fast|MIT|4|\n|B||2\xc2\xb10.5|9|||4|"
    )
    snapshot = parsed(define(tmp_path, text), body)
    assert snapshot.board == "acme/v2/errors"
    assert snapshot.findings == []
    human, a, b = snapshot.entries
    assert (human.rank, human.competitor, a.rank, b.rank) == (1, False, 3, 2)
    assert (a.organization, a.votes, a.variant, a.license) == ("Acme", 1200, "fast", "MIT")
    assert (b.score, b.score_low, b.score_high, b.organization) == (2.0, 1.5, 2.5, None)
    assert a.extra == {"Team size": "4"}


def test_printed_ranks_are_kept_and_new_columns_told(tmp_path: Path) -> None:
    text = BASE + '[columns]\nmodel = "Model"\nrank = "#"\n'
    snapshot = parsed(define(tmp_path, text), b"#,Model,Speed\n1,A,9\n1,B,8\n3,C,7\n")
    assert snapshot.rank_kind == "published"
    assert [entry.rank for entry in snapshot.entries] == [1, 1, 3]
    assert [finding.code for finding in snapshot.findings] == ["new-field"]
    assert snapshot.entries[0].extra == {"Speed": "9"}


def test_a_cut_table_is_held_unless_its_publisher_ends_so(tmp_path: Path) -> None:
    body = b"Model,Accuracy\nA,9\nB,8"
    assert [f.severity for f in parsed(define(tmp_path), body).findings] == ["error"]
    assert parsed(define(tmp_path, BASE + "open_end = true\n" + COLUMNS), body).findings == []


def test_a_renamed_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParseFailed, match="'Accuracy'"):
        parsed(define(tmp_path), b"Model,Score\nA,9\n")


def test_a_changed_definition_has_another_version(tmp_path: Path) -> None:
    first = catalog(define(tmp_path)).load("acme").SOURCE.version
    assert catalog(tmp_path).load("acme").SOURCE.version == first
    again = catalog(define(tmp_path, BASE + 'order = "ascending"\n' + COLUMNS)).load("acme").SOURCE.version
    assert again != first
    assert 0 <= again < 2**31


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BASE, "lacks the key 'columns'"),
        (COLUMNS, "lacks the key 'title'"),
        (BASE.replace("metric", "#") + COLUMNS, "lacks the key 'metric'"),
        (BASE + "colour = 1\n" + COLUMNS, "colour = 1"),
        (BASE + "colour = 1\n" + COLUMNS, "one of the keys title, url, format, columns"),
        (BASE.replace('"csv"', '"xls"') + COLUMNS, '"csv" or "json" or "yaml" or "html-table"'),
        (BASE.replace("https://acme.example", "ftp://acme.example") + COLUMNS, "begins with https://"),
        (BASE.replace("https://", "https://me:secret@") + COLUMNS, "without a password"),
        (BASE + 'order = "up"\n' + COLUMNS, '"descending" or "ascending"'),
        (BASE + "rows = [9, 2]\n" + COLUMNS, "rows = [9, 2] is not allowed"),
        (BASE + "cadence = 0\n" + COLUMNS, "a number of hours"),
        (BASE + "cadence = true\n" + COLUMNS, "a number of hours"),
        (BASE + 'board = "Overall"\n' + COLUMNS, "a track and a category"),
        (BASE + "table = 2\n" + COLUMNS, "only with format"),
        (BASE + 'records = "data"\n' + COLUMNS, "only with format"),
        (BASE + 'delimiter = "xx"\n' + COLUMNS, "one character"),
        (BASE + 'open_end = "yes"\n' + COLUMNS, "true or false"),
        (BASE + "extra = [3]\n" + COLUMNS, "a list of texts"),
        (BASE + 'title2 = ""\n' + COLUMNS, "title2"),
        (BASE + 'license = ""\n' + COLUMNS, "text in quotes"),
        (BASE + '[columns]\nmodel = "M"\n', "model, and rank or score or both"),
        (BASE + '[columns]\nscore = "S"\n', "model, and rank or score or both"),
        (BASE + '[columns]\nmodel = "M"\nscore = "M"\n', "each column once"),
        (BASE + '[columns]\nmodel = "M"\nelo = "E"\n', "as meanings only model, organization"),
        (BASE + '[columns]\nmodel = "M"\nscore = 3\n', "the publisher's name of the column"),
        ('columns = "model"\n' + BASE, "a table [columns]"),
        ("title = ", "is not TOML"),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        catalog(define(tmp_path, text))
    assert told in str(raised.value)
    assert "acme.toml" in str(raised.value)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(("name", "told"), [("aider", "built-in"), ("My Board", "no name for a source")])
def test_names_that_cannot_be(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        catalog(define(tmp_path, name=name))


def test_the_readme_describes_a_board_that_works(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    [shown] = re.findall(r"```toml\n(# boards/(\w+)\.toml\n.*?)```", text, re.DOTALL)
    snapshot = parsed(
        define(tmp_path, shown[0], shown[1]),
        b"Model,Team,Accuracy\nA,Acme,61.5 \xc2\xb1 0.4\nB,Bell,59%\n",
        shown[1],
    )
    assert [(e.model, e.organization, e.rank, e.score_low) for e in snapshot.entries] == [
        ("A", "Acme", 1, 61.1),
        ("B", "Bell", 2, None),
    ]
    section = text.partition("## A board of your own")[2].partition("\n## ")[0]
    for word in (*definitions._READERS, *definitions._MEANINGS, *FORMS):
        assert word in section, f"the README does not tell of {word}"


def test_a_described_board_goes_all_the_way(net: Internet, tmp_path: Path) -> None:
    net.at(
        "/board.csv",
        answer(b"Model,Accuracy\nGigaChat 2 Max,61.5\nYandexGPT 5 Pro,59\nGPT-4o,70\n"),
        answer(b"Model,Accuracy\nGigaChat 2 Max,71.5\nYandexGPT 5 Pro,59\nGPT-4o,70\n"),
    )
    clock = datetime(2026, 3, 1, 12, tzinfo=UTC)
    configuration = Config(
        mirrors={"https://acme.example": net.url("")}, allow_hosts=frozenset({f"127.0.0.1:{net.port}"})
    )
    archive = Archive(define(tmp_path / "a"), configuration=configuration, now=lambda: clock)
    for _ in range(2):
        [attempt] = archive.capture("acme")
        assert (attempt.outcome, attempt.url) == ("stored", "https://acme.example/board.csv")
        clock += timedelta(days=1)
    rows = archive.history("Sber").project("board, rank, of, score").fetchall()
    assert rows == [("acme/main/overall", 2, 3, 61.5), ("acme/main/overall", 1, 3, 71.5)]
    assert ("acme/main/overall", "accuracy (%)") in archive.boards().project("board, metric").fetchall()
    told = archive.sources().filter("source = 'acme'").project("title, proven, boards").fetchall()
    assert told == [("Acme league", False, 1)]
    archive.close()

    define(tmp_path / "a", BASE + 'order = "ascending"\n' + COLUMNS)
    again = Archive(tmp_path / "a", configuration=configuration)
    again.rebuild()
    assert again.history("Sber").project("rank").fetchall() == [(2,), (3,)]
    again.close()
    (tmp_path / "a/boards/acme.toml").unlink()
    without = Archive(tmp_path / "a", configuration=configuration)
    without.rebuild()
    assert without.boards().fetchall() == []
    assert [line.source for line in without.store.lines()] == ["acme", "acme"]
    without.close()
