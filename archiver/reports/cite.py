"""A rank as a citation: one sentence with board, date, place, address, time and digests, in four forms.

BibTeX as Oren Patashnik's `btxdoc` describes it (`@misc`, with biblatex's `urldate`); CSL-JSON as the schema
of citationstyles.org has it (an array of items).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from ..moments import moment
from .figures import day, when
from .rows import escaped_markdown, plain_json
from .text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from ..answers import Evidence, Publisher

NOT_PROMISED = "The digests show what this archive received, not that the site showed the same to others."
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    }
)
_NO_KEY = re.compile(r"[^A-Za-z0-9]+")


class Citation(NamedTuple):
    """A rank and its evidence, with whose data it is."""

    evidence: Evidence
    publisher: Publisher

    @property
    def claim(self) -> str:
        """Who stood where, on which board, when."""
        known = self.evidence
        setting = f" ({known.variant})" if known.variant else ""
        listed = "" if known.model_listed == known.model else f", listed as “{known.model_listed}”"
        return f"{known.model}{setting}{listed}, {_place(known)} on the board {known.board} {_dated(known)}"

    @property
    def url(self) -> str:
        """Where the bytes came from; of a recorded fact, where it was read."""
        return self.evidence.source_url or self.evidence.url

    @property
    def captured(self) -> datetime:
        return self.evidence.captured_at

    @property
    def proof(self) -> str:
        known = self.evidence
        return (
            f"payload SHA-256 {known.payload_sha256}; "
            f"ledger line SHA-256 {known.capture_id} ({known.ledger}, line {known.line})"
        )


def _place(known: Evidence) -> str:
    of = f" of {known.of}" if known.of else ""
    if known.rank is None:
        return f"without a printed rank, in row {known.position}{of}"
    counted = {"published": "", "published-ties": " (an upper bound, ties share it)"}
    return f"rank {known.rank}{of}" + counted.get(known.rank_kind, f" (counted from {known.metric})")


def _dated(known: Evidence) -> str:
    if known.published_at is not None:
        return f"as published on {day(known.published_at)}"
    return f"as captured on {day(known.captured_at)}"


def text(citations: Sequence[Citation]) -> str:
    """A paragraph each, for a footnote."""
    return "".join(visible(_sentence(each, str, each.url)) + "\n" for each in citations)


def markdown(citations: Sequence[Citation]) -> str:
    """The same with the address as a link; what is markup in strangers' names is escaped."""
    return "".join(
        _sentence(each, lambda name: escaped_markdown(visible(name)), f"<{_address(each.url)}>") + "\n"
        for each in citations
    )


def _sentence(citation: Citation, safe: Callable[[str], str], url: str) -> str:
    publisher = citation.publisher
    return (
        f"{safe(citation.claim)}. {safe(publisher.title)}, {url}, captured {moment(citation.captured)}; "
        f"{safe(citation.proof)}. {safe(_rights(citation))}{NOT_PROMISED}"
    )


def _rights(citation: Citation) -> str:
    """Whose data it is and under which licence, as the publisher states it."""
    publisher = citation.publisher
    told = publisher.attribution
    if publisher.license and publisher.license not in told:
        told += f"; licence: {publisher.license}"
    return f"Data: {told}. " if told else ""


def bibtex(citations: Sequence[Citation]) -> str:
    """An entry each. Keys are unique among them."""
    return "\n".join(_entry(each, f"{_key(each)}-{number}") for number, each in enumerate(citations, 1))


def _key(citation: Citation) -> str:
    known = citation.evidence
    words = (known.board, known.model, day(known.published_at or known.captured_at))
    ascii_words = (_NO_KEY.sub("-", word).strip("-").lower() for word in words)
    return "-".join(word for word in ascii_words if word)


def _entry(citation: Citation, key: str) -> str:
    time = citation.evidence.published_at or citation.captured
    fields = {
        "author": f"{{{_tex(citation.publisher.title)}}}",
        "title": f"{{{_tex(citation.claim)}}}",
        "year": f"{time:%Y}",
        "month": f"{time:%m}".lstrip("0"),
        "howpublished": rf"\url{{{_address(citation.url)}}}",
        "url": _address(citation.url),
        "urldate": day(citation.captured),
        "note": _tex(f"Captured {when(citation.captured)}; {citation.proof}. {NOT_PROMISED}"),
        "copyright": _tex(_rights(citation).strip()),
    }
    return f"@misc{{{key},\n" + "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items()) + "}\n"


def _tex(raw: str) -> str:
    return visible(raw).translate(_TEX)


def _address(url: str) -> str:
    """An address for \\url{} and for angle brackets: what could end either is percent-encoded."""
    return quote(url, safe="%#/:?&=~+,;@!$'()*[]")


def csl_json(citations: Sequence[Citation]) -> str:
    """An array of items, for Zotero, Pandoc and citeproc."""
    items = [_item(each, number) for number, each in enumerate(citations, 1)]
    return plain_json(items) + "\n"


def _item(citation: Citation, number: int) -> dict[str, object]:
    known = citation.evidence
    return {
        "id": f"{_key(citation)}-{number}",
        "type": "webpage",
        "title": citation.claim,
        "author": [{"literal": citation.publisher.title}],
        "container-title": known.board,
        "URL": citation.url,
        "accessed": _parts(citation.captured),
        "issued": _parts(known.published_at or citation.captured),
        "note": f"Captured {when(citation.captured)}; {citation.proof}. {_rights(citation)}{NOT_PROMISED}",
    }


def _parts(time: datetime) -> dict[str, object]:
    return {"date-parts": [[time.year, time.month, time.day]]}


FORMS: dict[str, Callable[[Sequence[Citation]], str]] = {
    "text": text,
    "markdown": markdown,
    "bibtex": bibtex,
    "csl-json": csl_json,
}
"""Name of a form → what writes it."""
