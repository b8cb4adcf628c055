"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator


def with_new_field(_: str, body: bytes, field: str) -> bytes:
    """The sample with one more column on the right of its table."""
    text = body.decode().replace("</th></tr>", f"</th><th>{field}</th></tr>")
    return text.replace("</td></tr>", "</td><td>7</td></tr>").encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    model, score = ("Модель", "Общий балл") if sample == "text.html" else ("Model", "Total score")
    yield "Other thing", body.decode().replace(f"<th>{model}</th>", "<th>Other thing</th>").encode()
    yield "Other thing", body.decode().replace(f"<th>{score}</th>", "<th>Other thing</th>").encode()
    yield "model", body.decode().replace(f"<th>{model}</th>", "<th>Other</th>").encode()
    yield "score", body.decode().replace(f"<th>{score}</th>", "<th>Other</th>").encode()
