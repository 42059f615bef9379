"""An illustration that is a letter of the emoji font: which glyphs of which face."""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.render.face import Face
from bulkgen.render.failures import element_error
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.icons import EMOJI, UnknownIconError, emoji_text, library_key
from bulkgen.render.scene import Layer

# Ask for a picture, or join two; a font need not have them as letters.
_MARKS = ("\u200d", "\ufe0f")
_REGULAR = 400


@dataclass(frozen=True, slots=True, eq=False)
class Emblem:
    """`width` in em; it stands from `ascent` above the baseline to `descent` below."""

    face: Face
    ids: tuple[int, ...]
    width: float
    ascent: float
    descent: float


def emblem_of(layer: Layer, fonts: FontLibrary) -> Emblem | None:
    """None for illustrations of other libraries. Raises RenderError: there is no such emoji."""
    name = layer.text("illustration_file")
    try:
        if library_key(layer.text("illustration_type")) != EMOJI:
            return None
        text = emoji_text(name)
    except UnknownIconError as error:
        raise element_error(layer.name, str(error)) from None
    letters = text
    for mark in _MARKS:
        letters = letters.replace(mark, "")
    face = fonts.fallback(letters, _REGULAR, "normal", layer.box.height, in_color=True) if letters else None
    glyphs = face.shape(text, rtl=False, tabular=False) if face else None
    if face is None or glyphs is None or glyphs.count != 1:
        raise element_error(layer.name, f"twemoji has no illustration {name!r}")
    return Emblem(face, glyphs.ids, glyphs.width, face.metrics.ascent, face.metrics.descent)
