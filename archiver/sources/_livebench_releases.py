"""LiveBench's releases: which tasks made up which category.

The publisher keeps this in a file beside each table, `categories_YYYY_MM_DD.json`; these are the facts of
those files (recorded for every release below; the two earlier states of the first one are from the public
repository of the site, LiveBench/livebench.github.io, `categories.json`). Categories stand in its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Categories: TypeAlias = dict[str, tuple[str, ...]]
"""Category, as the publisher writes it → its tasks, which are columns of the table."""

_JUNE: Categories = {
    "Reasoning": ("web_of_lies_v2", "zebra_puzzle"),
    "Coding": ("LCB_generation", "coding_completion"),
    "Mathematics": ("AMPS_Hard", "math_comp", "olympiad"),
    "Data Analysis": ("cta", "tablejoin", "tablereformat"),
    "Language": ("connections", "plot_unscrambling", "typos"),
    "IF": ("paraphrase", "simplify", "story_generation", "summarize"),
}
_WITH_HOUSES: Categories = _JUNE | {"Reasoning": ("house_traversal", "web_of_lies_v2", "zebra_puzzle")}
_BEFORE_LAUNCH: Categories = {
    "Reasoning": ("house_traversal", "web_of_lies_v2", "zebra_puzzle"),
    "Coding": (
        "livecodebench_lite_generation",
        "livecodebench_plus_completion",
        "livecodebench_plus_selection",
    ),
    "Mathematics": (
        *("aime_i_2024", "aime_ii_2024", "amc_12a_2023", "amc_12b_2023", "math_characteristic_polynomial"),
        *("math_complete_square", "math_derivatives", "math_determinant", "math_factor_polynomials"),
        *("math_gcd", "math_geometric_mean", "math_integral", "math_std", "math_variance", "smc"),
    ),
    "Data Analysis": ("DataBench_CTA", "DataBench_JoinMap", "DataBench_TableReformat"),
}
_JULY: Categories = _JUNE | {"Reasoning": ("web_of_lies_v2", "zebra_puzzle", "spatial")}
_APRIL: Categories = _JULY | {"Reasoning": ("web_of_lies_v3", "zebra_puzzle", "spatial")}
_LATE_APRIL: Categories = _APRIL | {
    "Coding": ("code_generation", "code_completion"),
    "Data Analysis": ("tablejoin", "tablereformat"),
}
_MAY: Categories = {
    "Reasoning": _LATE_APRIL["Reasoning"],
    "Coding": _LATE_APRIL["Coding"],
    "Agentic Coding": ("javascript", "typescript", "python"),
    **{name: _LATE_APRIL[name] for name in ("Mathematics", "Data Analysis", "Language", "IF")},
}
_NOVEMBER: Categories = _MAY | {"Reasoning": ("theory_of_mind", "zebra_puzzle", "spatial")}
_DECEMBER: Categories = _NOVEMBER | {
    "Reasoning": ("theory_of_mind", "zebra_puzzle", "spatial", "logic_with_navigation")
}
_FIRST_OF_2026: Categories = _DECEMBER | {
    "Mathematics": ("AMPS_Hard", "integrals_with_game", "math_comp", "olympiad")
}
_JANUARY: Categories = _FIRST_OF_2026 | {
    "Data Analysis": ("consecutive_events", "tablejoin", "tablereformat"),
}

RELEASES: Mapping[str, tuple[Categories, ...]] = {
    "2024-06-24": (_JUNE, _WITH_HOUSES, _BEFORE_LAUNCH),
    "2024-07-26": (_JULY,),
    "2024-08-31": (_JULY,),
    "2024-11-25": (_JULY,),
    "2025-04-02": (_APRIL,),
    "2025-04-25": (_LATE_APRIL,),
    "2025-05-30": (_MAY,),
    "2025-11-25": (_NOVEMBER,),
    "2025-12-23": (_DECEMBER,),
    # On its first day the table did not have a column of its categories file yet: the site averaged the rest.
    "2026-01-08": (_JANUARY, _FIRST_OF_2026),
}
"""Release → the states that its tables were in; the first is that of the recorded categories file."""

NEWEST: Categories = _JANUARY

DRAFTS = {"2024-07-24": "2024-07-26", "2025-05-17": "2025-05-30"}
"""Dates that a table's file bore before its release got the date it is known by."""


def tasks(categories: Categories) -> set[str]:
    """All tasks of all categories: each is one column."""
    return {task for listed in categories.values() for task in listed}
