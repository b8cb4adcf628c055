"""Time-stamps from stand-ins on loopback: an authority that signs with openssl, a calendar that promises."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentimestamps.core.notary import PendingAttestation
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import Timestamp

from archiver.capture import stamps
from archiver.cli.main import main
from archiver.errors import ArchiverError, UsageError
from archiver.records import Reply
from archiver.store import Store

HEAD = b'{"archiver_head": 1}\n'
CONFIGURATION = """
[tsa]
default_tsa = t
[t]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[ext]
extendedKeyUsage = critical,timeStamping
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a root, a time-stamping certificate that it signed, and openssl's configuration."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed (Debian package openssl)")
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "openssl.cnf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    with_key = ["-newkey", "rsa:2048", "-nodes", "-config", "/dev/null"]
    for words in (
        ["req", "-x509", *with_key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Root"],
        ["req", *with_key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stand-in"],
        ["x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
         "-out", "tsa.pem", "-extfile", "openssl.cnf", "-extensions", "ext"],
    ):  # fmt: skip
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    return folder


def signed(folder: Path, query: bytes) -> bytes:
    (folder / "query.tsq").write_bytes(query)
    words = ["ts", "-reply", "-config", "openssl.cnf", "-queryfile", "query.tsq", "-chain", "tsa.pem"]
    done = subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    return done.stdout


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[bytes], tuple[int, bytes]]], str]]:
    """The URL of a server that answers each POST by a function of its body."""
    servers = []

    def start(answer: Callable[[bytes], tuple[int, bytes]]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Says nothing."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


Serve = Callable[[Callable[[bytes], tuple[int, bytes]]], str]


def promising(digest: bytes) -> tuple[int, bytes]:
    stamp = Timestamp(digest)
    stamp.attestations.add(PendingAttestation("https://calendar.example"))
    written = BytesSerializationContext()
    stamp.serialize(written)
    return 200, written.getbytes()


def test_an_authority_signs_the_head(authority: Path, serve: Serve) -> None:
    root = (authority / "ca.pem").read_bytes()
    response = stamps.authority(HEAD, serve(lambda query: (200, signed(authority, query))))
    token = stamps.token(HEAD, response, "head.tsr", [root])
    assert token.signed
    assert abs(token.time - datetime.now(UTC)) < timedelta(minutes=10)
    assert not stamps.token(HEAD, response, "head.tsr").signed
    with pytest.raises(ArchiverError, match="other bytes than this head"):
        stamps.token(HEAD + b" ", response, "head.tsr", [root])
    other = (authority / "tsa.pem").read_bytes()
    with pytest.raises(ArchiverError, match="not signed by that authority"):
        stamps.token(HEAD, response, "head.tsr", [_stranger(authority)])
    with pytest.raises(UsageError, match="certificate"):
        stamps.token(HEAD, response, "head.tsr", [b"no certificate"])
    assert other != root


def _stranger(folder: Path) -> bytes:
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-config", "/dev/null", "-keyout", "x.key"]
    subprocess.run(
        ["openssl", *words, "-out", "x.pem", "-subj", "/CN=Stranger"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return (folder / "x.pem").read_bytes()


def test_an_authority_that_does_not_answer_for_it(authority: Path, serve: Serve) -> None:
    with pytest.raises(ArchiverError, match="No time-stamp by"):
        stamps.authority(HEAD, serve(lambda _query: (503, b"")))
    with pytest.raises(ArchiverError, match="it is no time-stamp"):
        stamps.authority(HEAD, serve(lambda _query: (200, b"<html>")))
    old: list[bytes] = []

    def replayed(query: bytes) -> tuple[int, bytes]:
        old.append(signed(authority, query))
        return 200, old[0]

    url = serve(replayed)
    stamps.authority(HEAD, url)
    with pytest.raises(ArchiverError, match="it answers another request"):
        stamps.authority(HEAD, url)


def test_calendars_promise_and_one_is_enough(serve: Serve) -> None:
    good, bad = serve(promising), serve(lambda _digest: (500, b""))
    ots = stamps.calendars(HEAD, [bad, good])
    assert stamps.proof(HEAD, ots, "head.ots") == stamps.Proof(("https://calendar.example",), ())
    with pytest.raises(ArchiverError, match="other bytes than this head"):
        stamps.proof(HEAD + b" ", ots, "head.ots")
    with pytest.raises(ArchiverError, match="it is no proof"):
        stamps.proof(HEAD, ots[:40], "head.ots")
    with pytest.raises(ArchiverError, match="No time-stamp by a calendar"):
        stamps.calendars(HEAD, [bad])


def test_the_commands_stamp_and_check(
    authority: Path, serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "snapshots", collector="one", tool="t", now=lambda: datetime.now(UTC))
    store.keep("arena", "page", Reply(url="u", captured_at=datetime.now(UTC), body=b"x"))
    head, at = tmp_path / "head.json", ["--archive", str(tmp_path)]
    words = [
        "--rfc3161",
        serve(lambda query: (200, signed(authority, query))),
        "--calendar",
        serve(promising),
    ]
    assert main([*at, "seal", *words]) == 2, "a time-stamp is of a file"
    assert main([*at, "seal", "-o", str(head), *words]) == 0
    capsys.readouterr()
    assert main([*at, "verify", "--against", str(head), "--tsa-root", str(authority / "ca.pem")]) == 0
    said = capsys.readouterr().out
    assert "this head existed on" in said
    assert "(signature checked)" in said
    assert "pending at https://calendar.example" in said
    head.write_text(head.read_text("utf-8").replace("\n ", "\n  "), "utf-8")
    assert main([*at, "verify", "--against", str(head)]) == 1, "the same head in other bytes was not stamped"
