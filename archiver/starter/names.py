"""Names that a mirror ran together with what stood beside them on the page."""

from __future__ import annotations

from collections.abc import Collection

LOGOS = ("01.AI", "Azure", "Minimax", "Moonshot AI", "Stability", "Stepfun")
"""Texts of logos that differ from the name of the organisation beside them."""

LATER = ("AI2", "Arcee AI", "Bytedance")
"""Organisations that the mirror first showed when it already ran them together with the names."""


def unglued(name: str, organization: str) -> str:
    """A name without the organisation whose logo's text stands before it.

    >>> unglued("Anthropicclaude-opus-4-6", "Anthropic"), unglued("MiniMax-M2", "MiniMax")
    ('claude-opus-4-6', 'MiniMax-M2')
    >>> unglued("Azurephi-4", "Microsoft"), unglued("Moonshot AIkimi-k2-thinking", "Moonshot")
    ('phi-4', 'kimi-k2-thinking')
    """
    texts = sorted((organization, *LOGOS), key=len, reverse=True)
    logo = next((text for text in texts if text and name.startswith(text)), "")
    rest = name.removeprefix(logo)
    return rest if rest[:1].isalnum() else name


def split(cell: str, known: Collection[str]) -> tuple[str, str | None, str | None]:
    """Name, organisation and licence of a cell that holds all three; the organisation only if it is known.

    >>> split("Bytedancedola-seed-2.0-previewBytedance · Proprietary", {"Bytedance", "OpenAI"})
    ('dola-seed-2.0-preview', 'Bytedance', 'Proprietary')
    >>> split("gpt-5.4-highOpenAI · Proprietary", {"OpenAI"})
    ('gpt-5.4-high', 'OpenAI', 'Proprietary')
    >>> split("somethingNew · MIT", {"OpenAI"})
    ('somethingNew', None, 'MIT')
    """
    left, _, license_ = cell.rpartition(" · ")
    if not left:
        return cell, None, None
    makers = [maker for maker in {*known, *LATER} if maker and left.endswith(maker) and left != maker]
    if not makers:
        return left, None, license_ or None
    maker = max(makers, key=len)
    return unglued(left.removesuffix(maker), maker), maker, license_ or None
