from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver import Archive
from archiver.reports import pages
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("html", b"<!doctype html>"),
        ("md", b"# "),
        ("pdf", b"%PDF-"),
        ("csv", b"section,"),
        ("xlsx", b"PK"),
        ("json", b"{"),
    ],
)
def test_report_writes_what_the_name_says(run: Run, tmp_path: Path, form: str, begins: bytes) -> None:
    target = tmp_path / f"x.{form}"
    done = run("report", "Сбер", "Yandex", "-o", str(target), "--lang", "ru")
    assert done.returncode == 0, done.stderr
    assert target.read_bytes().startswith(begins)
    assert done.stdout == ""
    assert f"{target}: " in done.stderr
    assert "ru: last captured" in done.stderr


def test_the_week_of_everyone(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    done = run("report", "--weekly", "--until", "2026-08-10", "-o", str(target))
    assert done.returncode == 0, done.stderr
    told = json.loads(target.read_text("utf-8"))
    assert told["about"]["since"] == "2026-08-03"
    assert {each["board"] for each in told["coverage"]} == {"arena/text/overall", "arena/text/russian"}


def test_a_week_of_nobody_named_is_of_those_watched(run: Run, archive: Path, tmp_path: Path) -> None:
    """Whoever is named counts instead; and the command that makes it again names them."""
    target, settings = tmp_path / "x.json", archive / "archiver.toml"
    settings.write_text('[watch]\nwho = ["OpenAI"]\nboards = ["arena/text/*"]\n', "utf-8")
    week = ("--weekly", "--until", "2026-08-10", "-o", str(target))
    try:
        done = run("report", *week)
        assert done.returncode == 0, done.stderr
        told = json.loads(target.read_text("utf-8"))
        assert {each["who"] for each in told["standing"]} == {"OpenAI"}
        assert "OpenAI" in told["about"]["command"]
        assert {each["board"] for each in told["coverage"]} <= {"arena/text/overall", "arena/text/russian"}
        assert run("report", "Sber", *week).returncode == 0
        assert {each["who"] for each in json.loads(target.read_text("utf-8"))["standing"]} == {"Sber"}
    finally:
        settings.unlink()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Sber", "-o", "x.doc"), "html, md, pdf, csv, xlsx, json"),
        (("Sbre", "-o", "x.html"), "Sber"),
        (("Sber",), "--output"),
        (("Sber", "-o", "x.html", "--weekly", "--since", "2024-01-01"), "leave out"),
        (("Sber", "-o", "x.html", "--until", "2001-01-01"), "no snapshot"),
        (("Sber", "-o", "x.html", "--lang", "de"), "de"),
    ],
)
def test_a_wrong_question_exits_2_and_writes_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    words = [str(tmp_path / word) if word.startswith("x.") else word for word in arguments]
    done = run("report", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_another_process_and_python_give_the_same_bytes(run: Run, archive: Path, tmp_path: Path) -> None:
    for form in ("html", "pdf"):
        made = []
        for seed in ("1", "2"):
            target = tmp_path / f"{seed}.{form}"
            done = run("report", "Sber", "-o", str(target), env={"PYTHONHASHSEED": seed})
            assert done.returncode == 0, done.stderr
            made.append(target.read_bytes())
        with_python = Archive(archive)
        made.append(pages.written(with_python.report("Sber"), form))
        with_python.close()
        assert made[0] == made[1] == made[2]
