"""One git repository on disk, read by git itself: no checkout, no hooks, no questions asked."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import ArchiverError, CaptureFailed

PATIENCE = 1800.0
"""Seconds that one command of git may take; a server that sends nothing for a minute is given up sooner."""
_PARTING = 10.0
"""Seconds in which git ends once nothing more is asked of it; it takes milliseconds."""

_SETTINGS = (
    *("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60", "-c", "core.quotePath=false"),
    *("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "advice.detachedHead=false"),
    *("-c", "diff.renames=true", "-c", "log.showSignature=false", "-c", "protocol.ext.allow=never"),
)
_OURS = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
)
"""Variables that would make git look at the repository that this program was started from."""


class Repository:
    """A clone, or a local repository that is only read."""

    def __init__(self, path: Path, head: str, *, promisor: str) -> None:
        """head: what its main line is called. promisor: the remote that has what is missing, if any."""
        self.path, self.head, self._promisor = path, head, promisor
        self._contents: _Contents | None = None

    def read(self, *words: str) -> bytes:
        """What a command of git prints. Raises `CaptureFailed`."""
        return _git("-C", str(self.path), *words)

    def fetch(self, blobs: Sequence[str]) -> None:
        """Gets the contents that a partial clone lacks in one exchange (as git's own promisor fetch does)."""
        if not self._promisor:
            return
        every = ("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
        here = set(self.read(*every).decode().split())
        missing = [blob for blob in dict.fromkeys(blobs) if blob not in here]
        if not missing:
            return
        options = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none")
        _git(
            *("-C", str(self.path), "-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet"),
            *(*options, "--stdin", self._promisor),
            stdin=("\n".join(missing) + "\n").encode(),
        )

    def content(self, blob: str) -> bytes | None:
        """The bytes of an object, None where the repository does not have them."""
        if self._contents is None:
            self._contents = _Contents(self.path)
        try:
            return self._contents.get(blob)
        except (OSError, _Silent):  # git gave up on an object that its remote does not give either
            self.close()
            return None

    def close(self) -> None:
        """Ends the process that gives contents."""
        if self._contents is not None:
            self._contents.close()
            self._contents = None


class _Silent(Exception):
    """git says no more."""


class _Contents:
    """`git cat-file --batch`: names of objects go in, their bytes come out."""

    def __init__(self, path: Path) -> None:
        self._git = subprocess.Popen(  # noqa: S603  # no shell, and words of our own
            ["git", *_SETTINGS, "-C", str(path), "cat-file", "--batch"],  # noqa: S607  # the user's git
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            bufsize=0,
        )
        self._come = bytearray()
        """What was said and not taken yet."""

    def get(self, blob: str) -> bytes | None:
        """The bytes of an object, None where there is none. Raises `_Silent`, OSError."""
        assert self._git.stdin is not None  # noqa: S101  # it was asked for
        self._git.stdin.write(blob.encode() + b"\n")
        while (end := self._come.find(b"\n")) < 0:
            self._hear(1 << 16)
        head = self._taken(end + 1).split()
        if len(head) != 3 or not head[2].isdigit():
            return None
        size = int(head[2])
        while (missing := size + 1 - len(self._come)) > 0:
            self._hear(missing)
        return self._taken(size + 1)[:-1]

    def close(self) -> None:
        """Ends it."""
        for pipe in (self._git.stdin, self._git.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._git.wait(_PARTING)
        except subprocess.TimeoutExpired:  # busy with a remote that does not answer
            self._git.kill()
            with suppress(subprocess.TimeoutExpired):
                self._git.wait(_PARTING)

    def _hear(self, most: int) -> None:
        """Waits for more, so many bytes at most."""
        assert self._git.stdout is not None  # noqa: S101  # it was asked for
        waiting = select.poll()
        waiting.register(self._git.stdout, select.POLLIN)
        more = os.read(self._git.stdout.fileno(), most) if waiting.poll(PATIENCE * 1000) else b""
        if not more:
            raise _Silent
        self._come += more

    def _taken(self, size: int) -> bytes:
        with memoryview(self._come) as come:
            taken = bytes(come[:size])
        del self._come[:size]
        return taken


def local(path: Path, branch: str = "") -> Repository:
    """A repository on this machine: a branch of it, or what is checked out where it has no such branch.

    Raises `CaptureFailed` where there is no repository, or nothing in it.
    """
    heads = (f"refs/remotes/origin/{branch}", f"refs/heads/{branch}") if branch else ()
    there = (
        _git("-C", str(path), "for-each-ref", "--format=%(refname)", *heads).decode().split() if heads else []
    )
    head = there[-1] if there else "HEAD"
    _git("-C", str(path), "rev-parse", "--verify", f"{head}^{{commit}}")
    promisor = _git("-C", str(path), "config", "--default", "", "--get", "extensions.partialClone")
    return Repository(path, head, promisor=promisor.decode().strip())


def clone(url: str, folder: Path, branch: str = "") -> Repository:
    """A clone of one branch without contents, in a folder that is kept: made, or brought up to date.

    A first clone appears whole or not at all. Raises `CaptureFailed`.
    """
    if not (folder / ".git").is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".clone-", dir=folder.parent) as temporary:
            fresh = Path(temporary) / "clone"
            options = ["--quiet", "--filter=blob:none", "--no-checkout", "--single-branch", "--no-tags"]
            options += [f"--branch={branch}"] if branch else []
            _git("clone", *options, "--", url, str(fresh))
            if folder.exists():
                shutil.rmtree(folder)
            fresh.rename(folder)
    else:
        _git("-C", str(folder), "fetch", "--quiet", "--no-tags", "--filter=blob:none", "--force", "origin")
    head = f"refs/remotes/origin/{branch or 'HEAD'}"
    return Repository(folder, head, promisor="origin")


def _git(*words: str, stdin: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  # no shell, and addresses stand behind `--`
            ["git", *_SETTINGS, *words],  # noqa: S607  # the user's git
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            env=_environment(),
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError as error:
        raise ArchiverError(
            "git is not installed.", todo="install git, or choose another way with --via"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise CaptureFailed("timeout", f"git was not done after {PATIENCE:g} s") from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CaptureFailed("network", f"git: {told[-1] if told else f'exit code {done.returncode}'}")
    return done.stdout


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    return kept | {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
