"""What the end of a run says is wrong: what kept banners back first, each kind once."""

from __future__ import annotations

from bulkgen.ledger.records import Output, RowRecord
from bulkgen.ledger.states import OutputState, RowOutcome
from bulkgen.reporting import MAX_KINDS, Complaints


def row(number: int, *problems: tuple[str, str, str], failed: str = "") -> RowRecord:
    outputs = {"square": Output(number, "square", OutputState.FAILED, reason=failed)} if failed else {}
    told = tuple(
        {"code": code, "severity": severity, "message": message, "place": f"row {number}"}
        for code, severity, message in problems
    )
    return RowRecord(number, number, str(number), RowOutcome.DONE, "", outputs, told)


def test_one_error_comes_before_a_hundred_warnings() -> None:
    """The one row that has no banner is what the person looks for, not the six that shout in capitals."""
    complaints = Complaints()
    for number in range(100):
        complaints.add(row(number, ("capitals", "warning", f"row {number} shouts")))
    complaints.add(row(100, ("no_glyph", "error", "no font has it")))
    complaints.add(row(101, failed="the picture is gone"))
    complaints.add(row(102, failed="the picture is gone"))
    assert complaints.all() == (
        ("failed: the picture is gone", 2, "row 101, square"),
        ("no_glyph: no font has it", 1, "row 100"),
        ("capitals: row 0 shouts", 100, "row 0"),
    )


def test_kinds_are_bounded() -> None:
    complaints = Complaints()
    for number in range(MAX_KINDS + 50):
        complaints.add(row(number, failed=f"reason {number}"))
    found = complaints.all()
    assert len(found) == MAX_KINDS + 1
    assert ("others", 50) in [(said, count) for said, count, _ in found]
