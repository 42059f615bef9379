"""An object of the skeleton -> the same object for the press: operators, gradients, pictures and groups in inks.

Everything that a page refers to is carried over, once, and rewritten on the way: `rg` becomes `k`, a shading gets inks
for its ends, a token becomes the plate that it stands for. Inside of a luminosity mask a colour is not a colour but a
strength: there all of it becomes grey. What cannot be rewritten is an error, never a stray RGB.
"""

from __future__ import annotations

import re
import zlib
from typing import Any

import numpy as np
import pikepdf
from PIL import Image

from bulkgen.render.failures import RenderError
from bulkgen.render.print.inks import Amounts, Inks
from bulkgen.render.print.pdf_file import PdfFile
from bulkgen.render.print.plates import masked_plate
from bulkgen.render.print.press import Press, token_number

# Strings come first, so that nothing in one is taken for an operator.
_OPERATOR = re.compile(
    rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|"
    rb"(?<![^\s])([-+.\d]+)\s+([-+.\d]+)\s+([-+.\d]+)\s+(rg|RG)(?![^\s/\[(<])|"
    rb"(?<![^\s])([-+.\d]+)\s+(g|G)(?![^\s/\[(<])"
)

# Ghostscript draws a pattern with the strength that holds when it is chosen, not when it is used.
_CHOSEN_EARLY = re.compile(rb"(/Pattern CS\s*/Pattern cs\s*/\S+ SCN\s*/\S+ scn)((?:\s+/\S+ gs)+)")

# Links back up, and the structure of a document that has been rewritten.
_DROPPED = frozenset(("/Parent", "/StructParents", "/StructParent", "/Tabs", "/ProcSet", "/Length"))

_BY_REFERENCE = "/SMask"
_RGB, _CMYK, _GREY = pikepdf.Name.DeviceRGB, b"/DeviceCMYK", b"/DeviceGray"


