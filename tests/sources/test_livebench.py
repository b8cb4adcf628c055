"""LiveBench: its averages against the recorded categories files, its states by hand, its broken rows."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest

from archiver.checks import check
from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot
from archiver.sources import Request
from archiver.sources._livebench_releases import RELEASES
from archiver.sources.livebench import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/livebench"
RECORDINGS = HERE.parents[2] / "../shared/payloads/livebench"

# Models a version, counted with `grep -c ,` less the header.
COUNTS = {
    "2024-06-24": (29, 35, 47, 57, 61, 66, 69),
    "2024-07-26": (60, 62, 65, 66, 68, 69, 71),
    "2024-08-31": (26, 30, 42, 45, 49, 52, 54),
    "2024-11-25": (26, 53, 58, 57, 63, 56, 57),
    "2025-04-02": (33, 53, 55, 58, 62),
    "2025-04-25": (48, 51, 52, 56, 57),
    "2025-05-30": (43, 53, 60, 65, 70, 75, 55),
    "2025-11-25": (54, 59, 63, 65),
    "2025-12-23": (64, 64, 64, 65),
    "2026-01-08": (65, 68, 73, 82, 99, 110, 122),
}
URL = "https://livebench.ai/table_2024_11_25.csv"


def read(body: bytes, url: str = URL) -> dict[str, Snapshot]:
    """The boards of a table by their category."""
    return {snapshot.board.split("/")[2]: snapshot for snapshot in parse(Payload(body, url))}


def sample(name: str = "table_2024_11_25.csv") -> str:
    return (SAMPLES / name).read_text()


def codes(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in snapshot.findings]


def test_the_release_is_told_by_the_address() -> None:
    body = sample().encode()
    for url in (URL, "table_2024_11_25@2024-12-06-d6b3c9f4.csv", f"{URL}?v=2"):
        assert SOURCE.route_of(url)
        assert read(body, url)["overall"].board == "livebench/2024-11-25/overall"
    first = sample("first_table.csv").encode()
    for url in ("https://livebench.ai/table.csv", "table@2024-06-23-cc9f8541.csv", "table.csv"):
        assert SOURCE.route_of(url)
        assert read(first, url)["overall"].board == "livebench/2024-06-24/overall"
    for url in ("", "file.csv", "https://livebench.ai/table_2024_13_45.csv", "tables.csv"):
        with pytest.raises(ParseFailed, match="does not tell which release it is"):
            read(body, url)
    for url in ("https://livebench.ai/cost_2026_06_25.csv", "https://example.org/table_2024_11_25.csv"):
        assert not SOURCE.route_of(url)


def test_tables_under_the_date_of_a_draft_belong_to_the_release() -> None:
    spring = (
        ",".join(["model", *(task for tasks in RELEASES["2025-05-30"][0].values() for task in tasks)])
        + "\n"
        + ",".join(["northwind-4", *["50.0"] * 20])
        + "\n"
    )
    boards = read(spring.encode(), "table_2025_05_17@2025-05-30-46115b48.csv")
    assert boards["agentic-coding"].board == "livebench/2025-05-30/agentic-coding"


def test_a_figure_that_is_missing_is_left_out_and_a_category_without_any_gives_no_average() -> None:
    boards = read(sample().encode())
    overall = {entry.model: entry for entry in boards["overall"].entries}
    language = {entry.model: entry for entry in boards["language"].entries}
    coding = {entry.model: entry for entry in boards["coding"].entries}
    assert language["small-8k-instruct"].score == 33.8  # (35.874 + 31.719) / 2
    assert (language["small-8k-instruct"].extra or {})["connections"] is None
    assert coding["thinker-1"].score == 61.62  # (69.231 + 54) / 2, in the middle between two: up, as the site
    assert (overall["thinker-1"].score, overall["thinker-1"].rank) == (None, None)
    assert overall["voiceless"].score is coding["voiceless"].score is None
    assert ("missing-figures", "note") in codes(boards["overall"])


def test_a_figure_that_cannot_be_read_is_never_averaged_away() -> None:
    boards = read(sample().encode())
    blurred = {name: board.entries[5] for name, board in boards.items()}
    assert blurred["mathematics"].score is blurred["overall"].score is None
    assert (blurred["mathematics"].extra or {})["olympiad"] == "31.4?"
    assert blurred["language"].score == 20.33
    assert ("unread-number", "warning") in codes(boards["overall"])


def test_a_row_without_a_cell_for_each_column_keeps_its_place_and_no_figures() -> None:
    lines = sample("table_2026_01_08.csv").splitlines()
    rows = [lines[1].replace("northwind", f"northwind-{number}") for number in range(20)]
    body = "\n".join([lines[0], *rows[:10], "shifted,87.0,39.13", *rows[10:], ""]).encode()
    board = read(body, "table_2026_01_08.csv")["overall"]
    assert len(board.entries) == 21
    shifted = board.entries[10]
    assert (shifted.position, shifted.model, shifted.score, shifted.rank) == (11, "shifted", None, None)
    assert shifted.extra == {"cells": ["87.0", "39.13"]}
    assert codes(board) == [("ragged-rows", "warning")]
    broken = "\n".join([lines[0], rows[0], "shifted,87.0,39.13", ""]).encode()
    assert codes(read(broken, "table_2026_01_08.csv")["overall"]) == [("ragged-rows", "error")]


def test_a_task_that_no_categories_file_knows_holds_every_board() -> None:
    header, *rows = sample().splitlines()
    body = "\n".join([f"{header},riddles", *(f"{row},50.0" for row in rows), ""]).encode()
    for board in read(body).values():
        [finding] = [finding for finding in board.findings if finding.code == "unknown-task"]
        assert finding.severity == "error"
        assert finding.figures == {"release": "2024-11-25", "new": ["riddles"], "gone": []}


def test_a_release_that_is_not_known_is_read_by_the_newest_tasks_or_held() -> None:
    body = sample("table_2026_01_08.csv").encode()
    boards = read(body, "https://livebench.ai/table_2027_02_03.csv")
    assert boards["overall"].board == "livebench/2027-02-03/overall"
    assert codes(boards["overall"]) == [("new-release", "note")]
    assert boards["overall"].entries == read(body, "table_2026_01_08.csv")["overall"].entries
    other = body.replace(b"theory_of_mind", b"theory_of_games")
    assert ("unknown-task", "error") in codes(read(other, "table_2027_02_03.csv")["reasoning"])


@pytest.mark.parametrize(
    ("last", "held"),
    [("80.0", False), ("80.25", False), ("80.5", False), ("80.2", True), ("80.", True), ("8", True)],
)
def test_a_file_without_a_last_line_end_is_whole_where_its_last_figure_is(last: str, held: bool) -> None:
    lines = sample("table_2026_01_08.csv").splitlines()
    body = "\n".join([*lines[:-1], f"{lines[-1].rpartition(',')[0]},{last}"]).encode()
    findings = codes(read(body, "table_2026_01_08.csv")["overall"])
    assert (("unfinished", "error") in findings) is held


def test_a_file_that_stops_in_a_row_is_refused() -> None:
    with pytest.raises(ParseFailed, match="stops in row 7, its last"):
        read(sample().encode()[:-6])


def test_new_releases_are_found_in_the_script_of_the_site() -> None:
    page = b'<!doctype html><script defer="defer" src="/static/js/main.3f9a01bc.js"></script>'
    script = (
        b'var d="2025-03-03",k=["2024-06-24","2024-07-26","2024-08-31",'
        b'"2026-01-08","2026-06-25","2026-12-01"];'
    )
    discover = SOURCE.routes[0].discover
    assert discover
    search = discover()
    assert next(search) == Request("https://livebench.ai/")
    assert search.send(page) == Request("https://livebench.ai/static/js/main.3f9a01bc.js")
    with pytest.raises(StopIteration) as found:
        search.send(script)
    assert [request.url for request in found.value.value] == [
        "https://livebench.ai/table_2026_06_25.csv",
        "https://livebench.ai/table_2026_12_01.csv",
    ]


@pytest.mark.parametrize(
    "bodies", [[b"<html>moved</html>"], [b'<script src="/static/js/main.1.js">', b"var a=[]"]]
)
def test_a_site_that_lists_no_releases_is_a_failure_that_says_so(bodies: list[bytes]) -> None:
    discover = SOURCE.routes[0].discover
    assert discover
    search = discover()
    next(search)
    with pytest.raises(ParseFailed, match=r"names no script|no list of releases"):
        for body in bodies:
            search.send(body)


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[dict[str, Snapshot]]]:
    """Release → its versions, oldest first."""
    if not RECORDINGS.exists():
        pytest.skip("the recordings beside the checkout are not here")
    return {
        release: [
            read(path.read_bytes(), f"https://livebench.ai/table_{release.replace('-', '_')}.csv")
            for path in versions(release)
        ]
        for release in COUNTS
    }


def versions(release: str) -> list[Path]:
    folder = RECORDINGS / f"table_{release.replace('-', '_')}"
    return sorted(folder.glob("*.csv"), key=lambda path: path.name.partition("@")[2])


@pytest.mark.shared
def test_every_recorded_version_is_read_whole_and_none_is_held(
    recorded: dict[str, list[dict[str, Snapshot]]],
) -> None:
    assert RELEASES.keys() == COUNTS.keys()
    found: set[tuple[str, str]] = set()
    for release, states in recorded.items():
        assert tuple(len(state["overall"].entries) for state in states) == COUNTS[release]
        for state in states:
            for board in state.values():
                findings = check(board, SOURCE.board(board.board))
                found |= {(finding.code, finding.severity) for finding in findings}
                assert len({entry.model for entry in board.entries}) == len(board.entries)
    assert found == {("missing-figures", "note"), ("ragged-rows", "warning")}


@pytest.mark.shared
def test_the_categories_are_those_of_the_recorded_files() -> None:
    for release, states in RELEASES.items():
        path = RECORDINGS / f"meta/categories_{release.replace('-', '_')}.json"
        stated = json.loads(path.read_text())
        assert {name: list(tasks) for name, tasks in states[0].items()} == stated
        assert list(states[0]) == list(stated)  # the site adds them up in this order
    assert len(list((RECORDINGS / "meta").glob("categories_*.json"))) == len(RELEASES)


@pytest.mark.shared
def test_every_average_is_the_mean_of_means_of_the_categories_file(
    recorded: dict[str, list[dict[str, Snapshot]]],
) -> None:
    """By exact fractions, from the recorded files alone. Three early tables have tasks of their own."""
    compared = 0
    for release, states in recorded.items():
        stated = json.loads((RECORDINGS / f"meta/categories_{release.replace('-', '_')}.json").read_text())
        for path, state in zip(versions(release), states, strict=True):
            if path.name.startswith(("table@2024-06-03", "table@2024-06-12", "table@2024-06-23")):
                continue
            listed = {entry.model: entry.score for entry in state["overall"].entries}
            with path.open(newline="") as file:
                rows = [row for row in csv.DictReader(file) if None not in row.values()]
            for row in rows:
                score, exact = listed[row["model"]], mean_of_means(row, stated)
                assert (score is None) is (exact is None), (path.name, row["model"])
                # Half a hundredth, and what floating point adds: the site's numbers are binary, too.
                assert score is None or abs(score - float(exact or 0)) < 0.005 + 1e-9
                compared += 1
    assert compared == sum(map(sum, COUNTS.values())) - 29 - 35 - 47 - 3


def mean_of_means(row: dict[str, str], stated: dict[str, list[str]]) -> Fraction | None:
    means = []
    for tasks in stated.values():
        figures = [Fraction(row[task]) for task in tasks if row.get(task, "").strip() not in ("", "N/A")]
        if not figures:
            return None
        means.append(sum(figures, Fraction()) / len(figures))
    return sum(means, Fraction()) / len(means)


@pytest.mark.shared
def test_first_and_last_states_as_counted_by_hand(recorded: dict[str, list[dict[str, Snapshot]]]) -> None:
    def places(snapshot: Snapshot) -> dict[str, tuple[int, int | None, float | None]]:
        return {entry.model: (entry.position, entry.rank, entry.score) for entry in snapshot.entries}

    first = recorded["2024-06-24"][0]
    assert list(first) == ["overall", "reasoning", "coding", "mathematics", "data-analysis"]
    # (168 / 3 + 90.248 / 3 + 626.684 / 15 + 153.959 / 3) / 4 = 44.795, by the tasks of that day.
    assert places(first["overall"])["gpt-4-turbo-2024-04-09"][1:] == (1, 44.8)
    assert places(first["overall"])["abacus-smaug3-70b"][0] == 1
    launch = places(recorded["2024-06-24"][1]["overall"])  # the site printed 53.79 and 53.34 on 2024-06-12
    assert launch["gpt-4o-2024-05-13"][1:] == (1, 53.79)
    assert launch["gpt-4-turbo-2024-04-09"][1:] == (2, 53.34)
    spring = places(recorded["2025-04-02"][-1]["overall"])
    assert spring["o3-2025-04-16-high"] == (59, 1, 81.55)
    assert spring["o3-2025-04-16-medium"] == (62, 2, 79.22)
    last = recorded["2026-01-08"][-1]
    assert list(last)[3] == "agentic-coding"
    assert places(last["overall"])["gpt-5.5-xhigh"][1:] == (1, 80.71)
    assert places(last["overall"])["gpt-5.4-xhigh"][1:] == (2, 80.28)
    assert places(last["agentic-coding"])["grok-4.3"][2] == 50.0  # (45 + 70 + 35) / 3
    shifted = places(last["overall"])["nemotron-3-super-120b-a12b"]
    assert shifted == (109, None, None)
    o1 = recorded["2024-11-25"][2]
    assert places(o1["coding"])["o1"][1:] == (3, 61.62)  # (69.231 + 54) / 2
    assert places(o1["overall"])["o1"][1:] == (None, None)
