"""What a run says of its rows before it sends anything."""

from __future__ import annotations

import pytest

from bulkgen.preflight.costs import Counts, Pace, Unit, forecast
from bulkgen.preflight.findings import Findings
from bulkgen.preflight.problems import problem
from bulkgen.preflighting import Inspection, preflight_lines
from bulkgen.sheet.model import Origin


def first_line(bad: int, warned: int, unit: Unit, rows: int = 46, unknown: int = 0) -> str:
    findings = Findings()
    for number in range(bad + warned):
        code = "no_glyph" if number < bad else "all_capitals"
        findings.add([problem(code, Origin("", number + 2, "t"), "x")])
    cost = forecast(Counts(new=rows - bad, refused=bad, rows=rows, requests=rows), unit, None, Pace())
    return preflight_lines(Inspection(findings, rows=rows, looked_at=rows - unknown, unknown=unknown, cost=cost))[0]


@pytest.mark.parametrize(
    ("bad", "warned", "unit", "unknown", "line"),
    [
        (1, 0, Unit(), 0, "1 of 46 rows is bad and is not sent, which saves 1 credit."),
        (2, 0, Unit(is_billed=False), 0, "2 of 46 rows are bad and are not sent."),
        (
            1,
            0,
            Unit("animated"),
            40,
            "1 of 46 rows is bad and is not sent, which saves at least 1 credit; 40 not looked at.",
        ),
        (0, 1, Unit(), 0, "no row of 46 is bad; 1 has warnings, which bulkgen check shows."),
        (0, 2, Unit(), 43, "no row of 3 is bad; 2 have warnings, which bulkgen check shows; 43 not looked at."),
    ],
)
def test_a_run_says_how_many_rows_stay_behind_and_how_many_nobody_looked_at(
    bad: int, warned: int, unit: Unit, unknown: int, line: str
) -> None:
    """Who reads `no row is bad` believes it of all rows."""
    assert first_line(bad, warned, unit, unknown=unknown) == f"Preflight: {line}"
