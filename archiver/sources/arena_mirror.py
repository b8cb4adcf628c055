"""A third party's Markdown rendering of Arena's boards, kept apart from Arena's own; in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ..errors import ParseFailed
from ..formats import markdown, numbers, text
from ..formats.fields import Audit, Fields
from ..formats.tables import Table
from ..records import Entry, Finding, Payload, RankKind, Snapshot, utc
from . import Board, GitFile, Route, Source
from ._mirrored import Ends, plain, split, spread, surely_positive, unglued

_RANKS = ("Rank", "排名", "排名 (UB)", "排名(UB)")
_MODELS = ("模型", "模型名")
_SCORES = ("分数", "净改进率")
_VOTES = ("票数", "会话数")
_SPREADS = ("Rank Spread", "Rank Spread(Upper-Lower)", "排名区间")
_INTERVALS = ("置信区间", "置信区间(95%)", "95% 置信区间 (±)")
_MAKERS = ("服务商", "组织/公司")
_LICENSES = ("协议", "许可协议", "许可证")
_KEPT = (
    *("排名(StyleCtrl)", "知识截止日期", "链接", "Price $/M", "Context", "上下文"),
    *("价格 $/百万 Token", "价格 $/百万Token", "确认成功率", "赞踩比", "可控性", "Bash 恢复率", "工具幻觉率"),
)
_PRELIMINARY = "Preliminary"

_STAMP = re.compile(
    r"^> \**(?:数据|排名)更新时间\**: (\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?)(?: UTC\b|\s*$)", re.MULTILINE
)
_TOP = re.compile(r"^## 前 (\d+) 名\s*$", re.MULTILINE)
_SCORE = re.compile(r"(\d[\d.,]*%?)\s*(?:\((.+?)\)|(±[\d.]+%?))?\s*(Preliminary)?")

_BOARDS = {
    "lmarena": "text",
    "text": "text-style-control",
    "search": "search-style-control",
    "vision": "vision-style-control",
    "text-to-image": "text-to-image",
    "code-webdev": "webdev",
    "agent": "agent",
}
"""File → track, as Arena calls it. The site shows text, search and vision with style control."""
_FILE = re.compile(rf"(?:[^?#]*/)?({'|'.join(sorted(_BOARDS, key=len, reverse=True))})(?:[_@][^/?#]*)?\.md")
_RAW = r"https://raw\.githubusercontent\.com/CherryHQ/cherry-studio-docs/[^?#]+/"
_REPOSITORY = "https://github.com/CherryHQ/cherry-studio-docs"
_METRIC = "Arena score"


def _board(title: str, least: int = 20, metric: str = _METRIC) -> Board:
    return Board(title=f"Arena as mirrored, {title}", metric=metric, rows=(least, 1500))


SOURCE = Source(
    title="Arena, as mirrored by Cherry Studio's documentation",
    homepage="https://github.com/CherryHQ/cherry-studio-docs",
    license="figures: CC BY 4.0, as Arena states; the mirror states none",
    attribution="Arena (arena.ai, formerly LMArena), CC BY 4.0, as rendered by CherryHQ/cherry-studio-docs",
    routes=(Route(name="mirror", media="markdown", pattern=rf"(?:{_RAW}|(?!https?:)){_FILE.pattern}"),),
    boards={
        "arena_mirror/text/overall": _board("Text", 100),
        "arena_mirror/text-style-control/overall": _board("Text, style control", 100),
        "arena_mirror/agent/overall": _board(
            "Agent", metric="net improvement (%), its sign where it is sure"
        ),
        "arena_mirror/*/overall": _board("other boards"),
    },
    cadence=timedelta(days=3650),
    version=1,
    history=tuple(GitFile(_REPOSITORY, f"other/model_rank/{file}.md", "mirror") for file in _BOARDS),
    quirks=(
        "A third party's rendering of Arena's pages, in boards of its own: never mixed with what Arena says.",
        "Captures leave it out, Arena being captured itself; `backfill arena_mirror` takes its past.",
        "Its date is when it says that it was updated: from August to October 2025 it put new times over one "
        "table, which the finding `frozen` says.",
        "Until August 2025 the text board is without style control, from October 2025 with it.",
        "From February 2026 it prints the two ends of a rank's spread run together: 12 is 1 to 2, but 611 or "
        "1540 may be read in more than one way. More than two digits are kept in extra as printed, and "
        "rank_low and rank_high are empty.",
        "On the agent board it lost minus signs: a score is empty where it may be negative.",
        "From August 2026 it shows the first 30 models only: these are excerpts.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The one board of a file.

    Raises ParseFailed where the table or a column is missing, the table is cut off, or the time is none.
    """
    content = text.decode(payload.body).replace("\r\n", "\n")
    table = _only(content)
    columns = [_column(table, names) for names in (_RANKS, _MODELS, _SCORES, _VOTES)]
    audit = Audit(extras=_KEPT)
    rows = [_entry(audit, record, columns, row) for row, record in enumerate(table.records(), start=1)]
    entries = _signed(rows) if columns[2] == _SCORES[1] else rows
    track = _track(payload.url, table)
    yield Snapshot(
        board=f"arena_mirror/{track}/overall",
        entries=entries,
        published_at=_stamped(content),
        rank_kind=_rank_kind(entries),
        metric=SOURCE.boards["arena_mirror/agent/overall"].metric if track == "agent" else _METRIC,
        complete=_TOP.search(content) is None,
        layout=" ".join(columns),
        findings=[*audit.findings(), *_unsure(table, entries)],
    )


