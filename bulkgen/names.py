"""Names as people type them: one spelling for `Product card`, `product-card` and `PRODUCT_CARD`. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

# Below this likeness (0 to 100) a suggestion is noise rather than help.
_NEAR = 60


def slug(text: str) -> str:
    """Lower case, accents dropped, everything else a hyphen."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or text
    return re.sub(r"[\W_]+", "-", plain.lower()).strip("-")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like `name`, if any is."""
    found = process.extractOne(name, list(known), scorer=fuzz.WRatio, score_cutoff=_NEAR)
    return str(found[0]) if found else None


def did_you_mean(name: str, known: Iterable[str], *, limit: int = 12) -> str:
    """The remedy for an unknown name: the near miss, and what there is."""
    names = list(known)
    near = nearest(name, names)
    listed = ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
    hint = f"Did you mean {near!r}? " if near else ""
    return hint + (f"There is: {listed}." if names else "There is none.")
