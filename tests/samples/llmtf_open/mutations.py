"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator

COLUMNS = ("Model", "ELO Rating", "95% CI")


def with_new_field(_: str, body: bytes, field: str) -> bytes:
    """The sample with one more column on the right of its table."""
    head, _, table = body.decode().partition("\n| Model ")
    cells = iter([f" {field} |", "---|"])
    lines = [line + next(cells, " 7 |") for line in f"| Model {table}".splitlines()]
    return "\n".join([head, *lines]).encode()


def renamed(_: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column or heading is called otherwise."""
    text = body.decode()
    for name in COLUMNS:
        yield name, text.replace(f"| {name} |", "| Other |").encode()
    for name in ("# Benchmark Results", "**Judge Model:**"):
        yield name, text.replace(name, "Other").encode()
