"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator

COLUMNS = {
    "upper_bounds.md": ("排名(UB)", "模型名", "分数", "票数"),
    "run_together.md": ("Rank", "模型", "分数", "票数"),
    "first_thirty.md": ("排名", "模型", "净改进率", "会话数"),
}


def with_new_field(_: str, body: bytes, field: str) -> bytes:
    """The sample with one more column on the right of its table."""
    lines = body.decode().splitlines()
    cells = iter([f" {field} |", "---|"])
    return "\n".join(line + next(cells, " 7 |") if line.startswith("|") else line for line in lines).encode()


def renamed(file: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    lines = body.decode().splitlines()
    [header] = [line for line in lines if line.startswith("|") and "模型" in line and "·" not in line]
    for name in COLUMNS[file]:
        cells = ["Other" if cell.strip() == name else cell for cell in header.split("|")]
        yield name, "\n".join("|".join(cells) if line == header else line for line in lines).encode()
