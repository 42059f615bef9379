"""What does setting a text cost, by script? Microseconds a text and per character, words shaped before and not.

python benchmarks/text_layout.py        needs nothing but the fonts of the project and of its tests

A run measures every text several times: in preflight, and once per format. So the guard is that no script costs more
than a few times what Latin does; without it a rule that looks at each character can make one language crawl.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from bulkgen.render.fonts import FontLibrary
from bulkgen.render.scene import Layer
from bulkgen.render.textblock import set_text
from bulkgen.render.typesetting import read_setting
from bulkgen.wire.design import Box

ROOT = Path(__file__).parents[1]
ROUNDS = 200

# Measured at 2 to 4; a regression of the kind this is for was 15.
MOST_TIMES_LATIN = 8.0

TEXTS = {
    "latin": "Hand-thrown vase in sand-coloured stoneware",
    "umlauts": "Größer, schöner, leiser: die Bank für draußen",
    "arabic": "قائمة جديدة قائمة طويلة جدا مع كلام كثير لا ينتهي",
    "hebrew": "קיץ בהרים ומחיר חדש לכל המשפחה בלבד",
    "japanese": "夏の山はすぐそこ。「今日」から、全商品20%オフ！夏の山はすぐそこ。",
    "emoji": "Sale 🎉 now 👨‍👩‍👧‍👦 for 🇩🇪 all 👍🏽 of you ☀️ today",
}


def microseconds(text: str, fonts: FontLibrary, number: int) -> float:
    """One text that shrinks into its box; `number` makes a word of it new to the faces."""
    values = {"payload": f"{text} {number}", "font_size": 48, "auto_resize": True, "min_font_size": 8}
    layer = Layer("title", "text", Box(0, 0, 600, 120), values, frozenset(), is_hidden=False)
    started = time.perf_counter()
    set_text(layer, read_setting(layer, fonts), layer.box, fonts)
    return (time.perf_counter() - started) * 1e6


def main() -> None:
    fonts = FontLibrary([ROOT / "templates" / "fonts", ROOT / "tests" / "fonts"], installed=lambda: iter(()))
    found = {}
    for name, text in TEXTS.items():
        first = microseconds(text, fonts, 0)
        found[name] = statistics.median(microseconds(text, fonts, number) for number in range(ROUNDS))
        print(
            f"{name:10} {found[name]:8.0f} us a text {found[name] / len(text):6.1f} us a character   first {first:8.0f}"
        )
    worst = max(found.values()) / found["latin"]
    print(f"the most costly script takes {worst:.1f} times what Latin does (at most {MOST_TIMES_LATIN:g})")
    sys.exit(worst > MOST_TIMES_LATIN)


if __name__ == "__main__":
    main()