class Recolor:
    """One per document. Without `inks` colours stay as they are, and only tokens are replaced."""

    def __init__(self, file: PdfFile, press: Press) -> None:
        self._file = file
        self._press = press
        self._inks: Inks | None = press.inks
        self._carried: dict[tuple[int, bool], int] = {}

    def __repr__(self) -> str:
        return f"Recolor({len(self._carried)} objects, {self._inks!r})"

    @property
    def is_inked(self) -> bool:
        return self._inks is not None

    def said(self, value: Any, *, is_mask: bool = False) -> bytes:
        """The value as it stands in the file; what it refers to is in the file then."""
        if isinstance(value, pikepdf.Object):
            if value.is_indirect:
                return b"%d 0 R" % self._carry(value, is_mask=is_mask)
            if isinstance(value, pikepdf.Dictionary):
                return b"<<" + self._entries(value, is_mask=is_mask) + b">>"
            if isinstance(value, pikepdf.Array):
                return b"[" + b" ".join(self.said(item, is_mask=is_mask) for item in value) + b"]"
            return bytes(value.unparse())
        if isinstance(value, bool):
            return b"true" if value else b"false"
        return b"null" if value is None else str(value).encode()

    def entries(self, owner: pikepdf.Object) -> bytes:
        """Those of a dictionary, without its brackets, so that others can be put beside them."""
        return self._entries(owner, is_mask=False)

    def content(self, body: bytes, *, is_mask: bool = False) -> bytes:
        """The operators of a page, a form, a pattern or a letter."""
        recolored = _OPERATOR.sub(lambda found: self._operator(found, is_mask=is_mask), body)
        return _CHOSEN_EARLY.sub(rb"\2\n\1", recolored)

    def _operator(self, found: re.Match[bytes], *, is_mask: bool) -> bytes:
        red, green, blue, paired, grey, single = found.groups()
        if self._inks is None or not (paired or single):
            return found.group()
        operator = paired or single
        levels = [float(part) for part in ((red, green, blue) if paired else (grey, grey, grey))]
        is_line = operator in (b"RG", b"G")
        if is_mask:
            return b"%b %b" % (_number(_light(levels)), b"G" if is_line else b"g")
        amounts = self._amounts(levels) if paired else (0.0, 0.0, 0.0, 1 - levels[0])
        return b"%b %b" % (b" ".join(_number(part) for part in amounts), b"K" if is_line else b"k")

    def _amounts(self, levels: list[float]) -> Amounts:
        assert self._inks is not None
        red, green, blue = (round(level * 255) for level in levels)
        return self._inks.amounts((red, green, blue))

    def _carry(self, value: pikepdf.Object, *, is_mask: bool) -> int:
        key = (value.objgen[0], is_mask)
        known = self._carried.get(key)
        if known is not None:
            return known
        if isinstance(value, pikepdf.Stream) and value.get("/Subtype") == pikepdf.Name.Image:
            number = self._carried[key] = self._picture(value)
            return number
        number = self._carried[key] = self._file.reserve()
        if isinstance(value, pikepdf.Stream):
            self._put_stream(number, value, is_mask=is_mask)
        elif isinstance(value, pikepdf.Dictionary):
            self._file.put(number, b"<<" + self._entries(value, is_mask=is_mask) + b">>")
        elif isinstance(value, pikepdf.Array):
            items = b" ".join(self.said(item, is_mask=is_mask) for item in value)
            self._file.put(number, b"[" + items + b"]")
        else:
            self._file.put(number, bytes(value.unparse()))
        return number

    def _put_stream(self, number: int, stream: pikepdf.Stream, *, is_mask: bool) -> None:
        entries = self._entries(stream, is_mask=is_mask)
        if not _draws(stream):
            self._file.put_stream(number, entries, bytes(stream.read_raw_bytes()))
            return
        body = zlib.compress(self.content(bytes(stream.read_bytes()), is_mask=is_mask), 6)
        self._file.put_stream(number, entries + b"/Filter/FlateDecode", body)

    def _entries(self, owner: pikepdf.Object, *, is_mask: bool) -> bytes:
        if self._inks is not None and "/ShadingType" in owner:
            return self._shading(owner, is_mask=is_mask)
        dropped = _DROPPED | {"/Filter", "/DecodeParms"} if _draws(owner) else _DROPPED
        said = []
        if is_mask and "/S" in owner and owner["/S"] == pikepdf.Name.Transparency and "/CS" not in owner:
            # Unsaid it is that of the page: strengths would be weighed as four inks.
            said.append(b"/CS" + (_GREY if self._inks is not None else b"/DeviceRGB"))
        if "/DescendantFonts" in owner:
            said.append(b"/ToUnicode %d 0 R" % self._letters(owner))
            dropped = dropped | {"/ToUnicode"}
        for key in _keys(owner):
            if key in dropped:
                continue
            item = owner[key]
            name = bytes(pikepdf.Name(key).unparse())
            if self._inks is not None and key in ("/CS", "/ColorSpace") and not isinstance(item, pikepdf.Dictionary):
                said.append(name + self._space(item, is_mask=is_mask))
                continue
            # In a graphic state the mask is a dictionary that says how; its group is drawn in strengths.
            is_masking = is_mask or (key == "/SMask" and isinstance(item, pikepdf.Dictionary) and _is_luminous(item))
            said.append(name + b" " + self.said(item, is_mask=is_masking))
        return b"".join(said)

    def _letters(self, font: pikepdf.Object) -> int:
        """The table of what a font's letters say."""
        known = font.get("/ToUnicode")
        name = str(font.BaseFont).removeprefix("/").rpartition("+")[2]
        table = self._press.letters.table(name, b"" if known is None else bytes(known.read_bytes()))
        return self._file.add_stream(b"", table)

    def _space(self, space: Any, *, is_mask: bool) -> bytes:
        if space == _RGB:
            return _GREY if is_mask else _CMYK
        if space == pikepdf.Name.DeviceGray:
            return _GREY
        raise RenderError(f"the drawing has a colour space that cannot be printed ({str(space)[:60]})")

    def _shading(self, shading: pikepdf.Object, *, is_mask: bool) -> bytes:
        said = [b"/ColorSpace" + self._space(shading["/ColorSpace"], is_mask=is_mask)]
        for key in _keys(shading):
            if key == "/Function":
                said.append(b"/Function" + self._function(shading[key], is_mask=is_mask))
            elif key == "/Background":
                said.append(b"/Background" + self._levels(shading[key], is_mask=is_mask))
            elif key not in ("/ColorSpace", "/Length"):
                said.append(bytes(pikepdf.Name(key).unparse()) + b" " + self.said(shading[key], is_mask=is_mask))
        return b"".join(said)

    def _function(self, function: Any, *, is_mask: bool) -> bytes:
        kind = int(function.get("/FunctionType", -1)) if isinstance(function, pikepdf.Dictionary) else -1
        if kind not in (2, 3):
            raise RenderError("the drawing has a gradient that cannot be printed: as a picture it could")
        said = []
        for key in _keys(function):
            name = bytes(pikepdf.Name(key).unparse())
            if key in ("/C0", "/C1") and len(function[key]) == 3:
                said.append(name + self._levels(function[key], is_mask=is_mask))
            elif key == "/Functions":
                parts = b" ".join(self._function(part, is_mask=is_mask) for part in function[key])
                said.append(name + b"[" + parts + b"]")
            elif key != "/Range":
                said.append(name + b" " + self.said(function[key], is_mask=is_mask))
        return b"<<" + b"".join(said) + b">>"

    def _levels(self, values: Any, *, is_mask: bool) -> bytes:
        levels = [float(value) for value in values]
        amounts = [_light(levels)] if is_mask else list(self._amounts(levels))
        return b"[" + b" ".join(_number(part) for part in amounts) + b"]"

    def _picture(self, picture: pikepdf.Stream) -> int:
        """The plate behind a token; what the library made pixels of itself, such as an emoji, as a plate of its own."""
        is_colored = picture.get("/ColorSpace") == _RGB
        if not is_colored:
            return self._copied(picture)
        width, height = int(picture.Width), int(picture.Height)
        body = bytes(picture.read_bytes())
        known = token_number(body)
        if known is not None:
            return known
        if self._inks is None:
            return self._copied(picture)
        rgb = Image.frombytes("RGB", (width, height), body)
        mask = picture.get(_BY_REFERENCE)
        if mask is None:
            plate = masked_plate(rgb, np.zeros((0, 0), np.uint8), self._inks, self._press.quality)
            return self._press.store(plate)
        strength = np.frombuffer(bytes(mask.read_bytes()), np.uint8)
        is_whole = strength.size == width * height
        alpha = strength.reshape(height, width) if is_whole else np.zeros((0, 0), np.uint8)
        plate = masked_plate(rgb, alpha, self._inks, self._press.quality)
        reference = b"/SMask " + self.said(mask)
        return self._file.add_stream(plate.entries + reference, plate.body, is_packed=True)

    def _copied(self, picture: pikepdf.Stream) -> int:
        number = self._file.reserve()
        said = []
        for key in _keys(picture):
            if key not in _DROPPED:
                said.append(bytes(pikepdf.Name(key).unparse()) + b" " + self.said(picture[key]))
        self._file.put_stream(number, b"".join(said), bytes(picture.read_raw_bytes()))
        return number


