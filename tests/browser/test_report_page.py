"""A report's page by keyboard: the slider, the search and the sorting, and what a screen reader is told."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Locator, Page, expect

from archiver.reports import pages
from tests.browser.pages import Open, Opened, carried
from tests.reports.test_report_forms import HOSTILE

DAILY = "ru/daily/overall"


@pytest.fixture(scope="module")
def index(drawn_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(drawn_index, tmp_path_factory.mktemp("page") / "archive.duckdb"))
    with duckdb.connect(str(path)) as con:
        for at, name in enumerate(HOSTILE):
            con.execute(
                "UPDATE entries SET model_listed = ?, organization_listed = ? "
                "WHERE board = 'ru/wide/overall' AND position = ?",
                [f"gigachat{name}", name, at + 5],
            )
    return path


def page_of(index: Path, folder: Path, *boards: str, lang: str = "en") -> Path:
    with duckdb.connect(str(index), read_only=True) as con:
        report = pages.build(con, pages.Asked(("Sber", "Yandex"), boards, lang=lang))
    return pages.save(report, folder / "report.html")


@pytest.fixture(scope="module")
def daily_page(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page_of(index, tmp_path_factory.mktemp("daily"), DAILY)


@pytest.fixture
def daily(daily_page: Path, open_page: Open) -> Opened:
    return open_page(daily_page)


def cells(page: Page, row: int = 1) -> list[str]:
    found: list[str] = page.locator(f"#board-0 .rows tbody tr:nth-child({row}) td").all_inner_texts()
    return found


def column(page: Page, title: str) -> list[str]:
    heads = page.locator("#board-0 .rows thead th").all_inner_texts()
    found: list[str] = page.locator(
        f"#board-0 .rows tbody tr td:nth-child({heads.index(title) + 1})"
    ).all_inner_texts()
    return found


def reached_by_tab(page: Page, target: Locator, most: int = 60) -> bool:
    """Whether Tab alone leads to an element, from the top of the page."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return True
    return False


def test_the_slider_shows_the_board_as_of_each_date(daily: Opened, index: Path) -> None:
    page = daily.page
    slider = page.get_by_label("As of")
    assert reached_by_tab(page, slider)
    page.keyboard.press("Home")
    told = page.locator("[data-is=shown]")
    expect(told).to_have_text("2025-03-01")
    dates = [shot[0] for shot in carried(page)["boards"][0]["shots"]]
    with duckdb.connect(str(index), read_only=True) as con:
        for date in dates[:24]:
            assert slider.get_attribute("aria-valuetext") == date
            expected = con.execute(
                "SELECT rank::VARCHAR, model FROM rankings WHERE board = ? AND captured_at::DATE = ? "
                "ORDER BY rank, model",
                [DAILY, date],
            ).fetchall()
            shown = list(zip(column(page, "Rank"), column(page, "Model"), strict=True))
            assert shown == expected
            page.keyboard.press("ArrowRight")
            expect(told).not_to_have_text(date)
    assert daily.complaints == []


def test_an_excerpt_says_that_it_is_one(daily: Opened) -> None:
    page = daily.page
    page.get_by_label("As of").evaluate(
        "(slider) => { slider.value = 20; slider.dispatchEvent(new Event('input')) }"
    )
    page.get_by_text("2025-03-21: an excerpt; 2 of 2 models shown.").wait_for()
    page.get_by_label("Later snapshot").click()
    page.get_by_text("2025-03-22: 4 of 4 models shown.").wait_for()
    assert "entered" not in "".join(column(page, "Change")), "an excerpt proves nobody's absence"


def test_the_buttons_step_and_stop_at_the_ends(daily: Opened) -> None:
    page = daily.page
    later, earlier = page.get_by_label("Later snapshot"), page.get_by_label("Earlier snapshot")
    assert later.is_disabled()
    earlier.focus()
    page.keyboard.press("Enter")
    assert not later.is_disabled()
    page.get_by_label("As of").focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-is=earlier]")).to_be_disabled()


def test_the_search_finds_models_and_makers(daily: Opened) -> None:
    page = daily.page
    search = page.get_by_label("Search")
    assert reached_by_tab(page, search)
    page.keyboard.type("SBER")
    page.get_by_text("2 of 4 models shown.").wait_for()
    assert column(page, "Model") == ["GigaChat Max", "GigaChat Lite"]
    assert page.get_by_role("status").first.inner_text().endswith("2 of 4 models shown.")
    page.keyboard.type(" nobody")
    page.get_by_text("None matches.").wait_for()
    search.fill("")
    page.get_by_text("4 of 4 models shown.").wait_for()


