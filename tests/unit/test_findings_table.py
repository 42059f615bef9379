"""Problems by kind on a terminal: widths, colours, and what a terminal must not obey."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.cli.findings_table import cells, closing_line, findings_lines, printable, wrapped
from bulkgen.cli.output import Terminal, print_findings
from bulkgen.preflight.findings import Finding, Findings
from bulkgen.sheet.model import Origin
from bulkgen.sheet.problems import Problem, Severity


def two_kinds() -> list[Finding]:
    findings = Findings()
    findings.add([Problem("bad_value", Origin("", 2, "a"), "it is odd", "Mend it.")])
    findings.add([Problem("all_capitals", Origin("", 3, "a"), "IT IS LOUD", "", Severity.WARNING)])
    return findings.all()


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "is_coloured"),
    [
        (_Screen(), {}, True),
        (_Screen(), {"NO_COLOR": "1"}, False),
        (_Screen(), {"NO_COLOR": ""}, True),
        (_Screen(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    stream: io.StringIO, environment: dict[str, str], is_coloured: bool
) -> None:
    """Escape codes in a log file or a mail are worse than no colour."""
    assert Terminal.of(stream, environment).is_coloured is is_coloured


@pytest.mark.parametrize(("columns", "width"), [("90", 90), ("300", 120), ("10", 40)])
def test_lines_are_as_wide_as_the_terminal_within_reason(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert Terminal.of(_Screen(), {}).width == width


def test_coloured_lines_are_the_plain_ones_with_colour(capsys: pytest.CaptureFixture[str]) -> None:
    """If colour changed the words, what people see would not be what they can search for."""
    plain = list(findings_lines(two_kinds(), 80))
    coloured = list(findings_lines(two_kinds(), 80, is_coloured=True))
    assert [re.sub(r"\x1b\[[\d;]*m", "", line) for line in coloured] == plain
    assert coloured[0].startswith("\x1b[31m\x1b[1merror")
    print_findings(two_kinds(), Terminal(80, is_coloured=True))
    assert capsys.readouterr().out == "".join(f"{line}\n" for line in coloured)
    print_findings(two_kinds(), Terminal(80, is_coloured=False))
    assert capsys.readouterr().out == "".join(f"{line}\n" for line in plain)


def test_the_closing_line_adds_up() -> None:
    assert closing_line(12_000, bad=1_210, warned=4, skipped=20) == (
        "12,000 rows: 10,766 good, 4 good with warnings, 1,210 bad, 20 skipped"
    )
    assert closing_line(46, bad=1, warned=2, unknown=40) == (
        "46 rows: 3 good, 2 good with warnings, 1 bad, 40 not looked at"
    )
    assert closing_line(1, bad=0, warned=0) == "1 row: 1 good, 0 bad"


@given(st.text(max_size=200), st.integers(10, 60))
def test_no_line_is_wider_than_asked_unless_one_word_is(text: str, width: int) -> None:
    lines = list(wrapped(text, width))
    assert all(cells(line) <= width or " " not in line.strip() or "`" in line for line in lines)
    assert " ".join(" ".join(lines).split()) == " ".join(printable(text).split())


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_nothing_of_a_sheet_can_steer_the_terminal(text: str) -> None:
    """A cell of a stranger's feed could clear the screen, or write what we never said."""
    shown = printable(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", shown)


def test_what_is_to_be_typed_stays_on_one_line() -> None:
    assert list(wrapped("or say `empty: keep` (`a b`) or `c", 12)) == ["or say", "`empty: keep`", "(`a b`) or", "`c"]


def test_wide_letters_count_twice_and_marks_not_at_all() -> None:
    assert cells("大a") == 3
    assert cells("e\u0301") == 1
