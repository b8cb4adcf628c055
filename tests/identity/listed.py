"""Names as listed, read straight from the recordings beside the checkout: (model, organisation) → entries.

This reads just the name columns, without the sources' parsers, so that the registry is measured by itself.
`test_identity_coverage.py` measures it and prints the coverage of each recorded place: `pytest -s`.
"""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

Name = tuple[str, str | None]
ROOT = Path(__file__).resolve().parents[2] / "../shared/payloads"
MAKERS = "|".join(
    (
        "AI21 Labs|Ai2|Alibaba|Allen AI|AllenAI/UW|Amazon|Ant Group|Anthropic|Arcee AI|Baidu|Bytedance",
        "Cognitive Computations|Cohere|DeepSeek AI|DeepSeek|Google|Inception AI|Meituan|Meta|Microsoft AI",
        "Microsoft|MiniMax|Mistral|Moonshot|Nexusflow|Nomic AI|NousResearch|Nvidia|OpenAI|Perplexity AI",
        "Prime Intellect|Reka AI|Stability AI|StepFun|Tencent|Together AI|UC Berkeley|Upstage AI|Xiaomi|xAI",
        r"Z\.ai|Zhipu AI|01 AI|[A-Z][A-Za-z]+",
    )
)
"""Makers as the mirror of 2026 prints them, run into the model's name: `gemini-3-proGoogle · Proprietary`."""


def _text(path: Path) -> str:
    body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return body.decode("utf-8-sig")


def _files(pattern: str) -> list[Path]:
    return sorted(path for path in ROOT.glob(pattern) if path.name != "versions.tsv")


def plain(cell: str) -> str:
    """A table cell without markup: link, bold, tag, footnote, medal."""
    cell = re.sub(r"<sup>.*?</sup>|\[<sup>.*", "", cell)
    cell = re.sub(r"!?\[([^\]]*)\](\([^)]*\)*)", r"\1", cell)
    cell = html.unescape(re.sub(r"<[^>]*>", "", cell))
    return re.sub(r"[🥇🥈🥉🏅️↗*]|\s+", lambda mark: " " if mark[0].isspace() else "", cell).strip()


def _rows(text: str) -> Iterator[dict[str, str]]:
    """Rows of every pipe table, keyed by the header above them."""
    header: list[str] | None = None
    for line in text.splitlines():
        if not line.lstrip().startswith("|"):
            header = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if header is None:
            header = [plain(cell) for cell in cells]
        elif not re.fullmatch(r"[-:\s|]+", line.strip()):
            yield dict(zip(header, cells, strict=False))


def _csv(pattern: str, model: Iterable[str], organization: str | None = None) -> Iterator[Name]:
    for path in _files(pattern):
        for row in csv.DictReader(io.StringIO(_text(path), newline="")):
            name = next((row[key] for key in model if row.get(key)), "")
            if name.strip():
                yield plain(name), (row.get(organization) or None) if organization else None


def arena_dataset() -> Iterator[Name]:
    import duckdb

    sql = "SELECT model_name, nullif(organization, ''), count(*) FROM read_parquet(?, union_by_name = true)"
    files = str(ROOT / "arena/dataset/*/*.parquet")
    with duckdb.connect() as con:
        for model, organization, entries in con.execute(f"{sql} GROUP BY ALL", [files]).fetchall():
            yield from [(model, organization)] * entries


def arena_page() -> Iterator[Name]:
    for path in _files("arena/page/*"):
        flat = _text(path).replace('\\"', '"')
        named = re.finditer(
            r'"modelDisplayName":\s*"([^"]+)".{0,300}?"modelOrganization":\s*"([^"]*)"', flat, re.S
        )
        yield from ((found[1], found[2] or None) for found in named)


def arena_mirror() -> Iterator[Name]:
    for path in _files("arena/mirror-markdown*/*.md"):
        for row in _rows(_text(path)):
            cell = next((row[key] for key in ("模型名", "模型") if row.get(key)), None)
            if cell is None:
                continue
            name = plain(cell)
            organization = next(
                (plain(row[key]) for key in row if key in ("服务商", "组织/公司", "机构")), None
            )
            if fused := re.fullmatch(rf"(.+?[^ ])({MAKERS}) · .*", name):
                name, organization = fused[1], fused[2]
            if name and not name.isdigit():
                yield name, organization or None


def arena_space() -> Iterator[Name]:
    yield from _csv("arena/space-csv/*.csv", ["Model", "key"], "Organization")
    yield from _csv("arena/space-table-csv/*.csv", ["model"], "organization")
    yield from _csv("arena/page-table-csv/*.csv", ["model"], "organization")


def arena_extracts() -> Iterator[Name]:
    yield from _csv("arena/elo-extracts/jasontrigg0_alltime.csv", ["Model", "key"], "Organization")
    for path in _files("arena/catalog/*"):
        yield from ((model, None) for board in json.loads(_text(path)).values() for model in board)


