"""A small HTTP server on 127.0.0.1 that stands for every publisher at once.

The path of a request begins with the publisher's host: `/raw.githubusercontent.com/…` answers what
`https://raw.githubusercontent.com/…` would. What it answers is looked up anew for each request, so that the
caller can turn the calendar between two passes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Answer(NamedTuple):
    """What a publisher serves at a URL. Everything is status 200; an unknown URL is a 404."""

    body: bytes
    type: str
    etag: bool = True
    """Whether it names its version, and answers 304 to a client that has it."""


Lookup = Callable[[str], Answer | None]
"""Publisher's URL → what it serves now, None for a 404."""


@contextmanager
def serving(lookup: Lookup) -> Iterator[str]:
    """Serves on a free port until the block ends. Yields the address that stands for `https://`:
    `http://127.0.0.1:PORT/`."""

    class Publisher(_Publisher):
        answer = staticmethod(lookup)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Publisher(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    """Seconds until a silent connection is dropped."""
    answer: Lookup

    def do_GET(self) -> None:  # the name that http.server calls
        found = self.answer("https:/" + self.path)
        if found is None:
            self._reply(404, b"not found\n", {"Content-Type": "text/plain; charset=utf-8"})
            return
        etag = f'"{sha256(found.body).hexdigest()[:32]}"'
        headers = {"Content-Type": found.type} | ({"ETag": etag} if found.etag else {})
        if found.etag and self.headers.get("If-None-Match") == etag:
            self._reply(304, b"", headers)
        else:
            self._reply(200, found.body, headers)

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:  # a 304 has no body, and its length would speak of the other one
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the terminal belongs to the demo."""
