"""What the checks hold of the recordings beside the checkout, and why: false drops and sound snapshots.

    python tests/bench/bench_held.py

No race: it prints the figures that the README gives of holding, from an archive that it makes and removes.
Beside the checks stands the plain rule that they are better than: hold what has fewer rows than the capture
before.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from archiver import Archive
from tests.checks import recordings
from tests.checks.recordings import BOARDS, UNSOUND, days, false_drops, held_days, shown


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = recordings.make(Path(folder) / "archive")
        drops(archive)
        sound(archive)
        kinds(archive)
        archive.close()


def drops(archive: Archive) -> None:
    false = {(board, day) for board in BOARDS for day in false_drops(board)}
    held = {(board, day) for board in BOARDS for day in held_days(archive, board)}
    plain = {
        (board, day.name)
        for board in BOARDS
        for before, day in zip(days(), days()[1:], strict=False)
        if len(shown(day, board)) < len(shown(before, board))
    }
    print(f"truncating scraper: {len(days())} days of {len(BOARDS)} boards, {len(false)} false drops")
    print(f"  held by the checks: {len(false & held)} of them, {len(held - false)} others")
    print(f"  fewer rows than the capture before: {len(false & plain)} of them, {len(plain - false)} others")


def sound(archive: Archive) -> None:
    [(snapshots,)] = archive.sql(
        "SELECT count(*) FROM snapshots WHERE NOT starts_with(board, 'scraped_')"
    ).fetchall()
    held = recordings.held(archive)
    wrongly = [row for row in held if (row.board, row.date) not in UNSOUND]
    print(f"held of {snapshots} snapshots of the manifest and the mirror: {len(held)}")
    for row in held:
        kind = "unsound" if (row.board, row.date) in UNSOUND else "SOUND  "
        print(f"  {kind}  {row.date}  {row.board}  {row.rows} rows  {row.reason}")
    print(f"  of the sound ones: {len(wrongly) / (snapshots - len(UNSOUND)):.2%}")


def kinds(archive: Archive) -> None:
    """How often each kind of finding was met in the recordings, and by how many boards."""
    found = archive.sql(
        "SELECT severity, code, count(*) AS times, count(DISTINCT board) AS boards FROM concerns "
        "GROUP BY ALL ORDER BY severity, times DESC, code"
    ).fetchall()
    print(f"{len({code for _, code, _, _ in found})} kinds of findings:")
    for severity, code, times, boards in found:
        print(f"  {severity:8} {code:24} {times:6,} times on {boards:3} boards")


if __name__ == "__main__":
    main()
