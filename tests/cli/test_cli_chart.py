from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver import Archive
from tests.cli.conftest import Run

PLAIN = ("--board", "ru/plain/overall")


@pytest.mark.parametrize(
    ("form", "begins"), [("svg", b"<svg "), ("png", b"\x89PNG"), ("html", b"<!doctype html>"), ("json", b"{")]
)
def test_chart_writes_what_the_name_says(run: Run, tmp_path: Path, form: str, begins: bytes) -> None:
    target = tmp_path / f"x.{form.upper() if form == 'png' else form}"
    done = run("chart", "Сбер", "Yandex", *PLAIN, "-o", str(target))
    assert done.returncode == 0, done.stderr
    assert target.read_bytes().startswith(begins)
    assert done.stdout == ""
    assert f"{target}: Sber" in done.stderr
    assert "ru: last captured" in done.stderr


@pytest.mark.parametrize("kind", ["rank", "score", "board", "heatmap"])
def test_every_kind_takes_the_options_of_history(run: Run, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "x.json"
    options = ("--kind", kind, "--since", "2024-08-01", "--until", "2024-11-01", "--every", "month", "--all")
    done = run("chart", "country:RU", *PLAIN, *options, "-o", str(target), "--width", "390")
    assert done.returncode == 0, done.stderr
    assert json.loads(target.read_text())["usermeta"]["width"] == 390


def test_a_board_stands_in_the_place_of_a_name(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    done = run("chart", "ru/plain/overall", "--kind", "board", "-o", str(target))
    assert done.returncode == 0, done.stderr
    assert "GPT-4o" in target.read_text("utf-8")


def test_a_set_of_a_file_at_a_time_in_russian(run: Run, tmp_path: Path) -> None:
    target, names = tmp_path / "x.json", tmp_path / "set.txt"
    names.write_text("# ours\nSber\nYandex\n", "utf-8")
    options = ("--as-of", "2024-10-05", "--among", str(names), "--lang", "ru")
    done = run("chart", "Sber", *PLAIN, *options, "-o", str(target))
    assert done.returncode == 0, done.stderr
    assert "Места только среди Sber, Yandex." in target.read_text("utf-8")
    assert "GPT-4o" not in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Sber", "-o", "x.gif"), "svg, png, html, json"),
        (("Sbre", "-o", "x.svg"), "Sber"),
        (("-o", "x.svg"), "Nobody was named"),
        (("Sber",), "--output"),
        (("Sber", "-o", "x.svg", "--since", "2030-01-01"), "in that time"),
        (("Sber", "-o", "x.svg", "--board", "nowhere/*"), "nowhere"),
        (("Sber", "-o", "x.svg", "--width", "10"), "320"),
        (("Sber", "-o", "x.svg", "--among", "nobody at all"), "nobody at all"),
    ],
)
def test_a_wrong_question_exits_2_and_writes_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    words = [str(tmp_path / word) if word.startswith("x.") else word for word in arguments]
    done = run("chart", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_exits_1(run: Run, tmp_path: Path) -> None:
    done = run("chart", "Sber", *PLAIN, "-o", str(tmp_path / "nowhere" / "x.json"))
    assert done.returncode == 1
    assert "could not be written" in done.stderr


def test_python_gives_the_same_picture(run: Run, archive: Path, tmp_path: Path) -> None:
    run("chart", "Sber", *PLAIN, "-o", str(tmp_path / "one.svg"))
    with_python = Archive(archive)
    with_python.chart("Sber", boards=["ru/plain/overall"]).save(tmp_path / "other.svg")
    with_python.close()
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "other.svg").read_bytes()
