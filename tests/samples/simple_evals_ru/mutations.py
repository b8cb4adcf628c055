"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

HYPHEN = "&#8209;"


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column behind the names of the first table."""
    table, end, rest = body.decode().partition("</section>")
    head, *rows = re.split(r"(?<=<tr>\n)(?=<th>)", table)
    changed = [
        re.sub(r"(?<=</th>)", f"\n<td>{7 if at else field}</td>", row, count=1) for at, row in enumerate(rows)
    ]
    return (head + "".join(changed) + end + rest).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    text = body.decode()
    for name in ("avg", "mgsm-en", "math-500", "humaneval", "mmlu-pro", "bbh"):
        shown = name.replace("-", HYPHEN) if sample == "wide.md" else name
        yield name, re.sub(rf"<th> {shown}(?:-1k)? </th>", "<th> other </th>", text, count=1).encode()
    yield "scores-table", text.replace("scores-table", "table").encode()
