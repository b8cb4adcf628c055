"""Epoch AI's benchmarking hub: its capabilities index, its own runs, and results that it collects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from ..errors import ParseFailed
from ..formats import csvs, ranks, text, zips
from ..formats.fields import Audit
from ..formats.tables import Table
from ..records import Entry, Finding, Payload, Snapshot
from . import Board, Route, Source, WaybackUrl
from ._epoch_files import ALIASES, EXTERNAL, IGNORED, KNOWN

_ZIP = "https://epoch.ai/data/benchmark_data.zip"

_INDEX_SCORES = ("ECI Score", "eci")
_RUNS_SCORE, _TASK, _STATUS = "Best score (across scorers)", "task", "Status"
_FILE_SCORE = "mean_score"
"""The score in a file of one benchmark that Epoch runs itself (2026)."""
_MODELS = ("Model version", "model", "Name", "Model", "Agent")
"""Columns that name the model, best first; the id does where the file has a UUID beside it."""
_SETTINGS = ("Agent", "Scaffold", "Tools", "Edit format", "Prompt", "Shots")
_IDS = ("id", "UUID", "ID")
_ORGANIZATION = "Organization"
_INTERVALS = {"metr": ("CI_low", "CI_high")}
_SUBMITTERS = frozenset({"the_agent_company"})
"""Files whose organization is who sent the result, not who made the model."""

SOURCE = Source(
    title="Epoch AI benchmarking hub",
    homepage="https://epoch.ai/benchmarks",
    license="CC BY 4.0",
    attribution="Epoch AI, ‘AI Benchmarking Hub’, https://epoch.ai/benchmarks, CC BY 4.0",
    routes=(
        Route(
            name="zip", media="zip", pattern=re.escape(_ZIP) + r"|(?!https?:)[^?#]*\.zip", captures=(_ZIP,)
        ),
        Route(name="file", media="csv", pattern=r"(?!https?:)[^?#]*\.csv"),
    ),
    boards={
        "epoch/eci/overall": Board(title="Epoch Capabilities Index", metric="ECI", rows=(100, 10000)),
        "epoch/runs/*": Board(title="A benchmark that Epoch runs", metric="share solved", rows=(5, 5000)),
        "epoch/external/*": Board(title="Results that Epoch collects", metric="score", rows=(5, 5000)),
    },
    cadence=timedelta(days=7),
    version=1,
    history=(WaybackUrl(_ZIP, "zip"),),
    quirks=(
        "No place is printed: ranks are counted from the score.",
        "Most models of the index's file have no index: they are listed, without a rank and not counted.",
        "The external files collect papers and other boards: one model stands there with several settings "
        "and sources, told apart by `variant`; such a list is no contest under equal conditions.",
        "A row that names no model is left out, which a finding says.",
        "Where a model has no version of Epoch's, its name at the source is taken.",
        "External results keep the terms of their own publishers.",
        "Files of 2025 are recorded, the zip of today is not: what in it is no known list is told.",
    ),
)


class _File(NamedTuple):
    """A file, once it is known which list it is."""

    board: str
    benchmark: str
    score: str
    known: frozenset[str]


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The boards of a zip or of one of its files, in its order.

    Raises ParseFailed where neither name nor columns tell what a file is, a column is missing or it is cut
    off. Within a zip, that is a finding of the first board, unless no file can be read.
    """
    if not payload.body.startswith(zips.MAGIC):
        yield from _boards(payload.url.rpartition("/")[2], payload.body)
        return
    read: dict[str, Snapshot] = {}
    unread: list[str] = []
    for name, body in zips.members(payload.body, ".csv"):
        try:
            boards = {snapshot.board: snapshot for snapshot in _boards(name, body)}
        except ParseFailed as failed:
            unread.append(f"{name}: {failed.what}")
            continue
        if read.keys() & boards.keys():
            unread.append(f"{name}: another file of the zip is the same board")
        else:
            read |= boards
    if not read:
        raise ParseFailed(f"epoch: no file of the zip can be read. {' '.join(unread[:3])}")
    first, *others = read.values()
    yield replace(first, findings=[*first.findings, *_unread(unread)])
    yield from others


def _boards(name: str, body: bytes) -> Iterator[Snapshot]:
    """The boards of one file: one, or one for each task of the runs."""
    table = csvs.read(body)
    file = _known(name, table)
    table.require(file.score)
    records = list(table.records())
    cut = [] if table.ended else _last_cell(table, file, records[-1])
    groups: dict[str, list[dict[str, str]]] = {}
    for record in records:
        groups.setdefault(record[_TASK] if file.benchmark == "runs" else "", []).append(record)
    for task, rows in groups.items():
        audit = Audit(extras=file.known, ignored=IGNORED)
        entries, nameless = _entries(audit, rows, file)
        metric = f"{file.score} (%)" if any("%" in row[file.score] for row in rows) else file.score
        yield Snapshot(
            board=f"{file.board}/{_slug(task)}" if task else file.board,
            entries=_ranked(entries),
            rank_kind="by-score",
            metric=metric,
            layout=file.benchmark if file.benchmark in ("eci", "runs") else "benchmark",
            findings=[*audit.findings(), *nameless, *cut],
        )


