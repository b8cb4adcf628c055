"""A board over time, small enough to carry along: each model's figures where they change, and no more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ...answers.pictured import Entry, Shot
from ..figures import digits
from ..text import visible

ABSENT, UNRANKED = -1, 0
"""What stands in the place of a rank."""
FIGURES = ("rank", "score", "above", "below", "best", "worst")
"""Columns that change: the rank, the score, its interval (distances up and down), the spread of places."""


class Model(NamedTuple):
    """A row of the table, whenever it stands on it."""

    name: str
    organization: str
    country: str
    watched: int
    """Which of those asked for it belongs to, from 1; 0: none."""


@dataclass(frozen=True)
class States:
    """Snapshots of a board, and for each model and figure a flat list: since which snapshot, which value."""

    shots: Sequence[Shot]
    models: Sequence[Model]
    figures: dict[str, list[list[int | None]]]
    digits: int
    """Behind the point of a score: scores and intervals are whole numbers of its last digit."""
    left_out: int = 0
    """Snapshots between those carried along."""

    def at(self, figure: str, model: int, shot: int) -> int | None:
        """The figure of a model in a snapshot."""
        found: int | None = None
        steps = self.figures[figure][model]
        for position in range(0, len(steps), 2):
            since = steps[position]
            if since is None or since > shot:
                break
            found = steps[position + 1]
        return found

    def listed(self, shot: int) -> list[int]:
        """The models that a snapshot lists, by rank, then name; those without a rank last."""
        ranks = {model: self.at("rank", model, shot) for model in range(len(self.models))}
        here = [model for model, rank in ranks.items() if rank is not None and rank != ABSENT]
        here.sort(key=lambda model: (ranks[model] or 10**9, self.models[model].name))
        return here

    @cached_property
    def known(self) -> frozenset[str]:
        """The figures that anything is known of."""
        return frozenset(
            name
            for name, rows in self.figures.items()
            if any(value is not None for row in rows for value in row[1::2])
        )

    @cached_property
    def weight(self) -> int:
        """Bytes that it takes on a page."""
        return len(json.dumps(self.carried(), ensure_ascii=False, separators=(",", ":")).encode())

    def carried(self) -> dict[str, Any]:
        """As JSON for the page's script."""
        return {
            "shots": [[f"{shot.time:%Y-%m-%d}", shot.of, int(shot.complete)] for shot in self.shots],
            "models": [
                [visible(model.name), visible(model.organization), model.country, model.watched]
                for model in self.models
            ],
            "digits": self.digits,
            **{name: self.figures[name] for name in FIGURES if name in self.known or name == "rank"},
        }


def of_entries(
    shots: Sequence[Shot],
    entries: Iterable[Entry],
    watched: Mapping[tuple[str, str | None], int],
    *,
    left_out: int = 0,
) -> States:
    """The states of a board at some snapshots. entries: of these and others, those of one snapshot by rank.
    watched: model and its maker as listed → whose."""
    order = {shot.snapshot_id: at for at, shot in enumerate(shots)}
    rows = [(order[entry.snapshot_id], entry) for entry in entries if entry.snapshot_id in order]
    rows.sort(key=lambda row: row[0])
    places = digits(entry.score for _, entry in rows)
    unit = 10**places
    at: dict[tuple[str, str | None, str | None], int] = {}
    models: list[Model] = []
    columns: dict[str, list[list[int | None]]] = {name: [] for name in FIGURES}
    last: list[int] = []
    for shot, entry in rows:
        key = (entry.model_listed, entry.variant, entry.organization)
        model = at.get(key)
        if model is None:
            model = at[key] = len(models)
            models.append(_model(entry, watched))
            for column in columns.values():
                column.append([])
            last.append(-1)
        if last[model] == shot:
            continue  # listed twice in one snapshot: the better place speaks for it
        if 0 <= last[model] < shot - 1:
            columns["rank"][model] += (last[model] + 1, ABSENT)
        last[model] = shot
        for name, value in zip(FIGURES, _figures(entry, unit), strict=True):
            steps = columns[name][model]
            if not steps or steps[-1] != value:
                steps += (shot, value)
    for model, seen in enumerate(last):
        if seen < len(shots) - 1:
            columns["rank"][model] += (seen + 1, ABSENT)
    return States(shots, _distinct(models, list(at)), columns, places, left_out)


def _figures(row: Entry, unit: int) -> tuple[int | None, ...]:
    score = None if row.score is None else round(row.score * unit)
    above = below = None
    if row.score is not None and row.score_low is not None and row.score_high is not None:
        above, below = round((row.score_high - row.score) * unit), round((row.score - row.score_low) * unit)
    return (UNRANKED if row.rank is None else row.rank, score, above, below, row.rank_low, row.rank_high)


def _model(row: Entry, watched: Mapping[tuple[str, str | None], int]) -> Model:
    name = f"{row.model} ({row.variant})" if row.variant else row.model
    mine = watched.get((row.model, row.organization), 0)
    return Model(name, row.organization or "", row.country or "", mine)


def _distinct(models: Sequence[Model], keys: Sequence[tuple[str, str | None, str | None]]) -> list[Model]:
    """Where several rows would have one name, each goes by what is listed."""
    meant = Counter(model.name for model in models)
    twice = {name for name, count in meant.items() if count > 1}
    return [
        model._replace(name=f"{listed} ({variant})" if variant else listed) if model.name in twice else model
        for model, (listed, variant, _) in zip(models, keys, strict=True)
    ]


def thinned(shots: Sequence[Shot], most: int) -> list[Shot]:
    """At most so many snapshots, evenly, the first and the last among them."""
    if len(shots) <= most:
        return list(shots)
    step = (len(shots) - 1) / (most - 1)
    return [shots[round(at * step)] for at in range(most)]
