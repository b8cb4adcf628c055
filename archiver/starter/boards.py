"""Facts from what a source's own parser reads: any source, the last version of each month."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from .. import sources
from ..checks import check
from ..errors import ParseFailed
from ..formats.sniff import inspect
from ..records import Payload, Snapshot
from .facts import Fact
from .recordings import Recording, listed


def facts(folder: Path, source: str, boards: str = "*") -> Iterator[Fact]:
    """Every sound state of a source's boards among the recordings, oldest first.

    What no route owns, no parser reads or a check holds is left out.
    """
    parser = sources.load(source)
    for recording in listed(folder, source):
        for snapshot in _read(parser, recording):
            held = any(
                finding.severity == "error"
                for finding in check(snapshot, parser.SOURCE.board(snapshot.board))
            )
            if not held and snapshot.complete and fnmatchcase(snapshot.board, boards):
                yield Fact(snapshot, recording.captured_at, recording.version_url)


def _read(parser: sources.Parser, recording: Recording) -> list[Snapshot]:
    address = recording.url or recording.file.name
    route = parser.SOURCE.route_of(address)
    if route is None:
        return []
    body = recording.file.read_bytes()
    if inspect(body, route.media):
        return []
    try:
        return list(parser.parse(Payload(body, address)))
    except ParseFailed:
        return []
