from __future__ import annotations

import re
import zlib

import duckdb

from archiver.reports import renderer
from archiver.reports.charts import Question, draw, drawing, fonts
from archiver.reports.charts.outlines import outlined

SIZE = (420, 150)
_FONT = f'font-family="{fonts.STACK}"'
WORDS = f"""<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE[0]}" height="{SIZE[1]}">
<rect width="{SIZE[0]}" height="{SIZE[1]}" fill="#ffffff"/>
<path d="M0,90L420,70" stroke="#000000" stroke-width="3"/>
<text text-anchor="start" transform="translate(8,30)" {_FONT} font-size="24px" font-weight="600"
 fill="#16181c">Yandex &amp; T-pro: To 1st</text>
<text text-anchor="middle" transform="translate(80.5,60.25)" {_FONT} font-size="11px" fill="#5a5f66"
 opacity="0.5"><tspan>Aug</tspan><tspan x="0" dy="13">2024, «ГигаЧат» Ёё</tspan></text>
<text text-anchor="end" transform="translate(400,60)" {_FONT} font-size="13px" fill="#16181c">AVATAR’s</text>
<text text-anchor="start" transform="translate(200,92)" {_FONT} font-size="16px" font-weight="600"
 fill="#ffffff" stroke="#ffffff" stroke-width="4" stroke-linejoin="round">Ya To</text>
<text text-anchor="start" transform="translate(200,92)" {_FONT} font-size="16px" font-weight="600"
 fill="#b04a00" stroke="#ffffff" stroke-width="0">Ya To</text>
</svg>"""


def test_words_as_outlines_are_what_the_typeface_itself_draws() -> None:
    """The renderer with the file of the typeface sets the same words: letters, places, lines and edges."""
    import vl_convert

    vl_convert.register_font_directory(str(fonts.folder()))
    theirs = grey(vl_convert.svg_to_png(WORDS, scale=2))
    ours = grey(renderer.png(outlined(WORDS), 2))
    bare = grey(renderer.png(re.sub(r"<text.*?</text>", "", WORDS, flags=re.DOTALL), 2))
    assert sum(one != other for one, other in zip(theirs, bare, strict=True)) > 5_000  # there are words
    assert [pair for pair in zip(theirs, ours, strict=True) if abs(pair[0] - pair[1]) > 40] == []


def test_no_words_are_left_for_a_system_to_choose_a_typeface_for(con: duckdb.DuckDBPyConnection) -> None:
    for asked in (Question(("Sber", "Yandex")), Question(("Sber",), ("ru/score/overall",))):
        drawn = outlined(draw(con, asked).svg(letters=False))
        assert "<text" not in drawn
        assert "font-" not in drawn


def test_letters_that_the_typeface_lacks_are_one_sign() -> None:
    drawn = WORDS.replace("AVATAR’s", "文")
    assert outlined(drawn) == outlined(WORDS.replace("AVATAR’s", fonts.MISSING))


def test_a_picture_without_letters_is_left_as_it_is() -> None:
    bare = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0,0L1,1"/></svg>'
    assert outlined(bare) == bare
    assert outlined(drawing.drawable(bare)) == bare


def grey(picture: bytes) -> list[int]:
    """The second of the four bytes of each pixel of a PNG, by the rules of its specification."""
    at, packed, wide = 8, b"", 0
    while at < len(picture):
        length, kind = int.from_bytes(picture[at : at + 4], "big"), picture[at + 4 : at + 8]
        body = picture[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            wide = int.from_bytes(body[:4], "big")
            assert body[8:10] == b"\x08\x06"  # eight bits of red, green, blue and opacity
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    lines, step = zlib.decompress(packed), 4 * wide
    before, found = bytes(step + 4), list[int]()
    for start in range(0, len(lines), step + 1):
        line = _unfiltered(lines[start], lines[start + 1 : start + 1 + step], before)
        before = line
        found += line[5::4]
    return found


def _unfiltered(rule: int, line: bytes, above: bytes) -> bytes:
    """A line of pixels with one empty pixel before it; above: the line before, likewise."""
    found = bytearray(4)
    for at, byte in enumerate(line):
        left, up, corner = found[at], above[at + 4], above[at]
        middle = left + up - corner
        nearest = min((left, up, corner), key=lambda each, middle=middle: abs(middle - each))
        found.append((byte + (0, left, up, (left + up) // 2, nearest)[rule]) & 255)
    return bytes(found)
