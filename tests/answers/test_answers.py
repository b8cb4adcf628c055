"""Questions put to an index: rows, and what an answer says of itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from archiver import answers
from archiver.errors import UnknownName, UsageError
from archiver.records import utc

Con = duckdb.DuckDBPyConnection


def column(relation: duckdb.DuckDBPyRelation, name: str) -> list[Any]:
    at = relation.columns.index(name)
    return [row[at] for row in relation.fetchall()]


def test_history_begins_with_the_keys_that_every_format_prints(con: Con) -> None:
    assert tuple(answers.history(con, ["Sber"]).columns[: len(answers.KEYS)]) == answers.KEYS
    assert answers.KEYS == (
        "board", "date", "published_at", "captured_at", "organization", "model", "variant", "rank", "of",
        "position", "rank_kind", "score", "score_low", "score_high", "snapshot_id", "status",
    )  # fmt: skip


@pytest.mark.parametrize("word", ["Sber", "сбер", "СБЕР"])
def test_every_spelling_gives_the_same_rows(con: Con, word: str) -> None:
    assert answers.history(con, [word]).fetchall() == answers.history(con, ["Sber"]).fetchall()
    assert answers.history(con, [word, "Sber"]).fetchall() == answers.history(con, ["Sber"]).fetchall()


def test_history_is_what_the_macro_gives_in_any_shell(con: Con) -> None:
    question = answers.history(con, ["Sber", "Yandex"], ["ru/*"], since=utc("2024-08-01"), all=True)
    shell = con.sql(
        "FROM rank_history(['Sber', 'Yandex'], boards := 'ru/*', since := '2024-08-01', each := true)"
    )
    assert question.fetchall() == shell.fetchall()


def test_history_with_a_time_of_another_zone(con: Con) -> None:
    until = datetime.fromisoformat("2024-10-01T12:29:00+03:00")
    assert column(answers.history(con, ["Sber"], until=until), "date")[-1] == date(2024, 9, 1)


def test_every_month_keeps_the_last_snapshot(con: Con) -> None:
    relation = answers.history(con, ["OpenAI"], ["arena/text/overall"], every="month")
    assert [(str(row[1]), row[11]) for row in relation.fetchall()] == [
        ("2026-06-25", 1400.0),
        ("2026-07-12", 1403.0),
        ("2026-08-06", 1405.0),
    ]


def test_every_month_keeps_all_rows_of_that_snapshot(con: Con) -> None:
    relation = answers.history(con, ["OpenAI"], ["arena/text/overall"], every="month", all=True)
    assert len(relation.fetchall()) == 3 + 2 + 3


def test_an_unknown_name_comes_with_the_nearest(con: Con) -> None:
    with pytest.raises(UnknownName) as caught:
        answers.history(con, ["Sber", "GigaChatt"])
    assert caught.value.name == "GigaChatt"
    assert caught.value.nearest[0] == "GigaChat"
    assert caught.value.exit_code == 2


def test_a_beginning_is_near(con: Con) -> None:
    with pytest.raises(UnknownName) as caught:
        answers.asked(con, ["Llama"])
    assert "Llama 3.3 70B" in caught.value.nearest


@pytest.mark.parametrize("name", ["x'; DROP TABLE entries; --", "[a, b]", "%", "*", "\\", "🦙" * 50, "a\nb"])
def test_a_strange_name_is_only_a_name(con: Con, name: str) -> None:
    with pytest.raises(UnknownName):
        answers.history(con, [name])


def test_a_name_with_a_nul_is_refused(con: Con) -> None:
    with pytest.raises(UsageError, match="no text that a name can be"):
        answers.history(con, ["Sber\0"])


def test_an_unknown_board_comes_with_those_that_hold_its_parts(con: Con) -> None:
    with pytest.raises(UnknownName) as caught:
        answers.history(con, ["Sber"], ["arena/russian"])
    assert caught.value.nearest == ("arena/text/russian",)
    with pytest.raises(UnknownName) as caught:
        answers.board(con, "aren/text/overal")
    assert caught.value.nearest[0] == "arena/text/overall"


def test_bounds_that_exclude_each_other_are_refused(con: Con) -> None:
    with pytest.raises(UsageError, match="2024-10-01"):
        answers.history(con, ["Sber"], since=utc("2024-10-01"), until=utc("2024-09-01"))


def test_elsewhere_counts_what_proves_the_absence(con: Con) -> None:
    shown = set(column(answers.history(con, ["Sber"]), "board"))
    found = answers.elsewhere(con, shown)
    assert found is not None
    assert (found.boards, found.snapshots) == (3, 4 + 1 + 1), "complete ones that answers may use"
    assert found.first.date() == date(2025, 1, 1)
    assert answers.elsewhere(con, shown, until=utc("2020-01-01")) is None


def test_a_board_at_a_time(con: Con) -> None:
    facts = answers.facts(con, "ARENA/text/overall", utc("2026-08-06"))
    assert facts.board == "arena/text/overall"
    assert (facts.published_at, facts.sightings, facts.of) == (datetime(2026, 8, 6), 4, 3)  # noqa: DTZ001  # as in the index
    assert facts.before == datetime(2026, 7, 5)  # noqa: DTZ001
    assert column(answers.board(con, "arena/text/overall"), "score") == [1405.0, 1395.0, 1376.0]


def test_a_board_before_its_first_snapshot_says_when_that_is(con: Con) -> None:
    with pytest.raises(UsageError, match="the first is of 2026-06-25"):
        answers.board(con, "arena/text/overall", utc("2026-06-24"))
    with pytest.raises(UsageError, match="no snapshot of quiet/main/overall that answers may use"):
        answers.board(con, "quiet/main/overall")


def test_freshness_says_what_failed_since_and_what_is_held(con: Con) -> None:
    arena, ru = answers.freshness(con, ["arena/text/overall", "ru/plain/overall"])
    assert (arena.source, arena.failures, arena.held) == ("arena", 2, 1)
    assert str(arena.failing_since) == "2026-08-13 11:00:00"
    assert str(arena.last_success) == "2026-08-09 12:00:00"
    assert (ru.failures, ru.failing_since, ru.unread, ru.held) == (0, None, 0, 0), "it was captured since"
    assert answers.freshness(con, ["arena/text/russian"])[0].held == 0
    assert answers.freshness(con, ["aider/polyglot/overall"])[0].unread == 1


def test_coverage_tells_excerpts_and_routes(con: Con) -> None:
    covered = answers.coverage(con, ["arena/text/overall", "ru/plain/overall"])
    arena = covered["arena/text/overall"]
    assert (arena.snapshots, arena.complete, arena.routes) == (5, 4, {"page": 1, "dataset": 4})
    assert (str(arena.first), str(arena.last)) == ("2026-06-25 00:00:00", "2026-08-06 00:00:00")
    assert covered["ru/plain/overall"].rank_kind == "by-score"
    assert answers.coverage(con, ["quiet/main/overall"]) == {}


def test_findings_of_the_snapshots_shown(con: Con) -> None:
    shown = set(column(answers.history(con, ["Sber"]), "snapshot_id"))
    assert [(seen.code, seen.snapshots) for seen in answers.findings(con, shown)] == [("stale-header", 5)]
    assert answers.findings(con, []) == []


def test_boards_and_sources_list_what_is_held(con: Con) -> None:
    assert column(con.sql(answers.boards(con)), "snapshots") == [1, 5, 2, 0, 5]
    assert column(con.sql(answers.boards(con, ["arena/*"])), "board") == [
        "arena/text/overall",
        "arena/text/russian",
    ]
    assert column(con.sql(answers.sources(con)), "source") == ["aider", "arena", "quiet", "ru"]
    assert column(con.sql(answers.sources(con)), "proven") == [True, True, False, True]
    with pytest.raises(UnknownName):
        answers.boards(con, ["nothing/*"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("сбер", ("organization", "Sber")),
        ("гигачат", ("family", "GigaChat")),
        ("gigachat max", ("model", "GigaChat Max")),
        ("нейро", ("listed", "НейроСлон-7b")),
        ("russian", ("board", "arena/text/russian")),
    ],
)
def test_find_looks_through_all_names(con: Con, text: str, found: tuple[str, str]) -> None:
    assert found in [row[:2] for row in con.execute(answers.find(text)).fetchall()]


def test_find_of_nothing_is_nothing(con: Con) -> None:
    assert con.execute(answers.find("no such thing")).fetchall() == []


def test_status_by_source(con: Con) -> None:
    relation = con.sql(answers.status(datetime(2026, 8, 10, 12, tzinfo=UTC)))
    rows = {row[0]: dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()}
    arena = rows["arena"]
    assert (arena["outcome"], arena["reason"], arena["failed"], arena["held"]) == (
        "failed",
        "http-status: 503",
        2,
        1,
    )
    assert (arena["age_hours"], arena["freshness"]) == (24.0, "fresh")
    assert (rows["quiet"]["freshness"], rows["quiet"]["captures"]) == ("not collected", 0)
    assert (rows["aider"]["unread"], rows["aider"]["freshness"]) == (1, "overdue")


def test_unmapped_names_are_listed_but_no_baselines(con: Con) -> None:
    relation = con.sql(answers.unmapped())
    assert column(relation, "model_listed") == ["НейроСлон-7b"]
    assert column(con.sql(answers.unmapped()), "missing") == ["model, organization"]


def test_explain_leads_to_the_ledger(con: Con) -> None:
    [evidence] = answers.explain(con, "ru/plain/overall", "gigachat_max", utc("2024-07-01"))
    assert (evidence.rank, evidence.of, evidence.ledger, evidence.line) == (2, 5, "ledger-ru.jsonl", 1)
    assert evidence.findings == ("warning stale-header: The header's date stays behind the table.",)
    assert [each.model for each in answers.explain(con, "ru/plain/overall", "Sber")] == [
        "GigaChat Max",
        "GigaChat Lite",
    ]


def test_explain_of_one_who_is_absent_names_the_proof(con: Con) -> None:
    with pytest.raises(UsageError, match="not on arena/text/overall in the complete snapshot of 2026-08-06"):
        answers.explain(con, "arena/text/overall", "GigaChat")
    with pytest.raises(UsageError, match="that proves nothing"):
        answers.explain(con, "arena/text/russian", "Yandex")


def test_sql_reads_the_index_and_nothing_else(con: Con) -> None:
    columns, rows = answers.sql(con, "SELECT 1 AS one, 'x' AS x")
    assert (columns, list(rows)) == (["one", "x"], [(1, "x")])
    for statement, said in {
        "SELECT * FROM rankingz": 'Did you mean "rankings',
        "SELECT 1; SELECT 2": "One statement at a time",
        "SELEC 1": "syntax error",
        "SELECT * FROM read_csv('/etc/hostname')": "disabled by configuration",
        "COPY (SELECT 1) TO '/tmp/x.csv'": "Only questions are taken here, and COPY is none",
        "ATTACH '/tmp/y.duckdb'": "ATTACH is none",
        "DELETE FROM entries": "DELETE is none",
        "INSTALL httpfs": "none",
        "SET lock_configuration = false": "none",
        "UPDATE EXTENSIONS": "this is none",
        "SELECT now()": "A time with a zone",
        "SELECT error('later ' || board) FROM boards": "later",
    }.items():
        with pytest.raises(UsageError, match=said) as caught:
            list(answers.sql(con, statement)[1])
        assert "\n" not in caught.value.what
