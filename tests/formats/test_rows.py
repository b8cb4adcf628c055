"""Records out of any form: the same board in six, and what is no board in each."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import ParseFailed
from archiver.formats import jsons, remembered, text
from archiver.formats.rows import KEY, Form, Where, _flattened, _json, _listed, read
from tests.ending import ends

COLUMNS = ("model", "score")


def parquet(rows: dict[str, list[object]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = io.BytesIO()
    pq.write_table(pa.table(rows), made)
    return made.getvalue()


SAME: dict[Form, bytes] = {
    "csv": b"model,score\nGigaChat,31.5\nYandexGPT,28\n",
    "json": b'[{"model": "GigaChat", "score": 31.5}, {"model": "YandexGPT", "score": 28}]',
    "yaml": b"- model: GigaChat\n  score: 31.5\n- model: YandexGPT\n  score: 28\n",
    "html-table": b"<table><tr><th>model</th><th>score</th></tr><tr><td><b>GigaChat</b></td>"
    b"<td>31.5</td></tr><tr><td>YandexGPT</td><td>28</td></tr></table>",
    "markdown-table": b"# Board\n\n|model|score|\n|---|---|\n|[GigaChat](https://example.org/a_(b))|**31.5**|\n"
    b"|`YandexGPT`|28|\n\nText.\n",
    "parquet": parquet({"model": ["GigaChat", "YandexGPT"], "score": [31.5, 28.0]}),
}


@pytest.mark.parametrize("form", SAME)
def test_the_same_board_in_every_form(form: Form) -> None:
    found = read(SAME[form], form, COLUMNS)
    assert [(r["model"], float(str(r["score"]))) for r in found.records] == [
        ("GigaChat", 31.5),
        ("YandexGPT", 28.0),
    ]
    assert found.ended


@pytest.mark.parametrize("form", SAME)
def test_a_column_that_is_not_there_is_named(form: Form) -> None:
    with pytest.raises(ParseFailed, match="'elo'"):
        read(SAME[form], form, ("model", "elo"))


@pytest.mark.parametrize("form", SAME)
@pytest.mark.parametrize("body", [b"", b" \n", b"\x00" * 64, b"<html><body>Sorry</body></html>"])
def test_what_is_no_board_fails_in_every_form(form: Form, body: bytes) -> None:
    with pytest.raises(ParseFailed):
        read(body, form, COLUMNS)


def test_json_records_at_a_path_nested_and_keyed() -> None:
    body = b'{"data": {"models": {"GigaChat": {"evals": {"gpqa": 0.5, "by": {"x": 1}}, "tags": []}}}}'
    found = read(body, "json", ["evals.gpqa"], Where(records="data.models"))
    assert found.records == [{KEY: "GigaChat", "evals.gpqa": 0.5, "evals.by.x": 1, "tags": []}]


@pytest.mark.parametrize(
    ("body", "path", "told"),
    [
        (b'{"data": []}', "models", "'models'"),
        (b'{"data": {"models": 3}}', "data.models", "int without records stands at 'data.models'"),
        (b'{"data": []}', "data", "without records"),
        (b'[{"model": "a"}, 7]', "", "1 of 2 items at the top are not records"),
        (b'[{"model": "a", "score": 1, "a.b": 1, "a": {"b": 2}}]', "", "a field twice"),
    ],
)
def test_json_that_has_no_records_says_where(body: bytes, path: str, told: str) -> None:
    with pytest.raises(ParseFailed, match=told):
        read(body, "json", COLUMNS, Where(records=path))


TWO = b"|model|score|\n|---|---|\n|a|1|\n\n|model|score|\n|---|---|\n|b|2|\n|c|3|\n\nEnd\n"


def test_of_two_tables_that_fit_one_has_to_be_named() -> None:
    with pytest.raises(ParseFailed, match="which one is meant"):
        read(TWO, "markdown-table", COLUMNS)
    assert len(read(TWO, "markdown-table", COLUMNS, Where(table=2)).records) == 2
    with pytest.raises(ParseFailed, match="2 tables, so no table 3"):
        read(TWO, "markdown-table", COLUMNS, Where(table=3))


def test_the_table_with_the_columns_is_found_among_others() -> None:
    page = b"<table><tr><th>Menu</th></tr><tr><td>Home</td></tr></table>" + SAME["html-table"]
    assert len(read(page, "html-table", COLUMNS).records) == 2


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("csv", SAME["csv"].rstrip()),
        ("html-table", SAME["html-table"].removesuffix(b"</table>")),
        ("markdown-table", SAME["markdown-table"].removesuffix(b"\n\nText.\n")),
    ],
)
def test_a_table_without_its_end_is_not_ended(form: Form, body: bytes) -> None:
    assert not read(body, form, COLUMNS).ended


def test_other_delimiters() -> None:
    assert read(b"model;score\na;1\n", "csv", COLUMNS, Where(delimiter=";")).records == [
        {"model": "a", "score": "1"}
    ]


def test_a_record_is_flat_only_so_far_down() -> None:
    deep: object = 1
    for _ in range(200):
        deep = {"a": deep}
    [record] = read(json.dumps([{"model": "x", "score": 1, "deep": deep}]).encode(), "json", COLUMNS).records
    assert set(record) == {"model", "score", "deep" + ".a" * 7}


def test_marks_without_an_end_take_no_time() -> None:
    cell = "`a " * 20_000 + "[b](" * 20_000
    with ends():
        read(f"|model|score|\n|-|-|\n|{cell}|1|\n\nEnd".encode(), "markdown-table", COLUMNS)


@pytest.mark.parametrize("form", SAME)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_bytes_only_ever_fail_to_parse(form: Form, data: st.DataObject) -> None:
    body = SAME[form]
    start = data.draw(st.integers(0, len(body)))
    middle = data.draw(st.one_of(st.binary(max_size=20), st.text(max_size=20).map(str.encode)))
    damaged = body[:start] + middle + body[start + data.draw(st.integers(0, 30)) :]
    try:
        assert read(damaged, form, COLUMNS).records
    except ParseFailed as failed:
        assert str(failed).strip()


TEXTS = st.sampled_from(["GigaChat", "a}, {b", '"},{"', "}]", "\\", "Алиса", "[{"])
OBJECTS = st.dictionaries(
    st.sampled_from(["model", "score", "deep"]),
    st.one_of(TEXTS, st.integers(), st.none(), st.fixed_dictionaries({"of": st.lists(TEXTS)})),
)


@given(
    st.lists(OBJECTS, min_size=1, max_size=5),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", ":")]),
    st.one_of(
        st.none(),
        st.tuples(st.integers(0, 200), st.sampled_from([b"", b"},{", b"}", b",", b'"', b" ", b"\xff"])),
    ),
)
def test_records_that_are_remembered_are_those_of_the_whole(
    rows: list[dict[str, object]], marks: tuple[str, str], harm: tuple[int, bytes] | None
) -> None:
    body = json.dumps(rows, separators=marks, ensure_ascii=False).encode()
    if harm:
        body = body[: harm[0]] + harm[1] + body[harm[0] + 1 :]

    def outcome(read_: Callable[[], object]) -> object:
        try:
            return read_()
        except ParseFailed as error:
            return error.what

    whole = outcome(lambda: _flattened(_listed(jsons.loads(text.decode(body)), "")))
    assert [outcome(lambda: _json(body, "")) for _ in range(2)] == [whole] * 2


def test_what_stands_in_the_next_version_too_is_the_same_record() -> None:
    first, second = (
        read(json.dumps([{"model": "a", "score": 1}, {"model": "b", "score": n}]).encode(), "json", COLUMNS)
        for n in (1, 2)
    )
    assert first.records[0] is second.records[0]
    assert [record["score"] for record in second.records] == [1, 2]


def test_a_piece_of_a_list_is_no_record_where_the_list_within_another_parts_as_the_outer_does() -> None:
    """As many objects as pieces, and yet the pieces are none: they are not remembered as records."""
    odd = b'[{"a": [{"x": 1}, {"y": 2}]} , {"b": 3}]'
    assert _json(odd, "") == [{"a": [{"x": 1}, {"y": 2}]}, {"b": 3}]
    with pytest.raises(ParseFailed):
        _json(b'[{"a": [{"x": 1}, {"y": 2}]', "")
    quoted = b'[{"a": "}, {", "n": 1}, {"a": "b", "n": 2}]'
    assert _json(quoted, "") == [{"a": "}, {", "n": 1}, {"a": "b", "n": 2}]


def test_records_are_forgotten_where_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "REMEMBERED", 3)
    for start in range(4):
        made = [{"model": f"m{n}", "score": n} for n in range(start, start + 3)]
        assert _json(json.dumps(made).encode(), "") == made
    assert len(remembered._records) <= 3
