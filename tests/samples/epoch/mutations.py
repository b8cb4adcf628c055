"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator

SCORES = {
    "eci_2026-01-02.csv": ("Model version", "ECI Score"),
    "benchmarks_runs@2026-01-02.csv": ("model", "task", "Best score (across scorers)", "Status"),
    "external_benchmark_boolq.csv": ("Score",),
    "external_benchmark_metr.csv": ("Time horizon",),
}


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column in the middle of its table."""
    if sample.endswith(".zip"):
        return changed(body, lambda file: widened(file, field))
    return widened(body, field)


def widened(body: bytes, field: str) -> bytes:
    text = body.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(
        [*line[:-1], "7" if at else field, line[-1]] for at, line in enumerate(lines)
    )
    whole = out.getvalue()
    return (whole if text.endswith("\n") else whole.removesuffix("\n")).encode()


def changed(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with each CSV file in it changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(zipfile.ZipInfo(name), change(content) if name.endswith(".csv") else content)
    return out.getvalue()


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    for name in SCORES.get(sample, ()):
        yield name, headed(body, name)
    if sample.endswith(".zip"):
        yield "Model version", changed(body, lambda file: headed(file, "Model version"))


def headed(body: bytes, name: str) -> bytes:
    head, end, rest = body.decode("utf-8-sig").partition("\n")
    return (",".join("other" if cell == name else cell for cell in head.split(",")) + end + rest).encode()
