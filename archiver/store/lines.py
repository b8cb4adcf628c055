"""What a ledger line says, as the records that the other stages know, and back.

Fields that hold nothing are left out of a line, so that it stays short.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from ..records import Capture, Decision, Hop, Outcome, Reply, Slot, Upkeep
from .ledger import LOST

_SECRET_HEADERS = frozenset({"set-cookie", "set-cookie2"})
"""Response headers that may hold a session's secret; requests' headers are never recorded at all."""


def stamp(value: datetime) -> str:
    """A time as ledgers hold it: ISO 8601, UTC, as exact as it was given.

    >>> stamp(datetime.fromisoformat("2026-07-20T11:04:33+02:00"))
    '2026-07-20T09:04:33Z'
    """
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _filled(fields: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in fields.items() if value is not None and value not in ("", (), [])}


Record = Capture | Decision | Slot | Upkeep
"""What a ledger line may hold."""


class Told(NamedTuple):
    """What became of a reply: `payload` is SHA-256 and size in bytes."""

    outcome: Outcome
    reason: str
    detail: str
    payload: tuple[str, int] | None


def capture_fields(
    source: str, route: str, reply: Reply, told: Told, *, at: datetime, tool: str
) -> dict[str, object]:
    """A capture as a ledger line."""
    digest, size = told.payload or (None, None)
    return _filled(
        {
            "at": stamp(at),
            "kind": "capture",
            "source": source,
            "route": route,
            "url": reply.url,
            "captured_at": stamp(reply.captured_at),
            "outcome": told.outcome,
            "reason": told.reason,
            "detail": told.detail,
            "sha256": digest,
            "size": size,
            "started_at": stamp(reply.started_at) if reply.started_at else None,
            "seconds": reply.seconds,
            "final_url": reply.final_url,
            "hops": [list(hop) for hop in reply.hops],
            "status": reply.status,
            "via": reply.via,
            "origin": reply.origin,
            "tool": tool,
            # Last, since it is long and whoever needs only the rest stops before it: see `ledger.decode`.
            "headers": [[name, text] for name, text in reply.headers if name.lower() not in _SECRET_HEADERS],
        }
    )


def decision_fields(
    source: str,
    verdict: str,
    board: str,
    payload_sha256: str,
    published_at: datetime | None,
    because: str,
    at: datetime,
) -> dict[str, object]:
    """An operator's decision as a ledger line."""
    return _filled(
        {
            "at": stamp(at),
            "kind": "decision",
            "source": source,
            "verdict": verdict,
            "board": board,
            "payload_sha256": payload_sha256,
            "published_at": stamp(published_at) if published_at else None,
            "because": because,
        }
    )


def slot_fields(said: Slot, at: datetime) -> dict[str, object]:
    """What became of a slot, or of a run of them, as a ledger line."""
    run = said.slots > 1
    return _filled(
        {
            "at": stamp(at),
            "kind": "slot",
            "source": said.source,
            "due": stamp(said.due),
            "until": stamp(said.until) if run else None,
            "slots": said.slots if run else None,
            "outcome": said.outcome,
            "reason": said.reason,
            "detail": said.detail,
            "captures": said.captures or None,
            "failed": said.failed or None,
            "by": said.by,
            "started_at": stamp(said.started_at) if said.started_at else None,
            "seconds": said.seconds,
        }
    )


def upkeep_fields(
    source: str,
    kind: Literal["repair", "prune"],
    gone: Mapping[str, str | None],
    because: str,
    at: datetime,
    **more: object,
) -> dict[str, object]:
    """A repair or a pruning as a ledger line. more: facts for people, not read back."""
    fields = {"at": stamp(at), "kind": kind, "source": source, "because": because, **more}
    return {**_filled(fields), "gone": dict(gone)}


