from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.answers.pictured import Entry, Publication, Shot
from archiver.reports.charts import (
    backdrop,
    captions,
    fonts,
    grammar,
    headline,
    one_board,
    page,
    palette,
    ticks,
)
from archiver.reports.charts.labels import spread
from archiver.reports.charts.series import Breaks, Line, Panel, by_model, with_spreads
from archiver.reports.texts import Texts, texts

ENGLISH, RUSSIAN = texts("en"), texts("ru")

START = datetime(2025, 3, 1)  # noqa: DTZ001  # as in the index: UTC without zone


def shots(*days: int, excerpts: tuple[int, ...] = ()) -> list[Shot]:
    return [Shot(f"s{day}", START + timedelta(days=day), day not in excerpts, 9) for day in days]


def entry(shot: Shot, rank: int, model: str = "A", **more: object) -> Entry:
    base = Entry(
        shot.snapshot_id, rank, model, model.lower(), None, "Org", rank, None, None, None, None, None
    )
    return base._replace(**more)  # type: ignore[arg-type]  # a test's own fields


def panel(*ranks: int | None, names: tuple[str, ...] = ("Sber",), **more: object) -> Panel:
    """One line per name: the same ranks, lower by one for each further name."""
    taken = shots(*(30 * at for at in range(len(ranks))))
    publication = Publication("ru/plain/overall", "Ru Plain", "score", True, "published", "Ru", "MIT")
    lines = []
    for by, name in enumerate(names):
        found = [(at, entry(taken[at], rank + by)) for at, rank in enumerate(ranks) if rank is not None]
        lines.append(Line(name, "Org", Breaks(taken).joined(found)))
    return Panel(publication, taken, lines, **more)  # type: ignore[arg-type]  # as above


# ---- labels -----------------------------------------------------------------------------------------------

LABELS = st.lists(st.tuples(st.floats(0, 400), st.floats(8, 34)), max_size=12)


@given(LABELS)
def test_labels_never_overlap_and_stay_inside(wanted: list[tuple[float, float]]) -> None:
    high = max(400.0, sum(height for _, height in wanted))
    placed = spread(wanted, 0, high)
    edges = sorted((y - height / 2, y + height / 2) for y, (_, height) in zip(placed, wanted, strict=True))
    assert all(top >= -1e-6 and bottom <= high + 1e-6 for top, bottom in edges)
    assert all(upper <= lower + 1e-6 for (_, upper), (lower, _) in pairwise(edges))


@given(LABELS)
def test_labels_keep_the_order_of_their_lines(wanted: list[tuple[float, float]]) -> None:
    placed = spread(wanted, 0, 1000)
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at][0], at))
    assert [placed[at] for at in order] == sorted(placed)


def test_a_label_that_nothing_meets_stays_at_its_line() -> None:
    assert spread([(20, 10), (200, 30)], 0, 400) == [20, 200]


# ---- colours ----------------------------------------------------------------------------------------------


def test_six_organisations_have_six_colours_and_keep_them() -> None:
    names = ["Sber", "Yandex", "OpenAI", "Anthropic", "Google", "xAI"]
    assert len(set(palette.assigned(names).values())) == palette.MOST
    alone = {name: palette.assigned([name])[name] for name in names}
    assert alone == palette.assigned(reversed(names))


@given(st.lists(st.text(min_size=1), max_size=6, unique=True))
def test_no_two_of_six_share_a_colour(names: list[str]) -> None:
    assert len(set(palette.assigned(names).values())) == len(names)


@pytest.mark.parametrize("colour", palette.COLOURS)
def test_text_in_a_colour_is_legible(colour: str) -> None:
    assert palette.contrast(palette.legible(colour)) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_best_places_of_a_heat_map_stand_out_and_their_numbers_are_legible(dark: bool) -> None:
    ground = palette.DARK[palette.BACKGROUND] if dark else palette.BACKGROUND
    steps = [palette.DARK_STEPS[step] if dark else step for step in palette.STEPS]
    seen = [palette.contrast(step, ground) for step in steps]
    assert seen == sorted(seen, reverse=True) and seen[0] > 7
    for step, shown in zip(palette.STEPS, steps, strict=True):
        words = palette.ON_STEPS[palette.contrast(step) <= 4.5]  # as the heat map chooses them
        assert palette.contrast(palette.DARK_STEPS[words] if dark else words, shown) > 4.5
        assert f'figure [fill="{step}"]{{fill:{palette.DARK_STEPS[step]}}}' in page.dark()


