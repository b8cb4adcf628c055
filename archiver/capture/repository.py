"""One git repository on disk, read by git itself: no checkout, no hooks, no questions asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..errors import ArchiverError, CaptureFailed

PATIENCE = 1800.0
"""Seconds that one command of git may take; a server that sends nothing for a minute is given up sooner."""

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
        self._contents: subprocess.Popen[bytes] | None = None

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
        running = self._contents or self._start()
        if running.stdin is None or running.stdout is None:
            return None
        try:
            running.stdin.write(blob.encode() + b"\n")
            running.stdin.flush()
            head = running.stdout.readline().split()
            if len(head) != 3 or not head[2].isdigit():
                if not head:  # git gave up on an object that its remote does not give either
                    self.close()
                return None
            size = int(head[2])
            body = running.stdout.read(size)
            running.stdout.read(1)
        except OSError:
            self.close()
            return None
        return body if len(body) == size else None

    def close(self) -> None:
        """Ends the process that gives contents."""
        if self._contents is None:
            return
        for pipe in (self._contents.stdin, self._contents.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
        self._contents.wait()
        self._contents = None

    def _start(self) -> subprocess.Popen[bytes]:
        self._contents = subprocess.Popen(  # noqa: S603  # no shell, and words of our own
            ["git", *_SETTINGS, "-C", str(self.path), "cat-file", "--batch"],  # noqa: S607  # the user's git
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
        )
        return self._contents


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
