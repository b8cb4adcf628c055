"""What a question in words is answered with: the command's rows, and a sentence where they prove one."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver import Archive
from archiver.ask.commands import STANDING
from archiver.cli.main import cli
from archiver.errors import UsageError
from archiver.reports.summed import of_standing, of_streaks
from archiver.reports.texts import texts
from tests.terminal import seen_on_a_terminal


@pytest.fixture(scope="module")
def home(starter_home: Path) -> Path:
    return starter_home


def answered(home: Path, question: str, *options: str) -> tuple[str, str]:
    run = CliRunner().invoke(cli, ["--archive", str(home), "ask", question, *options])
    assert run.exit_code == 0, run.output
    return run.stdout, run.stderr


def in_a_process(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from archiver.cli.main import run; run()", "--archive", str(home)]
    return subprocess.run([*program, *arguments], check=False, capture_output=True, text=True)


def test_it_says_what_it_understood_and_answers_as_the_command_does(home: Path) -> None:
    question = "where did Sber and Yandex models rank over time"
    rows, said = answered(home, question, "--format", "csv")
    direct = CliRunner().invoke(cli, ["--archive", str(home), "history", "Sber", "Yandex", "--format", "csv"])
    assert rows == direct.stdout and rows.count("\n") > 10
    assert "Understood: history; Sber (organization); Yandex (organization)." in said
    assert "Command: archiver history Sber Yandex\n" in said


def test_the_statement_that_it_prints_gives_the_answer(home: Path) -> None:
    _, said = answered(home, "кто обогнал OpenAI на арене в 2024 году", "--format", "csv")
    [statement] = [line.removeprefix("SQL: ") for line in said.splitlines() if line.startswith("SQL: ")]
    with Archive(home) as archive:
        assert archive.sql(statement).fetchall()


def test_a_refusal_is_a_wrong_use(home: Path) -> None:
    run = CliRunner().invoke(cli, ["--archive", str(home), "ask", "почему Сбер упал"])
    assert isinstance(run.exception, UsageError) or run.exit_code == 2


def test_a_picture_is_offered(home: Path) -> None:
    _, said = answered(home, "нарисуй Сбер и Яндекс", "--format", "csv")
    assert "archiver chart Sber Yandex -o picture.svg" in said


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "when did Sber enter the top 5 of ru_llm_arena",
            "Sber reached the top 5 of ru_llm_arena (ru_llm_arena/plain/overall) between 27 October 2024 and "
            "27 November 2024, for the first time in the archive’s 4 snapshots since 26 July 2024: 36th of "
            "44, then GigaChat Max 3rd of 47 (snapshot 01798dc8a5b6ae30).",
        ),
        (
            "кто был первым на арене в марте 2024",
            "Claude 3 Opus: первое место из 77 в рейтинге Arena, Text (arena/text/overall), "
            "снимок от 27 марта 2024. Снимок d300df0cb4bf014e.",
        ),
        (
            "where was Claude 3 Opus on 2024-03-27 on the arena",
            "Claude 3 Opus (Anthropic) stood 1st of 77 on arena/text/overall (27 March 2024). "
            "Snapshot d300df0cb4bf014e.",
        ),
        (
            "how long was OpenAI first on the arena",
            "OpenAI stood first on Arena, Text (arena/text/overall) for 606 days in all, as far as "
            "its snapshots reach, in 82 snapshots from 8 May 2023 to 22 March 2025.",
        ),
        (
            "when did GPT-4 drop out of the top 3 on the arena",
            "GPT-4 stood in the top 3 on Arena, Text (arena/text/overall) last in the snapshot of 5 March "
            "2024; in the newest, of 25 June 2026: 269th of 368.",
        ),
        (
            "when did Claude drop out of the top 10 on the arena",
            "Claude stands in the top 10 on Arena, Text (arena/text/overall) in the newest snapshot too, of "
            "25 June 2026: 1st of 368. First there on 8 May 2023.",
        ),
        (
            "how long was Sber first on ru_llm_arena",
            "Sber stood first on ru_llm_arena (ru_llm_arena/plain/overall) in none of the 4 snapshots that "
            "list them: at best 3rd, on 27 November 2024.",
        ),
        (
            "when did Sber first appear on ru_llm_arena",
            "Sber is listed on ru_llm_arena (ru_llm_arena/plain/overall) in 4 snapshots, the first of 26 "
            "July 2024, the last of 11 December 2024.",
        ),
        (
            "when was Sber last seen on the arena",
            "Sber is listed on Arena, Text (arena/text/overall) in none of 136 complete snapshots.",
        ),
        (
            "how far is Sber behind the leader on ru_llm_arena",
            "GigaChat Max stood 4th of 49 on ru_llm_arena (ru_llm_arena/plain/overall) on 11 December 2024, "
            "8.2 behind the leader, GPT-4 Turbo, by score.",
        ),
        (
            "how far is Claude behind the leader on the arena",
            "Claude Opus 4.6 stood 1st of 368 on Arena, Text (arena/text/overall) on 25 June 2026: nobody is "
            "placed above.",
        ),
        (
            "worst rank of Claude on the arena in 2024",
            "At worst Claude stood 13th on Arena, Text (arena/text/overall), on 31 December 2024.",
        ),
        (
            "лучшее место Сбера на ru_llm_arena",
            "Sber: лучшее место в рейтинге ru_llm_arena (ru_llm_arena/plain/overall) — 3-е: GigaChat Max, "
            "27 ноября 2024.",
        ),
        (
            "when did DeepSeek enter the top 10",
            "DeepSeek stood in the top 10 on 71 of the 111 boards that list them, first of all on HumanEval "
            "(evalplus/humaneval/base), on 31 March 2024.",
        ),
        (
            "лучшее место Яндекса",
            "Yandex: лучшее место — 1-е, рейтингов с ним 1 из 15; раньше всего Reported: SLAVA "
            "(reported/slava/overall), 28 января 2026.",
        ),
        (
            "на каких рейтингах есть GigaChat",
            "GigaChat: 15 рейтингов; впервые 26 июля 2024 (ru_llm_arena, length-controlled "
            "(ru_llm_arena/length-control/overall)), в последний раз 20 июля 2026 (Reported: MERA, "
            "text (reported/mera/text)).",
        ),
        (
            "how many Chinese models are on the arena",
            "123 of 368 on Arena, Text (arena/text/overall) belong to the set, the first of them Qwen3.7 Max "
            "(9th of 368), in the snapshot of 25 June 2026. Snapshot 0fefbcff0f4db5ad.",
        ),
        (
            "лучшая китайская модель на арене",
            "Arena, Text (arena/text/overall): 123 из 368 принадлежат к названным, первая из них — Qwen3.7 "
            "Max (9-е место из 368), снимок от 25 июня 2026. Снимок 0fefbcff0f4db5ad.",
        ),
        (
            "was Sber ahead of Yandex on ru_llm_arena",
            "Sber and Yandex are both ranked in 4 snapshots (1 board): Sber above in 2, below in 2; in the "
            "newest, of ru_llm_arena (ru_llm_arena/plain/overall), 11 December 2024: 4th of 49 and 17th of "
            "49.",
        ),
        (
            "did YandexGPT ever beat GPT-4o on ru_llm_arena",
            "No snapshot ranks both YandexGPT and GPT-4o.",
        ),
        (
            "when was Sber last seen on livebench",
            "Sber is listed on none of 10 boards.",
        ),
        (
            "when was OpenAI last first on the arena",
            "OpenAI stood first on Arena, Text (arena/text/overall) last in the snapshot of 22 March 2025; "
            "in the newest, of 25 June 2026: 12th of 368.",
        ),
        ("доля китайских моделей на арене", "Это 33 %."),
        (
            "which company has the most models in the top 10 of the arena",
            "Organisations: 4 (Anthropic 5, Google 3, Alibaba 1, Meta 1).",
        ),
        ("какой стране принадлежит больше всего моделей в топ-20 арены", "Стран: 2 (США — 14, Китай — 6)."),
        (
            "сколько компаний на ru_llm_arena",
            "Организаций: 25 (Vikhr — 7, OpenAI — 4, T-Bank — 3, Sber — 3, Cohere — 3, "
            "Yandex — 3, UCLA — 2, Alibaba — 2, Lightblue — 2, Mistral — 2, …).",
        ),
        (
            "how many models are on ru_llm_arena",
            "ru_llm_arena (ru_llm_arena/plain/overall) ranks 49 models in the snapshot of 11 December 2024.",
        ),
        (
            "GigaChat on ru_llm_arena in January 2025",
            "No snapshot of that time ranks them; the newest before it:",
        ),
        (
            "на каком месте был гигачат в январе 2025",
            "gigachat_max_26.20_uncen (Sber): 4-е место из 49 в рейтинге ru_llm_arena/plain/overall (11 "
            "декабря 2024). Снимок 9a12863230b21a94.",
        ),
        (
            "when was a Russian model last seen on the arena",
            "Russia is listed on Arena, Text (arena/text/overall) in none of 136 complete snapshots.",
        ),
        (
            "longest streak of Claude at number one on the arena",
            "Claude stood first on Arena, Text (arena/text/overall) without a break for at most 15 days, in "
            "4 snapshots from 27 March 2024 to 11 April 2024; this streak is over.",
        ),
        (
            "how long was Claude in the top 10 of the arena without a break",
            "Claude stands in the top 10 on Arena, Text (arena/text/overall) in the newest snapshot too, "
            "without a break for 236 days, in 2 snapshots (of 231 days in between none shows it) from 6 "
            "November 2025 to 30 June 2026.",
        ),
        (
            "longest streak of OpenAI in the top 3 of the arena in the first half of 2024",
            "OpenAI stood in the top 3 on Arena, Text (arena/text/overall) without a break for at most 165 "
            "days, in 30 snapshots from 18 January 2024 to 30 June 2024; this streak lasts to the end of "
            "that time.",
        ),
        (
            "сколько дней подряд Gemini был первым на арене",
            "Gemini: на первом месте рейтинга Arena, Text (arena/text/overall) без перерыва самое большее "
            "225 дней (32 снимка, 90 дней без таких снимков), с 26 марта 2025 по 6 ноября 2025; эта серия "
            "прервалась.",
        ),
        (
            "сколько дней подряд Сбер был в топ-10 на ru_llm_arena",
            "Sber: в топ-10 рейтинга ru_llm_arena (ru_llm_arena/plain/overall) без перерыва самое большее "
            "113 дней (2 снимка), с 27 ноября 2024 по 20 марта 2025; эта серия продолжается, новейший снимок "
            "— её часть.",
        ),
        (
            "streaks of DeepSeek in the top 10",
            "DeepSeek stood in the top 10 on 71 boards, longest without a break on Arena, Text "
            "(arena/text/overall): 310 days in 55 snapshots (of 90 days in between none shows it), from 31 "
            "December 2024 to 6 November 2025; this streak is over.",
        ),
        (
            "current streak of Claude in the top 3",
            "Claude stands in the top 3 on 66 boards in the newest snapshot of each, longest without a break "
            "on Arena, Text, style control: russian (arena/text-style-control/russian): 237 days in 3 "
            "snapshots, from 5 November 2025 to 30 June 2026.",
        ),
        ("кто обогнал Сбер", "Sber: обогнали других 66 раз, их обогнали 0 раз."),
        (
            "who overtook OpenAI on the arena in 2024",
            "OpenAI overtook others 3 times and was overtaken 3 times.",
        ),
    ],
)
def test_an_answer_is_said_in_one_sentence(home: Path, question: str, sentence: str) -> None:
    rows, said = answered(home, question, "--format", "csv")
    assert said.splitlines().count(sentence) == 1 and rows


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            "share of Chinese models in the top 20 of the arena",
            "6 of the 20 in the top 20 of Arena, Text (arena/text/overall) belong to the set, in the "
            "snapshot of 25 June 2026. Snapshot 0fefbcff0f4db5ad.",
        ),
        (
            "как часто менялся лидер арены в 2024 году",
            "Arena, Text (arena/text/overall), первое место: 19 изменений с 2 февраля 2024 по 31 декабря "
            "2024.",
        ),
        (
            "who has ever been number one on ru_llm_arena",
            "In the snapshot of 26 July 2024 GPT-4 Turbo stood first.",
        ),
        (
            "who was first the longest on the arena",
            "OpenAI stood first on Arena, Text (arena/text/overall) the longest: 606 days in all, as far as "
            "its snapshots reach; then Google 241 days, xAI 36 days, Anthropic 33 days, ….",
        ),
        (
            "кто дольше всех подряд был первым на арене",
            "Дольше всех без перерыва на первом месте рейтинга Arena, Text (arena/text/overall) — OpenAI: "
            "310 дней; далее Google — 225 дней, xAI — 36 дней, Anthropic — 15 дней, ….",
        ),
        (
            "longest reign on ru_llm_arena",
            "OpenAI alone stood first on ru_llm_arena (ru_llm_arena/plain/overall): 237 days without a "
            "break.",
        ),
        (
            "кто дольше всех был первым на ru_llm_arena",
            "Только OpenAI: на первом месте рейтинга ru_llm_arena (ru_llm_arena/plain/overall), всего 237 "
            "дней, насколько видно по снимкам.",
        ),
        ("кто лидировал на арене с 2026 года", "В снимке от 6 ноября 2025 на первом месте Gemini 2.5 Pro."),
        (
            "who led the arena since 2026",
            "Arena, Text (arena/text/overall): 1 change of the first place, on 25 June 2026.",
        ),
    ],
)
def test_what_is_computed_within_walls_is_said(home: Path, question: str, sentence: str) -> None:
    """As a process: this one has threads of DuckDB's, and may not split."""
    done = in_a_process(home, "ask", question, "--format", "csv")
    assert done.stderr.splitlines().count(sentence) == 1 and done.stdout


