"""Arena's page: which board an object is, what its entries must have, and what is no page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources import arena

URL = "https://arena.ai/leaderboard/text"


def entry(rank: int, **fields: Any) -> dict[str, Any]:
    return {
        "rank": rank,
        "rankUpper": rank,
        "rankLower": rank + 1,
        "modelDisplayName": f"model-{rank}",
        "rating": 1500.5 - rank,
        "ratingUpper": 1505.5 - rank,
        "ratingLower": 1495.5 - rank,
        "votes": 1000,
        "modelOrganization": "Lab",
        "license": "MIT",
    } | fields


def leaderboard(arena_slug: str = "text", slug: str = "overall", **fields: Any) -> dict[str, Any]:
    return {
        "arenaSlug": arena_slug,
        "leaderboardSlug": slug,
        "params": {"category": slug, "styleControl": True},
        "entries": [entry(1), entry(2)],
        "voteCutoffISOString": "2026-09-30T14:00:00.000Z",
        "totalVotes": 8_602_501,
        "totalModels": 2,
    } | fields


def html(*values: Any, **rows: Any) -> bytes:
    """A page whose stream holds each value in a row of its own; named rows under their names."""
    found = {f"a{number:x}": value for number, value in enumerate(values)} | rows
    stream = "".join(f"{name}:{json.dumps(value)}\n" for name, value in found.items())
    call = f"self.__next_f.push({json.dumps([1, stream])})".replace("<", "\\u003c")
    return f"<!DOCTYPE html><html><body><table></table><script>{call}</script></body></html>".encode()


def snapshots(*values: Any, **rows: Any) -> list[Snapshot]:
    return list(arena.parse(Payload(html(*values, **rows), URL)))


@pytest.mark.parametrize(
    ("arena_slug", "slug", "params", "board"),
    [
        ("text", "overall", {"category": "overall", "styleControl": True}, "text-style-control/overall"),
        ("text", "overall", {"category": "overall", "styleControl": False}, "text/overall"),
        ("text", "creative-writing", {"styleControl": True}, "text-style-control/creative-writing"),
        (
            "text",
            "creative-writing",
            {"category": "creative_writing", "styleControl": False},
            "text/creative-writing",
        ),
        ("text", "overall", {"category": "russian", "styleControl": True}, "text-style-control/russian"),
        ("text", "overall-no-style-control", {}, "text/overall"),
        ("text", "coding-no-style-control", {"category": "coding"}, "text/coding"),
        ("vision", "overall", {"category": "overall", "styleControl": True}, "vision-style-control/overall"),
        ("code", "webdev", {"category": "webdev"}, "webdev/overall"),
        ("code", "webdev-html", {"category": "webdev-html"}, "webdev/webdev-html"),
        ("code", "image-to-webdev", {}, "webdev/image-to-webdev"),
        ("image-to-webdev", "overall", {}, "webdev/image-to-webdev"),
        ("image-edit", "overall", {"category": "overall"}, "image-edit/overall"),
        ("multi-image-edit", "overall", {"category": "overall"}, "image-edit/multi-image-edit"),
        (
            "text-to-image",
            "overall",
            {"category": "overall", "styleControl": "$undefined"},
            "text-to-image/overall",
        ),
    ],
)
def test_the_sites_slugs_lead_to_the_boards_of_the_dataset(
    arena_slug: str, slug: str, params: dict[str, Any], board: str
) -> None:
    [snapshot] = snapshots(leaderboard(arena_slug, slug, params=params))
    assert snapshot.board == f"arena/{board}"
    assert not snapshot.findings
    assert arena.SOURCE.board(snapshot.board)


@pytest.mark.parametrize(
    "fields",
    [
        {"params": {"category": "overall"}},
        {"params": {"category": "overall", "styleControl": True, "excludePreliminary": True}},
        {"leaderboardSlug": "coding", "params": {"category": "math", "styleControl": True}},
    ],
    ids=["style control unsaid", "a filter", "two names"],
)
def test_a_board_that_may_be_another_is_held(fields: dict[str, Any]) -> None:
    [snapshot] = snapshots(leaderboard(**fields))
    assert [(finding.code, finding.severity) for finding in snapshot.findings] == [
        ("board-uncertain", "error")
    ]


def test_a_board_without_style_control_tells_by_the_ranks_that_it_has_with_it() -> None:
    entries = [entry(1, rankStyleControl=2), entry(2, rankStyleControl=1)]
    [snapshot] = snapshots(leaderboard("search", params={"category": "overall"}, entries=entries))
    assert snapshot.board == "arena/search/overall"
    assert not snapshot.findings


def test_an_entry_is_read_whole() -> None:
    fields = {"modelKey": "k", "releaseType": "pre_release", "contextLength": None, "pricePerImage": 0.04}
    [snapshot] = snapshots(leaderboard(entries=[entry(1, **fields), entry(2, votes=77.0)]))
    first, second = snapshot.entries
    assert first._asdict() == {
        "position": 1,
        "model": "model-1",
        "organization": "Lab",
        "variant": None,
        "rank": 1,
        "rank_low": 1,
        "rank_high": 2,
        "score": 1499.5,
        "score_low": 1494.5,
        "score_high": 1504.5,
        "votes": 1000,
        "license": "MIT",
        "extra": {"modelKey": "k", "releaseType": "pre_release", "pricePerImage": 0.04},
        "competitor": True,
    }
    assert second.votes == 77
    assert snapshot.published_at == datetime(2026, 9, 30, 14, tzinfo=UTC)
    assert snapshot.notes == {"vote_cutoff": "2026-09-30T14:00:00.000Z", "total_votes": 8_602_501}
    assert (snapshot.declared_total, snapshot.complete, snapshot.layout) == (2, True, "page-with-keys")


@pytest.mark.parametrize(
    ("total", "complete"), [(339, False), (2, True), ("$undefined", False), (None, False)]
)
def test_fewer_entries_than_declared_are_an_excerpt(total: object, complete: bool) -> None:
    [snapshot] = snapshots(leaderboard(totalModels=total))
    assert snapshot.complete is complete


def test_leaderboards_are_found_wherever_they_are() -> None:
    nested = ["$", "div", None, {"deep": [{"initial": leaderboard("vision")}], "more": "$L1f"}]
    rows = {
        "1f": {"other": leaderboard("text", entries="$2f:0", totalVotes="$n12")},
        "2f": [[entry(1), "$3f"]],
    }
    rows["3f"] = entry(2)
    found = snapshots(nested, **rows)
    assert [snapshot.board for snapshot in found] == [
        "arena/vision-style-control/overall",
        "arena/text-style-control/overall",
    ]
    assert len(found[1].entries) == 2
    assert found[1].notes["total_votes"] == 12


def test_decoys_and_the_menu_are_no_leaderboards() -> None:
    decoys = {"initialModels": [{"name": "a", "rank": 9007199254740991, "rankByModality": {"chat": 1}}]}
    menu = [["html", {"dataSource": {"arenaSlug": "code", "leaderboardSlug": "webdev-html"}}]]
    assert [snapshot.board for snapshot in snapshots(decoys, menu, leaderboard())] == [
        "arena/text-style-control/overall"
    ]
    with pytest.raises(ParseFailed, match="holds no leaderboard"):
        snapshots(decoys, menu)


def test_a_rank_that_stands_for_none_is_none() -> None:
    [snapshot] = snapshots(leaderboard(entries=[entry(1), entry(2) | {"rank": 9007199254740991}]))
    assert [item.rank for item in snapshot.entries] == [1, None]
    assert [finding.code for finding in snapshot.findings] == ["unranked"]


def test_the_same_board_twice_is_the_longer_one() -> None:
    short = leaderboard(entries=[entry(1)])
    [snapshot] = snapshots(short, leaderboard(), short)
    assert len(snapshot.entries) == 2
    with pytest.raises(ParseFailed, match="contradict each other"):
        snapshots(leaderboard(), leaderboard(entries=[entry(1, votes=3)]))


def test_what_is_new_is_kept_and_said() -> None:
    [snapshot] = snapshots(leaderboard(entries=[entry(1, elo={"a": 1}), entry(2)], season="autumn"))
    assert snapshot.entries[0].extra == {"elo": {"a": 1}}
    assert snapshot.notes["season"] == "autumn"
    assert [(found.code, found.figures) for found in snapshot.findings] == [
        ("new-field", {"field": "season"}),
        ("new-field", {"field": "elo"}),
    ]


def test_fields_that_came_later_may_be_absent_but_not_renamed() -> None:
    older = [{key: value for key, value in entry(1).items() if key not in {"rankUpper", "rankLower"}}]
    [snapshot] = snapshots(leaderboard(entries=older, totalModels=1))
    assert snapshot.layout == "page-without-spread"
    assert snapshot.entries[0].rank_low is None
    with pytest.raises(ParseFailed, match="lack 'rankUpper'; unknown keys stand there: best"):
        snapshots(leaderboard(entries=[older[0] | {"best": 1}]))


def test_parts_that_were_cut_out_are_said() -> None:
    [snapshot] = snapshots(leaderboard(), ["$L3f", "$L40"])
    [finding] = snapshot.findings
    assert (finding.code, finding.severity, finding.figures) == (
        "parts-missing",
        "warning",
        {"rows": ["3f", "40"]},
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"entries": []}, "lists no models"),
        ({"entries": None}, "lists no models"),
        ({"entries": "$Lff"}, "lists no models"),
        ({"entries": [1]}, "lists no models"),
        ({"entries": [entry(1, rating="1500")]}, "entry 1 .* has '1500' as its rating"),
        ({"entries": [entry(1), entry(2) | {"rank": True}]}, "entry 2 .* has True as its rank"),
        ({"entries": [entry(1, votes=1.5)]}, "as its votes, which is no whole number"),
        ({"entries": [entry(1, rating=1e300)]}, "as its rating, which is no figure"),
        ({"entries": [entry(1, modelDisplayName=" ")]}, "has no model name"),
        ({"entries": [entry(1, modelDisplayName=["a"])]}, "which is no text"),
        ({"arenaSlug": 7}, "which is no slug"),
        ({"leaderboardSlug": "../x"}, "which is no slug"),
        ({"voteCutoffISOString": "yesterday"}, "as the time of its last vote"),
    ],
)
def test_a_leaderboard_that_cannot_be_one_fails_the_page(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ParseFailed, match=says):
        snapshots(leaderboard("vision"), leaderboard(**fields))


def test_a_page_that_breaks_off_is_refused() -> None:
    without = html(leaderboard()).replace(b"<table></table>", b"")
    with pytest.raises(ParseFailed, match="shows no table"):
        list(arena.parse(Payload(without, URL)))
    with pytest.raises(ParseFailed, match="do not end with </html>"):
        list(arena.parse(Payload(html(leaderboard()).removesuffix(b"</body></html>"), URL)))


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("https://arena.ai/leaderboard", True),
        ("https://arena.ai/leaderboard/", True),
        ("https://www.arena.ai/leaderboard/text/russian", True),
        ("https://lmarena.ai/leaderboard/text/overall-no-style-control?x=1", True),
        ("https://arena.ai/ru/leaderboard/code/image-to-webdev", True),
        ("overview.html", True),
        ("https://llmarena.ai/leaderboard", False),
        ("https://arena.ai/leaderboards", False),
        ("https://arena.ai/blog/leaderboard-notes", False),
        ("https://example.com/overview.html", False),
    ],
)
def test_which_addresses_are_pages(url: str, owned: bool) -> None:
    route = arena.SOURCE.route_of(url)
    assert (route is not None and route.name == "page") is owned
