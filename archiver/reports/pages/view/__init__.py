"""A report's content as words and tables of one language: what every form that people read is made from."""

from .boards import NUMBERS, board, columns, compared, status, thinned
from .cells import Cell, Column, Table, score
from .sentences import changes_intro, cited, facts, lede, licensed, methods, never, span, title
from .standings import curves, moved, standing
from .tables import by_board, changes, coverage, gaps

__all__ = [
    "NUMBERS",
    "Cell",
    "Column",
    "Table",
    "board",
    "by_board",
    "changes",
    "changes_intro",
    "cited",
    "columns",
    "compared",
    "coverage",
    "curves",
    "facts",
    "gaps",
    "lede",
    "licensed",
    "methods",
    "moved",
    "never",
    "score",
    "span",
    "standing",
    "status",
    "thinned",
    "title",
]
