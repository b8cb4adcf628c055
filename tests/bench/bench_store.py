"""What the store costs and how fast it is, beside git, WARC and xz on the same recordings, in one process.

    python tests/bench/bench_store.py RECORDINGS_DIR

RECORDINGS_DIR holds the versions of one page, one file each, in the order of their names (or is the folder
of all recordings, of which the long series of daily renderings is taken). Nothing is left behind.
"""

from __future__ import annotations

import gzip
import lzma
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from archiver.records import Reply
from archiver.store import Store, Totals

START = datetime(2025, 1, 1, tzinfo=UTC)
URL = "https://board.example/leaderboard.md"
LINES = 100_000
HEADERS = tuple((f"X-Header-{number}", f"value of header {number}") for number in range(12))


def main(folder: Path) -> None:
    """Print the table."""
    inside = folder / "arena" / "mirror-markdown"
    paths = sorted(path for path in (inside if inside.is_dir() else folder).iterdir() if path.is_file())
    bodies = [path.read_bytes() for path in paths]
    print(f"{len(bodies)} versions, {len({sha256(body).digest() for body in bodies})} distinct, "
          f"{sum(map(len, bodies)):,} bytes")  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "archive" / "snapshots"
        keeps = keep(root, bodies)
        sizes(root, Path(scratch), bodies)
        speeds(root, keeps, bodies)
        ledger(Path(scratch) / "long" / "snapshots")


def opened(root: Path) -> Store:
    return Store(root, collector="bench", tool="bench", now=lambda: datetime.now(UTC))


def keep(root: Path, bodies: list[bytes]) -> list[float]:
    """Seconds of each keep, its four syncs included."""
    store, seconds = opened(root), []
    for day, body in enumerate(bodies):
        reply = Reply(url=URL, captured_at=START + timedelta(days=day), body=body, status=200)
        start = time.perf_counter()
        store.keep("arena", "mirror", reply)
        seconds.append(time.perf_counter() - start)
    return seconds


def total(folder: Path, pattern: str = "*") -> int:
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file())


def sizes(root: Path, scratch: Path, bodies: list[bytes]) -> None:
    """Bytes on disk, as `ls` counts them, and as a share of the git repository's."""
    git = git_bytes(scratch / "git", bodies)
    rows = {
        "git, all of .git/objects after gc --aggressive": git,
        "git, its pack alone": total(scratch / "git" / ".git" / "objects", "*.pack"),
        "WARC.gz, a gzip member a record": sum(len(gzip.compress(record, 9)) for record in warc(bodies)),
        "xz -9 of all at once": len(lzma.compress(b"".join(bodies), preset=9)),
        "the store: payloads (aim 0.55)": total(root, "*.zst"),
        "the store: ledger (git has no URL, times or digests a capture)": total(root, "*.jsonl"),
    }
    for name, size in rows.items():
        print(f"{size:>12,} bytes  {size / git:6.3f} of git  {name}")


def git_bytes(folder: Path, bodies: list[bytes]) -> int:
    """The same versions as commits of one file, packed as tightly as git does by itself."""
    git = ["git", "-C", str(folder), "-c", "gc.auto=0"]
    folder.mkdir()
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*git, "fast-import", "--quiet"], input=b"".join(commits(bodies)), check=True)
    subprocess.run([*git, "gc", "-q", "--aggressive", "--prune=now"], check=True)
    return total(folder / ".git" / "objects")


def commits(bodies: list[bytes]) -> Iterator[bytes]:
    for day, body in enumerate(bodies):
        when = int((START + timedelta(days=day)).timestamp())
        message = b"Day %d" % day
        yield b"commit refs/heads/main\ncommitter bench <bench@example> %d +0000\n" % when
        yield b"data %d\n%s\nM 100644 inline board.md\ndata %d\n%s\n" % (
            len(message),
            message,
            len(body),
            body,
        )


def warc(bodies: list[bytes]) -> Iterator[bytes]:
    """One response record a version, as a crawler writes it; a repeated body becomes a revisit record."""
    seen: set[str] = set()
    for day, body in enumerate(bodies):
        digest = sha256(body).hexdigest()
        kind, block = ("revisit", b"") if digest in seen else ("response", body)
        seen.add(digest)
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + block
        head = (
            f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{digest[:32]}>\r\n"
            f"WARC-Date: {START + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}\r\nWARC-Target-URI: {URL}\r\n"
            f"WARC-Payload-Digest: sha256:{digest}\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        yield head.encode() + http + b"\r\n\r\n"


def speeds(root: Path, keeps: list[float], bodies: list[bytes]) -> None:
    """Time of a keep, of a verification and of reading everything in order."""
    tenth = statistics.quantiles(keeps, n=10)[-1]
    print(f"{statistics.median(keeps) * 1e3:12.1f} ms     a keep, syncs included (median; nine in ten under "
          f"{tenth * 1e3:.0f} ms, worst {max(keeps) * 1e3:.0f} ms)")  # fmt: skip
    rates, own = [], []
    for _ in range(15):
        totals, start, used = Totals(), time.perf_counter(), time.process_time()
        damage = list(opened(root).verify(totals))
        rates.append(totals.payload_bytes / (time.perf_counter() - start) / 1e6)
        own.append(totals.payload_bytes / (time.process_time() - used) / 1e6)
        if damage:
            raise SystemExit(f"a fresh archive is damaged: {damage[0]}")
    spread = f"best {max(rates):.0f}, worst {min(rates):.0f}; {statistics.median(own):.0f} by processor time"
    print(f"{statistics.median(rates):12.0f} MB/s   verify, of payload (aim 200; {spread})")
    store, start = opened(root), time.perf_counter()
    for body in bodies:
        if store.payload("arena", sha256(body).hexdigest()) != body:
            raise SystemExit("a payload came back changed")
    rate = sum(map(len, bodies)) / (time.perf_counter() - start) / 1e6
    print(f"{rate:12.0f} MB/s   every payload read in order")


def ledger(root: Path) -> None:
    """Reading a ledger of many lines, each with a dozen response headers."""
    reply = Reply(url=URL, captured_at=START, body=b"x", status=200, headers=HEADERS)
    opened(root).keep("arena", "mirror", reply)
    path = next(root.rglob("*.jsonl"))
    grow(path)
    size = path.stat().st_size
    store = opened(root)
    first, again = timed(lambda: store.last("arena", URL)), timed(lambda: store.last("arena", URL))
    records, heads = timed(lambda: sum(1 for _ in store.lines())), timed(store.heads)
    print(
        f"{LINES / first:12,.0f} lines/s  first use of a ledger of {LINES:,} lines of {size // LINES} bytes"
    )
    print(f"{LINES / records:12,.0f} lines/s  the same as records, chain checked (both by processor time)")
    print(
        f"{again * 1e6:12.0f} us      each use after that; {heads * 1e6:.0f} us to see where the ledgers end"
    )


def timed(work: Callable[[], object]) -> float:
    """Processor seconds of a call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def grow(path: Path) -> None:
    from archiver.store import ledger as lines

    head, fields = lines.head(path), lines.decode(path.read_bytes().rstrip())
    plain = {key: value for key, value in fields.items() if key not in ("v", "n", "prev", "crc")}
    with path.open("ab") as file:
        for number in range(1, LINES):
            seen = START + timedelta(hours=number)
            line = lines.encode({**plain, "captured_at": seen.isoformat().replace("+00:00", "Z")}, head)
            head = lines.advance(head, line)
            file.write(line + b"\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit((__doc__ or "").strip())
    main(Path(sys.argv[1]))
