"""Gradio apps asked as programs: which function to call, and the table that its event stream brings.

`GET /config` lists components and dependencies (which function runs on which event, with which inputs and
outputs); `POST /queue/join` calls one; `GET /queue/data` streams messages until `process_completed`.
Function and component numbers change with each deployment, so a function is found by what it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import ParseFailed
from . import jsons, text


class Call(NamedTuple):
    """How a function is named in `/queue/join`: by numbers, good until the next deployment."""

    fn_index: int
    trigger_id: int
    prefix: str = ""
    """Where the app's own addresses begin: nothing, or `/gradio_api` since Gradio 5."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A dataframe component's value; `headers` is empty where the stream gives none. Cells are JSON."""

    headers: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def frame(body: bytes) -> Frame:
    """The table that the first output of the completed call holds.

    Raises ParseFailed where the stream has no completed call (cut off, still queued, failed), where its
    output is not a table, or where two calls answered differently.
    """
    done = [message for message in _messages(body) if message.get("msg") == "process_completed"]
    if not done:
        raise ParseFailed("The event stream has no process_completed message: cut off, or the call hung.")
    if any(message.get("success") is False for message in done):
        raise ParseFailed("The server says that the call failed (process_completed with success false).")
    frames = [_frame(message) for message in done]
    if any(other != frames[0] for other in frames[1:]):
        raise ParseFailed(f"{len(frames)} calls in one event stream answered differently.")
    return frames[0]


def find_call(config: bytes, *, offered: Sequence[str], output: str = "dataframe") -> Call:
    """The function whose inputs offer these choices, one each in this order, and whose first output is of
    the kind `output`. The first such in the file: a form often runs one function on several events.

    Raises ParseFailed where the app has none.
    """
    tree = _mapping(jsons.loads(config), "the configuration")
    listed = _mappings(tree.get("components"))
    components = {number: item for item in listed if isinstance(number := item.get("id"), int)}
    prefix = tree.get("api_prefix")
    for index, dependency in enumerate(_mappings(tree.get("dependencies"))):
        inputs = [components.get(number, {}) for number in _numbers(dependency.get("inputs"))]
        outputs = [components.get(number, {}) for number in _numbers(dependency.get("outputs"))]
        fits = len(inputs) == len(offered) and all(
            choice in _choices(component) for choice, component in zip(offered, inputs, strict=True)
        )
        triggers = _triggers(dependency.get("targets"))
        if fits and triggers and outputs and outputs[0].get("type") == output:
            number = dependency.get("id", index)
            number = number if isinstance(number, int) else index
            return Call(number, triggers[0], prefix if isinstance(prefix, str) else "")
    raise ParseFailed(f"The app has no function from {text.listed(offered)} to a {output}.")


def _messages(body: bytes) -> Iterator[Mapping[str, object]]:
    """Server-sent events: blocks parted by a blank line; their `data:` lines joined are one JSON object."""
    content = text.decode(body).replace("\r\n", "\n").replace("\r", "\n")
    for block in content.split("\n\n"):
        lines = [line.removeprefix("data:").strip() for line in block.split("\n") if line.startswith("data:")]
        other = [line for line in block.split("\n") if line and not line.startswith(_FIELDS)]
        if other:
            raise ParseFailed(f"Not an event stream: {text.short(other[0])}.")
        if lines:
            yield _mapping(jsons.loads("\n".join(lines)), "an event")


_FIELDS = ("data:", "event:", "id:", "retry:", ":")


def _frame(message: Mapping[str, object]) -> Frame:
    data = _mapping(message.get("output"), "the output").get("data")
    if not isinstance(data, list) or not data:
        raise ParseFailed("The completed call has no output data.")
    first = _mapping(data[0], "the first output")
    # An update of a component wraps its value; a plain return value stands by itself.
    value = _mapping(first["value"], "the first output's value") if "value" in first else first
    headers, rows = value.get("headers") or [], value.get("data")
    if not isinstance(headers, list) or not all(isinstance(name, str) for name in headers):
        raise ParseFailed("The headers of the table are not a list of names.")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        raise ParseFailed("The first output is not a table with rows.")
    return Frame(tuple(headers), tuple(tuple(row) for row in rows))


def _choices(component: Mapping[str, object]) -> list[object]:
    """What a dropdown, radio or checkbox group sends for each choice: `[label, value]` or the value."""
    choices = _mapping(component.get("props", {}), "props").get("choices")
    listed = choices if isinstance(choices, list) else []
    return [choice[-1] if isinstance(choice, list) and choice else choice for choice in listed]


def _triggers(targets: object) -> list[int]:
    """Component ids of `[[id, "change"], …]`."""
    listed = targets if isinstance(targets, list) else []
    return _numbers([target[0] for target in listed if isinstance(target, list) and target])


def _numbers(value: object) -> list[int]:
    return [number for number in value if isinstance(number, int)] if isinstance(value, list) else []


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ParseFailed(f"In the Gradio app's answer, {what} is not an object.")
    return value
