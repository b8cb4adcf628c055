"""Boards to draw, on top of the world that answers are tested on.

- `ru/daily/overall`: forty days; a complete snapshot (day 10) and an excerpt (day 20) lack Sber,
  and nothing was captured for two months after day 30.
- `ru/wide/overall`: one day, 120 models, names that are long, Cyrillic and Chinese.
- `ru/score/overall`: three snapshots with intervals, without spreads.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb

from tests.answers.world import World, build, row

MODELS = ("gpt-4o", "gigachat_max", "yandex_gpt_pro_v4", "gigachat_lite")


def world(path: Path) -> None:
    """The archive's index at `path`."""
    build(path).close()
    made = World.of(duckdb.connect(str(path)), {"ru": 1000})
    for track in ("daily", "wide", "score"):
        made.insert(
            "boards",
            board=f"ru/{track}/overall",
            source="ru",
            track=track,
            category="overall",
            title=f"Ru {track.title()}",
            metric="win rate (%)",
            higher_is_better=True,
        )
    _daily(made)
    _wide(made)
    _score(made)
    made.con.close()


def _daily(made: World) -> None:
    day = date(2025, 3, 1)
    for at in range(40):
        order = MODELS[:1] + (MODELS[1:3] if at % 7 < 4 else MODELS[2:0:-1]) + MODELS[3:]
        names = [name for name in order if at not in {10, 20} or "giga" not in name]
        entries = [row(name, 90.0 - place, rank=place) for place, name in enumerate(names, 1)]
        made.snapshot("ru/daily/overall", f"{day} 08:00:00", entries, complete=at != 20, declared=4)
        day += timedelta(days=60 if at == 30 else 1)


def _wide(made: World) -> None:
    names = [f"Очень длинная языковая модель номер {at} с длинным именем <&> 百度文心" for at in range(116)]
    names[3:3] = ["gpt-4o"]
    names[60:60] = ["gigachat_max"]
    names += ["yandex_gpt_pro_v4", "gigachat_lite"]
    entries = [row(name, 900.0 - place, rank=place) for place, name in enumerate(names, 1)]
    made.snapshot("ru/wide/overall", "2025-04-09 08:00:00", entries, rank_kind="published-ties")


def _score(made: World) -> None:
    for day, shift in (("2025-01-01", 0.0), ("2025-02-01", 4.0), ("2025-06-01", 1.0)):
        scores = {
            "gpt-4o": 80.0,
            "gigachat_max": 60.0 + shift,
            "yandex_gpt_pro_v4": 62.0,
            "gigachat_lite": 20,
        }
        ranked = sorted(scores.items(), key=lambda each: -each[1])
        entries = [
            row(name, score, rank=place, score_low=score - 3, score_high=score + 3)
            for place, (name, score) in enumerate(ranked, 1)
        ]
        made.snapshot("ru/score/overall", f"{day} 08:00:00", entries, rank_kind="by-score")
