"""LiveBench: scores for tasks with objective answers. Every release has other questions: each is a track."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from datetime import timedelta

from ..errors import ParseFailed
from ..formats import csvs, text
from ..formats.fields import Audit
from ..records import Finding, Payload, Snapshot, utc
from . import Board, GitFile, Request, Route, Source
from . import _livebench_rows as rows_of
from ._livebench_releases import DRAFTS, NEWEST, RELEASES, Categories, tasks

_SITE = "https://livebench.ai"
_GLOBAL, _CATEGORY = "global average", "category average"


def _url(release: str) -> str:
    return f"{_SITE}/table_{release.replace('-', '_')}.csv"


def _newer() -> Generator[Request, bytes, Sequence[Request]]:
    """The tables of releases that the site lists and this module does not know: from the page's script."""
    page = text.decode((yield Request(f"{_SITE}/")))
    script = re.search(r"""src=["']?(/static/js/main\.[0-9a-f]+\.js)""", page)
    if script is None:
        raise ParseFailed("livebench: the page names no script main.….js: rebuilt in another way.")
    code = text.decode((yield Request(f"{_SITE}{script[1]}")))
    lists = re.findall(r"""\[((?:["']20\d\d-\d\d-\d\d["'],?){5,})\]""", code)
    listed = {release for found in lists for release in re.findall(r"20\d\d-\d\d-\d\d", found)}
    if not listed & RELEASES.keys():
        raise ParseFailed("livebench: the site's script holds no list of releases: moved or rewritten.")
    return [Request(_url(release)) for release in sorted(listed - RELEASES.keys())]


SOURCE = Source(
    title="LiveBench",
    homepage=_SITE,
    license="not stated",
    attribution="LiveBench (Colin White, Samuel Dooley, Manley Roberts, Arka Pal and others), livebench.ai",
    routes=(
        Route(
            name="table",
            media="csv",
            pattern=r"https://livebench\.ai/table(?:_\d{4}_\d\d_\d\d)?\.csv(?:\?.*)?"
            r"|https://raw\.githubusercontent\.com/LiveBench/[^?#]+/table(?:_\d{4}_\d\d_\d\d)?\.csv"
            r"|(?!https?:)(?:[^?#]*/)?table[^/?#]*\.csv",
            captures=tuple(map(_url, RELEASES)),
            discover=_newer,
            robots=True,
        ),
    ),
    boards={
        "livebench/*/overall": Board(title="LiveBench", metric=_GLOBAL, rows=(15, 500)),
        "livebench/*/*": Board(title="LiveBench", metric=_CATEGORY, rows=(15, 500)),
    },
    cadence=timedelta(days=1),
    version=1,
    history=(
        GitFile(
            "https://github.com/LiveBench/livebench.github.io",
            "public/table*.csv",
            "table",
            url=_SITE + "/{name}",
        ),
    ),
    quirks=(
        "Each release has other questions, so each is a track of its own; scores of two do not compare.",
        "A release's table is edited in place for months: snapshots are placed by the time of capture.",
        "The table has a score for each task; the averages are computed as the site does: a category is the "
        "mean of its tasks, the global average the mean of the categories, shown with two decimals.",
        "A figure that is not there is left out of its category's mean, as on the site; a model that lacks a "
        "whole category has no global average (the site shows none that means anything).",
        "In 2024 and 2025 the site set single models (o1, grok-3-thinking) by hand; the archive does not.",
        "From April 2026 one row of release 2026-01-08 (nemotron-3-super-120b-a12b) lacks three cells: its "
        "figures stand under the wrong tasks, so it is kept without any.",
        "The category IF is instruction following.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The boards of one release: overall first, then its categories.

    Raises ParseFailed where the address names no release, a task's column is gone, or the table is cut off.
    """
    release = _release(payload.url)
    table = csvs.read(payload.body, keep_ragged=True)
    table.require("model")
    categories, findings = _categories(release, table.header)
    audit = Audit()
    rows = rows_of.read(table, audit, tasks(categories))
    findings = [*audit.findings(), *findings, *rows_of.remarks(table, rows)]
    boards = {"overall": categories} | {name: {name: listed} for name, listed in categories.items()}
    for name, chosen in boards.items():
        yield Snapshot(
            board=f"livebench/{release}/{name.lower().replace(' ', '-')}",
            entries=rows_of.entries(rows, chosen),
            rank_kind="by-score",
            metric=_GLOBAL if name == "overall" else _CATEGORY,
            layout="table",
            notes={"release": release, "categories": {name: list(chosen[name]) for name in chosen}},
            findings=findings,
        )


def _release(url: str) -> str:
    """The release that a table's address names. The first one's was called table.csv for a month."""
    name = url.partition("?")[0].rpartition("/")[2]
    found = re.match(r"table_(\d{4})_(\d\d)_(\d\d)", name)
    if found is None and re.match(r"table(?:@|\.csv)", name):
        return "2024-06-24"
    try:
        release = utc("-".join(found.groups())).date().isoformat() if found else ""
    except ValueError:
        release = ""
    if not release:
        raise ParseFailed(
            f"livebench: {text.short(name)} does not tell which release it is.",
            todo=f"give its address, e.g. --url {_url(max(RELEASES))}",
        )
    return DRAFTS.get(release, release)


def _categories(release: str, header: Sequence[str]) -> tuple[Categories, list[Finding]]:
    """The categories of a release whose table has these columns, and what is not sure of them."""
    columns = {column for column in header if column != "model"}
    # Of the states of a release the one of just these columns, or that holds most of them; the newest first.
    states = RELEASES.get(release, (NEWEST,))
    state = max(states, key=lambda state: (tasks(state) == columns, len(tasks(state) & columns)))
    gone = sorted(tasks(state) - columns)
    new = [column for column in header if column in columns - tasks(state)]
    if gone and release in RELEASES:
        raise ParseFailed(
            f"livebench: column {text.listed(gone)} is not in the table of release {release}: renamed, "
            f"moved or gone. New columns: {text.listed(new) or 'none'}."
        )
    if gone or new:
        what = (
            f"The tasks of release {release} are not those of a known categories file (new: "
            f"{text.listed(new) or 'none'}; gone: {text.listed(gone) or 'none'}): the averages here are over "
            "the known ones and may not be those that the site shows."
        )
        known = {name: tuple(task for task in listed if task in columns) for name, listed in state.items()}
        found = Finding("unknown-task", "error", what, {"release": release, "new": new, "gone": gone})
        return {name: listed for name, listed in known.items() if listed}, [found]
    if release not in RELEASES:
        what = f"The categories of release {release} are not known; its tasks are those of {max(RELEASES)}."
        return state, [Finding("new-release", "note", what, {"release": release})]
    return state, []
