from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.names import hostile
from tests.names.outputs import MADE, PRINTED, Said, run
from tests.once import Once


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
def world(once: Once) -> World:
    """An archive of hostile names, and every output of it."""

    def make(root: Path) -> None:
        hostile.make(root / "archive").close()
        (root / "payload.json").write_bytes(hostile.payload(0))
        for folder in ("work", "answers"):
            (root / folder).mkdir()
        said = run(asked(root), root / "archive", root / "work", root / "answers")
        root.with_suffix(".json").write_text(json.dumps(said), "utf-8", errors="surrogatepass")

    root = once("hostile-names", make)
    found = json.loads(root.with_suffix(".json").read_text("utf-8", errors="surrogatepass"))
    return World(root, {name: Said(*each) for name, each in found.items()})
