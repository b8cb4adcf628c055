"""A progress bar over a pass, on a terminal's standard error; nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from .events import Event


@contextmanager
def progress(stream: TextIO | None = None) -> Iterator[Callable[[Event], None]]:
    """Yields what to hand to `sweep` as `on_event`.

    stream: default standard error. Where it is no terminal, the events go nowhere and rich is not loaded.
    """
    target = stream or sys.stderr
    if not target.isatty():
        yield lambda _event: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[size]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=target), transient=True) as bar:
        task = bar.add_task("capture", total=0, size="")
        planned = received = failed = 0

        def show(event: Event) -> None:
            nonlocal planned, received, failed
            if event.kind == "planned":
                planned += 1
                bar.update(task, total=planned)
            elif event.kind == "started":
                bar.update(task, description=escape(event.source))
            else:
                received += event.size or 0
                failed += event.outcome == "failed"
                told = f"{received / 1e6:.1f} MB" + (f", {failed} failed" if failed else "")
                bar.update(task, advance=1, size=told)

        yield show
