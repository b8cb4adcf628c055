"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator


def with_new_field(_sample: str, body: bytes, field: str) -> bytes | None:
    """The sample with one more column."""
    first, *lines = body.decode().splitlines()
    return "".join(f"{line}\n" for line in [f"{first},{field}", *(f"{line},7" for line in lines)]).encode()


def renamed(_sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Each column that must be there, under another name."""
    header, _, rest = body.partition(b"\n")
    for column in ("board", "model", "source", "certainty"):
        names = [b"other" if name == column.encode() else name for name in header.split(b",")]
        yield column, b",".join(names) + b"\n" + rest
