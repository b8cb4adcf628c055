"""How much of the recordings the registry maps. `pytest -s` prints it, with the commonest unmapped names."""

from __future__ import annotations

from collections import Counter

import pytest

from archiver.identity import Registry
from tests.identity import listed

pytestmark = pytest.mark.shared

BASELINES = {"人类"}
"""Not competitors."""
OUTSIDE = {"open_llm", "swebench"}
"""Repositories by anybody, and systems: no product line is expected there."""
TIGHT = {"arena dataset", "arena page", "arena mirror", "arena space", "llmarena_ru"}


def measured(registry: Registry, place: str) -> tuple[float, float, Counter[str]]:
    """Shares of the entries with an organisation and with a family, and the names that lack one."""
    names = {name: entries for name, entries in listed.counted(place).items() if name[0] not in BASELINES}
    known: Counter[str] = Counter()
    unmapped: Counter[str] = Counter()
    for (model, organization), entries in names.items():
        found = registry.resolve(listed.RECORDED[place][0], model, organization)
        known["organization"] += entries * (found.organization is not None)
        known["family"] += entries * (found.family is not None)
        if found.organization is None or (found.family is None and place not in OUTSIDE):
            unmapped[model] += entries
    total = sum(names.values())
    return known["organization"] / total, known["family"] / total, unmapped


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.mark.parametrize("place", listed.RECORDED)
def test_the_recordings_are_mapped(registry: Registry, place: str) -> None:
    if place not in listed.recorded():
        pytest.skip(f"no recording of {place} lies beside the checkout")
    organization, family, unmapped = measured(registry, place)
    print(f"\n{place}: organisation {organization:.2%}, family {family:.2%}; {unmapped.most_common(10)}")
    if place == "open_llm":
        assert organization == 1
    elif place not in OUTSIDE:
        assert organization >= (0.999 if place in TIGHT else 0.97)
        assert family >= (0.999 if place in TIGHT else 0.97)


def test_settings_never_join_two_organisations(registry: Registry) -> None:
    """A canonical model is of one family, and that of one organisation, over all that was ever recorded."""
    makers: dict[str, set[tuple[str | None, str | None]]] = {}
    for place in listed.recorded():
        for model, organization in listed.counted(place):
            found = registry.resolve(listed.RECORDED[place][0], model, organization)
            if found.model is not None:
                makers.setdefault(found.model, set()).add((found.family, found.organization))
    assert len(makers) > 1000
    assert {model: found for model, found in makers.items() if len(found) > 1} == {}
