"""Arena-Hard-Auto: 500 hard prompts, answers compared with those of a baseline by a model as judge."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from ..errors import ParseFailed
from ..formats import csvs, jsons, ranks
from ..formats.fields import Audit
from ..records import Entry, Finding, Payload, Snapshot, utc
from . import Board, GitFile, HubFile, Request, Route, Source

_REPOSITORY = "lmarena/arena-hard-auto"
_NAME = r"arena_hard_(?:auto_)?leaderboard_[^/?#]+\.csv"
_REQUIRED = ("model", "score", "rating_q025", "rating_q975")


def _files() -> Generator[Request, bytes, Sequence[Request]]:
    """The dated CSVs that the repository holds today."""
    listing = jsons.loads(
        (yield Request(f"https://api.github.com/repos/{_REPOSITORY}/contents/leaderboard?ref=main"))
    )
    items = listing if isinstance(listing, list) else []
    names = sorted(str(item.get("name")) for item in items if isinstance(item, dict))
    found = [name for name in names if re.fullmatch(r"arena_hard_leaderboard_\d{8}\.csv", name)]
    if not found:
        raise ParseFailed("arena_hard: the repository lists no arena_hard_leaderboard_YYYYMMDD.csv: moved.")
    raw = f"https://raw.githubusercontent.com/{_REPOSITORY}/main/leaderboard"
    return [Request(f"{raw}/{name}") for name in found]


SOURCE = Source(
    title="Arena-Hard-Auto",
    homepage=f"https://github.com/{_REPOSITORY}",
    license="Apache-2.0",
    attribution="Arena-Hard-Auto, LMArena, Apache-2.0",
    routes=(
        Route(
            name="repository",
            media="csv",
            pattern=r"https://raw\.githubusercontent\.com/(?:lmarena|lm-sys)/arena-hard-auto/[^?#]+/"
            rf"{_NAME}|(?!https?:)[^?#]*\.csv",
            discover=_files,
        ),
        Route(
            name="space",
            media="csv",
            pattern=r"https://huggingface\.co/spaces/(?:lmsys|lmarena-ai)/chatbot-arena-leaderboard/"
            rf"(?:resolve|raw)/[^/?#]+/{_NAME}(?:\?.*)?",
        ),
    ),
    boards={
        "arena_hard/v0.1/overall": Board(
            title="Arena-Hard-Auto v0.1", metric="win rate against gpt-4-0314 (%)", rows=(20, 250)
        ),
    },
    cadence=timedelta(days=7),
    version=1,
    history=(
        GitFile(
            f"https://github.com/{_REPOSITORY}", "leaderboard/arena_hard_*leaderboard_*.csv", "repository"
        ),
        HubFile("lmarena-ai/chatbot-arena-leaderboard", "space", "arena_hard_*leaderboard_*.csv", "space"),
    ),
    quirks=(
        "The licence is that of the repository which holds the files.",
        "The board prints no rank: ranks are counted from the score, equal scores share the better one.",
        "A language model (GPT-4-1106-preview) is the judge, gpt-4-0314 the baseline (always at 50).",
        "The intervals come from bootstrap and are drawn anew for each file: they move while scores do not.",
        "The repository's file of a date and the Space's can differ in names and in how they print the CI.",
        "Version 2.0 (April 2025) is printed in the repository's README only; it is not read.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The one board of a CSV. Raises ParseFailed for a renamed column or a table without rows."""
    table = csvs.read(payload.body)
    table.require(*_REQUIRED)
    audit = Audit(extras=("CI", "date"))
    entries = []
    for row, record in enumerate(table.records(), start=1):
        fields = audit.record(record)
        entry = Entry(
            position=row,
            model=fields.name("model"),
            score=fields.number("score"),
            score_low=fields.number("rating_q025"),
            score_high=fields.number("rating_q975"),
        )
        figures = {"avg_tokens": fields.figure("avg_tokens")} if "avg_tokens" in fields else {}
        entries.append(entry._replace(extra=figures | fields.rest()))
    published, findings = _published(payload.url, [record.get("date", "") for record in table.records()])
    yield Snapshot(
        board="arena_hard/v0.1/overall",
        entries=ranks.placed(entries),
        published_at=published,
        rank_kind="by-score",
        metric=SOURCE.boards["arena_hard/v0.1/overall"].metric,
        layout="csv",
        findings=[*audit.findings(), *findings, *csvs.unfinished(table)],
    )


def _published(url: str, dates: Sequence[str]) -> tuple[datetime | None, list[Finding]]:
    """The date of the board: the one in every row, else the one in the file's name."""
    named = re.search(r"leaderboard_(\d{4})(\d{2})(\d{2})(?!\d)", url)
    name = _day("-".join(named.groups())) if named else None
    listed = {_day(date) for date in dates}
    row = listed.pop() if len(listed) == 1 else None
    if row and name and row != name:
        figures: Mapping[str, object] = {"rows": row.date().isoformat(), "name": name.date().isoformat()}
        what = f"The rows say {figures['rows']}, the file's name {figures['name']}; the rows are believed."
        return row, [Finding("date-mismatch", "warning", what, figures)]
    return row or name, []


def _day(text: str) -> datetime | None:
    try:
        return utc(text)
    except ValueError:
        return None
