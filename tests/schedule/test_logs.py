"""Logs are one line an event, and secrets stand nowhere: not in a log, an output, a ledger or the index."""

from __future__ import annotations

import io
import json
import logging
import re
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver import logs, redaction
from tests.internet import Internet, Talk, answer, redirect
from tests.schedule import league

NOW = datetime(2026, 7, 20, 12, 0, 5, tzinfo=UTC)
SECRET = "S3CRETvalue"  # noqa: S105  # planted, to be found where it leaks


@pytest.fixture
def clean() -> Iterator[None]:
    """Other tests shall not write into this one's stream."""
    before = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers[:] = before
    logging.getLogger(logs.ROOT).setLevel(logging.NOTSET)


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("form", ["human", "json"])
def test_an_event_is_one_line(form: logs.Form) -> None:
    stream = io.StringIO()
    logs.begin(form, "info", stream, lambda: NOW)
    events = logs.Log("test")
    events.debug("not.shown", "Too much.")
    events.info(
        "slot.captured", "aider: two\nlines\x1b[31m.", source="aider", due=NOW, span=timedelta(seconds=90)
    )
    events.error("broken", "Бяда.", path=Path("/x"), nothing=None)
    first, second = stream.getvalue().splitlines()
    if form == "json":
        assert json.loads(first) == {
            "at": "2026-07-20T12:00:05.000Z",
            "level": "info",
            "event": "slot.captured",
            "message": "aider: two\nlines\x1b[31m.",
            "source": "aider",
            "due": "2026-07-20T12:00:05Z",
            "span": 90.0,
        }
        assert json.loads(second)["message"] == "Бяда."
    else:
        assert re.fullmatch(
            r"2026-07-20T12:00:05\.000Z info    slot\.captured +aider: two ⏎ lines\\x1b\[31m\. source=aider "
            r"due=2026-07-20T12:00:05Z span=90\.0",
            first,
        )
        assert second.endswith("Бяда. path=/x")


@pytest.mark.usefixtures("clean")
def test_what_libraries_log_comes_out_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    logs.begin("json", "info", stream, lambda: NOW)
    try:
        int(f"https://me:{SECRET}@a.test/")
    except ValueError:
        logging.getLogger("somebody").exception("It broke.")
    line = json.loads(stream.getvalue())
    assert (line["level"], line["event"]) == ("error", "somebody")
    assert line["message"] == (
        "It broke. (ValueError: invalid literal for int() with base 10: 'https://…@a.test/')"
    )
    assert capsys.readouterr() == ("", "")


@given(st.text(max_size=80))
def test_redaction_leaves_what_is_no_secret(text: str) -> None:
    shown = redaction.shown(text)
    assert redaction.shown(shown) == shown
    if "://" not in text and "=" not in text:
        assert shown == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.test/x?page=2&tokens=3#key=4", "https://a.test/x?page=2&tokens=3#key=4"),
        ("https://u:p@a.test:8/x", "https://…@a.test:8/x"),
        ("a https://tok@a.test/?Signature=abc%2F&x=1 b", "a https://…@a.test/?Signature=…&x=1 b"),
        ("mail me@example.org, see https://a.test/@me", "mail me@example.org, see https://a.test/@me"),
        ("?X-Amz-Signature=1&api_key=2;access_token=3", "?X-Amz-Signature=…&api_key=…;access_token=…"),
    ],
)
def test_redaction_of_addresses(text: str, shown: str) -> None:
    assert redaction.shown(text) == shown


def test_a_planted_secret_is_nowhere(net: Internet, tmp_path: Path) -> None:
    """A key from the environment, a password in a mirror's address, tokens in queries and in redirects."""
    archive = tmp_path / "a"
    league.found(archive, net, ["good", "moved", "broken", "asks"])
    good = net.at("/good.csv", answer(league.board(1), headers={"Link": f"<https://u:{SECRET}@a.test/>"}))
    net.at("/moved.csv", redirect(f"/signed.csv?X-Amz-Signature={SECRET}&x=1"))
    net.at("/signed.csv", answer(league.board(2)))
    net.at("/broken.csv", answer(status=404))
    net.at("/asks.csv", echo)
    net.at("/aa/api/v2/data/llms/models", answer(status=401))
    board = archive / "boards" / "asks.toml"
    board.write_text(board.read_text("utf-8").replace("asks.csv", f"asks.csv?token={SECRET}"), "utf-8")
    password = f"http://me:{SECRET}@127.0.0.1:{net.port}/"
    (archive / "archiver.toml").write_text(
        f'allow_hosts = ["127.0.0.1:{net.port}"]\n'
        'sources = ["good", "moved", "broken", "asks", "artificial_analysis"]\n'
        f'[mirrors]\n"https://artificialanalysis.ai/" = "{password}aa/"\n"{good}" = "{password}good.csv"\n',
        "utf-8",
    )
    env = {"ARTIFICIAL_ANALYSIS_API_KEY": SECRET, "ARCHIVER_DEBUG": ""}
    said = []
    debug = ("--log-level", "debug", "--log-format")
    for words in (
        ("capture", *debug, "human"),
        ("capture", "--due", *debug, "json"),
        ("sources", "--format", "json"),
        ("sql", "SELECT * FROM captures", "--format", "json"),
        ("sql", "SELECT * FROM gaps", "--format", "json"),
    ):
        done = league.run(archive, *words, **env)
        said.append((words, done.stdout + done.stderr))
    said.append((("schedule",), scheduled(archive, env)))
    assert any("slot.captured" in text for _, text in said)
    assert any("http-status" in text for _, text in said)
    for words, text in said:
        assert SECRET not in text, f"{words}: {[line for line in text.splitlines() if SECRET in line]}"
    for path in archive.rglob("*"):
        if path.is_file() and path.suffix != ".toml":
            assert SECRET.encode() not in path.read_bytes(), path
    sent = [f"{seen.target} {seen.headers}" for seen in net.seen]
    assert any(SECRET in each for each in sent), "it was sent where it belongs"
    ledger = (archive / "snapshots" / "asks").glob("ledger-*").__next__().read_text("utf-8")
    assert "asks.csv?token=…" in ledger
    assert ledger.count('"outcome":"unchanged"') >= 1, "the same board is known again under what is recorded"


def echo(talk: Talk) -> None:
    """A board with an ETag, so that a second capture finds the first by the address that was recorded."""
    if talk.seen.headers.get("if-none-match"):
        talk.send(answer(status=304, length=None))
    else:
        talk.send(answer(league.board(3), headers={"ETag": '"3"'}))


def scheduled(archive: Path, env: dict[str, str]) -> str:
    """What the daemon says while it captures each source once more, in its own words."""
    with (archive / "archiver.toml").open("a", encoding="utf-8") as file:
        file.write('[schedule]\nspread = "0s"\n')
        for name in ("good", "moved", "broken", "asks", "artificial_analysis"):
            file.write(f'[source.{name}]\ncadence = "8s"\n')
    command = league.archiver(archive, "schedule", "--log-level", "debug")
    log = archive.with_name("log")
    with (
        log.open("wb") as file,
        Popen(command, stdout=file, stderr=file, env=league.environment(**env)) as daemon,
    ):
        ends = time.monotonic() + 90
        while time.monotonic() < ends and not all(each in log.read_text("utf-8") for each in EXPECTED):
            time.sleep(0.2)
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
    text = log.read_text("utf-8")
    assert daemon.returncode == 0, text
    assert [each for each in EXPECTED if each not in text] == []
    return text


EXPECTED = ("capture.failed", "capture.unchanged", "token=…", "slot.captured", "slot.failed")