def test_columns_sort_by_keyboard_and_say_so(daily: Opened) -> None:
    page = daily.page
    head = page.locator("#board-0 .rows thead th").nth(2)
    button = head.get_by_role("button")
    assert reached_by_tab(page, button)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    names = column(page, "Model")
    assert names == sorted(names, key=str.casefold)
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "descending"
    assert column(page, "Model") == names[::-1]
    assert page.locator("#board-0 [aria-sort]").count() == 1


def test_the_table_stands_without_the_script(index: Path, tmp_path: Path, chromium: Any) -> None:
    path = page_of(index, tmp_path, DAILY)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    still = page.locator("#board-0 .rows tbody tr").all_inner_texts()
    assert page.locator("#board-0 [data-is=controls]").is_hidden()
    context.close()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    alive = page.locator("#board-0 .rows tbody tr").all_inner_texts()
    context.close()
    assert [line.split() for line in still] == [line.split() for line in alive]
    assert len(still) == 4


def test_names_from_strangers_never_run(index: Path, tmp_path: Path, open_page: Open) -> None:
    opened = open_page(page_of(index, tmp_path, "ru/wide/overall"))
    page = opened.page
    page.get_by_label("Search").first.fill("onerror")
    page.get_by_text("1 of 120 models shown.").wait_for()
    assert cells(page)[2].startswith("gigachat")
    assert (opened.complaints, opened.requests) == ([], [])
    assert page.locator("main img, main script:not(#data)").count() == 0


def test_a_page_in_russian_speaks_russian_throughout(index: Path, tmp_path: Path, open_page: Open) -> None:
    page = open_page(page_of(index, tmp_path, DAILY, lang="ru")).page
    page.get_by_label("Поиск").fill("yandex")
    page.get_by_text("показано моделей 1 из 4.").wait_for()
    assert page.locator("html").get_attribute("lang") == "ru"
    assert column(page, "Модель") == ["YandexGPT 4 Pro"]


def test_it_prints_in_the_light_without_its_controls(daily: Opened) -> None:
    page = daily.page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#board-0 [data-is=controls]").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_printed_board_says_of_which_day_it_is(daily: Opened) -> None:
    page = daily.page
    page.get_by_label("Earlier snapshot").click()
    page.emulate_media(media="print")
    page.get_by_text(re.compile(r"^2025-\d\d-\d\d: \d of \d models shown\.$")).wait_for()


def test_what_stands_below_is_printed_smaller(daily: Opened) -> None:
    page = daily.page
    page.emulate_media(media="print")
    small = page.locator(".below, tbody th .name")
    sizes = small.evaluate_all("""found => found.map(
        each => [each, each.parentElement].map(one => parseFloat(getComputedStyle(one).fontSize)))""")
    assert sizes and all(own <= over for own, over in sizes)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext (Debian: poppler-utils)")
def test_a_printed_table_names_its_columns_on_every_page(
    index: Path, tmp_path: Path, open_page: Open
) -> None:
    opened = open_page(page_of(index, tmp_path, "ru/wide/overall"))
    opened.page.pdf(path=tmp_path / "page.pdf", format="A4")
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    board = text.stdout.partition("The whole board")[2].split("\f")
    filled = [sheet for sheet in board if len(re.findall(r"^ *\d+ .*\d$", sheet, re.M)) > 10]
    assert len(filled) > 2
    assert all(re.search(r"^ *Rank +Change +Model", sheet, re.M) for sheet in filled)


@pytest.mark.parametrize(("lang", "way"), [("en", "down"), ("ru", "вниз:")])
@pytest.mark.parametrize("alive", [True, False])
def test_which_way_a_model_went_is_read_aloud(
    index: Path, tmp_path: Path, chromium: Any, lang: str, way: str, alive: bool
) -> None:
    """The arrow beside the figure is only seen."""
    path = page_of(index, tmp_path, "ru/score/overall", lang=lang)
    context = chromium.new_context(java_script_enabled=alive)
    page = context.new_page()
    page.goto(path.as_uri())
    table = page.locator("#board-0 .rows tbody")
    marks = table.locator(".down").all_inner_texts()
    read = [table.get_by_role("img", name=f"{way} {places}", exact=True).count() for places in marks]
    context.close()
    assert marks and all(read)


def test_names_have_room_on_a_phone(index: Path, tmp_path: Path, open_page: Open) -> None:
    """The table is moved sideways there; the page is not."""
    page = open_page(page_of(index, tmp_path, "ru/score/overall"), width=390).page
    box = page.locator("#board-0 .rows tbody td:nth-child(3)").first.bounding_box()
    assert box and box["width"] > 150
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
