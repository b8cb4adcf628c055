"""`archiver setup`: its files, each held against the program or the schema that will read it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from archiver import Archive
from archiver.schedule.setup import KINDS, Facts, File, files

FACTS = Facts(
    archive=Path("/srv/boards of 100%"),
    program=Path("/opt/archiver/bin/archiver"),
    user="daemon",
    collector="0f1e2d3c",
    version="0.1.0",
    package="llm-leaderboard-archiver==0.1.0",
    pass_deadline=timedelta(minutes=30),
    shortest=timedelta(hours=6),
)


def run(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, **more)


def written(folder: Path, kind: str, facts: Facts = FACTS) -> dict[str, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for file in files(kind, facts):
        found[file.name] = folder / file.name
        found[file.name].write_text(file.text, "utf-8")
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_prints_what_it_would_write(tmp_path: Path, kind: str) -> None:
    Archive(tmp_path / "a").setup(kind)
    command = [sys.executable, "-m", "archiver.cli", "--archive", str(tmp_path / "a"), "setup", kind]
    printed, kept = run(*command), run(*command, "-o", str(tmp_path / "out"))
    assert (printed.returncode, kept.returncode, kept.stdout) == (0, 0, "")
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(KINDS[kind])
    for path in (tmp_path / "out").iterdir():
        assert path.read_text("utf-8") in printed.stdout
    assert "Next:" in printed.stderr
    assert not re.search(r"@[A-Z_]+@", printed.stdout), "no fact is left open"
    if kind in ("cron", "systemd"):
        assert str(tmp_path / "a") in printed.stdout
    if kind == "github-actions":
        assert "60 days" in printed.stdout
        assert "60 days" in printed.stderr


def crontab(facts: Facts) -> list[tuple[list[str], str]]:
    """Time fields and command of each line, as cron(8) reads it: a bare % would end the command."""
    [file] = files("cron", facts)
    found = []
    for line in file.text.splitlines():
        if re.match(r"\s*(#|$)|\w+\s*=", line):
            continue
        *fields, command = line.split(None, 5)
        assert not re.search(r"(?<!\\)%", command), "cron takes a bare % for the end of the line"
        found.append((fields, command.replace(r"\%", "%")))
    return found


def allowed(field: str, low: int, high: int) -> set[int]:
    """What a field of crontab(5) matches; fails where it is none."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(\*|\d+)(?:-(\d+))?(?:/(\d+))?", part)
        assert match, f"{part!r} is no field of a crontab"
        first = low if match[1] == "*" else int(match[1])
        last = high if match[1] == "*" else int(match[2] or first)
        assert low <= first <= last <= high
        found |= set(range(first, last + 1, int(match[3] or 1)))
    return found


@pytest.mark.parametrize(
    ("shortest", "longest_wait"), [("7d", 60), ("6h", 60), ("3h", 30), ("1h", 15), ("10m", 2), ("1m", 1)]
)
def test_cron_looks_often_enough(shortest: str, longest_wait: int) -> None:
    from archiver.config.values import span_of

    facts = FACTS._replace(shortest=span_of(shortest) or timedelta(0))
    (fields, command), (weekly, _) = crontab(facts)
    minutes = sorted(allowed(fields[0], 0, 59))
    gaps = [b - a for a, b in zip(minutes, [*minutes[1:], minutes[0] + 60], strict=True)]
    assert max(gaps) <= longest_wait
    assert fields[1:] == ["*"] * 4
    assert [allowed(weekly[at], *span) for at, span in ((1, (0, 23)), (4, (0, 7)))] == [{5}, {0}]
    words = shlex.split(command)
    assert words == [str(FACTS.program), "--archive", str(FACTS.archive), "capture", "--due"]


