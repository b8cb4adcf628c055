"""What a worker hands to the daemon, through a pipe: replies, one frame each.

A frame is the length of its head and of its body (four bytes each, big endian), the head as JSON, the body's
bytes. The worker speaks to the process that started it, of the same version, and to nobody else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from ..records import Hop, Reply

_SIZES = struct.Struct(">II")
_TIMES = ("captured_at", "started_at")
_PLAIN = tuple(
    field.name for field in fields(Reply) if field.name not in ("body", "hops", "headers", *_TIMES)
)
MOST = 1 << 30
"""Bytes of a head or a body; more is no frame of ours."""


class Frame(NamedTuple):
    """A reply on its way."""

    source: str
    route: str
    reply: Reply


def packed(frame: Frame) -> bytes:
    """A frame as bytes."""
    reply = frame.reply
    head: dict[str, object] = {name: getattr(reply, name) for name in _PLAIN}
    head |= {name: at.isoformat() if (at := getattr(reply, name)) else None for name in _TIMES}
    head |= {"source": frame.source, "route": frame.route, "hops": reply.hops, "headers": reply.headers}
    head["has_body"] = reply.body is not None
    text, body = json.dumps(head).encode(), reply.body or b""
    return _SIZES.pack(len(text), len(body)) + text + body


class Unpacker:
    """Takes bytes as they come, and gives the frames that are whole."""

    def __init__(self) -> None:
        self._held = bytearray()

    def take(self, data: bytes) -> Iterator[Frame]:
        """The frames that these bytes complete. Raises ValueError for bytes that are none."""
        self._held += data
        while len(self._held) >= _SIZES.size:
            head, body = _SIZES.unpack_from(self._held)
            if head > MOST or body > MOST:
                raise ValueError("not a frame of this version")
            end = _SIZES.size + head + body
            if len(self._held) < end:
                return
            text = bytes(self._held[_SIZES.size : _SIZES.size + head])
            frame = _frame(json.loads(text), bytes(self._held[_SIZES.size + head : end]))
            del self._held[:end]
            yield frame


def _frame(head: dict[str, Any], body: bytes) -> Frame:
    times: dict[str, Any] = {
        name: datetime.fromisoformat(head[name]) if head[name] else None for name in _TIMES
    }
    return Frame(
        head["source"],
        head["route"],
        Reply(
            **{name: head[name] for name in _PLAIN},
            **times,
            body=body if head["has_body"] else None,
            hops=tuple(Hop(*hop) for hop in head["hops"]),
            headers=tuple((name, value) for name, value in head["headers"]),
        ),
    )
