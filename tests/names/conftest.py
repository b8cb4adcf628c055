from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock

from tests.names import hostile
from tests.names.outputs import MADE, PRINTED, Said, run


class World(NamedTuple):
    """The archive of hostile names, after every command has been asked of it once."""

    root: Path
    said: dict[str, Said]

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    def made(self, name: str) -> Path:
        """The folder in which a command made its files."""
        return self.root / "made" / name.replace(" ", "-")

    def the_file(self, name: str) -> Path:
        """The one file of the kind that a command was asked for."""
        [file] = self.made(name).glob("*")
        return file


def asked(root: Path) -> list[tuple[str, list[str]]]:
    """Every command line, under the name of what comes out."""
    payload = str(root / "payload.json")
    lines = [
        (f"{each.name} as {form}", [word.replace("{payload}", payload) for word in each.arguments(form)])
        for each in PRINTED
        for form in each.formats
    ]
    for each in MADE:
        folder = root / "made" / each.name.replace(" ", "-")
        folder.mkdir(parents=True)
        lines.append((each.name, each.arguments(folder)))
    return lines


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once, also where several processes run the tests."""
    shared = tmp_path_factory.getbasetemp()
    base = shared.parent if shared.name.startswith("popen-") else shared
    root, told = base / "hostile-names", base / "hostile-names.json"
    with FileLock(f"{told}.lock"):
        if not told.exists():
            hostile.make(root / "archive").close()
            (root / "payload.json").write_bytes(hostile.payload(0))
            for folder in ("work", "answers"):
                (root / folder).mkdir()
            said = run(asked(root), root / "archive", root / "work", root / "answers")
            told.write_text(json.dumps(said), "utf-8", errors="surrogatepass")
    found = json.loads(told.read_text("utf-8", errors="surrogatepass"))
    yield World(root, {name: Said(*each) for name, each in found.items()})
