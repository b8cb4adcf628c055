"""The real command in a process of its own, and the archive that it leaves behind."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.once import Played, alone, run

PLACES = {
    ("ru_llm_arena/plain/overall", "2024-07-26", "Sber"): ("gigachat_pro", 31, 40),
    ("ru_llm_arena/plain/overall", "2024-07-26", "Yandex"): ("yandex_gpt_pro", 15, 40),
    ("ru_llm_arena/plain/overall", "2024-10-27", "Sber"): ("gigachat_pro", 36, 44),
    ("ru_llm_arena/plain/overall", "2024-10-27", "Yandex"): ("yandex_gpt_pro_v4_26102024", 13, 44),
    ("ru_llm_arena/plain/overall", "2024-11-27", "Sber"): ("gigachat_max_26.20_uncen", 3, 47),
    ("ru_llm_arena/plain/overall", "2024-11-27", "Yandex"): ("yandex_gpt_pro_v4_26102024", 16, 47),
    ("ru_llm_arena/plain/overall", "2024-12-11", "Sber"): ("gigachat_max_26.20_uncen", 4, 49),
    ("ru_llm_arena/plain/overall", "2024-12-11", "Yandex"): ("yandex_gpt_pro_v4_26102024", 18, 49),
    ("arena/text-to-video/overall", "2026-06-11", "Sber"): ("kandinsky-5.0-t2v-pro", 30, 41),
    ("arena/text-to-video/overall", "2026-07-07", "Sber"): ("kandinsky-5.0-t2v-pro", 31, 42),
    ("arena/text-to-video/overall", "2026-08-03", "Sber"): ("kandinsky-5.0-t2v-pro", 32, 43),
}
"""Board, date, organisation → best-placed model, its row and the number of rows: counted in the publishers'
own tables by eye."""


def lines(archive: Path) -> list[dict[str, Any]]:
    """Every ledger line of the archive, parsed by nothing of the archive's own."""
    ledgers = sorted(archive.glob("snapshots/*/ledger-*.jsonl"))
    return [json.loads(line) for ledger in ledgers for line in ledger.read_text("utf-8").splitlines()]


def test_the_ledger_tells_what_came_of_each_capture(demo: Played) -> None:
    captures = [line for line in lines(demo.archive) if "outcome" in line]
    assert Counter(line["outcome"] for line in captures) == {"stored": 15, "unchanged": 3, "failed": 1}
    [failed] = [line for line in captures if line["outcome"] == "failed"]
    assert (failed["reason"], failed["status"], failed["url"]) == (
        "challenge",
        200,
        "https://llmarena.ru/config",
    )
    unchanged = {
        (line["url"].rpartition("/")[2], line["status"])
        for line in captures
        if line["outcome"] == "unchanged"
    }
    assert unchanged == {("README.md", 304), ("edit_leaderboard.yml", 304), ("refactor_leaderboard.yml", 200)}
    assert all(line["final_url"].startswith("http://127.0.0.1:") for line in captures)


def test_the_answer_is_printed_with_the_places_counted_by_hand(demo: Played) -> None:
    said = demo.said
    for (board, date, _), (_, _, of) in PLACES.items():
        assert board in said
        assert date in said
        assert f"/{of}" in said or f" of {of}" in said
    assert "What to try next" in said
    assert max(map(len, said.splitlines())) <= 80


def test_the_archive_answers_after_the_server_is_gone(demo: Played) -> None:
    answer = demo.run("history", "Sber", "Yandex", "--format", "json")
    assert answer.returncode == 0, answer.stderr
    rows = {(row["board"], row["date"][:10], row["organization"]): row for row in json.loads(answer.stdout)}
    for key, (_, position, of) in PLACES.items():
        assert (rows[key]["position"], rows[key]["of"], rows[key]["status"]) == (position, of, "listed"), key


def test_absence_is_proven_by_whole_boards(demo: Played) -> None:
    answer = demo.run("history", "Yandex", "--board", "arena/text-style-control/overall", "--format", "json")
    assert [(row["status"], row["of"]) for row in json.loads(answer.stdout)] == [
        ("absent", 368),
        ("absent", 376),
        ("absent", 385),
    ]


def test_nothing_is_held_unread_or_damaged(demo: Played) -> None:
    for words in (("verify",), ("held",)):
        answer = demo.run(*words)
        assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Nothing is held" in answer.stderr


def test_each_command_that_it_names_works(demo: Played) -> None:
    said = demo.said.partition("What to try next")[2]
    commands = [line for line in said.splitlines() if line.strip().startswith("archiver ")]
    assert 3 <= len(commands) <= 5
    for command in commands:
        done = subprocess.run(
            [
                "bash",
                "-c",
                f'archiver() {{ "$PYTHON" -c "from archiver.cli.main import run; run()" "$@"; }}; {command}',
            ],
            cwd=demo.home / "work",
            env=demo.environment | {"PYTHON": sys.executable},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout.strip(), command


def test_nothing_is_written_outside_the_directory(demo: Played) -> None:
    found = {file.relative_to(demo.home) for file in demo.home.rglob("*") if file.is_file()}
    assert {path for path in found if path.parts[:2] != ("work", "archiver-demo")} == set()


def test_no_configuration_leads_to_the_server_that_is_gone(demo: Played) -> None:
    assert not (demo.archive / "archiver.toml").exists()


def test_it_can_be_played_again_and_gives_the_same(demo: Played, tmp_path: Path) -> None:
    mine = tmp_path / "again"
    shutil.copytree(demo.archive, mine)
    (mine / "notes.txt").write_text("mine", "utf-8")
    again = run(tmp_path, demo.environment | {"COLUMNS": "60"}, "demo", str(mine))
    assert again.returncode == 0, again.stderr
    assert "2024-07-26  ru_llm_arena  stored  9,938 bytes\n" in again.stdout
    assert payloads(mine) == payloads(demo.archive)
    assert (mine / "notes.txt").read_text("utf-8") == "mine"


def payloads(archive: Path) -> set[str]:
    return {file.name for file in archive.glob("snapshots/*/payloads/**/*") if file.is_file()}


def test_another_directory_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    environment = alone(tmp_path)
    mine = tmp_path / "work/mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", "utf-8")
    refused = run(tmp_path / "work", environment, "demo", "mine")
    assert refused.returncode == 2
    assert "not a former demo" in refused.stderr
    assert "archiver demo DIR" in refused.stderr
    assert [file.name for file in mine.iterdir()] == ["thesis.txt"]


def test_a_demo_that_was_captured_into_is_never_wiped(demo: Played, tmp_path: Path) -> None:
    grown = tmp_path / "grown"
    subprocess.run(["cp", "-r", str(demo.archive), str(grown)], check=True)
    ledger = next(grown.glob("snapshots/aider/ledger-*.jsonl"))
    ledger.write_bytes(ledger.read_bytes() + b"{}\n")
    refused = run(tmp_path, demo.environment, "demo", str(grown))
    assert refused.returncode == 2
    assert "since" in refused.stderr
    assert ledger.is_file()
