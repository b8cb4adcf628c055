"""EIO, ENOSPC and SIGKILL at the storage calls of a whole capture: fetch, keep, load, publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import faults


def need_strace() -> None:
    if why := faults.able():
        pytest.skip(why)


def test_a_few_storage_calls_fail(tmp_path: Path) -> None:
    need_strace()
    met = list(faults.each_fault(tmp_path, every=40, full_every=2))
    assert [problem for each in met for problem in each.problems] == []
    assert any(each.injected for each in met)


@pytest.mark.crash
def test_many_storage_calls_fail(tmp_path: Path) -> None:
    need_strace()
    met = list(faults.each_fault(tmp_path, every=7, full_every=5))
    assert [problem for each in met for problem in each.problems] == []
    assert sum(each.injected for each in met) > len(met) // 2
