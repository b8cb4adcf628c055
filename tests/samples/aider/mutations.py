"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

REQUIRED = (
    "dirname",
    "test_cases",
    "model",
    "edit_format",
    "command",
    "date",
    "versions",
    "seconds_per_case",
)


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more key in each record."""
    return re.sub(r"^  model: ", f"  {field}: 7\n  model: ", body.decode(), flags=re.MULTILINE).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that key is called otherwise in every record."""
    metric = "pass_rate_1" if sample.startswith("refactor") else "pass_rate_2"
    for key in (*REQUIRED, metric):
        yield key, re.sub(rf"^([- ] ){key}:", r"\1other_name:", body.decode(), flags=re.MULTILINE).encode()
