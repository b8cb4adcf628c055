"""Makes the two samples of Arena beside this file, in the publisher's shapes, of invented models and figures.

    python tests/samples/arena/make_samples.py

`text_style_control.parquet` has the shape of a `full` file: two publish dates, two categories, the types that
the text subsets have. `overview.html` has the shape of the site's overview: pushes that break rows apart, a
length-prefixed text row that runs across two of them, references of each kind, and a list of models with
decoy ranks. Run it again only to change a sample; then look at the goldens.
"""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent

Line = tuple[str, str, str, float, float, int]
"""model, organization, license, rating, half of the interval, votes"""

BOARDS: dict[tuple[str, str], list[Line]] = {
    ("2026-07-13", "overall"): [
        ("aurora-2-thinking", "northern", "Proprietary", 1501.25, 4.5, 21_034),
        ("boreal-max", "", "Apache 2.0", 1498.5, 5.25, 15_870),
        ("кедр-3", "taiga", "MIT", 1440.0, 7.75, 4_211),
    ],
    ("2026-07-20", "overall"): [
        ("boreal-max", "", "Apache 2.0", 1500.75, 5.0, 16_402),
        ("aurora-2-thinking", "northern", "Proprietary", 1500.5, 4.25, 22_518),
        ("кедр-3", "taiga", "MIT", 1443.25, 7.5, 4_980),
        ("drift-7b", "", "", 1240.0, 12.5, 611),
    ],
    ("2026-07-20", "creative_writing"): [
        ("aurora-2-thinking", "northern", "Proprietary", 1490.0, 8.0, 3_901),
        ("boreal-max", "", "Apache 2.0", 1471.5, 9.5, 2_874),
        ("drift-7b", "", "", 1198.25, 21.0, 97),
    ],
}


def parquet(path: Path) -> None:
    """The rows of all boards in one file, as the publisher appends them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [
        {
            "model_name": model,
            "organization": organization,
            "license": terms,
            "rating": rating,
            "rating_lower": rating - half,
            "rating_upper": rating + half,
            "variance": (half / 1.96) ** 2,
            "vote_count": float(votes),
            "rank": float(place),
            "category": category,
            "leaderboard_publish_date": day,
        }
        for (day, category), lines in BOARDS.items()
        for place, (model, organization, terms, rating, half, votes) in enumerate(lines, 1)
    ]
    pq.write_table(pa.Table.from_pylist(rows), path)


def entry(rank: int, spread: tuple[int, int], line: Line, **more: object) -> dict[str, object]:
    """One entry as the page has them since July 2026; `more` replaces or adds fields."""
    model, organization, terms, rating, half, votes = line
    return {
        "rank": rank,
        "rankUpper": spread[0],
        "rankLower": spread[1],
        "modelKey": f"{model}-key",
        "modelDisplayName": model,
        "rating": rating,
        "ratingUpper": rating + half,
        "ratingLower": rating - half,
        "votes": votes,
        "modelOrganization": organization.title() or None,
        "modelUrl": f"https://models.example/{model}",
        "license": terms or None,
        "inputPricePerMillion": 5,
        "outputPricePerMillion": 25,
        "contextLength": 1_000_000,
        "pricePerImage": None,
        "pricePerSecond": "$undefined",
        "releaseType": None,
    } | more


def board(arena: str, slug: str, params: dict[str, object], entries: object, total: int) -> dict[str, object]:
    """A leaderboard as the page holds it."""
    return {
        "arenaSlug": arena,
        "leaderboardSlug": slug,
        "params": params,
        "category": "$2d:0:1",
        "id": "00000000-0000-4000-8000-000000000000",
        "entries": entries,
        "voteCutoffISOString": "2026-07-20T14:00:00.000Z",
        "totalVotes": 5_781_909,
        "totalModels": total,
    }


def stream() -> str:
    """The joined flight stream."""
    text, code = BOARDS["2026-07-20", "overall"], BOARDS["2026-07-20", "creative_writing"]
    shown = [
        entry(1, (1, 2), text[0], releaseType="pre_release"),
        entry(2, (1, 2), text[1]),
        entry(3, (3, 3), text[2], contextLength=None),
    ]
    whole = [entry(place, (place, place), line) for place, line in enumerate(code, 1)]
    plain = [entry(place, (1, 3), line, rankStyleControl=place) for place, line in enumerate(text[:3], 1)]
    decoys = [{"name": line[0], "rankByModality": {"chat": 9007199254740991}} for line in text]
    icon = "M0 0h1v1H0z — знак «Арены» 🏆 " * 9
    rows: dict[str, object] = {
        "5": ["$", "$L14", None, {"initialModels": decoys, "initialState": "$undefined"}],
        "2d": [["overall", {"name": "overall", "title": "Overall", "icon": "🏆"}]],
        "8": ["$", "main", None, {"children": ["$L2f", "$L30"], "groups": "$Q2d", "note": "$$5 a month"}],
        "2f": _card(board("text", "overall", {"category": "overall", "styleControl": True}, shown, 4)),
        "3c": whole,
        "30": _card(board("code", "webdev", {"category": "webdev"}, "$3c", 3)),
        "31": _card(board("document", "overall", {"category": "overall", "styleControl": False}, plain, 3)),
    }
    lines = [
        f"{name}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n"
        for name, value in rows.items()
    ]
    lines.insert(0, '14:I[51743,["5058","static/chunks/layout.js"],"ModelStoreProvider"]\n')
    lines.insert(0, ':HL["/_next/static/css/site.css","style"]\n')
    lines.insert(3, f"23:T{len(icon.encode()):x},{icon}")
    return "".join(lines)


def _card(leaderboard: dict[str, object]) -> list[object]:
    arena = {"slug": leaderboard["arenaSlug"], "categories": "$Q2d", "hasPricing": True}
    return ["$", "div", None, {"children": ["$", "$L14", None, {"arena": arena, "leaderboard": leaderboard}]}]


def page(path: Path) -> None:
    """The stream in pushes of 700 characters, which end where they happen to."""
    whole = stream()
    pieces = [whole[at : at + 700] for at in range(0, len(whole), 700)]
    calls = [f"self.__next_f.push({json.dumps([1, piece])})".replace("<", "\\u003c") for piece in pieces]
    scripts = ["(self.__next_f=self.__next_f||[]).push([0])", *calls]
    body = "\n".join(f"<script>{script}</script>" for script in scripts)
    head = '<head><meta charSet="utf-8"/><title>Arena Leaderboard</title></head>'
    table = "<table><thead><tr><th>Rank</th><th>Model</th></tr></thead></table>"
    path.write_text(f'<!DOCTYPE html><html lang="en">{head}<body>{table}\n{body}</body></html>\n', "utf-8")


if __name__ == "__main__":
    parquet(HERE / "text_style_control.parquet")
    page(HERE / "overview.html")
