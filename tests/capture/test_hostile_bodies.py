"""Bodies that arrive whole and are a trap for who reads them, captured by the program itself.

Each is kept byte for byte, none becomes an answer, and reading it stays small: `ends` is a reason, `unread`
(kept, with a sentence that says why) or `held` (read, out of the answers, with a finding).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from archiver import Archive
from tests.internet import Internet, answer

CHECKOUT = Path(__file__).parents[2]
ROWS = [{"Model": f"model-{n}", "Score": 90.0 - n} for n in range(12)]
MEGABYTES = 150

JSON = b"[" + b", ".join(b'{"Model": "model-%d", "Score": %d}' % (n, 90 - n) for n in range(12)) + b"]"
CSV = b"Model,Score\n" + b"".join(b"model-%d,%d\n" % (n, 90 - n) for n in range(12))
YAML = b"".join(b"- Model: model-%d\n  Score: %d\n" % (n, 90 - n) for n in range(12))
TABLE = b"".join(b"<tr><td>model-%d<td>%d</tr>" % (n, 90 - n) for n in range(12))
HTML = b"<!doctype html><html><body><table><tr><th>Model<th>Score</tr>" + TABLE + b"</table></body></html>"
LAUGHS = b"".join(b"l%d: &l%d [%s]\n" % (n, n, b", ".join([b"*l%d" % (n - 1)] * 9)) for n in range(1, 9))


def parquet(**options: object) -> bytes:
    out = BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out, **options)
    return out.getvalue()


def wide() -> bytes:
    """Four gigabytes of one string, in a file of a few kilobytes."""
    out = BytesIO()
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 4000, pa.int32()), pa.array(["x" * 1_000_000]))
    table = pa.table({"Model": text, "Score": [1.0] * 4000})
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def long() -> bytes:
    """Forty million rows of one value."""
    out = BytesIO()
    piece = pa.table({"Model": pa.array(["m"] * 1_000_000), "Score": pa.array([1.0] * 1_000_000)})
    with pq.ParquetWriter(out, piece.schema, compression="zstd") as writer:
        for _ in range(40):
            writer.write_table(piece)
    return out.getvalue()


def flipped(at: int) -> bytes:
    body = bytearray(parquet())
    body[at] ^= 0xFF
    return bytes(body)


UNREAD = "unread"
BODIES: dict[str, tuple[str, bytes, str, str]] = {
    "NaN": ("json", JSON.replace(b"90}", b"NaN}", 1), UNREAD, "NaN is not JSON"),
    "infinity": ("json", JSON.replace(b"90}", b"-Infinity}", 1), UNREAD, "-Infinity is not JSON"),
    "a number beyond all": ("json", JSON.replace(b"90}", b"1e999}", 1), UNREAD, "larger"),
    "a number of 100,000 digits": ("json", JSON.replace(b"90}", b"9" * 100_000 + b"}", 1), UNREAD, "JSON"),
    "a key twice": ("json", JSON.replace(b'"Score": 90', b'"Score": 90, "Score": 10', 1), UNREAD, "twice"),
    "a hundred thousand brackets": ("json", b"[" * 100_000 + b"]" * 100_000, UNREAD, "nested too deep"),
    "half a character": ("json", JSON.replace(b"model-0", rb"\ud800"), UNREAD, "character"),
    "text after the end": ("json", JSON + b"\n<script>", "truncated", ""),
    "an object instead of a list": ("json", b'{"error": "no such board"}', UNREAD, ""),
    "an empty list": ("json", b"[]", UNREAD, ""),
    "aliases within aliases": ("yaml", b"l0: &l0 lol\n" + LAUGHS, UNREAD, "refused"),
    "a tag that runs a program": ("yaml", YAML + b"- !!python/object/apply:os.system [id]\n", UNREAD, "tag"),
    "YAML nested deep": ("yaml", b"[" * 2_000 + b"]" * 2_000, UNREAD, "deep"),
    "a YAML key twice": (
        "yaml",
        YAML.replace(b"  Score: 90\n", b"  Score: 90\n  Score: 9\n"),
        UNREAD,
        "twice",
    ),
    "a second document": ("yaml", YAML + b"---\n" + YAML, UNREAD, "second"),
    "another charset than UTF-8": (
        "csv",
        CSV.replace(b"model-0", "модель".encode("cp1251")),
        UNREAD,
        "utf-8",
    ),
    "UTF-16 without a mark": ("csv", CSV.decode().encode("utf-16-le"), UNREAD, ""),
    "a row too long": ("csv", CSV.replace(b"model-3,", b"model-3,x,y,"), UNREAD, ""),
    "a quote that never ends": ("csv", CSV.replace(b"model-3", b'"model-3'), UNREAD, ""),
    "a field of 10 MB": ("csv", CSV.replace(b"model-0", b"m" * 10_000_000), UNREAD, ""),
    "a million columns": ("csv", b"Model,Score" + b",a" * 1_000_000 + b"\n" + CSV[12:], UNREAD, ""),
    "a table within a table, 5,000 deep": (
        "html-table",
        HTML.replace(b"<td>90", b"<table><tr><td>" * 5_000),
        UNREAD,
        "",
    ),
    "a cell that spans a million": (
        "html-table",
        HTML.replace(b"<td>90", b"<td colspan=1000000 rowspan=65534>90"),
        UNREAD,
        "",
    ),
    "a table without rows": ("html-table", HTML.replace(TABLE, b""), UNREAD, ""),
    "other bytes in a Parquet page": ("parquet", flipped(60), UNREAD, ""),
    "other bytes in a Parquet footer": ("parquet", flipped(-60), UNREAD, ""),
    "a footer that is longer than the file": (
        "parquet",
        parquet()[:-8] + b"\xff\xff\xff\x7fPAR1",
        "truncated",
        "",
    ),
    "four gigabytes of Parquet in 10 KB": ("parquet", wide(), UNREAD, ""),
    "forty million rows of Parquet": ("parquet", long(), UNREAD, ""),
    "an encrypted Parquet file": ("parquet", parquet()[:-4] + b"PARE", "truncated", ""),
    "a sudden end, and the board is short": ("csv", CSV[:34], "held", ""),
}
"""What it is → format, body, how it ends, and a word of the sentence that says why."""
SOUND = {"json": JSON, "csv": CSV, "yaml": YAML, "html-table": HTML, "parquet": parquet()}


def define(folder: Path, name: str, form: str, url: str) -> None:
    (folder / "boards").mkdir(parents=True, exist_ok=True)
    (folder / "boards" / f"{name}.toml").write_text(
        f'title = "{name}"\nurl = "{url}"\nformat = "{form}"\nmetric = "points"\nrows = [8, 5000]\n'
        '[columns]\nmodel = "Model"\nscore = "Score"\n',
        "utf-8",
    )


def capture(folder: Path, *names: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """One pass in a process of its own; the peak of memory of it and of the process that parses, in MB."""
    code = (
        "import sys, resource\nfrom archiver.cli.main import main\ncode = main(sys.argv[1:])\n"
        "from archiver.parsing import at_hand\nat_hand.close_all()\n"
        "both = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN\n"
        "print(max(resource.getrusage(who).ru_maxrss for who in both) // 1024)\nraise SystemExit(code)"
    )
    env = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-c", code, "--archive", str(folder), "capture", *names],
        env={**env, "PYTHONPATH": str(CHECKOUT)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return done, int(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, dict[str, str], int, int]]:
    """The archive after a pass over all of them; name → source; the peaks of a sound pass and of this one."""
    folder = tmp_path_factory.mktemp("hostile")
    names = {name: f"board_{number}" for number, name in enumerate(BODIES)}
    with Internet() as net:
        (folder / "archiver.toml").write_text(f'allow_hosts = ["127.0.0.1:{net.port}"]\n')
        for form, body in SOUND.items():
            source = f"sound_{form.replace('-', '_')}"
            define(folder, source, form, net.at(f"/{source}", answer(body)))
        sound, least = capture(folder, *(f"sound_{form.replace('-', '_')}" for form in SOUND))
        assert sound.returncode == 0, sound.stdout + sound.stderr
        for name, (form, body, _, _) in BODIES.items():
            define(folder, names[name], form, net.at(f"/{names[name]}", answer(body)))
        hostile, most = capture(folder, *names.values())
    assert hostile.returncode == 1 and "Traceback" not in hostile.stderr, hostile.stderr
    archive = Archive(folder)
    yield archive, names, least, most
    archive.close()


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_ends_in_its_label(
    passed: tuple[Archive, dict[str, str], int, int], name: str
) -> None:
    archive, names, _, _ = passed
    _, body, ends, word = BODIES[name]
    source = names[name]
    [(outcome, reason, digest)] = archive.sql(
        f"SELECT outcome, reason, payload_sha256 FROM captures WHERE source = '{source}'"  # noqa: S608
    ).fetchall()
    assert archive.store.payload(source, digest) == body, "kept as it came"
    assert archive.sql(f"SELECT * FROM rankings WHERE board LIKE '{source}/%'").fetchall() == []  # noqa: S608
    unread = {each.source: each.error for each in archive.unread()}
    held = {each.board.partition("/")[0]: each.reason for each in archive.held()}
    if ends == UNREAD:
        assert outcome == "stored" and source in unread and source not in held
        assert word in unread[source] and unread[source].isprintable()
    elif ends == "held":
        assert source in held
    else:
        assert (outcome, reason) == ("failed", ends)


def test_reading_them_stays_small(passed: tuple[Archive, dict[str, str], int, int]) -> None:
    _, _, least, most = passed
    assert most - least < MEGABYTES, f"{most} MB, where sound boards take {least} MB"


def test_the_boards_that_they_spoil_are_sound_without(
    passed: tuple[Archive, dict[str, str], int, int],
) -> None:
    archive = passed[0]
    rows = archive.sql("SELECT board, count(*) FROM latest WHERE board LIKE 'sound%' GROUP BY ALL").fetchall()
    assert sorted(count for _, count in rows) == [12] * len(SOUND)


def test_what_a_server_says_of_the_charset_changes_no_name(tmp_path: Path) -> None:
    """Boards are UTF-8; a server that calls them otherwise, or nothing at all, is not believed."""
    body = CSV.replace(b"model-0", "модель".encode())
    types = [
        "text/csv",
        *(f"text/csv; charset={name}" for name in ("iso-8859-1", "utf-16", "no-such-set", "")),
    ]
    with Internet() as net:
        (tmp_path / "archiver.toml").write_text(f'allow_hosts = ["127.0.0.1:{net.port}"]\n')
        for number, said in enumerate(types):
            reply = answer(body, headers={"Content-Type": said})
            define(tmp_path, f"board_{number}", "csv", net.at(f"/{number}", reply))
        done, _ = capture(tmp_path, *(f"board_{number}" for number in range(len(types))))
    assert done.returncode == 0, done.stdout + done.stderr
    with Archive(tmp_path) as archive:
        found = archive.sql("SELECT count(*) FROM rankings WHERE model_listed = 'модель' AND rank = 1")
        assert found.fetchall() == [(len(types),)]
