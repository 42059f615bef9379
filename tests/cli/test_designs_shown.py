"""What `designs show` says of designs that move, or go to the press: what their columns can be called."""

from __future__ import annotations

from pathlib import Path

import pytest
from bulkgen_command import bulkgen


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ("catalogue-a4", ["bleed 3 mm, safe zone 5 mm, 300 dpi", "page_1.title ", "on every page that has it"]),
        ("flyer-a5", ["bleed 3 mm", "148 x 210 mm"]),
        ("display-set", ["moves for 15 s, stands for itself at 15 s", "300 x 250 px"]),
    ],
)
def test_a_design_is_shown_with_what_its_columns_are_called_and_what_sizes_do_not_say(
    tmp_path: Path, design: str, said: list[str]
) -> None:
    done = bulkgen("designs", "show", design, cwd=tmp_path)
    for words in said:
        assert words in done.stdout
