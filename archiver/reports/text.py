"""Text from strangers, made safe to print: no control character, no mark that turns the writing around.

Names in the index are exactly as publishers print them. On the way out each character that is not to be seen
becomes a visible escape, so that no terminal acts on it and no line breaks; `original` takes that back.
"""

from __future__ import annotations

import re

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""Spaces that `str.isprintable` refuses though they only take room."""
_ESCAPE = re.compile(r"\\(\\|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_FORMULA = re.compile(r"'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")

_PLAIN = str.maketrans(
    {
        "…": "...",
        "–": "-",
        "—": "-",
        "−": "-",
        "±": "+/-",
        "·": "|",
        "▲": "+",
        "▼": "-",
        "×": "x",
        "Δ": "d",
        "─": "-",
    }
)


def printable(character: str) -> bool:
    """Whether a character is seen as itself: a letter, a sign, or a space that only takes room."""
    return character.isprintable() or character in _SPACES


def visible(text: str) -> str:
    r"""The text with every control, format and unassigned character escaped; a backslash that could then be
    misread is doubled.

    >>> visible("gpt\x1b[31m-4\u202e"), visible(r"a\b"), visible(r"a\x41")
    ('gpt\\x1b[31m-4\\u202e', 'a\\b', 'a\\\\x41')
    """
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_escaped(character, text[at + 1 : at + 2]) for at, character in enumerate(text))


def _escaped(character: str, following: str) -> str:
    if character == "\\":
        risky = following in {"\\", "x", "u", "U"} or (following and not printable(following))
        return "\\\\" if following and risky else "\\"
    if printable(character):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def original(text: str) -> str:
    r"""The text that `visible` was given.

    >>> original(visible("a\x1b\\x1b\u202e\\")) == "a\x1b\\x1b\u202e\\"
    True
    """
    return _ESCAPE.sub(lambda match: "\\" if match[1] == "\\" else chr(int(match[1][1:], 16)), text)


def neutral(text: str) -> str:
    """A CSV cell that no spreadsheet takes for a formula: an apostrophe goes before what could begin one, and
    before the apostrophes of a cell that already looks so. `literal_cell` takes it back.

    >>> neutral("=1+1"), neutral("'=1"), neutral("it's")
    ("'=1+1", "''=1", "it's")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def literal_cell(text: str) -> str:
    """The cell that `neutral` was given.

    >>> literal_cell("'=1+1"), literal_cell("''=1"), literal_cell("it's")
    ('=1+1', "'=1", "it's")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def ascii_only(text: str) -> str:
    r"""The text for a terminal that shows nothing else: signs are spelled, letters become escapes.

    >>> ascii_only("1–3 ±4 … Сбер")
    '1-3 +/-4 ... \\u0421\\u0431\\u0435\\u0440'
    """
    if text.isascii():
        return text
    return text.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")
