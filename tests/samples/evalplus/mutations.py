"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Iterator


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more field in each record."""
    records = json.loads(body)
    return json.dumps({name: {field: 7, **record} for name, record in records.items()}).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Each figure, and the sample in which every record calls it otherwise."""
    first = next(iter(json.loads(body).values()))
    for group in [key for key in first if key.startswith("pass@1")]:
        for key in first[group]:
            changed = json.loads(body)
            for record in changed.values():
                record[group]["otherwise"] = record[group].pop(key)
            yield f"{group}.{key}", json.dumps(changed).encode()