# ---- lines ------------------------------------------------------------------------------------------------


def runs(days: tuple[int, ...], listed: tuple[int, ...], excerpts: tuple[int, ...] = ()) -> list[int]:
    taken = shots(*days, excerpts=excerpts)
    found = [(at, entry(shot, 1)) for at, shot in enumerate(taken) if days[at] in listed]
    return [point.run for point in Breaks(taken).joined(found)]


def test_a_complete_snapshot_without_a_model_breaks_its_line() -> None:
    assert runs((0, 30, 60, 90), (0, 30, 90)) == [0, 0, 1]


def test_an_excerpt_without_a_model_does_not() -> None:
    assert runs((0, 30, 60, 90), (0, 30, 90), excerpts=(60,)) == [0, 0, 0]


def test_a_time_without_snapshots_breaks_every_line() -> None:
    days = (0, 1, 2, 3, 4, 70)
    assert runs(days, days) == [0, 0, 0, 0, 0, 1]


def test_two_snapshots_far_apart_are_still_joined() -> None:
    assert runs((0, 400), (0, 400)) == [0, 0]


def test_several_entries_of_one_model_are_lines_of_their_own() -> None:
    [shot] = shots(0)
    found = [entry(shot, 1, model_listed="a-high"), entry(shot, 2, model_listed="a-low")]
    assert sorted(line.name for line in by_model(found, [shot])) == ["a-high", "a-low"]


def test_a_spread_is_computed_from_intervals_alone() -> None:
    [shot] = shots(0)
    scores = {"A": (90, 95), "B": (80, 91), "C": (70, 79), "D": (60, 85)}
    found = [
        entry(shot, place, name, score_low=low, score_high=high)
        for place, (name, (low, high)) in enumerate(scores.items(), 1)
    ]
    wanted = {(shot.snapshot_id, each.position) for each in found}
    spreads = {each.model: (each.rank_low, each.rank_high) for each in with_spreads(found, wanted, True)}
    assert spreads == {"A": (1, 2), "B": (1, 3), "C": (3, 4), "D": (2, 4)}
    published = with_spreads([found[0]._replace(rank_low=1, rank_high=9), *found[1:]], wanted, True)
    assert (published[0].rank_low, published[0].rank_high) == (1, 9)
    assert with_spreads(found, [(shot.snapshot_id, 1)], True)[1] == found[1]
    unknown = [found[0]._replace(score_low=None), *found[1:]]
    assert with_spreads(unknown, wanted, True) == unknown


def test_daily_snapshots_are_drawn_in_steps() -> None:
    daily, monthly = shots(*range(12)), shots(*(30 * at for at in range(12)))
    publication = panel(1).publication
    assert Panel(publication, daily, []).dense
    assert not Panel(publication, monthly, []).dense


# ---- headlines --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranks", "said"),
    [
        ((31, 36, 3, 4), "Sber rose from 31st to 4th of 9"),
        ((2, 3), "Sber fell from 2nd to 3rd of 9"),
        ((5, 9, 5), "Sber stood 5th of 9 at both ends"),
        ((3, 1, 1), "Sber was first from 31 March 2025 to 30 April 2025"),
        ((3, 2, 1), "Sber rose from 3rd to 1st of 9"),
        ((2,), "Sber stood 2nd of 9 on 1 March 2025"),
        ((None, 7), "Sber stood 7th of 9 on 31 March 2025"),
        ((4, 3, None), "Sber was last listed on 31 March 2025, 3rd of 9"),
    ],
)
def test_a_headline_says_what_the_data_says(ranks: tuple[int | None, ...], said: str) -> None:
    """Of no time after its last snapshot: a lead of then may be another's now."""
    assert headline.of_lines(panel(*ranks), ENGLISH) == said


def test_a_place_that_was_kept_is_one_of_so_many_only_where_both_ends_have_so_many() -> None:
    shown = panel(5, 9, 5)
    shown.lines[0].points[0] = shown.lines[0].first._replace(of=4)
    assert headline.of_lines(shown, ENGLISH) == "Sber stood 5th at both ends"
    assert headline.of_lines(shown, RUSSIAN) == "Sber: в начале и в конце 5-е место"


