"""What WARC has no field for: the ledger's facts of a capture, as the JSON of a `metadata` record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..records import Capture, Hop

TYPE = "application/json"
SCHEMA = "llm-leaderboard-archiver/capture/1"
"""Names the kind of JSON object, so that no other program's metadata is taken for ours."""

_FIELDS = ("source", "route", "url", "outcome", "reason", "detail", "sha256", "size", "via", "origin", "tool")


def of(capture: Capture) -> bytes:
    """The JSON of a capture: who asked whom by which route, and where its ledger line stands."""
    told: dict[str, object] = {"schema": SCHEMA, "capture_id": capture.capture_id}
    told |= {"ledger": f"{capture.source}/{capture.ledger}", "line": capture.line}
    told |= {name: value for name in _FIELDS if (value := getattr(capture, name)) not in (None, "")}
    if capture.final_url:
        told["final_url"] = capture.final_url
    if capture.hops:
        told["hops"] = [list(hop) for hop in capture.hops]
    if capture.outcome == "unchanged" and capture.headers:
        told["headers"] = [list(pair) for pair in capture.headers]
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def parse(body: bytes) -> Mapping[str, Any] | None:
    """What `of` wrote, None where the JSON is something else."""
    try:
        told = json.loads(body)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        return None
    return told if isinstance(told, dict) and told.get("schema") == SCHEMA else None


def hops(told: Mapping[str, Any]) -> tuple[Hop, ...]:
    """The redirects that a capture followed."""
    return tuple(
        Hop(int(hop[0]), str(hop[1]), str(hop[2]))
        for hop in told.get("hops", ())
        if len(hop) == len(Hop._fields)
    )
