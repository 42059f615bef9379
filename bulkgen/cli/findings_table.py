"""Problems by kind as lines for a terminal, or for a file that somebody reads. Pure.

    Finding, … + width -> lines

Errors first, as they come. Texts are wrapped between words; an address that is longer than a line stays whole, so that
it can be copied. Left out: what the terminal is (`output`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import typer

from bulkgen.cli.output import counted, plural
from bulkgen.preflight.findings import Finding
from bulkgen.sheet.problems import Severity

_INDENT = 9
_COLORS = {Severity.ERROR: typer.colors.RED, Severity.WARNING: typer.colors.YELLOW}
# Below it, wrapping makes columns of single words.
_LEAST_TEXT = 24
# What stands between backticks is to be typed, so it stays on one line; of a stray backtick nothing hangs.
_WORDS = re.compile(r"(?:[^\s`]*`[^`]{1,40}`)+\S*|\S+")
# What somebody typed into a cell must not move the cursor, or turn a line around.
_TURNS_TEXT = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def findings_lines(findings: Iterable[Finding], width: int, *, is_coloured: bool = False) -> Iterator[str]:
    """A block of lines a kind, and an empty one behind each."""
    found = list(findings)
    code_width = max((len(finding.code) for finding in found), default=0)
    count_width = max((len(f"{finding.count:,}") for finding in found), default=0)
    room = max(width - _INDENT, _LEAST_TEXT)
    for finding in found:
        mark = f"{finding.severity.value:<{_INDENT}}"
        code = f"{finding.code:<{code_width}}"
        count = f"{finding.count:>{count_width},} {plural(finding.count, 'time')} in {counted(finding.rows, 'row')}"
        if is_coloured:
            mark = typer.style(mark, fg=_COLORS[finding.severity], bold=finding.severity is Severity.ERROR)
            code = typer.style(code, bold=True)
        yield f"{mark}{code}  {count}"
        for line in wrapped(finding.message, room):
            yield " " * _INDENT + line
        for line in wrapped(f"at {finding.where()}", room):
            yield " " * _INDENT + line
        for line in wrapped(f"-> {finding.hint}", room, hanging=3) if finding.hint else ():
            yield " " * _INDENT + (typer.style(line, dim=True) if is_coloured else line)
        yield ""


def closing_line(rows: int, *, bad: int, warned: int, skipped: int = 0, unknown: int = 0) -> str:
    """`warned` rows have warnings and no error; they are sent, and so are the `unknown` ones that a sample passes over.
    All five kinds of rows add up to `rows`."""
    good = rows - bad - warned - skipped - unknown
    parts = [f"{good:,} good"]
    parts += [f"{warned:,} good with warnings"] * bool(warned)
    parts += [f"{bad:,} bad"] if bad or not skipped else []
    parts += [f"{skipped:,} skipped"] * bool(skipped)
    parts += [f"{unknown:,} not looked at"] * bool(unknown)
    return f"{counted(rows, 'row')}: {', '.join(parts)}"


def wrapped(text: str, width: int, *, hanging: int = 0) -> Iterator[str]:
    """Lines of whole words, by the cells of the terminal that they take; never none."""
    line, taken = "", 0
    for word in _WORDS.findall(" ".join(printable(text).split())):
        size = cells(word)
        if line and taken + 1 + size > width:
            yield line
            line, taken = " " * hanging + word, hanging + size
        else:
            line, taken = (f"{line} {word}", taken + 1 + size) if line else (word, size)
    yield line


def cells(text: str) -> int:
    """How wide a terminal shows it: East Asian letters take two places, marks that stand on others none."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def printable(text: str) -> str:
    """`text` without what a terminal would obey instead of show."""
    if text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace():
        return " "
    if char in _TURNS_TEXT:
        return ""
    return "\ufffd" if category in ("Cc", "Cs", "Cn") else char