def test_a_lead_that_was_interrupted_counts_from_its_return() -> None:
    said = "Sber was first from 30 April 2025 to 30 May 2025"
    assert headline.of_lines(panel(1, 2, 1, 1), ENGLISH) == said
    assert headline.of_lines(panel(1, None, 1, 1), ENGLISH) == said


def test_a_first_place_that_others_share_is_called_so_and_a_set_is_named() -> None:
    shown = panel(1, 1, 1)
    level = [point._replace(entry=point.entry._replace(position=7)) for point in shown.lines[0].points]
    shown.context = [Line("B", "B", level)]
    assert (
        headline.of_lines(shown, ENGLISH)
        == "Sber was first, alone or tied, from 1 March 2025 to 30 April 2025"
    )
    shown.context, shown.among = [], ("open", "giga*")
    said = headline.of_panels([shown], ENGLISH)
    assert said == "Among models with open weights, giga*: Sber was first from 1 March 2025 to 30 April 2025"


@pytest.mark.parametrize(
    ("say", "said"),
    [
        (ENGLISH, "Among models with open weights: Sber is on none of 2 complete snapshots of Ru Plain"),
        (
            RUSSIAN,
            "Среди моделей с открытыми весами: Sber: нет ни в одном полном снимке рейтинга Ru Plain "
            "(всего их 2)",
        ),
    ],
)
def test_who_is_absent_from_a_set_may_be_on_the_board(say: Texts, said: str) -> None:
    shown = panel(1, 1, names=(), missing=("Sber",), among=("open",))
    assert headline.of_panels([shown], say) == said
    assert headline.of_panels([shown], say, "score") == said
    assert headline.of_snapshot(shown, say) == said


def test_a_headline_of_scores_names_its_board_and_its_set_as_one_of_ranks_does() -> None:
    shown = panel(1, 1)
    shown.lines[0].points = [
        point._replace(entry=point.entry._replace(score=61.0)) for point in shown.lines[0].points
    ]
    assert headline.of_panels([shown], ENGLISH, "score") == "Sber 61 on 31 March 2025"
    assert headline.of_panels([shown, panel(2)], ENGLISH, "score") == "Sber 61 on 31 March 2025 on Ru Plain"
    shown.among = ("open",)
    said = headline.of_panels([shown], ENGLISH, "score")
    assert said == "Among models with open weights: Sber 61 on 31 March 2025"


def test_two_have_a_clause_each_and_more_their_last_places() -> None:
    assert (
        headline.of_lines(panel(3, 1, names=("A", "B")), ENGLISH)
        == "A rose from 3rd to 1st; B rose from 4th to 2nd"
    )
    three = headline.of_lines(panel(3, 1, names=("A", "B", "C")), ENGLISH)
    assert three == "A 1st, B 2nd and C 3rd of 9 on 31 March 2025"


def test_of_two_the_one_that_is_gone_is_told_too() -> None:
    shown = panel(3, 1, names=("A", "B"))
    shown.lines[1].points = shown.lines[1].points[:1]
    said = headline.of_lines(shown, ENGLISH)
    assert said == "A rose from 3rd to 1st of 9; B was last listed on 1 March 2025, 4th of 9"


@pytest.mark.parametrize(
    ("ranks", "said"),
    [
        ((31, 4), "Sber поднимается с 31-го на 4-е место из 9"),
        ((4, 31), "Sber опускается с 4-го на 31-е место из 9"),
        ((3, 2, 3), "Sber: в начале и в конце 3-е место из 9"),
        ((2, 1, 1), "Sber на первом месте с 31 марта 2025 по 30 апреля 2025"),
        ((3,), "Sber: 3-е место из 9 на 1 марта 2025"),
    ],
)
def test_a_headline_says_it_in_russian(ranks: tuple[int, ...], said: str) -> None:
    assert headline.of_lines(panel(*ranks), RUSSIAN) == said


