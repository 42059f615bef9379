"""A serial number of days becomes a date as a section of a number format draws it. Pure.

    45985.395833 + "d mmm yyyy h:mm"  ->  "24 Nov 2025 9:30"

Days are counted from 1900 with its false 29 February, or from 1904. Left out: era years and calendars other than
the Gregorian one; the serial's number formats that are not dates (`display`).
"""

from __future__ import annotations

import datetime as dt
import locale
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache

from bulkgen.sheet.formats import SYSTEM_FORMS, Section, T, Token, parse

# 31 December 9999, the last day Excel shows.
LAST_SERIAL = 2_958_465
_DAYS_BETWEEN_SYSTEMS = 1462
_SECONDS_A_DAY = 86_400
# What adding hours as binary fractions may leave short of a midnight.
_BINARY_NOISE_DAYS = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time as drawn; not a `datetime`, since Excel shows 29 February 1900 and 0 January 1900."""

    year: int
    month: int
    day: int
    weekday: int  # Monday is 0
    seconds: int
    part: str  # digits after the second, as many as the format asks for


def draw(serial: Decimal, section: Section, *, is_1904: bool) -> str | None:
    """None where Excel would show a row of hashes."""
    if serial < 0 or serial >= LAST_SERIAL + 1:
        return None
    decimals = max((len(t.text) - 1 for t in section.tokens if t.kind is T.SECOND_PART), default=0)
    if section.language in SYSTEM_FORMS:
        section = parse(SYSTEM_FORMS[section.language])[0]
    minutes = _minutes(section)
    if (
        not minutes
        and not section.has(T.ELAPSED)
        and not any(t.text[0] in "hs" for t in section.tokens if t.kind is T.DATE)
    ):
        # A minute before midnight is still the day before, where only the day is shown.
        serial = (serial + _BINARY_NOISE_DAYS).to_integral_value(ROUND_FLOOR)
    found = _moment(serial, decimals, is_1904=is_1904)
    if found is None:
        return None
    moment, elapsed = found
    half = section.has(T.HALF_DAY)
    return "".join(
        _token(token, moment, elapsed, is_minute=at in minutes, half=half, language=section.language)
        for at, token in enumerate(section.tokens)
    )


def serial_of(text: str, *, is_1904: bool) -> Decimal | None:
    """An ISO date, time or both, as the strict form of workbooks stores them, as the serial it would else be."""
    try:
        if "-" not in text:
            time = dt.time.fromisoformat(text)
            days = 0
        else:
            moment = dt.datetime.fromisoformat(text)
            time = moment.time()
            days = (moment.date() - dt.date(1899, 12, 30)).days
            # Before the false 29 February there is a day less.
            days -= _DAYS_BETWEEN_SYSTEMS if is_1904 else (1 if days < 61 else 0)
    except ValueError:
        return None
    seconds = time.hour * 3600 + time.minute * 60 + time.second + Decimal(time.microsecond) / 1_000_000
    return days + Decimal(seconds) / _SECONDS_A_DAY


def _moment(serial: Decimal, decimals: int, *, is_1904: bool) -> tuple[Moment, int] | None:
    """Rounded to the last part shown: 12:59:59.9 is 13:00 where no parts of a second are shown, as in Excel. None where
    that leads past the last day."""
    units = int((serial * _SECONDS_A_DAY * 10**decimals).to_integral_value(ROUND_HALF_UP))
    elapsed, part = divmod(units, 10**decimals)
    days, seconds = divmod(elapsed, _SECONDS_A_DAY)
    if is_1904:
        days += _DAYS_BETWEEN_SYSTEMS
    if days > LAST_SERIAL:
        return None
    # Excel's own weekdays: it believes in 29 February 1900, so the days before it are one off.
    weekday = (days + 5) % 7
    if days == 60:
        year, month, day = 1900, 2, 29
    elif days == 0:
        year, month, day = 1900, 1, 0
    else:
        date = dt.date(1899, 12, 31 if days < 60 else 30) + dt.timedelta(days=days)
        year, month, day = date.year, date.month, date.day
    return Moment(year, month, day, weekday, seconds, str(part).zfill(decimals) if decimals else ""), elapsed


@lru_cache(maxsize=512)
def _minutes(section: Section) -> frozenset[int]:
    """Which `m` are minutes: those after an hour or before a second."""
    found = set()
    marks = [(at, t) for at, t in enumerate(section.tokens) if t.kind in (T.DATE, T.ELAPSED)]
    for order, (at, token) in enumerate(marks):
        if token.kind is not T.DATE or token.text[0] != "m" or len(token.text) > 2:
            continue
        before = marks[order - 1][1].text[0] if order else ""
        after = marks[order + 1][1].text[0] if order + 1 < len(marks) else ""
        if before == "h" or after == "s":
            found.add(at)
    return frozenset(found)


def _token(token: Token, moment: Moment, elapsed: int, *, is_minute: bool, half: bool, language: int) -> str:
    width = len(token.text)
    hour, minute, second = moment.seconds // 3600, moment.seconds // 60 % 60, moment.seconds % 60
    match token.kind:
        case T.LITERAL:
            return token.text
        case T.SECOND_PART:
            return "." + moment.part[: width - 1]
        case T.HALF_DAY:
            return ("AM", "PM")[hour >= 12] if token.text == "AM/PM" else "AP"[hour >= 12]
        case T.ELAPSED:
            per = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            return str(elapsed // per).zfill(width)
        case T.DATE:
            pass
        case _:
            return ""
    if is_minute:
        return str(minute).zfill(width)
    match token.text[0]:
        case "y" | "e":
            return f"{moment.year % 100:02}" if token.text in ("y", "yy") else f"{moment.year:04}"
        case "b":
            year = moment.year + 543
            return f"{year % 100:02}" if width <= 2 else f"{year:04}"
        case "m":
            return str(moment.month).zfill(width) if width <= 2 else _month(moment.month, width, language)
        case "d":
            return str(moment.day).zfill(width) if width <= 2 else _weekday(moment.weekday, width, language)
        case "a":
            return _weekday(moment.weekday, width, language)
        case "h":
            shown = (hour % 12 or 12) if half else hour
            return str(shown).zfill(min(width, 2))
        case "s":
            return str(second).zfill(min(width, 2))
        case _:
            return ""


def _month(month: int, width: int, language: int) -> str:
    if width == 5:
        return _names(language, "months", "wide")[month - 1][:1]
    return _names(language, "months", "abbreviated" if width == 3 else "wide")[month - 1]


def _weekday(weekday: int, width: int, language: int) -> str:
    return _names(language, "days", "abbreviated" if width == 3 else "wide")[weekday]


_ENGLISH = {
    ("months", "wide"): (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    ("months", "abbreviated"): ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ("days", "wide"): ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ("days", "abbreviated"): ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


@lru_cache(maxsize=256)
def _names(language: int, kind: str, width: str) -> tuple[str, ...]:
    """Names in the language that the format code itself asks for; English where it names none."""
    name = locale.windows_locale.get(language, "en_US")
    if name.startswith("en"):
        return _ENGLISH[kind, width]
    # Only workbooks with dates in such a language pay for loading it.
    from babel import Locale, UnknownLocaleError

    try:
        # Short names as they stand alone: in a sentence German would end them with a point, which sheets do not.
        use = "format" if width == "wide" else "stand-alone"
        table = getattr(Locale.parse(name), kind)[use][width]
    except (UnknownLocaleError, ValueError, KeyError):
        return _ENGLISH[kind, width]
    return tuple(str(table[key]) for key in sorted(table))
