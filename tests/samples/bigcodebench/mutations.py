"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Iterator


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more field in each record."""
    records = json.loads(body)
    return json.dumps({name: {field: 7, **record} for name, record in records.items()}).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Each figure of a board, and the sample in which every record calls it otherwise."""
    figures = ("complete-cal", "instruct-cal") if b"-cal" in body else ("complete", "instruct")
    for key in figures:
        changed = json.loads(body)
        for record in changed.values():
            record["pass@1"]["otherwise"] = record["pass@1"].pop(key)
        yield f"pass@1.{key}", json.dumps(changed).encode()
