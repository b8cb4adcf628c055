"""LLM Arena: its file told from the global one of the same name, its queue, and the recorded table."""

from __future__ import annotations

import csv
import json
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload, Snapshot, utc
from archiver.sources import Request
from archiver.sources.llmarena_ru import SOURCE, parse

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[1] / "samples/llmarena_ru"
RECORDING = HERE.parents[2] / "../shared/payloads/llmarena_ru/leaderboard_table_20250409.via-benchbench.csv"
SPACE = "https://huggingface.co/spaces/lmarena/chatbot-arena-leaderboard"
DATA = "https://llmarena.ru/queue/data?session_hash=x"

GLOBAL = b"""key,Model,MT-bench (score),MMLU,Knowledge cutoff date,License,Organization,Link
northwind-4,Northwind 4,9.1,0.8,2024/1,Proprietary,Northwind,https://northwind.example
"""


def read(body: bytes, url: str = "") -> Snapshot:
    [snapshot] = parse(Payload(body, url))
    return snapshot


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def test_the_global_file_of_the_same_name_is_told_by_its_header() -> None:
    with pytest.raises(ParseFailed, match=r"global LMSYS Space has such files.*'MT-bench \(score\)'"):
        read(GLOBAL, f"{SPACE}/resolve/main/leaderboard_table_20240101.csv")


@pytest.mark.parametrize(
    ("url", "date"),
    [
        (f"{SPACE}/resolve/main/leaderboard_table_20250601.csv", "2025-06-01"),
        (f"{SPACE}/resolve/0a1b/leaderboard_table_20250601.csv?download=true", "2025-06-01"),
        ("leaderboard_table_20250601.via-someone.csv", "2025-06-01"),
        ("leaderboard_table_20259999.csv", None),
        ("leaderboard_table_202506011.csv", None),
        ("table.csv", None),
        ("", None),
    ],
)
def test_the_date_is_that_of_the_file_name(url: str, date: str | None) -> None:
    assert read(sample("leaderboard_table_20250601.csv"), url).published_at == (utc(date) if date else None)


def test_a_sound_table_has_nothing_to_say_and_a_misaligned_one_does() -> None:
    assert read(sample("leaderboard_table_20250601.csv")).findings == []
    snapshot = read(sample("leaderboard_table_20250602.misaligned.csv"))
    [finding] = snapshot.findings
    assert (finding.code, finding.severity) == ("rank-order", "warning")
    assert finding.figures["rows"] == 6
    # 1012 1020 1101 906 1093 1061: the later one is higher in 4 + 3 + 0 + 2 + 0 of the 15 pairs.
    assert finding.figures["pairs"] == 9
    assert finding.figures["spearman_position_rating"] == 0.3143  # 1 - 6 * 24 / 210
    assert "source" not in (snapshot.entries[0].extra or {})


def test_a_table_sorted_by_rank_only_is_sound() -> None:
    """Upper-bound ranks may part from the ratings: a wide interval keeps a lower rating at a better place."""
    header, first, second, *_ = sample("leaderboard_table_20250601.csv").decode().splitlines()
    swapped = "\n".join([header, second, first]) + "\n"
    assert read(swapped.encode()).findings == []


def test_a_file_that_stops_in_a_line_is_held() -> None:
    snapshot = read(sample("leaderboard_table_20250601.csv").rstrip())
    assert [(finding.code, finding.severity) for finding in snapshot.findings] == [("unfinished", "error")]


@pytest.mark.parametrize(
    ("query", "board"),
    [
        (
            "&category=site_visitors%2Fmedium_prompts&filters=Style+Control",
            "text-style-control/site-visitors-medium-prompts",
        ),
        ("&category=site_visitors/medium_prompts&filters=", "text/site-visitors-medium-prompts"),
        ("&category=Код&filters=Style Control,Show Deprecated", "text-show-deprecated-style-control/код"),
    ],
)
def test_the_board_of_a_stream_is_that_of_its_address(query: str, board: str) -> None:
    for name in ("queue_named.txt", "queue_by_position.txt"):
        snapshot = read(sample(name), DATA + query)
        assert snapshot.board == f"llmarena_ru/{board}"
        assert snapshot.published_at is None
        assert SOURCE.board(snapshot.board)


def test_a_stream_of_an_unknown_category_is_held_not_guessed() -> None:
    snapshot = read(sample("queue_named.txt"), DATA)
    assert snapshot.board == "llmarena_ru/text/unstated"
    assert [(finding.code, finding.severity) for finding in snapshot.findings] == [
        ("unstated-category", "error")
    ]
    assert SOURCE.board(snapshot.board)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"success": true', '"success": false', "call failed"),
        ("process_completed", "process_generating", "no process_completed"),
        ('"northwind-4"', '["northwind-4"]', "neither text nor a number"),
        ('"northwind-4"', '"<a></a>"', "row 2 has a model cell without a name"),
        ('"northwind-4", ', "", "not the 8 columns that are known"),
    ],
)
def test_a_stream_without_its_table_is_refused(old: str, new: str, said: str) -> None:
    body = sample("queue_by_position.txt").decode()
    assert old in body
    with pytest.raises(ParseFailed, match=said):
        read(body.replace(old, new).encode(), DATA)


def asked(
    discovery: Generator[Request, bytes, Sequence[Request]], *bodies: bytes
) -> tuple[list[Request], Sequence[Request]]:
    """The requests of a discovery that is sent these bodies, and what it returns."""
    requests = [next(discovery)]
    try:
        for body in bodies:
            requests.append(discovery.send(body))
    except StopIteration as done:
        return requests, done.value
    raise AssertionError("the discovery asks for more")


