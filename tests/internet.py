"""An internet on loopback: raw sockets that answer by script, faults included.

    with Internet() as net:
        net.at("/board.csv", answer(b"model,score\n"))
        net.at("/slow", lambda talk: talk.drip(b"HTTP/1.1 200 OK\r\n\r\n", every=0.1))
        fetcher = Fetcher(resolve=net.resolve, allow_private=net.names, …)
        fetcher.fetch(Request(net.url("/board.csv", "a.test")), media="csv")

Every name that ends in `.test` stands for it; each connection has a thread of its own.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

NAMES = ("127.0.0.1", "localhost", *(f"{letter}.test" for letter in "abcdefghij"))


def answer(
    body: bytes = b"",
    status: int = 200,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    *,
    length: int | None = -1,
) -> bytes:
    """A whole HTTP answer. length: the Content-Length; -1 for the true one, None for none."""
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if length is not None:
        pairs.append(("Content-Length", str(len(body) if length == -1 else length)))
    head = "".join(f"{name}: {value}\r\n" for name, value in [*pairs, ("Connection", "close")])
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    return answer(status=status, headers={"Location": location})


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    at: float
    """time.monotonic()"""

    @property
    def host(self) -> str:
        return self.headers.get("host", "").partition(":")[0]


@dataclass
class Talk:
    """One connection, as a script sees it after the request has been read."""

    connection: socket.socket
    seen: Seen
    closing: threading.Event
    begins: Callable[[], None]
    """Called before the first byte of the answer."""

    def send(self, data: bytes) -> None:
        self.begins()
        self.connection.sendall(data)

    def drip(self, data: bytes, every: float) -> None:
        """A byte at a time, until the other side has had enough."""
        for byte in data:
            self.send(bytes([byte]))
            if self.closing.wait(every):
                return

    def wait(self, seconds: float) -> None:
        self.closing.wait(seconds)

    def reset(self) -> None:
        """Breaks the connection instead of ending it."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Script = Callable[[Talk], None]


@dataclass
class Internet:
    """Start with `with`. `context`: for TLS."""

    context: ssl.SSLContext | None = None
    seen: list[Seen] = field(default_factory=list)
    most: int = 0
    """The most requests that waited for an answer at one time, at any one host: until its first byte, since
    whoever has the last may ask again before the script has ended."""

    def __post_init__(self) -> None:
        self._scripts: dict[str, list[Script]] = {}
        self._lock = threading.Lock()
        self._waiting: dict[str, set[int]] = {}
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self.names = frozenset(NAMES)

    def __enter__(self) -> Internet:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive(), "a connection was left open"

    def at(self, path: str, *scripts: bytes | Script) -> str:
        """What a path answers: one script a request, the last one again and again. Returns its URL."""
        self._scripts[path] = [_said(script) if isinstance(script, bytes) else script for script in scripts]
        return self.url(path)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self.context else 'http'}://{host}:{self.port}{path}"

    def resolve(self, host: str, port: int) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        """The name server: every name of `.test` stands for this machine."""
        if host in NAMES:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def asked(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.target.partition("?")[0] == path]

    def _spawn(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was shut down
            while True:
                connection, _ = self._listener.accept()
                self._spawn(lambda connection=connection: self._serve(connection))

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError), connection:
            connection.settimeout(20)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                seen = _read(connection)
                if seen:
                    self._answer(connection, seen)

    def _answer(self, connection: socket.socket, seen: Seen) -> None:
        with self._lock:
            self.seen.append(seen)
            waiting = self._waiting.setdefault(seen.host, set())
            waiting.add(id(seen))
            self.most = max(self.most, len(waiting))
            scripts = self._scripts.get(seen.target.partition("?")[0], [_said(answer(status=404))])
            script = scripts.pop(0) if len(scripts) > 1 else scripts[0]

        def begins() -> None:
            with self._lock:
                waiting.discard(id(seen))

        try:
            script(Talk(connection, seen, self._closing, begins))
        finally:
            begins()


def _said(data: bytes) -> Script:
    return lambda talk: talk.send(data)


def _read(connection: socket.socket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, target, _ = first.split(" ", 2)
    return Seen(method, target, headers, body, time.monotonic())
