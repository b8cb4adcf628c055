"""An index that is opened for a load while there is something else to do."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from .load import Loader


class Opening:
    """Opens the index at a path in a thread of its own.

    with Opening(path) as opening:
        opening.start()
        …
        with opening.loader() as loader: …
    """

    def __init__(self, path: Path) -> None:
        """path: of the published index. The caller holds the archive's lock, as for `Loader`.

        Nothing is opened before `start`, or before somebody asks for the loader.
        """
        self._path = path
        self._thread = ThreadPoolExecutor(1, "opening the index")
        self._lock = Lock()
        self._coming: Future[Loader] | None = None
        self._taken = False

    def start(self) -> None:
        """Begins, unless it was begun before; any thread may say so."""
        with self._lock:
            if self._coming is None:
                self._coming = self._thread.submit(_opened, self._path)

    def loader(self) -> Loader:
        """The opened index, once; the caller closes it. Raises what `Loader` raises."""
        self.start()
        assert self._coming is not None  # noqa: S101  # begun
        loader = self._coming.result()
        self._taken = True
        return loader

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()
        if self._coming is not None and not self._taken and self._coming.exception() is None:
            self._coming.result().__exit__(kind, error, trace)


def _opened(path: Path) -> Loader:
    from .load import Loader  # to import it takes a part of the time too

    return Loader(path)
