"""What an operator would look at first, and the figures that monitors read."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from archiver import Archive, doctor
from archiver.answers import health
from archiver.cli.main import cli
from archiver.config import Config, Notify, Prune, Watched
from archiver.records import Reply
from archiver.reports.metrics import PREFIX, metrics
from tests.internet import Internet, answer

NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)
URL = "https://raw.githubusercontent.com/VikhrModels/ru_llm_arena/master/README.md"
SAMPLE = Path(__file__).parents[1] / "samples" / "ru_llm_arena" / "boxes.md"


def archive(home: Path, **settings: object) -> Archive:
    made = Archive(home, configuration=Config(**settings), now=lambda: NOW, warn=lambda _damage: None)  # type: ignore[arg-type]
    reply = Reply(url=URL, captured_at=NOW - timedelta(hours=1), body=SAMPLE.read_bytes(), status=200)
    made.store.keep("ru_llm_arena", "readme", reply)
    return made


def states(found: Archive, *, network: bool = False) -> dict[str, tuple[str, str]]:
    return {check.name: (check.state, check.said) for check in doctor.examine(found, network=network)}


def test_a_sound_archive(tmp_path: Path) -> None:
    with archive(tmp_path) as found:
        seen = states(found)
    assert {state for state, _ in seen.values()} == {"ok"}
    assert list(seen) == ["configuration", "rights", "disk", "ledgers", "index", "clock"]


def test_an_address_that_nobody_understands(tmp_path: Path) -> None:
    with archive(tmp_path, notify=Notify(targets={"desk": "nosuchservice://x"})) as found:
        assert states(found)["configuration"] == ("wrong", "Apprise does not know the address of desk.")


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with archive(tmp_path, sources=("aidr",)) as found:
        state, said = states(found)["configuration"]
    assert state == "wrong" and "aidr" in said


def test_a_source_to_prune_that_is_not_there(tmp_path: Path) -> None:
    with archive(tmp_path, prune=Prune(keep=timedelta(days=9), sources=("aidr",))) as found:
        state, said = states(found)["configuration"]
    assert state == "wrong" and "aidr" in said


@pytest.mark.parametrize(
    ("watch", "told"),
    [
        (Watched(who=("Sber", "Vikhr"), boards=("ru_llm_arena/*",)), ("ok", "2 names on 2 boards.")),
        (Watched(top=(1,)), ("ok", "Everybody.")),
        (Watched(who=("Sbre",)), ("note", "is known by the name 'Sbre'")),
        (Watched(boards=("nowhere/*",)), ("note", "No board is known by the name 'nowhere/*'")),
    ],
)
def test_whom_the_archive_watches_is_known(tmp_path: Path, watch: Watched, told: tuple[str, str]) -> None:
    with archive(tmp_path, watch=watch) as found:
        state, said = states(found)["watch"]
    assert state == told[0] and told[1] in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_ledger_that_cannot_be_written(tmp_path: Path) -> None:
    with archive(tmp_path) as found:
        [ledger] = tmp_path.glob("snapshots/*/ledger-*")
        ledger.chmod(0o400)
        assert states(found)["rights"][0] == "wrong"


def test_a_clock_that_stands_behind_the_ledger(tmp_path: Path) -> None:
    with archive(tmp_path) as found:
        found.now = lambda: NOW - timedelta(days=2)
        assert states(found)["clock"][0] == "wrong"


def test_a_ledger_that_was_cut(tmp_path: Path) -> None:
    with archive(tmp_path) as found:
        found.connect()
        found.close()
        [ledger] = tmp_path.glob("snapshots/*/ledger-*")
        ledger.write_bytes(ledger.read_bytes()[:50])
        assert states(found)["ledgers"][0] == "wrong"


def test_an_index_that_is_not_one(tmp_path: Path) -> None:
    with archive(tmp_path) as found:
        found.connect()
        found.close()
        damaged = bytearray(found.index.read_bytes())
        damaged[8192:] = os.urandom(len(damaged) - 8192)
        found.index.write_bytes(damaged)
        assert states(found)["index"][0] in {"wrong", "ok"}, "said, or made anew"


def test_the_network_and_its_clock(tmp_path: Path, net: Internet) -> None:
    site = net.at("/robots.txt", answer(b"User-agent: *\nAllow: /\n"))
    base = site.removesuffix("/robots.txt")
    mirrors = {"https://raw.githubusercontent.com": base}
    host = base.removeprefix("http://")
    with archive(
        tmp_path, sources=("ru_llm_arena",), mirrors=mirrors, allow_hosts=frozenset({host})
    ) as found:
        seen = [check for check in doctor.examine(found) if check.name == "network"]
    assert [(check.state, check.said) for check in seen] == [("ok", "All 1 hosts of the sources answer.")]


def test_a_network_that_is_away(tmp_path: Path) -> None:
    mirrors = {"https://raw.githubusercontent.com": "http://127.0.0.1:9"}
    allowed = frozenset({"127.0.0.1:9"})
    with archive(tmp_path, sources=("ru_llm_arena",), mirrors=mirrors, allow_hosts=allowed) as found:
        assert states(found, network=True)["network"][0] == "wrong"


def test_the_command(tmp_path: Path) -> None:
    archive(tmp_path).close()
    run = CliRunner().invoke(cli, ["--archive", str(tmp_path), "doctor", "--offline"])
    assert run.output.count("ok     ") >= 5, run.output


def test_the_figures_are_what_the_answer_says(tmp_path: Path) -> None:
    with archive(tmp_path) as found:
        told = health(found.connect(), NOW)
    families = {family.name: family for family in text_string_to_metric_families(metrics(told, NOW))}
    assert all(family.documentation and family.type == "gauge" for family in families.values())
    figures = {
        name: {sample.labels.get("source", ""): sample.value for sample in family.samples}
        for name, family in families.items()
    }
    success = figures[f"{PREFIX}_last_success_timestamp_seconds"]["ru_llm_arena"]
    assert success == (NOW - timedelta(hours=1)).timestamp()
    assert figures[f"{PREFIX}_fresh"] == {each.source: float(each.freshness == "fresh") for each in told}
    assert figures[f"{PREFIX}_captures"]["ru_llm_arena"] == 1


def test_status_writes_them_and_its_exit_code_calls_a_person(tmp_path: Path) -> None:
    archive(tmp_path / "a").close()
    target = tmp_path / "archiver.prom"
    run = CliRunner().invoke(
        cli, ["--archive", str(tmp_path / "a"), "status", "--metrics", str(target), "--format", "json"]
    )
    assert target.read_text().startswith("# HELP ")
    assert run.exit_code == 1 and "Needs a person: ru_llm_arena." in run.stderr, (
        "its last capture is long ago"
    )
