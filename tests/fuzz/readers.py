"""Everything that reads a stranger's bytes, by name: what fuzzing tries, and what must hold of the answer."""

from __future__ import annotations

import json
import math
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archiver import checks, sources, warc
from archiver.errors import ParseFailed, UsageError
from archiver.formats import (
    boxes,
    challenge,
    csvs,
    flight,
    gradio,
    htmls,
    jsons,
    keyed,
    markdown,
    markup,
    nextjs,
    numbers,
    packed,
    parquet,
    ranking,
    remembered,
    rows,
    sniff,
    text,
    yamls,
    zips,
)
from archiver.parsing.portions import portions
from archiver.records import Payload, Snapshot
from archiver.store import Head, seal

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
FOUND = Path(__file__).with_name("found")
MEDIA = ("html", "json", "csv", "yaml", "markdown", "parquet", "event-stream", "gzip", "zip", "pickle", None)
FORMS = ("csv", "json", "yaml", "html-table", "markdown-table", "parquet")
MOST = 200_000
"""Characters of text and rows that a mutated sample may give: what is more was multiplied, not read."""

HELD = {"impossible-figures", "nameless"}
"""Findings that hold what no reader refuses. Others are about a board of so few rows as a sample has."""


class Unsound(AssertionError):
    """A reader gave what no board says."""


