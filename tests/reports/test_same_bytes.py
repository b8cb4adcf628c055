from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MADE = """
import sys
import duckdb
from pathlib import Path
from archiver.reports import charts, pages
from tests.reports.test_charts import CASES
con = duckdb.connect(sys.argv[1], read_only=True)
folder = Path(sys.argv[2])
for case in ("several boards", "a board", "heat map", "scores"):
    for form in charts.FORMATS if case == "several boards" else ("svg",):
        charts.draw(con, *CASES[case]).save(folder / f"{case}.{form}")
asked = pages.Asked(("Sber", "Yandex"), ("ru/plain/overall", "ru/daily/overall"), lang="ru")
report = pages.build(con, asked)
for form in pages.FORMATS:
    pages.save(report, folder / f"report.{form}")
"""


def test_the_same_bytes_in_every_run_and_place(drawn_index: Path, tmp_path: Path) -> None:
    """Another time zone, locale, hash seed and set of system fonts must not change a byte of any form."""
    bare = tmp_path / "fonts.conf"
    bare.write_text('<?xml version="1.0"?><fontconfig><dir>/nonexistent</dir></fontconfig>')
    places = {
        "here": {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
        "there": {
            "TZ": "Asia/Vladivostok",
            "LANG": "ru_RU.UTF-8",
            "LC_ALL": "ru_RU.UTF-8",
            "PYTHONHASHSEED": "2",
            "FONTCONFIG_FILE": str(bare),
        },
    }
    for name, environment in places.items():
        (tmp_path / name).mkdir()
        subprocess.run(
            [sys.executable, "-c", MADE, str(drawn_index), str(tmp_path / name)],
            env={**os.environ, **environment, "PYTHONPATH": str(Path(__file__).parents[2])},
            check=True,
            timeout=300,
        )
    names = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert len(names) == 7 + 6
    for name in names:
        one, other = ((tmp_path / place / name).read_bytes() for place in places)
        assert one == other, name
        assert len(one) > 1000
