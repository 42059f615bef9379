"""Designs of a few layers for the tests of this folder, and the fonts of the project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bulkgen.render.fonts import FontLibrary
from bulkgen.render.layout import Placed, lay_out
from bulkgen.render.scene import resolve
from bulkgen.wire.design import Design, parse_design

# Without the font packages that happen to be installed where the tests run.
FONTS = FontLibrary([Path(__file__).parents[3] / "templates" / "fonts"], installed=lambda: iter(()))
FORMAT = "post"

# With a few letters of Arabic, Hebrew, Devanagari, Japanese and Korean.
SCRIPTS = FontLibrary(
    [Path(__file__).parents[3] / "templates" / "fonts", Path(__file__).parents[2] / "fonts"], installed=lambda: iter(())
)


def layer(name: str, kind: str, box: tuple[float, float, float, float], **attributes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "layout": dict(zip(("x", "y", "width", "height"), box, strict=True)),
        "attributes": [{"id": key, "value": value} for key, value in attributes.items()],
    }


def design(*layers: dict[str, Any], width: float = 400, height: float = 300, ground: str = "#ffffff") -> Design:
    return parse_design(
        {
            "id": "5f3c1d52-6c1e-4b7a-9e57-0c6c5b1f8a01",
            "name": "Test",
            "type": "static",
            "formats": [{"id": FORMAT, "uid": "post-uid", "width": width, "height": height}],
            "elements": [layer("root", "container", (0, 0, width, height), background_color=ground), *layers],
        }
    )


def placed(*layers: dict[str, Any], **elements: Mapping[str, Any] | Any) -> dict[str, Placed]:
    """Layers of a design as laid out, by name."""
    return {item.layer.name: item for item in lay_out(resolve(design(*layers), FORMAT, elements), FONTS)}
