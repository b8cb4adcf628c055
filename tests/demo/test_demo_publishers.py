"""The drawn payloads, read by the sources' own parsers: what goes in as a fact comes out as an entry."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver import sources
from archiver.demo import facts, publishers, render, take
from archiver.demo.facts import Fact
from archiver.demo.server import serving
from archiver.formats.sniff import inspect
from archiver.records import Entry, Payload, Snapshot

RECORDINGS = Path(__file__).resolve().parents[2] / "../shared/payloads"
FACTS = Path(facts.__file__).parent / "facts"
PAYLOADS = {
    (version.since, url): version
    for url, versions in publishers.published().items()
    if "/api/" not in url and url != publishers.SITE
    for version in versions
}


def snapshots(url: str, body: bytes) -> list[Snapshot]:
    source = next(name for name in sources.names() if sources.load(name).SOURCE.route_of(url))
    return list(sources.load(source).parse(Payload(body, url)))


def figures(entry: Entry) -> tuple[str, ...]:
    values = (entry.model, entry.organization, entry.rank, entry.score, entry.score_low, entry.score_high)
    return tuple(
        "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)
        for value in values
    )


def stated(fact: Fact) -> tuple[str, ...]:
    scores = (
        f"{float(fact[name]):.2f}" if fact[name] else "" for name in ("score", "score_low", "score_high")
    )
    return (fact["model"], fact["organization"], fact["rank"], *scores)


@pytest.mark.parametrize(("since", "url"), PAYLOADS)
def test_a_drawn_payload_says_the_facts_and_nothing_else(since: str, url: str) -> None:
    version = PAYLOADS[since, url]
    drawn = snapshots(url, version.draw())
    assert drawn
    for snapshot in drawn:
        states = {fact["published_at"] for fact in facts.read(snapshot.board.split("/")[0])}
        said = [figures(entry) for entry in snapshot.entries]
        assert any(said == list(map(stated, _state(snapshot.board, day))) for day in states)
        assert snapshot.complete
        assert [finding.code for finding in snapshot.findings if finding.severity == "error"] == []
        assert not any(finding.code == "new-field" for finding in snapshot.findings)


def _state(board: str, day: str) -> list[Fact]:
    return [
        fact
        for fact in facts.read(board.split("/")[0])
        if (fact["board"], fact["published_at"]) == (board, day)
    ]


def test_a_drawn_payload_is_the_same_each_time() -> None:
    for url, versions in publishers.published().items():
        for version in versions:
            again = publishers.lookup(url, version.since)
            assert again is not None
            assert again.body == version.draw(), url


def test_places_counted_by_hand() -> None:
    """Counted in the publishers' tables by eye, not by a parser."""
    places = {
        ("ru_llm_arena/plain/overall", "2024-07-26", "yandex_gpt_pro"): (15, 40),
        ("ru_llm_arena/plain/overall", "2024-10-27", "yandex_gpt_pro_v4_26102024"): (13, 44),
        ("ru_llm_arena/plain/overall", "2024-11-27", "gigachat_max_26.20_uncen"): (3, 47),
        ("ru_llm_arena/plain/overall", "2024-12-11", "gigachat_max_26.20_uncen"): (4, 49),
        ("llmarena_ru/text/overall", "2025-04-09", "GigaChat 2 Max"): (14, 61),
        ("llmarena_ru/text/overall", "2025-04-09", "YandexGPT 5 Pro"): (24, 61),
        ("arena/text-to-video/overall", "2026-06-11", "kandinsky-5.0-t2v-pro"): (30, 41),
        ("arena/text-to-video/overall", "2026-08-03", "kandinsky-5.0-t2v-pro"): (32, 43),
    }
    for (board, day, model), place in places.items():
        lines = facts.board(board, day)
        assert (1 + [line["model"] for line in lines].index(model), len(lines)) == place


def test_facts_are_small_and_name_their_source() -> None:
    files = sorted(FACTS.iterdir())
    assert [file.stem for file in files] == ["aider", "arena", "llmarena_ru", "ru_llm_arena"]
    assert sum(file.stat().st_size for file in files) <= 400_000
    for file in files:
        for fact in facts.read(file.stem):
            assert tuple(fact) == (*facts.RANKING, *facts.FIELDS[file.stem])
            assert fact["source_url"].startswith("https://")


@pytest.mark.shared
def test_taking_the_facts_again_gives_the_same_files(tmp_path: Path) -> None:
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings do not lie beside the checkout")
    take.main(RECORDINGS, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        file.name: file.read_bytes() for file in FACTS.iterdir()
    }


def test_the_challenge_is_known_as_one() -> None:
    verdict = inspect(render.CHALLENGE, None)
    assert verdict is not None
    assert verdict[0] == "challenge"


@pytest.fixture
def address() -> Iterator[str]:
    with serving(lambda url: publishers.lookup(url, "2024-10-27")) as found:
        yield found


def test_the_server_names_versions_and_answers_304(address: str) -> None:
    url = publishers.README.replace("https://", address)
    with urllib.request.urlopen(url) as first:
        assert first.status == 200
        assert first.read() == PAYLOADS["2024-10-27", publishers.README].draw()
        etag = first.headers["ETag"]
    with pytest.raises(urllib.error.HTTPError) as same:
        urllib.request.urlopen(urllib.request.Request(url, headers={"If-None-Match": etag}))
    assert same.value.code == 304
    same.value.close()


@pytest.mark.parametrize(
    "path", ["robots.txt", "raw.githubusercontent.com/", "llmarena.ru/config", "huggingface.co/x"]
)
def test_what_is_not_published_yet_is_a_404(address: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(address + path)
    assert missing.value.code == 404
    missing.value.close()


def test_the_server_is_gone_afterwards() -> None:
    with serving(lambda url: None) as address:
        pass
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=2)
