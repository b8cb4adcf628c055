"""The way through, on real files, a real server on loopback, real processes and real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import duckdb
import pytest

from archiver import Archive, ingest
from archiver.config import Config
from archiver.errors import ArchiveBusy, UsageError

README = "https://raw.githubusercontent.com/VikhrModels/ru_llm_arena/master/README.md"
MODELS = [f"model-{number}" for number in range(28)] + ["gigachat_max", "yandex_gpt_pro"]


def readme(day: int) -> bytes:
    """A board of thirty models in the publisher's shape; `day` moves everyone's score."""
    head = f"## Состояние арены на {day:02}.10.2025\n\nНа текущий момент в рейтинге находятся 30 моделей\n\n"
    rows = [
        f"{name:<50} | score: {90 - place - day / 10:.1f}  | 95% CI: (-1.5, 1.5)  | average #tokens: 400\n"
        for place, name in enumerate(MODELS)
    ]
    table = "### Без контроля длины\n```console\n> python show_result.py\n" + "".join(rows) + "```\n"
    second = (
        "### Со штрафом на длину ответа\n<details>\n\n    > python show_result.py --length-control\n"
        + "".join(f"    {row}" for row in rows)
    )
    return (head + table + "\n" + second + "</details>\n").encode()


class Publisher(ThreadingHTTPServer):
    """Serves one README, with an ETag."""

    body = b""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        tag = f'"{hash(self.server.body)}"'
        same = self.headers.get("If-None-Match") == tag
        self.send_response(304 if same else 200)
        self.send_header("ETag", tag)
        if not same:
            self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        if not same:
            self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:
        """The test's output stays clean."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def configuration(publisher: Publisher) -> Config:
    host = publisher.origin.removeprefix("http://").rstrip("/")
    return Config(
        mirrors={"https://raw.githubusercontent.com/": publisher.origin}, allow_hosts=frozenset({host})
    )


def put(
    archive: Archive, tmp_path: Path, body: bytes, at: str, name: str = "README.md"
) -> list[ingest.Taken]:
    file = tmp_path / name
    file.write_bytes(body)
    when = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return archive.take(ingest.recordings("ru_llm_arena", [file], when, README))


def test_capture_keep_parse_load_ask(publisher: Publisher, tmp_path: Path) -> None:
    clock = datetime(2025, 10, 1, 12, tzinfo=UTC)
    archive = Archive(tmp_path / "a", configuration=configuration(publisher), now=lambda: clock)
    outcomes = []
    for day in (1, 2, 2, 3):
        publisher.body = readme(day)
        [attempt] = archive.capture("ru_llm_arena")
        outcomes.append((attempt.outcome, attempt.status))
        clock += timedelta(days=1)
    assert outcomes == [("stored", 200), ("stored", 200), ("unchanged", 304), ("stored", 200)]
    rows = archive.history("Сбер", boards=["ru_llm_arena/plain/*"]).fetchall()
    assert [(row[1].isoformat(), row[7], row[8]) for row in rows] == [
        ("2025-10-01", 29, 30),
        ("2025-10-02", 29, 30),
        ("2025-10-03", 29, 30),
    ]
    assert rows == archive.history("Sber", boards=["ru_llm_arena/plain/*"]).fetchall()
    assert [damage for damage in archive.verify() if not damage.note] == []
    archive.close()


def test_the_same_recording_is_taken_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a")
    [first] = put(archive, tmp_path, readme(1), "2025-10-01")
    [second] = put(archive, tmp_path, readme(1), "2025-10-01")
    [later] = put(archive, tmp_path, readme(1), "2025-10-09")
    assert first.capture is not None
    assert first.capture.outcome == "stored"
    assert (second.capture, second.held_already) == (None, True)
    assert later.capture is not None
    assert later.capture.outcome == "unchanged"
    archive.close()


CUT = readme(1)[: readme(1).index(b"> python show_result.py\n")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n",
            "lfs-pointer",
        ),
        (
            b"<!doctype html><html><head><title>Just a moment...</title></head><body>"
            b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>',
            "challenge",
        ),
    ],
)
def test_what_is_not_the_board_is_a_failure_with_a_reason(tmp_path: Path, body: bytes, reason: str) -> None:
    archive = Archive(tmp_path / "a")
    [taken] = put(archive, tmp_path, body, "2025-10-01")
    if reason == "challenge" and taken.capture is None:
        assert "HTML" in taken.why_not
    else:
        assert taken.capture is not None
        assert (taken.capture.outcome, taken.capture.reason) == ("failed", reason)
    assert archive.sql("SELECT count(*) FROM entries").fetchall() == [(0,)]
    archive.close()


