"""Epoch's hub: the index, the runs, what it collects, the zip they come in, and every recorded file."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

from archiver import checks
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources._epoch_files import EXTERNAL
from archiver.sources.epoch import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/epoch"
RECORDINGS = HERE.parents[2] / "../shared/payloads/epoch"
ZIP = SOURCE.routes[0].captures[0]
TWINS = {"arc_agi", "superglue", "csqa2", "lambada", "piqa", "gsm8k", "triviaqa"}
"""Files whose columns others have too: under the zip's address alone nobody can tell them apart."""


def read(body: bytes | str, url: str) -> dict[str, Snapshot]:
    body = body.encode() if isinstance(body, str) else body
    return {snapshot.board: snapshot for snapshot in parse(Payload(body, url))}


def sample(name: str) -> dict[str, Snapshot]:
    return read((SAMPLES / name).read_bytes(), name)


def test_models_without_an_index_are_listed_and_not_counted() -> None:
    [snapshot] = sample("eci_2026-01-02.csv").values()
    assert [(entry.model, entry.rank, entry.competitor) for entry in snapshot.entries] == [
        ("northwind-9_high", None, False),
        ("northwind-9_medium", 1, True),
        ("openlm-4", 2, True),
        ("dolly-example", 3, True),
    ]
    assert snapshot.entries[0].extra["Description"] == "Two lines,\nand a comma"  # type: ignore[index]


def test_each_task_of_the_runs_is_a_board_and_a_failed_run_has_no_score() -> None:
    boards = sample("benchmarks_runs@2026-01-02.csv")
    assert list(boards) == ["epoch/runs/swe-bench-verified", "epoch/runs/gpqa-diamond"]
    swe, gpqa = boards.values()
    assert [(entry.score, entry.rank) for entry in swe.entries] == [(0.346, 1), (None, None), (0.01, 2)]
    assert [(entry.model, entry.variant) for entry in gpqa.entries] == [
        ("openlm-4", None),
        ("northwind-9_medium", None),
        ("openlm-4", "ddd"),
    ]


def test_results_of_papers_are_told_apart() -> None:
    [snapshot] = sample("external_benchmark_boolq.csv").values()
    assert snapshot.metric == "Score (%)"
    assert [(entry.model, entry.variant, entry.score) for entry in snapshot.entries] == [
        ("openlm-7b", "Example Technical Report", 75),
        ("openlm-7b", "5 shots, Example Technical Report", 67.5),
        ("openlm-7b", "5 shots, Another Report", 74.2),
        ("Dolly Example", "few, Another Report", None),
        ("openlm-7b", "5 shots, Another Report, rec5", 70),
    ]


def test_a_row_without_a_model_is_told_and_left_out() -> None:
    [snapshot] = sample("external_benchmark_metr.csv").values()
    assert [(entry.score, entry.score_low) for entry in snapshot.entries] == [
        (18.21683, 9.492954),
        (28.983512, 13.345031),
    ]
    [finding] = snapshot.findings
    assert (finding.code, finding.figures["ids"]) == ("nameless-rows", ["rec3"])


def test_columns_tell_what_the_address_does_not() -> None:
    body = (SAMPLES / "external_benchmark_metr.csv").read_bytes()
    assert list(read(body, ZIP)) == ["epoch/external/metr"]
    with pytest.raises(ParseFailed, match="give the file's own name"):
        read("id,Name,Score,Model version,Shots,Source,Source link,Notes\nr,a,1%,a,,s,l,n\n", ZIP)
    with pytest.raises(ParseFailed, match="no known file"):
        read("a,b\n1,2\n", ZIP)
    with pytest.raises(ParseFailed, match="'new_one' is not known"):
        read("a,b\n1,2\n", "new_one_external.csv")


def test_the_zip_gives_each_list_once_and_tells_what_it_does_not() -> None:
    body = (SAMPLES / "benchmark_data.zip").read_bytes()
    boards = read(body, ZIP)
    assert list(boards) == ["epoch/eci/overall", "epoch/runs/gpqa-diamond", "epoch/external/hellaswag"]
    first, *others = boards.values()
    assert [finding.code for finding in first.findings] == ["unread-files"]
    assert "eci_benchmark_difficulties.csv" in first.findings[0].sentence
    assert not any(snapshot.findings for snapshot in others)


