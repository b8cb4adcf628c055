"""`archiver sources --live`: which sources still parse, tried for real without keeping anything."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from . import output

if TYPE_CHECKING:
    from ..archive import Archive


def try_sources(archive: Archive, names: tuple[str, ...], form: str | None) -> None:
    """Tries sources, tells what came of each address, and exits 1 where one does not parse."""
    from ..capture.progress import progress
    from ..reports.listing import TRIALS, print_listing
    from ..trial import Trial

    with progress() as on_event:
        trials = archive.try_sources(*names, on_event=on_event)
    form = output.form_of(form)
    if form == "table":
        print_listing(output.screen(), Trial._fields, trials, TRIALS)
    else:
        output.write(form, Trial._fields, trials)
    counts = Counter(trial.verdict for trial in trials)
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    output.say(f"{len(trials)} tried: {told}. Nothing was kept.")
    if counts["fails"] or counts["held"]:
        raise SystemExit(1)
