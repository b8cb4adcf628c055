"""`archiver parse`: a dry run that needs no archive."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Run

KEYS = [
    *(
        "board",
        "published_at",
        "position",
        "rank",
        "rank_low",
        "rank_high",
        "rank_kind",
        "model",
        "organization",
    ),
    *("variant", "score", "score_low", "score_high", "votes", "license", "extra"),
]
SAMPLES = Path(__file__).parents[1] / "samples"
POLYGLOT = (
    "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"
)


def test_entries_are_json_lines(run: Run, tmp_path: Path) -> None:
    sample = SAMPLES / "aider" / "polyglot_leaderboard.yml"
    done = run("parse", "aider", str(sample), "--url", POLYGLOT, archive_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows
    assert all(list(row) == KEYS for row in rows)
    assert f"{len(rows)} entries" in done.stderr
    assert list(tmp_path.iterdir()) == [], "nothing is kept"


def test_a_challenge_page_is_named_as_such(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>"
        '<div id="challenge-error-text">Enable JavaScript and cookies to continue</div>'
        '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>'
    )
    done = run("parse", "arena", str(page), "--url", "https://arena.ai/leaderboard/text")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "challenge" in done.stderr


def test_an_empty_file_is_a_failure(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "polyglot_leaderboard.yml"
    empty.write_bytes(b"")
    done = run("parse", "aider", str(empty), "--url", POLYGLOT)
    assert (done.returncode, done.stdout) == (1, "")
    assert "empty" in done.stderr


def test_an_address_of_no_route_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.yml"
    file.write_text("- model: x\n")
    done = run("parse", "aider", str(file), "--url", "https://example.org/x")
    assert done.returncode == 2
    assert "No route of" in done.stderr
    assert "--url" in done.stderr
