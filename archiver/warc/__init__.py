"""Captures as WARC (ISO 28500:2017, version 1.1), the format of web archives, out and back in.

What the archive keeps is the decoded body and the headers as received, not the bytes on the wire. A record
therefore says what was received without the codings of the transfer; headers that described those codings
stay readable as `X-Archive-Orig-…`, as other web archives write them.
"""

from __future__ import annotations

from .reading import Found, read
from .writing import Written, write

__all__ = ["Found", "Written", "read", "write"]
