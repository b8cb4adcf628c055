"""Dates and spans of time as people write them, in English and Russian."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from ..errors import UsageError
from .text import Text

_MONTHS = (
    "jan(?:uary)?|январ(?:ем|[ьяею])",
    "feb(?:ruary)?|феврал(?:ем|[ьяею])",
    "mar(?:ch)?|март(?:ом|[ауе])?",
    "apr(?:il)?|апрел(?:ем|[ьяею])",
    "may|ма(?:ем|[йяею])",
    "june?|июн(?:ем|[ьяею])",
    "july?|июл(?:ем|[ьяею])",
    "aug(?:ust)?|август(?:ом|[ауе])?",
    "sept?(?:ember)?|сентябр(?:ем|[ьяею])",
    "oct(?:ober)?|октябр(?:ем|[ьяею])",
    "nov(?:ember)?|ноябр(?:ем|[ьяею])",
    "dec(?:ember)?|декабр(?:ем|[ьяею])",
)
_MONTH = "|".join(_MONTHS)
_YEAR = r"20\d\d(?: года| году| годом| год| г)?"
_QUARTERS = (
    "first|перв\\w+|1-?\\w*",
    "second|втор\\w+|2-?\\w*",
    "third|трет\\w+|3-?\\w*",
    "fourth|last|четверт\\w+|последн\\w+|4-?\\w*",
)
_PARTS = {
    "start": r"early|(?:the )?(?:beginning|start) of|начал[аоеу]",
    "middle": r"mid|mid-|(?:the )?middle of|середин[аеуы]",
    "late": r"late",
    "end": r"(?:the )?end of|кон(?:ец|ца|це|цу)",
}
_SEASONS = {
    3: r"spring|весн(?:а|ой|ы|е|у)",
    6: r"summer|лет(?:ом|о|а|у)",
    9: r"autumn|осен(?:ью|ь|и)",
    12: r"winter|зим(?:а|ой|ы|е|у)",
}
"""The month with which each begins; each has three."""
_SEASON = "|".join(_SEASONS.values())
_HALVES = (r"first|перв\w+|1-?\w*", r"second|втор\w+|2-?\w*")
_DAYS = {"days?|день|дн[яе]\\w*": 1, "weeks?|недел\\w+": 7}
_CALENDAR = {"months?|месяц\\w*": 1, "quarters?|квартал\\w*": 3, "полгода": 6, "years?|год\\w*|лет": 12}
"""Units of a stretch of time up to today → how many days, or months, each has."""
_UNITS = "|".join((*_DAYS, *_CALENDAR))
_COUNTS = (
    *(r"an?|one|од(?:ин|ну|ного)", r"two|a couple of|дв[ае]|двух|пар[ау]", r"three|тр(?:и|ех)"),
    *(r"four|четыр(?:е|ех)", r"five|пят[ьи]", r"six|шест[ьи]", r"seven|сем[ьи]", r"eight|восемь|восьми"),
    *(r"nine|девят[ьи]", r"ten|десят[ьи]", r"eleven|одиннадцат[ьи]", r"twelve|двенадцат[ьи]"),
)
"""Small numbers in words, from one."""
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(_COUNTS)})"
_LATELY = rf"(?:the )?(?:last|past|previous|последн\w+|прошедш\w+) (?:{_COUNT} (?:{_UNITS})|полгода)"
_BACK = rf"(?:{_COUNT} )?(?:{_UNITS}) (?:ago|(?:тому )?назад)"
_FORMS = (
    r"(?P<iso>\d{4}-\d\d?-\d\d?)",
    r"(?P<dotted>\d\d?\.\d\d?\.\d{4})",
    r"(?P<iso_month>\d{4}-\d\d?)",
    rf"(?P<named_day>(?:{_MONTH}) \d\d?(?:st|nd|rd|th)? {_YEAR})",
    rf"(?P<day_named>\d\d?(?:st|nd|rd|th)?(?: of)? (?:{_MONTH}) {_YEAR})",
    rf"(?P<quarter>q[1-4](?: of)? {_YEAR}"
    rf"|(?:the )?(?:{'|'.join(_QUARTERS)}) (?:quarter(?: of)?|квартал\w*) {_YEAR})",
    rf"(?P<half>h[12](?: of)? {_YEAR}"
    rf"|(?:the )?(?:{'|'.join(_HALVES)}) (?:half of|половин\w+|полугоди\w+) {_YEAR})",
    rf"(?P<season>(?:the )?(?:{_SEASON})(?: of)? {_YEAR})",
    rf"(?P<part>(?:the )?(?:{'|'.join(_PARTS.values())}) (?:(?:{_MONTH}) )?{_YEAR})",
    rf"(?P<part_past>(?:the )?(?:{'|'.join(_PARTS.values())}) (?:last|this|прошл\w+|эт\w+) (?:year|год\w*))",
    rf"(?P<month>(?:{_MONTH}) {_YEAR})",
    rf"(?P<year>{_YEAR})",
    rf"(?P<lately>{_LATELY})",
    rf"(?P<back>{_BACK})",
    rf"(?P<past>(?:the )?(?:last|past|прошл\w+|минувш\w+|this|эт\w+) (?:{_SEASON}|quarter|квартал\w*))",
    r"(?P<relative>yesterday|вчера"
    r"|(?:the )?(?:last|past|прошл\w+|последн\w+) (?:week|month|year|недел\w+|месяц\w*|год\w*)"
    r"|this (?:month|year)|эт(?:от|ом) (?:месяц|месяце|год|году))",
)
_DATE = "|".join(_FORMS)
_BARE = re.sub(r"\?P<\w+>", "?:", _DATE)

_RANGE = (
    rf"(?:(?:between|from|since|с|со|от|между|on|in|at|в|на) )?(?P<one>{_BARE}) "
    rf"(?:and|to|until|till|through|vs|versus|по|до|и|от) (?:(?:on|in|at|в|на) )?(?P<two>{_BARE})"
)
_MONTHS_OF_A_YEAR = (
    rf"(?:(?:between|from|с|со|от|между) )?(?P<one>{_MONTH}) "
    rf"(?:and|to|until|till|through|по|до|и) (?P<two>(?:{_MONTH}) {_YEAR})"
)
_SINCE = rf"(?:since|from|after|starting(?: in| from| on)?|начиная с|после|с|со) (?P<one>{_BARE})"
_BEFORE = rf"(?:before|до) (?P<one>{_BARE})"
_UNTIL = rf"(?:until|till|through|up to|по) (?P<one>{_BARE})"
_AT = rf"(?:(?:in|on|at|during|as of|by|for|over|в|во|на|за|к|от) )?(?P<one>{_BARE})"
_NOW = (
    r"now|today|currently|right now|at (?:the moment|present)"
    r"|сейчас|сегодня|теперь|на сегодня|ныне|на данный момент"
)
_YEARLESS = (
    rf"(?:\d\d?(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})|(?:{_MONTH})(?: \d\d?(?:st|nd|rd|th)?)?"
    rf"|(?:the )?(?:{_SEASON}))"
)
_LATEST: Sequence[tuple[Literal["since", "before", "until", "at"], str]] = (
    ("since", rf"(?:since|from|after|начиная с|после|с|со) (?P<one>{_YEARLESS})"),
    ("before", rf"(?:before|до) (?P<one>{_YEARLESS})"),
    ("until", rf"(?:until|till|through|up to|по) (?P<one>{_YEARLESS})"),
    ("at", rf"(?:in|on|during|as of|в|во|на|за|к) (?P<one>{_YEARLESS})|(?P<alone>летом|весной|осенью|зимой)"),
)
"""A day, a month or a season without its year: the latest that has begun. Only behind a preposition, since
`may` and `march` are words as well."""
_READ = re.compile(rf"{_DATE}|(?P<yearless>{_YEARLESS})")


class Span(NamedTuple):
    """A stretch of days, both ends included; a day is a stretch of one."""

    start: date
    end: date


class When(NamedTuple):
    """What a question says of time."""

    role: Literal["always", "now", "at", "within", "since", "until", "between"]
    """`now` today, `at` a day, `within` a longer stretch, `between` two that bound a stretch or are to be
    compared."""
    one: Span | None = None
    two: Span | None = None
    said: str = ""


def when(text: Text, today: date) -> When:
    """Takes what a question says of time. Raises UsageError for a date that no calendar has."""
    if found := text.take(_MONTHS_OF_A_YEAR):
        two, first = _span(found["two"], today), _month(found["one"])
        one = _months(two.end.year - (first > two.end.month), first, first)
        return When("between", one, two, found[0])
    if found := text.take(_RANGE):
        return When("between", _span(found["one"], today), _span(found["two"], today), found[0])
    if found := text.take(_SINCE):
        one, later = _span(found["one"], today), text.take(_UNTIL)
        if later:
            return When("between", one, _span(later["one"], today), f"{found[0]} {later[0]}")
        return When("since", one, said=found[0])
    if found := text.take(_BEFORE):
        day = _span(found["one"], today).start - timedelta(days=1)
        return When("until", Span(day, day), said=found[0])
    if found := text.take(_UNTIL):
        return When("until", _span(found["one"], today), said=found[0])
    if found := text.take(_AT):
        one = _span(found["one"], today)
        return When("at" if one.start == one.end else "within", one, said=found[0])
    for role, form in _LATEST:
        if found := text.take(form):
            return _latest(role, found, today)
    if found := text.take(_NOW):
        return When("now", Span(today, today), said=found[0])
    return When("always")


def _latest(role: str, found: re.Match[str], today: date) -> When:
    """What a day, a month or a season without its year says."""
    one = _span(found["one"] or found[0], today)
    if role == "since":
        return When("since", one, said=found[0])
    if role == "before":
        day = one.start - timedelta(days=1)
        return When("until", Span(day, day), said=found[0])
    if role == "until":
        return When("until", one, said=found[0])
    return When("at" if one.start == one.end else "within", one, said=found[0])


def _span(said: str, today: date) -> Span:
    found = _READ.fullmatch(said)
    if found is None or found.lastgroup is None:
        raise UsageError(f"{said!r} is no date.", todo="write 2024-03-01, March 2024 or 2024")
    try:
        return next(_spans(found.lastgroup, said, today))
    except ValueError as error:
        raise UsageError(
            f"{said!r} is a day that no calendar has.", todo="write 2024-03-01, March 2024 or 2024"
        ) from error


def _spans(form: str, said: str, today: date) -> Iterator[Span]:
    """The one stretch that a date in some form means. Raises ValueError where no calendar has it."""
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    month = _month(said)
    if form == "iso":
        yield _day(*numbers)
    elif form == "dotted":
        yield _day(*reversed(numbers))
    elif form == "iso_month":
        yield _months(numbers[0], numbers[1], numbers[1])
    elif form in {"named_day", "day_named"}:
        yield _day(numbers[-1], month, numbers[0])
    elif form == "quarter":
        quarter = _quarter(said)
        yield _months(numbers[-1], 3 * quarter - 2, 3 * quarter)
    elif form == "half":
        first = 1 if re.match(rf"(?:the )?(?:h1|{_HALVES[0]}) ", said) else 7
        yield _months(numbers[-1], first, first + 5)
    elif form == "season":
        yield _season(said, numbers[-1])
    elif form == "part":
        yield _part(said, numbers[-1], month)
    elif form == "part_past":
        yield _part(said, today.year - bool(re.search("last|прошл", said)), 0)
    elif form == "month":
        yield _months(numbers[-1], month, month)
    elif form == "year":
        yield _months(numbers[0], 1, 12)
    elif form == "lately":
        yield Span(_ago(said, today), today)
    elif form == "back":
        day = _ago(re.sub(" (?:ago|(?:тому )?назад)$", "", said), today)
        yield Span(day, day)
    elif form == "past":
        yield _past(said, today)
    elif form == "yearless":
        yield _begun(said, month, numbers, today)
    else:
        yield _relative(said, today)


def _day(year: int, month: int, day: int) -> Span:
    return Span(date(year, month, day), date(year, month, day))


def _months(year: int, first: int, last: int) -> Span:
    return Span(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def _month(said: str) -> int:
    """The number of the month that is named; 0 where none is."""
    named = (number for number, form in enumerate(_MONTHS, 1) if re.search(rf"\b(?:{form})\b", said))
    return next(named, 0)


def _quarter(said: str) -> int:
    if found := re.match(r"q([1-4])", said):
        return int(found[1])
    return next(
        number for number, form in enumerate(_QUARTERS, 1) if re.match(rf"(?:the )?(?:{form}) ", said)
    )


def _part(said: str, year: int, month: int) -> Span:
    """Of a year its first, middle or last four months, of a month its first, middle or last ten days.

    An end is the last day.
    """
    which = next(name for name, form in _PARTS.items() if re.match(rf"(?:the )?(?:{form})", said))
    whole = _months(year, month, month) if month else _months(year, 1, 12)
    if which == "end":
        return Span(whole.end, whole.end)
    if month:
        first = {"start": 1, "middle": 11, "late": 21}[which]
        last = {"start": 10, "middle": 20, "late": whole.end.day}[which]
        return Span(date(year, month, first), date(year, month, last))
    first = {"start": 1, "middle": 5, "late": 9}[which]
    return _months(year, first, first + 3)


def _season(said: str, year: int) -> Span:
    """Raises UsageError for a winter, which lies in two years."""
    first = next(month for month, form in _SEASONS.items() if re.search(rf"\b(?:{form})\b", said))
    if first == 12:
        raise UsageError(
            f"{said!r} lies in two years.",
            todo=f"name the months: from December {year - 1} to February {year}, "
            f"or from December {year} to February {year + 1}",
        )
    return _months(year, first, first + 2)


def _past(said: str, today: date) -> Span:
    """The season or the quarter that is over, or the one that is."""
    this = said.startswith(("this", "эт"))
    seasonal = next((month for month, form in _SEASONS.items() if re.search(rf"\b(?:{form})\b", said)), 0)
    month = today.year * 12 + today.month - 1  # counted from year 0
    first = month - (month - (seasonal - 1 if seasonal else 0)) % (12 if seasonal else 3)
    over = first + 3 <= month
    if not this and not over:
        first -= 12 if seasonal else 3
    year, start = divmod(first, 12)
    last_year, last = divmod(first + 2, 12)
    end = _months(last_year, last + 1, last + 1).end
    return Span(date(year, start + 1, 1), min(end, today))


def _begun(said: str, month: int, numbers: Sequence[int], today: date) -> Span:
    """The latest day, month or season of that name that has begun."""
    if not month:
        return _past(f"this {said}", today)
    if numbers:
        day = _day(today.year, month, numbers[0])
        return day if day.start <= today else _day(today.year - 1, month, numbers[0])
    return _months(today.year - (month > today.month), month, month)


def _ago(said: str, today: date) -> date:
    """The day that lies so many units back; in a shorter month its last one."""
    number = _number(said)
    for unit, days in _DAYS.items():
        if re.search(rf"\b(?:{unit})$", said):
            return today - timedelta(days=days * number)
    each = next(months for unit, months in _CALENDAR.items() if re.search(rf"\b(?:{unit})$", said))
    year, month = divmod(today.year * 12 + today.month - 1 - each * number, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def _number(said: str) -> int:
    """How many units; one where none is said."""
    if found := re.search(r"\d+", said):
        return int(found[0])
    # (From two: `a couple of` has an `a`.)
    words = enumerate(_COUNTS[1:], 2)
    return next((number for number, form in words if re.search(rf"\b(?:{form})\b", said)), 1)


def _relative(said: str, today: date) -> Span:
    if said in {"yesterday", "вчера"}:
        return Span(today - timedelta(days=1), today - timedelta(days=1))
    this = said.startswith(("this", "эт"))
    if re.search("week|недел", said):
        return Span(today - timedelta(days=7), today)
    if re.search("month|месяц", said):
        return Span(today.replace(day=1), today) if this else Span(today - timedelta(days=31), today)
    if this:
        return Span(today.replace(month=1, day=1), today)
    if said.startswith(("the last", "last", "прошл")):
        return _months(today.year - 1, 1, 12)
    return Span(today - timedelta(days=365), today)
