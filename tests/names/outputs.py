"""Every way in which names leave the archive: a command that prints, or one that makes files.

A new command or format is added here, and every test of this folder holds it to the same rules.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.names.hostile import BOARD, STORED

CHECKOUT = Path(__file__).parents[2]
FORMATS = ("table", "csv", "json", "jsonl", "markdown", "plain")
WHO = tuple(name for name in STORED if "\0" not in name and len(name) < 500 and any(map(str.isalnum, name)))
"""Those that can stand on a command line, and have a letter or digit to be known by."""
SOME = (WHO[3], WHO[60], WHO[110])
FEW = ("<script>window.pwned=1</script>", "=1+1", "\x1b[31mred\x1b[0m", "\u202egpt-4\u202c", "|a|b|", "a\nb")
BOUNDS = ("--since", "2026-07-01", "--until", "2026-07-09")


class Printed(NamedTuple):
    """A command whose answer is printed. `--` ends its options, so that a name may begin with a hyphen."""

    name: str
    words: tuple[str, ...]
    formats: tuple[str, ...] = FORMATS
    names: tuple[str, ...] = ()

    def arguments(self, form: str) -> list[str]:
        command, *rest = self.words
        return [command, "--format", form, *rest, "--", *self.names]


class Made(NamedTuple):
    """A command that makes files, in the folder that {out} stands for."""

    name: str
    words: tuple[str, ...]
    names: tuple[str, ...] = ()

    def arguments(self, out: Path) -> list[str]:
        return [*(word.replace("{out}", str(out)) for word in self.words), "--", *self.names]


PRINTED = [
    Printed("board", ("board",), names=(BOARD,)),
    Printed("history", ("history", "--all"), names=WHO[::8]),
    Printed("history of few", ("history", "--board", BOARD), names=FEW),
    Printed("standing", ("standing",), names=WHO[::8]),
    Printed("streaks", ("streaks", "--top", "400"), names=WHO[::8]),
    Printed("movers", ("movers",), names=(BOARD,)),
    Printed("diff", ("diff",), names=(BOARD, "2026-07-01", "2026-07-08")),
    Printed("overtakes", ("overtakes", "--all"), names=FEW),
    Printed("agreement", ("agreement",), names=(BOARD, "2026-07-01", "2026-07-08")),
    Printed("boards", ("boards",)),
    Printed("sources", ("sources",)),
    Printed("find", ("find",), names=("x",)),
    Printed("find markup", ("find",), names=("<script",)),
    Printed("status", ("status",)),
    Printed("status --names", ("status", "--names")),
    Printed(
        "parse", ("parse", "--url", "https://hostile.example/board.json"), names=("hostile", "{payload}")
    ),
    *(Printed(f"explain {at}", ("explain",), names=(BOARD, name)) for at, name in enumerate(SOME)),
    *(
        Printed(f"cite {at}", ("cite",), ("text", "markdown", "bibtex", "csl-json"), (BOARD, name))
        for at, name in enumerate(SOME)
    ),
    Printed("ask", ("ask",), names=("where did <script>window.pwned=1</script> rank",)),
]
CHARTS = [
    Made(
        f"chart {kind} {form}",
        ("chart", "--kind", kind, "-o", f"{{out}}/chart.{form}", "--board", BOARD),
        names,
    )
    for kind, names in (("rank", FEW), ("score", WHO[:6]), ("board", ()), ("heatmap", WHO[60:66]))
    for form in ("svg", "html", "json", *(("png",) if kind == "rank" else ()))
]
REPORTS = [
    Made(f"report {form}", ("report", *BOUNDS, "-o", f"{{out}}/report.{form}"), WHO[::9])
    for form in ("html", "md", "pdf", "csv", "xlsx", "json")
]
EXPORTS = [
    Made(f"export {form}", ("export", f"--{form}", f"{{out}}/{target}"))
    for form, target in (("csv", "csv"), ("parquet", "parquet"), ("feed", "feed.xml"), ("warc", "all.warc"))
]
MADE = [*CHARTS, *REPORTS, *EXPORTS]

RUNNER = """
import json, os, sys
from archiver.cli.main import main
for line in sys.stdin:
    asked = json.loads(line)
    sys.stdout.flush(); sys.stderr.flush()
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    code = main(asked["arguments"])
    sys.stdout.flush(); sys.stderr.flush()
    with open(asked["out"] + ".code", "w") as told:
        told.write(str(code))
"""


class Said(NamedTuple):
    """What a command printed."""

    code: int
    out: str
    err: str


def run(asked: list[tuple[str, list[str]]], archive: Path, work: Path, answers: Path) -> dict[str, Said]:
    """Runs command lines in the folder `work`, one after the other in as many processes as there are cores;
    the answers by name."""
    lines = []
    for number, (_, arguments) in enumerate(asked):
        place = answers / str(number)
        lines.append(json.dumps({"arguments": arguments, "out": f"{place}.out", "err": f"{place}.err"}))
    env = {name: value for name, value in os.environ.items() if name in {"PATH", "TMPDIR"}}
    env |= {"PYTHONPATH": str(CHECKOUT), "ARCHIVER_HOME": str(archive), "LANG": "C.UTF-8", "HOME": str(work)}

    def some(share: list[str]) -> None:
        program = [sys.executable, "-X", "utf8", "-c", RUNNER]
        subprocess.run(program, input="\n".join(share), text=True, cwd=work, env=env, check=True)

    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(some, (lines[first::cores] for first in range(cores))))
    found = {}
    for number, (name, _) in enumerate(asked):
        place = answers / str(number)
        code = int(Path(f"{place}.out.code").read_text("ascii"))
        out, err = (Path(f"{place}.{stream}").read_bytes().decode() for stream in ("out", "err"))
        found[name] = Said(code, out, err)
    return found
