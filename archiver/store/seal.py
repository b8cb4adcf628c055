"""The head of an archive in a form that can be published: where every ledger ends, and one digest over all.

    {"archiver_head": 1, "at": "2026-07-20T11:04:33Z",
     "ledgers": {"arena/ledger-1f3a9c20.jsonl": {"bytes": 81234, "lines": 140, "sha256": "…"}, …},
     "sha256": "…"}

Each ledger's `sha256` is that of its last line, which names the line before it, and so on: it vouches for all
lines, and these for the payloads whose digests they hold. The `sha256` over all is that of the text with one
line a ledger, `NAME BYTES LINES SHA256`, sorted by name, so that `sort` and `sha256sum` can recompute it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ..errors import UsageError
from .ledger import Head
from .lines import stamp

VERSION = 1
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*/ledger-[a-z0-9-]+\.jsonl")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Seal:
    """What the ledgers of an archive were at a moment."""

    at: datetime
    heads: Mapping[str, Head]
    """By SOURCE/LEDGER, as `Store.heads` gives them."""

    @property
    def digest(self) -> str:
        """SHA-256 over all heads, hexadecimal. The moment is no part of it: equal ledgers, equal digest."""
        listed = "".join(f"{key} {head}\n" for key, head in sorted(self.heads.items()))
        return sha256(listed.encode()).hexdigest()

    def text(self) -> str:
        """The canonical form, which `parse` reads and which is published or time-stamped."""
        ledgers = {key: head._asdict() for key, head in sorted(self.heads.items())}
        record = {"archiver_head": VERSION, "at": stamp(self.at), "ledgers": ledgers, "sha256": self.digest}
        return json.dumps(record, indent=1) + "\n"


def parse(text: str, name: str) -> Seal:
    """A seal from its text; `name` is what messages call it. Raises `UsageError`."""
    try:
        record = json.loads(text)
        version = record["archiver_head"]
        if isinstance(version, int) and version > VERSION:
            raise UsageError(
                f"{name} is a head of format version {version}; this release reads {VERSION}.",
                todo="upgrade the archiver to the release that wrote it, or a later one",
            )
        heads = {key: _head(key, value) for key, value in record["ledgers"].items()}
        seal = Seal(datetime.fromisoformat(record["at"]), heads)
        told = record["sha256"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{name} is no head that `archiver seal` wrote: {error}.") from error
    if told != seal.digest:
        raise UsageError(
            f"{name} was altered: its digest is {seal.digest}, and it says {told}.",
            todo="take the head as it was published",
        )
    return seal


def _head(key: str, value: Mapping[str, object]) -> Head:
    end, lines, digest = value["bytes"], value["lines"], value["sha256"]
    if not _KEY.fullmatch(key) or not isinstance(end, int) or not isinstance(lines, int):
        raise ValueError(f"{key!r} is no ledger with its bytes and lines")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ValueError(f"{key} has no SHA-256")
    return Head(end, lines, digest)
