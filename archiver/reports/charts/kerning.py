"""How much nearer some letters stand to each other than their widths say (`Ya`, `To`).

The typeface has it as rules for pairs, in groups; in each group the first rule that knows the pair counts:
lookups of type 2 in OpenType's table GPOS, https://learn.microsoft.com/typography/opentype/spec/gpos
"""

from __future__ import annotations

from functools import cache
from typing import Any

from . import fonts


@cache
def between(left: str, right: str, weight: int) -> int:
    """How far a letter stands from the next, beyond its width, in units of the typeface, which has both."""
    known = fonts.opened(weight).getBestCmap()
    one, other = known[ord(left)], known[ord(right)]
    return sum(
        next((moved for rule in group if (moved := _moved(rule, one, other)) is not None), 0)
        for group in _groups(weight)
    )


@cache
def _groups(weight: int) -> list[list[Any]]:
    """The typeface's rules for pairs."""
    table = fonts.opened(weight)["GPOS"].table
    used = {
        number
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "kern"
        for number in record.Feature.LookupListIndex
    }
    groups = [table.LookupList.Lookup[number].SubTable for number in sorted(used)]
    return [[getattr(rule, "ExtSubTable", rule) for rule in group] for group in groups]


def _moved(rule: Any, one: str, other: str) -> int | None:
    """What a rule says of two glyphs; None where it does not know them."""
    if one not in rule.Coverage.glyphs:
        return None
    if rule.Format == 2:  # by classes: all glyphs are in one
        line = rule.Class1Record[rule.ClassDef1.classDefs.get(one, 0)]
        found = line.Class2Record[rule.ClassDef2.classDefs.get(other, 0)]
    else:
        pairs = rule.PairSet[rule.Coverage.glyphs.index(one)].PairValueRecord
        found = next((pair for pair in pairs if pair.SecondGlyph == other), None)
    if found is None:
        return None
    return getattr(found.Value1, "XAdvance", 0)
