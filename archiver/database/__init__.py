"""The index: what `snapshots/` says, as one DuckDB file that answers by itself.

Disposable: it is made from the ledgers and payloads alone, the same each time. It is never written in place.
A load works on a copy of its own and publishes it by rename, so that readers and loads never wait for each
other, and a killed load leaves the old file as it was.

Questions need `connect` and `heads` alone; what loads is in `archiver.database.load`.
"""

from .connect import connect, heads

__all__ = ["connect", "heads"]
