"""The claim of preflight for designs that move, are printed, or have pages: what is named as an error is what fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("av")
pytest.importorskip("pikepdf")

from both_ways import BothWays, both_ways, write_sheet
from feed_shop import shop
from motion_and_print import STAGES, Stage, shop_pages

import bulkgen.session
from bulkgen.preflight.failure_kinds import FORETOLD


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, shop(shop_pages()) as found:
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        yield found


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_what_is_named_is_what_fails(
    stage: Stage, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A miss costs a film or a catalogue; a false alarm a file that would have been good."""
    found = _both_ways(stage, tmp_path, address, monkeypatch)
    told = {number: fault.name for number, fault in enumerate(stage.faults, 2)}
    alarms = {(told[row], name): codes for (row, name), codes in found.false_alarms.items()}
    misses = {(told[row], name): reason for (row, name), reason in found.misses.items()}
    assert not alarms, f"made, though check named an error: {alarms}"
    assert not misses, f"failed, and check had not named it: {misses}"
    unnamed = {
        fault.name: (fault.code, sorted(found.codes(number)))
        for number, fault in enumerate(stage.faults, 2)
        if fault.code and fault.code not in found.codes(number)
    }
    assert not unnamed
    assert len(found.failed) >= 5
    assert len(found.made) >= 3


def _both_ways(stage: Stage, folder: Path, address: str, patch: pytest.MonkeyPatch) -> BothWays:
    stage.write(folder / "designs")
    patch.setattr(bulkgen.session, "templates_folder", lambda: folder / "designs")
    sheet, mapping = folder / f"{stage.name}.csv", folder / "mapping.yaml"
    write_sheet(sheet, stage.rows(address))
    mapping.write_text(stage.mapping)
    found = both_ways(sheet, home=folder / "home", mapping=mapping)
    # What keeps a row at home whatever the studio would say of it is no forecast.
    named = {output: tuple(code for code in codes if code in FORETOLD) for output, codes in found.named.items()}
    return replace(found, named={output: codes for output, codes in named.items() if codes})