def discover(name: str) -> Generator[Request, bytes, Sequence[Request]]:
    [route] = [route for route in SOURCE.routes if route.name == name]
    assert route.discover
    return route.discover()


def test_the_files_of_the_space_are_found_in_its_tree() -> None:
    names = [
        "README.md",
        "leaderboard_table_20250601.csv",
        "arena_hard_auto.csv",
        "leaderboard_table_20250409.csv",
    ]
    tree = json.dumps([{"type": "file", "path": name} for name in names]).encode()
    requests, found = asked(discover("space"), tree)
    assert [request.url for request in requests] == [
        "https://huggingface.co/api/spaces/lmarena/chatbot-arena-leaderboard/tree/main"
    ]
    urls = [request.url for request in found]
    assert urls == [f"{SPACE}/resolve/main/leaderboard_table_{date}.csv" for date in ("20250409", "20250601")]
    assert all((route := SOURCE.route_of(url)) and route.name == "space" for url in urls)
    with pytest.raises(ParseFailed, match="moved or renamed"):
        asked(discover("space"), b"[]")


CONFIG = json.dumps(
    {
        "components": [
            {
                "id": 157,
                "type": "dropdown",
                "props": {"choices": [["Medium", "site_visitors/medium_prompts"]]},
            },
            {"id": 158, "type": "checkboxgroup", "props": {"choices": [["Style Control", "Style Control"]]}},
            {"id": 160, "type": "dataframe", "props": {}},
        ],
        "dependencies": [{"id": 56, "targets": [[157, "change"]], "inputs": [157, 158], "outputs": [160]}],
    }
).encode()


def test_the_queue_is_joined_as_the_site_does() -> None:
    requests, found = asked(discover("queue"), CONFIG, b'{"event_id": "1"}', b'{"event_id": "2"}')
    assert [request.url for request in requests] == [
        "https://llmarena.ru/config",
        "https://llmarena.ru/queue/join",
        "https://llmarena.ru/queue/join",
    ]
    joined = [request.json for request in requests[1:]]
    for question, filters, stream in zip(joined, (["Style Control"], []), found, strict=True):
        assert isinstance(question, dict)
        assert question["data"] == ["site_visitors/medium_prompts", filters]
        assert (question["fn_index"], question["trigger_id"], question["event_data"]) == (56, 157, None)
        assert f"session_hash={question['session_hash']}&" in stream.url
        assert (route := SOURCE.route_of(stream.url)) and route.name == "queue"
    boards = [read(sample("queue_named.txt"), request.url).board for request in found]
    assert boards == [
        "llmarena_ru/text-style-control/site-visitors-medium-prompts",
        "llmarena_ru/text/site-visitors-medium-prompts",
    ]


def test_a_queue_that_is_not_the_known_app_is_said() -> None:
    with pytest.raises(ParseFailed, match="no function from"):
        asked(discover("queue"), b'{"components": [], "dependencies": []}')
    with pytest.raises(ParseFailed, match="no event_id"):
        asked(discover("queue"), CONFIG, b'{"detail": "busy"}')


@pytest.mark.shared
def test_the_recorded_table() -> None:
    if not RECORDING.exists():
        pytest.skip("the recordings beside the checkout are not here")
    snapshot = read(RECORDING.read_bytes(), RECORDING.name)
    assert snapshot.board == "llmarena_ru/text/overall"
    assert snapshot.published_at == utc("2025-04-09")
    assert snapshot.rank_kind == "published-ties"
    with RECORDING.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [entry.model for entry in snapshot.entries] == [row["Model"] for row in rows]
    assert [entry.score for entry in snapshot.entries] == [float(row["rating"]) for row in rows]
    organizations = [entry.organization for entry in snapshot.entries]
    counts = [organizations.count(name) for name in ("Sber", "Yandex", "Meta*", "t-bank-ai", "MTSAIR")]
    assert (len(organizations), counts) == (61, [14, 5, 7, 3, 1])
    # By eye: row, printed rank, votes.
    places = {entry.model: (entry.position, entry.rank, entry.votes) for entry in snapshot.entries}
    assert places["gpt-4o-2024-11-20"] == (1, 16, 1124)
    assert places["GigaChat 2 Max"] == (14, 37, 1063)
    assert places["GigaChat-Max-preview 4.0.26.20"] == (17, 22, 1000)
    assert places["YandexGPT 5 Pro"] == (24, 10, 1719)
    assert places["YandexGPT Experimental"] == (28, 10, 834)
    assert places["YandexGPT 4 Pro"] == (33, 20, 1552)
    [finding] = snapshot.findings
    assert finding.code == "rank-order"
    assert finding.figures["spearman_position_rating"] == 0.1547
    assert finding.figures["spearman_rank_rating"] == -0.9929


@pytest.mark.shared
def test_the_printed_rank_is_the_upper_bound_of_the_ratings_beside_it() -> None:
    """So rank and rating belong together, and it is the models that may stand beside the wrong rows."""
    if not RECORDING.exists():
        pytest.skip("the recordings beside the checkout are not here")
    entries = read(RECORDING.read_bytes(), RECORDING.name).entries
    lows = [entry.score_low or 0 for entry in entries]
    assert [entry.rank for entry in entries] == [
        1 + sum(low > (entry.score_high or 0) for low in lows) for entry in entries
    ]