def ru_llm_arena() -> Iterator[Name]:
    for path in _files("ru_llm_arena/readme/*.md"):
        for line in _text(path).splitlines():
            if line.startswith("│"):
                yield line.split("│")[1].strip(), None


def aider() -> Iterator[Name]:
    for path in _files("aider/*/*.yml"):
        yield from (
            (name.strip().strip("'\""), None) for name in re.findall(r"^  model: *(.+)$", _text(path), re.M)
        )


def markdown(
    pattern: str, keys: Iterable[str], organization: str | None = None
) -> Callable[[], Iterator[Name]]:
    def read() -> Iterator[Name]:
        for path in _files(pattern):
            for row in _rows(_text(path)):
                name = next((plain(row[key]) for key in keys if row.get(key)), "")
                if name:
                    yield name, (plain(row.get(organization, "")) or None) if organization else None

    return read


def keyed_json(pattern: str) -> Callable[[], Iterator[Name]]:
    def read() -> Iterator[Name]:
        for path in _files(pattern):
            yield from ((name, None) for name in json.loads(_text(path)))

    return read


def bfcl() -> Iterator[Name]:
    for path in _files("bfcl/*/*.csv"):
        rows = list(csv.reader(io.StringIO(_text(path), newline="")))
        # The first layout's header lacks the link and puts the score before the model; its rows do not.
        model, organization = (1, 3)
        if "Model Link" in rows[0]:
            model, organization = rows[0].index("Model"), rows[0].index("Organization")
        yield from ((row[model], row[organization]) for row in rows[1:] if len(row) > organization)


def swebench() -> Iterator[Name]:
    for path in _files("swebench/*.json"):
        boards = json.loads(_text(path))
        for board in boards.get("leaderboards", boards) if isinstance(boards, dict) else boards:
            rows = board["results"] if isinstance(board, dict) else boards[board]
            yield from ((row["name"], None) for row in rows if isinstance(row, dict) and "name" in row)


def simple_evals_ru() -> Iterator[Name]:
    for path in _files("simple_evals_ru/*.md"):
        for name in re.findall(r"<tr>\s*<t[hd]>([^<]*)</t[hd]>\s*<td", _text(path)):
            if name.strip():
                yield html.unescape(name).strip(), None


def epoch() -> Iterator[Name]:
    yield from _csv("epoch/eci*.csv", ["Model version"], "Organization")
    yield from _csv("epoch/benchmarks_runs/*.csv", ["model"])
    yield from _csv("epoch/external/*.csv", ["Model version", "Name"])


RECORDED: dict[str, tuple[str, Callable[[], Iterator[Name]]]] = {
    "arena dataset": ("arena", arena_dataset),
    "arena page": ("arena", arena_page),
    "arena mirror": ("arena", arena_mirror),
    "arena space": ("arena", arena_space),
    "arena extracts": ("arena", arena_extracts),
    "llmarena_ru": ("llmarena_ru", lambda: _csv("llmarena_ru/*.csv", ["Model"], "Organization")),
    "ru_llm_arena": ("ru_llm_arena", ru_llm_arena),
    "aider": ("aider", aider),
    "livebench": ("livebench", lambda: _csv("livebench/table*/*.csv", ["model"])),
    "vectara": ("vectara", markdown("vectara/*.md", ["Model"])),
    "evalplus": ("evalplus", keyed_json("evalplus/*.json")),
    "bigcodebench": ("bigcodebench", keyed_json("bigcodebench/*/*.json")),
    "bfcl": ("bfcl", bfcl),
    "alpaca_eval": ("alpaca_eval", lambda: _csv("alpaca_eval/*/*.csv", ["name"])),
    "arena_hard": ("arena_hard", lambda: _csv("arena_hard/*.csv", ["model"])),
    "superclue": ("superclue", markdown("superclue/*.md", ["模型"], "机构")),
    "epoch": ("epoch", epoch),
    "simple_evals_ru": ("simple_evals_ru", simple_evals_ru),
    "llmtf_open": ("llmtf_open", markdown("llmtf_open/*/*.md", ["Model"])),
    "open_llm": ("open_llm", lambda: _csv("open_llm/*.csv.gz", ["model"])),
    "swebench": ("swebench", swebench),
}
"""Recorded place → the source that it belongs to, and how its names are read."""


def recorded() -> tuple[str, ...]:
    """The places whose recordings lie beside the checkout. Skips the test where there are none at all."""
    if not ROOT.is_dir():
        pytest.skip("no recordings lie beside the checkout, in ../shared/payloads")
    return tuple(place for place, (source, _) in RECORDED.items() if (ROOT / source).is_dir())


@cache
def counted(place: str) -> Counter[Name]:
    """Every (model, organisation) as listed at a recorded place, with the number of its entries."""
    return Counter(RECORDED[place][1]())
