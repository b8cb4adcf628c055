"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column, in front."""
    header, *rows = body.decode().splitlines()
    return "".join(f"{line}\n" for line in (f"{field},{header}", *(f"7,{row}" for row in rows))).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    for column in ("model", "score", "rating_q025", "rating_q975"):
        yield column, body.replace(column.encode(), b"otherwise", 1)
