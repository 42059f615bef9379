"""Notes are few and short, however many cells they are about."""

from __future__ import annotations

from bulkgen.sheet.findings import Findings

SENTENCE = "cells with an error: {n} ({places})"


def test_a_note_counts_all_and_names_the_first() -> None:
    """A hundred thousand bad cells must not make a hundred thousand lines."""
    findings = Findings()
    for number in range(2, 100_002):
        findings.count(SENTENCE, f"B{number}")
    (line,) = findings.lines()
    assert "100000" in line.replace(",", "")
    assert "B2" in line
    assert "more" in line
    assert len(line) < 120


def test_what_was_said_stays_when_the_count_starts_anew() -> None:
    findings = Findings()
    findings.say("the file is read as UTF-16")
    findings.say("the file is read as UTF-16")
    findings.count(SENTENCE, "A1")
    findings.restart()
    findings.count(SENTENCE, "A9")
    assert findings.lines() == ("the file is read as UTF-16", "cells with an error: 1 (A9)")
    assert "cells with an error" in repr(findings)
