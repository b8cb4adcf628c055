"""What the registry of names costs: to load it, and to resolve names that it has not seen.

    python tests/bench/bench_identity.py

Beside it: folding the same names, without which no two spellings are equal.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from archiver.identity import Registry, fold

SHAPES = (
    "llama-3.1-{}b-instruct",
    "somebody/qwen2.5-{}b-merge",
    "claude-{}-sonnet-20250101 (FC)",
    "unheard-of-{}",
)
NAMES = [shape.format(number) for shape in SHAPES for number in range(5000)]


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Processor seconds of the quickest run: the machine may be busy with something else."""
    times = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times)


def resolved() -> None:
    registry = Registry.load()
    for name in NAMES:
        registry.resolve("arena", name, "openai")


def main() -> None:
    loaded = best_of(7, Registry.load)
    took = best_of(3, resolved) - loaded
    folded = best_of(3, lambda: [fold(name) for name in NAMES])
    print(f"the registry is loaded in {loaded * 1e3:.0f} ms")
    print(f"{len(NAMES):,} new names: {took:.2f} s, {took / folded:.1f} times as long as folding them")


if __name__ == "__main__":
    main()
