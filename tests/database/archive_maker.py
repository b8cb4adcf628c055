"""A small world of captures for tests of the index: ledger lines, payloads, what a parser reads of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from archiver.database import connect
from archiver.database.load import Loader, Pending, Published
from archiver.parsing.portions import portions
from archiver.records import Capture, Decision, Entry, Finding, Outcome, Snapshot, utc
from archiver.sources import Board, Route, Source

DAY = timedelta(days=1)
START = utc("2026-01-01")


class Resolved(NamedTuple):
    model: str | None
    family: str | None
    organization: str | None
    country: str | None
    evidence: str | None


class Names:
    """A registry of a handful of names."""

    def __init__(self, makers: Mapping[str, tuple[str, str]] | None = None) -> None:
        """makers: the first word of a model's name → organisation and country."""
        self.makers = dict(makers or {"gigachat": ("Sber", "RU"), "gpt": ("OpenAI", "US")})
        self.digest = sha256(repr(sorted(self.makers.items())).encode()).hexdigest()
        self.asked: list[str] = []

    def resolve(self, source: str, model_listed: str, organization_listed: str | None) -> Resolved:
        self.asked.append(model_listed)
        word = model_listed.partition("-")[0]
        if word not in self.makers:
            return Resolved(None, None, None, None, None)
        organization, country = self.makers[word]
        return Resolved(model_listed.upper(), word.upper(), organization, country, f"begins with {word}")

    def organizations(self) -> list[tuple[str, str | None, str | None]]:
        return [(organization, country, "a test") for organization, country in self.makers.values()]

    def models(self, met: Iterable[Resolved] = ()) -> list[tuple[str, str | None, str | None]]:
        return sorted({(it.model, it.family, it.organization) for it in met if it.model is not None})

    def aliases(
        self, met: Iterable[tuple[str, Resolved]] = ()
    ) -> list[tuple[str, str, str, str, str | None]]:
        return sorted({(name, name, "model", it.model, "listed") for name, it in met if it.model is not None})


def source(name: str, *, routes: Sequence[str] = ("main",), version: int = 1, days: float = 1) -> Source:
    """A publisher's facts."""
    return Source(
        title=name.title(),
        homepage=f"https://{name}.example/",
        license="CC BY 4.0",
        attribution=name.title(),
        routes=[Route(name=route, media="json", pattern=".*") for route in routes],
        boards={f"{name}/main/*": Board(title=f"{name.title()}, main", metric="score")},
        cadence=timedelta(days=days),
        version=version,
        quirks=("invented",),
    )


def snapshot(
    board: str,
    models: str,
    *,
    published_at: datetime | None = None,
    complete: bool = True,
    total: int | None = None,
    findings: Sequence[Finding] = (),
) -> Snapshot:
    """A snapshot with one entry a word of `models`."""
    entries = [
        Entry(position, model, "", rank=position, score=100.5 - position, votes=10 * position)
        for position, model in enumerate(models.split(), 1)
    ]
    return Snapshot(
        board=board,
        entries=entries,
        published_at=published_at,
        complete=complete,
        declared_total=total,
        layout="invented",
        notes={"votes": 7},
        findings=findings,
    )


BAD = Finding("row-count", "error", "Too few rows.", {"rows": 1})


@dataclass
class Ledger:
    """What was captured and decided, in the order in which it was written down."""

    sources: dict[str, Source]
    captures: list[Capture] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    payloads: dict[tuple[str, str], list[Snapshot] | str] = field(default_factory=dict)
    """By payload and URL: what a parser reads, or why it cannot."""

    def capture(
        self,
        name: str,
        payload: str,
        says: list[Snapshot] | str,
        at: datetime,
        *,
        route: str = "main",
        url: str | None = None,
        outcome: Outcome = "stored",
    ) -> Capture:
        """Writes a capture down. payload: a word that stands for its bytes."""
        line = len(self.captures) + 1
        address = url or f"https://{name}.example/{route}"
        digest = sha256(payload.encode()).hexdigest()
        self.payloads[digest, address] = says
        one = Capture(
            capture_id=sha256(f"{name} {line} {at}".encode()).hexdigest(),
            ledger=f"ledger-{name}.jsonl",
            line=line,
            source=name,
            route=route,
            url=address,
            captured_at=at,
            loaded_at=at + DAY,
            outcome=outcome,
            reason="timeout" if outcome == "failed" else None,
            sha256=digest,
            size=len(payload),
            tool="test",
        )
        self.captures.append(one)
        return one

    def decide(
        self,
        name: str,
        verdict: str,
        board: str,
        payload: str,
        at: datetime,
        published_at: datetime | None = None,
    ) -> None:
        line = len(self.decisions) + 1
        assert verdict in ("released", "rejected")
        self.decisions.append(
            Decision(
                decision_id=f"{999 - line:03}" + sha256(f"{line}{at}".encode()).hexdigest()[3:],
                source=name,
                verdict="released" if verdict == "released" else "rejected",
                board=board,
                payload_sha256=sha256(payload.encode()).hexdigest(),
                published_at=published_at,
                because="a test",
                loaded_at=at,
            )
        )

    def heads(self, captures: int, decisions: int) -> dict[str, str]:
        return {"all/ledger.jsonl": f"{captures} {decisions}"}

    def load(
        self,
        path: Path,
        *,
        captures: Sequence[Capture] | None = None,
        decisions: Sequence[Decision] | None = None,
        fresh: bool = False,
        names: Names | None = None,
        before_publish: Callable[[Loader], None] | None = None,
    ) -> Published:
        """Brings the index at `path` up with the ledger, or with some of it; parses what waits."""
        captures = self.captures if captures is None else captures
        decisions = self.decisions if decisions is None else decisions
        with Loader(path, fresh=fresh) as loader:
            loader.add_lines(captures, decisions, self.heads(len(captures), len(decisions)))
            for pending in loader.pending({name: one.version for name, one in self.sources.items()}):
                self.parse(loader, pending)
            loader.settle(self.sources, names or Names())
            if before_publish:
                before_publish(loader)
            return loader.publish()

    def parse(self, loader: Loader, pending: Pending) -> None:
        says = self.payloads[pending.payload_sha256, pending.url]
        version = self.sources[pending.source].version
        if isinstance(says, str):
            loader.add_failure(pending, version, says)
        else:
            loader.add_reading(pending, version, portions((one, one.findings) for one in says))


def tables(path: Path, *, but: Sequence[str] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, sorted; `but` names facts of `meta` that are left out."""
    with connect(path) as con:
        names = [
            name
            for (name,) in con.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY 1"
            ).fetchall()
        ]
        found = {name: sorted(con.execute(f"FROM {name}").fetchall(), key=repr) for name in names}
    found["meta"] = [row for row in found["meta"] if row[0] not in but]
    return found


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of the published index."""
    with connect(path) as con:
        return con.execute(sql).fetchall()


def states(index: Path) -> list[tuple[object, ...]]:
    """First model, first and last seen as days since the start, sightings: of each snapshot in order."""
    return query(
        index,
        """
        SELECT e.model_listed, date_diff('day', DATE '2026-01-01', first_seen),
            date_diff('day', DATE '2026-01-01', last_seen), sightings
        FROM snapshots AS s JOIN entries AS e USING (content_id) WHERE e.position = 1 ORDER BY first_seen
        """,
    )