def test_a_place_of_before_is_not_told_where_the_time_proves_an_absence(home: Path) -> None:
    """Bard was on the arena, and is on no snapshot of it of June 2026."""
    rows, said = answered(home, "Bard on the arena in June 2026", "--format", "csv")
    assert rows.rstrip().endswith("absent") and "the newest before it" not in said


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_each_country_of_the_registry_has_its_name(home: Path, lang: str) -> None:
    with Archive(home) as archive:
        codes = archive.sql("SELECT DISTINCT country FROM organizations WHERE country IS NOT NULL").fetchall()
    assert [code for (code,) in codes if texts(lang).who(f"country:{code}") == f"country:{code}"] == []


def test_figures_of_a_sentence_are_those_of_the_rows(home: Path) -> None:
    """Counted here from `rank_history`, by other SQL than that of `standing`."""
    with Archive(home) as archive:
        [(times, first, last)] = archive.sql("""
            SELECT count(*), min(date), max(date)
            FROM rank_history(['OpenAI'], boards := 'arena/text/overall') WHERE rank = 1
        """).fetchall()
        boards = archive.sql("""
            SELECT count(DISTINCT board), count(DISTINCT board) FILTER (WHERE rank <= 10)
            FROM rank_history(['DeepSeek'])
        """).fetchall()
        [(worst,)] = archive.sql("""
            SELECT max(rank) FROM rank_history(['Claude'], boards := 'arena/text/overall',
                since := '2024-01-01', until := '2024-12-31')
        """).fetchall()
        shares = archive.sql("""
            SELECT count(*), count(*) FILTER (WHERE country = 'CN'), count(*) FILTER (WHERE country = 'US')
            FROM latest WHERE board = 'arena/text/overall' AND rank <= 20
        """).fetchall()
        makers = archive.sql("""
            SELECT organization, count(*) FROM latest WHERE board = 'arena/text/overall' AND rank <= 10
            GROUP BY organization ORDER BY ALL
        """).fetchall()
        leaders = archive.sql("""
            SELECT time, list(DISTINCT model_listed) AS now, lag(now) OVER (ORDER BY time) AS was FROM (
                SELECT coalesce(published_at, captured_at) AS time, model_listed
                FROM rankings WHERE board = 'arena/text/overall' AND rank = 1
            ) GROUP BY time
        """).fetchall()
    new = [time for time, now, was in leaders if was and set(now) - set(was) and time.year == 2024]
    assert (shares, makers) == ([(20, 6, 14)], [("Alibaba", 1), ("Anthropic", 5), ("Google", 3), ("Meta", 1)])
    assert len(new) - 3 == 19, "thrice in 2024 the leader was only listed by another name"
    assert (times, first, last) == (82, date(2023, 5, 8), date(2025, 3, 22))
    assert (boards, worst) == ([(111, 71)], 13)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("ends", [False, True])
