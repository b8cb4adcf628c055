"""Tables that follow from others and from what this version knows: sources, boards, names."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..identity.folding import fold
from . import rows
from .connect import head_keys, only_heads
from .spool import board_id

if TYPE_CHECKING:
    import duckdb

    from ..sources import Source
    from .snapshots import Fresh


class Resolution(Protocol):
    """What a listed name stands for; any may be None."""

    @property
    def model(self) -> str | None: ...
    @property
    def family(self) -> str | None: ...
    @property
    def organization(self) -> str | None: ...
    @property
    def country(self) -> str | None: ...
    @property
    def evidence(self) -> str | None: ...


class Registry(Protocol):
    """What the index asks of the registry of names (`archiver.identity`)."""

    @property
    def digest(self) -> str:
        """Of everything that the answers depend on: names are resolved again when it changes."""
        ...

    def resolve(self, source: str, model_listed: str, organization_listed: str | None) -> Resolution: ...

    def organizations(self) -> Sequence[tuple[str, str | None, str | None]]:
        """organization, country, evidence"""
        ...

    def models(self, met: Iterable[Any] = ()) -> Sequence[tuple[str, str | None, str | None]]:
        """model, family, organization; met: what listed names resolved to"""
        ...

    def aliases(self, met: Iterable[Any] = ()) -> Sequence[tuple[str, str, str, str, str | None]]:
        """folded, name, kind, target, evidence; met: listed names with what they resolved to"""
        ...


@contextmanager
def recalled(registry: Registry, *, whole: bool) -> Iterator[None]:
    """Has the registry bring to mind what `settle_names` asks it, while the database writes.

    whole: it will be asked for all that it knows; else nothing is done.
    """
    with ThreadPoolExecutor(1, "recalling names") as beside:
        if whole:
            beside.submit(registry.aliases)
        yield


class Notes:
    """What the table `meta` says of the file: read once, kept in memory, and written at the end."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, found: Mapping[str, str]) -> None:
        """found: the rows of the table."""
        self._connection = connection
        self._written = dict(found)
        self._now = dict(found)

    def __getitem__(self, key: str) -> str | None:
        return self._now.get(key)

    def note(self, key: str, value: str) -> bool:
        """Takes a fact about the file; says whether it was another before."""
        old, self._now[key] = self._now.get(key), value
        return old != value

    def heads(self) -> dict[str, str]:
        """What has been read of each ledger."""
        return only_heads(self._now)

    def note_heads(self, heads: Mapping[str, str]) -> None:
        """Takes what has been read of each ledger, in place of what had been."""
        self._now = {key: value for key, value in self._now.items() if key not in head_keys(self.heads())}
        self._now |= head_keys(heads)

    def write(self) -> None:
        """Makes the table say what was taken."""
        if self._now != self._written:
            self._connection.execute("DELETE FROM meta")
            rows.insert(self._connection, "meta", sorted(self._now.items()))
            self._written = dict(self._now)


def settle_sources(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source]) -> bool:
    """The table `sources`; says whether it changed: every board is then touched, for routes and cadences."""
    known = [
        (
            name,
            source.title,
            source.homepage,
            source.license,
            source.attribution,
            source.cadence.total_seconds() / 3600,
            source.version,
            source.proven,
            list(source.quirks),
            [route.name for route in source.routes],
        )
        for name, source in sources.items()
    ]
    return rows.replace(connection, "sources", known)


def settle_boards(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[str, Source], fresh: Iterable[Fresh]
) -> None:
    """The rows of the touched boards in the table `boards`; fresh: their snapshots."""
    last = {
        one.board: one.metric
        for one in sorted(fresh, key=lambda one: (one.shot.time, one.shot.first_seen, one.shot.snapshot_id))
    }
    new = [_board(board, metric, sources) for board, metric in last.items()]
    touched = "board IN (SELECT board FROM touched)"
    old = connection.execute(f"SELECT * FROM boards WHERE {touched}").fetchall()  # noqa: S608  # text of ours
    if set(old) != set(new):
        connection.execute(f"DELETE FROM boards WHERE {touched}")  # noqa: S608  # text of ours
        rows.insert(connection, "boards", sorted(new, key=repr))


