"""What a report says in sentences."""

from __future__ import annotations

from ....answers.briefing import Publisher
from ... import figures
from ...said import stood as said_of
from ...texts import Texts
from ..content import Cited, Part, Report
from ..news import EVERYONE, FAR
from .cells import minute


def title(report: Report, say: Texts) -> str:
    """The report's name."""
    until = say.date(report.until)
    if report.who:
        key = "page.title_weekly" if report.asked.weekly else "page.title"
        return say.begun(say(key, who=_everyone(report, say), until=until))
    since = say.date(report.since or report.newest)
    key = "page.title_everyone_weekly" if report.asked.weekly else "page.title_everyone"
    return say(key, since=since, until=until)


def lede(report: Report, say: Texts) -> str:
    """What it covers, in a line."""
    boards = say.count("board", len(report.coverage))
    return say("page.lede", boards=boards, newest=say.date(report.newest))


def span(report: Report, say: Texts) -> str:
    """The time told of."""
    until = say.date(report.until)
    if report.since is None:
        return say("page.span_open", until=until)
    return say("page.span", since=say.date(report.since), until=until)


def changes_intro(report: Report, say: Texts) -> str:
    """Which changes are told, and how many are not."""
    if report.since is not None and report.until - report.since <= EVERYONE:
        of, said = "everyone", say("changes.intro_everyone")
    elif report.who:
        of, said = "watched", say("changes.intro_watched", who=_everyone(report, say))
    else:
        return say("changes.intro_leaders")
    if report.within_noise:
        moves = say.count("move", report.within_noise)
        said += f" {say(f'changes.left_out_{of}', moves=moves, far=FAR)}"
    return said


def never(report: Report, who: str, say: Texts) -> str:
    """That somebody asked for is on none of the report's boards."""
    return say("standing.never", who=say.label(who), until=say.date(report.until))


def _everyone(report: Report, say: Texts) -> str:
    """All those asked for, within a sentence."""
    return say.listed([say.who(name) for name in report.who])


def methods(say: Texts) -> list[str]:
    """How it was counted, a paragraph each."""
    names = ("rank", "best", "noise", "absence", "time", "routes", "names", "rewritten", "digest")
    return [say(f"methods.{name}", far=FAR) for name in names]


def cited(each: Cited, say: Texts) -> str:
    """The sentence that a place is cited by, without its digests."""
    said, evidence = said_of(each.stood, say), each.evidence
    captured = say("citations.from", captured=minute(evidence.captured_at), url=evidence.url)
    return f"{said[:-1] if said.endswith('.') else said}; {captured}."


def facts(part: Part, say: Texts) -> list[str]:
    """What must be known of a board, a sentence each."""
    covered = part.covered
    said = [
        say(
            "board.facts",
            snapshots=say.count("snapshot", covered.snapshots),
            first=figures.day(covered.first),
            last=figures.day(covered.last),
            metric=covered.metric,
        )
    ]
    if covered.complete < covered.snapshots:
        said.append(
            say("board.complete", complete=covered.complete, excerpts=covered.snapshots - covered.complete)
        )
    if covered.rank_kind != "published":
        said.append(say(f"board.{covered.rank_kind.replace('-', '_')}"))
    return said


def licensed(each: Publisher, say: Texts) -> str:
    """Under which licence a publisher's data stand, in the words of the language where none is stated."""
    if each.license in {"", "not stated"}:
        return say("citations.unlicensed")
    return say("citations.license", license=each.license)
