"""requests' own sessions and adapters, with the connection made here: to checked addresses, under guard.

An adapter lives for one exchange. Nothing is kept open between exchanges, so no half-read answer is taken
for the next one's, and no deadline of one reaches into another.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .failure import Failure

Dial = Callable[[str, int, bool], socket.socket]
"""Host, port, whether it is a proxy → a connected socket."""


class _Plain(HTTPConnection):
    dial: Dial

    def _new_conn(self) -> socket.socket:
        return self.dial(self._dns_host, self.port, self.proxy is not None)


class _Secure(HTTPSConnection):
    dial: Dial

    def _new_conn(self) -> socket.socket:
        return self.dial(self._dns_host, self.port, self.proxy is not None)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain

    def __init__(self, *args: Any, dial: Dial, **kwargs: Any) -> None:
        self.dial = dial
        super().__init__(*args, **kwargs)

    def _new_conn(self) -> _Plain:
        connection = cast(_Plain, super()._new_conn())
        connection.dial = self.dial
        return connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure

    def __init__(self, *args: Any, dial: Dial, **kwargs: Any) -> None:
        self.dial = dial
        super().__init__(*args, **kwargs)

    def _new_conn(self) -> _Secure:
        connection = cast(_Secure, super()._new_conn())
        connection.dial = self.dial
        return connection


class Adapter(HTTPAdapter):
    """An adapter that connects by `dial`, through a proxy or not. It retries nothing by itself."""

    def __init__(self, dial: Dial) -> None:
        self._pools = {"http": partial(_PlainPool, dial=dial), "https": partial(_SecurePool, dial=dial)}
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


def session(dial: Dial) -> requests.Session:
    """A session for one exchange."""
    made = requests.Session()
    for adapter in made.adapters.values():
        adapter.close()
    adapter = Adapter(dial)
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
