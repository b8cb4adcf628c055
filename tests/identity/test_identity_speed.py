"""What the registry costs, and that a question does not pay it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from archiver.identity import Registry


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Processor seconds of the quickest run: the machine may be busy with something else."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def test_loading_takes_at_most_60_ms() -> None:
    assert best_of(7, Registry.load) < 0.060


def test_twenty_thousand_new_names_take_at_most_two_seconds() -> None:
    shapes = (
        "llama-3.1-{}b-instruct",
        "somebody/qwen2.5-{}b-merge",
        "claude-{}-sonnet-20250101 (FC)",
        "unheard-of-{}",
    )
    names = [shape.format(number) for shape in shapes for number in range(5000)]

    def resolve_all() -> None:
        registry = Registry.load()
        for name in names:
            registry.resolve("arena", name, "openai")

    assert best_of(3, resolve_all) < 2


def test_answers_do_not_load_the_registry() -> None:
    code = (
        "import importlib, pkgutil, sys, archiver.answers as answers\n"
        "for module in pkgutil.iter_modules(answers.__path__):\n"
        "    importlib.import_module(f'archiver.answers.{module.name}')\n"
        "sys.exit('archiver.identity.registry' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
