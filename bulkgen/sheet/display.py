"""A stored number and its format become the text a person sees in the cell. Pure.

    "0.2" + "0%"  ->  "20%"        "123" + "00000"  ->  "00123"        "4006381333931" + General  ->  "4006381333931"

Decimal arithmetic on the 15 digits that Excel keeps, rounding halves away from zero as it does. It draws as Excel with
an English (US) system: the workbook does not say whose decimal comma it is. Three things are left out on purpose: the
width of the column (a whole number is never shortened to 4.00638E+12, since an article number must survive; no
`####`), the spaces that only line columns up (the text is stripped), and colours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from fractions import Fraction

from bulkgen.sheet import dates
from bulkgen.sheet.formats import GENERAL, Section, T, Token, parse

# Wide enough for the largest double with every decimal a format code has room for.
_CONTEXT = Context(prec=700, rounding=ROUND_HALF_UP)
# Excel keeps this many digits of a number; what a file says beyond them is noise of the binary form.
KEPT_DIGITS = 15
# The characters that General uses for a number with decimals.
_GENERAL_WIDTH = 11
# Where even a whole number is drawn with an exponent: far past anything somebody typed as a number.
_LONGEST_WHOLE = 21
_NOT_ZERO = re.compile("[1-9]")
# Distinct values remembered by a format: sheets repeat their dates and prices.
_CACHE_LIMIT = 20_000


class Display:
    """One number format, ready to draw many cells. `beyond` holds the values that Excel shows as a row of hashes."""

    def __init__(self, code: str, *, is_1904: bool = False) -> None:
        self.code = code or GENERAL
        self.is_1904 = is_1904
        self.sections = parse(self.code)
        self.beyond: set[str] = set()
        self._cache: dict[str, str] = {}
        self._draw = self._pick()
        self._text_section = self._find_text_section()

    def __repr__(self) -> str:
        return f"<Display {self.code!r} 1904={self.is_1904} beyond={len(self.beyond)}>"

    @property
    def is_date(self) -> bool:
        return any(section.is_date for section in self.sections)

    @property
    def changes_text(self) -> bool:
        return self._text_section is not None

    def number(self, stored: str) -> str:
        """`stored` is the number as the file has it; what is no number comes back as it is."""
        shown = self._cache.get(stored)
        if shown is None:
            shown = self._draw(stored)
            if len(self._cache) < _CACHE_LIMIT:
                self._cache[stored] = shown
        return shown

    def text(self, stored: str) -> str:
        """A text cell: itself, unless the format's text section adds to it or hides it."""
        if self._text_section is None:
            return stored
        return "".join(stored if t.kind is T.TEXT else t.text for t in self._text_section.tokens)

    def _pick(self) -> Callable[[str], str]:
        if self.code.lower() == "general" or self.code == "@":
            return _general_text
        simple = _simple(self.sections)
        return simple if simple is not None else self._by_section

    def _find_text_section(self) -> Section | None:
        if len(self.sections) >= 4:
            section = self.sections[3]
        elif self.sections[-1].has(T.TEXT):
            section = self.sections[-1]
        else:
            return None
        return None if [t.kind for t in section.tokens] == [T.TEXT] else section

    def _by_section(self, stored: str) -> str:
        value = as_decimal(stored)
        if value is None:
            return stored
        section, is_signed = choose(self.sections, value)
        if section is None:
            return general(value)
        if section.is_date:
            drawn = dates.draw(value, section, is_1904=self.is_1904)
            if drawn is None:
                if len(self.beyond) < _CACHE_LIMIT:
                    self.beyond.add(stored)
                return general(value)
            return drawn.strip()
        text = _number(value.copy_abs(), section)
        return (_sign(value, text) + text if is_signed else text).strip()


def show(stored: str, code: str, *, is_1904: bool = False) -> str:
    """One cell, for those who have only one."""
    return Display(code, is_1904=is_1904).number(stored)


def as_decimal(stored: str) -> Decimal | None:
    """The number at the 15 digits Excel keeps; None for what is none."""
    try:
        value = Decimal(stored)
        if not value.is_finite():
            return None
        if len(value.as_tuple().digits) > KEPT_DIGITS:
            value = Decimal(f"{float(stored):.{KEPT_DIGITS}g}")
        # Beyond a double's range there is nothing Excel could have stored.
        return value if value.is_finite() and -400 < value.adjusted() < 400 else None
    except (InvalidOperation, ValueError, OverflowError):
        return None


def choose(sections: tuple[Section, ...], value: Decimal) -> tuple[Section | None, bool]:
    """The section for a value, and whether the minus sign is still to be drawn.

    A negative section draws its own sign. None means that no section wants the value.
    """
    numeric = sections[:3]
    if len(numeric) > 1 and numeric[-1].has(T.TEXT) and not numeric[-1].condition:
        numeric = numeric[:-1]
    if any(section.condition for section in numeric):
        for at, section in enumerate(numeric):
            condition = section.condition
            if condition is not None:
                if condition.holds(value):
                    return section, not _only_negative(section)
            elif at == 1 and len(numeric) == 3 and value >= 0:
                # [cond]a;b;c: the second is for negative numbers unless it says otherwise.
                continue
            else:
                return section, not (at == 1 and len(numeric) == 3)
        return None, True
    if len(numeric) == 1:
        return numeric[0], True
    if value < 0:
        return numeric[1], False
    if value == 0 and len(numeric) == 3:
        return numeric[2], False
    return numeric[0], False