def test_each_streak_can_be_said(home: Path, lang: str, ends: bool) -> None:
    """Of few boards and of many, of those that last and of all, with gaps and without."""
    with Archive(home) as archive:
        for boards, current in itertools.product(([], ["arena/text/overall"]), (False, True)):
            found = archive.streaks("Claude", boards=boards, current=current)
            rows = [dict(zip(found.columns, row, strict=True), title="T") for row in found.fetchall()]
            rows = [{**row, "days_shown": row["days"] - 3} for row in rows]
            told = of_streaks(rows, texts(lang), current=current, ends=ends)
            of_each = [row for row in rows if row["longest"] or (row["current"] and not ends)]
            assert len(told) == (len(of_each) if boards else 1)
            assert all("T (arena/" in sentence and "3" in sentence for sentence in told)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("about", STANDING)
def test_each_thing_that_is_asked_can_be_said(home: Path, about: str, lang: str) -> None:
    """Of a few boards and of many, of who is listed and who is not, in both languages."""
    said = 0
    with Archive(home) as archive:
        for who, boards in itertools.product(("Sber", "GPT-4"), ([], ["arena/text/overall"])):
            found = archive.standing(who, boards=boards, top=1)
            rows = [dict(zip(found.columns, row, strict=True), title="T") for row in found.fetchall()]
            said += len(of_standing(about, rows, texts(lang)))
    assert said >= (1 if about == "gap" else 4)


