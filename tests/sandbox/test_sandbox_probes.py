"""Ways out of a question, judged by what they do: a file read or made, a call, a setting; none is open."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from archiver.answers import probes, sandbox
from archiver.answers.probes import Probe, Yard
from archiver.errors import ArchiverError, UsageError

CHECKOUT = Path(__file__).parents[2]
PROBES = probes.probes()
NEEDS_MORE = {"http", "s3://", "hf://", "postgres", "spatial", "x.duckdb_extension"}
"""What is in a probe that needs an extension, or a function, that is not installed here."""
WITHOUT_EFFECT = {"getenv", "enable_external_access = true", "allow_unsigned_extensions", "PERSISTENT SECRET"}
"""What this version has not, or refuses by itself once a database is open."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Yard]:
    yield from probes.yard(tmp_path)


def told(probe: Probe) -> str:
    return "; ".join(probe.statements)


def test_there_are_enough() -> None:
    assert len({told(probe) for probe in PROBES}) == len(PROBES) >= 60


def test_no_probe_passes_duckdbs_own_wall(place: Yard) -> None:
    out = []
    for probe in PROBES:
        with place.open() as con:
            sandbox.shut_in(con)
            out += [told(probe)] if probes.passes(con, probe, place) else []
    print(f"{len(out)} of {len(PROBES)} probes pass on DuckDB {duckdb.__version__}")
    assert out == []


def test_no_probe_passes_as_a_question(place: Yard) -> None:
    """As `archiver sql` puts it: one statement of a kind that asks."""
    taken = {"SELECT 1": True}
    for probe in PROBES:
        before = place.files()
        with place.open() as con:
            for statement in probe.statements:
                try:
                    taken[statement] = bool(list(sandbox.sql(con, place.written(statement))[1]))
                except UsageError:
                    taken[statement] = False
        assert place.files() == before and not place.called(), told(probe)
    # What asks nothing of the world is answered; it is a part of a longer way.
    assert {each for each, answered in taken.items() if answered} <= {"SELECT 1", "SELECT write_log('x')"}


def test_every_probe_would_pass_without_walls(tmp_path: Path) -> None:
    """Else it proves nothing. Those that need an extension are let through where it is there."""
    idle = []
    for place in probes.yard(tmp_path):
        index = (tmp_path / "kept.duckdb").read_bytes()
        for probe in PROBES:
            if told(probe).startswith(("INSTALL httpfs", "FORCE INSTALL", "UPDATE")):
                idle.append(told(probe))  # without a wall it would ask a server that is not on this machine
                continue
            with place.open(read_only=False) as con:
                idle += [] if probes.passes(con, probe, place) else [told(probe)]
            for made in (
                *tmp_path.glob("out/*"),
                *tmp_path.glob("temporary/*"),
                *tmp_path.glob("kept.duckdb*"),
            ):
                shutil.rmtree(made) if made.is_dir() else made.unlink()
            (tmp_path / "kept.duckdb").write_bytes(index)
    known = NEEDS_MORE | WITHOUT_EFFECT | {"INSTALL", "UPDATE EXTENSIONS", "LOAD httpfs"}
    assert [each for each in idle if not any(word in each for word in known)] == []
    assert len(PROBES) - len(idle) >= 75


BOUND = """
import os, resource, sys
from pathlib import Path
import duckdb
from archiver.answers import probes
out = []
for place in probes.yard(Path(sys.argv[1])):
    for probe in probes.probes():
        con = place.open()
        free = os.open(os.devnull, os.O_RDONLY)
        os.close(free)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        reached = False
        try:
            for statement in probe.statements:
                found = con.execute(place.written(statement)).fetchall()
                reached = reached or "secret" in str(found)
        except duckdb.Error:
            pass
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        con.close()
        if reached or place.called():
            out.append("; ".join(probe.statements))
print(out)
"""


def test_no_file_opens_once_the_process_is_bound(tmp_path: Path) -> None:
    """The system's own wall, alone: DuckDB is told nothing, and still reads no file and makes no call.

    In a process of its own: this one has threads, so that what is forked from it might wait for ever.
    """
    done = subprocess.run(
        [sys.executable, "-c", BOUND, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_another_version_is_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert duckdb.__version__ in probes.PROVEN, "on a new version: run the bench, look, and add it"
    probes.refuse_unproven()
    monkeypatch.setattr(probes, "PROVEN", frozenset({"1.0.0"}))
    probes.escapes.cache_clear()
    probes.refuse_unproven()
    probes.escapes.cache_clear()


def test_a_version_with_a_way_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DuckDB that forgets one wall: its files stay open."""
    monkeypatch.setattr(probes, "PROVEN", frozenset({"1.0.0"}))
    monkeypatch.setattr(sandbox, "_SHUT", [each for each in sandbox._SHUT if "filesystems" not in each])
    probes.escapes.cache_clear()
    with pytest.raises(ArchiverError, match="does not keep a stranger's SQL in") as refused:
        probes.refuse_unproven()
    assert "USE_TMP_FILE false" in "".join(probes.escapes()), "COPY over the index itself"
    assert "1.0.0" in refused.value.todo
    probes.escapes.cache_clear()


@pytest.mark.parametrize(
    "text", ["votes > 1000", "a = 'x' -- y", "(SELECT max(votes) FROM entries) > 1", "a IN (1, 2)"]
)
def test_a_condition_is_one_expression(text: str) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE entries AS SELECT 1 AS a, 2000 AS votes")
        statement = f"SELECT * FROM entries WHERE {sandbox.condition(text)} AND true"  # noqa: S608  # the point
        assert len(con.extract_statements(statement)) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "a, b", "a) OR (b", "1 FROM x", "a > 1 /*", "a ORDER BY b", "a; DROP TABLE x", "a;"),
        *("true) UNION SELECT (1", "a > ", "'", "a)) --", "1 LIMIT 5", "a AS b"),
    ],
)
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(UsageError, match="no condition"):
        sandbox.condition(text)