def test_the_grey_lines_reach_over_all_times_and_heights() -> None:
    """Models come and go: the longest-lived alone would leave the rest of the picture empty."""
    models = {
        f"m{at}": [None] * at + [1 + step * 2 for step in range(20)] + [None] * (99 - at) for at in range(100)
    }
    shown = panel(*[1] * 119, names=())
    shown.context = [
        panel(*(rank for rank in ranks), names=(name,)).lines[0] for name, ranks in models.items()
    ]
    kept = backdrop.chosen(shown, "rank", 0.5, 40.5, most=90)
    assert len(kept) <= 90
    seen = {point.at for line in kept for point in line.points}
    assert seen == set(range(119))
    assert any(line.last.at == 118 for line in kept)


def test_more_than_six_are_counted() -> None:
    said = headline.of_lines(panel(3, 1, names=tuple("ABCDEFGH")), ENGLISH)
    assert said == "A 1st, B 2nd and C 3rd of 9, 5 more behind them, on 31 March 2025"


def test_a_move_within_noise_is_called_so() -> None:
    shown = panel(30, 32)
    shown.within_noise = True
    assert headline.of_lines(shown, ENGLISH) == "Sber fell from 30th to 32nd, within noise"


def test_an_absence_counts_only_complete_snapshots() -> None:
    shown = panel(1, 1, 1, names=(), missing=("Sber", "Yandex"))
    assert (
        headline.of_lines(shown, ENGLISH) == "Sber and Yandex are on none of 3 complete snapshots of Ru Plain"
    )
    shown.shots = [shot._replace(complete=False) for shot in shown.shots]
    assert headline.of_lines(shown, ENGLISH) == "No excerpt of Ru Plain shows Sber and Yandex"


def test_one_snapshot_proves_an_absence_of_its_day_alone() -> None:
    shown = panel(1, 1, names=(), missing=("Sber",))
    shown.shots[1] = shown.shots[1]._replace(complete=False)
    assert headline.of_lines(shown, ENGLISH) == "Sber is not on Ru Plain in the snapshot of 1 March 2025"
    assert headline.of_lines(shown, RUSSIAN) == "Sber: нет в рейтинге Ru Plain на 1 марта 2025"


# ---- axes and type ----------------------------------------------------------------------------------------


