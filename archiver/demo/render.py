"""Draws each publisher's shape from facts: the words around the tables are ours, the layout is theirs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence

from .facts import FIELDS, Fact

MODEL_WIDTH = {"lines": 50, "boxes": 40}
"""Characters of the model column in the two layouts of the ru_llm_arena README."""


def readme(
    plain: Sequence[Fact], controlled: Sequence[Fact], *, layout: str, stated: str, models: int
) -> bytes:
    """The README of ru_llm_arena: `lines` (until September 2024) or `boxes`.

    stated, models: the date and the count in its heading, which stays behind the tables.
    """
    draw = {"lines": _lines, "boxes": _boxes}[layout]
    indented = "\n".join(
        "    " + line for line in ["> python show_result.py --length-control", *draw(controlled)]
    )
    return README.format(
        stated=stated,
        models=models,
        plain="\n".join(["> python show_result.py", *draw(plain)]),
        controlled=indented,
    ).encode()


README = """\
# Арена русскоязычных моделей

Страница нарисована для демонстрации архиватора: цифры взяты у издателя, слова вокруг них наши.
Ответы каждой модели сравниваются с ответами бейзлайна (gpt-3.5-turbo-0125), судит GPT-4-1106-preview.

## Состояние арены на {stated}

На текущий момент в рейтинге находятся {models} моделей

### Без контроля длины
```console
{plain}
```

### Со штрафом на длину ответа относительно бейзлайна

<details>
    <summary>Развернуть</summary>

{controlled}
</details>
"""


def _lines(facts: Sequence[Fact]) -> list[str]:
    return [
        f"{fact['model']:<{MODEL_WIDTH['lines']}} | score: {float(fact['score']):<4.1f}  "
        f"| 95% CI: {_interval(fact):>11}  | average #tokens: {fact['avg_tokens']}"
        for fact in facts
    ]


def _boxes(facts: Sequence[Fact]) -> list[str]:
    columns: list[tuple[str, str, Callable[[Fact], str]]] = [
        ("Model", "<", lambda fact: fact["model"]),
        ("Score", ">", lambda fact: f"{float(fact['score']):.1f}"),
        ("95% CI", ">", _interval),
        ("Avg. #Tokens", ">", lambda fact: fact["avg_tokens"]),
    ]
    widths = [max(len(title), *(len(text(fact)) for fact in facts)) for title, _, text in columns]
    widths[0] = MODEL_WIDTH["boxes"]

    def rule(left: str, bar: str, joint: str, right: str) -> str:
        return left + joint.join(bar * (width + 2) for width in widths) + right

    def row(edge: str, cells: Sequence[str]) -> str:
        aligned = (
            f" {cell:{side}{w}} " for cell, (_, side, _), w in zip(cells, columns, widths, strict=True)
        )
        return edge + edge.join(aligned) + edge

    body = [row("│", [text(fact) for _, _, text in columns]) for fact in facts]
    heading = row("┃", [title for title, _, _ in columns])
    return [rule("┏", "━", "┳", "┓"), heading, rule("┡", "━", "╇", "┩"), *body, rule("└", "─", "┴", "┘")]


def _interval(fact: Fact) -> str:
    """`(-1.3, 1.2)`: both ends relative to the score."""
    score, low, high = (float(fact[name]) for name in ("score", "score_low", "score_high"))
    return f"({_signed(low - score)}, {_signed(high - score)})"


def _signed(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}"  # + 0.0 turns -0.0 into 0.0


def space_csv(facts: Sequence[Fact]) -> bytes:
    """The dated CSV of LLM Arena's Space. What is not carried over is `-`, as there where it is unknown."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(SPACE_COLUMNS)
    for fact in facts:
        writer.writerow(
            [
                *(fact[name] for name in ("score", "variance", "score_high", "score_low", "votes", "rank")),
                *(fact[name] for name in ("model", "model", "license", "organization", "knowledge_cutoff")),
                *("-", "-", "-"),
            ]
        )
    return out.getvalue().encode()


SPACE_COLUMNS = (
    *("rating", "variance", "rating_q975", "rating_q025", "num_battles", "final_ranking"),
    *("key", "Model", "License", "Organization", "Knowledge cutoff date"),
    *("Link", "MT-bench (score)", "MMLU"),
)


def tree(files: Mapping[str, int]) -> bytes:
    """A folder as the Hugging Face hub lists it. files: name → size in bytes."""
    return json.dumps([{"type": "file", "path": name, "size": size} for name, size in files.items()]).encode()


def dataset(facts: Sequence[Fact], *, category: str = "overall") -> bytes:
    """One subset of Arena's dataset as Parquet. Ranks and votes are DOUBLE in the text subsets, as there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    counted = pa.float64() if facts[0]["board"].startswith("arena/text-style-control/") else pa.int64()
    interval = [(float(fact["score_low"]), float(fact["score_high"])) for fact in facts]
    columns: list[tuple[str, pa.DataType, list[object]]] = [
        ("model_name", pa.string(), [fact["model"] for fact in facts]),
        ("organization", pa.string(), [fact["organization"] for fact in facts]),
        ("license", pa.string(), [fact["license"] for fact in facts]),
        ("rating", pa.float64(), [float(fact["score"]) for fact in facts]),
        ("rating_lower", pa.float64(), [low for low, _ in interval]),
        ("rating_upper", pa.float64(), [high for _, high in interval]),
        ("variance", pa.float64(), [((high - low) / 2 / Z95) ** 2 for low, high in interval]),
        ("vote_count", counted, [int(fact["votes"]) for fact in facts]),
        ("rank", counted, [int(fact["rank"]) for fact in facts]),
        ("category", pa.string(), [category] * len(facts)),
        ("leaderboard_publish_date", pa.string(), [fact["published_at"] for fact in facts]),
    ]
    table = pa.table({name: pa.array(values, kind) for name, kind, values in columns})
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


Z95 = 1.959963985
"""Half a 95 % interval in standard deviations: how the dataset's `variance` follows from its interval."""


def yaml(facts: Sequence[Fact]) -> bytes:
    """One of Aider's YAML boards: a list of runs, each under its publisher's field names."""
    return "\n".join(_run(fact) for fact in facts).encode()


METRIC = {"aider/refactor/overall": "pass_rate_1"}
"""The field that holds the score; `pass_rate_2` on the other boards."""


def _run(fact: Fact) -> str:
    metric = METRIC.get(fact["board"], "pass_rate_2")
    run = {
        name: fact[name] for name in ("dirname", "test_cases", "model", *FIELDS["aider"]) if name not in LAST
    }
    run |= {metric: fact["score"]} | {name: fact[name] for name in LAST}
    run["total_cost"] = f"{float(fact['total_cost'] or 0):.4f}"  # 0.0000: not known
    lines = [f"  {name}: {_scalar(text)}" for name, text in run.items() if text]
    return "- " + "\n".join(lines)[2:] + "\n"


LAST = ("command", "date", "versions", "seconds_per_case", "total_cost")
"""A record of the publisher ends with these, in this order."""


def _scalar(text: str) -> str:
    """A YAML scalar: quoted where a plain one would be read as something else."""
    return json.dumps(text, ensure_ascii=False) if set(text) & set(":#{}[],&*!|>'\"%@`") else text


CHALLENGE = b"""\
<!doctype html>
<html lang="en-US">
<head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt = {cType: "managed"};</script>
<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>
</body>
</html>
"""
"""What a bot challenge looks like: served with status 200 in place of the board."""
