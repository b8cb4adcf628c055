"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator


def with_new_field(_: str, body: bytes, field: str) -> bytes:
    """The sample with one more column on the right of each table."""
    lines, at = [], 0
    for line in body.decode().splitlines():
        at = at + 1 if line.startswith("|") else 0
        cell = {0: "", 1: f" {field} |", 2: ":-:|"}.get(at, " 7 |")
        lines.append(line + ("" if not at or line.endswith("|") else " |") + cell)
    return "\n".join([*lines, ""]).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    text = body.decode()
    columns = {"scores.md": ("模型", "总分", "平均"), "places.md": ("排名", "模型", "总分", "模型名称")}
    for name in columns[sample]:
        yield (
            name,
            "".join(
                line.replace(f" {name} ", " 别名 ").replace(f"|{name} ", "|别名 ")
                for line in text.splitlines(keepends=True)
            ).encode(),
        )