def test_a_page_without_its_table_is_kept_unread_and_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a")
    [taken] = put(archive, tmp_path, CUT, "2025-10-01")
    assert taken.capture is not None
    [unread] = archive.unread()
    assert unread.payload_sha256 == taken.capture.sha256
    assert unread.error
    assert archive.store.payload("ru_llm_arena", unread.payload_sha256) == CUT
    assert archive.sql("SELECT count(*) FROM entries").fetchall() == [(0,)]
    archive.close()


HOLD_OPEN = """
import duckdb, sys
con = duckdb.connect(sys.argv[1], read_only=True)
print(con.execute("SELECT count(*) FROM snapshots").fetchone()[0], flush=True)
for line in sys.stdin:
    print(con.execute("SELECT count(*) FROM snapshots").fetchone()[0], flush=True)
"""


def test_a_reader_holds_the_index_open_through_twenty_captures(publisher: Publisher, tmp_path: Path) -> None:
    clock = datetime(2025, 10, 1, tzinfo=UTC)
    archive = Archive(tmp_path / "a", configuration=configuration(publisher), now=lambda: clock)
    publisher.body = readme(1)
    archive.capture("ru_llm_arena")
    reader = subprocess.Popen(
        [sys.executable, "-c", HOLD_OPEN, str(archive.index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    before = reader.stdout.readline()
    for day in range(2, 22):
        clock += timedelta(days=1)
        publisher.body = readme(day)
        assert [attempt.outcome for attempt in archive.capture("ru_llm_arena")] == ["stored"]
        print("again", file=reader.stdin, flush=True)
        assert reader.stdout.readline() == before == "2\n"
    reader.stdin.close()
    assert reader.wait(10) == 0
    reader.stdout.close()
    with duckdb.connect(str(archive.index), read_only=True) as fresh:
        assert fresh.execute("SELECT count(*) FROM snapshots").fetchall() == [(42,)]
    archive.close()


LOAD = "import sys; from archiver import Archive; Archive(sys.argv[1]).rebuild()"


def test_a_kill_in_the_middle_of_a_load_leaves_the_old_index_working(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a")
    for day in range(1, 6):
        put(archive, tmp_path, readme(day), f"2025-10-{day:02}")
    expected = archive.sql("SELECT count(*), round(sum(score), 3) FROM entries").fetchall()
    archive.close()
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", LOAD, str(archive.path)], check=True)
    whole, hit = time.monotonic() - began, 0
    while hit < 4:  # at points that are spread over the load
        began = time.monotonic()
        load = subprocess.Popen([sys.executable, "-c", LOAD, str(archive.path)])
        with suppress(subprocess.TimeoutExpired):
            load.wait(whole * (hit + 1) / 5)
        load.send_signal(signal.SIGKILL)
        if load.wait() == -signal.SIGKILL:
            hit += 1
        else:  # it was done before: the machine has become quicker
            whole = min(whole, time.monotonic() - began) * 0.9
        with duckdb.connect(str(archive.index), read_only=True) as old:
            assert old.execute("SELECT count(*), round(sum(score), 3) FROM entries").fetchall() == expected
    archive.rebuild()
    assert archive.sql("SELECT count(*), round(sum(score), 3) FROM entries").fetchall() == expected
    archive.close()
    left = {path.name for path in archive.path.iterdir()}
    assert left <= {"snapshots", "archive.duckdb", ".archiver.lock"}


def test_two_writers_one_waits_outside(tmp_path: Path) -> None:
    archive, other = Archive(tmp_path / "a"), Archive(tmp_path / "a")
    with archive.lock(), pytest.raises(ArchiveBusy):
        put(other, tmp_path, readme(1), "2025-10-01")


def test_increments_and_rebuild_give_the_same_tables(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a")
    for day in (3, 1, 2, 1, 4):
        put(archive, tmp_path, readme(day), f"2025-11-{day:02}")
    names = [name for (name,) in archive.sql("SELECT table_name FROM duckdb_tables()").fetchall()]
    grown = {name: sorted(map(repr, archive.sql(f"FROM {name}").fetchall())) for name in names}
    archive.rebuild()
    made = {name: sorted(map(repr, archive.sql(f"FROM {name}").fetchall())) for name in names}
    assert grown == made
    archive.close()


def test_a_decision_survives_a_rebuild(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a")
    lines = readme(1).replace(b"model-1 ", b"model-0 ").replace(b"model-2 ", b"model-0 ")
    put(
        archive,
        tmp_path,
        lines.replace(b"model-3 ", b"model-0 ").replace(b"model-4 ", b"model-0 "),
        "2025-10-01",
    )
    held = archive.held()
    assert {each.board for each in held} == {
        "ru_llm_arena/plain/overall",
        "ru_llm_arena/length-control/overall",
    }
    assert archive.sql("SELECT count(*) FROM rankings").fetchall() == [(0,)]
    archive.decide(held[0].snapshot_id, "released", "checked by hand")
    archive.decide(held[1].snapshot_id, "rejected", "a slip of the publisher")
    for _ in range(2):
        assert archive.held() == []
        assert archive.sql("SELECT count(*) FROM rankings").fetchall() == [(30,)]
        archive.rebuild()
    with pytest.raises(UsageError, match="No snapshots"):
        archive.decide("ffffffffffffffffff", "released", "no such")
    archive.close()


ANSWER = (
    "import sys; from archiver import Archive; print(Archive(sys.argv[1]).history('Sber').fetchall()[0][7])"
)
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


def test_an_archive_that_cannot_be_written_answers_from_a_temporary_index(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a")
    put(archive, tmp_path, readme(1), "2025-10-01")
    archive.close()
    archive.index.unlink()
    command = [sys.executable, "-c", ANSWER, str(archive.path)]
    if os.getuid() == 0:
        # Rights do not bind root: there, the folder is mounted read-only in a namespace of its own.
        apart = ["unshare", "-m", "sh", "-c"]
        if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
            pytest.skip("rights do not bind root, and this machine lets it make no mount namespace")
        command = [*apart, READ_ONLY, str(archive.path), *command]
    archive.path.chmod(0o555)
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1]
        )
    finally:
        archive.path.chmod(0o755)
    assert (run.stdout, run.returncode) == ("29\n", 0), run.stderr
    assert not archive.index.exists()


def test_no_archive_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no archive"):
        Archive(tmp_path).connect()


def test_a_manifest_names_what_it_does_not_take(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_bytes(readme(1))
    (tmp_path / "index.tsv").write_text(
        "source\tcaptured_at\turl\tfile\tnote\n"
        f"ru_llm_arena\t2025-10-01\t{README}\tgood.md\t\n"
        f"ru_llm_arena\tsoon\t{README}\tgood.md\t\n"
        f"ru_llm_arena\t2025-10-01\t{README}\tmissing.md\t\n"
        "ru_llm_arena\t2025-10-01\thttps://example.org/\tgood.md\t\n"
        "nobody\t2025-10-01\t\tgood.md\t\n"
        f"aider\t2025-10-01\t{README}\tgood.md\t\n"
        f"ru_llm_arena\t\t{README}\tgood.md\t\n",
        "utf-8",
    )
    env = {**os.environ, "ARCHIVER_HOME": str(tmp_path / "a")}
    run = subprocess.run(
        [sys.executable, "-m", "archiver.cli", "import", "--manifest", str(tmp_path / "index.tsv")],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "ru_llm_arena: 4 not taken, 1 stored" in run.stdout
    for told in (
        "belongs to no route of aider, but to one of ru_llm_arena",
        "gives no time of capture: --at TIME gives one to all that have none",
        "'soon' is not a time",
        "the file is not there",
        "belongs to no route",
        "no source is called",
    ):
        assert told in run.stderr
    rows = subprocess.run(
        [sys.executable, "-m", "archiver.cli", "history", "GigaChat", "--format", "json"],
        capture_output=True,
        text=True,
        env=env,
        check=True,
    )
    assert [row["rank"] for row in json.loads(rows.stdout)] == [29, 29]
    dated = subprocess.run(
        [sys.executable, "-m", "archiver.cli", "import", "--manifest", str(tmp_path / "index.tsv"),
         "ru_llm_arena", "--at", "2025-11-01"],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip
    assert "ru_llm_arena: 1 held already, 3 not taken, 1 unchanged" in dated.stdout, (
        dated.stdout + dated.stderr
    )
