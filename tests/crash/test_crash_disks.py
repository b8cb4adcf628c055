"""A disk that is full, and one whose power is cut, under a whole capture."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import disks


def test_a_full_disk_at_a_few_levels(tmp_path: Path) -> None:
    if why := disks.able("mount", "umount"):
        pytest.skip(why)
    met = list(disks.full_disk(tmp_path, disks.LEVELS[4::6]))
    assert [problem for each in met for problem in each.problems] == []
    assert any(each.refused for each in met)


@pytest.mark.crash
def test_a_full_disk_at_twenty_levels(tmp_path: Path) -> None:
    if why := disks.able("mount", "umount"):
        pytest.skip(why)
    met = list(disks.full_disk(tmp_path))
    assert len(met) == 20
    assert [problem for each in met for problem in each.problems] == []
    assert {each.refused for each in met} == {True, False}


@pytest.mark.crash
def test_power_cuts(tmp_path: Path) -> None:
    if why := disks.able_to_cut(tmp_path):
        pytest.skip(why)
    done = disks.cut_power(tmp_path, 16, seed=1, full_every=8)
    assert done.problems == []
    assert done.during > 8
