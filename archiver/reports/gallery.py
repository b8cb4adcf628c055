"""Every chart, page and table in one folder with an index page: what an archive can show, to look at.

What an archive does not hold is left out, and said so. The same archive gives the same files.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import answers
from ..answers import changes, standing
from ..errors import ArchiverError, UsageError
from ..records import utc
from . import charts, pages, rows
from .charts import Kind, Question, fonts, page
from .pages import Asked
from .pages.html import environment, resource

if TYPE_CHECKING:
    import duckdb

_LEADERS = ("OpenAI", "Google", "Anthropic", "DeepSeek")
_RUSSIANS = ("Sber", "Yandex")
_RUSSIAN = ("ru_llm_arena/*", "llmarena_ru/*", "llmtf_open/*")
_WEEK = utc("2026-07-12")
_JULY = (utc("2026-07-01"), utc("2026-07-31"))
_ARENA, _RU = "arena/text-style-control/overall", "ru_llm_arena/plain/overall"


class Picture(NamedTuple):
    """A chart of the gallery, in every format."""

    name: str
    why: str
    """What it is there to show."""
    asked: Question
    kind: Kind = "rank"
    width: int = charts.WIDTH


class Told(NamedTuple):
    """A report of the gallery, in every format."""

    name: str
    why: str
    asked: Asked


class Listed(NamedTuple):
    """A table of the gallery, in every format."""

    name: str
    why: str
    ask: Callable[[duckdb.DuckDBPyConnection], duckdb.DuckDBPyRelation]


class Shown(NamedTuple):
    """What was written of one of them: its files by their ending."""

    name: str
    why: str
    title: str
    files: dict[str, str]
    drawing: str = ""


PICTURES = (
    Picture("ranks", "44 models, four snapshots, two names", Question(_RUSSIANS, (_RU,))),
    Picture("ranks-phone", "the same for a phone", Question(_RUSSIANS, (_RU,)), width=390),
    Picture("ranks-arena", "hundreds of models over years", Question(_LEADERS, (_ARENA,))),
    Picture("ranks-boards", "several boards, a panel each", Question(_RUSSIANS, ("ru_llm_arena/*",))),
    Picture("ranks-three", "three snapshots", Question(("Sber",), ("arena/text-to-video/overall",))),
    Picture("ranks-one", "one snapshot", Question(_RUSSIANS, ("llmarena_ru/text/overall",))),
    Picture("ranks-none", "nobody who was asked for is there", Question(("Sber",), ("arena/text/overall",))),
    Picture("scores", "scores with their intervals", Question(_RUSSIANS, (_RU,)), "score"),
    Picture("scores-arena", "scores of hundreds", Question(_LEADERS, (_ARENA,)), "score"),
    Picture("board", "a whole board on its last day", Question((), (_RU,)), "board"),
    Picture("board-arena", "the head of a board of hundreds", Question(("OpenAI",), (_ARENA,)), "board"),
    Picture("heatmap", "every model of a country", Question(("country:RU",), (_RU,), all=True), "heatmap"),
    Picture("heatmap-boards", "two names on many boards", Question(_RUSSIANS, _RUSSIAN), "heatmap"),
)
REPORTS = (
    Told("report", "where two names stand on every board", Asked(_RUSSIANS)),
    Told("report-ru", "two boards in Russian", Asked(_RUSSIANS, ("ru_llm_arena/*",), lang="ru")),
    Told("report-arena", "all of a large board", Asked(_LEADERS, (_ARENA,))),
    Told("week", "a week of everyone", Asked(until=_WEEK, weekly=True)),
    Told(
        "week-ru",
        "a week of two names, in Russian",
        Asked(_LEADERS[:2], ("arena/text*",), until=_WEEK, weekly=True, lang="ru"),
    ),
)
TABLES = (
    Listed("history", "where two names stood", lambda con: answers.history(con, _RUSSIANS)),
    Listed("standing", "how they stand", lambda con: con.sql(standing.standing(con, _RUSSIANS))),
    Listed(
        "streaks",
        "how long they led without a break",
        lambda con: con.sql(standing.streaks(con, _LEADERS, [_ARENA], top=1)),
    ),
    Listed("board-as-of", "a board as it stood", lambda con: answers.board(con, _ARENA, utc("2026-07-20"))),
    Listed("movers", "who moved in a month", lambda con: con.sql(changes.movers(con, _ARENA, *_JULY))),
)


def build(
    con: duckdb.DuckDBPyConnection, folder: Path, on_left_out: Callable[[str], object] = lambda _: None
) -> list[Shown]:
    """Writes everything and `index.html` into a folder, which is made; files of these names are replaced.

    on_left_out: told of each that the archive has nothing for. Raises ArchiverError where the folder cannot
    be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shown = [*_pictures(con, folder, on_left_out), *_reports(con, folder, on_left_out)]
        shown += _tables(con, folder, on_left_out)
        (folder / "index.html").write_text(_index(shown), "utf-8")
    except OSError as error:
        raise ArchiverError(
            f"{folder} could not be written: {error.strerror or error}.", todo="choose another folder"
        ) from error
    return shown


def _pictures(
    con: duckdb.DuckDBPyConnection, folder: Path, on_left_out: Callable[[str], object]
) -> Iterator[Shown]:
    for each in PICTURES:
        try:
            chart = charts.draw(con, each.asked, each.kind, each.width)
        except UsageError as error:
            on_left_out(f"{each.name}: {error.what}")
            continue
        files = {form: f"{each.name}.{form}" for form in charts.FORMATS}
        for name in files.values():
            chart.save(folder / name)
        yield Shown(each.name, each.why, chart.headline, files, page.drawings(chart))


def _reports(
    con: duckdb.DuckDBPyConnection, folder: Path, on_left_out: Callable[[str], object]
) -> Iterator[Shown]:
    for each in REPORTS:
        try:
            report = pages.build(con, each.asked)
        except UsageError as error:
            on_left_out(f"{each.name}: {error.what}")
            continue
        files = {form: f"{each.name}.{form}" for form in pages.FORMATS}
        for name in files.values():
            pages.save(report, folder / name)
        yield Shown(each.name, each.why, pages.title(report), files)


def _tables(
    con: duckdb.DuckDBPyConnection, folder: Path, on_left_out: Callable[[str], object]
) -> Iterator[Shown]:
    for each in TABLES:
        try:
            relation = each.ask(con)
        except UsageError as error:
            on_left_out(f"{each.name}: {error.what}")
            continue
        columns, found = relation.columns, relation.fetchall()
        files = {form: f"{each.name}.{_ENDINGS.get(form, form)}" for form in rows.WRITERS}
        for form, name in files.items():
            out = io.StringIO()
            rows.WRITERS[form](out, columns, found)
            (folder / name).write_text(out.getvalue(), "utf-8", newline="\n")
        yield Shown(each.name, each.why, f"{len(found):,} rows", files)


_ENDINGS = {"markdown": "md", "plain": "tsv"}


def _index(shown: list[Shown]) -> str:
    from markupsafe import Markup

    said: dict[str, Any] = {
        "pictures": [each for each in shown if each.drawing],
        "others": [each for each in shown if not each.drawing],
        "markup": Markup,
    }
    body = environment().get_template("gallery.html.j2").render(said).strip()
    style = fonts.faces(page.letters(body)) + f"body{{font:1rem/1.5 {fonts.STACK}}}"
    return page.document("en", "Gallery", body, style + resource("page.css") + page.dark())