def _decoded(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda body: read(text.decode(body))


def _numbers(body: bytes) -> object:
    said = body.decode("utf-8", "replace")
    return [read(said) for read in (numbers.number, numbers.integer, numbers.span, numbers.measured)]


def _form(form: str) -> Callable[[bytes], object]:
    return lambda body: rows.read(body, form, ["Model"])  # type: ignore[arg-type]  # one of Form


def _pushes(body: bytes) -> object:
    return list(nextjs.pushes(text.decode(body)))


def _call(body: bytes) -> object:
    return gradio.find_call(body, offered=["overall"])


def _parted(body: bytes) -> object:
    """What a list of JSON is parted into is the list, or the bytes are no JSON."""
    pieces = remembered.parted(body)
    try:
        found = [jsons.loads(b"{%b}" % piece) for piece in pieces]
    except ParseFailed:  # then the whole is read
        return pieces
    assert not found or found == jsons.loads(body)
    return pieces


def _warc(body: bytes) -> object:
    with tempfile.NamedTemporaryFile(suffix=".warc") as file:
        file.write(body)
        file.flush()
        return list(warc.read(Path(file.name)))


def _seal(body: bytes) -> object:
    found = seal.parse(body.decode("utf-8", "replace"), "a head")
    return seal.parse(found.text(), "the same head")


READERS: dict[str, Callable[[bytes], object]] = {
    "boxes": _decoded(boxes.tables),
    "challenge": lambda body: challenge.challenger(body, True),
    "csvs": csvs.read,
    "csvs-ragged": lambda body: csvs.read(body, keep_ragged=True),
    "flight": flight.parse,
    "gradio-frame": gradio.frame,
    "gradio-call": _call,
    "htmls": _decoded(htmls.tables),
    "jsons": jsons.loads,
    "keyed": keyed.records,
    "markdown": _decoded(markdown.tables),
    "markup": _decoded(markup.plain),
    "nextjs": nextjs.read,
    "nextjs-pushes": _pushes,
    "numbers": _numbers,
    "packed": packed.gunzip,
    "parquet": lambda body: parquet.read(body, {"any": {}}),
    "remembered": _parted,
    "ranking": lambda body: list(ranking.read(body, sources.load("reported").SOURCE.board)),
    "seal": _seal,
    "warc": _warc,
    "yamls": yamls.read,
    "zips": zips.members,
    **{f"rows-{form}": _form(form) for form in FORMS},
    **{f"sniff-{media}": lambda body, media=media: sniff.inspect(body, media) for media in MEDIA},
}
"""Reader → what it makes of bytes; it may raise what its caller tells of, `ParseFailed` or `UsageError`."""

PARTS = {"fields", "listings", "pooled", "ranks", "sheets", "tables", "text"}
"""Modules of `formats` that read no bytes by themselves: readers and sources are made of them."""

_BOARD = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\nModel,Score\nfir-2,61.5\nbirch,58.25\n"
_RECORD = b"""WARC/1.1\r
WARC-Type: response\r
WARC-Record-ID: <urn:uuid:0f4c3c1a-6a52-4b9c-9a55-5b3d0c7f7a01>\r
WARC-Target-URI: https://board.example/board.csv\r
WARC-Date: 2026-01-02T03:04:05Z\r
Content-Type: application/http; msgtype=response\r
Content-Length: %d\r
\r
%b\r
\r
"""
_HEADS = {"birch/ledger-one.jsonl": Head(681, 1, "ab" * 32), "fir/ledger-two.jsonl": Head(0, 0, "0" * 64)}

OWN: dict[str, Sequence[bytes]] = {
    "seal": [seal.Seal(datetime(2026, 1, 2, tzinfo=UTC), _HEADS).text().encode()],
    "warc": [_RECORD % (len(_BOARD), _BOARD), _RECORD % (len(_BOARD), _BOARD) * 2],
}
"""What readers of no publisher's payload begin with."""

URLS: dict[str, dict[str, str]] = {
    name: tomllib.loads((SAMPLES / name / "urls.toml").read_text("utf-8"))
    for name in sources.names()
    if (SAMPLES / name / "urls.toml").exists()
}


def samples() -> dict[str, list[tuple[bytes, str]]]:
    """Source → its samples, with their addresses."""
    return {
        name: [((SAMPLES / name / file).read_bytes(), url) for file, url in files.items()]
        for name, files in URLS.items()
    }


def parsed(source: str, body: bytes, url: str) -> list[Snapshot]:
    """The snapshots of a body that would stand in answers, each sound; what fails to parse has none."""
    try:
        found = list(sources.load(source).parse(Payload(body, url)))
    except ParseFailed as failed:
        if not str(failed).strip() or len(str(failed)) > 20_000:
            raise Unsound(f"{source}: an error without a sentence, or with a book") from failed
        return []
    declared = sources.load(source).SOURCE
    passed = []
    for snapshot in found:
        findings = checks.check(snapshot, declared.board(snapshot.board))
        if any(finding.code in HELD for finding in findings):
            continue  # kept, and in no answer
        try:
            list(portions([(snapshot, findings)]))
        except ParseFailed:
            continue  # refused where the index would have to hold it
        if wrong := next(unsound(snapshot), None):
            raise Unsound(f"{source}: {snapshot.board}: {wrong}")
        passed.append(snapshot)
    return passed


def read(name: str, body: bytes) -> object:
    """What a reader makes of a body, None where it fails to parse."""
    try:
        return READERS[name](body)
    except (ParseFailed, UsageError) as failed:
        if not str(failed).strip():
            raise Unsound(f"{name}: an error without a sentence") from failed
        return None


def unsound(snapshot: Snapshot) -> Iterator[str]:
    """What of a snapshot can be no board's, whatever its bytes were."""
    entries = snapshot.entries
    if not entries:
        yield "no entries"
    if len(entries) > MOST:
        yield f"{len(entries)} entries"
    if [entry.position for entry in entries] != list(range(1, len(entries) + 1)):
        yield "positions are not 1, 2, 3, …"
    for entry in entries:
        yield from (f"{entry.model!r}: {what}" for what in _unsound_entry(entry._asdict()))
    dates = [snapshot.published_at] if snapshot.published_at else []
    if any(date.tzinfo is None for date in dates):
        yield "a date without its zone"
    if not writable([snapshot.board, dict(snapshot.notes), snapshot.metric, snapshot.layout]):
        yield "notes that cannot be written"
    for finding in snapshot.findings:
        if not finding.sentence.strip() or not writable([finding.sentence, dict(finding.figures)]):
            yield f"the finding {finding.code} cannot be written"


def _unsound_entry(fields: dict[str, Any]) -> Iterator[str]:
    if not fields["model"].strip() or fields["model"] != fields["model"].strip():
        yield "a blank name, or blanks around one"
    for name in ("score", "score_low", "score_high"):
        if fields[name] is not None and not math.isfinite(fields[name]):
            yield f"{name} is {fields[name]}"
    for name in ("rank", "rank_low", "rank_high"):
        if fields[name] is not None and not (isinstance(fields[name], int) and 0 < fields[name] < 2**31):
            yield f"{name} is {fields[name]!r}"
    if fields["votes"] is not None and not (
        isinstance(fields["votes"], int) and 0 <= fields["votes"] < 2**63
    ):
        yield f"votes are {fields['votes']!r}"
    if not writable([fields["model"], fields["organization"], fields["variant"], fields["license"]]):
        yield "a text that is none"
    if not writable(dict(fields["extra"] or {})):
        yield "extra that is no JSON"


def writable(value: object) -> bool:
    """Whether a value can be written as JSON in UTF-8, as the index needs it."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError):
        return False
    return True


def corpus() -> Iterable[bytes]:
    """Every sample, and what fuzzing has found before."""
    for found in samples().values():
        yield from (body for body, _ in found)
    yield from (file.read_bytes() for file in sorted(FOUND.glob("*.bin")))