def _board(board: str, metric: str, sources: Mapping[str, Source]) -> rows.Row:
    name, track, category = board.split("/")
    source = sources.get(name)
    facts = source.board(board) if source else None
    title = source.title_of(board) if source else board
    better = facts.higher_is_better if facts else True
    return board, name, track, category, title, metric, better, board_id(board)


def settle_names(
    connection: duckdb.DuckDBPyConnection, registry: Registry, *, changed: bool, dropped: bool
) -> None:
    """The tables `listings`, `names`, `organizations`, `models` and `aliases`.

    changed: the registry is another, so that names that are held already are resolved again. dropped: entries
    went, so that some names may be listed nowhere any more.
    """
    ((listed,),) = connection.execute(_LISTED_ANEW if dropped else _LISTED).fetchall()
    if dropped:
        connection.execute(_UNLISTED)
    asked = connection.execute(_NEW).fetchall() if listed else []
    if changed:
        asked += connection.execute("SELECT source, model_listed, organization_listed FROM names").fetchall()
        connection.execute("DELETE FROM names")
    rows.insert(connection, "names", [_name(registry, *listed) for listed in sorted(asked, key=repr)])
    if changed or dropped or asked:
        met = [Name._make(row) for row in connection.execute("SELECT * FROM names").fetchall()]
        rows.replace(connection, "organizations", registry.organizations())
        rows.replace(connection, "models", registry.models(met))
        known = registry.aliases((name.model_listed, name) for name in met)
        rows.replace(connection, "aliases", [*known, *as_listed(met, {folded for folded, *_ in known})])


class Name(NamedTuple):
    """A row of the table `names`: a name as listed, and what it stands for."""

    source: str
    model_listed: str
    organization_listed: str | None
    model: str | None
    family: str | None
    organization: str | None
    country: str | None
    evidence: str | None
    folded: str


def as_listed(names: Iterable[Name], known: Container[str]) -> list[rows.Row]:
    """Rows of `aliases`: listed names that may be typed too, but those that fold to one that is known."""
    names = list(names)
    makers = {name.organization_listed or "" for name in names}
    listed = {(name.folded, name.model_listed, "model as listed") for name in names}
    listed |= {(fold(maker), maker, "organization as listed") for maker in makers}
    return [(key, name, kind, name, None) for key, name, kind in sorted(listed) if key and key not in known]


_LISTING = """
SELECT DISTINCT board, split_part(board, '/', 1) AS source, model_listed, organization_listed, license
"""

_ON_TOUCHED = "board_id IN (SELECT b.board_id FROM boards AS b SEMI JOIN touched USING (board))"
"""By which the rest of the entries is passed over."""

_LISTED = f"""
INSERT INTO listings
{_LISTING} FROM entries SEMI JOIN written USING (content_id) WHERE {_ON_TOUCHED}
EXCEPT
SELECT * FROM listings WHERE board IN (SELECT board FROM touched);
"""  # noqa: S608  # text of ours

_LISTED_ANEW = f"""
DELETE FROM listings WHERE board IN (SELECT board FROM touched);
INSERT INTO listings {_LISTING} FROM entries SEMI JOIN touched USING (board) WHERE {_ON_TOUCHED};
"""  # noqa: S608  # text of ours

_NEW = """
SELECT source, model_listed, organization_listed FROM listings
EXCEPT
SELECT source, model_listed, organization_listed FROM names
"""

_UNLISTED = """
DELETE FROM names AS n
WHERE NOT EXISTS (
    SELECT 1 FROM listings AS l
    WHERE l.source = n.source AND l.model_listed = n.model_listed
        AND l.organization_listed IS NOT DISTINCT FROM n.organization_listed
)
"""


def _name(registry: Registry, source: str, model: str, organization: str | None) -> Name:
    found = registry.resolve(source, model, organization)
    return Name(
        source,
        model,
        organization,
        found.model,
        found.family,
        found.organization,
        found.country,
        found.evidence,
        fold(model),
    )
