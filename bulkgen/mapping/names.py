"""How the things a mapping speaks of are called, and what was probably meant by a name that is not there. Pure.

A column is meant by its printed header, or by the header's slug: lower case, everything but letters and digits an
underscore. Layers, formats and pages are compared the same way, so that `Product Title` meets `product-title`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process

# What Jinja reads as something else, and the name under which a whole row is had.
RESERVED = frozenset(
    ("row", "true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else", "loop")
)
# Below this likeness (0 to 100) a suggestion is noise rather than help.
_LIKENESS = 62
_LISTED = 12
_SEPARATORS = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def slug(text: str) -> str:
    """`Image Src` -> `image_src`; a leading digit gets an underscore before it; "" when nothing is left."""
    plain = unicodedata.normalize("NFKC", text).lower()
    joined = unicodedata.normalize("NFKC", _SEPARATORS.sub("_", plain).strip("_"))
    return f"_{joined}" if joined[:1].isdigit() else joined


@lru_cache(maxsize=4096)
def loose(text: str) -> str:
    """The form in which two names are compared when they are not equal as written."""
    return slug(text).replace("_", "")


def near(word: str, choices: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The choices that `word` most likely stood for, best first."""
    names = list(dict.fromkeys(choices))
    found = process.extract(word, names, scorer=_likeness, processor=_spaced, limit=limit, score_cutoff=_LIKENESS)
    return tuple(name for name, _, _ in found)


def _spaced(name: str) -> str:
    return slug(name).replace("_", " ")


def _likeness(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    """Of whole names, in any order of words: a part that fits (`a.png` in `b.png`) says nothing."""
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))


def suggest(word: str, choices: Sequence[str], what: str) -> str:
    """A hint: the near miss if there is one, and the list (cut where it is long)."""
    names = list(dict.fromkeys(choices))
    if not names:
        return f"there are no {what}"
    meant = near(word, names, limit=2)
    start = f"did you mean {' or '.join(repr(name) for name in meant)}? " if meant else ""
    listed = ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
    return f"{start}{what}: {listed}"


def find(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` names: as written, else the only one that is equal but for case and separators."""
    names = list(choices)
    if word in names:
        return word
    wanted = loose(word)
    alike = [name for name in names if loose(name) == wanted] if wanted else []
    return alike[0] if len(alike) == 1 else None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet, by header and by slug. A slug that two columns share names neither."""

    headers: tuple[str, ...]
    variables: dict[str, str] = field(init=False)
    clashing: dict[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        by_slug: dict[str, list[str]] = {}
        for header in self.headers:
            name = slug(header)
            if name and name not in RESERVED and name.isidentifier():
                by_slug.setdefault(name, []).append(header)
        object.__setattr__(self, "variables", {name: found[0] for name, found in by_slug.items() if len(found) == 1})
        object.__setattr__(self, "clashing", {name: tuple(found) for name, found in by_slug.items() if len(found) > 1})

    def find(self, word: str) -> str | None:
        return find(word, self.headers)

    def expression(self, header: str) -> str:
        """How an expression says this column: its slug where that is enough, else `row['…']`."""
        name = slug(header)
        if self.variables.get(name) == header:
            return name
        quoted = header.replace("\\", "\\\\").replace("'", "\\'")
        return f"row['{quoted}']"