def test_the_lines_of_cron_run_and_are_silent(tmp_path: Path) -> None:
    """As cron runs them: by /bin/sh, with next to no environment."""
    archive = Archive(tmp_path / "an archive of 100%")
    [file] = archive.setup("cron")
    (archive.path / "snapshots").mkdir(parents=True)
    (archive.path / "archiver.toml").write_text('sources = ["reported"]\n')  # nothing to ask
    program = f"{shlex.quote(sys.executable)} -m archiver.cli"
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    for line in (line for line in file.text.splitlines() if re.match(r"[\d*]", line)):
        command = line.split(None, 5)[5].replace(r"\%", "%")
        command = re.sub(r"[^\s($]*/archiver(?= --archive)", lambda _: program, command)
        done = run("/bin/sh", "-c", command, env=env)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here (Debian's package systemd)")
    real = FACTS._replace(program=Path(shutil.which("true") or "/bin/true"), archive=tmp_path)
    units = written(tmp_path / "units", "systemd", real)
    done = run(
        program, "verify", "--man=no", *map(str, units.values()), env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    own = [line for line in done.stderr.splitlines() if "archiver" in line]
    assert (done.returncode, own) == (0, [])
    bad = tmp_path / "archiver-bad.service"
    bad.write_text(
        units["archiver.service"].read_text("utf-8").replace("WatchdogSec=5min", "WatchdogSec=often")
    )
    assert "often" in run(program, "verify", "--man=no", str(bad)).stderr, "a mistake would have been seen"


def test_systemd_finds_the_service_well_hardened(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here (Debian's package systemd)")
    units = written(tmp_path, "systemd", FACTS._replace(program=Path("/bin/true"), archive=tmp_path))
    done = run(program, "security", "--offline=true", "--threshold=25", str(units["archiver.service"]))
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
    assert "exposure level" in done.stdout


def test_the_timer_fires_at_the_archives_own_minute() -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here (Debian's package systemd)")
    for hours, count in ((24, 2), (1, 5)):
        timer = files("systemd", FACTS._replace(shortest=timedelta(hours=hours)))[2].text
        [calendar] = re.findall(r"^OnCalendar=(.*)$", timer, re.MULTILINE)
        done = run(
            program, "calendar", f"--iterations={count}", "--base-time=2026-07-20 00:00:00 UTC", calendar
        )
        assert done.returncode == 0, done.stderr
        minutes = re.findall(r"(?:elapse|Iter\S+ #\d+): \w+ \S+ (\d\d):(\d\d):00", done.stdout)
        assert len(minutes) == count
        gap = (int(minutes[1][0]) - int(minutes[0][0])) * 60 + int(minutes[1][1]) - int(minutes[0][1])
        assert gap == (60 if hours == 24 else 15)


def schema_check(schema: str, path: Path) -> subprocess.CompletedProcess[str]:
    """By the schema that check-jsonschema carries: no network."""
    return run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path))


@pytest.mark.parametrize("package", [".", "llm-leaderboard-archiver==0.1.0"])
def test_the_workflow_is_one_that_github_reads(tmp_path: Path, package: str) -> None:
    [path] = written(tmp_path, "github-actions", FACTS._replace(package=package)).values()
    done = schema_check("vendor.github-workflows", path)
    assert done.returncode == 0, done.stdout + done.stderr
    workflow = yaml.safe_load(path.read_text("utf-8"))
    assert workflow[True]["schedule"][0]["cron"].split()[1:] == ["*"] * 4
    steps = workflow["jobs"]["capture"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert any("archiver capture --due" in script for script in scripts)
    assert any("git add snapshots" in script for script in scripts)
    assert any(f"pip install --quiet {package}" in script for script in scripts)
    for script in scripts:
        assert run("bash", "-n", "-c", re.sub(r"\$\{\{.*?\}\}", "x", script)).returncode == 0
    assert workflow["concurrency"] == {"group": "archive", "cancel-in-progress": False}
    assert {step["uses"].split("@")[0] for step in steps if "uses" in step} >= {
        "actions/upload-pages-artifact"
    }
    path.write_text(path.read_text("utf-8").replace("runs-on:", "run-on:"), "utf-8")
    assert schema_check("vendor.github-workflows", path).returncode == 1, "a mistake would have been seen"


def test_the_workflow_commits_what_it_captured(tmp_path: Path) -> None:
    """Its own script, in a real repository with a real remote that moved on meanwhile."""
    [file] = files("github-actions", FACTS)
    workflow = yaml.safe_load(file.text)
    [script] = [
        step["run"] for step in workflow["jobs"]["capture"]["steps"] if "git push" in step.get("run", "")
    ]
    env = {**os.environ, "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}

    def git(folder: Path, *words: str) -> str:
        done = run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words, cwd=folder, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    (tmp_path / "remote").mkdir()
    git(tmp_path / "remote", "init", "--quiet", "--bare", "--initial-branch=main")
    git(tmp_path, "clone", "--quiet", "remote", "first")
    (tmp_path / "first" / "README").write_text("archive")
    git(tmp_path / "first", "add", ".")
    git(tmp_path / "first", "commit", "--quiet", "-m", "begin")
    git(tmp_path / "first", "push", "--quiet", "origin", "HEAD:main")
    git(tmp_path, "clone", "--quiet", "remote", "runner")
    (tmp_path / "first" / "archiver.toml").write_text("# changed by a person\n")
    git(tmp_path / "first", "add", ".")
    git(tmp_path / "first", "commit", "--quiet", "-m", "configure")
    git(tmp_path / "first", "push", "--quiet", "origin", "HEAD:main")
    (tmp_path / "runner" / "snapshots").mkdir()
    (tmp_path / "runner" / "snapshots" / "ledger-x.jsonl").write_text("{}\n")
    for _ in range(2):  # the second time there is nothing to commit
        done = run("bash", "-eo", "pipefail", "-c", script, cwd=tmp_path / "runner", env=env)
        assert done.returncode == 0, done.stderr
    assert git(tmp_path / "remote", "ls-tree", "-r", "--name-only", "main").split() == [
        "README",
        "archiver.toml",
        "snapshots/ledger-x.jsonl",
    ]
    assert git(tmp_path / "remote", "rev-list", "--count", "main").strip() == "3"


def test_kubernetes_takes_the_manifest(tmp_path: Path) -> None:
    from kubernetes_validate import ValidationError, latest_version, validate

    [file] = files("kubernetes", FACTS)
    parts = list(yaml.safe_load_all(file.text))
    assert [part["kind"] for part in parts] == ["PersistentVolumeClaim", "CronJob"]
    for part in parts:
        validate(part, latest_version(), strict=True)
    job = parts[1]["spec"]
    assert job["concurrencyPolicy"] == "Forbid"
    assert job["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 45 * 60
    job["concurrencyPolicies"] = "Forbid"
    with pytest.raises(ValidationError):
        validate(parts[1], latest_version(), strict=True)


def test_compose_takes_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, "docker")["compose.yaml"]
    done = schema_check("vendor.compose-spec", path)
    assert done.returncode == 0, done.stdout + done.stderr


def instructions(file: File) -> list[str]:
    text = re.sub(r"^\s*#.*\n", "", file.text, flags=re.MULTILINE).replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(("package", "copied"), [(".", True), ("llm-leaderboard-archiver==0.1.0", False)])
def test_the_dockerfile_says_what_it_should(package: str, copied: bool) -> None:
    file = files("docker", FACTS._replace(package=package))[0]
    lines = instructions(file)
    words = [line.split()[0] for line in lines]
    assert words[0] == "FROM"
    assert ("COPY" in words) is copied
    assert lines[-2:] == ['ENTRYPOINT ["archiver"]', 'CMD ["schedule", "--log-format", "json"]']
    assert words.index("USER") < words.index("ENTRYPOINT"), "it does not run as root"


def test_a_builder_builds_the_image(tmp_path: Path) -> None:
    builder = next((name for name in ("docker", "podman", "buildah") if shutil.which(name)), None)
    if builder is None or run(builder, "info").returncode:
        pytest.skip("no container builder is at hand")
    root = Path(__file__).parents[2]
    path = written(tmp_path, "docker", FACTS._replace(package="."))["Dockerfile"]
    done = run(builder, "build", "-q", "-f", str(path), str(root))
    if done.returncode and re.search(
        r"resolve|pull|registry|lookup|network|timeout", done.stderr, re.IGNORECASE
    ):
        pytest.skip(f"{builder} reaches no registry for the base image")
    assert done.returncode == 0, done.stderr
    image = done.stdout.split()[-1]
    assert run(builder, "run", "--rm", image, "--version").stdout.startswith("archiver ")
