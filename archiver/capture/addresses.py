"""Which addresses may be asked: the public internet, and what the operator named.

A publisher's redirect, or its name server, must not lead this program to the operator's own machines. Each
hop's URL is looked at before it is asked; the connection is then made to the very addresses that were
checked, so a name that answers differently a moment later gains nothing (DNS rebinding).

Behind a proxy the proxy resolves the name: there only the URL's host can be looked at, and what a name
stands for is the proxy's to judge.
"""

from __future__ import annotations

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from .failure import Failure
from .guard import Guard

Info = tuple[int, int, int, str, tuple[object, ...]]
Resolve = Callable[[str, int], Sequence[Info]]
"""Host and port → what `socket.getaddrinfo` gives. Raises OSError."""

# Forms that inet_aton reads as an IPv4 address: 127.1, 0x7f000001, 2130706433, 0177.0.0.1.
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> Sequence[Info]:
    """The system's resolver."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


def why_not(address: str) -> str | None:
    """What speaks against connecting to an IP address, or None for a public one.

    >>> why_not("127.0.0.1"), why_not("::ffff:10.0.0.1"), why_not("2606:4700::1111")
    ('loopback', 'private', None)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return why_not(str(inner))
        if ip.teredo or ip.is_site_local:
            return "reserved"
    for kind in ("unspecified", "loopback", "link_local", "multicast", "private", "reserved"):
        if getattr(ip, f"is_{kind}"):
            return kind.replace("_", "-")
    return None if ip.is_global else "not public"


@dataclass(frozen=True)
class Addresses:
    """The rule of one exchange.

    trusted: `host` or `host:port` that may be asked whatever their address; empty for a source whose own
    host is not among those that the operator allowed.
    """

    trusted: Collection[str]
    resolve: Resolve

    def trusts(self, host: str, port: int) -> bool:
        name = host.lower().rstrip(".").strip("[]")
        return name in self.trusted or f"{name}:{port}" in self.trusted

    def trusts_url(self, url: str) -> bool:
        """The same for a URL; False for what is none."""
        try:
            parts = urlsplit(url)
            return self.trusts(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        except ValueError:
            return False

    def check(self, url: str) -> None:
        """Raises `Failure` where a URL may not be asked, as far as its text tells."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in ("http", "https") or not host:
            raise Failure("refused-address", "Only http and https addresses with a host are asked.")
        if parts.username is not None or parts.password is not None:
            raise Failure("refused-address", f"The URL at {host} carries a name or password.")
        if self.trusts_url(url):
            return
        if host == "localhost" or host.endswith(".localhost"):
            raise Failure("refused-address", f"{host} is this machine itself.")
        try:
            kind = why_not(host)
        except ValueError:
            kind = "written in an unusual notation" if _NUMERIC.fullmatch(host) else None
        if kind:
            raise Failure("refused-address", f"{host} may not be asked: its address is {kind}.")

    def addresses(self, host: str, port: int, guard: Guard) -> list[Info]:
        """What a host's name stands for, checked. Raises `Failure`."""
        found = look_up(self.resolve, host, port, guard)
        if not self.trusts(host, port):
            for info in found:
                if kind := why_not(str(info[4][0])):
                    raise Failure("refused-address", f"{host} may not be asked: its address is {kind}.")
        return found


def look_up(resolve: Resolve, host: str, port: int, guard: Guard) -> list[Info]:
    """Resolves in a thread: a resolver cannot be interrupted, only left behind (it has limits of its own)."""
    box: queue.SimpleQueue[Sequence[Info] | Exception] = queue.SimpleQueue()

    def work() -> None:
        try:
            box.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            box.put(error)

    threading.Thread(target=work, name=f"resolve {host}", daemon=True).start()
    answer: Sequence[Info] | Exception | None = None
    while answer is None:
        if guard.remaining() <= 0:
            raise guard.late(host)
        with suppress(queue.Empty):  # in short waits, since a guard may be cut before its time
            answer = box.get(timeout=min(0.1, guard.remaining()))
    if isinstance(answer, Exception):
        raise Failure("network", f"The name {host} did not resolve.", transient=True) from answer
    if not answer:
        raise Failure("network", f"The name {host} has no address.", transient=True)
    return list(answer)


def dial(targets: Sequence[Info], host: str, connect: float, guard: Guard) -> socket.socket:
    """A connection to the first of these addresses that takes one, under guard. Raises `Failure`."""
    last: OSError | None = None
    for family, kind, protocol, _, address in targets:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(max(0.001, min(connect, guard.remaining())))
            guard.watch(connection)
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connection.close()
            last = error
        else:
            return connection
        if guard.remaining() <= 0:
            raise guard.late(host) from last
    if isinstance(last, TimeoutError):
        raise Failure("timeout", f"{host} took no connection within {connect:g} s.", transient=True) from last
    told = (last.strerror or type(last).__name__).lower() if last else "it has no address"
    raise Failure("network", f"{host} took no connection: {told}.", transient=True) from last
