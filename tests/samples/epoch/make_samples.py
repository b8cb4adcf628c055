"""Writes benchmark_data.zip, the sample that no editor can: `python tests/samples/epoch/make_samples.py`."""

from __future__ import annotations

import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = {
    "README.md": "# Example\n",
    "additional_eci_data/eci_benchmark_difficulties.csv": "benchmark,difficulty\nGPQA diamond,1.5\n",
    "epoch_capabilities_index.csv": "Model version,ECI Score,Organization\n"
    "northwind-9,151.5,Northwind\nopenlm-4,131,\n",
    "gpqa_diamond.csv": "Model version,mean_score,Organization,stderr\n"
    "northwind-9,0.85,Northwind,0.02\nopenlm-4,0.5,,\n",
    "hella_swag_external.csv": "Model version,Overall accuracy,Shots,Source,id\nopenlm-4,0.9,10,A paper,r1\n",
}


def packed(files: dict[str, str], path: Path) -> None:
    """One archive of these files, the same bytes on each run."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)


if __name__ == "__main__":
    packed(FILES, HERE / "benchmark_data.zip")