def lost_fields(
    source: str, fault: str, kept: str, stands_for: str | None, at: datetime
) -> dict[str, object]:
    """What stands in the place of a line that could not be read.

    kept: the quarantined file. stands_for: SHA-256 of the lost line, where another line or a head tells it.
    """
    fields = {"at": stamp(at), "kind": LOST, "source": source, "fault": fault, "kept": kept}
    return _filled({**fields, "stands_for": stands_for})


def record(fields: Mapping[str, Any], sha256: str, ledger: str) -> Record:
    """The record that a line holds. Raises ValueError where it is none that this release knows."""
    kind = str(fields.get("kind"))
    if kind not in _KINDS:
        raise ValueError(f"of kind {kind!r}, which this release does not know")
    try:
        return _KINDS[kind](fields, sha256, ledger)
    except (KeyError, TypeError) as error:
        raise ValueError(f"a {kind} that lacks {error}") from error


def capture(fields: Mapping[str, Any], sha256: str, ledger: str) -> Capture:
    """A capture from its line. Raises KeyError for a missing field, ValueError for a time that is none."""
    get = fields.get
    started = get("started_at")
    return Capture(
        capture_id=sha256,
        ledger=ledger,
        line=fields["n"],
        source=fields["source"],
        route=fields["route"],
        url=get("url", ""),
        captured_at=datetime.fromisoformat(fields["captured_at"]),
        loaded_at=datetime.fromisoformat(fields["at"]),
        outcome=fields["outcome"],
        reason=get("reason"),
        detail=get("detail", ""),
        sha256=get("sha256"),
        size=get("size"),
        started_at=datetime.fromisoformat(started) if started else None,
        seconds=get("seconds"),
        final_url=get("final_url"),
        hops=tuple(Hop(*hop) for hop in get("hops", ())),
        status=get("status"),
        headers=tuple(map(tuple, get("headers", ()))),
        via=get("via", "http"),
        origin=get("origin"),
        tool=get("tool", ""),
    )


def slot(fields: Mapping[str, Any], sha256: str, ledger: str) -> Slot:
    """A slot from its line. Raises as `capture` does."""
    get = fields.get
    started = get("started_at")
    return Slot(
        slot_id=sha256,
        ledger=ledger,
        line=fields["n"],
        source=fields["source"],
        due=datetime.fromisoformat(fields["due"]),
        until=datetime.fromisoformat(get("until") or fields["due"]),
        slots=get("slots", 1),
        outcome=fields["outcome"],
        reason=get("reason"),
        detail=get("detail", ""),
        captures=get("captures", 0),
        failed=get("failed", 0),
        by=get("by", ""),
        started_at=datetime.fromisoformat(started) if started else None,
        seconds=get("seconds"),
        loaded_at=datetime.fromisoformat(fields["at"]),
    )


def decision(fields: Mapping[str, Any], sha256: str, _ledger: str = "") -> Decision:
    """A decision from its line. Raises as `capture` does."""
    published = fields.get("published_at")
    return Decision(
        decision_id=sha256,
        source=fields["source"],
        verdict=fields["verdict"],
        board=fields["board"],
        payload_sha256=fields["payload_sha256"],
        published_at=datetime.fromisoformat(published) if published else None,
        because=fields.get("because", ""),
        loaded_at=datetime.fromisoformat(fields["at"]),
    )


def upkeep(fields: Mapping[str, Any], sha256: str, _ledger: str = "") -> Upkeep:
    """A repair or a pruning from its line. Raises as `capture` does."""
    return Upkeep(
        upkeep_id=sha256,
        source=fields["source"],
        kind=fields["kind"],
        gone=dict(fields.get("gone", {})),
        because=fields.get("because") or fields.get("fault", ""),
        loaded_at=datetime.fromisoformat(fields["at"]),
    )


_KINDS: Mapping[str, Callable[[Mapping[str, Any], str, str], Record]] = {
    "capture": capture,
    "decision": decision,
    "slot": slot,
    "repair": upkeep,
    "prune": upkeep,
    LOST: upkeep,
}
"""Kind of a line → its reader. A release that does not know a kind says so and stops at that line: an older
release must not show an archive with lines left out."""
