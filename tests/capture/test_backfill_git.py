"""Git histories, on real repositories: every version of a file with its own time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver import Archive
from archiver.backfill import Report
from archiver.capture.git import GitPast, cached_at
from archiver.capture.repository import clone, local
from archiver.config import Config
from archiver.errors import UsageError
from archiver.sources import GitFile, Route
from tests.capture.past import SAMPLES, Upstream

FILE = "aider/website/_data/polyglot_leaderboard.yml"
OLD = "website/_data/polyglot_leaderboard.yml"
RAW = "https://raw.githubusercontent.com/Aider-AI/aider"
BOARD = (SAMPLES / "aider/polyglot_leaderboard.yml").read_bytes()
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n"


def board(version: int) -> bytes:
    """The sample with another remark, so that each version has other bytes and the same board."""
    return BOARD + b"# version %d\n" % version


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "upstream")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive", configuration=Config())
    yield archive
    archive.close()


def backfill(archive: Archive, upstream: Upstream, **more: object) -> Report:
    cache = archive.path.parent / "cache"
    return archive.backfill("aider", repo=upstream.url, cache=cache, **more)  # type: ignore[arg-type]  # options


def test_each_version_is_a_capture_of_its_own_time_through_renames(
    archive: Archive, upstream: Upstream
) -> None:
    first = upstream.commit("2025-01-01T10:00:00+03:00", {OLD: board(1)})
    upstream.commit("2025-01-02T00:00:00Z", {"README.md": b"else\n"})
    (upstream.path / FILE).parent.mkdir(parents=True)
    upstream.git("mv", OLD, FILE)
    renamed = upstream.commit("2025-01-03T00:00:00Z", {})
    third = upstream.commit("2025-01-04T00:00:00Z", {FILE: board(3)})
    upstream.commit("2025-01-05T00:00:00Z", {FILE: None})
    report = backfill(archive, upstream)
    assert [(each.url, each.captured_at, each.via, each.route, each.outcome) for each in report.captures] == [
        (f"{RAW}/{first}/{OLD}", datetime(2025, 1, 1, 7, tzinfo=UTC), "git", "repository", "stored"),
        (f"{RAW}/{renamed}/{FILE}", datetime(2025, 1, 3, tzinfo=UTC), "git", "repository", "stored"),
        (f"{RAW}/{third}/{FILE}", datetime(2025, 1, 4, tzinfo=UTC), "git", "repository", "stored"),
    ]
    assert report.captures[0].origin == f"{first}:{OLD}"
    assert archive.store.payload("aider", report.captures[2].sha256 or "") == board(3)
    assert not report.problems
    rows = archive.sql("SELECT first_seen, last_seen, sightings FROM snapshots").fetchall()
    assert rows == [(datetime(2025, 1, 1, 7), datetime(2025, 1, 4), 3)]  # noqa: DTZ001  # the index is in UTC


def test_the_clone_holds_no_contents_but_those_that_were_asked_for(
    archive: Archive, upstream: Upstream
) -> None:
    for day in range(1, 5):
        upstream.commit(f"2025-01-0{day}T00:00:00Z", {FILE: board(day), "large.bin": bytes([day]) * 100_000})
    report = backfill(archive, upstream, since="2025-01-03")
    assert [each.captured_at.day for each in report.captures] == [3, 4]
    kept = cached_at(archive.path.parent / "cache", upstream.url)
    assert sum(file.stat().st_size for file in kept.rglob("*") if file.is_file()) < 100_000
    assert {path.name for path in kept.iterdir()} == {".git"}, "no checkout"


def test_a_second_run_takes_only_what_is_new(archive: Archive, upstream: Upstream) -> None:
    upstream.commit("2025-01-01T00:00:00Z", {FILE: board(1)})
    assert len(backfill(archive, upstream).captures) == 1
    again = backfill(archive, upstream)
    assert (again.listed, again.held, again.captures) == (1, 1, [])
    upstream.commit("2025-01-02T00:00:00Z", {FILE: board(2)})
    assert [each.captured_at.day for each in backfill(archive, upstream).captures] == [2]


def test_limit_takes_the_oldest_first_and_the_next_run_goes_on(archive: Archive, upstream: Upstream) -> None:
    for day in range(1, 6):
        upstream.commit(f"2025-01-0{day}T00:00:00Z", {FILE: board(day)})
    first = backfill(archive, upstream, limit=2)
    assert ([each.captured_at.day for each in first.captures], first.left) == ([1, 2], 3)
    second = backfill(archive, upstream, limit=2)
    assert ([each.captured_at.day for each in second.captures], second.held, second.left) == ([3, 4], 2, 1)


def test_until_a_date_means_all_of_it(archive: Archive, upstream: Upstream) -> None:
    for hour in (1, 23, 25):
        upstream.commit(f"2025-01-0{1 + hour // 24}T{hour % 24:02}:00:00Z", {FILE: board(hour)})
    report = backfill(archive, upstream, until="2025-01-01")
    assert [each.captured_at.hour for each in report.captures] == [1, 23]


def test_what_cannot_be_read_is_reported_and_skipped(archive: Archive, upstream: Upstream) -> None:
    upstream.commit("2025-01-01T00:00:00Z", {FILE: b""})
    upstream.commit("2025-01-02T00:00:00Z", {FILE: POINTER})
    upstream.commit("2025-01-03T00:00:00Z", {FILE: b"- model: a\n  surprise: 1\n"})
    (upstream.path / FILE).unlink()
    (upstream.path / FILE).symlink_to("elsewhere.yml")
    upstream.commit("2025-01-04T00:00:00Z", {})
    (upstream.path / FILE).unlink()
    upstream.commit("2025-01-05T00:00:00Z", {FILE: board(5)})
    report = backfill(archive, upstream)
    assert [(each.captured_at.day, each.outcome, each.reason) for each in report.captures] == [
        (1, "failed", "empty"),
        (2, "failed", "lfs-pointer"),
        (3, "stored", None),
        (5, "stored", None),
    ]
    assert len(archive.unread()) == 1
    assert archive.sql("SELECT count(*) FROM snapshots").fetchall() == [(1,)]
    assert backfill(archive, upstream).captures == [], "bytes of a commit do not change: no second attempt"


def test_the_main_line_counts_and_a_merge_is_one_step(archive: Archive, upstream: Upstream) -> None:
    upstream.commit("2025-01-01T00:00:00Z", {FILE: board(1)})
    upstream.git("switch", "--quiet", "--create", "side")
    upstream.commit("2025-01-02T00:00:00Z", {FILE: board(2)})
    upstream.commit("2025-01-03T00:00:00Z", {FILE: board(3)})
    upstream.git("switch", "--quiet", "main")
    upstream.commit("2025-01-04T00:00:00Z", {"README.md": b"else\n"})
    upstream.git("merge", "--quiet", "--no-edit", "side", at="2025-01-05T00:00:00Z")
    report = backfill(archive, upstream)
    assert [each.captured_at.day for each in report.captures] == [1, 5]
    assert archive.store.payload("aider", report.captures[1].sha256 or "") == board(3)


def test_a_local_repository_is_only_read(archive: Archive, upstream: Upstream) -> None:
    upstream.commit("2025-01-01T00:00:00Z", {FILE: board(1)})
    before = sorted((str(path), path.stat().st_mtime_ns) for path in upstream.path.rglob("*"))
    report = archive.backfill("aider", repo=str(upstream.path))
    assert len(report.captures) == 1
    assert sorted((str(path), path.stat().st_mtime_ns) for path in upstream.path.rglob("*")) == before


def test_a_lost_object_costs_its_version_only(archive: Archive, upstream: Upstream) -> None:
    for day in range(1, 4):
        upstream.commit(f"2025-01-0{day}T00:00:00Z", {FILE: board(day)})
    lost = upstream.git("rev-parse", f"HEAD~1:{FILE}")
    (upstream.path / ".git/objects" / lost[:2] / lost[2:]).unlink()
    report = archive.backfill("aider", repo=str(upstream.path))
    assert [(each.captured_at.day, each.reason) for each in report.captures] == [
        (1, None),
        (2, "network"),
        (3, None),
    ]
    assert lost in report.captures[1].detail


@pytest.mark.parametrize("repo", ["file:///nowhere/at/all", "https://127.0.0.1:9/none.git"])
def test_a_repository_that_cannot_be_had_is_a_problem_that_names_it(archive: Archive, repo: str) -> None:
    cache = archive.path.parent / "cache"
    report = archive.backfill("aider", repo=repo, cache=cache)
    assert report.captures == []
    assert all(problem.startswith("https://github.com/Aider-AI/aider: git: ") for problem in report.problems)
    assert report.problems
    assert list(cache.iterdir()) == [], "a first clone appears whole or not at all"


def test_versions_rest_on_the_one_before(archive: Archive, upstream: Upstream) -> None:
    noise = "".join(f"# {number * 7919 % 99991:05}\n" for number in range(4000)).encode()
    for day in range(1, 9):
        upstream.commit(f"2025-01-0{day}T00:00:00Z", {FILE: board(day) + noise})
    backfill(archive, upstream)
    stored = [
        file.stat().st_size
        for file in (archive.path / "snapshots/aider/payloads").rglob("*")
        if file.is_file()
    ]
    assert len(stored) == 8
    assert sum(stored) < 2 * max(stored), "one whole payload and seven deltas"


def route(pattern: str) -> Route:
    return Route(name="repository", media="csv", pattern=pattern)


def test_a_name_that_the_route_does_not_know_is_recorded_under_the_files_own_address(
    upstream: Upstream,
) -> None:
    text = b"".join(b"model-%d,%d\n" % (number, number) for number in range(50))
    old = upstream.commit("2025-01-01T00:00:00Z", {"results/all.csv": text})
    upstream.git("mv", "results/all.csv", "table.csv")
    new = upstream.commit("2025-01-02T00:00:00Z", {})
    raw = "https://raw.githubusercontent.com/a/b"
    file = GitFile("https://github.com/a/b", "table.csv", "repository", url="https://b.example/{name}")
    past = GitPast(
        [file], [route(rf"{raw}/[0-9a-f]+/table\.csv")], lambda _url, _branch: local(upstream.path)
    )
    versions = past.listing().versions
    past.close()
    assert [version.url for version in versions] == ["https://b.example/table.csv", f"{raw}/{new}/table.csv"]
    assert [version.origin for version in versions] == [f"{old}:results/all.csv", f"{new}:table.csv"]


def test_a_glob_finds_files_that_are_gone_and_counts_no_version_twice(upstream: Upstream) -> None:
    text = b"".join(b"model-%d,%d\n" % (number, number) for number in range(50))
    upstream.commit("2025-01-01T00:00:00Z", {"data/table_1.csv": text, "data/other.txt": b"no\n"})
    upstream.git("mv", "data/table_1.csv", "data/table_2.csv")
    upstream.commit("2025-01-02T00:00:00Z", {})
    upstream.commit(
        "2025-01-03T00:00:00Z", {"data/table_é 3.csv": text + b"x,1\n", "data/in/table_4.csv": text}
    )
    upstream.commit("2025-01-04T00:00:00Z", {"data/table_2.csv": None})
    file = GitFile(
        "https://git.example/a/b", "data/table_*.csv", "repository", url="https://b.example/{name}"
    )
    past = GitPast([file], [route(".*")], lambda _url, _branch: local(upstream.path))
    versions = past.listing().versions
    past.close()
    assert sorted((version.at.day, version.origin.partition(":")[2]) for version in versions) == [
        (1, "data/table_1.csv"),
        (2, "data/table_2.csv"),
        (3, "data/table_é 3.csv"),
    ]
    assert sorted(version.url for version in versions)[0] == "https://b.example/table_1.csv"


def test_a_name_that_belongs_to_no_route_is_left_out_and_said(upstream: Upstream) -> None:
    upstream.commit("2025-01-01T00:00:00Z", {"a.csv": b"model,score\n", "b.csv": b"else,1\n"})
    file = GitFile("https://github.com/a/b", "*.csv", "repository")
    past = GitPast([file], [route(r".*/a\.csv")], lambda _url, _branch: local(upstream.path))
    listing = past.listing()
    past.close()
    assert [version.origin.partition(":")[2] for version in listing.versions] == ["a.csv"]
    assert listing.notes == ["https://github.com/a/b: b.csv belongs to no route: left out"]


def test_a_branch_that_the_publisher_serves_from(upstream: Upstream, tmp_path: Path) -> None:
    upstream.commit("2025-01-01T00:00:00Z", {"x": b"x"})
    upstream.git("switch", "--quiet", "--create", "gh-pages")
    upstream.commit("2025-01-02T00:00:00Z", {"a.csv": b"model,score\n"})
    upstream.git("switch", "--quiet", "main")
    file = GitFile("https://github.com/a/b", "a.csv", "repository", branch="gh-pages")
    for give in (
        lambda _url, branch: local(upstream.path, branch),
        lambda _url, branch: clone(upstream.url, tmp_path / "cache" / "b", branch),
    ):
        past = GitPast([file], [route(".*")], give)
        versions = past.listing().versions
        past.prepare(versions)
        assert [past.get(version).body for version in versions] == [b"model,score\n"]
        past.close()


def test_git_asks_no_questions_and_looks_at_no_repository_around_it(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.commit("2025-01-01T00:00:00Z", {FILE: board(1)})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    repository = clone(upstream.url, tmp_path / "cache" / "one")
    assert repository.read("rev-list", "--count", repository.head).strip() == b"1"


def test_wrong_words_are_refused_before_anything_is_asked(archive: Archive) -> None:
    with pytest.raises(UsageError, match="leave out --via"):
        archive.backfill("aider", repo="x", via="hub")
    with pytest.raises(UsageError, match="No past of aider is known via wayback"):
        archive.backfill("aider", via="wayback")
    with pytest.raises(UsageError, match="No time is both"):
        archive.backfill("aider", since="2025-02-01", until="2025-01-01")
    with pytest.raises(UsageError, match="not a time"):
        archive.backfill("aider", since="yesterday")
