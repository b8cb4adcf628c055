"""Artificial Analysis: indices of models over many evaluations, from its data API (a key is needed)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from ..errors import ParseFailed
from ..formats import jsons, ranks, tables, text
from ..formats.fields import Audit
from ..records import Entry, Finding, Payload, Snapshot
from . import Board, Key, Route, Source

_MODELS = "https://artificialanalysis.ai/api/v2/data/llms/models"
_INDICES = {
    "intelligence": "artificial_analysis_intelligence_index",
    "coding": "artificial_analysis_coding_index",
    "math": "artificial_analysis_math_index",
}
_REQUIRED = ("name", "model_creator.name", f"evaluations.{_INDICES['intelligence']}")
_PLAIN = ("id", "slug", "release_date", "model_creator.id", "model_creator.slug")
_MEASURED = (
    "median_output_tokens_per_second",
    "median_time_to_first_token_seconds",
    "median_time_to_first_answer_token",
)
_PRICES = ("price_1m_blended_3_to_1", "price_1m_input_tokens", "price_1m_output_tokens")
_EVALUATIONS = (
    *("mmlu_pro", "gpqa", "hle", "livecodebench", "scicode", "math_500", "aime", "aime_25", "ifbench"),
    *("lcr", "terminalbench_hard", "tau2"),
)
_EXTRAS = (
    *_PLAIN,
    *_MEASURED,
    *(f"pricing.{name}" for name in _PRICES),
    *(f"evaluations.{name}" for name in (*_EVALUATIONS, *_INDICES.values())),
)

SOURCE = Source(
    title="Artificial Analysis",
    homepage="https://artificialanalysis.ai/leaderboards/models",
    license="own terms: attribution is required, redistribution asks for an agreement",
    attribution="Artificial Analysis, https://artificialanalysis.ai/",
    routes=(
        Route(
            name="api",
            media="json",
            pattern=r"https://artificialanalysis\.ai/api/v2/data/llms/models|(?!https?:)[^?#]*\.json",
            captures=(_MODELS,),
            key=Key("ARTIFICIAL_ANALYSIS_API_KEY", "x-api-key"),
        ),
    ),
    boards={
        f"artificial_analysis/index/{name}": Board(
            title=f"Artificial Analysis {name.capitalize()} Index", metric=f"{name} index", rows=(20, 3000)
        )
        for name in _INDICES
    },
    cadence=timedelta(days=1),
    version=1,
    proven=False,
    quirks=(
        "Written from the API's documentation and its users' code; no recording was at hand.",
        "A capture needs your own API key in ARTIFICIAL_ANALYSIS_API_KEY; it is sent in a header and "
        "recorded nowhere.",
        "Terms of use: name the publisher wherever figures are shown; ask it before passing the data on.",
        "The newer address language/models gives pages of 200 models; a page is no board, so the older one, "
        "which gives all models at once, is asked.",
        "The index changes its evaluations now and then, and figures of old models with it.",
        "Settings of a model (reasoning effort) are models with names of their own.",
        "The answer prints no rank: ranks are counted from the index. A model without one is not listed.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """A board for each index that any model has. Raises ParseFailed where the answer is another."""
    records = [_flat(record) for record in _records(payload.body)]
    present = list(dict.fromkeys(key for record in records for key in record))
    tables.require(_REQUIRED, present)
    for name, field in _INDICES.items():
        listed = [record for record in records if record.get(f"evaluations.{field}") is not None]
        if listed:
            yield _snapshot(name, f"evaluations.{field}", listed, len(records))
        elif name == "intelligence":
            raise ParseFailed(f"artificial_analysis: none of {len(records)} models has a {field}.")


def _records(body: bytes) -> list[Mapping[str, object]]:
    found = jsons.loads(text.decode(body))
    if not isinstance(found, dict) or not isinstance(found.get("data"), list) or not found["data"]:
        raise ParseFailed("artificial_analysis: the answer has no list of models under 'data'.")
    if "pagination" in found:
        raise ParseFailed("artificial_analysis: the answer is one page of several, not the whole board.")
    if found.get("status", 200) != 200:
        raise ParseFailed(f"artificial_analysis: the answer says status {text.short(found['status'])}.")
    records: list[Mapping[str, object]] = [item for item in found["data"] if isinstance(item, dict)]
    if len(records) != len(found["data"]):
        raise ParseFailed(f"artificial_analysis: {len(found['data']) - len(records)} models are no records.")
    return records


def _flat(record: Mapping[str, object]) -> dict[str, object]:
    """Groups of fields (`evaluations`, `pricing`, …) with a dot between the names."""
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": deeper for inner, deeper in value.items()}
        else:
            flat[key] = value
    return flat


def _snapshot(name: str, field: str, listed: Sequence[Mapping[str, object]], total: int) -> Snapshot:
    audit = Audit(extras=_EXTRAS)
    entries = []
    for position, record in enumerate(listed, start=1):
        fields = audit.record(record)
        entries.append(
            Entry(
                position=position,
                model=fields.name("name"),
                organization=fields.text("model_creator.name"),
                score=fields.number(field),
                extra=fields.rest(),
            )
        )
    return Snapshot(
        board=f"artificial_analysis/index/{name}",
        entries=ranks.placed(entries),
        rank_kind="by-score",
        metric=f"{name} index",
        layout="data",
        findings=[*audit.findings(), *_unlisted(name, total - len(listed), total)],
    )


def _unlisted(name: str, missing: int, total: int) -> Iterator[Finding]:
    if missing:
        what = f"{missing} of {total} models have no {name} index, so they are not on this board."
        yield Finding("not-evaluated", "note", what, {"missing": missing, "models": total})
