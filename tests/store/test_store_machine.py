"""A state machine against a model: whatever is done in whatever order, what was acknowledged is there or said
to be lost, and what is there is exactly what was given."""

from __future__ import annotations

import random
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from archiver.errors import ArchiverError
from archiver.records import Capture, Reply
from archiver.store import Damage, Store
from archiver.store.compact import compact
from archiver.store.merge import merge
from archiver.store.repair import repair
from archiver.store.seal import Seal

from .harms import HARMS

START = datetime(2026, 1, 1, tzinfo=UTC)
BASE = b"".join(b"| %d | model-%d | %d |\n" % (at, at, 1500 - 3 * at) for at in range(60))


class Archives(RuleBasedStateMachine):
    """Two archives of two sources, written by collectors of their own; each has a model beside it."""

    histories = 0

    def __init__(self) -> None:
        super().__init__()
        Archives.histories += 1
        self.folder = Path(tempfile.mkdtemp(prefix="archiver-machine-"))
        self.clock = START
        self.given: dict[str, bytes] = {}
        self.lines: list[set[str]] = [set(), set()]
        """Of each archive: the ids of captures that were acknowledged there or merged into it."""
        self.may_lack: list[bool] = [False, False]
        """Whether a repair said that something is lost."""
        self.seals: list[list[Seal]] = [[], []]

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def now(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock

    def store(self, which: int) -> Store:
        root = self.folder / str(which) / "snapshots"
        return Store(root, collector=f"collector-{which}", tool="t", now=self.now)

    def files(self, which: int, pattern: str) -> list[Path]:
        return sorted((self.folder / str(which) / "snapshots").glob(pattern))

    @initialize()
    def begin(self) -> None:
        for which in (0, 1):
            self.keep(which, "arena", 0, 0)

    @rule(
        which=st.integers(0, 1),
        source=st.sampled_from(["arena", "aider"]),
        version=st.integers(0, 30),
        day=st.integers(0, 40),
    )
    def keep(self, which: int, source: str, version: int, day: int) -> None:
        """A capture, in any order of days, of bytes that may have been there before."""
        body = BASE.replace(b"model-%d " % (version % 60), b"renamed-%d " % version)
        reply = Reply(url=f"u{version % 2}", captured_at=START + timedelta(days=day), body=body)
        kept = self.store(which).keep(source, "page", reply)
        self.given[kept.sha256 or ""] = body
        self.lines[which].add(kept.capture_id)

    @rule(which=st.integers(0, 1), cut=st.integers(1, 600))
    def crash(self, which: int, cut: int) -> None:
        """What a crash leaves: half a line at a ledger's end, a payload without a line, half an object."""
        ledger = self.files(which, "arena/ledger-collector*.jsonl")[-1]
        last = ledger.read_bytes().splitlines()[-1]
        with ledger.open("ab") as file:
            file.write(last[: min(cut, len(last) - 1)])
        payloads = ledger.parent / "payloads"
        (payloads / f".tmp-collector-{which}.999999999.0123456789abcdef").write_bytes(last[:cut])

    @rule(which=st.integers(0, 1))
    def seal(self, which: int) -> None:
        self.seals[which].append(Seal(self.now(), self.store(which).heads()))

    @rule(which=st.integers(0, 1), seed=st.integers(0, 2**32))
    def harm_and_repair(self, which: int, seed: int) -> None:
        """Harm to any file is named by `verify`; after `repair`, `verify` is content."""
        chance = random.Random(seed)  # noqa: S311  # of hypothesis' choosing
        found = self.files(which, "*/ledger-*.jsonl") + self.files(which, "*/payloads/*/*.zst")
        path = chance.choice(found)
        sound, heads = path.read_bytes(), self.store(which).heads()
        path.write_bytes(chance.choice(HARMS)(chance, sound, chance.choice(found).read_bytes()))
        named = [one for one in self.store(which).verify(against=heads) if not one.note or one.lost]
        known = {key: [head] for key, head in heads.items()}
        done = list(repair(self.store(which), named, known, [], self.now()))
        assert not any(each.left for each in done)
        if any(each.lost for each in done):
            self.may_lack[which] = True
            self.seals[which].clear()
        if done:
            self.seals[which] = [seal for seal in self.seals[which] if not self.damage(which, seal)]

    @rule(which=st.integers(0, 1))
    def lay_anew(self, which: int) -> None:
        list(compact(self.store(which)))

    @rule(which=st.integers(0, 1))
    def unite(self, which: int) -> None:
        """Merging brings all, and twice is once."""
        other = 1 - which
        try:
            list(merge(self.store(which), self.store(other)))
        except ArchiverError as error:  # a repair that did not know a line wrote another past than its copy
            assert "two collectors wrote under one name" in error.what
            assert any(self.may_lack)
            return
        assert list(merge(self.store(which), self.store(other))) == [] or self.may_lack[other]
        self.lines[which] |= self.lines[other]
        self.may_lack[which] |= self.may_lack[other]

    def damage(self, which: int, seal: Seal | None = None) -> list[Damage]:
        found = self.store(which).verify(sealed=seal.heads if seal else None)
        return [one for one in found if not one.note]

    @invariant()
    def what_was_acknowledged_is_there(self) -> None:
        for which in (0, 1):
            store = self.store(which)
            assert self.damage(which) == []
            held = {line.capture_id: line for line in store.lines() if isinstance(line, Capture)}
            assert self.may_lack[which] or self.lines[which] <= held.keys()
            for line in held.values():
                digest = line.sha256 or ""
                if self.may_lack[which] and not store.keeper(line.source).shelf.gives(digest):
                    continue
                body = store.payload(line.source, digest)
                assert body == self.given[digest]
                assert sha256(body).hexdigest() == digest

    @precondition(lambda self: any(self.seals))
    @rule()
    def older_heads_are_prefixes(self) -> None:
        for which in (0, 1):
            for seal in self.seals[which]:
                assert self.damage(which, seal) == []


TestArchives = Archives.TestCase
TestArchives.settings = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.crash
def test_many_archives() -> None:
    """The same, each time other ways, and longer ones."""
    Archives.histories = 0
    run_state_machine_as_test(
        Archives,
        settings=settings(TestArchives.settings, max_examples=400, stateful_step_count=20, derandomize=False),
    )
    print(f"{Archives.histories} histories of up to 20 steps")
