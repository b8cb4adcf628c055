"""A Gradio app's configuration and event stream, in the shapes that it is known to send."""

from __future__ import annotations

import json

import pytest

from archiver.errors import ParseFailed
from archiver.formats import gradio

ROWS = [[1, "a"], [2, "b"]]


def event(**message: object) -> str:
    return f"data: {json.dumps(message)}\n\n"


def completed(value: object, **more: object) -> bytes:
    stream = event(msg="estimation", rank=0) + ": ping\n\nevent: x\nid: 1\n\n"
    return (
        stream + event(**({"msg": "process_completed", "output": {"data": [value]}, "success": True} | more))
    ).encode()


@pytest.mark.parametrize(
    "value",
    [
        {"value": {"headers": ["rank", "model"], "data": ROWS}, "__type__": "update"},
        {"headers": ["rank", "model"], "data": ROWS, "metadata": None},
    ],
)
def test_a_table_wrapped_in_an_update_or_plain(value: object) -> None:
    frame = gradio.frame(completed(value))
    assert frame.headers == ("rank", "model")
    assert frame.rows == ((1, "a"), (2, "b"))


def test_line_ends_and_data_over_several_lines() -> None:
    body = (
        completed({"data": ROWS}).decode().replace('{"msg"', '\ndata: {"msg"').replace("\n", "\r\n").encode()
    )
    assert gradio.frame(body).rows == ((1, "a"), (2, "b"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (event(msg="process_starts").encode(), "no process_completed"),
        (completed({"data": ROWS}, success=False), "call failed"),
        (completed({"data": ROWS})[:-20], "Not JSON"),
        (completed({"data": []}), "not a table with rows"),
        (completed({"data": [1, 2]}), "not a table with rows"),
        (completed({"data": ROWS, "headers": [1]}), "not a list of names"),
        (completed("<table>"), "the first output is not an object"),
        (completed({"value": None}), "the first output's value is not an object"),
        (completed({"data": ROWS}) + completed({"data": ROWS[:1]}), "2 calls"),
        (b"<html>", "Not an event stream"),
        (b"data: [1]\n\n", "an event is not an object"),
        (event(msg="process_completed", output={"error": "x"}).encode(), "no output data"),
        (event(msg="process_completed").encode(), "the output is not an object"),
    ],
)
def test_a_stream_without_its_table_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(ParseFailed, match=said):
        gradio.frame(body)


def config(**changes: object) -> bytes:
    components = [
        {"id": 3, "type": "dropdown", "props": {"choices": [["All", "all"], ["Medium", "visitors/medium"]]}},
        {"id": 4, "type": "checkboxgroup", "props": {"choices": ["Style Control"]}},
        {"id": 9, "type": "dataframe", "props": {}},
        {"id": 10, "type": "plot", "props": {}},
    ]
    dependencies = [
        {"id": 5, "targets": [[3, "change"]], "inputs": [3], "outputs": [9]},
        {"id": 6, "targets": [[4, "change"]], "inputs": [3, 4], "outputs": [10, 9]},
        {"id": 7, "targets": [], "inputs": [3, 4], "outputs": [9]},
        {"id": 56, "targets": [[3, "change"]], "inputs": [3, 4], "outputs": [9, 10]},
        {"id": 57, "targets": [[4, "change"]], "inputs": [3, 4], "outputs": [9, 10]},
    ]
    return json.dumps({"components": components, "dependencies": dependencies} | changes).encode()


def test_a_function_is_found_by_what_it_does() -> None:
    offered = ("visitors/medium", "Style Control")
    assert gradio.find_call(config(), offered=offered) == gradio.Call(56, 3)
    assert gradio.find_call(config(api_prefix="/gradio_api"), offered=offered).prefix == "/gradio_api"


def test_a_function_without_an_id_is_named_by_its_place() -> None:
    dependency = {"targets": [[4, "change"]], "inputs": [4], "outputs": [9]}
    found = gradio.find_call(config(dependencies=[{}, dependency]), offered=("Style Control",))
    assert found == gradio.Call(1, 4)


@pytest.mark.parametrize(
    "body", [config(dependencies=[]), config(components=None), config(dependencies={"a": 1})]
)
def test_a_function_that_is_not_there_is_said(body: bytes) -> None:
    with pytest.raises(
        ParseFailed, match="no function from 'visitors/medium', 'Style Control' to a dataframe"
    ):
        gradio.find_call(body, offered=("visitors/medium", "Style Control"))
    with pytest.raises(ParseFailed, match="configuration is not an object"):
        gradio.find_call(b"[]", offered=("x",))