def _keys(owner: Any) -> list[str]:
    return [str(key) for key in owner.keys()]  # noqa: SIM118 - iterating one gives objects of the library


def _draws(owner: pikepdf.Object) -> bool:
    """Whether a stream holds operators: a form, a pattern of tiles, or a letter, which has no type at all."""
    if not isinstance(owner, pikepdf.Stream):
        return False
    if owner.get("/Subtype") == pikepdf.Name.Form or owner.get("/PatternType") == 1:
        return True
    return "/Type" not in owner and "/FunctionType" not in owner and _is_letter(owner)


def _is_letter(stream: pikepdf.Stream) -> bool:
    """A letter of a Type 3 font begins by saying how wide it is."""
    if any(key.startswith("/Length") and key != "/Length" for key in _keys(stream)) or "/Subtype" in stream:
        return False
    head = bytes(stream.read_bytes())[:120]
    return re.match(rb"\s*(?:[-+.\d]+\s+){2,6}d[01]\s", head) is not None


def _is_luminous(mask: pikepdf.Object) -> bool:
    return mask.get("/S") == pikepdf.Name.Luminosity


def _light(levels: list[float]) -> float:
    """As the page language turns colour into strength."""
    return 0.3 * levels[0] + 0.59 * levels[1] + 0.11 * levels[2]


def _number(value: float) -> bytes:
    return (f"{value:.4f}".rstrip("0").rstrip(".") or "0").encode()
