"""requests' own sessions and adapters, with the connection made here: to checked addresses, under guard.

An adapter lives for one exchange. Nothing is kept open between exchanges, so no half-read answer is taken
for the next one's, and no deadline of one reaches into another.
"""

from __future__ import annotations

import io
import os
import socket
from functools import partial
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, Protocol, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .failure import Failure


class Line(Protocol):
    """How connections come about. Both raise `Failure`."""

    def dial(self, host: str, port: int, proxy: bool) -> socket.socket:
        """A connected socket. proxy: the host is the operator's proxy, not the one that is asked."""
        ...

    def check(self) -> None:
        """Does nothing while there is time. Asked before each read of a connection."""
        ...

    def opened(self, answer: HTTPResponse) -> None:
        """Takes note of what to close in the end: urllib3 drops an answer whose headers it rejects."""
        ...


class _Timed(io.RawIOBase):
    """A connection's bytes, as long as there is time: a server that pours keeps no reader past it."""

    def __init__(self, inner: io.RawIOBase, line: Line) -> None:
        self._inner, self._line = inner, line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._line.check()
        return cast("int | None", self._inner.readinto(buffer))

    def close(self) -> None:
        self._inner.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), line))
        line.opened(self)

    def begin(self) -> None:
        """As ever; but headers behind one that is none are lost, a Content-Length among them."""
        super().begin()
        unread = "" if self.msg.is_multipart() else self.msg.get_payload()
        if isinstance(unread, str) and unread.strip():
            raise HTTPException("headers that are none")


class _Plain(HTTPConnection):
    line: Line

    def _new_conn(self) -> socket.socket:
        return self.line.dial(self._dns_host, self.port, self.proxy is not None)


class _Secure(HTTPSConnection):
    line: Line

    def _new_conn(self) -> socket.socket:
        return self.line.dial(self._dns_host, self.port, self.proxy is not None)

    def _tunnel(self) -> None:
        """A cut-off answer of a proxy passes for a whole one in http.client: TLS must not begin on it."""
        super()._tunnel()
        self.line.check()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        self.line = line
        super().__init__(*args, **kwargs)

    def _new_conn(self) -> _Plain:
        connection = cast(_Plain, super()._new_conn())
        connection.line = self.line
        connection.response_class = cast(type[HTTPResponse], partial(_Answer, line=self.line))
        return connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        self.line = line
        super().__init__(*args, **kwargs)

    def _new_conn(self) -> _Secure:
        connection = cast(_Secure, super()._new_conn())
        connection.line = self.line
        connection.response_class = cast(type[HTTPResponse], partial(_Answer, line=self.line))
        return connection


class Adapter(HTTPAdapter):
    """An adapter that connects by a `Line`, through a proxy or not. It retries nothing by itself."""

    def __init__(self, line: Line) -> None:
        self._pools = {"http": partial(_PlainPool, line=line), "https": partial(_SecurePool, line=line)}
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        if proxy.lower().startswith("socks"):
            raise Failure("network", "A SOCKS proxy is set in the environment; only HTTP proxies are used.")
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def session(line: Line) -> requests.Session:
    """A session for one exchange."""
    made = requests.Session()
    for adapter in made.adapters.values():
        adapter.close()
    adapter = Adapter(line)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


def send(made: requests.Session, prepared: requests.PreparedRequest, timeout: float) -> requests.Response:
    """Asks once, streamed, with proxies and CA bundles from the environment.

    Through the adapter, since `Session.send` reads a redirect's whole body before it hands it over. To the
    variables that requests knows (HTTP(S)_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE) OpenSSL's own
    are added: SSL_CERT_FILE, SSL_CERT_DIR.
    """
    url = prepared.url or ""
    settings = made.merge_environment_settings(url, {}, True, None, None)
    verify = settings["verify"]
    if verify in (True, None):
        verify = os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR") or True
    if isinstance(verify, str) and not Path(verify).exists() and url.startswith("https:"):
        raise Failure("tls", f"The CA bundle that the environment names does not exist: {verify}.")
    adapter = made.get_adapter(url)
    return adapter.send(
        prepared,
        stream=True,
        timeout=timeout,
        verify=verify,
        cert=settings["cert"],
        proxies=settings["proxies"],
    )
