"""Vectara: which board a README is, lower is better, and every recorded version."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot, utc
from archiver.sources.vectara import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/vectara"
RECORDINGS = HERE.parents[2] / "../shared/payloads/vectara"

# Models a version, counted as `grep -c '^|'` less the two lines of the header.
COUNTS = (
    *(11, 12, 12, 16, 18, 20, 23, 28, 33, 39, 42, 47, 50, 55, 60),
    *(71, 76, 81, 82, 88, 101, 105, 111, 120, 132, 142, 148, 159, 171),
)


def read(body: str) -> Snapshot:
    [snapshot] = parse(Payload(body.encode()))
    return snapshot


def sample(name: str) -> str:
    return (SAMPLES / name).read_text()


def test_the_board_is_told_by_the_link_to_the_old_one_or_by_the_date() -> None:
    before, after = sample("rates.md"), sample("reset.md")
    assert read(before).board == "vectara/2023/overall"
    assert read(after).board == "vectara/2025/overall"
    unlinked = after.replace("hhem-2.3-old-dataset", "main")
    assert read(unlinked).board == "vectara/2025/overall"
    assert read(unlinked.replace("November 25", "October 25")).board == "vectara/2023/overall"
    undated = after.replace("Last updated on", "Updated")
    assert (read(undated).board, read(undated).published_at) == ("vectara/2025/overall", None)
    with pytest.raises(ParseFailed, match="not known whether before the reset or after"):
        read(before.replace("Last updated on", "Updated"))


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("November 1st, 2023", "2023-11-01"),
        ("October 2nd, 2024", "2024-10-02"),
        ("March 23rd, 2025", "2025-03-23"),
        ("October 07, 2025", "2025-10-07"),
    ],
)
def test_dates_as_they_are_written(stated: str, date: str) -> None:
    assert read(sample("rates.md").replace("October 07, 2025", stated)).published_at == utc(date)


@pytest.mark.parametrize("stated", ["Nevember 7, 2025", "February 30, 2025", "soon"])
def test_what_is_no_date_is_none(stated: str) -> None:
    linked = sample("reset.md").replace("November 25, 2025", stated)
    assert read(linked).published_at is None


def test_lower_is_better_and_equal_rates_share_a_place() -> None:
    snapshot = read(sample("rates.md"))
    facts = SOURCE.board(snapshot.board)
    assert facts and not facts.higher_is_better
    ranks = {entry.model: entry.rank for entry in snapshot.entries}
    assert ranks["Ant Fine-S1-32B"] == 1
    assert ranks["Kestrel Kes-2"] == ranks["Kestrel Kes-2-Vision"] == 3
    assert (ranks["Windworks Wind-1.0"], ranks["Parrot 7B"]) == (7, 8)  # listed the other way round


def test_rates_that_contradict_each_other_are_said_and_many_of_them_hold() -> None:
    [finding] = read(sample("rates.md")).findings
    assert (finding.code, finding.severity) == ("uneven-rates", "note")
    assert finding.figures == {"models": ["Windworks Wind-1.5-Pro"]}
    shifted = sample("rates.md").replace("|99.4 %|99.8 %", "|99.8 %|99.4 %").replace("|98.1|", "|81.9|")
    assert [found.severity for found in read(shifted).findings] == ["error"]


def test_the_judge_is_kept_as_it_is_said() -> None:
    assert read(sample("rates.md")).notes == {"judge": "HHEM-2.1"}
    assert read(sample("reset.md")).notes == {"judge": "HHEM-2.3"}
    assert read(sample("accuracy.md")).notes == {}


def test_a_readme_that_stops_with_its_table_is_refused() -> None:
    body = sample("rates.md")
    for end in (body.index("|Kite-2b"), body.index("\n\n## Model")):
        with pytest.raises(ParseFailed, match="stops with the table"):
            read(body[:end])
    with pytest.raises(ParseFailed, match="LEADERBOARD_END --> is missing"):
        read(sample("reset.md").partition("<!-- LEADERBOARD_END")[0])


def test_two_rankings_are_refused() -> None:
    body = sample("accuracy.md")
    with pytest.raises(ParseFailed, match="2 tables have a column 'Model'"):
        read(body + body)


@pytest.fixture(scope="module")
def recorded() -> list[Snapshot]:
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return [read(path.read_text("utf-8")) for path in sorted(RECORDINGS.glob("*.md"))]


@pytest.mark.shared
def test_every_recorded_version_is_read_whole_and_none_is_held(recorded: list[Snapshot]) -> None:
    assert tuple(len(snapshot.entries) for snapshot in recorded) == COUNTS
    for snapshot in recorded:
        assert snapshot.board == "vectara/2023/overall"
        found = check(snapshot, SOURCE.board(snapshot.board))
        assert {(finding.code, finding.severity) for finding in found} <= {("uneven-rates", "note")}
        assert len({entry.model for entry in snapshot.entries}) == len(snapshot.entries)
        assert all(entry.rank and entry.score is not None for entry in snapshot.entries)
        assert all(len(entry.extra or {}) == 3 for entry in snapshot.entries)


@pytest.mark.shared
def test_dates_that_stay_behind_the_table(recorded: list[Snapshot]) -> None:
    dates = [snapshot.published_at and snapshot.published_at.date().isoformat() for snapshot in recorded]
    assert dates[:4] == ["2023-11-01", "2023-11-01", "2023-11-01", "2023-12-18"]
    assert dates[25:27] == ["2025-04-29", "2025-07-22"]
    assert dates[-1] == "2025-10-07"


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(recorded: list[Snapshot]) -> None:
    def places(snapshot: Snapshot) -> dict[str, tuple[int, int | None, float | None]]:
        return {entry.model: (entry.position, entry.rank, entry.score) for entry in snapshot.entries}

    first, last = places(recorded[0]), places(recorded[-1])
    assert first["GPT 4"] == (1, 1, 3.0)
    assert (first["Cohere"], first["Anthropic Claude 2"]) == ((7, 7, 8.5), (8, 7, 8.5))
    assert first["Google Palm-Chat"] == (11, 11, 27.2)
    assert last["AntGroup Finix-S1-32B"] == (1, 1, 0.6)
    assert last["Google Gemini-2.0-Flash-001"] == (2, 2, 0.7)
    assert last["OpenAI o3-mini-high"] == (4, 3, 0.8)
    assert last["Mistral-7B-Instruct-v0.3"] == (142, 143, 9.5)  # printed above a 9.1
    assert last["Google Gemini-1.5-Pro"] == (143, 142, 9.1)
    assert last["TII falcon-7B-instruct"] == (171, 171, 29.9)
    grok = next(entry for entry in recorded[-1].entries if entry.model == "XAI Grok-2")
    assert grok.extra == {
        "Factual Consistency Rate": 98.1,  # without a percent sign
        "Answer Rate": 100.0,
        "Average Summary Length (Words)": 86.5,
    }
