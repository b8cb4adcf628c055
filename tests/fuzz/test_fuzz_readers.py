"""Properties of every reader: damaged, spliced or hostile bytes give sound rows or `ParseFailed`, and an end.

`tests/fuzz/fuzz_readers.py` looks on, guided by coverage; what either finds becomes a sample in `found/`.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archiver import formats, sources
from archiver.errors import ParseFailed
from archiver.formats import rows
from archiver.records import Entry, Snapshot
from tests.ending import ends
from tests.fuzz.mutating import MUTATIONS, mutated
from tests.fuzz.readers import (
    FOUND,
    OWN,
    PARTS,
    READERS,
    URLS,
    Unsound,
    corpus,
    parsed,
    read,
    samples,
    unsound,
)

SAMPLES = samples()
CORPUS = sorted(corpus(), key=len)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("source", sorted(SAMPLES))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=SEEDS)
def test_a_mutated_sample_gives_sound_rows_or_none(source: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311  # reproducible, not secret
    body, url = random.choice(SAMPLES[source])
    with ends():
        parsed(source, mutated(body, random), url)


@pytest.mark.parametrize("name", sorted(READERS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=SEEDS)
def test_a_reader_fails_to_parse_or_reads(name: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311  # reproducible, not secret
    with ends():
        read(name, mutated(random.choice(OWN.get(name, CORPUS)), random))


@pytest.mark.parametrize("file", sorted(FOUND.glob("*.bin")), ids=lambda file: file.stem)
def test_what_was_found_stays_mended(file: Path) -> None:
    """`READER.what-it-was.bin` or `SOURCE.what-it-was.bin`; each raised or gave something unsound once."""
    name = file.name.partition(".")[0]
    if name in READERS:
        read(name, file.read_bytes())
        return
    for url in dict.fromkeys(URLS[name].values()):
        parsed(name, file.read_bytes(), url)


def test_a_sample_is_read_before_it_is_mutated() -> None:
    """Else the properties hold of nothing."""
    assert {
        source for source, found in SAMPLES.items() if not any(parsed(source, *one) for one in found)
    } == set()


def test_every_mutation_changes_something() -> None:
    random = Random(7)  # noqa: S311  # reproducible, not secret
    body = CORPUS[len(CORPUS) // 2]
    for mutation in MUTATIONS:
        assert any(mutation(body, random) != body for _ in range(20)), mutation.__name__


def test_every_reader_is_tried() -> None:
    modules = {path.stem for path in Path(formats.__file__).parent.glob("[!_]*.py")}
    assert modules - PARTS <= {name.partition("-")[0] for name in READERS}
    assert set(SAMPLES) == set(sources.names())
    for name, bodies in OWN.items():
        assert all(READERS[name](body) for body in bodies), "a sample is read before it is mutated"


def test_an_unsound_row_would_be_seen() -> None:
    def said(**more: object) -> list[str]:
        entry = Entry(1, "a", rank=1)._replace(**more)
        return list(unsound(Snapshot(board="x/y/z", entries=[entry])))

    assert said() == []
    for more in (
        {"rank": 0},
        {"score": float("inf")},
        {"model": " a"},
        {"votes": -1},
        {"extra": {"a": float("nan")}},
    ):
        assert said(**more), more
    assert issubclass(Unsound, AssertionError)


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel here: no guided fuzzing")
def test_fuzzing_guided_by_coverage_finds_nothing(tmp_path: Path) -> None:
    """A short run; each time the same; `python -m tests.fuzz.fuzz_readers 600` is a longer one."""
    words = [sys.executable, "-m", "tests.fuzz.fuzz_readers", "4", "1"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    assert runs
    assert int(runs[1]) > 300, "it fuzzed"
    assert list(tmp_path.iterdir()) == []


# ---- what can be decided: rows that were written are the rows that are read --------------------------------

NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12
).filter(lambda name: name.strip() == name and name[0] not in "\ufeff")
SCORES = st.integers(-(10**6), 10**6).map(lambda value: value / 100)
BOARDS = st.lists(st.tuples(NAMES, SCORES), min_size=1, max_size=8)


def written(form: rows.Form, board: list[tuple[str, float]]) -> bytes:
    """A board as a publisher writes it in a form."""
    records = [{"Model": name, "Score": score} for name, score in board]
    if form == "parquet":
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(records), out)
        return out.getvalue()
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([("Model", "Score"), *board])
        return text.getvalue().encode()
    if form == "json":
        return json.dumps(records).encode()
    return yaml.safe_dump(records, allow_unicode=True, sort_keys=False).encode()


def seen(form: rows.Form, body: bytes) -> list[tuple[str, float]]:
    records = rows.read(body, form, ["Model", "Score"]).records
    return [(str(record["Model"]), float(str(record["Score"]))) for record in records]


@pytest.mark.parametrize("form", ["csv", "json", "yaml", "parquet"])
@settings(max_examples=60, deadline=None)
@example(board=[("=1+1", -0.01), ("a,b", 1.0), ('"', 2.0), ("null", 3.0), ("1e5", 4.0)])
@given(board=BOARDS)
def test_what_is_written_is_read(form: rows.Form, board: list[tuple[str, float]]) -> None:
    assert seen(form, written(form, board)) == board


@pytest.mark.parametrize("form", ["csv", "json", "yaml", "parquet"])
@settings(max_examples=60, deadline=None)
@example(board=[("fir", 1.5), ("oak[2]b", 2.5)], share=0.74)  # YAML that ends in a bracket, and not by it
@given(board=BOARDS, share=st.floats(0, 1, exclude_max=True))
def test_a_cut_gives_no_row_that_was_not_there(
    form: rows.Form, board: list[tuple[str, float]], share: float
) -> None:
    """The last row may be cut in the middle of a figure: that the file has no end is then told."""
    body = written(form, board)
    try:
        found = rows.read(body[: int(len(body) * share)], form, ["Model", "Score"])
    except ParseFailed:
        return
    whole = [name for name, _ in board]
    models = [str(record["Model"]) for record in found.records]
    assert models[:-1] == whole[: max(len(models) - 1, 0)]
    if found.ended:
        assert form in ("csv", "yaml") and models == whole[: len(models)]
