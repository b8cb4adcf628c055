# ruff: noqa: E501  # a list of names is easier to read in long lines
"""A hundred names that a stranger may give a model or an organisation, and the archive that holds them."""

from __future__ import annotations

import json
from pathlib import Path

from archiver import Archive, ingest
from archiver.records import utc

BOARD = "hostile/main/overall"
CALL = "window.pwned=1"
"""What a script would do that runs; a page is asked for it afterwards."""

MARKUP = [
    f"<script>{CALL}</script>", f"</script><script>{CALL}</script>", f"</ScRiPt ><sCrIpT>{CALL}</sCrIpT>",
    f"<img src=x onerror={CALL}>", f"<svg onload={CALL}>", f"<svg><script>{CALL}</script></svg>",
    f'"><img src=x onerror="{CALL}">', f"'><img src=x onerror='{CALL}'>", f"</title><script>{CALL}</script>",
    f"</style><script>{CALL}</script>", f"</textarea><script>{CALL}</script>", f"--><script>{CALL}</script>",
    f"]]><script>{CALL}</script>", f'"onmouseover="{CALL}', f"' autofocus onfocus='{CALL}", f"`onclick={CALL}`",
    f"<a href=\"javascript:{CALL}\">x</a>", f"<iframe srcdoc='<script>parent.{CALL}</script>'>",
    f"<math><mtext></p><script>{CALL}</script>", f"<details open ontoggle={CALL}>", "<!--", "<![CDATA[", "&lt;b&gt;",
    f"&#60;script&#62;{CALL}&#60;/script&#62;", "<base href=//evil.example/>", "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example/'>", "<form action=//evil.example/><input type=submit>",
    "<style>*{background:url(//evil.example/x)}</style>", "</td></tr></table>", "<b>bold</b>", "a&b<c>d", "&amp;", "&nbsp;",
    f"\\u003cscript\\u003e{CALL}\\u003c/script\\u003e", f"\\x3cscript\\x3e{CALL}", "{{7*7}}", "{% include 'x' %}", "${7*7}",
    "#{7*7}", "<%= 7*7 %>", "__proto__", "constructor", "toString", "');" + CALL + ";//", '");' + CALL + ";//",
    "\u2028" + CALL + "\u2029",
]  # fmt: skip
FORMULAS = [
    '=HYPERLINK("http://evil.example/","x")', "=1+1", "+1+1", "-1+1", "@SUM(A1:A9)", "=cmd|' /C calc'!A0", "'=1+1", "''=1",
    "\t=1+1", "\r=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", '"=1+1"', "=WEBSERVICE(\"http://evil.example/\")", ";=1+1", ",=1+1",
    '"', '""', "a,b", 'a"b', "a;b", "a\tb", "a|b",
]  # fmt: skip
TERMINAL = [
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x1b]8;;http://evil.example/\x1b\\link", "\x1b[2J\x1b[H", "\x1b[?1049h", "\x1bc",
    "\x9b31m", "\x9d0;x\x9c", "\x07", "\x08\x08\x08x", "a\x00b", "a\rb", "a\nb", "a\x0bb", "a\x0cb", "a\x7fb", "a\x85b",
    "\x1bP+q544e\x1b\\", "\x0e\x0f", "\x1a",
]  # fmt: skip
LETTERS = [
    "\u202egpt-4\u202c", "\u2066x\u2069", "\u200fشرح", "gpt\u200b-4", "gpt\u2060-4", "gpt\u00ad-4", "\ufeffgpt-4", "gрt-4",
    "ＧＰＴ-4", "𝐆𝐏𝐓-4", "g\u0300\u0301\u0302\u0303pt" + "\u0335" * 60, "👩‍👩‍👧‍👦 7b", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301", "é", "ﷺ", "موديل ذكي",
    "מודל", "ГигаЧат", "模型", "ᄀ" * 30, "\U000e0041\U000e0042", "\ue000", "\uffff", "x" * 5000, "я" * 2000, "ß", "İ", "a\u00a0b", "\u3000x",
]  # fmt: skip
PATHS = [
    "../../../../etc/passwd", "/etc/passwd", "C:\\Windows\\x", "..\\..\\x", "a/../../b", "~/x", "CON", "a/b", ".", "..", "-o", "--help",
    "-rf", "file:///etc/passwd", "a\\b", "\\", "\\x41", "\\u202e", "%2e%2e%2f", "$(touch there)", "`touch there`", "; touch there",
    "| touch there", "$HOME", "* ?", "'; DROP TABLE entries; --", "' OR 1=1 --", '"; ATTACH', "%s%s%n", "{0}", "nan", "null", "None",
]  # fmt: skip
WRITING = [
    "|a|b|", "*bold*", "[x](javascript:window.pwned=1)", "![x](http://evil.example/x.png)", "# heading", "- item", "```", "<http://evil.example>",
    "~~x~~", "[red]x[/red]", "[link=http://evil.example]x[/link]", ":smile:", "}} @misc{x,", "\\input{/etc/passwd}", "\\write18{x}",
    "$x$", "{", "}", "%", '#read("/etc/passwd")', '#import "x"', "#eval(\"1\")", "@label", "*_`$#@", "http://evil.example/", "[[x]]",
]  # fmt: skip

ALL = [*MARKUP, *FORMULAS, *TERMINAL, *LETTERS, *PATHS, *WRITING]
# A board's reader takes the blanks around a name off; what is the same without them stands once.
NAMES = list({name.strip(): name for name in ALL}.values())
STORED = [name.strip() for name in NAMES]


def payload(shift: int) -> bytes:
    """The board: each name as a model, and as organisation, variant, licence and unknown field of another."""
    rows = []
    for at, name in enumerate(NAMES):
        score = 2000 - 3 * ((at + shift) % len(NAMES))
        told = NAMES[(at + 1) % len(NAMES)]
        rows.append(
            {
                "Model": name,
                "Org": told,
                "Variant": told,
                "License": told,
                "Score": score,
                "Votes": at,
                "Note": told,
            }
        )
    return json.dumps(rows).encode()


DEFINITION = """
title = "Hostile <b>board</b>"
url = "https://hostile.example/board.json"
format = "json"
metric = "points"
attribution = "=1+1 <script>window.pwned=1</script>"
rows = [8, 5000]
[columns]
model = "Model"
organization = "Org"
variant = "Variant"
license = "License"
score = "Score"
votes = "Votes"
"""


def make(folder: Path) -> Archive:
    """An archive of two dates, made as any other: from payloads that were imported."""
    (folder / "boards").mkdir(parents=True)
    (folder / "boards" / "hostile.toml").write_text(DEFINITION, "utf-8")
    archive = Archive(folder)
    for day, shift in (("2026-07-01", 0), ("2026-07-08", 7)):
        file = folder / f"{day}.json"
        file.write_bytes(payload(shift))
        archive.take(
            ingest.recordings(
                "hostile", [file], utc(day), "https://hostile.example/board.json", archive.catalog
            )
        )
        file.unlink()
    return archive
