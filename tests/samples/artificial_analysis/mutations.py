"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Iterator


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more key in each model."""
    found = json.loads(body)
    found["data"] = [record | {field: 7} for record in found["data"]]
    return json.dumps(found).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that key is called otherwise in every model."""
    for key in ("model_creator", "artificial_analysis_intelligence_index", "data"):
        yield key, body.replace(f'"{key}":'.encode(), b'"other_name":')
    found = json.loads(body)
    for record in found["data"]:
        record["other_name"] = record.pop("name")
    yield "name", json.dumps(found).encode()
