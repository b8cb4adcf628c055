"""What must never be shown or recorded: secrets, wherever they stand in a text. Standard library only.

Three kinds are known: values that somebody named with `hide` (API keys from the environment, targets of
notifications), the user and password of a URL, and values of query parameters whose names say what they are.
"""

from __future__ import annotations

import re

SIGN = "…"
"""Stands where a secret stood."""

_LEAST = 4
"""Characters: what is shorter hides nothing, and would blot out words."""
_USER = re.compile(r"(?<=://)[^/?#\s@\"'<>]*@")
_NAMES = (
    "access[_-]?key|access[_-]?token|api[_-]?key|auth|authorization|client[_-]?secret|credentials?|key|passw(?:or)?d"
    "|secret|sig|signature|token|x-amz-credential|x-amz-security-token|x-amz-signature|key-pair-id|policy"
)
_QUERY = re.compile(rf"(?i)(?<=[?&;])((?:{_NAMES})=)[^&;#\s\"'<>]+")

_hidden: set[str] = set()


def hide(*secrets: str) -> None:
    """From now on, in this process, none of these is shown."""
    _hidden.update(secret for secret in secrets if len(secret) >= _LEAST)


def shown(text: str) -> str:
    """The text as it may be shown and recorded. The same again leaves it as it is.

    >>> shown("GET https://me:pw@host.test/a?page=2&api_key=abc#top")
    'GET https://…@host.test/a?page=2&api_key=…#top'
    """
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, SIGN)
    if "://" in text:
        text = _USER.sub(f"{SIGN}@", text)
    return _QUERY.sub(rf"\1{SIGN}", text) if "=" in text else text
