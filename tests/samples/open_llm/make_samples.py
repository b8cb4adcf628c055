"""Makes the two samples of the Open LLM Leaderboard beside this file; models and figures are invented.

    python tests/samples/open_llm/make_samples.py

`contents.parquet` has the columns that the dataset's card lists; `scores.csv.gz` those of a third party's
flattened copy. Run it again only to change a sample; then look at the goldens.
"""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
SCORES = ("IFEval", "BBH", "MATH Lvl 5", "GPQA", "MUSR", "MMLU-PRO")
MODELS = (
    ("northwind/thinker-72b-instruct", "bfloat16", "apache-2.0", 48.25, 72.7),
    ("taiga/кедр-7b", "bfloat16", "mit", 21.5, 7.24),
    ("taiga/кедр-7b", "float16", "mit", 20.75, 7.24),
    ("gpt-nano", "float16", "", 5.5, -1.0),
    ("drift/drift-merge-7b", "bfloat16", "cc-by-nc-4.0", 21.5, 0.0),
)
FLAT = ("model", "openllm_average", "ifeval", "bbh", "math_lvl_5", "gpqa", "musr", "mmlu_pro", "params_b")
FLAT += ("model_short", "type", "architecture", "available_on_hub", "submission_date", "upload_to_hub_date")
FLAT += ("generation", "base_model", "source", "source_url")


def anchor(name: str) -> str:
    return f'<a target="_blank" href="https://huggingface.co/{name}" style="color: x">{name}</a>  📑'


def dataset() -> bytes:
    rows = []
    for number, (name, precision, license_, average, size) in enumerate(MODELS):
        row: dict[str, object] = {
            "eval_name": f"{name.replace('/', '_')}_{precision}",
            "Precision": precision,
        }
        row |= {"Type": "💬 chat models (RLHF, DPO, IFT, ...)", "T": "💬", "Weight type": "Original"}
        row |= {"Architecture": "QuietForCausalLM", "Model": anchor(name), "fullname": name}
        row |= {"Model sha": "0123abcd" * 5, "Average ⬆️": average, "Hub License": license_, "Hub ❤️": number}
        row |= {"#Params (B)": size, "Available on the hub": True, "MoE": False, "Flagged": number == 4}
        row |= {"Chat Template": True, "CO₂ cost (kg)": 1.5 * number}
        for place, score in enumerate(SCORES):
            row |= {f"{score} Raw": average / 100 - place / 1000, score: average - place}
        row |= {"Maintainer's Highlight": False, "Upload To Hub Date": "2024-06-01", "Submission Date": ""}
        rows.append(row | {"Generation": 1, "Base Model": f"{name} (Merge)"})
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


def flattened() -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(FLAT)
    for name, _, _, average, size in MODELS:
        scores = [average - place for place in range(6)]
        about = ["🟢 pretrained", "QuietForCausalLM", "True", "2024-06-12", "", 0, name]
        writer.writerow(
            [name, average, *scores, size, anchor(name), *about, "copyist", "https://example.org"]
        )
    return gzip.compress(file.getvalue().encode(), mtime=0)


def main() -> None:
    (HERE / "contents.parquet").write_bytes(dataset())
    (HERE / "scores.csv.gz").write_bytes(flattened())


if __name__ == "__main__":
    main()
