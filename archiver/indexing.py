"""From the ledgers to the index: read what is new, parse, check, load, publish.

The index is disposable: this module makes it from `snapshots/` alone, by increments or from nothing, and the
tables come out the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import sources
from .errors import DamagedArchive, ParseFailed
from .identity.folding import fold
from .parsing import Ahead, Ask, reading
from .records import Capture, Decision, Payload, Reply, Slot

if TYPE_CHECKING:
    from .database import Loader, Opening, Pending, Published
    from .identity import Registry
    from .parsing import Portion
    from .store import Store

Progress = Callable[[int, int, str], None]
"""Called with payloads done, payloads in all, and the name of the one at hand."""


Warn = Callable[[DamagedArchive], None]
"""Called for each ledger that cannot be read on; the others are read all the same."""


def bring_up(
    store: Store,
    path: Path,
    registry: Registry,
    *,
    warn: Warn,
    catalog: sources.Catalog = sources.BUILT_IN,
    inputs: str = "",
    fresh: bool = False,
    progress: Progress | None = None,
    begun: Begun | None = None,
) -> Published:
    """Reads every ledger line and payload that the index at `path` lacks, and publishes the result.

    inputs: digest of what the index is made by beside the ledgers (see `inputs`), which it will say.
    fresh: start from nothing (`rebuild`). begun: what was done of it before (`beginning`).
    A payload that cannot be parsed costs that payload only: its error is in the table `payloads`, and it is
    tried again when its parser's version changes. Of a damaged ledger the lines before the damage count.
    """
    from .database import Loader

    with begun.opening.loader() if begun else Loader(path, fresh=fresh) as loader:
        _add_lines(store, loader, warn)
        parsers = {name: catalog.load(name) for name in catalog.names()}
        waiting = loader.pending({name: parser.SOURCE.version for name, parser in parsers.items()})
        progress = progress or (lambda _done, _all, _name: None)
        _read(store, loader, waiting, parsers, progress, begun.ahead if begun else Ahead())
        loader.settle({name: parser.SOURCE for name, parser in parsers.items()}, registry, inputs)
        return loader.publish()


def _add_lines(store: Store, loader: Loader, warn: Warn) -> None:
    """Hands over the new lines, and up to where each ledger was read: not at all where it is damaged."""
    from .store import Head

    read = {key: Head.parse(head) for key, head in loader.heads().items()}
    damaged: set[str] = set()

    def tell(key: str, error: DamagedArchive) -> None:
        damaged.add(key)
        warn(error)

    heads = store.heads()
    lines = list(store.lines(read, on_damage=tell))
    known = {key: str(head) for key, head in heads.items() if key not in damaged}
    loader.add_lines(
        [line for line in lines if isinstance(line, Capture)],
        [line for line in lines if isinstance(line, Decision)],
        known,
        [line for line in lines if isinstance(line, Slot)],
    )


def _read(
    store: Store,
    loader: Loader,
    waiting: Sequence[Pending],
    parsers: Mapping[str, sources.Parser],
    progress: Progress,
    ahead: Ahead,
) -> None:
    """Has every payload read in another process, and takes what comes of it."""
    fed = set(filter(ahead.has, waiting))
    asks = (
        Ask(each.source, parsers[each.source], partial(_payload, store, each))
        for each in waiting
        if each not in fed
    )
    with reading() as reader:
        others = reader.each(asks)
        for number, pending in enumerate(waiting):
            progress(number, len(waiting), pending.url)
            version = parsers[pending.source].SOURCE.version
            try:
                portions = ahead.portions(pending) if pending in fed else next(others)
                loader.add_reading(pending, version, portions)
            except (ParseFailed, DamagedArchive) as error:
                ended = isinstance(error, ParseFailed) and error.ended
                loader.add_failure(pending, version, error.what, ended=ended)
    progress(len(waiting), len(waiting), "")


_FEW = 5000
"""Rows whose names are looked at one by one; of more, they are resolved once it is known which are new."""


class Begun(NamedTuple):
    """What of bringing up an index can be done while there is more to come."""

    ahead: Ahead
    opening: Opening
    catalog: sources.Catalog

    def feed(self, source: str, route: str, reply: Reply) -> None:
        """Is given what will be stored next: it is read meanwhile."""
        from .database import Pending

        if reply.body and reply.reason is None:
            payload = Payload(reply.body, reply.url)
            pending = Pending(source, route, sha256(reply.body).hexdigest(), reply.url)
            self.ahead.feed(pending, Ask(source, self.catalog.load(source), lambda: payload), len(reply.body))


@contextmanager
def beginning(
    path: Path, registry: Callable[[], Registry], catalog: sources.Catalog = sources.BUILT_IN
) -> Iterator[Begun]:
    """What begins to bring up the index at `path` while payloads are still being stored, for `bring_up`.

    registry: loads the one that `bring_up` will be given. The caller holds the archive's lock.
    """
    from .database import Opening

    known: set[tuple[str, str | None]] = set()

    def met(source: str, portion: Portion) -> None:
        """Has its names resolved and folded, which is remembered: afterwards it would be waited for."""
        opening.start()  # not before: until the other process has work, it would only keep it waiting
        if portion.rows.num_rows <= _FEW:
            models, makers = map(portion.rows.column, ("model_listed", "organization_listed"))
            new = set(zip(models.to_pylist(), makers.to_pylist(), strict=True)) - known
            for model, maker in new:
                registry().resolve(source, model, maker)
                fold(model)
            known.update(new)

    with Opening(path) as opening, Ahead(met) as ahead:
        yield Begun(ahead, opening, catalog)


def _payload(store: Store, pending: Pending) -> Payload:
    held = store.stand_in(pending.source, pending.payload_sha256)
    return Payload(store.payload(pending.source, held), pending.url)
