"""Every sample beside what it was read as, once a person had looked at it.

`tests/samples/SOURCE/urls.toml` names the samples and the addresses that they answer. A golden that is
missing is written and fails the run: look at it, then commit it. To accept a change, delete it and run twice.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from archiver import sources
from archiver.records import Payload
from archiver.reports.entries import entry_rows

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
LISTED = [
    (SAMPLES / name / file, url)
    for name in sources.names()
    if (index := SAMPLES / name / "urls.toml").exists()
    for file, url in tomllib.loads(index.read_text("utf-8")).items()
]


@pytest.mark.parametrize(
    ("path", "url"), LISTED, ids=[f"{path.parent.name}/{path.name}" for path, _ in LISTED]
)
def test_a_sample_is_read_as_its_golden_says(path: Path, url: str) -> None:
    snapshots = sources.load(path.parent.name).parse(Payload(path.read_bytes(), url))
    rows = [row for snapshot in snapshots for row in entry_rows(snapshot)]
    lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
    golden = path.with_name(f"{path.name}.golden.jsonl")
    if not golden.exists():
        golden.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        pytest.fail(
            f"{golden.name} was missing and has been written: look at each of its {len(lines)} lines."
        )
    assert lines == golden.read_text("utf-8").splitlines()
