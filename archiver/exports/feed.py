"""What happened on boards, as an Atom feed (RFC 4287) that any reader of feeds can follow."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from .. import outputs
from ..answers import names
from ..answers.sql import call, literal
from ..errors import UsageError
from ..records import moment
from ..reports.text import visible

if TYPE_CHECKING:
    import duckdb

ATOM = "http://www.w3.org/2005/Atom"
MOST = 200
"""Entries in a feed, the newest: readers keep what they have seen, and fetch the whole again each time."""
_OURS = uuid.UUID("0b6a1f0e-5d0c-5c0f-8d1c-6f0f3d5a2f77")
"""The namespace of entry names, so that an event has the same name in every feed and reader."""


def feed(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    who: Sequence[str] = (),
    boards: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    tool: str,
) -> int:
    """Writes the newest rank events of boards (default: all), of all models or of whom names mean.

    One entry an event: who entered, left, moved beyond noise, was renamed, or took the first place. A move
    that the intervals allow is no news. Returns how many. The same archive and arguments give the same bytes.
    Raises UnknownName for a name or a glob that matches nothing, UsageError where there is nothing to tell,
    NotKept where the disk refuses.
    """
    found = _events(con, who, boards, since, until)
    if not found:
        raise UsageError("No event lies within these bounds: nothing was written.")
    root = _root(found, who, boards, tool)
    for event in found:
        root.append(_entry(event))
    ElementTree.indent(root)
    ElementTree.register_namespace("", ATOM)
    text = ElementTree.tostring(root, "utf-8", xml_declaration=True) + b"\n"
    outputs.put(target, text)
    return len(found)


def _events(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str],
    since: datetime | None,
    until: datetime | None,
) -> list[dict[str, Any]]:
    chosen = names.boards(con, boards) if boards else None
    theirs = "true"
    if who:
        names.asked(con, who)
        meant = call("listed_as", list(who))
        theirs = f"e.model IN (SELECT coalesce(l.model, l.model_listed) FROM {meant} AS l)"  # noqa: S608
    statement = f"""
        SELECT e.* REPLACE (e.called AS model), b.title, b.metric, s.payload_sha256, c.url
        FROM {call("rank_events", boards=chosen, since=since, until=until)} AS e
        JOIN boards AS b ON b.board = e.board
        JOIN snapshots AS s ON s.snapshot_id = e.snapshot_id
        JOIN captures AS c ON c.capture_id = s.capture_id
        WHERE (e.event <> 'moved' OR e.beyond_noise) AND {theirs}
        ORDER BY e.time DESC, e.board, e.event, e.model, e.variant
        LIMIT {literal(MOST)}
    """  # noqa: S608  # literals are quoted
    relation = con.execute(statement)
    columns = [column[0] for column in relation.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in relation.fetchall()]


def _root(
    found: Sequence[Mapping[str, Any]], who: Sequence[str], boards: Sequence[str], tool: str
) -> ElementTree.Element:
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    about = ", ".join(who) or "LLM leaderboards"
    where = f" on {', '.join(boards)}" if boards else ""
    _text(root, "id", uuid.uuid5(_OURS, f"{sorted(who)} {sorted(boards)}").urn)
    _text(root, "title", f"Rank events: {about}{where}")
    _text(root, "updated", _stamp(max(event["time"] for event in found)))
    author = ElementTree.SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", tool)
    _text(root, "generator", tool)
    return root


def _entry(event: Mapping[str, Any]) -> ElementTree.Element:
    entry = ElementTree.Element(f"{{{ATOM}}}entry")
    name = " ".join(str(event[key]) for key in ("board", "snapshot_id", "event", "model", "variant", "other"))
    _text(entry, "id", uuid.uuid5(_OURS, name).urn)
    _text(entry, "title", title(event))
    _text(entry, "updated", _stamp(event["time"]))
    if str(event["url"]).startswith(("http://", "https://")):
        ElementTree.SubElement(entry, f"{{{ATOM}}}link", {"rel": "via", "href": visible(str(event["url"]))})
    for term in (event["event"], event["board"], event["organization"]):
        if term:
            ElementTree.SubElement(entry, f"{{{ATOM}}}category", {"term": visible(str(term))})
    _text(entry, "summary", _summary(event))
    return entry


def title(event: Mapping[str, Any]) -> str:
    """An event as a headline.

    >>> event = {"event": "entered", "model": "GigaChat 3", "variant": None, "rank": 12, "of": 44}
    >>> title({**event, "title": "A"})
    'GigaChat 3 entered A at 12 of 44'
    """
    model = ", ".join(str(part) for part in (event["model"], event["variant"]) if part)
    of = f" of {event['of']}" if event["of"] else ""
    rank = f"{event['rank']}{of}" if event["rank"] else "no printed rank"
    before = event.get("rank_before") or "no printed rank"
    told = {
        "entered": f"{model} entered {event['title']} at {rank}",
        "left": f"{model} is no longer on {event['title']}; it was at {before}",
        "moved": f"{model} moved from {before} to {rank} on {event['title']}",
        "leader": f"{model} leads {event['title']}"
        + (f", before {event['other']}" if event.get("other") else ""),
        "renamed": f"{model} is listed by another name on {event['title']}; it was {event.get('other')}",
    }
    return told[str(event["event"])]


def _summary(event: Mapping[str, Any]) -> str:
    said = [f"{event['board']}, {moment(event['time'])}, beside {moment(event['time_before'])}."]
    if event["score"] is not None:
        before = f", before {event['score_before']:g}" if event["score_before"] is not None else ""
        said.append(f"{event['metric']}: {event['score']:g}{before}.")
    if event["beyond_noise"] is not None and event["event"] in {"moved", "leader"}:
        said.append(f"{'Beyond' if event['beyond_noise'] else 'Within'} noise ({event['noise']}).")
    if event["change_shared"] is not None:
        said.append(f"Among the models on both: {event['change_shared']:+} places.")
    said.append(f"Snapshot {event['snapshot_id']}, payload SHA-256 {event['payload_sha256']}.")
    return " ".join(said)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = visible(text)


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
