"""What another parser, another check or another name would change is said before it counts: parse --against,
rebuild --diff, held in every format, and a question that notices."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from archiver import Archive, ingest
from archiver.cli.main import main
from archiver.records import utc

SAMPLES = Path(__file__).parents[1] / "samples"
SAMPLE = SAMPLES / "aider" / "polyglot_leaderboard.yml"
URL = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"


class Done(NamedTuple):
    code: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def run_main(*words: object) -> Done:
        capsys.readouterr()
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run_main


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Archive(tmp_path / "archive") as archive:
        archive.take(ingest.recordings("aider", [SAMPLE], utc("2025-06-01"), URL))
    return tmp_path / "archive"


def test_two_readings_of_one_file_are_compared_entry_by_entry(tmp_path: Path, call: Call) -> None:
    old = tmp_path / "old.jsonl"
    lines = call("parse", "aider", SAMPLE, "--url", URL).out.splitlines()
    old.write_text("\n".join(lines), "utf-8")
    same = call("parse", "aider", SAMPLE, "--url", URL, "--against", old)
    assert (same.code, same.out) == (0, "")
    first, second, *rest = map(json.loads, lines)
    changed = [{**first, "score": 1.5}, *rest, {**second, "model": "Withdrawn"}]
    old.write_text("\n".join(map(json.dumps, changed)), "utf-8")
    differ = call("parse", "aider", SAMPLE, "--url", URL, "--against", old)
    found = [json.loads(line) for line in differ.out.splitlines()]
    assert differ.code == 1
    assert [(row["change"], row["field"]) for row in found] == [
        ("changed", "score"),
        ("added", None),
        ("gone", None),
    ]
    assert (found[0]["before"], found[0]["after"]) == (1.5, first["score"])
    assert (found[1]["model"], found[2]["model"]) == (second["model"], "Withdrawn")
    assert "3 differences" in differ.err


def test_what_is_no_reading_is_named_by_its_line(tmp_path: Path, call: Call) -> None:
    old = tmp_path / "old.jsonl"
    old.write_text('{"board": 1}\n', "utf-8")
    done = call("parse", "aider", SAMPLE, "--url", URL, "--against", old)
    assert done.code == 2
    assert "Line 1" in done.err


def test_a_rebuild_says_what_it_would_change_and_publishes_nothing(home: Path, call: Call) -> None:
    none = call("--archive", home, "rebuild", "--diff", "--format", "json")
    assert (none.code, json.loads(none.out)) == (0, [])
    with duckdb.connect(str(home / "archive.duckdb")) as con:
        con.execute("UPDATE snapshots SET status = 'held', parser_version = 0")
        con.execute("UPDATE boards SET metric = 'another'")
    before = (home / "archive.duckdb").read_bytes()
    done = call("--archive", home, "rebuild", "--diff", "--format", "json")
    found = {(row["what"], row["change"]): row for row in json.loads(done.out)}
    assert done.code == 1
    assert set(found) == {
        ("boards", "gone"),
        ("boards", "added"),
        ("snapshots", "changed: parser_version"),
        ("statuses", "held → accepted"),
    }
    assert found["statuses", "held → accepted"]["number"] == 1
    assert "Nothing was published" in done.err
    assert (home / "archive.duckdb").read_bytes() == before
    assert [path.name for path in home.iterdir() if "diff" in path.name] == []


def test_entries_that_another_reading_makes_are_counted(home: Path, call: Call) -> None:
    with duckdb.connect(str(home / "archive.duckdb")) as con:
        con.execute(
            "UPDATE entries SET content_id = '00000000-0000-0000-0000-000000000001', score = 1.0 WHERE true"
        )
        con.execute("DELETE FROM entries WHERE position = 2")
        for table in ("contents", "snapshots", "findings"):
            con.execute(f"UPDATE {table} SET content_id = '00000000-0000-0000-0000-000000000001'")  # noqa: S608
    done = call("--archive", home, "rebuild", "--diff", "--format", "json")
    entries: dict[str, Any] = {
        row["change"]: row["number"] for row in json.loads(done.out) if row["what"] == "entries"
    }
    assert entries["added"] == 1
    assert entries["changed: score"] > 3


def test_held_snapshots_are_listed_in_every_format_and_settled(home: Path, call: Call) -> None:
    assert "Nothing is held." in call("--archive", home, "held").err
    with duckdb.connect(str(home / "archive.duckdb")) as con:
        con.execute("UPDATE snapshots SET status = 'held'")
        con.execute(
            "INSERT INTO findings BY NAME SELECT content_id, board, 'test' AS code, 'error' AS severity, "
            "'Held by a test.' AS sentence FROM snapshots"
        )
    [row] = json.loads(call("--archive", home, "held", "--format", "json").out)
    assert (row["board"], row["reason"]) == ("aider/polyglot/overall", "Held by a test.")
    table = call("--archive", home, "held", "--format", "table").out
    assert "Held by a test." in table
    done = call("--archive", home, "reject", row["snapshot_id"], "--because", "it is a test")
    assert done.code == 0
    call("--archive", home, "rebuild")
    with Archive(home) as archive:
        assert archive.sql("SELECT status FROM snapshots").fetchall() == [("rejected",)]


BOARD = """
title = "Acme"
url = "https://acme.example/board.csv"
format = "csv"
metric = "points"

