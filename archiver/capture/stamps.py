"""Time-stamps of a sealed head: that it existed by then, said by a service other than this archive.

RFC 3161 (a time-stamping authority signs the digest) through `rfc3161_client`; OpenTimestamps (calendars put
it into the Bitcoin chain) through `opentimestamps`. Both come with the extra `seal`. Only a digest leaves
this machine.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from ..errors import ArchiverError, UsageError

CALENDARS = (
    "https://a.pool.opentimestamps.org",
    "https://b.pool.opentimestamps.org",
    "https://a.pool.eternitywall.com",
)
"""Public calendars, as the OpenTimestamps client names them."""
_SECONDS = 30
_MOST_BYTES = 1 << 20
_EXTRA = "`pip install 'llm-leaderboard-archiver[seal]'` brings what time-stamping needs"


class Token(NamedTuple):
    """What an RFC 3161 response says of a head."""

    time: datetime
    signed: bool
    """Whether the signature was checked against a root certificate; without one only the digest was."""


class Proof(NamedTuple):
    """What an OpenTimestamps proof holds for a head."""

    pending: tuple[str, ...]
    """Calendars that promise to put it into the chain: `ots upgrade` asks them."""
    blocks: tuple[int, ...]
    """Heights of Bitcoin blocks that it is in: `ots verify` checks them against a node."""


@contextmanager
def _library(name: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise UsageError(f"The package {name} is not installed: {error}.", todo=_EXTRA) from error


def authority(head: bytes, url: str) -> bytes:
    """The response of a time-stamping authority for a head (DER, a `.tsr` file).

    Raises `ArchiverError` where it cannot be had or does not answer for this head, `UsageError` without the
    library.
    """
    import requests

    with _library("rfc3161-client"):
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    request = TimestampRequestBuilder().data(head).hash_algorithm(HashAlgorithm.SHA256).build()
    kind = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        with requests.post(
            url, data=request.as_bytes(), headers=kind, timeout=_SECONDS, stream=True, allow_redirects=False
        ) as reply:
            reply.raise_for_status()
            body: bytes = reply.raw.read(_MOST_BYTES, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise _unstamped(url, str(error)) from error
    _answers(head, body, url, request.nonce)
    return body


def token(head: bytes, response: bytes, name: str, roots: Sequence[bytes] = ()) -> Token:
    """What a `.tsr` file proves. roots: PEM certificates that its signature must lead to; without, the digest
    alone is compared. Raises `ArchiverError` where it does not fit the head, `UsageError` for a certificate
    that is none or without the library."""
    with _library("rfc3161-client"):
        from cryptography.x509 import load_pem_x509_certificates
        from rfc3161_client import VerificationError, VerifierBuilder

    found = _answers(head, response, name, None)
    if not roots:
        return Token(found, signed=False)
    builder = VerifierBuilder()
    try:
        for pem in roots:
            for certificate in load_pem_x509_certificates(pem):
                builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(_decoded(response, name), head)
    except VerificationError as error:
        raise ArchiverError(f"{name} is not signed by that authority: {error}.") from error
    except ValueError as error:
        raise UsageError(f"The certificate cannot be read: {error}.", todo="give a PEM file") from error
    return Token(found, signed=True)


def _answers(head: bytes, response: bytes, name: str, nonce: int | None) -> datetime:
    """The time that a response gives, if it was granted for this head."""
    from rfc3161_client import PKIStatus

    answer = _decoded(response, name)
    if PKIStatus(answer.status) not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        raise _unstamped(name, f"it was refused: {' '.join(answer.status_string)}")
    info = answer.tst_info
    if info.message_imprint.message != hashlib.sha256(head).digest():
        raise _unstamped(name, "it speaks of other bytes than this head")
    if nonce is not None and info.nonce != nonce:
        raise _unstamped(name, "it answers another request")
    time: datetime = info.gen_time
    return time


def _decoded(response: bytes, name: str):  # type: ignore[no-untyped-def]  # a type of an optional library
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(response)
    except ValueError as error:
        raise _unstamped(name, f"it is no time-stamp: {error}") from error


def _unstamped(name: str, why: str) -> ArchiverError:
    return ArchiverError(
        f"No time-stamp by {name}: {why}.",
        kept="the sealed head, which is a file of its own",
        todo="try again, or name another service",
    )


def calendars(head: bytes, urls: Sequence[str] = CALENDARS) -> bytes:
    """An OpenTimestamps proof of a head (an `.ots` file), from every calendar that answers.

    A random value goes between the head and what the calendars see. Raises `ArchiverError` where none
    answers, `UsageError` without the library.
    """
    with _library("opentimestamps"):
        from opentimestamps.calendar import RemoteCalendar
        from opentimestamps.core.op import OpAppend, OpSHA256
        from opentimestamps.core.serialize import BytesSerializationContext, DeserializationError
        from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

    proof = DetachedTimestampFile(OpSHA256(), Timestamp(hashlib.sha256(head).digest()))
    seen = proof.timestamp.ops.add(OpAppend(os.urandom(16))).ops.add(OpSHA256())
    failed = []
    for url in urls:
        try:
            seen.merge(RemoteCalendar(url, user_agent="llm-leaderboard-archiver").submit(seen.msg, _SECONDS))
        except (OSError, ValueError, DeserializationError) as error:
            failed.append(f"{url}: {error}")
    if len(failed) == len(urls):
        raise _unstamped("a calendar", "; ".join(failed) or "none was named")
    written = BytesSerializationContext()
    proof.serialize(written)
    data: bytes = written.getbytes()
    return data


def proof(head: bytes, ots: bytes, name: str) -> Proof:
    """What an `.ots` file holds for a head. Raises `ArchiverError` where it is of other bytes or none."""
    with _library("opentimestamps"):
        from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
        from opentimestamps.core.serialize import BytesDeserializationContext, DeserializationError
        from opentimestamps.core.timestamp import DetachedTimestampFile

    try:
        found = DetachedTimestampFile.deserialize(BytesDeserializationContext(ots))
    except (DeserializationError, ValueError) as error:
        raise _unstamped(name, f"it is no proof: {error}") from error
    if found.file_digest != hashlib.sha256(head).digest():
        raise _unstamped(name, "it speaks of other bytes than this head")
    said = [attestation for _, attestation in found.timestamp.all_attestations()]
    return Proof(
        tuple(sorted(each.uri for each in said if isinstance(each, PendingAttestation))),
        tuple(sorted(each.height for each in said if isinstance(each, BitcoinBlockHeaderAttestation))),
    )
