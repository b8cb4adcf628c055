"""The real command in a process of its own, and the archive that it leaves behind."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

RUN = (sys.executable, "-c", "from archiver.cli.main import run; run()")
TIME_LIMIT = 15.0
"""Seconds that the whole process may take on two cores, of the clock and of the processor."""

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


class Played(NamedTuple):
    """One run of the command, in a home of its own."""

    home: Path
    archive: Path
    environment: dict[str, str]
    result: subprocess.CompletedProcess[str]
    seconds: float
    processor: float

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command, asked of the archive that is left."""
        return run(self.home / "work", self.environment, *words, "--archive", str(self.archive))


def run(place: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *words], cwd=place, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def world(home: Path) -> dict[str, str]:
    """An environment whose home, temporary folder and working directory lie in `home`, with a proxy that
    answers nothing: who asks for anything but this machine's own address fails."""
    for name in ("work", "tmp", "home"):
        (home / name).mkdir()
    kept = {
        name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ
    }
    return kept | {
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONUTF8": "1",
        "COLUMNS": "80",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("demo")
    environment, began, used = world(home), time.monotonic(), processor()
    result = run(home / "work", environment, "demo")
    assert result.returncode == 0, result.stderr
    yield Played(
        home,
        home / "work/archiver-demo",
        environment,
        result,
        seconds=time.monotonic() - began,
        processor=processor() - used,
    )


def processor() -> float:
    """Seconds of processor time that the processes started here have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def lines(archive: Path) -> list[dict[str, Any]]:
    """Every ledger line of the archive, parsed by nothing of the archive's own."""
    ledgers = sorted(archive.glob("snapshots/*/ledger-*.jsonl"))
    return [json.loads(line) for ledger in ledgers for line in ledger.read_text("utf-8").splitlines()]


def test_it_is_done_in_time(played: Played) -> None:
    assert played.processor < TIME_LIMIT
    if os.getloadavg()[0] > (os.cpu_count() or 1) + 1:
        pytest.skip(f"the machine is busy with other work: {played.seconds:.1f} s by the clock say nothing")
    assert played.seconds < TIME_LIMIT


def test_the_ledger_tells_what_came_of_each_capture(played: Played) -> None:
    captures = [line for line in lines(played.archive) if "outcome" in line]
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


def test_the_answer_is_printed_with_the_places_counted_by_hand(played: Played) -> None:
    said = played.result.stdout
    for (board, date, _), (_, _, of) in PLACES.items():
        assert board in said
        assert date in said
        assert f"/{of}" in said or f" of {of}" in said
    assert "What to try next" in said
    assert max(map(len, said.splitlines())) <= 80


def test_the_archive_answers_after_the_server_is_gone(played: Played) -> None:
    answer = played.run("history", "Sber", "Yandex", "--format", "json")
    assert answer.returncode == 0, answer.stderr
    rows = {(row["board"], row["date"][:10], row["organization"]): row for row in json.loads(answer.stdout)}
    for key, (_, position, of) in PLACES.items():
        assert (rows[key]["position"], rows[key]["of"], rows[key]["status"]) == (position, of, "listed"), key


def test_absence_is_proven_by_whole_boards(played: Played) -> None:
    answer = played.run(
        "history", "Yandex", "--board", "arena/text-style-control/overall", "--format", "json"
    )
    assert [(row["status"], row["of"]) for row in json.loads(answer.stdout)] == [
        ("absent", 368),
        ("absent", 376),
        ("absent", 385),
    ]


def test_nothing_is_held_unread_or_damaged(played: Played) -> None:
    for words in (("verify",), ("held",), ("rebuild",)):
        answer = played.run(*words)
        assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Nothing is held" in played.run("held").stderr


def test_each_command_that_it_names_works(played: Played) -> None:
    said = played.result.stdout.partition("What to try next")[2]
    commands = [line for line in said.splitlines() if line.strip().startswith("archiver ")]
    assert 3 <= len(commands) <= 5
    for command in commands:
        done = subprocess.run(
            [
                "bash",
                "-c",
                f'archiver() {{ "$PYTHON" -c "from archiver.cli.main import run; run()" "$@"; }}; {command}',
            ],
            cwd=played.home / "work",
            env=played.environment | {"PYTHON": sys.executable},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout.strip(), command


def test_nothing_is_written_outside_the_directory(played: Played) -> None:
    found = {file.relative_to(played.home) for file in played.home.rglob("*") if file.is_file()}
    assert {path for path in found if path.parts[:2] != ("work", "archiver-demo")} == set()


def test_no_configuration_leads_to_the_server_that_is_gone(played: Played) -> None:
    assert not (played.archive / "archiver.toml").exists()


def test_it_can_be_played_again_and_gives_the_same(played: Played) -> None:
    before = {file.name for file in played.archive.glob("snapshots/*/payloads/**/*") if file.is_file()}
    (played.archive / "notes.txt").write_text("mine", "utf-8")
    again = run(played.home / "work", played.environment | {"COLUMNS": "60"}, "demo", str(played.archive))
    assert again.returncode == 0, again.stderr
    assert "2024-07-26  ru_llm_arena  stored  9,938 bytes\n" in again.stdout
    assert before == {
        file.name for file in played.archive.glob("snapshots/*/payloads/**/*") if file.is_file()
    }
    assert (played.archive / "notes.txt").read_text("utf-8") == "mine"
    (played.archive / "notes.txt").unlink()


def test_another_directory_is_never_touched(tmp_path: Path) -> None:
    environment = world(tmp_path)
    mine = tmp_path / "work/mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", "utf-8")
    refused = run(tmp_path / "work", environment, "demo", "mine")
    assert refused.returncode == 2
    assert "not a former demo" in refused.stderr
    assert "archiver demo DIR" in refused.stderr
    assert [file.name for file in mine.iterdir()] == ["thesis.txt"]


def test_a_demo_that_was_captured_into_is_never_wiped(played: Played, tmp_path: Path) -> None:
    grown = tmp_path / "grown"
    subprocess.run(["cp", "-r", str(played.archive), str(grown)], check=True)
    ledger = next(grown.glob("snapshots/aider/ledger-*.jsonl"))
    ledger.write_bytes(ledger.read_bytes() + b"{}\n")
    refused = run(tmp_path, played.environment, "demo", str(grown))
    assert refused.returncode == 2
    assert "since" in refused.stderr
    assert ledger.is_file()
