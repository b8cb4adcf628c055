"""Tables for people: on any width, with and without colour, in ASCII."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver import answers
from archiver.answers.presence import spreads, unseen
from archiver.records import utc
from archiver.reports import listing
from archiver.reports.board import print_board
from archiver.reports.evidence import print_evidence
from archiver.reports.history import print_history
from archiver.reports.screen import Cell, Column, Screen
from tests.answers.world import World, build, row

Con = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    with build(tmp_path_factory.mktemp("tables") / "archive.duckdb") as connection:
        yield connection


def history(con: Con, *who: str, width: int | None = 100, ascii: bool = False, **options: object) -> str:
    out = io.StringIO()
    rows = answers.history(con, who, **options).fetchall()  # type: ignore[arg-type]  # the test's own options
    boards, shown = {row[0] for row in rows}, {row[14] for row in rows}
    screen = Screen(out, width, ascii=ascii)
    print_history(
        screen, rows, answers.coverage(con, boards), answers.findings(con, shown),
        spreads=spreads(con, {(row[14], row[9]) for row in rows if row[9]}), unseen=unseen(con, who, boards),
    )  # fmt: skip
    return out.getvalue()


def board(
    con: Con, name: str, width: int | None = 100, *, as_of: str | None = None, colour: bool = False
) -> str:
    out = io.StringIO()
    time = utc(as_of) if as_of else None
    facts = answers.facts(con, name, time)
    screen = Screen(out, width, colour=colour)
    print_board(
        screen, answers.board(con, name, time).fetchall(), facts, answers.findings(con, [facts.snapshot_id])
    )
    return out.getvalue()


def test_a_history_reads_like_this(con: Con) -> None:
    assert history(con, "Sber", "Yandex", boards=["ru/*"], width=85) == (
        "ru/plain/overall · score · 5 snapshots, 2024-07-01 … 2024-11-01\n"
        "Who     Date        to            Rank  Model            Score  Snapshots\n"
        "─────────────────────────────────────────────────────────────────────────\n"
        "Sber    2024-07-01  2024-11-01     2/3  GigaChat Max      62.5          5\n"
        "Yandex  2024-07-01                 3/5  YandexGPT 4 Pro   50.5          1\n"
        "        2024-08-01              absent                                  1\n"
        "        2024-09-01                 3/5  YandexGPT 4 Pro   50.5          1\n"
        "        2024-10-01  2024-11-01  absent                                  2\n"
        "Sber    ███████████████████████████████  places 2 (top) to 3, 2024-07-01 … 2024-11-01\n"
        "Yandex  ▁▁▁▁▁▁▁        ▁▁▁▁▁▁▁▁  places 2 (top) to 3, 2024-07-01 … 2024-11-01\n"
        "Sber: first seen 2024-07-01, last seen 2024-11-01, listed in 5 snapshots\n"
        "Yandex: first seen 2024-07-01, last seen 2024-09-01, listed in 2 snapshots, absent\n"
        "from 3 complete, 2024-08-01 … 2024-11-01\n"
        "ranks are by score: the board prints none\n"
        "of several snapshots in one line, the last one's figures are shown\n"
        "warning stale-header in 5 snapshots: The header's date stays behind the table.\n"
        "\n"
    )


def test_what_is_not_known_stands_in_the_table(con: Con) -> None:
    told = history(con, "Yandex", boards=["arena/text/russian"], width=80)
    assert re.search(r"2026-08-09 +outside the rows shown\n", told)
    told = history(con, "OpenAI", boards=["arena/text/overall"], width=80)
    assert re.search(r"2026-07-20 +held +1\n", told)
    told = history(con, "Yandex", boards=["arena/text/overall"])
    assert told.splitlines() == [
        "Yandex: absent from arena/text/overall in 4 complete snapshots, 2026-06-25 … 2026-08-06",
        "Yandex: outside the rows shown in 1 snapshot, 2026-07-12 … 2026-08-06",
        "Yandex: held in 1 snapshot, 2026-07-20",
    ]


def test_a_gap_and_the_places_that_intervals_allow(tmp_path: Path) -> None:
    """GPT-4o and GigaChat overlap on the first day; a gap of five months lies before the last one."""
    world, name = World(tmp_path / "archive.duckdb"), "ru/plain/overall"
    with world.con:
        world.source("ru", name)
        world.registry()
        days = (("2024-01-01", 79.0), ("2024-01-08", 60.0), ("2024-01-15", 60.0), ("2024-07-01", 70.0))
        for day, sber in days:
            lines = [("gpt-4o", 80.0), ("gigachat_max", sber), ("yandex_gpt_pro_v4", 65.0)]
            ordered = sorted(lines, key=lambda line: -line[1])
            world.snapshot(name, f"{day} 12:00:00", [
                row(model, score, rank=rank, score_low=score - 1, score_high=score + 1)
                for rank, (model, score) in enumerate(ordered, 1)
            ])  # fmt: skip
        told = history(world.con, "Sber", boards=[name], width=80).splitlines()
        shown = board(world.con, name)
    assert [re.split(" {2,}", line)[:4] for line in told[3:8]] == [
        ["2024-01-01", "2/3", "~1–2", "GigaChat Max"],
        ["2024-01-08", "3/3", "~3–3", "GigaChat Max"],
        ["2024-01-15", "3/3", "~3–3", "GigaChat Max"],
        ["2024-01-15", "2024-07-01", "board not captured"],
        ["2024-07-01", "2/3", "~2–2", "GigaChat Max"],
    ]
    drawn = told[8].removeprefix("Sber  ").partition("  places")[0]
    assert (drawn[0], drawn[-1], drawn.strip("█▁").isspace()) == ("█", "█", True), "the gap is left blank"
    assert any(line.startswith("~: places that the score intervals allow") for line in told)
    assert re.search(r"2 +~2–2 +\*▲1 +GigaChat Max", shown), "it surely passed YandexGPT, which is on both"
    assert "*: beyond noise, by score intervals among the models on both" in shown


def test_nothing_is_explained_that_has_no_room(con: Con) -> None:
    for width in (36, 50, 60, 100):
        told = board(con, "arena/text/overall", width)
        stands = re.search(r"^Rank  Spread ", told, re.MULTILINE) is not None
        assert ("Spread: best–worst place as published" in told) == stands


def test_an_absence_is_a_sentence(con: Con) -> None:
    told = history(con, "Sber", boards=["arena/text/overall"]).splitlines()
    assert told[0] == "Sber: absent from arena/text/overall in 4 complete snapshots, 2026-06-25 … 2026-08-06"
    assert len(told) == 3, "and nothing but what its snapshots leave open: no heading, no table"


def test_excerpts_and_routes_are_told(con: Con) -> None:
    told = history(con, "OpenAI", boards=["arena/text/overall"], width=None)
    assert "1 of 5 snapshots shows an excerpt only, which proves presence, never absence" in told
    assert "snapshots by route: 4 dataset, 1 page" in told


def test_every_model_is_a_line_of_its_own(con: Con) -> None:
    told = history(con, "country:RU", boards=["ru/*"], all=True)
    assert [line[:10] for line in told.splitlines() if line.startswith("2024-09-01")] == ["2024-09-01"] * 3
    assert "Organisation" in told


def test_a_board_reads_like_this(con: Con) -> None:
    assert board(con, "arena/text/overall", as_of="2026-07-12") == (
        "arena/text/overall · Arena Text Overall · score\n"
        "captured 2026-07-12T08:00:00Z by page · an excerpt: 2 rows of 300\n"
        "\n"
        "Rank  Spread  Δ  Model   Organisation  Country  Score   ±  Votes  License      As listed\n"
        "────────────────────────────────────────────────────────────────────────────────────────────────\n"
        "   1     1–2  =  o1      OpenAI        US        1403  ±4  1,000  Proprietary\n"
        "   2     1–3  =  GPT-4o  OpenAI        US        1393  ±4  2,000  Proprietary  gpt-4o-2024-08-06\n"
        "\n"
        "Δ: places since 2026-07-05\n"
        "Spread: best–worst place as published\n"
    )


def test_entries_that_mean_one_model_go_by_what_is_listed(con: Con) -> None:
    told = board(con, "arena/text/overall")
    assert "gpt-4o-2024-08-06" in told
    assert "chatgpt-4o" in told
    assert "GPT-4o" not in told
    told = history(con, "OpenAI", boards=["arena/text/overall"], all=True, width=80)
    assert "gpt-4o-2024-08-06" in told
    assert re.search(r"2026-07-12 +2/300 +1–3  GPT-4o ", told), "in the excerpt it stands alone"


def test_a_place_that_is_not_printed_is_the_row(con: Con) -> None:
    told = board(con, "aider/polyglot/overall")
    assert re.search(r"#2  Human", told)
    assert "#: the row order, where no rank is printed" in told


def test_moves_are_coloured_on_a_terminal_only(con: Con) -> None:
    assert "\x1b" not in board(con, "ru/plain/overall")
    assert "\x1b" in board(con, "ru/plain/overall", colour=True)


@pytest.mark.parametrize("width", [50, 60, 80, 100, 132, 200])
def test_no_line_is_wider_than_the_screen(con: Con, width: int) -> None:
    told = history(con, "country:RU", "OpenAI", width=width, all=True) + board(
        con, "arena/text/overall", width
    )
    assert max(map(len, told.splitlines())) <= width
    assert "gpt-4o" in told.lower()
    assert "1403" in told or "1405" in told, "what matters most stands on every width"


def test_more_room_shows_more(con: Con) -> None:
    narrow, wide = (set(board(con, "arena/text/overall", width).split()) for width in (60, 200))
    assert {"Rank", "Model", "Score"} <= narrow
    assert {word for word in narrow if word[0] != "─"} < wide
    assert {"License", "Country"} <= wide - narrow


def test_ascii_where_the_locale_asks(con: Con) -> None:
    told = history(con, "country:RU", "НейроСлон-7b", "OpenAI", width=None, ascii=True, all=True)
    assert told.isascii()
    assert "+/-1.5" in told
    assert "\\u041d\\u0435\\u0439" in told


def test_wide_letters_keep_the_columns_straight() -> None:
    out = io.StringIO()
    Screen(out, 30).table(
        [Column("Name", flexible=True), Column("N", right=True)], [["模型模型", "1"], ["abc", "20"]]
    )
    assert out.getvalue().splitlines()[2:] == ["模型模型   1", "abc       20"]


def test_a_name_is_cut_only_after_lesser_columns_went() -> None:
    out = io.StringIO()
    columns = [Column("Name", flexible=True), Column("Worth less", worth=5), Column("Score")]
    left_out = Screen(out, 30).table(columns, [["a" * 25, "x" * 10, Cell("1")]])
    assert left_out == ["Worth less"]
    assert "…" in out.getvalue(), "the name alone is cut then"


@pytest.mark.parametrize("hostile", ["\x1b]0;x\x07", "[bold red]x[/]", "\u202eabc", "a\nb", "\x9b31m"])
def test_hostile_names_stay_text(tmp_path: Path, hostile: str) -> None:
    world = World(tmp_path / "archive.duckdb")
    with world.con as con:
        world.source("s", "s/a/b")
        world.snapshot(
            "s/a/b", "2024-01-01", [row(hostile, 1.0, rank=1, organization_listed=hostile, license=hostile)]
        )
        world.insert("names", source="s", model_listed=hostile, organization_listed=hostile, folded="x")
        told = board(con, "s/a/b", 200) + history(con, hostile, width=200)
    assert all(each.isprintable() for line in told.split("\n") for each in line)
    assert not any(each in told for each in hostile if not each.isprintable() and each != "\n")
    if hostile.isprintable():
        assert hostile in told


def test_lists_for_people(con: Con) -> None:
    for statement, layout in (
        (answers.boards(con), listing.BOARDS),
        (answers.sources(con), listing.SOURCES),
        (answers.find("gpt"), listing.FOUND),
        (answers.status(utc("2026-08-15")), listing.STATUS),
        (answers.gaps(answers.Touching(lasting=True)), listing.GAPS),
        (answers.unmapped(), listing.UNMAPPED),
    ):
        relation = con.sql(statement)
        for width in (60, 100, None):
            out = io.StringIO()
            listing.print_listing(Screen(out, width), relation.columns, relation.fetchall(), layout)
            assert len(out.getvalue().splitlines()) > 2
            assert max(map(len, out.getvalue().splitlines())) <= (width or 1000)


def test_evidence_leads_from_the_rank_to_the_bytes(con: Con) -> None:
    out = io.StringIO()
    [evidence] = answers.explain(con, "ru/plain/overall", "gigachat_max", utc("2024-07-01"))
    print_evidence(Screen(out, 120), evidence, "model | score\ngigachat_max | 60.5")
    told = out.getvalue()
    assert told.startswith("GigaChat Max: rank 2 of 5 on ru/plain/overall, 2024-07-01T09:30:00Z\n")
    for fact in (
        evidence.payload_sha256,
        evidence.capture_id,
        evidence.url,
        "ledger-ru.jsonl, line 1",
        "60.5 ±1.5",
    ):
        assert fact in told
    assert told.endswith("The payload says:\n  model | score\n  gigachat_max | 60.5\n")


def test_what_goes_on_below_a_fact_is_indented() -> None:
    out = io.StringIO()
    Screen(out, 40).line("  published   the publisher gives no date that can be believed", hang=14)
    assert out.getvalue().splitlines() == [
        "  published   the publisher gives no",
        "              date that can be believed",
    ]


def test_a_list_of_nothing_is_nothing_and_figures_may_be_rounded() -> None:
    out = io.StringIO()
    listing.print_listing(Screen(out, 80), list(listing.HELD), [], listing.HELD)
    assert out.getvalue() == ""
    row = ["a/b/c", None, "d/e/f", None, 12, 0.9900432, 0.5]
    listing.print_listing(Screen(out, 80), list(listing.AGREEMENT), [row], listing.AGREEMENT)
    assert out.getvalue().splitlines()[-1].split() == ["a/b/c", "d/e/f", "12", "0.990", "0.500"]


def test_where_nothing_tells_noise_from_news_that_is_said() -> None:
    out, columns = io.StringIO(), [*listing.DIFF, "model_listed", "listed_before"]
    names = ("Twin", "Twin", "Other")
    rows = [
        [{"model": name, "noise": "no interval", "model_listed": f"{name}-{at}"}.get(key) for key in columns]
        for at, name in enumerate(names)
    ]
    listing.print_listing(Screen(out, 120), columns, rows, listing.DIFF)
    told = [line.split("  ") for line in out.getvalue().splitlines()[2:]]
    assert [[cell for cell in line if cell.strip()] for line in told] == [
        ["Twin-0", "no interval"], ["Twin-1", "no interval"], ["Other", " no interval"],
    ], "two entries that mean one model go by what is listed"  # fmt: skip
