"""A sign of life for a monitor elsewhere, which notices when it stops."""

from __future__ import annotations

SECONDS = 10.0
"""Until the monitor has to answer."""


def beat(url: str) -> bool:
    """Asks a URL once; whether it answered well. Never raises for what the network does."""
    import requests

    try:
        with requests.get(url, timeout=SECONDS, stream=True) as answer:
            return answer.ok
    except (requests.RequestException, ValueError):
        return False