def test_a_file_that_stands_twice_is_read_once() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/eci_scores.csv", "Model,eci\na,1\n")
        archive.writestr("b/eci_scores.csv", "Model,eci\na,2\n")
    [snapshot] = read(packed.getvalue(), ZIP).values()
    assert snapshot.entries[0].score == 1
    assert "b/eci_scores.csv" in snapshot.findings[0].sentence


@pytest.mark.parametrize(("last", "held"), [("Organization", True), ("Notes", False)])
def test_a_last_cell_without_a_line_end_is_not_kept(last: str, held: bool) -> None:
    [snapshot] = read(f"Model version,ECI Score,{last}\na,1,whole\nb,2,cut", "eci_x.csv").values()
    assert [finding.code for finding in snapshot.findings] == (["unfinished"] if held else [])
    assert snapshot.entries[1].organization is None
    assert last not in (snapshot.entries[1].extra or {})


@pytest.fixture(scope="module")
def recorded() -> list[Path]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return sorted(RECORDINGS.rglob("*.csv"))


@pytest.mark.shared
def test_every_recorded_file(recorded: list[Path]) -> None:
    assert len(recorded) == 41
    seen = set()
    for path in recorded:
        boards = read(path.read_bytes(), path.name)
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        entries = [entry for snapshot in boards.values() for entry in snapshot.entries]
        left_out = sum(
            int(str(finding.figures["rows"]))
            for snapshot in boards.values()
            for finding in snapshot.findings
            if finding.code == "nameless-rows"
        )
        assert len(entries) + left_out == len(rows), path.name
        for snapshot in boards.values():
            codes = {found.code for found in checks.check(snapshot, SOURCE.board(snapshot.board))}
            assert codes <= {"nameless-rows"}, (path.name, codes)
            named = [(entry.model, entry.variant) for entry in snapshot.entries]
            assert len(set(named)) == len(named)
            seen.add(snapshot.board)
    assert len(seen) == len(EXTERNAL) + 8 + 1


@pytest.mark.shared
def test_what_the_columns_alone_tell(recorded: list[Path]) -> None:
    for path in recorded:
        stem = path.stem.removeprefix("external_benchmark_")
        if stem in TWINS:
            with pytest.raises(ParseFailed, match="do not tell"):
                read(path.read_bytes(), ZIP)
        else:
            assert list(read(path.read_bytes(), ZIP)) == list(read(path.read_bytes(), path.name))


@pytest.mark.shared
def test_figures_counted_by_hand(recorded: list[Path]) -> None:
    files = {path.name: path for path in recorded}
    boards = read(files["eci_2025-11-07-07356c21.csv"].read_bytes(), "eci_2025-11-07-07356c21.csv")
    eci = boards["epoch/eci/overall"].entries
    ranked = sorted((entry for entry in eci if entry.rank), key=lambda entry: entry.rank or 0)
    assert (len(eci), len(ranked)) == (426, 142)
    assert [(entry.model, entry.score) for entry in ranked[:3]] == [
        ("gpt-5-2025-08-07_medium", 150.0),
        ("gpt-5-2025-08-07_high", 149.63110287022786),
        ("gemini-2.5-pro-preview-06-05", 146.23747589064803),
    ]
    assert (ranked[-1].model, ranked[-1].rank) == ("dolly-v2-12b", 142)
    first = read(files["benchmarks_runs@2025-07-22-144e244d.csv"].read_bytes(), "benchmarks_runs.csv")
    last = read(files["benchmarks_runs@2025-11-21-37d55ed7.csv"].read_bytes(), "benchmarks_runs.csv")
    assert (len(first), len(last)) == (6, 8)
    gpqa = "epoch/runs/gpqa-diamond"
    assert (len(first[gpqa].entries), len(last[gpqa].entries)) == (111, 134)
    swe = first["epoch/runs/swe-bench-verified"].entries[0]
    assert (swe.model, swe.score) == ("o4-mini-2025-04-16_medium", 0.346)
    [aider] = read(
        files["external_benchmark_aider_polyglot.csv"].read_bytes(), "external_benchmark_aider_polyglot.csv"
    ).values()
    assert len(aider.entries) == 63  # 68 rows, 5 of them a mix of models without a name
    assert (aider.entries[0].model, aider.entries[0].variant, aider.entries[0].score) == (
        "gpt-5-2025-08-07_high",
        "diff",
        88.0,
    )
