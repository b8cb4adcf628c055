"""The piece of a payload that says a rank."""

from __future__ import annotations

import io
import json
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archiver.reports.excerpt import LIMIT, Sought, excerpt


def test_a_line_stands_under_the_first_of_its_table() -> None:
    body = b"key,rank,score\ngpt-4o-mini,1,9\ngpt-4o,2,8\n"
    assert excerpt(body, "csv", Sought("gpt-4o", 2, 8.0)) == "key,rank,score\ngpt-4o,2,8"


def test_of_two_tables_the_one_with_the_figures() -> None:
    plain, length = "| Model | Score |\n|---|---|\n| a | 1.0 |", "| Model | LC |\n|---|---|\n| a | 2.5 |"
    body = f"# Plain\n\n{plain}\n\n# Length\n\n{length}\n"
    assert excerpt(body.encode(), "markdown", Sought("a", 1, 2.5)) == "| Model | LC |\n| a | 2.5 |"


def test_a_box_table() -> None:
    body = "┏━━┓\n┃ Model ┃ Score ┃\n┡━━┩\n│ x │ 1 │\n│ gigachat │ 60.5 │\n└──┘\n"
    assert (
        excerpt(body.encode(), "markdown", Sought("gigachat", None, 60.5))
        == "┃ Model ┃ Score ┃\n│ gigachat │ 60.5 │"
    )


def test_a_file_of_a_zip_is_named() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("other.csv", "Model,Score,Day\ngpt-4o,0.1,1\n")
        archive.writestr("maths.csv", "Model,Score,Day\na,0.9,1\ngpt-4o,0.25,1\n")
        archive.writestr("empty.csv", "Model,Score,Day\n")
    found = excerpt(packed.getvalue(), "zip", Sought("gpt-4o", 2, 0.25))
    assert found == "maths.csv:\nModel,Score,Day\ngpt-4o,0.25,1"
    assert excerpt(packed.getvalue(), "zip", Sought("nobody")) == ""
    alone = b"Model,Score,Day\na,1,1\n"  # a file that somebody took out of it
    assert excerpt(alone, "zip", Sought("a")) == alone.decode().strip()


def test_a_yaml_item_is_whole() -> None:
    first = "- dirname: a\n  model: gpt-4o\n  pass_rate_2: 70.1\n"
    body = f"{first}- dirname: b\n  model: gpt-4o\n  pass_rate_2: 72.5\n  edit: diff\n".encode()
    found = excerpt(body, "yaml", Sought("gpt-4o", 1, 72.5, words=("diff",)))
    assert found == "- dirname: b\n  model: gpt-4o\n  pass_rate_2: 72.5\n  edit: diff"


@pytest.mark.parametrize("times", [0, 1], ids=["json", "script"])
def test_the_block_of_a_script_whatever_its_escapes(times: int) -> None:
    name = 'Сбер "GigaChat"'
    shown = {"rank": 3, "modelDisplayName": name, "rating": 1300.4, "price": {"in": 1}}
    decoy = {"rank": 9007199254740991, "modelDisplayName": name}
    text = json.dumps([decoy, shown], ensure_ascii=bool(times))
    if times:
        text = f"<script>self.__next_f.push([1,{json.dumps(text, ensure_ascii=False)}])</script>"
    found = excerpt(text.encode(), "html", Sought(name, 3, 1300.4))
    assert '"rank": 3' in found
    assert '"price": {"in": 1}}' in found
    assert "9007199254740991" not in found


def test_a_row_of_an_html_table() -> None:
    body = b"<table><tr><td>a &amp; b</td><td>1</td></tr><tr><td>c</td>\n <td>2</td></tr></table>"
    assert excerpt(body, "html", Sought("a & b", 1)) == "<tr><td>a &amp; b</td><td>1</td></tr>"
    assert excerpt(body, "html", Sought("c", 2)) == "<tr><td>c</td> <td>2</td></tr>"


def test_a_parquet_row_is_all_its_columns() -> None:
    table = pa.table(
        {
            "model_name": ["a", "b", "b"],
            "rating": [1500.5, 1490.25, 1470.0],
            "category": pa.array(["overall", "overall", "russian"]).dictionary_encode(),
        }
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    found = excerpt(out.getvalue(), "parquet", Sought("b", None, 1470.0, words=("russian",)))
    assert json.loads(found) == {"model_name": "b", "rating": 1470.0, "category": "russian"}
    assert excerpt(out.getvalue(), "parquet", Sought("nobody")) == ""


def test_nothing_is_found_where_the_name_is_not() -> None:
    assert excerpt(b"a,1\n", "csv", Sought("gpt")) == ""


def test_a_long_line_is_cut_around_the_name() -> None:
    body = b"x" * 10_000 + b" gpt-4o 12 " + b"y" * 10_000
    found = excerpt(body, "csv", Sought("gpt-4o", 12))
    assert "gpt-4o 12" in found
    assert len(found) <= LIMIT + 4
