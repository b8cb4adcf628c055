"""Rank news and trouble, told once each to real mail and HTTP servers on loopback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner

from archiver import Archive
from archiver.cli.main import cli
from archiver.config import Config, Notify, Watched, parse
from archiver.errors import UsageError
from archiver.records import Reply
from archiver.watching import Told, state

BOARD = """
title = "Acme league"
url = "https://acme.example/board.csv"
format = "csv"
metric = "accuracy (%)"
open_end = true
[columns]
model = "Model"
score = "Score"
score_low = "Low"
score_high = "High"
"""
URL = "https://acme.example/board.csv"
START = datetime(2026, 7, 20, 9, tzinfo=UTC)


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


def table(**scores: float) -> bytes:
    """A board of models, each with an interval of ±1."""
    rows = [f"{name},{score},{score - 1},{score + 1}" for name, score in scores.items()]
    return "\n".join(["Model,Score,Low,High", *rows]).encode() + b"\n"


FIRST = {"Ant": 90.0, "Bee": 80.0, "Cat": 70.0, "Dog": 60.0}


class Web:
    """A server that takes what is posted, or says no."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.status = 200
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if web.status == 200:
                    web.taken.append(json.loads(body))
                self.send_response(web.status)
                self.end_headers()

            def do_GET(self) -> None:
                web.asked.append(self.path)
                self.send_response(web.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.host = f"127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def web() -> Iterator[Web]:
    web = Web()
    yield web
    web.close()


class Bench:
    """An archive of one board, with targets."""

    def __init__(self, home: Path, web: Web) -> None:
        (home / "boards").mkdir(parents=True)
        (home / "boards" / "acme.toml").write_text(BOARD)
        self.home, self.clock = home, Clock()
        targets = {"desk": f"json://{web.host}/news", "ops": f"json://{web.host}/trouble"}
        self.config = Config(
            watch=Watched(who=("Bee", "Cat"), boards=("acme/*",), top=(1, 3)),
            notify=Notify(targets=targets, news=("desk",), trouble=("ops",)),
        )

    def see(self, body: bytes, *, via: str = "http", hours: int = 24) -> None:
        """A capture, the given hours after what came before."""
        self.clock.at += timedelta(hours=hours)
        with self.archive() as archive:
            reply = Reply(url=URL, captured_at=self.clock.at, body=body, status=200, via=via)  # type: ignore[arg-type]
            archive.store.keep("acme", archive.catalog.load("acme").SOURCE.routes[0].name, reply)

    def archive(self) -> Archive:
        return Archive(self.home, configuration=self.config, now=self.clock, warn=lambda _damage: None)

    def tell(self) -> Told:
        self.clock.at += timedelta(minutes=1)
        with self.archive() as archive:
            return archive.tell()

    def began(self) -> None:
        """The first board is seen and taken note of."""
        self.see(table(**FIRST))
        assert self.tell()[:3] == (0, 0, 0)


@pytest.fixture
def bench(tmp_path: Path, web: Web) -> Bench:
    return Bench(tmp_path / "archive", web)


def test_the_first_round_takes_note_and_the_next_tells_once(bench: Bench, web: Web) -> None:
    bench.began()
    bench.see(table(Ant=90, Bee=95, Cat=70, Dog=60))
    told = bench.tell()
    assert (told.news, told.sent, told.failed) == (3, 1, ())
    [letter] = web.taken
    assert letter["title"] == "LLM leaderboards: 3 rank events"
    lines = letter["message"].splitlines()
    assert "- Bee leads Acme league; it was Ant (2026-07-22)." in lines
    assert "- Bee overtook Ant on Acme league: 1 of 4 (2026-07-22)." in lines
    assert "- Bee moved from 2 to 1 of 4 on Acme league, beyond noise, into the top 1 (2026-07-22)." in lines
    assert bench.tell()[:2] == (0, 0) and len(web.taken) == 1
    bench.see(table(Ant=90, Bee=95, Cat=70, Dog=60))
    assert bench.tell().news == 0, "the same state seen again is no news"


def test_a_move_that_the_intervals_allow_is_no_news(bench: Bench, web: Web) -> None:
    bench.config = replace(bench.config, watch=replace(bench.config.watch, top=()))
    bench.see(table(Ant=90, Bee=80, Cat=80.4, Dog=60))
    bench.tell()
    bench.see(table(Ant=90, Bee=80, Cat=79.8, Dog=60))
    assert bench.tell().news == 0 and not web.taken


def test_what_lies_behind_a_place_that_counts_is_told_even_within_noise(bench: Bench, web: Web) -> None:
    bench.see(table(Ant=90, Bee=85, Dog=80, Cat=79.8))
    bench.tell()
    bench.see(table(Ant=90, Bee=85, Dog=80, Cat=80.2))
    assert bench.tell().news == 1
    assert (
        "Cat moved from 4 to 3 of 4 on Acme league, within noise, into the top 3" in web.taken[0]["message"]
    )


def test_a_model_that_is_gone_is_told_after_a_second_capture(bench: Bench, web: Web) -> None:
    bench.began()
    bench.see(table(Ant=90, Bee=80, Dog=60))
    first = bench.tell()
    assert (first.news, first.unconfirmed) == (0, 1) and not web.taken
    bench.see(table(Ant=90, Bee=80, Dog=60))
    second = bench.tell()
    assert (second.news, second.unconfirmed) == (1, 0)
    assert "Cat is no longer on Acme league; it was at 3" in web.taken[0]["message"]
    assert bench.tell().news == 0


def test_a_cut_page_raises_no_alarm(bench: Bench, web: Web) -> None:
    bench.began()
    bench.see(table(Ant=90, Bee=80, Dog=60))
    bench.tell()
    bench.see(table(**FIRST))
    assert not any("Cat is no longer" in letter["message"] for letter in web.taken)


def test_the_past_is_no_news(bench: Bench, web: Web) -> None:
    bench.began()
    bench.see(table(Ant=90, Bee=99, Cat=70, Dog=60), via="import")
    assert bench.tell().news == 0


def test_a_target_that_fails_is_asked_again(bench: Bench, web: Web) -> None:
    bench.began()
    bench.see(table(Ant=90, Bee=95, Cat=70, Dog=60))
    web.status = 500
    told = bench.tell()
    assert (told.sent, told.failed, told.waiting) == (0, ("desk",), 1)
    web.status = 200
    again = bench.tell()
    assert (again.news, again.sent, again.waiting) == (0, 1, 0) and len(web.taken) == 1


def test_a_target_that_is_not_there_waits_longer_each_time(bench: Bench, web: Web) -> None:
    bench.began()
    bench.config = replace(
        bench.config, notify=replace(bench.config.notify, targets={"desk": "json://127.0.0.1:9/x", "ops": ""})
    )
    bench.see(table(Ant=90, Bee=95, Cat=70, Dog=60))
    for wait in (60, 300, 1800):
        assert bench.tell().failed == ("desk",)
        kept = json.loads((bench.home / state.FILE).read_text("utf-8"))["letters"]
        [letter] = [letter for letter in kept if letter["target"] == "desk"]
        again = datetime.fromisoformat(letter["again"])
        assert again - bench.clock.at == timedelta(seconds=wait)
        bench.clock.at = again
    bench.clock.at += timedelta(days=8)
    bench.tell()
    kept = json.loads((bench.home / state.FILE).read_text("utf-8"))["letters"]
    assert not [letter for letter in kept if letter["target"] == "desk"], "given up after a week"


def test_news_wait_for_their_digest(bench: Bench, web: Web) -> None:
    bench.config = replace(bench.config, notify=replace(bench.config.notify, digest=timedelta(days=7)))
    bench.began()
    bench.see(table(Ant=90, Bee=95, Cat=70, Dog=60))
    assert bench.tell().sent == 1, "the first is due at once"
    bench.see(table(Ant=99, Bee=95, Cat=70, Dog=60))
    assert (bench.tell().sent, len(web.taken)) == (0, 1)
    bench.see(table(Ant=99, Bee=80, Cat=93, Dog=60), hours=24 * 7)
    assert bench.tell().sent >= 1
    digest = next(letter for letter in web.taken[1:] if "rank event" in letter["title"])
    assert "Ant" in digest["message"] and "Cat" in digest["message"]


def test_nothing_is_sent_in_quiet_hours(bench: Bench, web: Web) -> None:
    quiet = (time(22), time(7))
    bench.config = replace(
        bench.config, notify=replace(bench.config.notify, quiet=quiet, zone="Europe/Moscow")
    )
    bench.began()
    bench.see(table(Ant=90, Bee=95, Cat=70, Dog=60), hours=36)  # 21:01 UTC: 00:01 in Moscow
    assert (bench.tell().sent, web.taken) == (0, [])
    bench.clock.at += timedelta(hours=7)
    assert bench.tell().sent == 1


def test_trouble_goes_to_its_own_target_and_its_end_is_told(bench: Bench, web: Web) -> None:
    bench.began()
    bench.clock.at += timedelta(days=3)
    told = bench.tell()
    assert (told.troubles, told.sent) == (1, 1)
    assert "acme is overdue: we have not captured it since 2026-07-21 09:00 UTC" in web.taken[0]["message"]
    assert bench.tell().sent == 0
    bench.see(table(**FIRST), hours=1)
    assert bench.tell().over == 1
    assert web.taken[-1]["title"] == "LLM leaderboards: 1 trouble over"


def test_the_publisher_who_stands_still_is_told_from_us(bench: Bench, web: Web) -> None:
    bench.began()
    for _ in range(3):
        bench.see(table(**FIRST), hours=12 * 24)
    bench.tell()
    assert "acme: the publisher is stale. Our captures succeed" in web.taken[-1]["message"]
    with bench.archive() as archive:
        from archiver import answers

        [each] = [each for each in answers.health(archive.connect(), bench.clock()) if each.source == "acme"]
    assert (each.freshness, each.publisher, each.needs_a_person) == ("fresh", "stale", False)


def test_damage_is_told(bench: Bench, web: Web) -> None:
    bench.began()
    [ledger] = bench.home.glob("snapshots/acme/ledger-*.jsonl")
    ledger.write_bytes(ledger.read_bytes()[:40])
    bench.tell()
    assert any("Damaged: acme/ledger" in letter["message"] for letter in web.taken)


def test_a_lost_state_begins_anew(bench: Bench, web: Web) -> None:
    bench.began()
    (bench.home / state.FILE).write_text("{")
    bench.see(table(Ant=90, Bee=95, Cat=70, Dog=60))
    assert bench.tell().news == 0 and not web.taken


def test_mail_arrives(bench: Bench) -> None:
    letters = []

    class Handler:
        async def handle_DATA(  # noqa: N802  # the name that aiosmtpd calls
            self, _server: object, _session: object, envelope: Any
        ) -> str:
            letters.append(message_from_bytes(envelope.content, policy=default))
            return "250 OK"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(Handler(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        address = f"mailto://127.0.0.1:{port}?from=archive@example.org&to=desk@example.org&mode=insecure"
        bench.config = replace(bench.config, notify=Notify(targets={"desk": address}, news=("desk",)))
        bench.began()
        bench.see(table(Ant=90, Bee=95, Cat=70, Dog=60))
        assert bench.tell().sent == 1
    finally:
        server.stop()
    [letter] = letters
    assert "3 rank events" in letter["Subject"] and letter["To"] == "desk@example.org"
    assert "Bee overtook Ant" in letter.get_body(("plain",)).get_content()


def test_the_monitor_gets_its_sign_of_life(bench: Bench, web: Web) -> None:
    bench.config = replace(bench.config, notify=Notify(heartbeat=f"http://{web.host}/alive"))
    bench.began()
    assert web.asked == ["/alive"]
    web.status = 500
    assert bench.tell().failed == ("heartbeat",)


def told(home: Path, *words: str) -> tuple[int, str]:
    run = CliRunner().invoke(cli, ["--archive", str(home), *words])
    return run.exit_code, run.output


def test_the_command_and_its_test_line(bench: Bench, web: Web) -> None:
    (bench.home / "archiver.toml").write_text(
        f'[notify]\nnews = ["desk"]\n[notify.targets]\ndesk = "json://{web.host}/secret-place"\n'
    )
    bench.see(table(**FIRST))
    code, output = told(bench.home, "notify", "--test")
    assert (code, len(web.taken)) == (0, 1) and "secret-place" not in output
    web.status = 500
    code, output = told(bench.home, "notify", "--test")
    assert code == 1 and "desk" in output and "secret-place" not in output


WRONG = [
    ('[watch]\nwho = "Sber"', "watch.who", "a list of texts"),
    ("[watch]\ntop = [0]", "watch.top", "a whole number from 1"),
    ("[watch]\nwhom = []", "watch.whom", "one of the keys who, boards, top"),
    ('[notify]\nnews = ["desk"]', "notify.targets", "the name of a target"),
    ('[notify]\nquiet = "22"', "notify.quiet", "22:00-07:00"),
    ('[notify]\nquiet = "07:00-07:00"', "notify.quiet", "two different times"),
    ('[notify]\ndigest = "soon"', "notify.digest", "a length of time"),
    ('[notify]\nzone = "Mars/Olympus"', "notify.zone", "IANA name"),
    ('[notify.targets]\ndesk = "env:NO_SUCH_VARIABLE_HERE"', "notify.targets.desk", "a variable that is set"),
]


@pytest.mark.parametrize(("text", "key", "allowed"), WRONG)
def test_every_key_is_checked(tmp_path: Path, text: str, key: str, allowed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(text, tmp_path / "archiver.toml")
    assert key in refused.value.what and allowed in refused.value.todo


def test_a_secret_comes_from_the_environment_and_is_shown_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_ADDRESS", "json://127.0.0.1:9/very-secret")
    config = parse('[notify.targets]\ndesk = "env:DESK_ADDRESS"', tmp_path / "archiver.toml")
    assert config.notify.targets == {"desk": "json://127.0.0.1:9/very-secret"}
    from archiver.redaction import shown

    assert "very-secret" not in shown("asked json://127.0.0.1:9/very-secret now")
