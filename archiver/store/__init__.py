"""The truth on disk: ledgers of what happened, payloads as they were received, and the proof of both.

    snapshots/SOURCE/ledger-COLLECTOR.jsonl      one line a capture attempt or decision (see `ledger`)
    snapshots/SOURCE/payloads/ab/abcd….zst       exact bytes, named by their SHA-256 (see `objects`)

Every collector appends to a ledger of its own, so two archives merge by putting their files together; where
both hold an object of one name, take all such objects from the same side.
"""

from .collector import collector_id
from .damage import Damage, Totals
from .ledger import Head
from .store import Store

__all__ = ["Damage", "Head", "Store", "Totals", "collector_id"]
