"""How an attempt fails, inside this package: `fetch` turns it into a `Reply`."""

from __future__ import annotations

import http.client
import socket
import ssl
from datetime import timedelta
from http import HTTPStatus

from ..errors import CaptureFailed


class Failure(CaptureFailed):
    """An exchange that brought no board. `transient`: asking again may help. `body`: evidence to keep."""

    def __init__(
        self,
        reason: str,
        detail: str,
        *,
        transient: bool = False,
        retry_after: timedelta | None = None,
        body: bytes | None = None,
    ) -> None:
        super().__init__(reason, detail, retry_after=retry_after)
        self.transient, self.body = transient, body


def chain(error: BaseException) -> list[BaseException]:
    """An error and every error that it wraps: as cause, as context, or among its arguments."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and not any(item is known for known in found):
            found.append(item)
            waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
    return found


def translate(error: BaseException, host: str) -> Failure:
    """What a library's error means, told by its innermost cause. Only own words and figures go in: the
    library's text may quote what a stranger's server sent."""
    causes = chain(error)

    def find(*kinds: type[BaseException]) -> BaseException | None:
        return next((cause for cause in causes if isinstance(cause, kinds)), None)

    for cause in causes:
        if isinstance(cause, Failure):
            return cause
    if certificate := find(ssl.SSLCertVerificationError):
        told = getattr(certificate, "verify_message", "") or "it does not match the name"
        return Failure("tls", f"The certificate of {host} was not accepted: {told}.")
    if find(ssl.CertificateError):
        return Failure("tls", f"The certificate of {host} does not match its name.")
    if find(http.client.RemoteDisconnected):
        return Failure("network", f"{host} closed the connection without an answer.", transient=True)
    if find(http.client.IncompleteRead):
        return Failure("truncated", f"{host} ended the body before its end.", transient=True)
    if find(socket.timeout):
        return Failure("timeout", f"{host} did not answer in time.", transient=True)
    if tls := find(ssl.SSLError):
        told = getattr(tls, "reason", None) or "the handshake broke"
        return Failure("network", f"No TLS connection to {host} came about: {told}.", transient=True)
    if broken := find(http.client.HTTPException):
        kind = type(broken).__name__
        return Failure("network", f"{host} did not answer in HTTP as it should ({kind}).", transient=True)
    return Failure("network", f"The connection to {host} broke: {_told(causes)}.", transient=True)


def _told(causes: list[BaseException]) -> str:
    """The operating system's own words where there are some, else the innermost error's name."""
    for cause in causes:
        if isinstance(cause, OSError) and isinstance(cause.errno, int) and cause.strerror:
            return cause.strerror[:1].lower() + cause.strerror[1:]
    tunnel = next((str(cause) for cause in causes if str(cause).startswith("Tunnel connection failed")), None)
    if tunnel:
        return f"the proxy refused it (status {tunnel.split(':')[1].split()[0]})"
    return type(causes[-1]).__name__


def status_line(status: int) -> str:
    """`503 Service Unavailable`; the phrase is the standard's, not the server's."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
