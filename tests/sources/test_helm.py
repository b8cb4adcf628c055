"""HELM: written from the shape that its code gives tables; what is not that shape is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archiver.errors import ParseFailed
from archiver.records import Payload
from archiver.sources import helm

SAMPLES = Path(__file__).resolve().parents[1] / "samples/helm"
URL = "https://storage.googleapis.com/crfm-helm-public/{}/benchmark_output/releases/v1.15.0/groups/{}.json"


def tables(name: str = "capabilities") -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


def refused(found: object, url: str = "") -> str:
    with pytest.raises(ParseFailed) as raised:
        list(helm.parse(Payload(json.dumps(found).encode(), url)))
    return str(raised.value)


def test_ties_share_a_place_and_a_model_without_a_mean_has_none() -> None:
    body = (SAMPLES / "capabilities.json").read_bytes()
    [snapshot] = helm.parse(Payload(body, URL.format("capabilities", "core_scenarios")))
    assert [(e.model, e.rank, e.score) for e in snapshot.entries[1:]] == [
        ("Lyra Large", 2, 0.679),
        ("Vega 8B Instruct", 2, 0.679),
        ("Draco Mini", 4, 0.401),
        ("Hydra Preview", None, None),
    ]
    assert snapshot.notes == {"release": "v1.15.0"}
    assert not helm.SOURCE.proven


def test_a_file_tells_its_project_by_the_mean() -> None:
    [snapshot] = helm.parse(Payload((SAMPLES / "lite.json").read_bytes(), "core_scenarios.json"))
    assert (snapshot.board, snapshot.metric, snapshot.notes) == (
        "helm/lite/core-scenarios",
        "Mean win rate",
        {},
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t[0].update(title="Robustness"), "'Robustness', not 'Accuracy'"),
        (lambda t: t[0].update(rows=[]), "not a header and rows"),
        (lambda t: t[0]["rows"][2].pop(), "row 3 has 6 cells where the header has 7"),
        (lambda t: t[0]["header"].insert(1, {"value": "Rank"}), "'Model', 'Rank'"),
        (lambda t: t[0]["header"][1].update(lower_is_better=True), "lower is better"),
        (lambda t: t[0]["rows"][0][1].update(value=[0.5]), "list, not a text or a number"),
        (lambda t: t.clear(), "not a list of tables"),
    ],
)
def test_surprises_are_refused(change: Callable[[Any], object], told: str) -> None:
    found = tables()
    change(found)
    assert told in refused(found, URL.format("capabilities", "core_scenarios"))


def test_another_projects_address_is_refused() -> None:
    assert "'safety'" in refused(tables(), URL.format("safety", "core_scenarios"))


def test_new_keys_of_cells_are_told() -> None:
    found = tables()
    found[0]["rows"][0][1]["stderr"] = 0.01
    [snapshot] = helm.parse(Payload(json.dumps(found).encode(), ""))
    assert [finding.code for finding in snapshot.findings] == ["new-cell-key"]


@pytest.mark.parametrize("body", [b"[]", b"{}", b'[{"id": "lite", "releases": ["v1.13.0"]}]', b"[3]"])
def test_a_list_of_releases_that_lacks_a_project_is_refused(body: bytes) -> None:
    search = helm._discover()
    next(search)
    with pytest.raises(ParseFailed, match="'capabilities'"):
        search.send(body)
