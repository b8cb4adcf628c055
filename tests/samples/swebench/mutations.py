"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def _records(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    lists = [board["results"] for board in document.get("leaderboards", ())] or document.values()
    for listed in lists:
        yield from listed


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more key in each record."""
    document = json.loads(body)
    for record in _records(document):
        record[field] = 7
    return json.dumps(document).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that key is called otherwise in every record."""
    for key in ("name", "resolved", "date"):
        document = json.loads(body)
        for record in _records(document):
            record["other_name"] = record.pop(key)
        yield key, json.dumps(document).encode()
    if sample == "flat.json":
        yield "leaderboard", body.replace(b"_leaderboard", b"_results")
    else:
        yield "leaderboards", body.replace(b'"leaderboards"', b'"boards"')
        yield "results", body.replace(b'"results"', b'"rows"')
