"""A number format code becomes sections of tokens. Pure.

    "0.00;[Red]-0.00"  ->  (Section(...), Section(...))

Knows the grammar of format codes and the ids that a workbook does not spell out. Left out: how a value is written
with them (`display`), and what a serial number means as a date (`dates`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from functools import lru_cache

GENERAL = "General"

# The ids that stand for a code which the file leaves out. 14 and 22 follow the system of whoever opens the workbook;
# the American order is what Excel itself writes for them in the file format's own description.
SHORT_DATE = "m/d/yyyy"
BUILT_IN: dict[int, str] = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0;\\-"$"#,##0',
    6: '"$"#,##0;\\-"$"#,##0',
    7: '"$"#,##0.00;\\-"$"#,##0.00',
    8: '"$"#,##0.00;\\-"$"#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: SHORT_DATE,
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: SHORT_DATE + " h:mm",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    # East Asian systems give these their own look; elsewhere they are the short date and the time.
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), SHORT_DATE),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}
SYSTEM_DATE_IDS = frozenset({14, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})


# Locale ids that ask for the reader's own long date and time, whatever follows them; here those of an American system.
SYSTEM_FORMS = {0xF800: "dddd, mmmm d, yyyy", 0xF400: "h:mm:ss AM/PM"}


class T(Enum):
    """What a token is; its text says which."""

    LITERAL = auto()
    DIGIT = auto()  # 0 # ?
    POINT = auto()
    COMMA = auto()
    PERCENT = auto()
    EXPONENT = auto()  # E+ or E-
    SLASH = auto()
    GENERAL = auto()
    TEXT = auto()  # @
    DATE = auto()  # a run of one of y m d h s e g b a
    ELAPSED = auto()  # [h] [mm] ..., without the brackets
    HALF_DAY = auto()  # AM/PM or A/P
    SECOND_PART = auto()  # the zeros of ss.000


@dataclass(frozen=True, slots=True)
class Token:
    kind: T
    text: str


@dataclass(frozen=True, slots=True)
class Condition:
    operator: str
    bound: Decimal

    def holds(self, value: Decimal) -> bool:
        match self.operator:
            case "<":
                return value < self.bound
            case "<=":
                return value <= self.bound
            case ">":
                return value > self.bound
            case ">=":
                return value >= self.bound
            case "=":
                return value == self.bound
            case _:
                return value != self.bound


@dataclass(frozen=True, slots=True)
class Section:
    """`language` is the Windows locale id of `[$-407]`, 0 where none is named."""

    tokens: tuple[Token, ...]
    condition: Condition | None = None
    language: int = 0

    def has(self, *kinds: T) -> bool:
        return any(token.kind in kinds for token in self.tokens)

    @property
    def is_date(self) -> bool:
        return self.has(T.DATE, T.ELAPSED, T.HALF_DAY)


@lru_cache(maxsize=512)
def parse(code: str) -> tuple[Section, ...]:
    """Never raises: what is not understood is a literal, as it would be drawn."""
    return tuple(_section(part) for part in _split(code))


def _split(code: str) -> list[str]:
    parts, start, at = [], 0, 0
    while at < len(code):
        step = _atom_length(code, at)
        if code[at] == ";":
            parts.append(code[start:at])
            start = at + 1
        at += step
    parts.append(code[start:])
    return parts


def _atom_length(code: str, at: int) -> int:
    """How many characters belong together at `at`: a quoted text, a bracket, an escaped character."""
    match code[at]:
        case '"':
            end = code.find('"', at + 1)
            return (end if end >= 0 else len(code)) - at + 1
        case "[":
            end = code.find("]", at + 1)
            return end - at + 1 if end >= 0 else 1
        case "\\" | "_" | "*":
            return 2
        case _:
            return 1


_DATE_LETTERS = "ymdhsegb"
_HALF_DAYS = ("AM/PM", "A/P")


def _section(code: str) -> Section:
    tokens: list[Token] = []
    condition: Condition | None = None
    language = 0
    at = 0
    while at < len(code):
        length = _atom_length(code, at)
        atom = code[at : at + length]
        char = atom[0]
        lower = char.lower()
        if char == '"':
            tokens.append(Token(T.LITERAL, atom.strip('"') if atom.endswith('"') else atom[1:]))
        elif char == "\\":
            tokens.append(Token(T.LITERAL, atom[1:]))
        elif char == "_":
            tokens.append(Token(T.LITERAL, " "))
        elif char == "*":
            # A fill character widens with the column; no width, no fill.
            pass
        elif char == "[" and length > 1:
            inner = atom[1:-1]
            if inner.startswith("$"):
                symbol, _, locale = inner[1:].partition("-")
                tokens.append(Token(T.LITERAL, symbol))
                language = _language(locale) or language
            elif found := _condition(inner):
                condition = found
            elif inner and inner.lower() in {c * len(inner) for c in "hms"}:
                tokens.append(Token(T.ELAPSED, inner.lower()))
        elif code[at : at + 7].lower() == "general":
            tokens.append(Token(T.GENERAL, GENERAL))
            length = 7
        elif half := next((h for h in _HALF_DAYS if code[at : at + len(h)].upper() == h), None):
            tokens.append(Token(T.HALF_DAY, half))
            length = len(half)
        elif lower == "e" and code[at + 1 : at + 2] in {"+", "-"} and tokens and tokens[-1].kind in (T.DIGIT, T.POINT):
            tokens.append(Token(T.EXPONENT, "E" + code[at + 1]))
            length = 2
        elif lower in _DATE_LETTERS or code[at : at + 3].lower() == "aaa":
            while code[at + length : at + length + 1].lower() == lower:
                length += 1
            tokens.append(Token(T.DATE, lower * length))
        else:
            tokens.append(Token(_SINGLE.get(char, T.LITERAL), char))
        at += length
    return Section(_settle(tokens), condition, language)


_SINGLE = {
    "0": T.DIGIT,
    "#": T.DIGIT,
    "?": T.DIGIT,
    ".": T.POINT,
    ",": T.COMMA,
    "%": T.PERCENT,
    "/": T.SLASH,
    "@": T.TEXT,
}


def _settle(tokens: list[Token]) -> tuple[Token, ...]:
    """Some marks depend on their company: in a date, points and slashes are drawn, and zeros after `ss.` are parts
    of a second; in a number, a slash makes a fraction only between digits."""
    is_date = any(token.kind in (T.DATE, T.ELAPSED, T.HALF_DAY) for token in tokens)
    has_digits = any(token.kind is T.DIGIT for token in tokens)
    out: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if is_date and token.kind is T.POINT and _follows_seconds(out):
            end = at + 1
            while end < len(tokens) and tokens[end] == Token(T.DIGIT, "0"):
                end += 1
            if end > at + 1:
                out.append(Token(T.SECOND_PART, "." + "0" * (end - at - 1)))
                at = end
                continue
        drawn = is_date and token.kind in (T.POINT, T.COMMA, T.SLASH, T.DIGIT, T.PERCENT, T.EXPONENT)
        drawn = drawn or (not has_digits and token.kind in (T.POINT, T.COMMA, T.SLASH))
        out.append(Token(T.LITERAL, token.text) if drawn else token)
        at += 1
    return tuple(out)


def _follows_seconds(tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[-1].kind in (T.DATE, T.ELAPSED) and tokens[-1].text[0] == "s"


def _condition(inner: str) -> Condition | None:
    for operator in ("<=", ">=", "<>", "<", ">", "="):
        if inner.startswith(operator):
            try:
                bound = Decimal(inner[len(operator) :].strip())
            except InvalidOperation:
                return None
            return Condition(operator, bound) if bound.is_finite() else None
    return None


def _language(locale: str) -> int:
    """The low half names the language; the rest is digits and calendar, which are not imitated."""
    try:
        return int(locale.split(",")[0], 16) & 0xFFFF
    except ValueError:
        return 0
