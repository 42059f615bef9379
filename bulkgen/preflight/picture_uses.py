"""Which pictures an output shows, and in which boxes. Pure.

    design + (format or page, element overrides), … -> PlacedPicture, …

Left out: the design's own pictures, which are its author's affair, layers that are hidden or not in the format, and
pictures that their provider never asks for, so that they may as well be dead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bulkgen.mapping.model import PICTURE_PREFIX
from bulkgen.plan.picture_addresses import PICTURE_PROPERTIES
from bulkgen.preflight.accidents import hidden_layers
from bulkgen.preflight.media import MediaUse
from bulkgen.preflight.pictures import PRINT_MAX_BYTES, QR_ICON_MAX_BYTES, SCREEN_MAX_BYTES, PictureUse
from bulkgen.render.scene import BUILT
from bulkgen.wire.design import Design, Element, Format
from bulkgen.wire.overrides import ENCODED_TWIN

_PRINT_DPI = 300


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """`part` is the format or page; `picture` (or video, or sound) an address, or `sha256:…` for a file that is sent
    along."""

    part: str
    layer: str
    property: str
    picture: str
    use: PictureUse | MediaUse


def picture_uses(
    design: Design, parts: Iterable[tuple[str, Mapping[str, Any]]], *, is_studio: bool
) -> Iterator[PlacedPicture]:
    """`parts` are those of an output: for each format or page the overrides by layer."""
    for part, elements in parts:
        place = design.format(part)
        if place is None:
            continue
        hidden = hidden_layers(design, elements)
        for element in design.elements:
            values = elements.get(element.name)
            if not values or place.id not in element.layout or element.name in hidden:
                continue
            if element.value("hidden", place.id) is True and "hidden" not in values:
                continue
            for name in _shown(element, values, place, is_studio=is_studio):
                # With both set the API ignores what is sent along.
                given = name if values.get(name) else ENCODED_TWIN.get(name, "")
                picture = values.get(given)
                if isinstance(picture, str) and (given == name or picture.startswith(PICTURE_PREFIX)):
                    use = _use(design, element, values, place, name, is_studio=is_studio)
                    yield PlacedPicture(place.id, element.name, given, picture, use)


def _shown(element: Element, values: Mapping[str, Any], place: Format, *, is_studio: bool) -> Iterator[str]:
    """The picture properties that are looked at when the layer is drawn."""
    if element.type == "qrcode" and values.get("hide_icon", element.value("hide_icon", place.id)) is True:
        return
    for name in PICTURE_PROPERTIES:
        if not is_studio or name in BUILT.get(element.type, ()):
            yield name


def _use(
    design: Design, element: Element, values: Mapping[str, Any], place: Format, name: str, *, is_studio: bool
) -> PictureUse:
    is_print = design.type.startswith("printer")
    max_bytes = PRINT_MAX_BYTES if is_print else SCREEN_MAX_BYTES
    if name != "image_url" or element.type not in ("image", "logo"):
        # An icon is as large as the label it stands in, or sits in a QR code: a box of its own it has not.
        icon_bytes = QR_ICON_MAX_BYTES if element.type == "qrcode" else max_bytes
        return PictureUse(expects_clear=True, is_studio=is_studio, max_bytes=icon_bytes)
    box = element.layout[place.id]
    fitting = values.get("fitting_type", element.value("fitting_type", place.id, "cover"))
    covers = element.type == "image" and fitting != "fill"
    return PictureUse(
        width=box.width,
        height=box.height,
        unit=place.unit,
        fit="cover" if covers else "fill",
        dpi=(place.dpi or _PRINT_DPI) if is_print else None,
        # What covers its box is a photo; what stands inside one (a logo, a product cut out) is clear as often as not.
        expects_clear=not covers or values.get("remove_bg") is True,
        is_studio=is_studio,
        is_enlarged_by_model=values.get("upscale") is True,
        max_bytes=max_bytes,
    )
