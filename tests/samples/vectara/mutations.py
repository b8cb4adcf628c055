"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column on the right of the table."""
    lines = body.decode().splitlines()
    rows = [at for at, line in enumerate(lines) if line.startswith("|")]
    for at, cell in zip(rows, [field, "----:", *["7"] * (len(rows) - 2)], strict=True):
        lines[at] += f"{cell}|"
    return "\n".join([*lines, ""]).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    complement = "Accuracy" if sample == "accuracy.md" else "Factual Consistency Rate"
    for column in ("Model", "Hallucination Rate", complement):
        yield column, body.decode().replace(f"|{column}|", "|Other Name|").encode()
    if sample == "reset.md":
        yield "LEADERBOARD_END", body.replace(b"LEADERBOARD_END", b"BOARD_END")
