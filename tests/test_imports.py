"""The architecture, held by reading the imports: they run one way, and each heavy library has its owner."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "archiver"
MODULES = sorted(PACKAGE.rglob("*.py"))

BASE = {"errors", "moments", "records", "config", "redaction", "logs", "inputs", "outputs"}
MAY_IMPORT = {
    "errors": set(),
    "moments": set(),
    "records": {"moments"},
    "redaction": set(),
    "logs": {"redaction"},
    "inputs": set(),
    "outputs": {"errors"},
    "config": {"errors", "redaction"},
    "sources": {"errors", "records", "redaction", "formats"},
    "formats": {"errors", "records"},
    "checks": {"formats", "records", "sources"},
    "parsing": {"errors", "records", "sources", "formats", "checks"},
    "store": {"errors", "records"},
    "capture": {"errors", "records", "redaction", "sources", "formats"},
    "identity": {"errors", "records"},
    "database": {"errors", "records", "sources", "identity", "parsing", "checks"},
    "answers": {"errors", "moments", "records", "database", "identity"},
    "reports": {"outputs", "errors", "moments", "records", "formats", "answers"},
    "times": {"errors", "moments"},
    "asking": {"times", "answers", "reports"},
    "holding": {
        *("errors", "config", "inputs", "sources", "definitions", "store", "identity", "database", "parsing"),
        "indexing",
    },
    "collecting": {
        *("errors", "records", "config", "times", "holding", "sources", "definitions", "store", "database"),
        *("capture", "fetching", "schedule", "trial", "ingest", "webarchives", "backfill", "indexing"),
    },
    "upkeep": {
        *("errors", "times", "holding", "records", "config", "store", "database", "answers", "reports"),
        *("watching", "capture"),
    },
    "fetching": {"errors", "records", "redaction", "config", "sources", "store", "capture"},
    "ingest": {"errors", "records", "sources", "formats", "store"},
    "ask": {"errors", "answers", "identity"},
    "watching": {"outputs", "errors", "records", "config", "logs", "answers"},
    "exports": {"outputs", "errors", "records", "answers", "reports"},
    "warc": {"errors", "records"},
    "webarchives": {"outputs", "errors", "records", "sources", "formats", "store", "ingest", "warc"},
    "definitions": {"errors", "redaction", "sources", "formats"},
    "schedule": {
        *("errors", "records", "redaction", "logs", "config", "sources", "store", "capture", "fetching"),
        *("definitions", "indexing", "identity", "inputs"),
    },
    "trial": {"errors", "records", "config", "sources", "capture", "fetching", "parsing"},
    "ways": {"errors", "config", "sources", "capture"},
    "backfill": {"errors", "records", "config", "sources", "formats", "store", "capture", "ways"},
    "indexing": {"errors", "records", "sources", "parsing", "store", "identity", "database"},
}
"""Layer → what it may import of the package. `archive`, `demo` and `cli` stand above and may import all."""

OWNERS = {
    "rfc3161_client": {"capture"},
    "opentimestamps": {"capture"},
    "cryptography": {"capture"},
    "requests": {"capture"},
    "urllib3": {"capture"},
    "protego": {"capture"},
    "bs4": {"formats"},
    "yaml": {"formats"},
    "pyarrow": {"formats", "parsing", "database", "exports", "reports", "demo"},
    "duckdb": {"database", "answers"},
    "zstandard": {"store"},
    "warcio": {"warc"},
    "apprise": {"watching"},
    "apscheduler": {"schedule"},
    "click": {"cli"},
    "rich": {"reports", "cli", "capture"},
    "vl_convert": {"reports"},
    "fontTools": {"reports"},
    "fontpkg_fira_sans": {"reports"},
    "jinja2": {"reports"},
    "typst": {"reports"},
    "xlsxwriter": {"reports"},
    "filelock": {"holding", "store"},
}


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, *, typing_too: bool) -> Iterator[tuple[int, str]]:
    """Absolute names of what a module imports: `archiver.store`, `duckdb`."""
    package = ("archiver", *path.relative_to(PACKAGE).parent.parts)
    tree = ast.parse(path.read_text("utf-8"))
    unseen = set() if typing_too else {id(node) for block in _type_checking(tree) for node in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (start, node.module or "") if part)
            for alias in node.names:
                yield node.lineno, f"{module}.{alias.name}"


def _type_checking(tree: ast.Module) -> Iterator[ast.If]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    here = layer(path)
    if here not in MAY_IMPORT:
        return
    for line, name in imports(path, typing_too=True):
        if name.startswith("archiver."):
            target = name.split(".")[1]
            if target in {"__version__", here}:
                continue
            assert target in MAY_IMPORT[here], f"{path}:{line}: {here} may not import {target}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_have_one_owner(path: Path) -> None:
    for line, name in imports(path, typing_too=False):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or layer(path) in owners, f"{path}:{line}: {name} belongs to {owners}"


def test_records_and_errors_are_stdlib_only() -> None:
    for path in (path for path in MODULES if layer(path) in BASE):
        for line, imported in imports(path, typing_too=True):
            root = imported.split(".")[0]
            assert root in sys.stdlib_module_names or root == "archiver", f"{path}:{line}: {imported}"


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("archiver", set(OWNERS)),
        ("archiver.archive", set(OWNERS)),
        ("archiver.cli.main", set(OWNERS) - {"click"}),
        ("archiver.answers", set(OWNERS) - {"duckdb"}),
    ],
)
def test_a_question_starts_without_the_heavy_libraries(module: str, absent: set[str]) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in run.stdout.split()}
    assert not loaded & absent
