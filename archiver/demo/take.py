"""Takes the demo's facts from recordings: `python -m archiver.demo.take RECORDINGS_DIR`.

RECORDINGS_DIR holds payloads as publishers served them and an `index.tsv` that lists them (source,
captured_at, url, file). Each wanted payload is read by its source's own parser; the figures go to
`facts/SOURCE.csv` beside this module, with the address of that version. The payloads themselves stay there.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from .. import sources
from ..records import Entry, Payload, Snapshot, moment
from .facts import FIELDS, RANKING

FACTS = Path(__file__).parent / "facts"


class Wanted(NamedTuple):
    """Payloads of one URL on some days, and the boards in them that count."""

    source: str
    url: str
    """The end of the URL."""
    days: Sequence[str]
    boards: str = "*"
    kept_at: str = ""
    """Where that version can still be read; `{commit}` is taken from the recording's name. Else the URL."""


AIDER = "https://github.com/Aider-AI/aider/blob/{commit}/aider/website/_data/"
DATASET = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset"
WANTED = (
    Wanted(
        "ru_llm_arena",
        "/README.md",
        ("2024-07-26", "2024-10-27", "2024-11-27", "2024-12-11"),
        kept_at="https://github.com/VikhrModels/ru_llm_arena/blob/{commit}/README.md",
    ),
    Wanted("llmarena_ru", "/leaderboard_table_20250409.csv", ("2025-04-09",)),
    *(
        Wanted("aider", f"/{name}_leaderboard.yml", days, kept_at=f"{AIDER}{name}_leaderboard.yml")
        for name, days in {
            "polyglot": ("2025-01-30", "2025-06-30"),
            "edit": ("2024-11-21",),
            "refactor": ("2024-08-06",),
        }.items()
    ),
    *(
        Wanted("arena", f"/{subset}/latest-00000-of-00001.parquet", days, "arena/*/overall", DATASET)
        for subset, days in {
            "text_style_control": ("2026-06-30", "2026-07-20", "2026-08-09"),
            "text_to_video": ("2026-06-30", "2026-07-20", "2026-08-09"),
        }.items()
    ),
)


class Recording(NamedTuple):
    """One line of the recordings' index that is wanted."""

    wanted: Wanted
    day: str
    url: str
    file: str


def find(recordings: Path) -> Iterator[Recording]:
    """The wanted payloads, in the order of `WANTED`. Raises LookupError where one is not recorded."""
    with (recordings / "index.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for wanted in WANTED:
        for day in wanted.days:
            for row in rows:
                if (row["source"], row["captured_at"][:10]) == (wanted.source, day) and row["url"].endswith(
                    wanted.url
                ):
                    yield Recording(wanted, day, row["url"], row["file"])
                    break
            else:
                raise LookupError(f"{wanted.source}: nothing ends in {wanted.url} on {day}")


def read(recordings: Path, recording: Recording) -> Iterator[list[str]]:
    """The rows of one recording, by its source's parser."""
    payload = Payload((recordings / recording.file).read_bytes(), recording.url)
    commit = re.search(r"-([0-9a-f]{8})\.", recording.file)
    kept_at = recording.wanted.kept_at.format(commit=commit[1] if commit else "") or recording.url
    for snapshot in sources.load(recording.wanted.source).parse(payload):
        if fnmatchcase(snapshot.board, recording.wanted.boards):
            day = (moment(snapshot.published_at) or recording.day) if kept_at == DATASET else recording.day
            yield from (row(snapshot, entry, day, kept_at) for entry in snapshot.entries)


def row(snapshot: Snapshot, entry: Entry, day: str, source_url: str) -> list[str]:
    """One line of the ranking format, with the publisher's fields after it."""
    competitors = sum(each.competitor for each in snapshot.entries)
    extra = entry.extra or {}
    ranking = (
        *(snapshot.board, day, entry.rank, entry.rank_low, entry.rank_high, competitors),
        *(entry.model, entry.organization, entry.score, entry.score_low, entry.score_high),
        *(entry.votes, entry.license, source_url),
    )
    fields = (
        next((extra[name] for name in names.split("|") if name in extra), None)
        for names in FIELDS[snapshot.board.partition("/")[0]].values()
    )
    return [_text(value) for value in (*ranking, *fields)]


def _text(value: object) -> str:
    """Figures with at most two digits after the point, and none where they are whole."""
    text = "" if value is None else str(value)
    figure = isinstance(value, float) or re.fullmatch(r"[0-9]+\.[0-9]{3,}", text)
    return f"{float(text):.2f}".rstrip("0").rstrip(".") if figure else text


def main(recordings: Path, folder: Path = FACTS) -> None:
    """Writes one CSV a source into `folder`."""
    found = list(find(recordings))
    for source in dict.fromkeys(recording.wanted.source for recording in found):
        with (folder / f"{source}.csv").open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow((*RANKING, *FIELDS[source]))
            for recording in found:
                if recording.wanted.source == source:
                    writer.writerows(read(recordings, recording))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "index.tsv").is_file():
        raise SystemExit("Usage: python -m archiver.demo.take RECORDINGS_DIR (a folder with an index.tsv)")
    main(Path(sys.argv[1]))
