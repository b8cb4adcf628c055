"""A question does not pay for the registry."""

from __future__ import annotations

import subprocess
import sys


def test_answers_do_not_load_the_registry() -> None:
    code = (
        "import importlib, pkgutil, sys, archiver.answers as answers\n"
        "for module in pkgutil.iter_modules(answers.__path__):\n"
        "    importlib.import_module(f'archiver.answers.{module.name}')\n"
        "sys.exit('archiver.identity.registry' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
