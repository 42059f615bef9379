"""An input and its results -> exactly these bytes.

Of a workbook the parts that a report changes or adds are kept as files to read; every other part must be the input's.
A new line before each tag that begins an element makes a difference readable.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from bulkgen.report.model import FormatResult, ReportInput, ResultRow, Summary
from bulkgen.report.write import write_report
from bulkgen.sheet.read import open_sheet

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/results.json"))
SUMMARY = Summary(
    job="spring",
    design="product-card",
    provider="studio",
    started_at=1_780_000_000.0,
    ended_at=1_780_003_725.0,
    counts={"done": 1, "partial": 1, "invalid": 1, "reused": 1},
    lines=(("accepted", "3"), ("in doubt", "0")),
    problems=(("text_overflow", 1, "row 5, square"),),
)


def report_of(case: Path) -> ReportInput:
    source = next(case.glob("input.*"))
    told = json.loads((case / "results.json").read_text("utf-8"))
    rows = [
        ResultRow(
            position,
            row["number"],
            {name: FormatResult(*result) for name, result in row["formats"].items()},
            row["status"],
            row.get("detail", ""),
            row.get("request", ""),
        )
        for position, row in enumerate(told["rows"])
    ]
    return ReportInput(source, open_sheet(source).outline, tuple(told["formats"]), False, rows, SUMMARY)


def changed_parts(source: Path, report: Path) -> dict[str, bytes]:
    """What is new or not the input's, under the names of the files that keep it."""
    if source.suffix != ".xlsx":
        return {f"expected{source.suffix}": report.read_bytes()}
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(report) as after:
        old = {name: before.read(name) for name in before.namelist()}
        new = {name: after.read(name) for name in after.namelist()}
    assert set(old) <= set(new)
    return {
        f"expected/{name.replace('/', '~')}": re.sub(rb"(?<=>)(?=<[^/])", b"\n", body)
        for name, body in new.items()
        if old.get(name) != body
    }


@pytest.mark.parametrize("name", CASES)
def test_a_report_is_what_it_was_when_somebody_looked_at_it(name: str, tmp_path: Path, writes_golden: bool) -> None:
    """Nobody opens every report in a spreadsheet program again after a change; these were."""
    case = HERE / name
    source = next(case.glob("input.*"))
    out = tmp_path / f"{name}{source.suffix}"
    write_report(report_of(case), out)
    found = changed_parts(source, out)
    if writes_golden:
        for path, body in found.items():
            (case / path).parent.mkdir(exist_ok=True)
            (case / path).write_bytes(body)
        pytest.fail(f"{name}: written anew; look at the differences")
    kept = {str(path.relative_to(case)): path.read_bytes() for path in case.rglob("expected*") if path.is_file()}
    kept |= {str(path.relative_to(case)): path.read_bytes() for path in case.glob("expected/*")}
    assert sorted(found) == sorted(kept)
    for path, body in found.items():
        assert body.decode("utf-8", "replace").splitlines() == kept[path].decode("utf-8", "replace").splitlines(), path
        assert body == kept[path], path
