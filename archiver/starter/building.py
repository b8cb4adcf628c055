"""Puts the starter history into the wheel: `snapshots/` of the checkout becomes a folder of this package.

Named by pyproject.toml as setuptools' command `build_py`, so that the tree holds no second copy. An editable
installation needs none: it reads the checkout's own. Setuptools loads this file by itself, outside of its
package, so it loads its neighbour in the same way.
"""

from __future__ import annotations

import runpy
from pathlib import Path

from setuptools.command.build_py import build_py


class BuildWithHistory(build_py):
    """`build_py`, and then the starter history."""

    def run(self) -> None:
        """Builds the modules, and copies the history beside them."""
        super().run()
        if not self.editable_mode:
            for file, target in self._history():
                target.parent.mkdir(parents=True, exist_ok=True)
                self.copy_file(str(file), str(target), preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Every file that is built, for setuptools' own record of them."""
        return [*super().get_outputs(include_bytecode), *(str(target) for _, target in self._history())]

    def _history(self) -> list[tuple[Path, Path]]:
        """Each file of the history, and where it goes."""
        carried = runpy.run_path(str(Path(__file__).with_name("carried.py")))
        snapshots, into = Path("snapshots"), Path(self.build_lib, "archiver", "starter", "history")
        return [(snapshots / file, into / file) for file in carried["files"](snapshots)]
