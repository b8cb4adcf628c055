"""What a server, a cache, a name server or somebody in between may do, and what a capture makes of it.

    python -m tests.capture.faults        prints the table, each case tried anew

One row a case. `ends` is one of `records.REASONS`, or `unchanged`; nothing here may end as a good board.
"""

from __future__ import annotations

from tests.capture.fault_addresses import named, redirected
from tests.capture.fault_answers import told
from tests.capture.fault_case import Case
from tests.capture.fault_transfers import transferred


def cases() -> list[Case]:
    """All of them."""
    return [*transferred(), *redirected(), *named(), *told()]


if __name__ == "__main__":
    from tests.capture.measuring import printed

    printed()
