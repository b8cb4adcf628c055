"""Proxies and certificates, as users of requests expect them from the environment."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import trustme

from archiver.sources import Request
from tests.capture.conftest import Make
from tests.internet import Internet, Talk, answer

BOARD = b"model,score\na,1\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Internet]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("a.test", "127.0.0.1").configure_cert(context)
    with Internet(context=context) as net:
        yield net


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_ca_bundles(
    secure: Internet, make: Make, bundle: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    secure.at("/b", answer(BOARD))
    fetcher = make()
    reply = fetcher.fetch(Request(secure.url("/b", "a.test")), media="csv")
    assert reply.reason == "tls" and "a.test" in reply.detail
    monkeypatch.setenv(name, bundle)
    assert fetcher.fetch(Request(secure.url("/b", "a.test")), media="csv").body == BOARD
    reply = fetcher.fetch(Request(secure.url("/b", "b.test")), media="csv")
    assert reply.reason == "tls" and "b.test" in reply.detail


def test_a_certificate_is_not_asked_for_twice(secure: Internet, make: Make) -> None:
    fetcher = make(attempts=3)
    assert fetcher.fetch(Request(secure.url("/b", "a.test")), media="csv").reason == "tls"
    assert fetcher.waits == []  # type: ignore[attr-defined]


def test_a_bundle_that_is_not_there(make: Make, secure: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    reply = make().fetch(Request(secure.url("/b", "a.test")), media="csv")
    assert (reply.reason, "/nowhere/ca.pem" in reply.detail) == ("tls", True)


@pytest.mark.parametrize("phase", ["handshake", "headers", "body"])
def test_the_deadline_holds_under_tls(
    secure: Internet, make: Make, bundle: str, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    fetcher = make(deadline=timedelta(seconds=1))
    began = time.monotonic()
    if phase == "handshake":
        with socket.create_server(("127.0.0.1", 0)) as silent:
            reply = fetcher.fetch(Request(f"https://a.test:{silent.getsockname()[1]}/"), media="csv")
    else:
        first = b"" if phase == "headers" else b"HTTP/1.1 200 OK\r\n\r\n"
        secure.at("/b", lambda talk: (talk.send(first), talk.drip(b"HTTP/1.1 200 OK" + b"a" * 999, 0.02)))
        reply = fetcher.fetch(Request(secure.url("/b", "a.test")), media="csv")
    assert reply.reason == "timeout" and time.monotonic() - began < 10


def test_plain_http_on_a_tls_port(secure: Internet, make: Make) -> None:
    reply = make().fetch(Request(secure.url("/b").replace("https", "http")), media="csv")
    assert reply.reason == "network"


def test_tls_on_a_plain_port(net: Internet, make: Make) -> None:
    reply = make().fetch(Request(net.url("/b").replace("http", "https")), media="csv")
    assert reply.reason in ("network", "timeout")


def test_a_proxy_is_used(net: Internet, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """It resolves the name: only the URL's own host can be looked at here."""
    monkeypatch.setenv("HTTP_PROXY", f"http://name:secret@127.0.0.1:{net.port}")
    net.at("http://publisher.example/b.csv", answer(BOARD))
    fetcher = make(allow_private=())
    reply = fetcher.fetch(Request("http://publisher.example/b.csv"), media="csv")
    assert (reply.body, reply.final_url) == (BOARD, "http://publisher.example/b.csv")
    (seen,) = net.seen
    assert seen.target == "http://publisher.example/b.csv"
    assert seen.headers["proxy-authorization"].startswith("Basic ")
    assert "secret" not in repr(reply)
    for host in ("10.0.0.1", "0x7f000001", "localhost", "[::1]"):
        assert fetcher.fetch(Request(f"http://{host}/"), media="csv").reason == "refused-address"


def test_no_proxy(net: Internet, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "a.test")
    net.at("/b", answer(BOARD))
    fetcher = make()
    assert fetcher.fetch(Request(net.url("/b", "a.test")), media="csv").body == BOARD
    reply = fetcher.fetch(Request(net.url("/b", "b.test")), media="csv")
    assert reply.reason == "network"


def test_a_tunnel_through_a_proxy(
    net: Internet, secure: Internet, make: Make, bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure.at("/b", answer(BOARD))
    net.at(f"a.test:{secure.port}", _tunnel)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{net.port}")
    monkeypatch.setenv("SSL_CERT_FILE", bundle)
    reply = make().fetch(Request(secure.url("/b", "a.test")), media="csv")
    assert (reply.body, [seen.method for seen in net.seen]) == (BOARD, ["CONNECT"])


def _tunnel(talk: Talk) -> None:
    import threading

    port = int(talk.seen.target.partition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as onward:
        talk.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

        def pump(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):
                while data := source.recv(65536):
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)

        back = threading.Thread(target=pump, args=(onward, talk.connection))
        back.start()
        pump(talk.connection, onward)
        back.join()


@pytest.mark.parametrize("said", [b"HTTP/1.1 403 Forbidden\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_proxy_that_refuses_or_hangs(
    net: Internet, make: Make, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    net.at(
        "publisher.example:443",
        lambda talk: (talk.send(said), "403" in repr(said) or talk.drip(b"a" * 999, 0.02)),
    )
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{net.port}")
    began = time.monotonic()
    reply = make(deadline=timedelta(seconds=1)).fetch(Request("https://publisher.example/"), media="csv")
    assert reply.reason == ("network" if b"403" in said else "timeout")
    assert "publisher.example" in reply.detail and time.monotonic() - began < 10


def test_a_socks_proxy_is_said_not_to_work(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:9")
    reply = make().fetch(Request("http://publisher.example/"), media="csv")
    assert reply.reason == "network" and "SOCKS" in reply.detail


def test_netrc_is_not_used(
    net: Internet, make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The archive holds what the public is shown, not what one user is."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine a.test login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    net.at("/b", answer(BOARD))
    assert make().fetch(Request(net.url("/b", "a.test")), media="csv").body == BOARD
    assert "authorization" not in net.seen[0].headers
