"""Every error that this package raises on purpose.

Each carries what a person needs: what happened, and where it helps, what was kept and what to do.
The command line prints `str(error)` and exits with `error.exit_code`; nothing here reaches a user as a
traceback. Errors of other libraries are translated where the library is owned (`raise … from error`).
"""

from __future__ import annotations

from datetime import timedelta


class ArchiverError(Exception):
    """Something failed. Catch it to keep one source's failure from the rest; print it, go on, exit 1."""

    exit_code = 1

    def __init__(self, what: str, *, kept: str = "", todo: str = "") -> None:
        """what: the failure, naming the source or file. kept: what is safe. todo: the next step."""
        super().__init__(what)
        self.what, self.kept, self.todo = what, kept, todo

    def __str__(self) -> str:
        parts = [self.what]
        if self.kept:
            parts.append(f"Kept: {self.kept}")
        if self.todo:
            parts.append(f"To do: {self.todo}")
        return "\n".join(parts)


class UsageError(ArchiverError):
    """The question or the configuration is wrong: an unknown name, board, source or key."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that the registry does not hold. `nearest` are the closest ones that it does, best first."""

    def __init__(self, kind: str, name: str, nearest: tuple[str, ...] = ()) -> None:
        hint = (
            f"the nearest known: {', '.join(nearest)}"
            if nearest
            else "`archiver find TEXT` looks through all"
        )
        super().__init__(f"No {kind} is known by the name {name!r}.", todo=hint)
        self.kind, self.name, self.nearest = kind, name, nearest


class ArchiveBusy(ArchiverError):
    """Another run holds the archive; nothing was changed. Try again later (exit code 75, as EX_TEMPFAIL)."""

    exit_code = 75


class CaptureFailed(ArchiverError):
    """A capture got no usable bytes. `reason` is one of `records.REASONS`."""

    def __init__(self, reason: str, detail: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.retry_after = reason, detail, retry_after


class ParseFailed(ArchiverError):
    """The bytes are not the board that was expected, or not all of it. Raised by a source's `parse`.

    It costs this payload only: the bytes stay, `status` lists it, and a newer parser tries again; where the
    process that read it was ended from outside (`ended`), the next load does.
    """

    def __init__(self, what: str, *, kept: str = "", todo: str = "", ended: bool = False) -> None:
        super().__init__(what, kept=kept, todo=todo)
        self.ended = ended


class DamagedArchive(ArchiverError):
    """Bytes on disk are not what the ledger says. `archiver verify` names each damaged object."""


class NotKept(ArchiverError):
    """The disk refused a write: nothing was acknowledged, and what was kept before is as it was.

    Raised by the store. Make room or look after the disk, then capture again.
    """