def _known(name: str, table: Table) -> _File:
    """Which list a file is: from its name, else from its columns. Raises ParseFailed where neither tells."""
    columns = frozenset(table.header)
    folder, _, base = name.partition("@")[0].removesuffix(".csv").rpartition("/")
    score = next((score for score in _INDEX_SCORES if score in columns), None)
    if (base.startswith("eci_") and "benchmark" not in base) or base == "epoch_capabilities_index" or score:
        return _File("epoch/eci/overall", "eci", score or _INDEX_SCORES[0], KNOWN)
    if base.startswith("benchmarks_runs") or {_RUNS_SCORE, _TASK} <= columns:
        table.require("model", _TASK, _STATUS)
        return _File("epoch/runs", "runs", _RUNS_SCORE, KNOWN | {"task version"})
    if base.startswith("external_benchmark_") or base.endswith("_external"):
        stem = base.removeprefix("external_benchmark_").removesuffix("_external")
        return _external(ALIASES.get(stem, stem), columns)
    if folder or base not in ("", "benchmark_data.zip"):
        table.require("Model version", _FILE_SCORE)
        return _File(f"epoch/runs/{_slug(base)}", base, _FILE_SCORE, KNOWN)
    same = [stem for stem, (_, header) in EXTERNAL.items() if tuple(header.split("|")) == table.header]
    if len(same) != 1:
        raise ParseFailed(
            f"epoch: the columns {text.listed(table.header)} are those of "
            f"{text.listed(same) if same else 'no known file'}: they do not tell which list this is.",
            todo="give the file's own name instead of the zip's address, e.g. external_benchmark_piqa.csv",
        )
    return _external(same[0], columns)


def _external(stem: str, columns: frozenset[str]) -> _File:
    score, header = EXTERNAL.get(stem, (_FILE_SCORE, ""))
    if stem not in EXTERNAL and score not in columns:
        raise ParseFailed(
            f"epoch: the benchmark {text.short(stem)} is not known, so its score is not either."
        )
    return _File(f"epoch/external/{_slug(stem)}", stem, score, KNOWN | frozenset(header.split("|")))


def _slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not slug:
        raise ParseFailed(f"epoch: {text.short(name)} gives no name for a board.")
    return slug


def _last_cell(table: Table, file: _File, record: dict[str, str]) -> list[Finding]:
    """The files end without a line end, so that the last cell may be cut: it is not kept.

    Where the entry rests on it, the file is held instead.
    """
    last = table.header[-1]
    if last == _STATUS and record[last] == "Success":
        return []
    record[last] = ""
    if last not in (file.score, _TASK, _STATUS, _ORGANIZATION, *_MODELS, *_SETTINGS, *_IDS, "Source"):
        return []
    what = f"The file has no line end, and its last cell ({text.short(last)}) counts: it may be cut off."
    return [Finding("unfinished", "error", what, {"column": last})]


def _entries(
    audit: Audit, rows: Sequence[Mapping[str, str]], file: _File
) -> tuple[list[Entry], list[Finding]]:
    """The rows that name a model, and how many do not."""
    entries: list[Entry] = []
    nameless: list[str] = []
    seen: set[tuple[str, str | None]] = set()
    for row in rows:
        identity = next((row[column] for column in _IDS if row.get(column)), "")
        named = (*_MODELS, "id") if "UUID" in row else _MODELS
        column = next((column for column in named if row.get(column)), None)
        if column is None:
            nameless.append(identity)
            continue
        variant = _variant(row, column)
        if (row[column], variant) in seen:
            # The first keeps its bare setting, so that its name stays when another is added.
            variant = ", ".join(filter(None, (variant, identity)))
        seen.add((row[column], variant))
        entries.append(_entry(audit, row, column, file)._replace(position=len(entries) + 1, variant=variant))
    if not entries:
        raise ParseFailed(f"epoch: none of {len(rows)} rows names a model in {text.listed(_MODELS)}.")
    if not nameless:
        return entries, []
    what = (
        f"{len(nameless)} of {len(rows)} rows name no model, so they are left out: {text.listed(nameless)}."
    )
    return entries, [Finding("nameless-rows", "note", what, {"rows": len(nameless), "ids": nameless})]


def _variant(row: Mapping[str, str], named: str) -> str | None:
    """The setting of a result; where papers are collected (a column of shots), the paper with it."""
    parts = []
    for column in (*_SETTINGS, *(("Source",) if "Shots" in row else ())):
        value = row.get(column, "")
        if column != named and value not in ("", "None"):
            parts.append(f"{value} shots" if column == "Shots" and value.isdecimal() else value)
    return ", ".join(parts) or None


def _entry(audit: Audit, row: Mapping[str, str], named: str, file: _File) -> Entry:
    fields = audit.record(row)
    model, score = fields.name(named), fields.number(file.score)
    if row.get(_STATUS) not in (None, "", "Success"):
        score = None
    low, high = (fields.number(column) for column in _INTERVALS.get(file.benchmark, ("", "")))
    return Entry(
        position=0,
        model=model,
        organization=None if file.benchmark in _SUBMITTERS else fields.text(_ORGANIZATION),
        score=score,
        score_low=low,
        score_high=high,
        votes=fields.integer("Votes"),
        extra={name: value for name, value in fields.rest().items() if value != ""},
        competitor=score is not None,
    )


def _ranked(entries: Sequence[Entry]) -> list[Entry]:
    places = ranks.competition([entry.score for entry in entries])
    return [entry._replace(rank=place) for entry, place in zip(entries, places, strict=True)]


def _unread(unread: Sequence[str]) -> Iterator[Finding]:
    if unread:
        what = f"{len(unread)} files of the zip are not read: {text.listed(unread)}."
        yield Finding("unread-files", "warning", what, {"files": len(unread), "what": list(unread)})
