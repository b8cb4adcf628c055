"""The archive's own ranking format, by files written here."""

from __future__ import annotations

import pytest

from archiver import sources
from archiver.errors import ParseFailed
from archiver.formats import ranking
from archiver.records import Payload, Snapshot
from archiver.sources import Board

BOARD = Board(title="A board", metric="points", rows=(1, 50))
LOSS = Board(title="A board of losses", metric="loss", higher_is_better=False, rows=(1, 50))


def known(name: str) -> Board | None:
    return {"a/b/c": BOARD, "a/b/loss": LOSS}.get(name)


def read(*lines: str) -> list[Snapshot]:
    return list(ranking.read("".join(f"{line}\n" for line in lines).encode(), known))


def test_several_boards_and_dates_stand_in_one_file() -> None:
    found = read(
        "board,published_at,rank,of,model,score",
        "a/b/c,2025-01-01,1,2,one,10",
        "a/b/loss,2025-01-01,1,1,one,0.5",
        "a/b/c,2025-02-01,1,1,two,11",
        "a/b/c,2025-01-01,2,2,two,9",
    )
    assert [(s.board, f"{s.published_at:%m}", len(s.entries)) for s in found] == [
        ("a/b/c", "01", 2),
        ("a/b/loss", "01", 1),
        ("a/b/c", "02", 1),
    ]
    assert [entry.model for entry in found[0].entries] == ["one", "two"]
    assert [entry.position for entry in found[0].entries] == [1, 2]
    assert all(s.complete and s.declared_total is None and s.layout == "ranking" for s in found)
    assert [s.metric for s in found] == ["points", "loss", "points"]


def test_a_larger_total_makes_an_excerpt_and_a_missing_one_too() -> None:
    (larger,) = read("board,rank,of,model", "a/b/c,12,44,one", "a/b/c,17,44,two")
    assert (larger.complete, larger.declared_total) == (False, 44)
    (silent,) = read("board,rank,model", "a/b/c,12,one")
    assert (silent.complete, silent.declared_total) == (False, None)


def test_a_smaller_total_is_a_contradiction_and_held() -> None:
    from archiver.checks import check

    (found,) = read("board,rank,of,model", "a/b/c,1,1,one", "a/b/c,2,1,two")
    assert [f.code for f in check(found, BOARD) if f.severity == "error"] == ["declared-total"]


def test_a_baseline_is_listed_and_not_counted() -> None:
    (found,) = read("board,of,model,score,competitor", "a/b/c,1,a person,99,no", "a/b/c,1,one,50,yes")
    assert found.complete
    assert [(entry.rank, entry.competitor) for entry in found.entries] == [(None, False), (1, True)]


@pytest.mark.parametrize(("board", "ranks"), [("a/b/c", [3, 1, 1]), ("a/b/loss", [1, 2, 2])])
def test_without_ranks_a_complete_board_is_ranked_by_score(board: str, ranks: list[int]) -> None:
    rows = [f"{board},3,{name},{score}" for name, score in (("one", 1), ("two", 2.5), ("three", 2.5))]
    (found,) = read("board,of,model,score", *rows)
    assert found.rank_kind == "by-score"
    assert [entry.rank for entry in found.entries] == ranks


def test_an_excerpt_without_ranks_gets_none() -> None:
    (found,) = read("board,of,model,score", "a/b/c,9,one,1", "a/b/c,9,two,2")
    assert [entry.rank for entry in found.entries] == [None, None]


def test_the_kind_of_rank_the_metric_and_the_setting_survive() -> None:
    (found,) = read(
        "board,rank,of,model,score,variant,rank_kind,metric",
        "a/b/c,1,2,one,7,high,published-ties,points per day",
        "a/b/c,1,2,one,7,low,published-ties,points per day",
    )
    assert (found.rank_kind, found.metric) == ("published-ties", "points per day")
    assert [entry.variant for entry in found.entries] == ["high", "low"]


def test_one_address_is_of_the_snapshot_several_are_of_the_rows() -> None:
    (one,) = read("board,rank,model,source_url", "a/b/c,1,one,https://x.example", "a/b/c,2,two,")
    assert one.notes == {"source_url": "https://x.example"}
    assert [entry.extra for entry in one.entries] == [None, None]
    (two,) = read(
        "board,rank,model,source_url", "a/b/c,1,one,https://x.example", "a/b/c,2,two,https://y.example"
    )
    assert [entry.extra for entry in two.entries] == [
        {"source_url": "https://x.example"},
        {"source_url": "https://y.example"},
    ]


def test_an_unknown_column_is_kept_and_told() -> None:
    (found,) = read("board,rank,model,cost", "a/b/c,1,one,3.5", "a/b/c,2,two,")
    assert [entry.extra for entry in found.entries] == [{"cost": "3.5"}, None]
    assert [finding.code for finding in found.findings] == ["new-field"]


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        (("board,model,score", "x/y/z,one,1"), "x/y/z"),
        (("board,name,score", "a/b/c,one,1"), "model"),
        (("board,model", "a/b/c,one"), "rank"),
        (("board,model,score", "a/b/c,,1"), "model"),
        (("board,model,score", "a/b/c,one,1e400"), "score"),
        (("board,model,score", "a/b/c,one,nan"), "score"),
        (("board,model,rank", "a/b/c,one,12 (joint)"), "rank"),
        (("board,model,rank", "a/b/c,one,1_0"), "rank"),
        (("board,model,rank,published_at", "a/b/c,one,1,last spring"), "last spring"),
        (("board,model,rank,rank_kind", "a/b/c,one,1,guessed"), "guessed"),
        (("board,model,rank,of", "a/b/c,one,1,4", "a/b/c,two,2,5"), "of"),
        (("board,model,rank,competitor", "a/b/c,one,1,maybe"), "maybe"),
    ],
)
def test_what_is_no_ranking_fails_and_says_where(lines: tuple[str, ...], word: str) -> None:
    with pytest.raises(ParseFailed) as failed:
        read(*lines)
    assert word in str(failed.value)


def test_a_file_that_was_cut_off_is_held() -> None:
    (found,) = ranking.read(b"board,rank,model,score\na/b/c,1,one,12", known)
    assert [(f.code, f.severity) for f in found.findings] == [("unfinished", "error")]


@pytest.mark.parametrize("name", [name for name in sources.names() if name != "reported"])
def test_every_source_takes_facts_of_its_boards_and_of_no_others(name: str) -> None:
    parser = sources.load(name)
    url = f"{name}/some.ranking.csv"
    assert parser.SOURCE.route_of(url) == sources.FACTS
    board = next(iter(parser.SOURCE.boards)).replace("*", "overall")
    (found,) = sources.parse(parser, Payload(f"board,rank,of,model\n{board},1,1,one\n".encode(), url))
    assert found.board == board
    with pytest.raises(ParseFailed, match="no board of this source"):
        list(sources.parse(parser, Payload(b"board,rank,of,model\nelsewhere/x/y,1,1,one\n", url)))


def test_a_caution_is_told_of_its_snapshot_alone() -> None:
    found = read(
        "board,published_at,rank,model,caution", "a/b/c,2025-01-01,1,one,Mind this.", "a/b/c,,1,one,"
    )
    assert [[(f.code, f.severity, f.sentence) for f in s.findings] for s in found] == [
        [("caution", "warning", "Mind this.")],
        [],
    ]
