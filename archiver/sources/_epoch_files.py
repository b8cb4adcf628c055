"""The files of Epoch's benchmarking hub: which column is the score, and which columns a file has."""

from __future__ import annotations

from collections.abc import Mapping

ALIASES: Mapping[str, str] = {
    "common_sense_qa_2": "csqa2",
    "deepresearchbench": "deepresearch",
    "gso": "gso_bench",
    "hella_swag": "hellaswag",
    "metr_time_horizons": "metr",
    "simplebench": "simple_bench",
    "terminalbench": "terminal_bench",
}
"""Names of 2026 → those of 2025."""

KNOWN = frozenset(
    (
        *("Release date", "Country", "Model accessibility", "Training compute (FLOP)", "Confidence"),
        *("Model name", "Description", "Display name", "id", "Scores", "logs", "job", "started_at", "Status"),
        *("Manual evaluation", "task version", "stderr", "Source", "Source link", "Notes", "Name"),
        *("Started at", "Log viewer", "Logs"),
    )
)
"""Columns of the index, the runs and of most other files, kept as printed."""

IGNORED: Mapping[str, str] = {"log viewer": "shows what `logs` holds", "task": "names the board"}

EXTERNAL: Mapping[str, tuple[str, str]] = {
    "aider_polyglot": (
        "Percent correct",
        "id|Model version|Percent correct|Percent using correct edit format|Edit format|Cost|"
        "Source|Source link|Notes",
    ),
    "anli": ("Score", "id|Name|Score|R1|R2|R3|Shots|Model version|Source|Source link|Notes"),
    "arc_agi": ("Score", "id|Name|Model version|Score|Source|Source link|Notes"),
    "arc_ai2": (
        "Challenge score",
        "id|Name|Challenge score|Easy score|Model version|Shots|Source|Source link|Notes",
    ),
    "balrog": (
        "Average progress",
        "id|Model version|Average progress|Average Standard error|BabyAI progress|"
        "BabyAI Standard error|Crafter progress|Crafter Standard error|TextWorld progress|"
        "TextWorld Standard error|BabalsAI progress|BabalsAI Standard error|MiniHack progress|"
        "MiniHack Standard error|NetHack progress|NetHack Standard error|Date added|Trajectories|"
        "Source|Source link|Notes",
    ),
    "bbh": ("Average", "id|Name|Average|Model version|Shots|Notes|Source|Source link"),
    "boolq": ("Score", "id|Name|Score|Model version|Shots|Notes|Source|Source link"),
    "cadeval": (
        "Overall pass (%)",
        "id|Model version|Name|Prompt|Total tasks|Overall pass (%)|Total Passes|SCAD Gen (%)|"
        "SCAD Gen Success|Render (%)|Render Successes|Checks Run|Chamfer Pass (%)|Haus. Pass|"
        "Vol. Pass|Avg Chamfer (mm)|Avg Haus. 95p (mm)|Notes|Source|Source link",
    ),
    "csqa2": ("Score", "id|Name|Score|Model version|Shots|Source|Source link|Notes"),
    "cybench": (
        "Unguided % Solved",
        "id|Model version|Unguided % Solved|Subtask-Guided % Solved|Subtasks % Solved|"
        "Unguided most difficult task solved (minutes)|"
        "Subtask-Guided most difficult task solved (minutes)|Notes|Source|Source link",
    ),
    "deepresearch": ("Average score", "id|Average score|Model version|Agent|Notes|Source|Source link"),
    "factorio_learning_environment": (
        "Lab Success %",
        "id|Model version|Tools|Production score|Lab Success %|Milestones|Automation|"
        "Most complex item|Date added|Cost|Source|Source link (site from table)|Notes",
    ),
    "fictionlivebench": (
        "16k token score",
        "id|Model version|0 token score|400 token score|1k token score|2k token score|"
        "4k token score|8k token score|16k token score|32k token score|60k token score|"
        "120k token score|192k token score|Source|Source link|Notes",
    ),
    "geobench": (
        "ACW Country %",
        "id|Model version|Tools|ACW Country %|ACW Avg Score|ACW Median Score|"
        "ACW Median Distance (km)|ACW Refusal|AVW Country %|AVW Avg Score|AVW Median Score|"
        "AVW Median Distance (km)|AVW Refusal|Rural Country %|Rural Avg Score|Rural Median Score|"
        "Rural Median Distance|Rural Refusal|Urban Country %|Urban Avg Score|Urban Median Score|"
        "Urban Median Distance (km)|Urban Refusal|Photos Country %|Photos Avg Score|"
        "Photos Median Score|Photos Median Distance (km)|Photos Refusal|Notes|Source|Source link",
    ),
    "gsm8k": ("EM", "id|Name|EM|Model version|Shots|Notes|Source|Source link"),
    "gso_bench": (
        "Score OPT@1",
        "id|Model version|Scaffold|Score OPT@1|Score OPT@10|Notes|Source|Source link",
    ),
    "hellaswag": (
        "Overall accuracy",
        "id|Name|Overall accuracy|Model version|Shots|Notes|Source|Source link",
    ),
    "lambada": ("Score", "id|Name|Score|Model version|Shots|Source|Source link|Notes"),
    "lech_mazur_writing": ("Mean score", "ID|Model version|Mean score|Notes|Source|Source link"),
    "livebench": (
        "Global average",
        "id|UUID|Model version|Global average|Reasoning average|Coding average|"
        "Mathematics average|Data analysis average|Language average|IF Average|LiveBench Version|"
        "Source|Source link|Notes",
    ),
    "mcbench": ("ELO", "Name|UUID|Model version|ELO|Win rate|Votes|Notes|Source|Source link"),
    "metr": (
        "Time horizon",
        "id|Model version|CI_high|CI_low|Time horizon|Source|Source link|average_score|Notes",
    ),
    "mmlu": ("EM", "id|Name|EM|Model version|Shots|Source|Source link|Notes"),
    "openbookqa": ("Accuracy", "id|Name|Accuracy|Model version|Shots|Source|Source link|Notes"),
    "os_world": (
        "Score",
        "Agent|Model version|Score|Source|Source link|Notes (details)|Date added|Trajectories",
    ),
    "osuniverse": (
        "Weighted Score",
        "id|Name|Model version|Agent|Paper|Wood|Bronze|Silver|Gold|Weighted Score|Cost|"
        "Duration (seconds)|Notes|Source|Source link",
    ),
    "piqa": ("Score", "id|Name|Score|Model version|Shots|Source|Source link|Notes"),
    "scienceqa": ("Score", "id|Name|Score|Shots|Model version|Source|Source link|Notes"),
    "simple_bench": (
        "Score (AVG@5)",
        "id|Model version|Score (AVG@5)|Source|Source link (site from table)|Notes",
    ),
    "superglue": ("Score", "id|Name|Model version|Score|Source|Source link|Notes"),
    "terminal_bench": (
        "Accuracy mean",
        "id|Agent|Model version|Accuracy mean|Accuracy SE|Notes|Source|Source link",
    ),
    "the_agent_company": (
        "% Score",
        "Model|UUID|Model version|% Resolved|% Score|Average steps|Average costs|Organization|"
        "Date|Environment model|Source|Source link (site from table)|Notes",
    ),
    "triviaqa": ("EM", "id|Name|EM|Model version|Shots|Notes|Source|Source link"),
    "videomme": (
        "Overall (no subtitles)",
        "id|Name|Model version|Overall (no subtitles)|Overall (with subtitles)|"
        "Short videos (no subtitles)|Short videos (with subtitles)|Medium videos (no subtitles)|"
        "Medium videos (with subtitles)|Long videos (no subtitles)|Long videos (with subtitles)|"
        "Frames|Notes|Source|Source link",
    ),
    "vpct": ("Correct", "id|Model version|Correct|Notes|Source|Source link"),
    "weirdml": (
        "Accuracy",
        "id|Model version|Accuracy|Cost per run|Median code length (lines)|Notes|Source|Source link",
    ),
    "winogrande": ("Accuracy", "id|Name|Accuracy|Model version|Shots|Notes|Source|Source link"),
}
"""Benchmark → its score, as Epoch's own index takes it (for METR the time horizon that METR reports), and the
columns of its file, parted by bars."""
