from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import duckdb
import pytest
from PIL import Image

from archiver.exports.feed import ATOM
from archiver.reports import renderer
from archiver.reports.charts import KINDS, Kind, Question, draw, fonts, grammar
from archiver.reports.charts.outlines import outlined, ready

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
    ElementTree.register_namespace("", ATOM)  # as a feed does that was written before
    bare = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0,0L1,1"/></svg>'
    assert ElementTree.canonicalize(outlined(bare)) == ElementTree.canonicalize(bare)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_is_what_the_typeface_draws(con: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    import vl_convert

    chart = draw(con, Question(("Sber", "Yandex"), ("ru/score/overall",)), kind)
    ready(grammar.lines(chart.spec))  # as it is done while the renderer draws
    drawn = chart.svg(letters=False)
    vl_convert.register_font_directory(str(fonts.folder()))
    theirs, ours = grey(vl_convert.svg_to_png(drawn)), grey(renderer.png(outlined(drawn), 1))
    unlike = sum(abs(one - other) > 40 for one, other in zip(theirs, ours, strict=True))
    assert unlike < len(theirs) / 10_000


def grey(picture: bytes) -> bytes:
    """How green each pixel of a picture is."""
    return Image.open(io.BytesIO(picture)).getchannel("G").tobytes()
