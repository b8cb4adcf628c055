"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Iterator


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column, or one more key in each row."""
    if sample.endswith(".csv"):
        header, *lines = body.decode().splitlines()
        return "\r\n".join([f"{header},{field}", *(f"{line},7" for line in lines), ""]).encode()
    found = json.loads(body)
    found["data"] = [row | {field: 7} for row in found["data"]]
    return json.dumps(found).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    columns = ["date", "model_permaslug", "total_tokens"]
    if sample.endswith(".csv"):
        columns += ["rank", "share_of_daily_tokens"]
    for column in columns:
        old, new = (column, "other_name") if sample.endswith(".csv") else (f'"{column}":', '"other_name":')
        yield column, body.replace(old.encode(), new.encode())
