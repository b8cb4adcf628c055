"""Entries as plain dicts: what `parse … --format jsonl` prints and what golden files hold."""

from __future__ import annotations

from collections.abc import Iterator

from ..records import Snapshot, moment


def entry_rows(snapshot: Snapshot) -> Iterator[dict[str, object]]:
    """One dict an entry, JSON values only, its keys always these and in this order; names as listed.

    board, published_at, position, rank, rank_low, rank_high, rank_kind, model, organization, variant, score,
    score_low, score_high, votes, license, extra.
    """
    published_at = moment(snapshot.published_at)
    for entry in snapshot.entries:
        yield {
            "board": snapshot.board,
            "published_at": published_at,
            "position": entry.position,
            "rank": entry.rank,
            "rank_low": entry.rank_low,
            "rank_high": entry.rank_high,
            "rank_kind": snapshot.rank_kind,
            "model": entry.model,
            "organization": entry.organization,
            "variant": entry.variant,
            "score": entry.score,
            "score_low": entry.score_low,
            "score_high": entry.score_high,
            "votes": entry.votes,
            "license": entry.license,
            "extra": dict(entry.extra or {}),
        }
