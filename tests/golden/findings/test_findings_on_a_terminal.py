"""What `check` prints, character by character, as it goes to a pipe and on a narrow and a wide terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.cli.findings_table import closing_line, findings_lines
from bulkgen.preflight.findings import Findings
from bulkgen.preflight.picture_problems import flaw
from bulkgen.preflight.problems import problem
from bulkgen.sheet.model import Column, Origin
from bulkgen.sheet.problems import Problem, Severity

FOLDER = Path(__file__).parent
COLUMNS = (Column("SKU", 1), Column("Titel", 3), Column("Preis", 4), Column("Bild", 27))


def findings() -> Findings:
    """A shop's sheet: one kind in nearly every row, one of a whole row, one in Japanese, one with a long address."""
    found = Findings(COLUMNS)
    for row in range(2, 1_209):
        message = (
            "title.payload: 'Merino-Pullover mit Rundhalsausschnitt und Perlmuttknöpfen' needs 4 lines at 22 px and "
            "3 fit; it fits up to 'Merino-Pullover mit Rundhalsausschnitt'"
        )
        found.add([problem("text_does_not_fit", Origin("Artikel", row, "Titel"), message)])
    address = (
        "https://cdn.shop.example/media/catalog/product/cache/1/image/9df78eab33525d08d6e5fb8d27136e95/m/e/merino.jpg"
    )
    for row in (40, 41):
        found.add([flaw("picture_dead", f"{address} answered 404").at(Origin("Artikel", row, "Bild"))])
    found.add(
        [
            Problem(
                "repeated_key",
                Origin("Artikel", 77),
                "the key 'A-12' stands in rows 12 and 77",
                "Make the keys differ.",
            )
        ]
    )
    found.add(
        [
            problem("sample_price", Origin("Artikel", row, "Preis"), "price.payload: '€99' of the design is shown")
            for row in (8, 9, 10, 11)
        ]
    )
    found.add(
        [
            Problem(
                "all_capitals",
                Origin("Artikel", 14, "Titel"),
                "title.payload: '大きな夏のセール、すべての商品が半額になりました、今すぐお店へ' \x1b[31m\u202eis odd",
                "",
                Severity.WARNING,
            )
        ]
    )
    return found


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_is_as_it_was(width: int, writes_golden: bool) -> None:
    """It is the first thing a person sees of preflight, and what their scripts cut to pieces."""
    found = findings()
    closing = closing_line(12_000, bad=found.bad_rows, warned=found.warned_rows, skipped=20)
    seen = "\n".join((*findings_lines(found.all(), width), closing)) + "\n"
    path = FOLDER / f"width-{width}.txt"
    if writes_golden:
        path.write_text(seen, "utf-8")
        pytest.fail("the expected table was written anew")
    assert seen == path.read_text("utf-8")
