"""What an output costs in generation credits (reference 4.5): one for a picture, one a second of content, one a page.

How parts of a second are rounded is not known; here up, as nobody should be told less than is taken.
"""

from __future__ import annotations

import math


def credits_of(design_type: str, *, seconds: float = 0.0, pages: int = 1) -> int:
    if design_type == "animated":
        # Sums of frame times are a hair off whole seconds.
        return max(math.ceil(seconds - 1e-6), 1)
    return max(pages, 1) if design_type == "printer_multipage" else 1
