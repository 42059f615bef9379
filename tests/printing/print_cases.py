"""Designs for print of a few layers, and the one look that every print has to stand: no RGB in any corner of it."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image

from bulkgen.render.banner import RenderedBanner, render_banner
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontLibrary
from bulkgen.render.print.profiles import generic_profile
from bulkgen.wire.design import Design, parse_design

FONTS = FontLibrary([Path(__file__).parents[2] / "templates" / "fonts"], installed=lambda: iter(()))
FORMAT = "card"
STILLS = sorted((Path(__file__).parents[1] / "golden" / "renders").glob("*/*.json"))
SCRIPTS = FontLibrary(
    [Path(__file__).parents[2] / "templates" / "fonts", Path(__file__).parents[1] / "fonts"], installed=lambda: iter(())
)
MM = 72 / 25.4

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><defs><linearGradient id="g"SPREAD x1="0" x2="0.25">'
    b'<stop offset="0" stop-color="#ff0000"/><stop offset="1" stop-color="#0000ff"/></linearGradient></defs>'
    b'<path fill="url(#g)" d="M0 0h40v20H0z"/></svg>'
)


def photo(width: int = 240, height: int = 160) -> bytes:
    down, across = np.mgrid[0:height, 0:width]
    pixels = np.stack([across * 255 // width, down * 255 // height, (across + down) % 256], axis=2).astype(np.uint8)
    return _png(Image.fromarray(pixels))


def grey_photo() -> bytes:
    return _png(Image.open(io.BytesIO(photo())).convert("L").convert("RGB"))


def cut_out() -> bytes:
    """A photo behind a soft disc."""
    picture = Image.open(io.BytesIO(photo(160, 160))).convert("RGBA")
    down, across = np.mgrid[0:160, 0:160]
    distance = np.hypot(down - 80, across - 80)
    picture.putalpha(Image.fromarray(np.clip((70 - distance) * 16, 0, 255).astype(np.uint8)))
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    body = io.BytesIO()
    picture.save(body, "PNG")
    return body.getvalue()


PICTURES: Mapping[str, bytes | RenderError] = {
    "photo": photo(),
    "grey": grey_photo(),
    "cut": cut_out(),
    "plain-svg": SVG.replace(b"SPREAD", b""),
    "disc": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><circle cx="10" cy="10" r="9"/></svg>',
    # As the cases of the stills call theirs.
    "logo": SVG.replace(b"SPREAD", b""),
    "logo-mark": SVG.replace(b"SPREAD", b""),
    "subject": photo(320, 120),
    "wild-svg": SVG.replace(b"SPREAD", b' spreadMethod="reflect"'),
}


def layer(name: str, kind: str, box: tuple[float, float, float, float], **attributes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "layout": dict(zip(("x", "y", "width", "height"), box, strict=True)),
        "attributes": [{"id": key, "value": value} for key, value in attributes.items()],
    }


def design(
    *layers: dict[str, Any],
    size: tuple[float, float] = (90, 55),
    unit: str = "mm",
    bleed: float = 3,
    safe: float = 0,
    root: Mapping[str, Any] | None = None,
) -> Design:
    ground = layer("root", "container", (0, 0, *size), **({"background_color": "#ffffff"} | dict(root or {})))
    return parse_design(
        {
            "id": "7a0c1d52-6c1e-4b7a-9e57-0c6c5b1f8a02",
            "type": "printer",
            "formats": [
                {
                    "id": FORMAT,
                    "uid": "card-uid",
                    "width": size[0],
                    "height": size[1],
                    "unit": unit,
                    "dpi": 300,
                    "bleed_size": bleed,
                    "safe_size": safe,
                }
            ],
            "elements": [ground, *layers],
        }
    )


def printed_still(case: Mapping[str, Any]) -> bytes:
    """A case of the stills as a print, its px read as points."""
    width, height = case["size"]
    layers = []
    for name, kind, box, attributes in case["layers"]:
        made = layer(name, kind, box, **({} if kind == "group" else attributes))
        layers.append(made | (attributes if kind == "group" else {}))
    ground = {"background_color": case.get("ground", "#f7f5f0")}
    made = design(*layers, size=(width, height), unit="pt", bleed=8, root=ground)
    return render_banner(made, FORMAT, case.get("elements", {}), PICTURES, SCRIPTS, options={"print": {}}).body


def document(pages: int, *layers: dict[str, Any], size: tuple[float, float] = (90, 55)) -> Design:
    """Every page has the same layers."""
    ground = layer("root", "container", (0, 0, *size), background_color="#ffffff")
    names = [f"page_{index + 1}" for index in range(pages)]
    return parse_design(
        {
            "id": "7a0c1d52-6c1e-4b7a-9e57-0c6c5b1f8a03",
            "type": "printer_multipage",
            "dpi": 300,
            "bleed_size": 3,
            "safe_size": 4,
            "pages": [{"id": name, "width": size[0], "height": size[1], "unit": "mm"} for name in names],
            "elements_per_page": {name: [ground, *layers] for name in names},
        }
    )


def printed(made: Design, elements: Mapping[str, Any] | None = None, **options: Any) -> RenderedBanner:
    quality = options.pop("quality", None)
    max_bytes = options.pop("max_bytes", None)
    return render_banner(
        made,
        FORMAT,
        elements or {},
        PICTURES,
        FONTS,
        quality=quality,
        max_bytes=max_bytes,
        options={"print": options},
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """An operator with its operands, and whether a soft mask is made of it."""

    operator: str
    operands: tuple[float, ...]


def operators(body: bytes) -> list[Drawn]:
    """Of pages, forms, patterns and letters, in this order."""
    found: list[Drawn] = []
    with pikepdf.open(io.BytesIO(body)) as pdf:
        contents: list[Any] = [page.obj.Contents for page in pdf.pages]
        contents += [
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Stream)
            and (one.get("/Subtype") == pikepdf.Name.Form or one.get("/PatternType") == 1)
        ]
        for one in pdf.objects:
            if isinstance(one, pikepdf.Dictionary) and "/CharProcs" in one:
                contents += list(one.CharProcs.values())
        for content in contents:
            for operands, operator in pikepdf.parse_content_stream(content):
                numbers = []
                for operand in operands:
                    try:
                        numbers.append(float(operand))
                    except (TypeError, ValueError):
                        numbers.append(float("nan"))
                found.append(Drawn(str(operator), tuple(numbers)))
    return found


def inks(body: bytes) -> set[tuple[float, ...]]:
    return {drawn.operands for drawn in operators(body) if drawn.operator in ("k", "K")}


def spaces(body: bytes) -> set[str]:
    """Every colour space that anything in the file names."""
    found: set[str] = set()

    def look(value: Any, *, is_top: bool = False) -> None:
        if isinstance(value, pikepdf.Object) and value.is_indirect and not is_top:
            return  # its turn comes
        if isinstance(value, pikepdf.Array):
            for item in value:
                look(item)
        elif isinstance(value, pikepdf.Name):
            if str(value).startswith("/Device") or str(value) in ("/ICCBased", "/CalRGB", "/Lab", "/Indexed"):
                found.add(str(value))
        elif isinstance(value, pikepdf.Dictionary):
            for key in value.keys():  # noqa: SIM118 - iterating one gives objects of the library
                look(value[key])

    with pikepdf.open(io.BytesIO(body)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Stream):
                for key in one.keys():  # noqa: SIM118
                    look(one[key])
            else:
                look(one, is_top=True)
    return found


def assert_no_rgb(body: bytes) -> None:
    assert spaces(body) <= {"/DeviceCMYK", "/DeviceGray"}
    assert not [one for one in operators(body) if one.operator in ("rg", "RG", "sc", "SC")]


def pictures_of(body: bytes) -> Iterator[Any]:
    """Each stored picture's dictionary, but for masks."""
    with pikepdf.open(io.BytesIO(body)) as pdf:
        masks = {one.SMask.objgen for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/SMask" in one}
        for one in pdf.objects:
            if (
                isinstance(one, pikepdf.Stream)
                and one.get("/Subtype") == pikepdf.Name.Image
                and one.objgen not in masks
            ):
                yield one


def named_profile(description: str) -> bytes:
    """The generic profile under another name."""
    body = bytearray(generic_profile())
    count = struct.unpack(">I", body[128:132])[0]
    for index in range(count):
        tag, start, size = struct.unpack(">4sII", body[132 + 12 * index : 144 + 12 * index])
        if tag == b"desc":
            text = description.encode() + b"\0"
            said = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text
            body[start : start + size] = said.ljust(size, b"\0")
    return bytes(body)


def peer(name: str) -> str:
    """A program to compare with. Without it the test is left out, but not where all of them are to be."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
