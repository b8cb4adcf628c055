"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

from collections.abc import Iterator

HEAD = ("Rank", "Overall Acc", "Model", "Organization", "License")
REQUIRED = {
    "v4.csv": (*HEAD, "Non-Live AST Acc", "Live Acc", "Multi Turn Acc", "Web Search Acc", "Memory Acc"),
    "v3.csv": (*HEAD, "Non-Live AST Acc", "Live Acc", "Multi Turn Acc"),
    "v2_combined.csv": (
        *HEAD,
        "AST Summary",
        "Exec Summary",
        "Irrelevance Detection",
        "Relevance Detection",
    ),
    "v1.csv": (*HEAD, "AST Summary", "Exec Summary"),
    "v1_misprinted.csv": (),
}


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column: behind the rank, or at the end where the header's beginning counts."""
    header, *rows = body.decode().split("\n")
    if sample == "v1_misprinted.csv":
        return "\n".join([f"{header},{field}", *(f"{row},7" for row in rows)]).encode()
    first = [header.replace("Rank,", f"Rank,{field},", 1)]
    return "\n".join(first + [row.replace(",", ",7,", 1) for row in rows]).encode()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    header, _, rest = body.decode().partition("\n")
    for column in REQUIRED[sample]:
        names = ["Otherwise" if name == column else name for name in header.split(",")]
        yield column, f"{','.join(names)}\n{rest}".encode()
