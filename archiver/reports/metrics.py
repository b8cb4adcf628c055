"""How collection stands, in the text form of Prometheus (0.0.4), for its textfile collector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .. import outputs

if TYPE_CHECKING:
    from ..answers import Health

_GAUGES: tuple[tuple[str, str, Callable[[Health], float | None]], ...] = (
    (
        "last_success_timestamp_seconds",
        "When a capture last succeeded.",
        lambda each: _unix(each.last_success),
    ),
    (
        "last_attempt_timestamp_seconds",
        "When a capture was last tried.",
        lambda each: _unix(each.last_attempt),
    ),
    (
        "last_change_timestamp_seconds",
        "When a capture last showed something new.",
        lambda each: _unix(each.last_change),
    ),
    ("failures_in_a_row", "Attempts that failed since the last success.", lambda each: each.failures),
    ("captures", "Attempts in the ledger.", lambda each: each.captures),
    ("failed_captures", "Attempts in the ledger that failed.", lambda each: each.failed),
    ("snapshots", "Snapshots in the index.", lambda each: each.snapshots),
    ("held_snapshots", "Snapshots that wait for an operator.", lambda each: each.held),
    ("unread_payloads", "Payloads that no parser could read.", lambda each: each.unread),
    ("cadence_seconds", "How often the source is due.", lambda each: each.cadence_hours * 3600),
    (
        "fresh",
        "1 where our captures are as late as the cadence allows.",
        lambda each: each.freshness == "fresh",
    ),
    ("publisher_stale", "1 where the publisher shows nothing new.", lambda each: each.publisher == "stale"),
    (
        "needs_a_person",
        "1 where something waits that does not mend itself.",
        lambda each: each.needs_a_person,
    ),
)
PREFIX = "llm_leaderboard_archiver"


def metrics(health: Sequence[Health], now: datetime) -> str:
    """One gauge a figure, labelled by source. A figure that is not known is left out."""
    lines: list[str] = []
    for name, meaning, figure in _GAUGES:
        lines += [f"# HELP {PREFIX}_{name} {meaning}", f"# TYPE {PREFIX}_{name} gauge"]
        known = ((each, figure(each)) for each in health)
        lines += [
            f'{PREFIX}_{name}{{source="{each.source}"}} {value:.15g}'
            for each, value in known
            if value is not None
        ]
    lines += [
        f"# HELP {PREFIX}_written_timestamp_seconds When these figures were written.",
        f"# TYPE {PREFIX}_written_timestamp_seconds gauge",
        f"{PREFIX}_written_timestamp_seconds {_unix(now):.15g}",
    ]
    return "\n".join(lines) + "\n"


def write_metrics(path: Path, health: Sequence[Health], now: datetime) -> None:
    """Writes them so that no collector reads half of a file. Raises `NotKept`."""
    with outputs.replacing(path, todo="see to its folder, its rights and its room") as beside:
        beside.write_text(metrics(health, now), "utf-8")


def _unix(when: datetime | None) -> float | None:
    if when is None:
        return None
    return (when.replace(tzinfo=UTC) if when.tzinfo is None else when).timestamp()
