"""Questions as people and scripts ask them: what the program prints, what it says, its exit codes."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver import Archive
from archiver.answers.narrow import NOTHING
from archiver.cli.answering import asking

from .conftest import Run

HISTORY = [
    *(
        "board",
        "date",
        "published_at",
        "captured_at",
        "organization",
        "model",
        "variant",
        "rank",
        "of",
        "position",
    ),
    *("rank_kind", "score", "score_low", "score_high", "snapshot_id", "status"),
]


def test_the_keys_of_history(run: Run) -> None:
    done = run("history", "Sber", "--format", "json")
    assert done.returncode == 0
    rows = json.loads(done.stdout)
    assert [list(row) for row in rows] == [HISTORY] * 5
    first = {
        key: rows[0][key] for key in ("board", "date", "published_at", "captured_at", "model", "rank", "of")
    }
    assert first == {
        "board": "ru/plain/overall",
        "date": "2024-07-01",
        "published_at": None,
        "captured_at": "2024-07-01T09:30:00Z",
        "model": "GigaChat Max",
        "rank": 2,
        "of": 5,
    }


def test_all_forms_give_the_same_rows(run: Run) -> None:
    def told(form: str) -> str:
        return run("history", "Sber", "Yandex", "--board", "ru/*", "--format", form).stdout

    rows = json.loads(told("json"))
    assert [json.loads(line) for line in told("jsonl").splitlines()] == rows
    for form, delimiter in (("csv", ","), ("plain", "\t")):
        table = list(csv.DictReader(io.StringIO(told(form)), delimiter=delimiter))
        assert [{key: value or None for key, value in row.items()} for row in table] == [
            {key: None if value is None else str(value) for key, value in row.items()} for row in rows
        ]
    assert told("markdown").count("\n") == len(rows) + 2
    assert [row["status"] for row in rows].count("absent") == 3


def test_spellings_give_the_same_rows(run: Run) -> None:
    assert (
        run("history", "Сбер", "--format", "csv").stdout == run("history", "Sber", "--format", "csv").stdout
    )


def test_a_month_is_all_of_it(run: Run) -> None:
    whole = run("history", "Sber", "--since", "2024-07", "--until", "2024-10", "--format", "csv")
    days = run("history", "Sber", "--since", "2024-07-01", "--until", "2024-10-31", "--format", "csv")
    assert whole.stdout == days.stdout and whole.stdout.count("\n") > 1
    year = run("board", "ru/plain/overall", "--as-of", "2024", "--sql")
    assert "2024-12-31" in year.stdout


def test_absence_is_a_sentence_in_the_table_and_rows_in_data(run: Run) -> None:
    sentence = "Sber: absent from arena/text/overall in 4 complete snapshots, 2026-06-25 … 2026-08-06"
    told = run("history", "Sber", "--board", "arena/text/overall", "--format", "table").stdout
    assert told.splitlines()[0] == sentence
    rows = json.loads(run("history", "Sber", "--board", "arena/text/overall", "--format", "json").stdout)
    assert [(row["status"], row["date"], row["organization"], row["of"]) for row in rows] == [
        ("absent", date, "Sber", 3) for date in ("2026-06-25", "2026-07-05", "2026-07-05", "2026-08-06")
    ]


def test_a_pipe_gets_plain_rows_and_what_is_not_data_goes_elsewhere(run: Run) -> None:
    done = run("history", "Sber")
    header, *lines = done.stdout.splitlines()
    assert header.split("\t") == HISTORY
    assert len(lines) == 5
    assert done.stderr.splitlines() == [
        "ru/plain/overall: warning stale-header in 5 snapshots: The header's date stays behind the table.",
        "Sber: absent from 3 other boards in 6 complete snapshots, 2025-01-01 … 2026-08-06",
        "ru: last captured 2024-11-01T09:30:00Z",
    ]


def test_what_a_cut_leaves_out_is_not_called_absent(run: Run) -> None:
    """Sber is on ru/plain/overall, whatever a condition leaves of its rows; its first and last day are not
    those of the rows that are left."""
    for cut in (("--where", "rank = 99"), ("--top", "1"), ("--variant", "no-such-setting")):
        done = run("history", "Sber", *cut, "--format", "table")
        assert "other board" not in done.stderr, done.stderr
        assert "first seen" not in done.stdout
    assert "absent: no entry whose setting holds 'no-such-setting'; entries in other" in done.stderr
    assert "absent: no entry" in run("standing", "Sber", "--variant", "no-such-setting").stderr
    for part in (("--every", "month"), ("--as-of", "2024-10-01")):
        assert "first seen" not in run("history", "Sber", *part, "--format", "table").stdout
    assert "first seen" in run("history", "Sber", "--format", "table").stdout


def test_freshness_is_told(run: Run) -> None:
    told = run("board", "arena/text/overall", "--format", "csv").stderr
    assert told == (
        "arena: last captured 2026-08-09T12:00:00Z; 2 captures failed since 2026-08-13T11:00:00Z; "
        "1 snapshot held for review\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("history", "Sbre"), "No organisation, family, model or country is known by the name 'Sbre'."),
        (("history", "Sber", "--board", "arena/russian"), "arena/text/russian"),
        (("history",), "Missing argument"),
        (("history", "Sber", "--since", "soon"), "'soon' is not a time; write 2026-07-20"),
        (("history", "Sber", "--since", "2025", "--format", "xml"), "Invalid value"),
        (("board", "ru/plain/overall", "--as-of", "2020-01-01"), "the first is of 2024-07-01"),
        (("hystory", "Sber"), "No command is called 'hystory'; near: history"),
        (("sql", "SELECT * FROM rankingz"), 'Did you mean "rankings'),
        (("sql", "COPY (SELECT 1) TO '/tmp/x'"), "Only questions are taken here, and COPY is none."),
        (("explain", "arena/text/overall", "GigaChat"), "complete snapshot of 2026-08-06"),
        (("parse", "nowhere", __file__), "No source is known by the name 'nowhere'"),
    ],
)
def test_what_is_wrong_is_said_and_exits_2(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_no_archive_exits_2(run: Run, tmp_path: Path) -> None:
    done = run("boards", archive_dir=tmp_path)
    assert done.returncode == 2
    assert "is no archive" in done.stderr


def test_the_archive_may_be_named_before_and_after_the_command(
    run: Run, archive: Path, tmp_path: Path
) -> None:
    named = run("--archive", str(archive), "boards", archive_dir=tmp_path)
    assert named.returncode == 0
    for arguments in (("boards", "--archive", str(archive)), ("boards", f"--archive={archive}")):
        assert run(*arguments, archive_dir=tmp_path).stdout == named.stdout


def test_board_equals_the_macro(run: Run, archive: Path) -> None:
    table = list(
        csv.reader(
            io.StringIO(run("board", "arena/text/overall", "--as-of", "2026-07-05", "--format", "csv").stdout)
        )
    )
    with duckdb.connect(str(archive / "archive.duckdb"), read_only=True) as con:
        relation = con.sql("FROM board_as_of('arena/text/overall', '2026-07-05')")
        assert table[0] == relation.columns
        at = relation.columns.index("score")
        assert [float(row[at]) for row in table[1:]] == [row[at] for row in relation.fetchall()]


def test_lists(run: Run) -> None:
    assert [row["board"] for row in json.loads(run("boards", "arena/*", "--format", "json").stdout)] == [
        "arena/text/overall",
        "arena/text/russian",
    ]
    sources = json.loads(run("sources", "--format", "json").stdout)
    assert [(row["source"], row["license"], row["proven"]) for row in sources][2] == (
        "quiet",
        "CC BY 4.0",
        False,
    )
    assert "GigaChat" in run("find", "гигачат").stdout
    nothing = run("find", "no such thing")
    assert nothing.stderr == "Nothing is known by 'no such thing'.\n"
    assert [
        row["model_listed"] for row in json.loads(run("status", "--names", "--format", "json").stdout)
    ] == ["НейроСлон-7b"]


def test_status_tells_what_waits(run: Run) -> None:
    done = run("status", "--format", "json")
    held = {row["source"]: (row["failed"], row["unread"], row["held"]) for row in json.loads(done.stdout)}
    assert held == {"aider": (0, 1, 0), "arena": (2, 0, 1), "quiet": (0, 0, 0), "ru": (1, 0, 0)}
    assert "aider: payload unread since 2025-02-01: a column was renamed" in done.stderr
    assert "arena: snapshot held since 2026-07-20 on arena/text/overall: Three rows" in done.stderr
    table = run("status", "--format", "table")
    assert "Three rows where 300 stood before." in table.stdout


def test_sql_gives_any_form(run: Run) -> None:
    statement = "SELECT board, count(*) AS n FROM rankings GROUP BY ALL ORDER BY ALL LIMIT 1"
    assert (
        run("sql", statement, "--format", "json").stdout
        == '[\n {"board": "aider/polyglot/overall", "n": 3}\n]\n'
    )
    assert run("sql", statement).stdout == "board\tn\naider/polyglot/overall\t3\n"
    assert "aider/polyglot/overall  3" in run("sql", statement, "--format", "table").stdout


def test_gaps_say_what_is_not_there_since_when_and_until_when(run: Run, archive: Path) -> None:
    every = json.loads(run("gaps", "--format", "json").stdout)
    with duckdb.connect(str(archive / "archive.duckdb"), read_only=True) as con:
        assert len(every) == len(con.sql("FROM gaps").fetchall()) > 2
    assert list(every[0]) == ["source", "board", "since", "until", "kind", "detail"]
    lasting = json.loads(run("gaps", "--open", "--format", "json").stdout)
    assert lasting == [row for row in every if row["until"] is None]
    assert json.loads(run("gaps", "ru", "--format", "json").stdout) == [
        row for row in every if row["source"] == "ru"
    ]
    of_board = json.loads(run("gaps", "ru/plain/*", "--format", "json").stdout)
    assert {row["board"] for row in of_board} <= {None, "ru/plain/overall"}
    assert {row["source"] for row in of_board} == {"ru"}
    early = json.loads(run("gaps", "--until", "2024-12-31", "--format", "json").stdout)
    assert early == [row for row in every if row["since"] < "2025"] != every


def test_the_statement_of_gaps_gives_its_rows(run: Run, archive: Path) -> None:
    statement = run("gaps", "ru", "--since", "2024-01-01", "--sql").stdout
    with duckdb.connect(str(archive / "archive.duckdb"), read_only=True) as con:
        rows = con.sql(statement).fetchall()
    said = json.loads(run("gaps", "ru", "--since", "2024-01-01", "--format", "json").stdout)
    assert [(row["source"], row["kind"], row["detail"]) for row in said] == [
        (row[0], row[4], row[5]) for row in rows
    ]
    assert rows


def test_where_nothing_is_missing_that_is_said(run: Run) -> None:
    done = run("gaps", "--until", "2001-01-01")
    assert (done.returncode, "Nothing is missing there" in done.stderr) == (0, True)
    wrong = run("gaps", "nosuch")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_sources_may_be_named(run: Run) -> None:
    [row] = json.loads(run("sources", "ru", "--format", "json").stdout)
    assert row["source"] == "ru"
    wrong = run("sources", "arenna")
    assert wrong.returncode == 2
    assert "arena" in wrong.stderr


def test_a_board_that_nobody_of_a_set_is_on_says_so(run: Run) -> None:
    absent = run("board", "arena/text/overall", "--among", "country:RU", "--format", "table")
    assert (absent.returncode, absent.stdout) == (0, "")
    assert "entries of arena/text/overall on 2026-" in absent.stderr
    assert "belongs to Russia (complete: an absence)" in absent.stderr
    cut = run("board", "arena/text/overall", "--among", "country:RU", "--top", "3", "--format", "jsonl")
    assert "is as asked" in cut.stderr


def test_an_answer_without_rows_says_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    named = ("history", "standing", "streaks", "overtakes")
    for words in (*((name, "Sber") for name in named), ("boards",)):
        done = run(*words, archive_dir=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "holds no snapshot yet" in done.stderr, words
    early = run("history", "Sber", "--until", "2001-01-01")
    assert (early.returncode, "Nothing that is held fits what was asked" in early.stderr) == (0, True), (
        early.stderr
    )
    early = run("history", "Sber", "--board", "ru/plain/overall", "--until", "2001-01-01")
    assert "Held are ru/plain/overall (" in early.stderr


def test_questions_are_planned_briefly_and_statements_of_ones_own_at_full_length(
    run: Run, archive: Path
) -> None:
    spared = "SELECT current_setting('disabled_optimizers') AS spared"
    with Archive(archive) as opened, asking(opened, NOTHING) as con:
        assert con.execute(spared).fetchall() != [("",)]
    for trusted in ([], ["--trusted"]):
        assert json.loads(run("sql", spared, *trusted, "--format", "json").stdout) == [{"spared": ""}]


def test_days_of_a_streak_that_lie_in_a_gap_are_explained(run: Run, starter_home: Path) -> None:
    asked = ["streaks", "Gemini", "--board", "arena/text/overall", "--top", "1", "--format", "table"]
    told = "In gaps: days on which no snapshot shows them"
    assert told in run(*asked, "--since", "2025-01-01", archive_dir=starter_home).stdout
    assert told not in run(*asked, "--until", "2024-10-31", archive_dir=starter_home).stdout


def test_the_keys_of_streaks_and_their_figures(run: Run, starter_home: Path) -> None:
    """Counted here from `rank_history`, by other SQL than that of `streaks`."""
    asked = ["streaks", "OpenAI", "--board", "arena/text/overall", "--top", "1", "--format", "json"]
    rows = json.loads(run(*asked, archive_dir=starter_home).stdout)
    assert list(rows[0]) == [
        *("board", "who", "top", "since", "until", "days", "days_shown", "snapshots", "best_rank"),
        *("first_model", "last_model", "longest", "current", "snapshot_id", "last_snapshot_id"),
    ]
    with Archive(starter_home) as archive:
        placed = archive.sql("""
            SELECT CAST(date AS VARCHAR), coalesce(rank = 1, false)
            FROM rank_history(['OpenAI'], boards := 'arena/text/overall')
        """).fetchall()
    held = [(str(day), sum(1 for _ in same)) for (day, same) in _runs(placed)]
    assert [(row["since"], row["snapshots"]) for row in rows] == held
    assert sum(row["longest"] for row in rows) == 1 and not any(row["current"] for row in rows)
    longest = json.loads(run(*asked, "--longest", archive_dir=starter_home).stdout)
    assert longest == [max(rows, key=lambda row: row["days"])] == [row for row in rows if row["longest"]]


def _runs(placed: list[tuple[str, bool]]) -> Iterator[tuple[str, list[str]]]:
    """The first day of each run of snapshots that holds, and its days."""
    for holds, same in itertools.groupby(placed, key=lambda each: each[1]):
        days = [day for day, _ in same]
        if holds:
            yield days[0], days


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (("--until", "2001-01-01"), "No snapshot that is held places them in the top 10. Held are ru/plain/"),
        (("--top", "1"), "No snapshot that is held places them in the top 1."),
        (("--current",), "No streak of theirs in the top 10 lasts to their newest snapshot."),
        (("--where", "days > 1000"), "No streak of theirs in the top 10 is as asked."),
    ],
)
def test_without_a_streak_the_answer_says_why(run: Run, cut: tuple[str, ...], said: str) -> None:
    for form in ("table", "csv"):
        done = run("streaks", "Yandex", "--board", "ru/plain/overall", *cut, "--format", form)
        assert (done.returncode, said in done.stderr) == (0, True), done.stderr
        assert done.stdout.count("\n") == (form == "csv")
