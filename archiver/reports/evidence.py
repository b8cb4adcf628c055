"""`explain` for people: a rank, and what leads from it to the bytes that say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .figures import count, digits, interval, place, score, when
from .screen import Screen

if TYPE_CHECKING:
    from ..answers import Evidence


def print_evidence(screen: Screen, evidence: Evidence, excerpt: str | None) -> None:
    """Prints the rank as a sentence, the way to its bytes, and the piece of them that says it.

    excerpt: None where it was not looked for; it may have several lines.
    """
    screen.title(headline(evidence))
    for name, fact in facts(evidence):
        screen.line(f"  {name:<12}{fact}", hang=14)
    for finding in evidence.findings:
        screen.line(f"  {'finding':<12}{finding}", "yellow", hang=14)
    if excerpt is None:
        return
    screen.line()
    screen.line("The payload says:" if excerpt else "The name does not stand in the payload as text.", "dim")
    for line in excerpt.splitlines():
        screen.line(f"  {line}")


def headline(evidence: Evidence) -> str:
    """The rank in one sentence."""
    stands = place(evidence.rank, evidence.position, None)
    of = f" of {evidence.of}" if evidence.of else ""
    setting = f" ({evidence.variant})" if evidence.variant else ""
    time = when(evidence.published_at or evidence.captured_at)
    return f"{evidence.model}{setting}: rank {stands}{of} on {evidence.board}, {time}"


def facts(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """What the index knows of it, as (name, text)."""
    decimals = digits((evidence.score, evidence.score_low, evidence.score_high))
    spread = interval(evidence.score, evidence.score_low, evidence.score_high, decimals)
    organization = f" by {evidence.organization_listed}" if evidence.organization_listed else ""
    yield "listed as", f"{evidence.model_listed}{organization}, row {evidence.position}"
    if evidence.score is not None:
        yield "score", f"{score(evidence.score, decimals)} {spread}".rstrip() + f", {evidence.metric}"
    yield "rank is", evidence.rank_kind
    yield "published", when(evidence.published_at) or "the publisher gives no date that can be believed"
    yield "captured", when(evidence.captured_at)
    if evidence.sightings > 1:
        yield "seen until", f"{when(evidence.last_seen)}, {evidence.sightings:,} times"
    yield "URL", evidence.url
    if evidence.source_url:
        yield "read at", evidence.source_url
    if evidence.final_url and evidence.final_url != evidence.url:
        yield "final URL", evidence.final_url
    status = f", status {evidence.status}" if evidence.status else ""
    origin = f" of {evidence.origin}" if evidence.origin else ""
    yield "got by", f"{evidence.via}{origin} on route {evidence.route}{status}, {evidence.tool}"
    yield "ledger", f"{evidence.ledger}, line {evidence.line}"
    yield "capture", evidence.capture_id
    size = f", {count(evidence.payload_bytes)} bytes" if evidence.payload_bytes is not None else ""
    yield "payload", f"sha256 {evidence.payload_sha256}{size}"
    yield "read as", f"layout {evidence.layout or 'only one'}, parser version {evidence.parser_version}"
    yield "snapshot", evidence.snapshot_id
