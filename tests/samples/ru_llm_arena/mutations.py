"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

LABELS = ("score", "95% CI", "average #tokens")
HEADINGS = ("Model", "Score", "95% CI", "Avg. #Tokens")


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column on the right of each table."""
    text = body.decode()
    if sample == "lines.md":
        return re.sub(r"(average #tokens: \d+)", rf"\1  | {field}: 7", text).encode()
    for old, new in (("┓", "┳━━┓"), ("┩", "╇━━┩"), ("┘", "┴──┘")):
        text = text.replace(old, new)
    text = re.sub(r"(Avg\. #Tokens ┃)", rf"\1 {field} ┃", text)
    return re.sub(r"(│ +\d+ │)(?=$|└)", r"\1 7 │", text, flags=re.MULTILINE).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    for name in LABELS if sample == "lines.md" else HEADINGS:
        old, new = (f"| {name}:", "| other:") if sample == "lines.md" else (f"{name} ", "Other ")
        yield name, body.decode().replace(old, new).encode()
    yield "plain", body.decode().replace("Без контроля длины", "Как есть").encode()
    yield "length-control", body.decode().replace("Со штрафом на длину", "С поправкой").encode()
