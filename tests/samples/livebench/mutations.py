"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column on the right."""
    header, *rows = body.decode().splitlines()
    return "\n".join([f"{header},{field}", *(f"{row},7" for row in rows), ""]).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    header, *rows = body.decode().splitlines()
    names = header.split(",")
    for column in names:
        # The first release lost this task while its table had a last name: without it, it is the later state.
        if (sample, column) != ("first_table.csv", "house_traversal"):
            other = ["other_name" if name == column else name for name in names]
            yield column, "\n".join([",".join(other), *rows, ""]).encode()
