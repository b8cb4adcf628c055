"""Open LLM Leaderboard: the dataset's file and a flattened copy give one board; the recorded copy."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.formats.sniff import inspect
from archiver.records import Payload, Snapshot
from archiver.reports.excerpt import Sought, excerpt
from archiver.sources.open_llm import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/open_llm"
RECORDINGS = HERE.parents[2] / "../shared/payloads/open_llm"
DATASET, FLATTENED = SOURCE.routes
HUB = "https://huggingface.co/datasets/open-llm-leaderboard/contents"


def read(body: bytes, url: str = HUB) -> Snapshot:
    [snapshot] = parse(Payload(body, url))
    return snapshot


def test_both_files_give_the_same_board_and_places() -> None:
    dataset = read((SAMPLES / "contents.parquet").read_bytes(), DATASET.captures[0])
    flattened = read((SAMPLES / "scores.csv.gz").read_bytes())
    assert (dataset.layout, flattened.layout) == ("dataset", "flattened")
    for one, two in zip(dataset.entries, flattened.entries, strict=True):
        assert one._replace(variant=None, license=None, extra=None) == two._replace(extra=None)
    assert [entry.rank for entry in dataset.entries] == [1, 2, 4, 5, 2]


def test_the_namespace_is_the_organisation_and_the_precision_the_variant() -> None:
    entries = read((SAMPLES / "contents.parquet").read_bytes()).entries
    assert [(entry.organization, entry.variant) for entry in entries] == [
        ("northwind", "bfloat16"),
        ("taiga", "bfloat16"),
        ("taiga", "float16"),
        (None, "float16"),
        ("drift", "bfloat16"),
    ]
    assert entries[1].model == "taiga/кедр-7b"


def test_a_size_of_nothing_or_less_is_unknown() -> None:
    for name, field in (("contents.parquet", "#Params (B)"), ("scores.csv.gz", "params_b")):
        entries = read((SAMPLES / name).read_bytes()).entries
        assert [(entry.extra or {})[field] for entry in entries] == [72.7, 7.24, 7.24, None, None]


def test_addresses_of_the_routes() -> None:
    for url in (*DATASET.captures, "train-00000-of-00001.parquet"):
        assert SOURCE.route_of(url) == DATASET
    for url in (HUB, "open_llm_leaderboard_v2_scores@2026-05-16.csv.gz"):
        assert SOURCE.route_of(url) == FLATTENED
    assert not SOURCE.route_of("https://example.org/scores.csv.gz")


def test_a_packed_file_that_is_cut_or_too_short_of_its_end_is_no_board() -> None:
    body = (SAMPLES / "scores.csv.gz").read_bytes()
    for end in (1, 10, len(body) // 2, len(body) - 1):
        with pytest.raises(ParseFailed, match="cannot be unpacked"):
            read(body[:end])
    unended = gzip.compress(gzip.decompress(body).rstrip(b"\n"))
    assert [(found.code, found.severity) for found in read(unended).findings] == [("unfinished", "error")]


def test_the_evidence_is_shown_unpacked() -> None:
    piece = excerpt(
        (SAMPLES / "scores.csv.gz").read_bytes(), FLATTENED.media, Sought("taiga/кедр-7b", score=21.5)
    )
    assert "taiga/кедр-7b,21.5,21.5,20.5" in piece


@pytest.fixture(scope="module")
def recorded() -> Snapshot:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    [path] = RECORDINGS.glob("*.csv.gz")
    body = path.read_bytes()
    assert inspect(body, FLATTENED.media) is None
    return read(body)


@pytest.mark.shared
def test_the_recorded_copy_is_read_whole(recorded: Snapshot) -> None:
    assert len(recorded.entries) == 4576
    found = check(recorded, SOURCE.board(recorded.board))
    # 79 models were run in two precisions, which the flattened copy does not tell apart.
    assert [(finding.code, finding.severity) for finding in found] == [("duplicate-entries", "warning")]
    assert found[0].figures["repeated"] == 79
    unknown = [entry for entry in recorded.entries if (entry.extra or {})["params_b"] is None]
    assert len(unknown) == 10


@pytest.mark.shared
def test_its_places_as_counted_by_hand(recorded: Snapshot) -> None:
    places = {entry.model: (entry.position, entry.rank, entry.organization) for entry in recorded.entries}
    best = sorted(recorded.entries, key=lambda entry: entry.rank or 0)
    assert [entry.model for entry in best[:3]] == [
        "MaziyarPanahi/calme-3.2-instruct-78b",
        "MaziyarPanahi/calme-3.1-instruct-78b",
        "dfurman/CalmeRys-78B-Orpo-v0.1",
    ]
    assert places["Qwen/Qwen2.5-72B-Instruct"] == (1541, 6, "Qwen")
    assert places["01-ai/Yi-1.5-34B-Chat"] == (4, 767, "01-ai")
    assert places["Vikhrmodels/Vikhr-Llama3.1-8B-Instruct-R-21-09-24"] == (1977, 1590, "Vikhrmodels")
    assert places["avemio/GRAG-NEMO-12B-ORPO-HESSIAN-AI"][1] == 4576
    nameless = [(entry.position, entry.rank) for entry in recorded.entries if entry.organization is None]
    assert nameless == [(2743, 4125), (2744, 4158)]  # gpt2, twice
