"""The head that is published: canonical, checked when it is read, and plain about what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import pytest

from archiver.errors import UsageError
from archiver.store import Head
from archiver.store.seal import Seal, parse

AT = datetime(2026, 7, 20, 11, 4, 33, tzinfo=UTC)
HEADS = {
    "arena/ledger-two.jsonl": Head(812, 3, "ab" * 32),
    "aider/ledger-one.jsonl": Head(99, 1, "cd" * 32),
}
SEAL = Seal(AT, HEADS)


def test_the_text_is_canonical_and_reads_back() -> None:
    text = SEAL.text()
    assert text == Seal(AT, dict(reversed(HEADS.items()))).text()
    assert parse(text, "it") == Seal(AT, HEADS)
    assert parse(json.dumps(json.loads(text)), "it").digest == SEAL.digest, "spaces do not count"


def test_the_digest_can_be_recomputed_by_hand() -> None:
    listed = "aider/ledger-one.jsonl 99 1 " + "cd" * 32 + "\narena/ledger-two.jsonl 812 3 " + "ab" * 32 + "\n"
    assert SEAL.digest == hashlib.sha256(listed.encode()).hexdigest()
    assert Seal(datetime.now(UTC), HEADS).digest == SEAL.digest, "equal ledgers, equal digest"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"bytes": 812', '"bytes": 813', "was altered"),
        ("ab" * 32, "ab" * 31 + "aa", "was altered"),
        ('"archiver_head": 1', '"archiver_head": 2', "of format version 2; this release reads 1"),
        ('"lines": 3', '"lines": "3"', "no head that `archiver seal` wrote"),
        ("arena/ledger-two", "../ledger-two", "no head that `archiver seal` wrote"),
        ('"at"', '"when"', "no head that `archiver seal` wrote"),
        ("{", "", "no head that `archiver seal` wrote"),
    ],
)
def test_what_is_no_head_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse(SEAL.text().replace(old, new, 1), "head.json")
