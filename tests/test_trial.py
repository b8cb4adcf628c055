"""Sources tried for real against a server on loopback; keys that are sent and shown nowhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver import Archive, fetching, sources
from archiver.config import Config
from archiver.errors import UnknownName, UsageError
from tests.internet import Internet, answer

SAMPLES = Path(__file__).parent / "samples"
KEY = "ARTIFICIAL_ANALYSIS_API_KEY"
SECRET = "k-4f0c2b-never-shown"  # noqa: S105  # a made-up one
HELM = "/crfm-helm-public/{}/benchmark_output/releases/{}/groups/core_scenarios.json"
EXPORTS = "/api/v1/datasets/exports/rankings-daily"


def configuration(net: Internet) -> Config:
    hosts = ("openrouter.ai", "artificialanalysis.ai", "storage.googleapis.com", "raw.githubusercontent.com")
    return Config(
        mirrors={f"https://{host}/": net.url("/") for host in hosts},
        allow_hosts=frozenset({f"127.0.0.1:{net.port}"}),
    )


def archive(net: Internet, path: Path) -> Archive:
    return Archive(path, configuration=configuration(net), now=lambda: datetime(2026, 10, 9, tzinfo=UTC))


def helm(net: Internet) -> None:
    releases = [
        {"title": "Lite", "id": "lite", "releases": ["v1.13.0", "v1.12.0"]},
        {"title": "Capabilities", "id": "capabilities", "releases": ["v1.15.0"]},
    ]
    listing = "/stanford-crfm/helm/main/helm-frontend/project_metadata.json"
    net.at(listing, answer(json.dumps(releases).encode()))
    for name, release in (("lite", "v1.13.0"), ("capabilities", "v1.15.0")):
        net.at(HELM.format(name, release), answer((SAMPLES / "helm" / f"{name}.json").read_bytes()))


def openrouter(net: Internet) -> None:
    manifest = {"files": {"csv": {"url": f"https://openrouter.ai{EXPORTS}/2026-10-08.csv"}}}
    net.at(f"{EXPORTS}/latest.manifest.json", answer(json.dumps(manifest).encode()))
    net.at(f"{EXPORTS}/2026-10-08.csv", answer((SAMPLES / "openrouter/2026-10-08.csv").read_bytes()))


def test_what_still_parses_is_told_and_nothing_is_kept(net: Internet, tmp_path: Path) -> None:
    helm(net)
    openrouter(net)
    tried = archive(net, tmp_path / "a").try_sources("helm", "openrouter", "reported")
    assert [(each.source, each.route, each.verdict, each.boards, each.entries) for each in tried] == [
        ("helm", "release", "parses", 1, 5),
        ("helm", "release", "parses", 1, 5),
        ("openrouter", "export", "parses", 2, 10),
        ("reported", "", "skipped", 0, 0),
    ]
    assert not (tmp_path / "a").exists()


def test_what_a_check_would_hold_is_told(net: Internet, tmp_path: Path) -> None:
    openrouter(net)
    whole = (SAMPLES / "openrouter/2026-10-08.csv").read_bytes()
    without = whole.replace(b"2026-10-07,z-ai/glm-5.3,5,330000000900,0.05\r\n", b"")
    assert without != whole
    net.at(f"{EXPORTS}/2026-10-08.csv", answer(without))
    [tried] = archive(net, tmp_path).try_sources("openrouter")
    assert (tried.verdict, tried.boards, tried.entries) == ("held", 2, 9)
    assert "shares of 2026-10-07 make 0.9500" in tried.why


def test_what_does_not_parse_says_why(net: Internet, tmp_path: Path) -> None:
    helm(net)
    net.at(HELM.format("lite", "v1.13.0"), answer(b'[{"title": "Robustness", "header": [], "rows": []}]'))
    net.at(HELM.format("capabilities", "v1.15.0"), answer(b"<html><body>Moved</body></html>"))
    net.at(f"{EXPORTS}/latest.manifest.json", answer(b'{"files": {}}'))
    tried = archive(net, tmp_path).try_sources("helm", "openrouter")
    assert [each.verdict for each in tried] == ["fails"] * 3
    assert "wrong-type" in tried[0].why
    assert "'Robustness'" in tried[1].why
    assert "files.csv.url" in tried[2].why
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_source_is_named_before_anything_is_asked(net: Internet, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="hlem"):
        archive(net, tmp_path).try_sources("helm", "hlem")
    assert net.seen == []


def test_without_its_key_a_source_is_skipped(
    net: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY, raising=False)
    skipped: list[fetching.Skipped] = []
    made = archive(net, tmp_path / "a")
    assert made.capture("artificial_analysis", on_skip=skipped.append) == []
    made.close()
    assert [(each.source, each.route) for each in skipped] == [("artificial_analysis", "api")]
    assert KEY in skipped[0].why
    [tried] = made.try_sources("artificial_analysis")
    assert (tried.verdict, KEY in tried.why) == ("skipped", True)
    assert net.seen == []


def test_a_key_is_sent_and_recorded_nowhere(
    net: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, f" {SECRET}\n")
    body = (SAMPLES / "artificial_analysis/models.json").read_bytes()
    net.at("/api/v2/data/llms/models", answer(body), answer(status=401))
    made = archive(net, tmp_path)
    outcomes = [made.capture("artificial_analysis")[0].outcome for _ in range(2)]
    made.close()
    assert outcomes == ["stored", "failed"]
    assert [seen.headers["x-api-key"] for seen in net.seen] == [SECRET, SECRET]
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes(), file


def test_a_key_that_cannot_be_one_is_not_sent_and_not_shown(
    net: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, f"{SECRET}\r\nHost: elsewhere.example")
    with pytest.raises(UsageError) as raised:
        archive(net, tmp_path).capture("artificial_analysis")
    assert KEY in str(raised.value)
    assert SECRET not in str(raised.value)
    assert net.seen == []


def test_a_key_goes_to_fixed_addresses_only() -> None:
    """A discovery can lead to another site, and a key must not follow it there."""
    keyed = [
        (name, route)
        for name in sources.names()
        for route in sources.load(name).SOURCE.routes
        if route.key is not None
    ]
    assert [name for name, _ in keyed] == ["artificial_analysis"]
    assert all(route.captures and route.discover is None for _, route in keyed)
