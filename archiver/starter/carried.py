"""Which files are the starter history: a folder of snapshots may hold other collectors' captures beside it.

Standard library alone, and nothing of this package: the build reads this file too (see `building`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

LEDGER = "ledger-starter.jsonl"
NOTICE = "NOTICE.md"


def files(snapshots: Path) -> Iterator[Path]:
    """The notice, the starter's ledgers and their payloads, relative to the folder, in a fixed order."""
    if (snapshots / NOTICE).is_file():
        yield Path(NOTICE)
    for ledger in sorted(snapshots.glob(f"*/{LEDGER}")):
        yield ledger.relative_to(snapshots)
        digests = {json.loads(line)["sha256"] for line in ledger.read_text("utf-8").splitlines()}
        for digest in sorted(digests):
            for file in sorted((ledger.parent / "payloads" / digest[:2]).glob(f"{digest}.*")):
                yield file.relative_to(snapshots)
