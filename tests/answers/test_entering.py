"""When somebody first stood among the first, and where the snapshots prove no such thing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archiver.answers.entering import entering
from archiver.reports import said
from archiver.reports.texts import texts
from tests.answers.world import World, row

BOARD = "ru/plain/overall"
ABOVE = [row("gpt-4o", 80.0, rank=1), row("gigachat_max", 70.0, rank=2)]
BELOW = [
    row("gpt-4o", 80.0, rank=1),
    row("llama-3.3-70b:yandex", 75.0, rank=2),
    row("gigachat_max", 70.0, rank=3),
]
WITHOUT = BELOW[:2]
UNRANKED = [*BELOW[:2], row("gigachat_max", 70.0)]


@pytest.mark.parametrize(
    ("before", "proof", "told"),
    [
        ([], "start", "Sber had reached the top 2 of Ru Plain Overall (ru/plain/overall) by the"),
        ([("2024-02-20", BELOW, {})], "entered", "between 20 February 2024 and 1 March 2024, for the first"),
        ([("2024-02-20", WITHOUT, {})], "entered", "not listed, then GigaChat Max 2nd of 2 (snapshot "),
        ([("2023-06-01", BELOW, {})], "gap", "has no snapshot between 1 June 2023 (3rd of 3) and 1"),
        ([("2024-02-20", WITHOUT, {"complete": False})], "excerpt", "shows only a part of the board"),
        ([("2024-02-20", BELOW, {"complete": False, "declared": 9})], "entered", "3rd of 9, then"),
        ([("2024-02-20", UNRANKED, {})], "unranked", "gives no rank"),
        (
            [("2024-02-20", BELOW, {}), ("2024-02-25", ABOVE, {"status": "held", "preferred": False})],
            "held", "1 March 2024 (GigaChat Max 2nd of 2) a snapshot is held",
        ),
    ],
)  # fmt: skip
def test_what_lies_before_decides(
    tmp_path: Path,
    before: list[tuple[str, list[dict[str, object]], dict[str, object]]],
    proof: str,
    told: str,
) -> None:
    world = World(tmp_path / "archive.duckdb")
    with world.con as con:
        world.source("ru", BOARD)
        world.registry()
        for day, entries, more in before:
            world.snapshot(BOARD, day, entries, **more)  # type: ignore[arg-type]  # as its callers write them
        world.snapshot(BOARD, "2024-03-01", ABOVE)
        for day in ("2024-03-08", "2024-03-15", "2024-03-22"):
            world.snapshot(BOARD, day, BELOW)
        [found] = entering(con, ["Sber"], [BOARD], 2)
        [sentence] = said.of_entering([found], texts("en"))
        assert (found.proof, told in sentence) == (proof, True), sentence
        assert all(said.of_entering([found], texts(lang)) for lang in ("en", "ru"))
        [never] = said.of_entering(entering(con, ["Sber"], [BOARD], 1), texts("en"))
        assert (
            "in none of the archive’s" in never and "at best GigaChat Max 2nd of 2 on 1 March 2024" in never
        )


def test_a_lead_that_is_shared_is_said_so() -> None:
    one = {"rank": 1, "of": 3, "board": BOARD, "published_at": None, "captured_at": date(2024, 3, 1)}
    rows = [{**one, "model": name, "snapshot_id": "ab"} for name in ("A", "B")]
    [sentence] = said.of_first("R", rows, texts("en"))
    assert sentence == (
        "A and B shared the first place of R (ru/plain/overall) in the snapshot of 1 March 2024. Snapshot ab."
    )