@given(st.integers(0, 4000), st.integers(200, 2000))
def test_dates_on_an_axis_have_room(days: int, width: int) -> None:
    values = ticks.dates(START, START + timedelta(days=days), width, ENGLISH)["values"]
    assert len(values) <= max(2, width // 74)
    assert values == sorted(set(values))


@given(st.integers(0, 4000 * 24), st.integers(0, 700 * 24), st.integers(150, 2000))
def test_an_axis_of_several_days_names_more_than_one(start: int, hours: int, width: int) -> None:
    first = START + timedelta(hours=start)
    last = first + timedelta(hours=hours)
    axis = ticks.dates(first, last, width, ENGLISH)
    values = [datetime.fromtimestamp(value / 1000, UTC).replace(tzinfo=None) for value in axis["values"]]
    assert all(first <= value <= last for value in values)
    assert len(values) == 1 if first.date() == last.date() else len(values) > 1
    assert "utcdate" in axis["labelExpr"] or all(value.day == 1 for value in values)


@given(st.text(max_size=60), st.integers(60, 400))
def test_fitted_text_fits(text: str, room: int) -> None:
    assert fonts.width(fonts.fitted(text, room, 13), 13) <= max(room, fonts.width("…", 13))


def test_a_number_stays_with_the_name_before_it() -> None:
    room = fonts.width("GPT-4 Turbo leads T-pro", 24, 600) + 1
    assert fonts.wrapped("GPT-4 Turbo leads T-pro 1.0", room, 24, 600) == ["GPT-4 Turbo leads", "T-pro 1.0"]
    for said in ("T-pro leads on 11 December 2024, among 49", "T-pro: 2-е место на 11 декабря 2024"):
        date = said[said.index("11") :].split(",")[0]
        for room in range(300, 700, 20):
            assert sum(date in line for line in fonts.wrapped(said, room, 24, 600)) == 1
    narrow = fonts.width("Vikhr-Nemo", 24, 600) + 1
    assert fonts.wrapped("Vikhr-Nemo 12B", narrow, 24, 600) == ["Vikhr-Nemo", "12B"]


def test_a_maker_gives_way_to_the_name_of_its_model() -> None:
    room = fonts.width("131 …/calme-3.2-instruct", 12)
    name = "MaziyarPanahi/calme-3.2-instruct-78b"
    assert fonts.fitted(f"131 {name}", room, 12).startswith("131 …/calme-3.2-instr")
    assert fonts.fitted(name, room, 12).startswith("…/calme-3.2-instr")
    assert fonts.fitted(name, 1000, 12) == name
    assert fonts.fitted("EPAM AI/Run Developer Agent", 60, 12).startswith("EPAM")


def test_a_word_wider_than_the_room_is_parted_and_nothing_of_it_lost() -> None:
    name = "CombinHorizon/Josiefied-abliteratedV4-Qwen2.5-14B-Inst-BaseMerge-TIES"
    lines = fonts.wrapped(f"The best, {name}, is 1st", 350, 19, 600)
    assert "".join(lines).replace(" ", "") == f"Thebest,{name},is1st"
    assert all(fonts.width(line, 19, 600) <= 350 for line in lines)
    assert fonts.wrapped("x" * 90, 350, 19, 600)[0].endswith("…")


def test_a_long_headline_is_written_smaller() -> None:
    size, frame = grammar.Size(390), grammar.Frame(240, 200, 20, 70)
    said = "Bytedance AutoSE (based on SWE-Agent) + GPT4/GPT4o Mixed (20240828) fell from 24th to 67th of 80"
    said += " on SWE-bench Lite"
    [long, _] = grammar.header(said, "under it", frame, size).layers
    [short, _] = grammar.header("Sber rose from 31st to 4th", "under it", frame, size).layers
    assert len(long.lines) == 3
    assert size.text + 1 < long.size < short.size == size.title


def test_a_panel_without_anyone_asked_for_says_so() -> None:
    alone = panel(3, 4, missing=["Yandex"])
    empty = Panel(alone.publication, alone.shots, [], missing=["Sber", "Yandex"])
    assert "Not listed: Sber and Yandex" in captions.subtitle(empty, ENGLISH, titled=True)
    unranked = Panel(alone.publication, alone.shots, [])
    assert "Listed with no rank." in captions.subtitle(unranked, ENGLISH, titled=True)
    excerpts = Panel(alone.publication, shots(0, 30, excerpts=(0, 30)), [], missing=["Sber"])
    assert "Not listed" not in captions.subtitle(excerpts, ENGLISH, titled=True)


def test_the_typeface_has_both_scripts() -> None:
    assert fonts.lacking("GigaChat ГигаЧат Ёё №5 – “ ” … · ±") == []
    assert fonts.drawable("文心 4") == "¤¤ 4"


def test_what_a_metric_says_after_a_comma_stays_with_it() -> None:
    shown = panel(3, 4)
    shown.publication = shown.publication._replace(metric="error rate (%), lower is better")
    said = captions.subtitle(shown, ENGLISH, value="score")
    assert said.startswith(
        "Ru Plain (ru/plain/overall), 2 snapshots, 2025-03-01 to 2025-03-31: error rate (%), lo"
    )
    shown.shots = shown.shots[:1]
    said = captions.subtitle(shown, RUSSIAN, value="score")
    assert said.startswith("Ru Plain (ru/plain/overall), снимок 2025-03-01: error rate (%), lower is better.")


def test_excerpts_are_called_so_and_prove_nobody_absent() -> None:
    shown = panel(3, 4, missing=("Yandex",))
    assert "Only a part" not in captions.subtitle(shown, ENGLISH)
    shown.shots[0] = shown.shots[0]._replace(complete=False)
    said = captions.subtitle(shown, ENGLISH)
    assert "Only a part of the board: 1 snapshot." in said and "Not listed: Yandex." in said
    shown.shots[1] = shown.shots[1]._replace(complete=False)
    said = captions.subtitle(shown, RUSSIAN)
    assert "Только часть рейтинга: 2 снимка." in said and "Нет в этой части: Yandex." in said
    shown.lines[0].colour = palette.COLOURS[0]
    board = one_board.part(shown, grammar.Size(960), ENGLISH, title="A board")
    words = " ".join(line for each in board.layers if isinstance(each, grammar.Words) for line in each.lines)
    assert "Only a part of the board: 1 snapshot. " in words and "Not in that part: Yandex." in words
