"""What an answer is: its body, a challenge, or a status that says no."""

from __future__ import annotations

import http.client
from dataclasses import dataclass

import requests
import urllib3

from ..formats.sniff import inspect
from . import decode, retry
from .ask import Shared
from .failure import Failure, status_line

GOOD = frozenset({200, 203})

ERRORS = (
    *(requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError),
    ValueError,  # an address or a header that is none; UnicodeError is one too
)
"""What the network and the libraries under it raise for what a server does."""

# A guard's own word, `challenge` or `captcha`, that it answered in place of the site.
_MITIGATED = {"cf-mitigated": "Cloudflare", "x-vercel-mitigated": "Vercel", "x-amzn-waf-action": "AWS WAF"}


@dataclass(frozen=True)
class Answer:
    """An answer whose headers are here, and whose body is still on the wire."""

    response: requests.Response
    host: str
    caps: decode.Caps
    shared: Shared

    def body(self) -> bytes:
        """The body of a good answer. Raises `Failure`; errors of the connection pass through."""
        host, status = self.host, self.response.status_code
        if status in (204, 205):
            raise Failure("empty", f"{host} answered {status_line(status)}: there is no body.")
        said = {name for name in _MITIGATED if self._header(name) in ("challenge", "captcha")}
        who = next((_MITIGATED[name] for name in said), None)
        if status in GOOD and not who:
            return self._read(self.caps)
        evidence = self._evidence()
        lie = inspect(evidence, None) if evidence else None
        if who or (lie and lie[0] == "challenge"):
            told = f"A challenge page of {who} stood in place of the board." if who else (lie or ("", ""))[1]
            raise Failure("challenge", f"{host}: {told}", body=evidence or None)
        raise self._refusal()

    def _refusal(self) -> Failure:
        """What an error status means, with its Retry-After."""
        host, status = self.host, self.response.status_code
        limits, said = self.shared.limits, f"{host} answered {status_line(status)}"
        wait = retry.retry_after(self._header("retry-after"), self.shared.now())
        transient = status in retry.TRANSIENT
        if transient and wait:
            self.shared.turns.hold(host, wait.total_seconds())
        if transient and wait is not None and wait > limits.retry_after:
            most = limits.retry_after.total_seconds()
            asks = f"asks to wait {wait.total_seconds():,.0f} s, and a pass waits {most:g} s at most"
            return Failure("rate-limited", f"{said} and {asks}.", retry_after=wait)
        reason = "rate-limited" if status == 429 else "http-status"
        return Failure(reason, f"{said}.", transient=transient)

    def _read(self, caps: decode.Caps) -> bytes:
        response, headers = self.response, self.response.headers
        coded = headers.get("Content-Encoding", ""), headers.get("Transfer-Encoding", "")
        coding = decode.coding_of(*coded, self.host)
        return decode.read(response.raw, coding, response.raw.length_remaining, caps, self.host)

    def _evidence(self) -> bytes:
        """The beginning of an error page, as far as it can be had; empty where it cannot."""
        most = self.shared.limits.evidence
        try:
            return self._read(decode.Caps(most, most, cut=True))
        except (Failure, *ERRORS):
            return b""  # the status is the failure that is told; what its page says is a bonus

    def _header(self, name: str) -> str | None:
        return next((value for key, value in received(self.response) if key.lower() == name), None)


def received(response: requests.Response) -> tuple[tuple[str, str], ...]:
    """As they were sent: in order, repeated ones repeated (urllib3's own mapping groups them)."""
    original = response.raw._original_response
    pairs = original.msg.items() if original and original.msg else ()
    return tuple((name, " ".join(str(value).split())) for name, value in pairs)
