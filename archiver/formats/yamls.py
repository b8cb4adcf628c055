"""YAML as data and nothing else: text, lists, mappings; small, shallow, each key once, no aliases, no tags.

Every scalar is text, so that the commit `1234567` or `2e10`, the version `0.10` and the date stay what was
written; the source reads those that are numbers. Only a null is one, so that it becomes nobody's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from ..errors import ParseFailed
from . import text

if TYPE_CHECKING:
    from yaml import Event

Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"

MAX_BYTES = 4_000_000
MAX_DEPTH = 24
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
"""Where they stand without quotes: YAML 1.2.2, section 10.3.2."""


def read(body: bytes) -> Node:
    """The one document of a YAML file.

    Raises ParseFailed for what is not YAML, for a second document, and for what a board has no need of and
    an attack has: aliases and anchors, tags, keys that are not text, deep nesting, more than `MAX_BYTES`.
    A key that stands twice is refused too: which of the two would be meant?

    >>> read(b"- model: o1\\n  commit_hash: 2e10")
    [{'model': 'o1', 'commit_hash': '2e10'}]
    """
    import yaml  # here, so that a question that parses nothing does not wait for it

    if len(body) > MAX_BYTES:
        raise ParseFailed(f"{len(body)} bytes of YAML, more than the {MAX_BYTES} that a board may have.")
    loader = yaml.CLoader if yaml.__with_libyaml__ else yaml.Loader
    try:
        events = _bounded(yaml.parse(text.decode(body), Loader=loader))
        node = _build(events, next(events))
        next(events, None)  # what follows the document is looked at, too
    except yaml.YAMLError as error:
        raise ParseFailed(f"Not YAML: {' '.join(str(error).split())}.") from error
    return node


def records(body: bytes) -> list[dict[str, Node]]:
    """A YAML file that is a list of mappings. Raises ParseFailed where it is anything else, or empty."""
    node = read(body)
    if not isinstance(node, list) or not node:
        raise ParseFailed("The YAML is not a list of records.")
    found = [item for item in node if isinstance(item, dict)]
    if len(found) != len(node):
        raise ParseFailed(f"{len(node) - len(found)} of {len(node)} items of the YAML list are not records.")
    return found


def _bounded(events: Iterator[Event]) -> Iterator[Event]:
    """The events of one document, refused as soon as they are more than data. Frame events are left out."""
    from yaml import events as kinds

    depth = documents = 0
    for event in events:
        if isinstance(event, kinds.AliasEvent):
            raise ParseFailed(f"YAML alias on line {_line(event)}: refused, it may be a bomb.")
        if isinstance(event, kinds.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise ParseFailed("A second YAML document follows the first.")
        if isinstance(event, kinds.NodeEvent):
            _plain(event)
            yield event
        if isinstance(event, kinds.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseFailed(f"YAML nested deeper than {MAX_DEPTH} levels.")
        elif isinstance(event, kinds.CollectionEndEvent):
            depth -= 1
            yield event
    if not documents:
        raise ParseFailed("The YAML has no document.")


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _plain(event: Event) -> None:
    line = _line(event)
    if getattr(event, "anchor", None):
        raise ParseFailed(f"YAML anchor on line {line}: refused, as aliases are.")
    if tag := getattr(event, "tag", None):
        raise ParseFailed(f"YAML tag {text.short(tag)} on line {line}: refused, data needs none.")


def _build(events: Iterator[Event], event: Event) -> Node:
    """The node that begins with `event`. The depth was bounded before."""
    from yaml import events as kinds

    if isinstance(event, kinds.ScalarEvent):
        return None if event.implicit[0] and event.value in _NULLS else str(event.value)
    if isinstance(event, kinds.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(event := next(events), kinds.SequenceEndEvent):
            items.append(_build(events, event))
        return items
    found: dict[str, Node] = {}
    while not isinstance(event := next(events), kinds.MappingEndEvent):
        line = _line(event)
        if not isinstance(event, kinds.ScalarEvent):
            raise ParseFailed(f"YAML key on line {line} is not text.")
        key = str(event.value)
        if key in found:
            raise ParseFailed(
                f"YAML key {text.short(key)} stands twice in one record, the second time on line {line}."
            )
        found[key] = _build(events, next(events))
    return found