@pytest.mark.parametrize(
    ("question", "columns"),
    [
        ("when did Sber enter the top 5 of ru_llm_arena", ["First in top", "Last in top"]),
        ("when did Sber first appear on ru_llm_arena", ["First seen", "Last seen"]),
        ("best rank of Yandex", ["Best", "on", "Worst"]),
        ("how far is Sber behind the leader on ru_llm_arena", ["Gap", "Leader"]),
        ("how many days in a row was Gemini first", ["Since", "Until", "Days"]),
        ("how many days in a row did Gemini lead the arena", ["Since", "Until", "Days", "In gaps", "Which"]),
    ],
)
def test_a_narrow_terminal_shows_what_was_asked(home: Path, question: str, columns: list[str]) -> None:
    program = [sys.executable, "-c", "from archiver.cli.main import run; run()", "--archive", str(home)]
    seen = seen_on_a_terminal([*program, "ask", question], 60, env={"PATH": os.environ["PATH"]})
    lines = re.sub(r"\x1b\[[0-9;]*m", "", seen).splitlines()
    head = next(line for line in lines if "/" not in line)  # what stands above it names the board
    assert [title for title in columns if title in head] == columns and len(head) <= 60


def test_a_condition_is_computed_within_walls_though_the_index_was_open(home: Path) -> None:
    """The question was read from the index before: a process that splits with DuckDB's threads breaks."""
    done = in_a_process(home, "ask", "which Chinese models are in the top 20 of the arena", "--format", "csv")
    assert (done.returncode, "To do" in done.stderr) == (0, False), done.stderr
    with Archive(home) as archive:
        places = archive.sql("""
            SELECT count(*) FROM latest WHERE board = 'arena/text/overall' AND country = 'CN' AND rank <= 20
        """).fetchall()
    assert [(done.stdout.count("\n") - 1,)] == places and places > [(0,)]


def test_where_no_capture_answers_what_was_reported_is_named(home: Path) -> None:
    _, said = answered(home, "Сбер и Яндекс на llmarena в феврале 2025", "--format", "csv")
    assert "Held are llmarena_ru/text/overall (1 snapshot, 2025-04-09)." in said
    assert "`archiver history Sber Yandex --board 'reported/*' --since 2025-02-01 --until 2025-02-28`" in said
