"""Where a Thai text may be cut: between its words, which stand without spaces.

They are found by the model of BudouX, which knows words by the letters around a place and needs no dictionary. Left
out: Lao, Khmer and Burmese, for which it has no model; they are cut at spaces and U+200B.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_LETTERS = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e]{2,}")

# Belong to the letter before them, or to the one behind.
_LEANS_BACK = re.compile("[\u0e30-\u0e3a\u0e45-\u0e4e\u0e2f]")
_LEANS_ON = re.compile("[\u0e40-\u0e44]")


def has_thai(text: str) -> bool:
    return _LETTERS.search(text) is not None


def word_edges(text: str) -> Iterator[int]:
    """Places between two words of a run of Thai letters, ascending."""
    for run in _LETTERS.finditer(text):
        at = run.start()
        for word in _parser().parse(run.group())[:-1]:
            at += len(word)
            if not _LEANS_BACK.match(text, at) and not _LEANS_ON.match(text, at - 1):
                yield at


@cache
def _parser() -> Any:
    import budoux

    return budoux.load_default_thai_parser()