[columns]
model = "Model"
score = "Score"
"""


@pytest.mark.parametrize(
    ("verb", "status", "answered"), [("release", "released", 12), ("reject", "rejected", 30)]
)
def test_what_settles_a_held_snapshot_is_in_the_ledger_and_survives_a_rebuild(
    tmp_path: Path, call: Call, verb: str, status: str, answered: int
) -> None:
    home = tmp_path / "archive"
    (home / "boards").mkdir(parents=True)
    (home / "boards" / "acme.toml").write_text(BOARD, "utf-8")
    for day, count in (("2026-01-01", 30), ("2026-01-02", 12)):
        file = tmp_path / f"{day}.csv"
        file.write_text("Model,Score\n" + "".join(f"m{n},{90 - n}\n" for n in range(count)), "utf-8")
        assert call("--archive", home, "import", "acme", file, "--at", day).code == 0
    [row] = json.loads(call("--archive", home, "held", "--format", "json").out)
    assert row["reason"].startswith("18 of the 30 rows of 2026-01-01 are missing")
    assert call("--archive", home, verb, row["snapshot_id"]).code == 2, "not without a reason"
    assert call("--archive", home, verb, row["snapshot_id"], "--because", "I looked at it").code == 0
    (ledger,) = home.glob("snapshots/acme/ledger-*.jsonl")
    assert f'"verdict":"{status}"' in ledger.read_text("utf-8").splitlines()[-1]
    assert '"because":"I looked at it"' in ledger.read_text("utf-8").splitlines()[-1]
    (home / "archive.duckdb").unlink()
    assert call("--archive", home, "rebuild").code == 0
    assert "Nothing is held." in call("--archive", home, "held").err
    with Archive(home) as archive:
        found = archive.sql("SELECT status FROM snapshots ORDER BY time").fetchall()
        assert found == [("accepted",), (status,)]
        shown = archive.sql("SELECT count(*) FROM board_as_of('acme/main/overall', TIMESTAMP '2026-01-03')")
        assert shown.fetchall() == [(answered,)]


def test_a_question_notices_another_name(home: Path) -> None:
    (home / "archiver.toml").write_text(
        '[[names.organization]]\nname = "Acme of the test"\naliases = ["Acme"]\n', "utf-8"
    )
    with Archive(home) as archive:
        known = archive.sql("SELECT count(*) FROM organizations WHERE organization = 'Acme of the test'")
        assert known.fetchall() == [(1,)]
    stamp = (home / "archive.duckdb").stat().st_mtime_ns
    with Archive(home) as archive:
        archive.connect()
    assert (home / "archive.duckdb").stat().st_mtime_ns == stamp
