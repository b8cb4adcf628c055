"""How names are compared: one text for every way of writing a name, the same here and in SQL.

Case, accents, full width, and what separates the words do not count; a separator between two digits does,
so that `Gemma 1.1 2B` and `Gemma 11-2B` stay apart. The mapping is a fixed table over the scripts that names
are written in, not the Unicode version of a library, so Python and DuckDB cannot differ.
The same as a DuckDB macro stands in fold.sql.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path

SQL = Path(__file__).with_name("fold.sql")
"""`CREATE OR REPLACE MACRO fold(name) AS …`, equal to `fold`."""

_ASCII_SEPARATORS = "\t\n\x0b\x0c\r !\"'()*,-./:;<=>?[\\]^_`{|}~"
_OTHER_SEPARATORS = (
    "\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u3000"  # spaces and line ends
    + "".join(map(chr, range(0x2000, 0x200B)))
    + "".join(map(chr, range(0x2010, 0x2016)))  # hyphens and dashes
    + "\u2043\u2212\ufe58\ufe63\uff0d"
    + "«»‘’‚‛“”„‟‹›"
    + "™®©·•…、。，：；（）【】「」『』〈〉《》！？"
)
_DROPPED = "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff" + "".join(
    map(chr, chain(range(0x202A, 0x202F), range(0x2066, 0x206A), range(0x0300, 0x0370)))
)
"""Invisible marks, and accents that stand as characters of their own."""
_SCRIPTS = ((0xC0, 0x180), (0x218, 0x21C), (0x386, 0x3CF), (0x400, 0x460), (0x490, 0x492), (0xFF01, 0xFF5F))
"""Latin with accents, Greek, Cyrillic, full-width ASCII."""


def _letters() -> Iterator[tuple[str, str]]:
    """Letters outside ASCII that do not stand for themselves: É→e, Ё→е, й→и, Ａ→a."""
    for character in map(chr, chain.from_iterable(range(*script) for script in _SCRIPTS)):
        plain = "".join(
            part for part in unicodedata.normalize("NFKD", character) if part not in _DROPPED
        ).lower()
        if len(plain) == 1 and plain != character:
            yield character, " " if plain in _ASCII_SEPARATORS + _OTHER_SEPARATORS else plain


def _table() -> dict[str, str | None]:
    table: dict[str, str | None] = dict(_letters())
    table |= dict.fromkeys(_OTHER_SEPARATORS, " ")
    table |= dict.fromkeys(_DROPPED)
    return table


_BEYOND_ASCII = _table()
_ASCII: dict[str, str | None] = dict.fromkeys(_ASCII_SEPARATORS, " ")
_ASCII |= {chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
_MAP = str.maketrans(_ASCII | _BEYOND_ASCII)
REMEMBERED = 1 << 12
"""Names, and names in words, that are remembered with their keys: the same few thousand are asked for again,
and what many names begin with is asked for with each."""
_BESIDE_WORD = re.compile("(?<![0-9]) | (?![0-9])")


def words(name: str) -> str:
    """The name in lower case, its words parted by one space each.

    >>> words("GigaChat-Max-preview 4.0.26.20"), words("  Qwen2.5_72B ")
    ('gigachat max preview 4 0 26 20', 'qwen2 5 72b')
    """
    return " ".join(filter(None, name.translate(_MAP).split(" ")))


@lru_cache(REMEMBERED)
def fold(name: str) -> str:
    """The text by which names are equal; empty where a name is only separators.

    >>> fold("GigaChat 2 Max"), fold("ГигаЧат"), fold("Ёлка"), fold("claude-3-5-sonnet")
    ('gigachat2max', 'гигачат', 'елка', 'claude3.5sonnet')
    """
    return key(words(name))


@lru_cache(REMEMBERED)
def key(said: str) -> str:
    """`fold` of a name that is in words already: a space or dot stays, as a dot, between two digits alone."""
    return _BESIDE_WORD.sub("", said.replace(".", " ")).replace(" ", ".")


def _class(characters: str) -> str:
    """A character class that RE2 reads, with every character spelled by its code and runs as ranges."""
    codes, ranges = sorted(map(ord, characters)), list[list[int]]()
    for code in codes:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    spelled = (f"\\x{{{low:x}}}" + (f"-\\x{{{high:x}}}" if high > low else "") for low, high in ranges)
    return f"[{''.join(spelled)}]"


def macro() -> str:
    """The statement of fold.sql. Names in ASCII, nearly all of them, go past the long table."""
    letters = {**{chr(code): chr(code + 32) for code in range(65, 91)}, **dict(_letters())}
    separators = _class(_ASCII_SEPARATORS + _OTHER_SEPARATORS)
    return f"""CREATE OR REPLACE MACRO fold(name) AS
    replace(
        regexp_replace(
            regexp_replace(
                trim(
                    regexp_replace(
                        CASE
                            WHEN regexp_full_match(name, '[\\x00-\\x7f]*') THEN lower(name)
                            ELSE translate(
                                regexp_replace(name, '{_class(_DROPPED)}', '', 'g'),
                                '{"".join(letters)}',
                                '{"".join(letters.values())}'
                            )
                        END,
                        '{separators}+', ' ', 'g'
                    ),
                    ' '
                ),
                '([^0-9]) ', '\\1', 'g'
            ),
            ' ([^0-9])', '\\1', 'g'
        ),
        ' ', '.'
    );
"""
