"""The commands that take the starter history, on the recordings that lie beside the checkout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.records import Entry, Snapshot
from archiver.starter import arena_copies, arena_files, carried, press
from archiver.starter.facts import Fact, month, payloads, preferred, thinned
from archiver.starter.take import take

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = ROOT / "../shared/payloads"
needs_recordings = pytest.mark.skipif(
    not (RECORDINGS / "index.tsv").is_file(), reason="no recordings lie beside the checkout"
)


def fact(day: str, way: str = "one", rows: int = 1) -> Fact:
    entries = [Entry(at, f"model {at}", rank=at, score=100 - at / 3) for at in range(1, rows + 1)]
    when = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Fact(Snapshot(board="aider/polyglot/overall", entries=entries), when, f"https://x.example/{way}")


def test_a_lesser_way_fills_only_what_the_better_one_lacks() -> None:
    better = [fact("2024-02-01"), fact("2024-02-15")]
    lesser = [
        fact(day, "two") for day in ("2024-01-20", "2024-02-01", "2024-02-10", "2024-02-20", "2024-03-15")
    ]
    chosen = preferred([better, lesser], timedelta(days=22))
    assert sorted((f"{each.time:%m-%d}", each.source_url[-3:]) for each in chosen) == [
        ("01-20", "two"),
        ("02-01", "one"),
        ("02-15", "one"),
        ("03-15", "two"),
    ]


def test_the_last_of_a_month_stays() -> None:
    days = ("2024-01-03", "2024-01-30", "2024-01-12", "2024-02-01")
    assert sorted(f"{each.time:%m-%d}" for each in thinned(map(fact, days), month)) == ["01-30", "02-01"]


def test_a_long_board_becomes_an_excerpt_of_its_head() -> None:
    [(track, _, body)] = payloads([fact("2024-01-01", rows=500)])
    lines = body.decode().splitlines()
    assert track == "polyglot"
    assert len(lines) == 301
    assert lines[1].startswith("aider/polyglot/overall,,1,,,500,model 1,,99.67,")
    assert lines[-1].startswith("aider/polyglot/overall,,300,,,500,model 300,")


def test_where_nothing_was_recorded_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no recordings"):
        list(take(tmp_path, tmp_path / "archive"))


def test_a_starter_history_is_not_taken_twice(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="already"):
        list(take(tmp_path, ROOT))


@pytest.mark.shared
@needs_recordings
def test_the_same_recordings_give_what_is_shipped(tmp_path: Path) -> None:
    """Where a parser has learned to read more, this fails: take it anew, and look at what changed."""
    list(take(RECORDINGS, tmp_path))
    for file in carried.files(ROOT / "snapshots"):
        assert (tmp_path / "snapshots" / file).read_bytes() == (ROOT / "snapshots" / file).read_bytes(), file
    assert set(carried.files(tmp_path / "snapshots")) == set(carried.files(ROOT / "snapshots"))


def scores(of: Fact) -> dict[str, float]:
    return {entry.model.lower(): entry.score for entry in of.snapshot.entries if entry.score is not None}


def apart(one: Fact, other: Fact) -> float:
    """The mean distance of the scores of models that both list."""
    first, second = scores(one), scores(other)
    both = first.keys() & second.keys()
    assert len(both) > 40
    return sum(abs(first[name] - second[name]) for name in both) / len(both)


def on(day: str, found: list[Fact]) -> Fact:
    return next(each for each in found if each.time.date().isoformat() == day)


@pytest.mark.shared
@needs_recordings
def test_the_traces_of_arena_agree_where_they_meet_and_are_what_they_are_called() -> None:
    tables, elo = list(arena_copies.tables(RECORDINGS)), list(arena_files.elo(RECORDINGS))
    mirror = list(arena_copies.mirror(RECORDINGS))
    plain = list(arena_files.catalog(RECORDINGS, "arena/text/overall"))
    styled = list(arena_files.catalog(RECORDINGS, "arena/text-style-control/overall"))
    assert apart(on("2024-06-17", elo), on("2024-06-19", tables)) < 1
    assert apart(on("2025-08-01", tables), on("2025-11-05", plain)) < 3
    assert apart(on("2025-08-01", tables), on("2025-11-05", styled)) > 30
    assert apart(on("2025-11-06", mirror), on("2025-11-06", styled)) < 2
    assert apart(on("2025-11-06", mirror), on("2025-11-06", plain)) > 30


@pytest.mark.shared
@needs_recordings
def test_ratings_that_the_board_did_not_show_say_so() -> None:
    space = {f"{each.time:%Y%m%d}": each for each in arena_files.space(RECORDINGS)}
    assert len(space) >= 10
    for each in arena_files.elo(RECORDINGS):
        day = f"{each.time:%Y%m%d}"
        cautioned = "caution" in each.snapshot.notes
        assert cautioned == ("20230601" <= day <= "20240326")
        if day in space and len(scores(space[day]).keys() & scores(each).keys()) > 40:
            assert apart(space[day], each) > 15


@pytest.mark.shared
@needs_recordings
def test_reports_hold_what_no_table_holds_and_only_that() -> None:
    found = list(press.reports(RECORDINGS))
    said = {(each.board, each.rank, each.of) for each in found}
    assert ('LLM Arena (llmarena.ru), printed as "Chatbot Arena"', "12", "44") in said
    assert ('LLM Arena (llmarena.ru), printed as "Chatbot Arena"', "17", "44") in said
    counted = {(each.board, each.as_of) for each in found if each.certainty.startswith("counted")}
    assert {("ru_llm_arena", "2024-09-21"), ("simple-evals-ru avg", "2025-03-31")} <= counted
    assert ("ru_llm_arena", "2024-07-26") not in counted
    assert not any("HF Space" in each.board for each in found)


@pytest.mark.shared
@needs_recordings
def test_names_of_the_mirror_are_taken_apart() -> None:
    names = {entry.model for each in arena_copies.mirror(RECORDINGS) for entry in each.snapshot.entries}
    assert {"claude-opus-4-6-thinking", "kimi-k2-thinking-turbo", "phi-4", "trinity-large"} <= names
    makers = ("Anthropic", "Azure", "Bytedance", "Stepfun", "Moonshot", "Minimaxm", "OpenAI", "xAI", "Google")
    assert [name for name in names if name.startswith(makers) or name.endswith(makers)] == []
