"""Citations of strangers' names: no form is broken by them, and none says more than is known."""

from __future__ import annotations

import json

import bibtexparser
import pytest

from archiver.answers import Evidence, Publisher
from archiver.records import utc
from archiver.reports.cite import FORMS, NOT_PROMISED, Citation

HOSTILE = [
    "a}b{c",
    "\\input{x}",
    "$5 & 50% of #1_x^y~z",
    "\x1b[31m\u202e",
    "<script>|`*_[x](y)",
    "Сбер",
    '"q"',
]
DAY = utc("2026-07-21T04:05:00")
KNOWN = Evidence(
    board="b/main/overall", model="m", model_listed="m", organization=None, organization_listed=None,
    variant=None, rank=3, of=44, position=3, rank_kind="published", score=1.0, score_low=None,
    score_high=None, votes=None, metric="score", published_at=utc("2026-07-20"), captured_at=DAY,
    first_seen=DAY, last_seen=DAY, sightings=1, route="page", url="https://b.example/x?a=1&b=%20",
    final_url=None, status=200, via="http", origin=None, ledger="ledger-one.jsonl", line=7,
    capture_id="c" * 64, payload_sha256="d" * 64, payload_bytes=9, tool="t", layout="", parser_version=1,
    snapshot_id="s", findings=(), source_url=None,
)  # fmt: skip
OURS = Publisher("Board & Co", "CC BY 4.0", "Board, CC BY 4.0")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_form_is_broken_by_a_name(form: str, name: str) -> None:
    evidence = KNOWN._replace(model=name, model_listed=name, variant=name, url=f"https://b.example/{name}")
    told = FORMS[form]([Citation(evidence, OURS), Citation(KNOWN, OURS)])
    assert not any((ord(sign) < 32 and sign != "\n") or sign == "\u202e" for sign in told)
    if form == "bibtex":
        library = bibtexparser.parse_string(told)
        assert not library.failed_blocks
        assert len(library.entries_dict) == 2
    elif form == "csl-json":
        assert name in json.loads(told)[0]["title"]
    else:
        assert len(told.splitlines()) == 2


def test_each_kind_of_place_is_called_what_it_is() -> None:
    def place(**changed: object) -> str:
        return Citation(KNOWN._replace(**changed), OURS).claim

    assert place() == "m, rank 3 of 44 on the board b/main/overall as published on 2026-07-20"
    assert "rank 3 of 44 (an upper bound, ties share it)" in place(rank_kind="published-ties")
    assert "rank 3 of 44 (counted from score)" in place(rank_kind="by-score")
    assert "without a printed rank, in row 3 of 44" in place(rank=None)
    assert place(published_at=None).endswith("as captured on 2026-07-21")
    assert place(variant="FC", model_listed="M").startswith("m (FC), listed as “M”, rank 3")


def test_the_limits_and_the_licence_are_said_once() -> None:
    for form in FORMS:
        told = FORMS[form]([Citation(KNOWN, OURS)])
        assert told.count(NOT_PROMISED) == 1
    assert told.count("CC BY 4.0") == 1
    fact = Citation(KNOWN._replace(url="b/main.ranking.csv", source_url="https://press.example/a"), OURS)
    assert "https://press.example/a" in FORMS["text"]([fact])