def _only_negative(section: Section) -> bool:
    condition = section.condition
    if condition is None:
        return False
    return (condition.operator == "<" and condition.bound <= 0) or (condition.operator == "<=" and condition.bound < 0)


def general(value: Decimal) -> str:
    """As the General format draws it in a wide column, whole numbers with all their digits."""
    sign = "-" if value < 0 else ""
    value = value.copy_abs()
    if value == 0:
        return "0"
    magnitude = value.adjusted()
    if value == value.to_integral_value(context=_CONTEXT):
        return sign + (f"{value:f}".split(".")[0] if magnitude < _LONGEST_WHOLE else _short_exponent(value))
    if magnitude < -4:
        plain = _trim(f"{value:f}")
        return sign + (plain if len(plain) <= _GENERAL_WIDTH else _short_exponent(value))
    decimals = max(0, _GENERAL_WIDTH - 1 - max(magnitude + 1, 1))
    return sign + _trim(f"{_rounded(value, decimals):f}")


def _general_text(stored: str) -> str:
    # Nearly every number in a sheet is short and already in its shortest form.
    if len(stored) <= KEPT_DIGITS and stored.isdecimal() and stored.isascii() and (stored[0] != "0" or stored == "0"):
        return stored
    value = as_decimal(stored)
    return stored if value is None else general(value)


def _short_exponent(value: Decimal) -> str:
    mantissa, _, exponent = f"{_CONTEXT.plus(value):.5E}".partition("E")
    return f"{_trim(mantissa)}E{exponent[0]}{exponent[1:].zfill(2)}"


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), context=_CONTEXT)


def _simple(sections: tuple[Section, ...]) -> Callable[[str], str] | None:
    """A fast drawer for `0`, `0.00`, `#,##0.00 "€"` and the like: what most price columns are written with."""
    if len(sections) != 1 or sections[0].condition:
        return None
    tokens = sections[0].tokens
    first = next((at for at, t in enumerate(tokens) if t.kind is not T.LITERAL), len(tokens))
    last = next((at for at in range(len(tokens), 0, -1) if tokens[at - 1].kind is not T.LITERAL), 0)
    pattern = "".join(t.text for t in tokens[first:last])
    if any(t.kind not in (T.DIGIT, T.COMMA, T.POINT) for t in tokens[first:last]):
        return None
    whole, _, decimals = pattern.partition(".")
    if (whole != "#,##0" and (not whole or whole.strip("0"))) or decimals.strip("0"):
        return None
    before, after = ("".join(t.text for t in part) for part in (tokens[:first], tokens[last:]))
    step = Decimal(1).scaleb(-len(decimals))
    comma = "," if whole == "#,##0" else ""
    # 00123.50 is as wide as its whole part, the point and its decimals.
    width = 0 if comma else len(whole) + (len(decimals) + 1 if decimals else 0)

    def draw(stored: str) -> str:
        value = as_decimal(stored)
        if value is None:
            return stored
        text = f"{value.copy_abs().quantize(step, context=_CONTEXT):{comma}f}".zfill(width)
        return f"{_sign(value, text)}{before}{text}{after}".strip()

    return draw


def _sign(value: Decimal, drawn: str) -> str:
    """No minus before a zero: programs differ about -0.00, and nobody wants to read it."""
    return "-" if value < 0 and _NOT_ZERO.search(drawn) else ""


def _number(value: Decimal, section: Section) -> str:
    """`value` is not negative."""
    tokens = section.tokens
    for token in tokens:
        if token.kind is T.PERCENT:
            value = value.scaleb(2, context=_CONTEXT)
    if section.has(T.GENERAL):
        return "".join(general(value) if t.kind is T.GENERAL else t.text for t in tokens)
    if section.has(T.EXPONENT) and section.has(T.DIGIT):
        return _scientific(value, tokens)
    if section.has(T.SLASH) and section.has(T.DIGIT):
        drawn = _fraction(value, tokens)
        if drawn is not None:
            return drawn
    if section.has(T.TEXT):
        return "".join(general(value) if t.kind is T.TEXT else t.text for t in tokens)
    return _fixed(value, tokens)


