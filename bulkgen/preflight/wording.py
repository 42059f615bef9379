"""What is wrong with a text whatever it says: stand-ins, template braces, escapes, broken letters, capitals. Pure.

    text -> Flaw, …

A false alarm costs more than a miss here: who is told of a thousand good titles does not read on. So every rule asks
for what hardly ever stands in a good text, and words that are also words (`none`, `null`) count only when nothing else
is said.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

from bulkgen.render.markup import parse_markup


@dataclass(frozen=True, slots=True)
class Flaw:
    """`seen` is the piece of the text that shows it."""

    code: str
    seen: str
    message: str


@dataclass(frozen=True, slots=True)
class StandIn:
    """What stands where a value is missing, and what it is."""

    pattern: re.Pattern[str]
    nature: str
    is_whole: bool = False  # it is one only where nothing else is said


# English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Nordic: spreadsheets translate the words.
_SHEET_ERRORS = (
    *("N/A", "REF!", "VALUE!", "DIV/0!", "NAME?", "NULL!", "NUM!", "SPILL!", "CALC!", "FIELD!", "BLOCKED!", "ERROR!"),
    *("CONNECT!", "GETTING_DATA", "NV", "BEZUG!", "WERT!", "ZAHL!", "ÜBERLAUF!", "VALEUR!", "NOM?", "NOMBRE!", "NUL!"),
    *("¡REF!", "¡VALOR!", "¡DIV/0!", "¿NOMBRE?", "¡NUM!", "¡NULO!", "N/D", "RIF!", "VALORE!", "NOME?", "VALOR!"),
    *("N/B", "VERW!", "WAARDE!", "NAAM?", "GETAL!", "DEEL/0!", "ADR!", "ARG!", "NAZWA?", "LICZBA!", "SAKNAS!"),
    *("VÄRDEFEL!", "REFERENS!", "NAMN?", "I/T", "VERDI!", "NAVN?", "PUUTTUU!", "ARVO!", "VIITTAUS!"),
)
_ERROR = "|".join(re.escape(word) for word in sorted(_SHEET_ERRORS, key=len, reverse=True))

STAND_INS = (
    StandIn(re.compile(rf"(?<![\w#])#(?:{_ERROR})(?!\w)"), "a formula that cannot be worked out"),
    StandIn(re.compile(r"\[object \w+\]"), "a structure that a program printed instead of its text"),
    StandIn(re.compile(r"(?<!\w)NaN(?!\w)"), "what a program writes that calculated with no number"),
    StandIn(re.compile(r"lorem\s+ipsum|dolor\s+sit\s+amet", re.IGNORECASE), "a designer's filling for a text to come"),
    StandIn(
        re.compile(r"(?:TODO|FIXME|TBD)(?::.*)?|[xX]{3,}|asdf\w*", re.DOTALL),
        "a note of somebody who meant to go on",
        is_whole=True,
    ),
    StandIn(
        re.compile(r"N/A|n/a|[-–—]|--|TRUE|FALSE"),
        "what stands in a cell that has no text",
        is_whole=True,
    ),
    StandIn(
        re.compile(r"[-+]?\d(?:[.,]\d+)?E[+]\d{1,3}"),
        "a number that a spreadsheet has shortened, whose last digits are lost",
        is_whole=True,
    ),
    StandIn(
        re.compile(r"\b(?:YYYY([-./])MM\1DD|DD([-./])MM\2YYYY|MM/DD/YYYY)\b", re.IGNORECASE),
        "the form of a date instead of a date",
    ),
    StandIn(
        re.compile(r"\b(?:your|insert|enter|add) (?:text|title|headline|heading|name) here\b", re.IGNORECASE),
        "what a form says that waits for a text",
    ),
)
# Words of programs for nothing. A text of which they are all is no text; one of them in a sentence is a word.
_NOTHING_WORDS = frozenset(("undefined", "null", "NULL", "nan", "NaN"))
_CURRENCY_CODE = re.compile(r"[A-Z]{3}")
_WORD = re.compile(r"[^\W\d_]+")

_BRACES = re.compile(r"\{\{.{0,80}?\}\}|\{%.{0,80}?%\}|<%.{0,80}?%>|[$%#]\{[\w.-]{1,40}\}|\*\|\w{1,40}\|\*", re.DOTALL)
# Of programs for letters and of content systems; `%20%` of an address is neither.
_MERGE_FIELD = re.compile(r"(?<![\w%])%[A-Z][A-Z0-9_]{2,39}%(?![\w%])|\[\[[A-Za-z_][\w .-]{0,39}\]\]")
_VARIABLE = re.compile(r"\{([A-Za-z_][\w-]*)\}")

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG = re.compile(
    r"</?(?:br|p|b|i|em|strong|span|div|ul|ol|li|a|h[1-6]|font|img|table|tr|td|sup|sub|center|hr)"
    r"(?:\s+[a-z-]+\s*=[^<>]*|\s*/?)>",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"</?(?:c|w|u|s|d|bg)(?:=[^<>]{0,60})?>")
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|_x[0-9A-F]{4}_")

# A letter of UTF-8 read as Windows-1252: a lead and what may follow it, and the letters that are so written.
_AS_1252 = {chr(byte): bytes([byte]) for byte in range(0x80, 0x100)} | {
    bytes([byte]).decode("cp1252"): bytes([byte])
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_TAIL = "".join(re.escape(char) for char, byte in _AS_1252.items() if byte < b"\xc0")
_GARBLED = re.compile(f"[ÂÃÄÅ][{_TAIL}]|â[{_TAIL}]{{2}}|(?:[ÐÑ][{_TAIL}]){{2,}}|ð[{_TAIL}]{{3}}")
_LIKELY = re.compile("[\u00a0-\u017f\u0400-\u04ff\u2010-\u2044\u20ac\u2122\u2190-\u27bf\U0001f300-\U0001faff]+")

_CAPITALS_MIN_LETTERS = 20
_CAPITALS_MIN_WORDS = 4
_CAPITALS_SHARE = 0.6

_NO_SAVING = re.compile(
    r"(?<![\d.,])[-−–]\s?0+(?:[.,]0+)?\s?%"
    r"|(?<![\d.,])0+(?:[.,]0+)?\s?%\s*"
    r"(?:off|rabatt|reduziert|günstiger|de réduction|de remise|de descuento|di sconto|korting|rabat)\b"
    # All that a layer shows: what else would it say.
    r"|^\s*0+(?:[.,]0+)?\s?%\s*$"
    r"|\b(?:save|sparen?|spare|économisez|ahorra|risparmia|bespaar)\s+(?:bis zu\s+|up to\s+)?0+(?:[.,]0+)?\s?%",
    re.IGNORECASE,
)


def flaws(text: str, variables: frozenset[str] = frozenset()) -> Iterator[Flaw]:
    """All but capitals, which only a design can tell from its style. `variables` are those that something fills."""
    yield from _stand_ins(text)
    yield from _unfilled(text, variables)
    yield from _escapes(text)
    if not text.isascii() and (seen := garbled(text)):
        yield Flaw("broken_encoding", seen, f"{seen!r} is a letter in the wrong encoding")
    if "%" in text and (found := _NO_SAVING.search(text)):
        yield Flaw("saving_of_nothing", found[0], f"{found[0]!r} is shown as a saving")


def _stand_ins(text: str) -> Iterator[Flaw]:
    stripped = text.strip()
    for entry in STAND_INS:
        find = entry.pattern.fullmatch if entry.is_whole else entry.pattern.search
        found = find(stripped)
        if found:
            yield Flaw("placeholder_text", found[0], f"{found[0][:40]!r} would be printed: {entry.nature}")
            return
    if len(stripped) <= 60:
        words = [word for word in _WORD.findall(stripped) if not _CURRENCY_CODE.fullmatch(word)]
        if words and _NOTHING_WORDS.issuperset(words):
            yield Flaw("placeholder_text", words[0], f"{stripped!r} would be printed: a program's word for nothing")


def _unfilled(text: str, variables: frozenset[str]) -> Iterator[Flaw]:
    if not any(mark in text for mark in ("{", "<%", "*|", "%", "[[")):
        return
    found = _BRACES.search(text) or _MERGE_FIELD.search(text)
    if found:
        yield Flaw("unfilled_braces", found[0], f"{found[0]!r} would be printed as it is")
        return
    for match in _VARIABLE.finditer(text):
        if match[1] not in variables:
            yield Flaw("unfilled_braces", match[0], f"no variable fills {match[0]!r}, which would be printed as it is")
            return


def _escapes(text: str) -> Iterator[Flaw]:
    if "&" in text:
        for match in _ENTITY.finditer(text):
            if match[0].startswith("&#") or match[0][1:] in html5:
                shown = html.unescape(html.unescape(match[0]))
                yield Flaw("escaped_text", match[0], f"{match[0]!r} is printed as it is, not as {shown!r}")
                return
    if "<" in text:
        left_over = (_MARKUP.search(run.text) for run in parse_markup(text))
        tag = _TAG.search(text) or next((match for match in left_over if match), None)
        if tag:
            yield Flaw("escaped_text", tag[0], f"{tag[0]!r} is no markup of a text layer and is printed as it is")
            return
    if ("\\u" in text or "_x" in text) and (found := _ESCAPE.search(text)):
        yield Flaw("escaped_text", found[0], f"'{found[0]}' is printed as it is")


def garbled(text: str) -> str:
    """The first letter that was read in the wrong encoding, "" if none was. `CAFÉ»` and `IRMÃ®` are none."""
    if "\ufffd" in text:
        return "\ufffd"
    for match in _GARBLED.finditer(text):
        meant = _read_again(match[0])
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        # A capital among capitals is a letter that is meant, with a mark behind it.
        if meant and _LIKELY.fullmatch(meant) and not (before.isupper() and not after.islower()):
            return match[0]
    return ""


def _read_again(piece: str) -> str:
    try:
        return b"".join(_AS_1252[char] for char in piece).decode("utf-8")
    except UnicodeDecodeError:
        return ""


def is_capitals(text: str) -> bool:
    """Whether a longer text is mostly capitals. Scripts without capitals have none, a brand is too short to count, and
    a number of an article is one word."""
    upper = lower = words = 0
    for part in text.split():
        word = "".join(_WORD.findall(part))
        capitals = sum(char.isupper() for char in word)
        upper += capitals
        lower += sum(char.islower() for char in word)
        words += capitals == len(word) > 1
    letters = upper + lower
    return letters >= _CAPITALS_MIN_LETTERS and words >= _CAPITALS_MIN_WORDS and upper > _CAPITALS_SHARE * letters
