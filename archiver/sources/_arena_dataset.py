"""Arena's own dataset on Hugging Face: `latest` and `full` files of each subset; each category is a board."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from ..errors import ParseFailed
from ..formats import parquet
from ..formats.listings import Listings, unlike_variance
from ..records import Entry, Finding, Payload, Snapshot

SUBSETS = (
    "text",
    "text_style_control",
    "vision",
    "vision_style_control",
    "webdev",
    "search",
    "search_style_control",
    "document",
    "document_style_control",
    "text_to_image",
    "image_edit",
    "text_to_video",
    "image_to_video",
    "video_edit",
)

_HUB = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset/resolve/"
_ADDRESS = re.escape(_HUB) + r"[^/?#]+/([a-z0-9_]+)/(?:latest|full)-\d{5}-of-(\d{5})\.parquet(?:\?[^#]*)?"
_FILE = r"(?!https?:)(?:[^?#]*/)?[^/?#]+\.parquet"
PATTERN = f"{_ADDRESS}|{_FILE}"
"""The files of the dataset, of any revision, and Parquet files on disk."""

_NAMED = re.compile(rf"(?:^|/)({'|'.join(SUBSETS)}|agent)(?:[.-][^/]*|/(?:latest|full)-[^/]*)?\.parquet$")
"""A file on disk that says its subset: `text.parquet`, `text.overall-only.parquet`, `text/full-….parquet`."""

_COMMON: parquet.Layout = {
    "model_name": "text",
    "organization": "text",
    "license": "text",
    "rank": "integer",
    "category": "text",
    "leaderboard_publish_date": "moment",
}
_LAYOUTS: Mapping[str, parquet.Layout] = {
    "dataset": {
        **_COMMON,
        "rating": "number",
        "rating_lower": "number",
        "rating_upper": "number",
        "vote_count": "integer",
    },
    "dataset-agent": {
        **_COMMON,
        "score": "number",
        "score_ci_lower": "number",
        "score_ci_upper": "number",
        "observation_count": "integer",
        "session_count": "integer",
    },
}
_FIGURES = {
    "dataset": ("rating", "rating_lower", "rating_upper"),
    "dataset-agent": ("score", "score_ci_lower", "score_ci_upper"),
}
METRIC = "Arena score"
AGENT_METRIC = "Agent score"
"""Of the agent boards: the estimated effect of a model on a session (IPS), a share, not a rating."""

_FIRST = datetime(2023, 4, 1, tzinfo=UTC)
"""The arena opened in the spring of 2023; an earlier publish date is a misread one."""
_MOST = 100_000
"""No board has that many places."""


def latest(subset: str) -> str:
    """The address of a subset's latest publication."""
    return f"{_HUB}main/{subset}/latest-00000-of-00001.parquet"


def parse(payload: Payload) -> Iterator[Snapshot]:
    """One snapshot a category and publish date. Raises `ParseFailed`."""
    subset, whole = _subset(payload.url)
    table, runs = parquet.read(payload.body, _LAYOUTS).ordered("category", "leaderboard_publish_date")
    kept = [name for name in table.others if name != "variance" or table.layout != "dataset"]
    findings = [_new_field(name) for name in kept]
    kept += ["observation_count", "session_count"] if table.layout == "dataset-agent" else []
    entries = _Entries(table, kept)
    for (category, published), start, end in runs:
        if published < _FIRST:
            raise ParseFailed(f"the publish date {published:%Y-%m-%d} is before the arena opened: misread")
        yield Snapshot(
            board=f"arena/{subset}/{_slug(category)}",
            entries=entries.between(start, end),
            published_at=published,
            metric=METRIC if table.layout == "dataset" else AGENT_METRIC,
            complete=whole,
            layout=table.layout,
            findings=findings,
        )


def _subset(url: str) -> tuple[str, bool]:
    """The track that an address or a file's name tells, and whether the file is all of it."""
    if found := re.fullmatch(_ADDRESS, url):
        return found[1].replace("_", "-"), found[2] == "00001"
    if found := _NAMED.search(url):
        return found[1].replace("_", "-"), True
    raise ParseFailed(
        f"{url or 'the file'} does not say which subset of the Arena dataset it is, nor do its bytes",
        todo=f"give --url, for instance {latest('text')}, or name the file text.parquet",
    )


def _slug(category: str) -> str:
    slug = category.lower().replace("_", "-")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", slug):
        raise ParseFailed(f"{category!r} is no name of a category")
    return slug


def _new_field(name: str) -> Finding:
    sentence = (
        f"The column {name!r} is new: its values are kept in `extra` and mean nothing to the archive yet."
    )
    return Finding("new-field", "warning", sentence, {"field": name})


class _Entries:
    """The rows of a file as entries."""

    def __init__(self, table: parquet.Table, kept: Sequence[str]) -> None:
        """kept: the columns that go to `extra`.

        `variance` does too where the interval does not say it. It is ((upper - lower) / 2 / 1.96)², to 4
        parts in 100,000, on all boards of mid 2026 but three of text-to-image, whose intervals are
        bootstrapped.
        """
        columns = table.columns
        score, low, high = _FIGURES[table.layout]
        fields = {"score": score, "score_low": low, "score_high": high, "votes": "vote_count"}
        fields |= {
            "model": "model_name",
            "organization": "organization",
            "license": "license",
            "rank": "rank",
        }
        listed = {field: columns[name] for field, name in fields.items() if name in columns}
        if not listed["rank"].within(1, _MOST - 1):
            raise ParseFailed("the column 'rank' holds figures that are no places")
        self._listings = Listings({**listed, "model": listed["model"].filled("")})
        extra = {name: columns[name] for name in kept}
        if "variance" in columns and "variance" not in kept:
            unsaid = unlike_variance(columns["variance"], columns[low], columns[high])
            extra |= {"variance": unsaid} if unsaid.some() else {}
        self._extra = {name: column.listed() for name, column in extra.items()}

    def between(self, start: int, end: int) -> Sequence[Entry]:
        """The entries of some rows."""
        listing = self._listings.listing(start, end)
        cells = [listed(start, end) for listed in self._extra.values()]
        if all(value is None for column in cells for value in column):
            return listing
        extras = (dict(zip(self._extra, row, strict=True)) for row in zip(*cells, strict=True))
        return [
            entry._replace(extra={name: value for name, value in extra.items() if value is not None} or None)
            for entry, extra in zip(listing, extras, strict=True)
        ]
