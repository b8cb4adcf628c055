"""Makes the samples of BFCL beside this file: the columns of each era, of invented models and figures.

    python tests/samples/bfcl/make_samples.py

Like the publisher's files they end without a line end. Run it again only to change a sample; then look at the
goldens.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]

LATENCY = ("Latency Mean (s)", "Latency Standard Deviation (s)", "Latency 95th Percentile (s)")
COST = "Cost ($ Per 1k Function Calls)"
NON_LIVE = ("AST Acc", "Simple AST", "Multiple AST", "Parallel AST", "Parallel Multiple AST")
LIVE = ("Acc", "Simple AST", "Multiple AST", "Parallel AST", "Parallel Multiple AST")
TURNS = ("Acc", "Base", "Miss Func", "Miss Param", "Long Context")
V3 = (
    *("Rank", "Overall Acc", "Model", "Model Link", COST, *LATENCY),
    *(f"Non-Live {part}" for part in NON_LIVE),
    *(f"Live {part}" for part in LIVE),
    *(f"Multi Turn {part}" for part in TURNS),
    *("Relevance Detection", "Irrelevance Detection", "Organization", "License"),
)
AGENTIC = ("Web Search Acc", "Web Search Base", "Web Search No Snippet", "Memory Acc", "Memory KV")
AGENTIC += ("Memory Vector", "Memory Recursive Summarization")
FORMAT = ("Format Sensitivity Max Delta", "Format Sensitivity Standard Deviation")
V4 = (
    *(column if column != COST else "Total Cost ($)" for column in V3[:-4]),
    *(*AGENTIC, *V3[-4:-2], *FORMAT, *V3[-2:]),
)
AST = ("Simple Function AST", "Multiple Functions AST", "Parallel Functions AST", "Parallel Multiple AST")
EXEC = (
    "Simple Function Exec",
    "Multiple Functions Exec",
    "Parallel Functions Exec",
    "Parallel Multiple Exec",
)
V1 = ("Rank", "Overall Acc", "Model", "Model Link", "Organization", "License", "AST Summary", "Exec Summary")
V1 += (*AST, *EXEC, "Relevance Detection", COST, *LATENCY)
V2 = (*V1[:8], *(name.replace("Functions", "").replace("Function", "") for name in (*AST, *EXEC)))
V2 = tuple(" ".join(name.split()) for name in V2)
V2 += ("Irrelevance Detection", "Relevance Detection", COST, *LATENCY)

MODELS = (
    ("Thinker-2-20250301 (FC)", "Northwind", "Proprietary", "71.20%"),
    ("Thinker-2-20250301 (Prompt)", "Northwind", "Proprietary", "69.85%"),
    ("Taiga/Кедр-70B (FC) (Novita)", "Taiga", "Apache 2.0", "55.00%"),
    ("QuietAgent", "Taiga", "Apache 2.0", "55.00%"),
    ("Boreal-v1.5 (FC tools-2025-01-15)", "Boreal Labs & UT", "N/A", "40.05%"),
    ("Drift-1b (Prompt)", "Northwind", "Proprietary", "12.34%"),
)


def rows(columns: tuple[str, ...]) -> list[Row]:
    """Invented figures, one decimal step a column; what is not known is N/A."""
    made = []
    for rank, (name, organization, license_, overall) in enumerate(MODELS, start=1):
        row = {column: f"{90 - 9 * rank - place / 4:.2f}%" for place, column in enumerate(columns)}
        row |= {column: f"{rank + place / 100:.2f}" for place, column in enumerate(LATENCY)}
        row |= {"Rank": str(rank), "Overall Acc": overall, "Model": name}
        row |= {
            "Organization": organization,
            "License": license_,
            "Model Link": f"https://example.org/{rank}",
        }
        row |= {"Cost ($ Per 1k Function Calls)": "N/A" if rank % 2 else "4.75", "Total Cost ($)": "103.6"}
        row |= dict.fromkeys(FORMAT, "N/A" if "(FC" in name else "8.5")
        made.append(row)
    return made


def write(name: str, columns: tuple[str, ...], printed: tuple[str, ...] | None = None) -> None:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(printed or columns)
    writer.writerows([row[column] for column in columns] for row in rows(columns))
    (HERE / name).write_bytes(file.getvalue().removesuffix("\n").encode())


def main() -> None:
    write("v4.csv", V4)
    write("v3.csv", V3)
    write("v2_combined.csv", V2)
    write("v1.csv", V1)
    # March 2024: the rows hold a link and the overall accuracy behind the licence, the header says otherwise.
    shifted = ("Rank", "Model", "Model Link", "Organization", "License", "Overall Acc", *V1[6:-4])
    misprint = ("Rank", "Overall Acc", "Model", "Organization", "License", *V1[6:-4])
    write("v1_misprinted.csv", shifted, misprint)


if __name__ == "__main__":
    main()
