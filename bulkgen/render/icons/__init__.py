"""Illustrations by library and name -> SVG, from icon sets that are shipped here. `README.md` says whose they are.

Left out: twemoji, which is drawn from the emoji font (`layout`), and undraw, whose licence forbids passing it on.
"""

from __future__ import annotations

import difflib
import gzip
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bulkgen.wire.colors import Color

# What the sets' own files say around the shapes; a shape alone is black and closed.
_HEADS = {
    "feather": (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" '
        'stroke="{color}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
    ),
    "material_icons": (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="{color}">'
    ),
}
_FILES = {"feather": "feather.json", "material_icons": "material_icons.json.gz"}

# Drawn as a letter of the emoji font.
EMOJI = "twemoji"

LIBRARIES = (*_FILES, EMOJI)

_BLACK = Color(0.0, 0.0, 0.0)
_EMOJI_FILE = re.compile(r"[0-9a-f]{1,6}(?:[-_][0-9a-f]{1,6})*", re.IGNORECASE)
_JOINER, _PICTURE = "\u200d", "\ufe0f"


class UnknownIconError(ValueError):
    """A library or a name that is not here; the text says which are."""


def icon_svg(library: str, name: str, color: Color | None) -> bytes:
    """Raises UnknownIconError."""
    key = library_key(library)
    icons = _icons(key)
    asked = _name(name)
    shapes = icons.get(asked) or icons.get(asked.replace("-", "_")) or icons.get(asked.replace("_", "-"))
    if shapes is None:
        near = difflib.get_close_matches(asked, list(icons), n=3, cutoff=0.5)
        meant = f"; did you mean {', '.join(near)}?" if near else ""
        raise UnknownIconError(f"{library} has no illustration {name!r}{meant}")
    ink = color or _BLACK
    head = _HEADS[key].format(color=_hex(ink))
    # Of the whole drawing: strokes that cross would show where they do.
    open_group = f'<g opacity="{ink.alpha:.4g}">' if ink.alpha < 1 else "<g>"
    return f"{head}{open_group}{shapes}</g></svg>".encode()


def find_illustration(library: str, name: str) -> None:
    """Raises UnknownIconError. Whether the emoji font has the emoji is for the fonts to say."""
    if library_key(library) == EMOJI:
        emoji_text(name)
    else:
        icon_svg(library, name, None)


def library_key(library: str) -> str:
    """Raises UnknownIconError for a library that is not shipped."""
    key = library.strip().lower().replace("-", "_").replace(" ", "_")
    if key in LIBRARIES:
        return key
    why = " (its licence forbids passing them on)" if key == "undraw" else ""
    raise UnknownIconError(
        f"illustrations of {library or 'no library'} are not available here{why}: {', '.join(LIBRARIES)} are"
    )


def emoji_text(name: str) -> str:
    """The characters of a twemoji file: `1f600`, `1f468-200d-1f373.svg`, or the emoji itself. Raises
    UnknownIconError."""
    asked = re.sub(r"\.(?:svg|png)$", "", name.strip(), flags=re.IGNORECASE)
    if not asked:
        raise UnknownIconError("illustration_file names no emoji")
    if _EMOJI_FILE.fullmatch(asked) and not (len(asked) == 1 and not asked.isdigit()):
        points = [int(part, 16) for part in re.split("[-_]", asked)]
        if all(0x20 < point <= 0x10FFFF and not 0xD800 <= point < 0xE000 for point in points):
            text = "".join(map(chr, points))
            # A sign that may be a letter too is asked for as the picture.
            return text if _JOINER in text or len(text) > 1 else text + _PICTURE
    if asked.isascii():
        raise UnknownIconError(f"{name!r} is no emoji: twemoji files are named by their code, as 1f600")
    return asked


def _name(name: str) -> str:
    return re.sub(r"\.svg$", "", name.strip().lower(), flags=re.IGNORECASE).replace(" ", "-")


def _hex(color: Color) -> str:
    return "#" + "".join(f"{round(min(max(part, 0), 1) * 255):02x}" for part in (color.red, color.green, color.blue))


@cache
def _icons(library: str) -> Mapping[str, str]:
    body = resources.files(__package__).joinpath(_FILES[library]).read_bytes()
    if _FILES[library].endswith(".gz"):
        body = gzip.decompress(body)
    found: Mapping[str, str] = json.loads(body)
    return found
