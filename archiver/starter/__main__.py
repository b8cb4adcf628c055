"""`python -m archiver.starter RECORDINGS_DIR ARCHIVE_DIR`: the command that takes the starter history."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import ArchiverError
from .take import take

USAGE = (
    "Usage: python -m archiver.starter RECORDINGS_DIR ARCHIVE_DIR (recordings: a folder with an index.tsv)"
)


def main(recordings: Path, archive: Path) -> int:
    """Prints a line a source; the exit code."""
    try:
        for done in take(recordings, archive):
            print(  # noqa: T201  # what this program is asked for
                f"{done.source:<20}{done.states:>6} states{done.rows:>8,} rows"
                f"{done.payloads:>5} payloads{done.size:>12,} bytes"
            )
    except ArchiverError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(USAGE)
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2])))
