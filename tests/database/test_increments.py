"""What adding a little to an index must not cost."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[1] / "samples" / "aider" / "edit_leaderboard.yml"

TAKE = """
import sys
from pathlib import Path
from archiver import Archive, ingest
from archiver.records import utc

url = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/edit_leaderboard.yml"
with Archive(Path(sys.argv[1])) as archive:
    archive.take(ingest.recordings("aider", [Path(sys.argv[2])], utc("2025-06-01"), url))
print(*sys.modules)
"""


@pytest.mark.skipif(find_spec("pandas") is None, reason="pandas is not installed")
def test_a_capture_is_taken_in_without_pandas(tmp_path: Path) -> None:
    """pyarrow imports it by the way where it is installed, which takes longer than all else of a load."""
    run = subprocess.run(
        [sys.executable, "-c", TAKE, str(tmp_path), str(SAMPLE)], capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split())
    assert "pyarrow" in loaded
    assert "pandas" not in loaded
