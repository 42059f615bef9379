"""Which fonts the studio draws with, and which of them is the default."""

from __future__ import annotations

from pathlib import Path

from bulkgen.config import Settings
from bulkgen.ledger.home import Home
from bulkgen.session import studio_options
from bulkgen.shipped import templates_folder


def test_fonts_of_own_designs_are_at_hand_and_those_of_one_design_come_last(tmp_path: Path) -> None:
    """The first font is what a layer without one gets: what one design brings must not set all others."""
    designs = tmp_path / "designs"
    for folder in ("fonts", "wedding/fonts", "autumn/fonts"):
        (designs / folder).mkdir(parents=True)
    fonts = studio_options(Settings(), Home(tmp_path / "home"), more_designs=(designs,)).fonts
    shipped = templates_folder() / "fonts"
    assert fonts == (designs / "fonts", shipped, designs / "autumn/fonts", designs / "wedding/fonts")
    assert studio_options(Settings(), Home(tmp_path / "home")).fonts == (shipped,)
