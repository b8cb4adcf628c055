"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Iterator


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column in its first table."""
    found = json.loads(body)
    found[0]["header"].append({"value": field, "markdown": False})
    for row in found[0]["rows"]:
        row.append({"value": 7, "markdown": False})
    return json.dumps(found).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column or key is called otherwise."""
    mean = "Mean score" if sample.startswith("capabilities") else "Mean win rate"
    for name in ("Model", mean, "header", "rows", "title"):
        yield name, body.replace(f'"{name}"'.encode(), b'"other name"')
    yield "Accuracy", body.replace(b'"Accuracy"', b'"Efficiency"')
