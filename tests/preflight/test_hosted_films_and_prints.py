"""What is said of films, prints and documents of a provider that bills and tells of a design only what the API does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("av")

from both_ways import PATIENCE_SECONDS, write_sheet
from motion_and_print import FONTS, MOVING, PAGED, PRINTED, WORDS, Stage

from bulkgen import checking
from bulkgen.config import ProviderName, RunOptions, Settings
from bulkgen.events import ignore
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.server import StudioServer


def checked(stage: Stage, folder: Path, rows: list[dict[str, str]]) -> checking.CheckResult:
    stage.write(folder / "designs")
    sheet, mapping = folder / "sheet.csv", folder / "mapping.yaml"
    write_sheet(sheet, [{"no": str(number), "file": "auto", **row} for number, row in enumerate(rows)])
    mapping.write_text(stage.mapping)

    async def story() -> checking.CheckResult:
        options = StudioOptions(folder / "studio", (folder / "designs",), (FONTS,), workers=1, credits=10)
        async with StudioServer(options) as server, asyncio.timeout(PATIENCE_SECONDS):
            settings = Settings(
                api_key="a-key", base_url=server.base_url, environment={"BULKGEN_HOME": str(folder / "home")}
            )
            asked = RunOptions(sheet=sheet, mapping=mapping, provider=ProviderName.ABYSSALE)
            return await checking.check(asked, settings, ignore, asyncio.Event())

    return asyncio.run(story())


@pytest.mark.parametrize(("stage", "each"), [(MOVING, 2), (PRINTED, 1), (PAGED, 2)], ids=lambda one: str(one)[:9])
def test_seconds_and_pages_are_what_is_paid_for_and_texts_are_estimates(
    stage: Stage, each: int, tmp_path: Path
) -> None:
    """Ten thousand ads of fifteen seconds cost a hundred and fifty thousand credits: to be known before."""
    base = dict.fromkeys(stage.base, "")
    rows = [base | {"title": f"Oak {number}"} for number in range(6)] + [base | {"title": f"{WORDS}. " * 3}]
    found = checked(stage, tmp_path, rows)
    cost = found.cost
    assert (cost.counts.sent, cost.credits_per_output, cost.credits, cost.balance) == (7, each, 7 * each, 10)
    told = "\n".join(cost.lines())
    assert (f"{7 * each} credits, {each} each; 10 left" in told) is (each > 1)
    assert cost.missing == max(7 * each - 10, 0)
    assert found.bad_rows == 0, "a text is measured from the outside, and keeps nothing back"
    (long,) = [one for one in found.findings if one.code == "text_may_not_fit"]
    unit = "px" if stage is MOVING else "pt"
    assert f" {unit}, room for " in long.message
    assert "font_not_at_hand" not in {one.code for one in found.findings}
