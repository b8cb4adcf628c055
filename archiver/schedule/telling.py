"""What became of a slot, as a line of the log."""

from __future__ import annotations

from ..logs import Log
from ..records import Slot

events = Log("schedule")


def tell(slot: Slot) -> None:
    """A captured slot is information; one that failed or was missed is a warning: it comes again by itself.

    A slot that an open circuit passes over is information, too: that it opened was told as a warning.
    """
    many = f"{slot.slots} slots up to {slot.until:%Y-%m-%dT%H:%MZ}" if slot.slots > 1 else "slot"
    what = f"{slot.source}: {many} due {slot.due:%Y-%m-%dT%H:%MZ} {slot.outcome}"
    sentence = f"{what} ({slot.reason}). {slot.detail}" if slot.reason else f"{what}. {slot.detail}"
    calm = slot.outcome == "captured" or slot.reason == "circuit"
    (events.info if calm else events.warning)(
        f"slot.{slot.outcome}",
        sentence.rstrip(),
        source=slot.source,
        due=slot.due,
        slots=slot.slots if slot.slots > 1 else None,
        reason=slot.reason,
        captures=slot.captures or None,
        failed=slot.failed or None,
        seconds=slot.seconds,
    )