def _stamped(content: str) -> datetime | None:
    """When the file says that it was made; None where it does not."""
    stamp = _STAMP.search(content)
    if stamp is None:
        return None
    try:
        return utc(stamp[1])
    except ValueError as error:
        raise ParseFailed(f"arena_mirror: {stamp[1]} is no time.") from error


def _only(content: str) -> Table:
    found = markdown.tables(content)
    if len(found) != 1:
        raise ParseFailed(f"arena_mirror: {len(found)} tables in the file, where one board is expected.")
    if not found[0].ended:
        raise ParseFailed("arena_mirror: the file stops with the table: it is cut off.")
    return found[0]


def _column(table: Table, names: Sequence[str]) -> str:
    found = next((name for name in names if name in table.header), None)
    if found is None:
        table.require(" or ".join(names))
    return found or ""


def _track(url: str, table: Table) -> str:
    file = _FILE.search(url)
    if file is None:
        raise ParseFailed(f"arena_mirror: {text.short(url)} names no board of the mirror.")
    styled = file[1] == "lmarena" and "排名(StyleCtrl)" not in table.header
    return "text-style-control" if styled else _BOARDS[file[1]]


def _entry(audit: Audit, record: Mapping[str, str], columns: Sequence[str], row: int) -> Entry:
    fields = audit.record(record)
    rank, model, score, votes = columns
    name, organization, license_ = _names(fields, fields.name(model))
    value, low, high, marks = _score(audit, fields, score)
    ends, printed = _spread(fields)
    return Entry(
        position=row,
        model=name,
        organization=organization,
        rank=fields.integer(rank),
        rank_low=ends[0],
        rank_high=ends[1],
        score=value,
        score_low=low,
        score_high=high,
        votes=fields.integer(votes),
        license=license_,
        extra=({**printed, **marks, **fields.rest()}) or None,
    )


def _names(fields: Fields, cell: str) -> tuple[str, str | None, str | None]:
    """Name, organisation, licence: in cells of their own, or run together in one."""
    name = plain(cell)
    maker = next((column for column in _MAKERS if column in fields), None)
    if maker is None:
        return split(name)
    organization = fields.text(maker)
    license_ = next((fields.text(column) for column in _LICENSES if column in fields), None)
    return unglued(name, organization or ""), organization, license_


def _score(
    audit: Audit, fields: Fields, column: str
) -> tuple[float | None, float | None, float | None, dict[str, object]]:
    """`1374` with its interval beside it, `1504±10`, `1282 (±7) Preliminary`, `1800 (++16/-16)`."""
    printed = fields.text(column) or ""
    beside = next((fields.text(name) for name in _INTERVALS if name in fields), None)
    found = _SCORE.fullmatch(printed)
    value = numbers.number(found[1]) if found else None
    if found is None or value is None:
        if not numbers.is_missing(printed):
            audit.unread(column, printed)
        return None, None, None, {}
    offsets = numbers.span((found[2] or found[3] or beside or "").replace("++", "+").replace("%", ""))
    return value, *numbers.around(value, offsets), {_PRELIMINARY: True} if found[4] else {}


def _spread(fields: Fields) -> tuple[Ends, dict[str, object]]:
    """Both ends, and the cell as printed where it may be read in more than one way."""
    column = next((name for name in _SPREADS if name in fields), None)
    printed = fields.text(column) if column else None
    if column is None or printed is None:
        return (None, None), {}
    ends = spread(printed)
    return ends, {} if ends[0] else {column: printed}


def _rank_kind(entries: Sequence[Entry]) -> RankKind:
    """Upper bounds where models share a place with different scores, as the older tables print them."""
    shared = any(
        above.rank == below.rank and above.score != below.score for above, below in pairwise(entries)
    )
    return "published-ties" if shared else "published"


def _signed(entries: Sequence[Entry]) -> list[Entry]:
    """The agent board, which lost its minus signs: no score where it may be negative."""
    sure = surely_positive([entry.score or 0.0 for entry in entries])
    lost = [
        entry._replace(
            score=None,
            score_low=None,
            score_high=None,
            extra={**(entry.extra or {}), _SCORES[1]: entry.score},
        )
        for entry in entries[sure:]
    ]
    return [*entries[:sure], *lost]


def _unsure(table: Table, entries: Sequence[Entry]) -> Iterator[Finding]:
    fused = sum(any(name in (entry.extra or {}) for name in _SPREADS) for entry in entries)
    if fused:
        yield Finding(
            "spread-run-together",
            "warning",
            f"{fused} of {len(entries)} rank spreads have their two ends run together, so empty here.",
            {"rows": len(entries), "unread": fused},
        )
    if not set(_MAKERS) & set(table.header) and any("·" in name for name in table.rows[0]):
        glued = [entry.model for entry in entries if entry.organization is None]
        if glued:
            yield Finding(
                "name-run-together",
                "warning",
                f"{len(glued)} of {len(entries)} names may end with an organization that is not known: "
                f"{text.listed(glued[:5])}.",
                {"rows": len(entries), "unread": len(glued)},
            )
