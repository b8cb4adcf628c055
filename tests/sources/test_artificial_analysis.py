"""Artificial Analysis: indices from its API's answer, and answers that are not the whole board."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload
from archiver.sources import artificial_analysis as source

BODY = (Path(__file__).resolve().parents[1] / "samples/artificial_analysis/models.json").read_bytes()


def test_an_index_lists_who_has_it() -> None:
    boards = {snapshot.board: snapshot for snapshot in source.parse(Payload(BODY))}
    assert {name: len(board.entries) for name, board in boards.items()} == {
        "artificial_analysis/index/intelligence": 4,
        "artificial_analysis/index/coding": 3,
        "artificial_analysis/index/math": 2,
    }
    ranked = [(e.model, e.organization, e.rank) for e in boards["artificial_analysis/index/coding"].entries]
    assert ranked == [
        ("Draco Mini", "Draconis", 3),
        ("Orion 4 (high)", "Orion Labs", 1),
        ("Lyra Large", "Lyra AI", 2),
    ]
    assert [f.code for f in boards["artificial_analysis/index/math"].findings] == ["not-evaluated"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"pagination": {"page": 1, "has_more": True}}, "one page of several"),
        ({"status": 403}, "'403'"),
        ({"data": []}, "'data'"),
        ({"data": {"a": 1}}, "'data'"),
        ({"data": ["a"]}, "1 models are no records"),
    ],
)
def test_what_is_not_the_whole_board_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(ParseFailed, match=told):
        list(source.parse(Payload(json.dumps(json.loads(BODY) | change).encode())))


def test_an_answer_without_any_index_is_refused() -> None:
    found = json.loads(BODY)
    for record in found["data"]:
        record["evaluations"]["artificial_analysis_intelligence_index"] = None
    with pytest.raises(ParseFailed, match="none of 5 models"):
        list(source.parse(Payload(json.dumps(found).encode())))


def test_a_capture_needs_a_key_and_terms_are_told() -> None:
    [route] = source.SOURCE.routes
    assert route.key is not None
    assert route.key.header == "x-api-key"
    assert any("Terms of use" in quirk for quirk in source.SOURCE.quirks)
