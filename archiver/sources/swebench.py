"""SWE-bench: how many real issues a system resolves. A system is listed, apart from the models inside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import jsons, ranks, text
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot
from . import Board, GitFile, Route, Source

_DATA = "https://raw.githubusercontent.com/SWE-bench/swe-bench.github.io/master/data/leaderboards.json"
_METRIC = "% Resolved"

# fmt: off
_REQUIRED = ("name", "resolved", "date")
_EXTRAS = (
    "date", "folder", "logs", "trajs", "trajs_docent", "site", "verified", "checked", "oss", "os_model",
    "os_system", "tags", "warning", "cost", "instance_cost", "instance_calls", "mini-swe-agent_version",
    "agent", "model_display", "model_org", "model_release_date", "reasoning_effort",
)
_IGNORED = {
    "logo": "addresses of pictures",
    "org_logo": "the address of a picture",
    "per_instance_details": "the outcome of each task, hundreds a system: they stay in the payload",
}
# fmt: on
_NAMES = {"test": "full"}
"""What a file calls a board → what the site and the world call it."""

SOURCE = Source(
    title="SWE-bench",
    homepage="https://www.swebench.com",
    license="not stated",
    attribution="SWE-bench leaderboards (Carlos E. Jimenez, John Yang and others), swebench.com",
    routes=(
        Route(
            name="repository",
            media="json",
            pattern=r"https://raw\.githubusercontent\.com/(?:SWE-bench|swe-bench|princeton-nlp)/"
            r"swe-bench\.github\.io/[^?#]+/(?:leaderboards|data)\.json"
            r"|(?!https?:)[^?#]*\.json",
            captures=(_DATA,),
        ),
    ),
    boards={
        "swebench/full/overall": Board(title="SWE-bench", metric=_METRIC, rows=(5, 200)),
        "swebench/lite/overall": Board(title="SWE-bench Lite", metric=_METRIC, rows=(6, 500)),
        "swebench/verified/overall": Board(title="SWE-bench Verified", metric=_METRIC, rows=(10, 900)),
        "swebench/multimodal/overall": Board(title="SWE-bench Multimodal", metric=_METRIC, rows=(7, 300)),
        "swebench/multilingual/overall": Board(title="SWE-bench Multilingual", metric=_METRIC, rows=(2, 300)),
        "swebench/bash-only/overall": Board(title="SWE-bench Bash Only", metric=_METRIC, rows=(8, 400)),
        "swebench/verified-mini/overall": Board(
            title="SWE-bench Verified, mini-SWE-agent alone", metric=_METRIC, rows=(8, 400)
        ),
    },
    cadence=timedelta(days=1),
    version=1,
    history=tuple(
        GitFile("https://github.com/SWE-bench/swe-bench.github.io", path, "repository", url=_DATA)
        for path in ("data/leaderboards.json", "template/data.json")
    ),
    quirks=(
        "A system is listed; the models inside it are in extra (`models`, from its tags, since May 2025).",
        "On bash-only and verified-mini every model runs in the same small agent, and the names are models'.",
        "One system under several dates stands several times; the date, else the folder, is its variant.",
        "Entries with a warning are in the file but not on the site: they are kept without a rank.",
        "The board prints no rank: ranks are counted from the share of resolved issues.",
        "The file calls the full board Test; the site shows it as Full.",
        "The file has no date of its own; `date` in extra is that of one submission.",
        "`checked` in extra (`verified` until April 2025) says that the publisher reproduced the result; the "
        "others are as submitted.",
    ),
)


class _List(NamedTuple):
    """One list of a payload."""

    board: str
    records: Sequence[Mapping[str, object]]
    notes: Mapping[str, object] = {}
    findings: Sequence[Finding] = ()


def parse(payload: Payload) -> Iterator[Snapshot]:
    """Every board of a file. Raises ParseFailed where it is none, or a record lacks what every one has."""
    document = jsons.loads(text.decode(payload.body))
    if not isinstance(document, dict):
        raise ParseFailed("swebench: the JSON is not an object of boards.")
    lists = _nested(document) if "leaderboards" in document else _flat(document)
    repeated = [board for board, times in Counter(found.board for found in lists).items() if times > 1]
    if repeated:
        raise ParseFailed(f"swebench: more than one list is called {text.listed(repeated)}.")
    empty = [found.board for found in lists if not found.records]
    if len(empty) == len(lists):
        raise ParseFailed("swebench: no board has an entry.")
    for found in lists:
        if found.records:
            yield _snapshot(found, "nested" if "leaderboards" in document else "flat", empty)


def _nested(document: Mapping[str, object]) -> list[_List]:
    """Since August 2024: `{"leaderboards": [{"name": …, "results": […]}, …]}`."""
    boards = document["leaderboards"]
    audit = Audit(ignored={"leaderboards": "read here"})
    around = audit.record(document).rest()
    lists = []
    for board in boards if isinstance(boards, list) else [boards]:
        if not isinstance(board, dict) or not {"name", "results"} <= board.keys():
            raise ParseFailed("swebench: a board without 'name' or 'results': renamed or gone.")
        fields = Audit(ignored={"results": "read here"})
        record = fields.record(board)
        name = _slug(record.name("name"))
        notes = around | record.rest()
        lists.append(
            _List(name, _records(board["results"], name), notes, [*audit.findings(), *fields.findings()])
        )
    return lists


def _flat(document: Mapping[str, object]) -> list[_List]:
    """Until July 2024: `{"lite_leaderboard": […], …}`.

    For a while a list stood there twice, in two orders: as `lite` too. The site showed the first.
    """
    shown = {key: value for key, value in document.items() if key.endswith("_leaderboard")}
    if not shown:
        raise ParseFailed(
            "swebench: neither 'leaderboards' nor a list whose name ends in '_leaderboard': renamed or gone. "
            f"There are {text.listed(document)}."
        )
    lists = [_List(_slug(key), _records(value, key)) for key, value in shown.items()]
    audit = Audit()
    audit.left(
        {key: value for key, value in document.items() if key not in shown and not _same(document, key)}
    )
    return [found._replace(findings=list(audit.findings())) for found in lists]


def _same(document: Mapping[str, object], key: str) -> bool:
    """Whether a list holds the very records of the one that the site shows."""
    shown, other = document.get(f"{key}_leaderboard"), document[key]
    if not isinstance(shown, list) or not isinstance(other, list) or len(shown) != len(other):
        return False
    return all(record in shown for record in other)


def _slug(name: str) -> str:
    slug = "-".join(name.lower().removesuffix("_leaderboard").split())
    return _NAMES.get(slug, slug).replace("_", "-").replace("/", "-")


def _records(value: object, name: str) -> list[dict[str, object]]:
    """The records of a list, each with what every recorded one has."""
    if not isinstance(value, list) or not all(isinstance(record, dict) for record in value):
        raise ParseFailed(f"swebench: {text.short(name)} is not a list of records.")
    for number, record in enumerate(value, start=1):
        if missing := [field for field in _REQUIRED if field not in record]:
            raise ParseFailed(
                f"swebench: record {number} of {text.short(name)} has no {text.listed(missing)}."
            )
    return value


def _snapshot(found: _List, layout: str, empty: Sequence[str]) -> Snapshot:
    audit = Audit(extras=_EXTRAS, ignored=_IGNORED)
    rows = list(
        _apart([_entry(audit.record(record), row) for row, record in enumerate(found.records, start=1)])
    )
    places = ranks.competition([entry.score if entry.competitor else None for entry in rows])
    return Snapshot(
        board=f"swebench/{found.board}/overall",
        entries=[entry._replace(rank=place) for entry, place in zip(rows, places, strict=True)],
        rank_kind="by-score",
        metric=_METRIC,
        layout=layout,
        notes=found.notes,
        findings=[*found.findings, *audit.findings(), *_remarks(rows, empty)],
    )


def _entry(fields: Fields, row: int) -> Entry:
    name, score, maker = fields.name("name"), fields.number("resolved"), fields.text("agent_org")
    extra = fields.rest()
    tags = _tags(extra)
    if "Model" in tags and "models" not in extra:
        extra["models"] = tags["Model"]
    listed = tags.get("Org", ())
    return Entry(
        position=row,
        model=name,
        # Of several organizations one may have made the model inside, not the system: then none is believed.
        organization=maker or (listed[0] if len(listed) == 1 else None),
        score=score,
        extra=extra,
        competitor=not extra.get("warning"),
    )


def _tags(extra: Mapping[str, object]) -> dict[str, list[str]]:
    """`["Model: o3", "Org: TRAE"]` as kind → values."""
    listed = extra.get("tags")
    found: dict[str, list[str]] = {}
    for tag in listed if isinstance(listed, list) else ():
        kind, colon, value = str(tag).partition(": ")
        if colon:
            found.setdefault(kind, []).append(value)
    return found


def _apart(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Submissions of one system, told apart by their date; those of one day by their folder."""
    names = Counter(entry.model for entry in entries)
    days = Counter((entry.model, _of(entry, "date")) for entry in entries)
    for entry in entries:
        day = _of(entry, "date")
        if names[entry.model] == 1:
            yield entry
        else:
            yield entry._replace(variant=day if days[entry.model, day] == 1 else _of(entry, "folder") or day)


def _of(entry: Entry, field: str) -> str | None:
    value = (entry.extra or {}).get(field)
    return value if isinstance(value, str) else None


def _remarks(entries: Sequence[Entry], empty: Sequence[str]) -> Iterator[Finding]:
    hidden = [entry.model for entry in entries if not entry.competitor]
    if hidden:
        what = f"{len(hidden)} of {len(entries)} entries carry a warning: the site does not show them"
        yield Finding("hidden-entries", "note", f"{what} ({text.listed(hidden)}).", {"models": hidden})
    if empty:
        what = f"The file names boards without an entry: {text.listed(empty)}."
        yield Finding("empty-board", "warning", what, {"boards": list(empty)})
    scores = [entry.score for entry in entries if entry.score is not None]
    if scores and not (min(scores) >= 0 and 1 < max(scores) <= 100):
        what = f"The scores reach from {min(scores)} to {max(scores)}: those are no percentages."
        yield Finding("scale", "error", what, {"low": min(scores), "high": max(scores)})
