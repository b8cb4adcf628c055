"""Open LLM Leaderboard 2 (Hugging Face): open models on six benchmarks, 2024 to 2025, now retired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from ..formats import csvs, packed, parquet, ranks
from ..formats.fields import Audit, Fields
from ..records import Entry, Finding, Payload, Snapshot
from . import Board, HubFile, Route, Source

_HUB = "https://huggingface.co/datasets/open-llm-leaderboard/contents"
_BOARD = "open_llm/v2/overall"

# fmt: off
_SCORES = ("IFEval", "BBH", "MATH Lvl 5", "GPQA", "MUSR", "MMLU-PRO")
_DATASET: Mapping[str, parquet.Layout] = {
    "dataset": {"fullname": "text", "Precision": "text", "Hub License": "text", "Average ⬆️": "number"},
}
_DATASET_EXTRAS = (
    *_SCORES, *(f"{score} Raw" for score in _SCORES), "Type", "Weight type", "Architecture", "Model sha",
    "Hub ❤️", "#Params (B)", "Available on the hub", "Not_Merged", "Merged", "MoE", "Flagged",
    "Chat Template", "CO₂ cost (kg)", "Maintainer's Highlight", "Official Providers", "Upload To Hub Date",
    "Submission Date", "Generation", "Base Model",
)
_DATASET_IGNORED = {
    "eval_name": "name and precision once more",
    "Model": "the name once more, as HTML",
    "T": "the symbol of Type",
}

_FLAT = ("model", "openllm_average")
_FLAT_FIGURES = ("ifeval", "bbh", "math_lvl_5", "gpqa", "musr", "mmlu_pro", "generation")
_FLAT_TEXTS = (
    "type", "architecture", "available_on_hub", "submission_date", "upload_to_hub_date", "base_model",
)
_FLAT_IGNORED = {
    "model_short": "the name once more, as HTML",
    "source": "the third party that flattened the table added it",
    "source_url": "the third party that flattened the table added it",
}
# fmt: on

SOURCE = Source(
    title="Open LLM Leaderboard 2",
    homepage="https://huggingface.co/spaces/open-llm-leaderboard/open_llm_leaderboard",
    license="not stated",
    attribution="Open LLM Leaderboard, Hugging Face",
    routes=(
        Route(
            name="dataset",
            media="parquet",
            pattern=rf"{_HUB}/resolve/[^?#]+\.parquet(?:\?.*)?|(?!https?:)[^?#]*\.parquet",
            captures=(f"{_HUB}/resolve/main/data/train-00000-of-00001.parquet",),
        ),
        Route(name="flattened", media="gzip", pattern=rf"{_HUB}|(?!https?:)[^?#]*\.csv\.gz"),
    ),
    boards={_BOARD: Board(title="Open LLM Leaderboard 2", metric="average (%)", rows=(100, 12000))},
    cadence=timedelta(days=30),
    version=1,
    history=(HubFile("open-llm-leaderboard/contents", "dataset", "data/train-*.parquet", "dataset"),),
    quirks=(
        "The licence of the results is not stated.",
        "The Hugging Face namespace is the organisation: who uploaded the weights, not who made their base.",
        "The board is in no order and prints no rank: ranks are counted from the average.",
        "A model stands once for each precision it was run in; the flattened file does not say which.",
        "A number of parameters of -1 or 0 means that it is not known; it is kept as null.",
        "The leaderboard was retired in March 2025; its dataset stays.",
        "The dataset is read as its card describes it; only a third party's flattened copy was recorded.",
    ),
)


def parse(payload: Payload) -> Iterator[Snapshot]:
    """The one board of the dataset's Parquet file, or of a flattened copy (CSV, packed with gzip).

    Raises ParseFailed for a renamed column, and for a file that is cut off.
    """
    route = SOURCE.route_of(payload.url)
    if payload.body.startswith(b"PAR1") or (route is not None and route.name == "dataset"):
        yield _dataset(payload.body)
    else:
        yield _flattened(packed.gunzip(payload.body))


def _dataset(body: bytes) -> Snapshot:
    table = parquet.read(body, _DATASET)
    columns = {name: column.listed()(0, table.rows) for name, column in table.columns.items()}
    audit = Audit(extras=_DATASET_EXTRAS, ignored=_DATASET_IGNORED)
    entries = []
    for row, cells in enumerate(zip(*columns.values(), strict=True), start=1):
        fields = audit.record(dict(zip(columns, cells, strict=True)))
        entry = _entry(fields, row, "fullname", "Average ⬆️")._replace(
            variant=fields.text("Precision"), license=fields.text("Hub License")
        )
        entries.append(entry._replace(extra=_parameters(fields, "#Params (B)") | fields.rest()))
    return _snapshot(entries, "dataset", audit)


def _flattened(body: bytes) -> Snapshot:
    table = csvs.read(body)
    table.require(*_FLAT)
    audit = Audit(extras=_FLAT_TEXTS, ignored=_FLAT_IGNORED)
    entries = []
    for row, record in enumerate(table.records(), start=1):
        fields = audit.record(record)
        entry = _entry(fields, row, *_FLAT)
        figures = {field: fields.figure(field) for field in _FLAT_FIGURES if field in fields}
        texts = {field: fields.text(field) for field in _FLAT_TEXTS if field in fields}
        extra = figures | _parameters(fields, "params_b") | texts | fields.rest()
        entries.append(entry._replace(extra=extra))
    return _snapshot(entries, "flattened", audit, csvs.unfinished(table))


def _entry(fields: Fields, row: int, name: str, average: str) -> Entry:
    model = fields.name(name)
    namespace, slash, _ = model.partition("/")
    organization = namespace if slash else None
    return Entry(position=row, model=model, organization=organization, score=fields.number(average))


def _parameters(fields: Fields, field: str) -> dict[str, object]:
    """Billions of parameters, where the publisher knew them."""
    if field not in fields:
        return {}
    value = fields.number(field)
    return {field: value if value is not None and value > 0 else None}


def _snapshot(
    entries: Sequence[Entry], layout: str, audit: Audit, findings: Sequence[Finding] = ()
) -> Snapshot:
    return Snapshot(
        board=_BOARD,
        entries=ranks.placed(entries),
        rank_kind="by-score",
        metric="average (%)",
        layout=layout,
        findings=[*audit.findings(), *findings],
    )