def _fixed(value: Decimal, tokens: tuple[Token, ...]) -> str:
    digits = [at for at, t in enumerate(tokens) if t.kind is T.DIGIT]
    if not digits:
        return "".join(t.text for t in tokens if t.kind is not T.COMMA)
    point = next((at for at, t in enumerate(tokens) if t.kind is T.POINT), len(tokens))
    whole = [at for at in digits if at < point]
    parts = [at for at in digits if at > point]
    last_whole = whole[-1] if whole else -1
    commas = [at for at, t in enumerate(tokens) if t.kind is T.COMMA]
    grouped = any(whole and whole[0] < at < last_whole for at in commas)
    # Commas straight after the last digit divide by a thousand each.
    scale = 0
    for last in {last_whole, digits[-1]} - {-1}:
        at = last + 1
        while at < len(tokens) and tokens[at].kind is T.COMMA:
            scale += 1
            at += 1
    value = _rounded(value.scaleb(-3 * scale, context=_CONTEXT), len(parts))
    left, _, right = f"{value:f}".partition(".")
    return _fill(tokens, whole, left.lstrip("0"), grouped=grouped, point=point, parts=parts, right=right)


def _fill(
    tokens: tuple[Token, ...], whole: list[int], left: str, *, grouped: bool, point: int, parts: list[int], right: str
) -> str:
    """Digits into their places: whole ones from the right, decimals from the left."""
    drawn: dict[int, str] = {}
    placed = 0
    for order, at in enumerate(reversed(whole)):
        is_first = order == len(whole) - 1
        take = left if is_first else left[-1:]
        left = "" if is_first else left[:-1]
        text = ""
        for digit in reversed(take or {"0": "0", "?": " "}.get(tokens[at].text, "")):
            if grouped and placed and placed % 3 == 0 and digit != " ":
                text = "," + text
            text = digit + text
            placed += 1
        drawn[at] = text
    if not whole and left:
        # ".00" shows the whole part of 12.5 all the same.
        drawn[point] = left + "."
    still_zero = True
    for at, digit in reversed(list(zip(parts, right, strict=True))):
        still_zero = still_zero and digit == "0"
        drawn[at] = {"#": "", "?": " "}.get(tokens[at].text, digit) if still_zero else digit
    return "".join(drawn.get(at, "" if t.kind in (T.COMMA, T.DIGIT) else t.text) for at, t in enumerate(tokens))


def _scientific(value: Decimal, tokens: tuple[Token, ...]) -> str:
    mark = next(at for at, t in enumerate(tokens) if t.kind is T.EXPONENT)
    mantissa, after = tokens[:mark], tokens[mark + 1 :]
    point = next((at for at, t in enumerate(mantissa) if t.kind is T.POINT), len(mantissa))
    wholes = max(1, sum(t.kind is T.DIGIT for t in mantissa[:point]))
    decimals = sum(t.kind is T.DIGIT for t in mantissa[point:])
    exponent = 0 if value == 0 else value.adjusted() // wholes * wholes
    scaled = _rounded(value.scaleb(-exponent, context=_CONTEXT), decimals)
    if scaled.adjusted() >= wholes and scaled:
        exponent += wholes
        scaled = _rounded(value.scaleb(-exponent, context=_CONTEXT), decimals)
    sign = "-" if exponent < 0 else ("+" if tokens[mark].text == "E+" else "")
    places = [at for at, t in enumerate(after) if t.kind is T.DIGIT]
    tail = _fill(after, places, str(abs(exponent)).lstrip("0"), grouped=False, point=len(after), parts=[], right="")
    return f"{_fixed(scaled, mantissa)}E{sign}{tail}"


def _fraction(value: Decimal, tokens: tuple[Token, ...]) -> str | None:
    """`# ?/?`, `# ??/16`, `?/?`; None where the slash stands in no such place."""
    slash = next(at for at, t in enumerate(tokens) if t.kind is T.SLASH)
    start = slash
    while start and tokens[start - 1].kind is T.DIGIT:
        start -= 1
    end = slash + 1
    while end < len(tokens) and (tokens[end].kind is T.DIGIT or tokens[end].text.isdigit()):
        end += 1
    under = "".join(t.text for t in tokens[slash + 1 : end])
    if start == slash or not under:
        return None
    has_whole = any(t.kind is T.DIGIT for t in tokens[:start])
    exact = Fraction(value)
    whole, rest = divmod(exact, 1) if has_whole else (0, exact)
    if under.strip("0#?"):
        denominator = int("".join(c for c in under if c.isdigit()) or "0")
        if not denominator:
            return None
        numerator = int(rest * denominator + Fraction(1, 2))
    else:
        nearest = rest.limit_denominator(10 ** min(len(under), 9) - 1)
        numerator, denominator = nearest.numerator, nearest.denominator
    if has_whole and numerator >= denominator:
        whole, numerator = whole + 1, 0
    front = tokens[:start]
    tail = "".join(t.text for t in tokens[end:])
    if not has_whole:
        return "".join(t.text for t in front) + f"{numerator}/{denominator}{tail}"
    if numerator == 0:
        return _fixed(Decimal(whole), front).rstrip() + tail if whole else "0" + tail
    shown = _fixed(Decimal(whole), front) if whole else "".join(t.text for t in front if t.kind is T.LITERAL)
    return f"{shown.rstrip()} {numerator}/{denominator}{tail}".lstrip()
