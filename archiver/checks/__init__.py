"""Checks: facts in, findings out, nothing else touched.

`alone` looks at one snapshot by itself, before it is loaded. `change` looks at a snapshot beside an earlier
one of its board, and `series` says which earlier one, for all snapshots that came one way. `arrivals` looks
at what a payload says of the past beside what earlier payloads said.

A finding of severity `error` holds the snapshot: its bytes are kept, it can be queried, and it stays out of
every answer until it is settled. Each threshold names the recordings that it was measured on (2023 to 2026):
sound data passes.
"""

from .alone import check

__all__ = ["check"]
