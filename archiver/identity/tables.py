"""The data files: reviewed tab-separated tables, read as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).with_name("data")


def rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of data/NAME.tsv keyed by its header line. Lines that are empty or begin with `#` are comments.

    Raises ValueError, naming file and line, where a row has not as many cells as the header.
    """
    header: list[str] | None = None
    for number, line in enumerate((DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if header is None:
            header = cells
            continue
        if len(cells) > len(header):
            raise ValueError(
                f"identity/data/{name}.tsv:{number}: {len(cells)} cells, the header has {len(header)}"
            )
        yield dict(zip(header, cells + [""] * (len(header) - len(cells)), strict=True))


def listed(cell: str) -> tuple[str, ...]:
    """The parts of a cell that ` | ` parts."""
    return tuple(part.strip() for part in cell.split(" | ") if part.strip())
