"""An animated design, one for print and one of several pages, with a fault of every kind that they have of their own.

Small, so that a hundred of them are made in seconds. The films and sounds are made here.
"""

from __future__ import annotations

import io
import json
import tempfile
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from feed_shop import photo

from bulkgen.render.fonts import FontLibrary

WORDS = "Sturdy canvas tote with a zip and two long straps for every market day of the year"
NO_GLYPHS = "𓀀𓀁"
FONTS = Path(__file__).parents[2] / "templates" / "fonts"
# Of a design that names no font nothing is known at another provider.
FONT = next(str(font["id"]) for font in FontLibrary([FONTS]).describe() if font["name"] == "Inter")


def film(seconds: float, *, kind: str = "mp4", sounds: float = 0.0) -> bytes:
    """Ten frames a second, and `sounds` seconds of a tone."""
    # The index first, so that a film whose end is missing can be opened. It is written last, over a file.
    options = {"movflags": "faststart"} if kind == "mp4" else {}
    with tempfile.TemporaryDirectory() as folder, av.open(f"{folder}/film", "w", format=kind, options=options) as out:
        picture: Any = out.add_stream("libvpx-vp9" if kind == "webm" else "libx264", rate=10, options={"g": "5"})
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        voice: Any = out.add_stream("aac", rate=48_000, layout="stereo") if sounds else None
        noise = np.random.default_rng(7)
        for _ in range(round(seconds * 10)):
            # Noise, so that half of the bytes are half of the frames.
            pixels = noise.integers(0, 255, (48, 64, 3), np.uint8)
            out.mux(picture.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        out.mux(picture.encode(None))
        for start in range(0, round(sounds * 48_000), 960):
            wavy = np.sin((np.arange(960) + start) / 20).astype(np.float32) * 0.4
            heard: Any = av.AudioFrame.from_ndarray(np.stack([wavy, wavy]), format="fltp", layout="stereo")
            heard.sample_rate, heard.pts = 48_000, start
            out.mux(voice.encode(heard))
        if voice is not None:
            out.mux(voice.encode(None))
        out.close()
        return Path(folder, "film").read_bytes()


def sound(seconds: float) -> bytes:
    body = io.BytesIO()
    with wave.open(body, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes((np.sin(np.arange(round(seconds * 8_000)) / 5) * 9_000).astype("<i2").tobytes())
    return body.getvalue()


_SHADED = b"""<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><defs>
<linearGradient id="a"><stop offset="0" stop-color="#f00" stop-opacity="0.4"/><stop offset="1" stop-color="#00f"/>
</linearGradient><radialGradient id="b"><stop offset="0.2" stop-color="#fff"/><stop offset="1" stop-color="#363"/>
</radialGradient></defs><rect width="400" height="300" fill="url(#a)"/><circle cx="200" cy="150" r="90"
fill="url(#b)" opacity="0.7"/></svg>"""


def shop_pages() -> dict[str, bytes]:
    """By file name."""
    long = film(6)
    return {
        "film.mp4": film(3),
        "loud.mp4": film(3, sounds=3),
        "short.mp4": film(0.5),
        "long.mp4": long,
        "half-gone.mp4": long[: len(long) // 2],
        "nearly-gone.mp4": long[: len(long) // 6],
        "film.webm": film(2, kind="webm"),
        "garbage.mp4": b"\0\0\0\x20ftypisom" + b"not a film at all" * 90,
        "tone.wav": sound(3),
        "short.wav": sound(0.4),
        "cut.wav": sound(9)[:8_000],
        "late-cut.wav": sound(9)[: 16_000 * 5],
        "garbage.mp3": b"ID3\x04" + b"\0" * 2_000,
        "note.mp3": b"a note about a sound",
        "coarse.jpg": photo(size=(90, 60)),
        "fine.jpg": photo(size=(1_200, 900)),
        "shaded.svg": _SHADED,
    }


def layer(name: str, kind: str, box: tuple[float, float, float, float], **values: Any) -> dict[str, Any]:
    x, y, width, height = box
    return {
        "name": name,
        "type": kind,
        "layout": {"x": x, "y": y, "width": width, "height": height},
        "attributes": [{"id": key, "value": value} for key, value in values.items()],
    }


_FADE = {"type": "fade", "keyframes": [{"attr": {"opacity": 0}, "data": {"type": "start", "time": 0.2}}]}
FILM = {
    "id": "3d7a8f5c-0001-4c1e-9d52-0d2f6b6c1a01",
    "name": "moving",
    "type": "animated",
    "animation": {"duration": 2, "screenshot_at_s": 1.5},
    "formats": [
        {"id": "box", "uid": "11111111-1111-4111-8111-111111111111", "width": 96, "height": 64},
    ],
    "elements": [
        layer("root", "container", (0, 0, 96, 64), background_color="#ffffff"),
        layer("photo", "image", (0, 0, 48, 32)) | {"animation": {"tweens": [_FADE]}},
        layer("clip", "video", (48, 0, 48, 32)),
        layer("title", "text", (0, 32, 96, 24), payload="Own", font=FONT, font_size=10, max_lines=2, color="#000000"),
        layer("tune", "audio", (0, 0, 0, 0)),
    ],
}
_MM = {"unit": "mm", "width": 74, "height": 52.5}
_PRINTED = {"dpi": 300, "bleed_size": 3, "safe_size": 4}
CARD = {
    "id": "3d7a8f5c-0002-4c1e-9d52-0d2f6b6c1a02",
    "name": "printed",
    "type": "printer",
    "formats": [{"id": "card", "uid": "11111111-1111-4111-8111-111111111113", **_MM, **_PRINTED}],
    "elements": [
        layer("root", "container", (0, 0, 74, 52.5), background_color="#ffffff"),
        layer("photo", "image", (0, 0, 74, 25)),
        layer(
            "title",
            "text",
            (6, 28, 60, 12),
            payload="Own",
            font=FONT,
            font_size=14,
            max_lines=2,
            color="cmyk(0,0,0,100)",
        ),
        layer("code", "qrcode", (6, 40, 10, 10), payload="https://example.com"),
    ],
}
DOCUMENT = {
    "id": "3d7a8f5c-0003-4c1e-9d52-0d2f6b6c1a03",
    "name": "paged",
    "type": "printer_multipage",
    **_PRINTED,
    "pages": [{"id": f"page_{number}", **_MM} for number in (1, 2)],
    "elements_per_page": {
        f"page_{number}": [
            layer("root", "container", (0, 0, 74, 52.5), background_color="#ffffff"),
            layer("photo", "image", (40, 8, 26, 20)),
            layer("title", "text", (6, 28, 60, 12), payload=f"Page {number}", font=FONT, font_size=14, max_lines=2),
        ]
        for number in (1, 2)
    },
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` is one that preflight has to name for the row, "" where it may not name an error."""

    name: str
    cells: Mapping[str, str]
    code: str = ""
    file: str = "auto"


@dataclass(frozen=True, slots=True)
class Stage:
    design: Mapping[str, Any]
    mapping: str
    base: Mapping[str, str]
    faults: tuple[Fault, ...]

    @property
    def name(self) -> str:
        return str(self.design["name"])

    def write(self, folder: Path) -> None:
        (folder / self.name).mkdir(parents=True)
        (folder / self.name / "design.json").write_text(json.dumps(self.design), encoding="utf-8")

    def rows(self, shop: str) -> list[dict[str, str]]:
        found = []
        for number, fault in enumerate(self.faults):
            cells = {**self.base, **fault.cells}
            told = {name: value.replace("{shop}", shop) for name, value in cells.items()}
            found.append({"no": f"{number:03d}", "file": fault.file, **told})
        return found


def _media() -> tuple[Fault, ...]:
    def video(name: str, code: str = "", file: str = "auto", **more: str) -> Fault:
        return Fault(f"the video {name} as {file} {more}", {"clip": f"{{shop}}/{name}", **more}, code, file)

    def tune(name: str, code: str = "", file: str = "auto", **more: str) -> Fault:
        return Fault(f"the sound {name} as {file} {more}", {"tune": f"{{shop}}/{name}", **more}, code, file)

    return (
        video("film.mp4"),
        video("film.mp4", file="gif"),
        video("film.mp4", file="html5"),
        video("film.webm"),
        video("loud.mp4"),
        video("short.mp4"),
        video("half-gone.mp4"),
        video("nearly-gone.mp4", "media_damaged"),
        video("nearly-gone.mp4", "media_damaged", "gif"),
        video("nearly-gone.mp4?trim_end=0.4"),
        video("half-gone.mp4?trim_start=2.2", "media_damaged"),
        video("garbage.mp4", "media_damaged"),
        video("garbage.mp4", "media_damaged", "html5"),
        video("gone.mp4", "picture_dead"),
        video("gone.mp4", hide="true"),
        video("page.jpg", "picture_is_page"),
        video("fine.jpg", "not_media"),
        video("tone.wav", "not_media"),
        video("note.mp3", "not_media"),
        video("long.mp4?trim_start=2.5&trim_end=4"),
        video("film.mp4?trim_start=2.5&trim_end=9", "trim_past_end"),
        video("film.mp4?trim_start=30", "bad_trim"),
        video("film.mp4?trim_start=soon", "bad_trim"),
        video("film.mp4?trim_start=2&trim_end=1", "bad_trim"),
        tune("tone.wav"),
        tune("short.wav"),
        tune("loud.mp4"),
        tune("late-cut.wav"),
        tune("cut.wav", "media_damaged"),
        tune("cut.wav", file="gif"),
        tune("cut.wav", volume="0"),
        tune("cut.wav", "media_damaged", speed="2"),
        tune("garbage.mp3", "media_damaged"),
        tune("note.mp3", "not_media"),
        tune("film.mp4", "media_damaged"),
        tune("fine.jpg", "not_media"),
        tune("gone.mp3", "picture_dead"),
        tune("gone.mp3", file="html5"),
        tune("gone.mp3", file="gif"),
        tune("gone.mp3", volume="0"),
    )


_TEXTS = (
    Fault("a good row", {}),
    Fault("a long title", {"title": f"{WORDS}. " * 3}, "text_does_not_fit"),
    Fault("a title without glyphs", {"title": NO_GLYPHS}, "no_glyph"),
    Fault("a dead picture", {"photo": "{shop}/gone.jpg"}, "picture_dead"),
    Fault("a damaged picture", {"photo": "{shop}/garbage.jpg"}, "picture_damaged"),
    Fault("a film for a picture", {"photo": "{shop}/film.mp4"}, "not_a_picture"),
    Fault("a sound for a picture", {"photo": "{shop}/tone.wav"}, "not_a_picture"),
)
MOVING = Stage(
    FILM,
    """
design: moving
key: no
elements:
  title: "{{ title }}"
  photo: "{{ photo }}"
  clip: {video_url: "{{ clip }}", hidden: "{{ hide }}"}
  tune: {audio_url: "{{ tune }}", max_volume: "{{ volume }}", speed: "{{ speed }}"}
output: {image_file_type: "{{ file }}", html5: {click_tag: "{{ to }}", ad_network: "{{ network }}"}}
""",
    {
        "title": "Oak",
        "photo": "{shop}/good.jpg",
        "clip": "",
        "hide": "",
        "tune": "",
        "volume": "",
        "speed": "",
        "to": "https://example.com",
        "network": "",
    },
    (
        *_TEXTS,
        *_media(),
        Fault("a page that leads nowhere", {"to": "javascript:alert(1)"}, "bad_value", "html5"),
        Fault("a film does not lead at all", {"to": "javascript:alert(1)"}),
        Fault("a page with a macro", {"to": "[CLICK]https://example.com"}, file="html5"),
        Fault("a page that is not safe", {"to": "http://example.com", "network": "google-marketing"}, file="html5"),
        Fault("a page for nobody", {"network": "no-such-network"}, "html5_limit", "html5"),
        Fault("a still of a film", {}, "bad_value", "png"),
    ),
)
PRINTED = Stage(
    CARD,
    """
design: printed
key: no
elements: {title: "{{ title }}", photo: "{{ photo }}", code: "{{ code }}"}
output: {image_file_type: "{{ file }}", print: {color_profile: "{{ inks }}"}}
""",
    {"title": "Oak", "photo": "{shop}/fine.jpg", "code": "https://example.com/1", "inks": ""},
    (
        *_TEXTS,
        Fault("a coarse picture", {"photo": "{shop}/coarse.jpg"}, "picture_too_coarse"),
        Fault("a picture of a screen", {"photo": "{shop}/good.jpg"}, "picture_low_resolution"),
        Fault("inks", {"photo": "{shop}/cmyk.jpg"}),
        Fault("a long code", {"code": "https://example.com/" + "a" * 3_000}, "qr_too_long"),
        Fault("a drawing with shades", {"photo": "{shop}/shaded.svg"}),
        Fault("a drawing", {"photo": "{shop}/good.svg"}),
        Fault("a drawing of words", {"photo": "{shop}/words.svg"}, "svg_not_drawn"),
        Fault("clear in part", {"photo": "{shop}/clear.png"}),
        Fault("known inks", {"inks": "e0c86a8a-050c-41f1-885a-0f74b9baac50"}),
        Fault("colours of a screen", {"inks": "DB3C123E-1127-11EF-B77E-F93002785645"}),
        Fault("unknown inks", {"inks": "00000000-0000-4000-8000-000000000000"}, "bad_value"),
        Fault("inks by name", {"inks": "FOGRA39"}, "bad_value"),
        Fault("a banner of a card", {}, "bad_value", "jpeg"),
    ),
)
PAGED = Stage(
    DOCUMENT,
    """
design: paged
key: no
pages:
  page_1: {title: "{{ title }}", photo: "{{ photo }}"}
  page_2: {title: "{{ second }}", photo: "{{ other }}"}
output: {image_file_type: "{{ file }}"}
""",
    {"title": "Oak", "photo": "{shop}/fine.jpg", "second": "Elm", "other": "{shop}/fine.jpg"},
    (
        *_TEXTS,
        Fault("a long title on the second page", {"second": f"{WORDS}. " * 3}, "text_does_not_fit"),
        Fault("a dead picture on the second page", {"other": "{shop}/gone.jpg"}, "picture_dead"),
        Fault("no glyphs on the second page", {"second": NO_GLYPHS}, "no_glyph"),
        Fault("inks on the second page", {"other": "{shop}/cmyk.jpg"}),
        Fault("a coarse picture on the second page", {"other": "{shop}/coarse.jpg"}, "picture_too_coarse"),
        Fault("nothing on the second page", {"second": "", "other": ""}),
        Fault("as a pdf", {}, file="pdf"),
        Fault("a film of a catalogue", {}, "bad_value", "mp4"),
    ),
)
STAGES = (MOVING, PRINTED, PAGED)
