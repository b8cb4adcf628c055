"""A reader of questions in English and Russian: no model, no network, the same command for the same words.

It finds dates, boards, names and countries, and what is asked of them; what a rule did not read is said. The
answer is that of the command it names.
"""

from __future__ import annotations

from .reader import Understood, understand

__all__ = ["Understood", "understand"]
