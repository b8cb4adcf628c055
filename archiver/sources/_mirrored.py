"""What the Markdown mirror of Arena lost on its way from the page: where one thing ends, and minus signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

Ends = tuple[int, int] | tuple[None, None]
"""The best and the worst place of a spread."""

_SPREAD = re.compile(r"(\d+) ?(?:◄─►|-) ?(\d+)")
_FUSED = re.compile(r"([1-9])([1-9])")

LOGOS = ("01.AI", "Azure", "Minimax", "Moonshot AI", "MoonshotAI", "Stability", "Stepfun")
"""Texts of logos that differ from the name of the organisation beside them."""

ORGANIZATIONS = (
    *("01 AI", "AI2", "AI21 Labs", "Ai2", "Alibaba", "Allen AI", "AllenAI/UW", "Amazon", "Ant Group"),
    *("Anthropic", "Arcee AI", "Baidu", "Bytedance", "Cognitive Computations", "Cohere", "Databricks"),
    *("DeepSeek", "DeepSeek AI", "Google", "HuggingFace", "IBM", "Inception AI", "InternLM", "LMSYS"),
    *("Meituan", "Meta", "Microsoft", "Microsoft AI", "MiniMax", "Mistral", "Moonshot", "MosaicML"),
    *("NexusFlow", "Nexusflow", "Nomic AI", "NousResearch", "Nvidia", "OpenAI", "OpenAssistant"),
    *("OpenChat", "Perplexity AI", "Prime Intellect", "Princeton", "RWKV", "Reka AI", "Snowflake"),
    *("Stability AI", "Stanford", "StepFun", "TII", "Tencent", "Together AI", "Tsinghua", "UC Berkeley"),
    *("UW", "Upstage AI", "Xiaomi", "Z.ai", "Zhipu", "Zhipu AI", "xAI"),
)
"""Organisations as the mirror named them: in a column of their own until January 2026, then behind names."""


def plain(cell: str) -> str:
    """A name without its link or footnote.

    >>> plain("o3 [<sup>1</sup>](https://a.example/)"), plain("[o3](https://a.example/)")
    ('o3', 'o3')
    """
    bare = re.sub(r"\s*\[<sup>.*?</sup>\]\([^)]*\)", "", cell)
    link = re.fullmatch(r"\[(.*)\]\([^)]*\)", bare.strip())
    return (link[1] if link else bare).strip()


def unglued(name: str, organization: str) -> str:
    """A name without the organisation whose logo's text stands before it.

    >>> unglued("Anthropicclaude-opus-4-6", "Anthropic"), unglued("MiniMax-M2", "MiniMax")
    ('claude-opus-4-6', 'MiniMax-M2')
    >>> unglued("Azurephi-4", "Microsoft"), unglued("Moonshot AIkimi-k2-thinking", "Moonshot")
    ('phi-4', 'kimi-k2-thinking')
    >>> unglued("InternLM2.5-20B-chat", "InternLM"), unglued("MoonshotAIkimi-k2.5-instant", "Moonshot")
    ('InternLM2.5-20B-chat', 'kimi-k2.5-instant')
    """
    texts = sorted((organization, *LOGOS), key=len, reverse=True)
    logo = next((text for text in texts if text and name.startswith(text)), "")
    rest = name.removeprefix(logo)
    return rest if rest[:1].isalpha() else name


def split(cell: str) -> tuple[str, str | None, str | None]:
    """Name, organisation and licence of a cell that holds all three; the organisation only if it is known.

    >>> split("Bytedancedola-seed-2.0-previewBytedance · Proprietary")
    ('dola-seed-2.0-preview', 'Bytedance', 'Proprietary')
    >>> split("gpt-5.4-highOpenAI · Proprietary")
    ('gpt-5.4-high', 'OpenAI', 'Proprietary')
    >>> split("somethingNew · MIT")
    ('somethingNew', None, 'MIT')
    """
    left, _, license_ = cell.rpartition(" · ")
    if not left:
        return cell, None, None
    makers = [maker for maker in ORGANIZATIONS if left.endswith(maker) and left != maker]
    if not makers:
        return left, None, license_ or None
    maker = max(makers, key=len)
    return unglued(left.removesuffix(maker), maker), maker, license_ or None


def spread(printed: str) -> Ends:
    """Both ends of a spread; none where they are run together so that more than one reading is possible.

    >>> [spread(cell) for cell in ("1◄─►4", "23-31", "12")]
    [(1, 4), (23, 31), (1, 2)]
    >>> [spread(cell) for cell in ("611", "1540", "21", "10", "7")]
    [(None, None), (None, None), (None, None), (None, None), (None, None)]
    """
    found = _SPREAD.fullmatch(printed) or _FUSED.fullmatch(printed)
    if found is None or int(found[1]) > int(found[2]):
        return None, None
    return int(found[1]), int(found[2])


def surely_positive(figures: Sequence[float]) -> int:
    """How many of figures that fell from row to row, and then lost their signs, are surely positive.

    One that a smaller one follows is: were it negative, what follows would be larger. From the smallest on,
    figures may be negative.

    >>> surely_positive([3.2, 1.1, 0.4, 1.6]), surely_positive([3.2, 0.4, 0.4]), surely_positive([2.0])
    (2, 1, 0)
    """
    least = next((row for row, (above, below) in enumerate(pairwise(figures)) if below > above), -1)
    return sum(figure > figures[least] for figure in figures[:least])
