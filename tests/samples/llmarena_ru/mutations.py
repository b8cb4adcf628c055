"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

CSV = (
    "rating",
    "variance",
    "rating_q975",
    "rating_q025",
    "num_battles",
    "final_ranking",
    "key",
    "Model",
    "License",
    "Organization",
)
QUEUE = {"Rank* (UB)": "rank", "Model": "model", "⭐ Arena Elo": "rating", "📊 95% CI": "interval"} | {
    "🗳️ Votes": "votes",
    "Organization": "organization",
    "License": "license",
}


def with_new_field(sample: str, body: bytes, field: str) -> bytes | None:
    """The sample with one more column. The stream without headings has no name to give it."""
    if sample.endswith(".csv"):
        first, *lines = body.decode().splitlines()
        return "".join(
            f"{line}\n" for line in [f"{first},{field}", *(f"{line},7" for line in lines)]
        ).encode()
    if sample == "queue_named.txt":
        return _frame(
            body, lambda value: (value["headers"].append(field), [row.append("7") for row in value["data"]])
        )
    return None


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    if sample.endswith(".csv"):
        header, rest = body.split(b"\n", 1)
        for column in CSV:
            names = [f"{name}_2" if name == column else name for name in header.decode().split(",")]
            yield column, ",".join(names).encode() + b"\n" + rest
    if sample == "queue_named.txt":
        for heading, name in QUEUE.items():
            yield name, _frame(body, lambda value, old=heading: _rename(value["headers"], old))


def _rename(headers: list[str], old: str) -> None:
    headers[headers.index(old)] = "Quality"


def _frame(body: bytes, change: Callable[[dict[str, list]], object]) -> bytes:
    """The stream with its dataframe changed in place."""
    blocks = body.decode().split("\n\n")
    for number, block in enumerate(blocks):
        if "process_completed" in block:
            message = json.loads(block.removeprefix("data: "))
            change(message["output"]["data"][0]["value"])
            blocks[number] = f"data: {json.dumps(message)}"
    return "\n\n".join(blocks).encode()
