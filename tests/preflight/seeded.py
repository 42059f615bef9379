"""A fault of every kind that preflight looks for, one a row, for each of the designs that come with bulkgen.

    Stage (a design and its layers by the part they play) -> rows, mapping

Rows are good but for one cell or two. What becomes of each is not written down here, save for the code that preflight
must name: whether it fails is for the studio to say.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from feed_shop import GOOD, OVER_THE_LIMIT_BYTES, PAGES, photo
from stages import CARD, SALE, TICKET, Stage

NOT_A_FONT = "00000000-0000-4000-8000-000000000000"
WORDS = "Sturdy canvas tote with a zip and two long straps for every market day of the year"
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrikant"


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` is one that preflight has to name for the row, "" where it may not name an error."""

    name: str
    cells: Mapping[str, str]
    code: str = ""
    output: Mapping[str, str] = field(default_factory=dict)


def faults(stage: Stage) -> list[Fault]:
    return [
        *_texts(stage),
        *_pictures(stage),
        *_structure(stage),
        *_accidents(stage),
    ]


def rows_of(stage: Stage, found: list[Fault], shop: str) -> list[dict[str, str]]:
    """Each row with a key of its own, and a title of its own unless the title is the matter."""
    rows = []
    for index, fault in enumerate(found):
        cells = {name: value.format(shop=shop) for name, value in stage.base.items()}
        cells[f"{stage.title}.payload"] += f" {index}"
        cells |= {name: value.replace("{shop}", shop) for name, value in fault.cells.items()}
        rows.append({"no": f"{index:03d}", "file": fault.output.get("image_file_type", "auto"), **cells})
    return rows


def write_pictures(folder: Path) -> None:
    """Files beside the sheet, good and bad."""
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    (pictures / "good.jpg").write_bytes(GOOD)
    (pictures / "wrong-ending.png").write_bytes(GOOD)
    (pictures / "clear.png").write_bytes(photo("PNG", mode="RGBA"))
    for name in ("cut.jpg", "cut.png", "garbage.jpg", "bomb.png", "words.svg", "note.txt", "empty.jpg", "good.svg"):
        (pictures / name).write_bytes(PAGES[f"/{name}"][1])
    (pictures / "huge.jpg").write_bytes(GOOD + bytes(OVER_THE_LIMIT_BYTES))


def mapping_of(stage: Stage, rows: list[dict[str, str]]) -> str:
    """A column a property; an empty cell leaves it out."""
    layers: dict[str, dict[str, str]] = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        layer, dot, prop = name.partition(".")
        if dot:
            layers.setdefault(layer, {})[prop] = f"{{{{ row[{name!r}] }}}}"
    return json.dumps(
        {
            "design": stage.design,
            "key": "no",
            "elements": layers,
            "output": {"image_file_type": "{{ file }}"},
        }
    )


def _texts(stage: Stage) -> Iterator[Fault]:
    title, line = f"{stage.title}.payload", f"{stage.line}.payload"

    def at(name: str, text: str, code: str = "", **more: str) -> Fault:
        return Fault(name, {title: text, **{f"{stage.title}.{key}": value for key, value in more.items()}}, code)

    def beside(name: str, text: str, code: str = "", **more: str) -> Fault:
        return Fault(name, {line: text, **{f"{stage.line}.{key}": value for key, value in more.items()}}, code)

    yield at("a good row", "A good row")
    yield at("shrinks", WORDS[:48])
    yield at("long", WORDS)
    yield at("twice as long", f"{WORDS}. {WORDS}")
    yield at("an article", f"{WORDS}. " * 30, "text_cut" if stage is CARD else "text_does_not_fit")
    yield at("the most that is taken", "word " * 1_990)
    yield at("longer than is taken", "word " * 2_010, "text_too_long")
    yield at("a long word", LONG_WORD)
    yield at("two long words", f"{LONG_WORD} {LONG_WORD}")
    yield at("a word without an end", "x" * 400)
    yield at("lines", "One\nTwo\nThree\nFour\nFive\nSix\nSeven\nEight\nNine\nTen")
    yield at("written line breaks", "One\\nTwo\\nThree\\nFour\\nFive\\nSix\\nSeven\\nEight")
    yield at("only spaces and lines between", "One\n\n\n\n\n\n\n\n\nTwo")
    yield at("bold", "A <b>bold</b> <i>claim</i>")
    yield at("a tag left open", "A <b>bold claim")
    yield at("a size in the markup", "A <span style='font-size: 400px'>large</span> claim")
    yield at("less and greater", "3 < 5 > 2 & so on")
    yield at("accents", "Crème brûlée à la façon de Łódź")
    yield at("combining marks", "Cre\u0300me bru\u0302le\u0301e")
    yield at("cyrillic", "Верхнее термобельё")
    yield at("greek", "Καλημέρα κόσμε")
    yield at("hebrew", "שלום עולם")
    yield at("arabic", "مرحبا بالعالم")
    yield at("devanagari", "नमस्ते दुनिया")
    yield at("thai", "สวัสดีชาวโลก")
    yield at("chinese", "你好，世界")
    yield at("korean", "안녕하세요")
    yield at("georgian capitals", "ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ")
    yield at("emoji", "Sale 🎉 today")
    yield at("an emoji of several", "Family 👨‍👩‍👧‍👦 day 🇩🇪 👍🏽")
    yield at("hieroglyphs", "Sale 𓀀", "no_glyph")
    yield at("private use", "Sale \ue000")
    yield at("not a character", "Sale \uffff")
    yield at("a replacement character", "Caf\ufffd")
    yield at("zero width", "Sa\u200ble\u2060 to\u00adday")
    yield at("a byte order mark inside", "Sale \ufefftoday")
    yield at("directions", "Sale \u202etoday\u202c")
    yield at("control characters", "Sale\x07 today")
    yield at("spaces of all widths", "A\u00a0b\u2003c\u2009d\u202fe\u3000f")
    yield at("signs", "™ © ® € £ ¥ ₹ ₿ № ½ ² µ Ω ∞ ≤ → ★ ✓")
    yield at("large type", "Walnut Desk", font_size="400")
    yield at("small type", "Walnut Desk", font_size="1")
    yield at("large type that may shrink", WORDS, font_size="300", auto_resize="true", min_font_size="8")
    yield at("a floor above the size", WORDS, font_size="20", auto_resize="true", min_font_size="60")
    yield at("may not shrink", WORDS, auto_resize="false")
    yield at("high lines", WORDS[:40], line_height="900")
    yield at("one line", WORDS, max_lines="1")
    yield at("half a line", "Walnut Desk", max_lines="1.5")
    yield at("cut with dots", f"{WORDS}. {WORDS}. {WORDS}", text_truncation="true")
    yield at("not cut", f"{WORDS}. {WORDS}", text_truncation="false")
    yield at("capitals by style", WORDS, text_transform="uppercase")
    yield at("title case by style", WORDS, text_transform="titlecase")
    yield at("padding", "Walnut Desk", background_padding="40 90", background_color="#222222")
    yield at("padding past the box", "Walnut Desk", background_padding="900", background_color="#222222")
    yield at("an outline", "Walnut Desk", stroke_width="40", stroke_color="#ff0000")
    yield at("slanted", "Walnut Desk", skew_y="20")
    yield at("justified", WORDS, alignment="middle justify")
    yield at("harmony", WORDS[:50], text_harmony="true")
    yield at("a border at its side", "Walnut Desk", side_border="left", side_border_thickness="30")
    yield at("weight", "Walnut Desk", font_weight="900")
    yield beside("a long line", WORDS)
    yield beside("a very long line", f"{WORDS}. " * 6)
    yield beside("a line with a long word", LONG_WORD)
    yield beside("a line without glyphs", "𓀀𓀁")
    yield beside("a hidden line without glyphs", "𓀀𓀁", hidden="true")
    yield beside("a hidden line that is too long", f"{WORDS}. " * 6, hidden="true")
    if stage.price:
        price = f"{stage.price}.payload"
        yield Fault("a long price", {price: "€1,234,567,890.00 per piece, delivery included"})
        yield Fault("a price of words", {price: "on request"})
        yield Fault("a price in rupees", {price: "₹ 12,34,567"})
        yield Fault("a price in an unknown sign", {price: "\U000e0041 5"})
    if stage.button:
        label = f"{stage.button}.payload"
        yield Fault("a long label", {label: WORDS}, "text_does_not_fit")
        yield Fault("a label of lines", {label: "See it\nnow"})
        yield Fault("a label without glyphs", {label: "See 𓀀"}, "no_glyph")
        yield Fault("a label longer than is taken", {label: "x" * 2_049}, "text_too_long")
        yield Fault("a label in large type", {f"{stage.button}.font_size": "200"})
        yield Fault("a label with wide padding", {f"{stage.button}.background_padding": "10 600"})
    if stage.code:
        code = f"{stage.code}.payload"
        yield Fault("a code of a kilobyte", {code: "https://example.com/" + "a" * 1_000})
        yield Fault("a code of two kilobytes", {code: "https://example.com/" + "a" * 2_000})
        yield Fault("a code of three kilobytes", {code: "https://example.com/" + "a" * 3_000}, "qr_too_long")
        yield Fault("a code of digits", {code: "1" * 5_000})
        yield Fault("a code with umlauts", {code: "äöü" * 400})
        yield Fault("a code with a dead picture", {f"{stage.code}.image_url": "{shop}/gone.png"})
        yield Fault(
            "a code with a picture",
            {code: "https://example.com/" + "a" * 1_500, f"{stage.code}.image_url": "{shop}/good.png"},
        )
        yield Fault(
            "a code with a picture that shows",
            {
                code: "https://example.com/" + "a" * 1_500,
                f"{stage.code}.image_url": "{shop}/good.png",
                f"{stage.code}.hide_icon": "false",
            },
        )
        yield Fault(
            "a code with a dead picture that shows",
            {f"{stage.code}.image_url": "{shop}/gone.png", f"{stage.code}.hide_icon": "false"},
        )
        yield Fault(
            "a code with a dead picture that is hidden",
            {f"{stage.code}.image_url": "{shop}/gone.png", f"{stage.code}.hide_icon": "true"},
        )


# Path in the shop -> the code that preflight has to name.
_AT_ADDRESSES: Mapping[str, str] = {
    **{path: "" for path in PAGES if path.startswith("/good")},
    "/untyped": "",
    "/mistyped.png": "",
    "/grey.jpg": "",
    "/cmyk.jpg": "picture_cmyk",
    "/turned.jpg": "picture_rotated",
    "/mirrored.jpg": "picture_rotated",
    "/palette.png": "",
    "/clear.png": "",
    "/tiny.png": "picture_too_small",
    "/dot.png": "picture_too_small",
    "/line.png": "picture_too_small",
    "/long-and-thin.jpg": "picture_too_small",
    "/page.jpg": "picture_is_page",
    "/account.jpg": "picture_needs_login",
    "/bomb.png": "picture_too_many_pixels",
    "/large.png": "picture_too_many_pixels",
    "/hollow.png": "picture_cut_short",
    "/cut.jpg": "picture_cut_short",
    "/cut.png": "picture_cut_short",
    "/cut.webp": "picture_damaged",
    "/head.jpg": "",
    "/garbage.jpg": "picture_damaged",
    "/garbage.webp": "picture_damaged",
    "/empty.jpg": "not_a_picture",
    "/document.pdf": "not_a_picture",
    "/answer.json": "not_a_picture",
    "/feed.xml": "not_a_picture",
    "/note.txt": "not_a_picture",
    "/icon.bmp": "not_a_picture",
    "/icon.ico": "not_a_picture",
    "/words.svg": "svg_not_drawn",
    "/entities.svg": "picture_unsafe",
    "/script.svg": "svg_not_drawn",
    "/unfinished.svg": "picture_damaged",
    "/sizeless.svg": "",
    "/thin.svg": "",
    "/absent.jpg": "picture_dead",
    "/gone.jpg": "picture_dead",
    "/forbidden.jpg": "picture_needs_login",
    "/login.jpg": "picture_needs_login",
    "/broken.jpg": "picture_unanswered",
    "/busy.jpg": "picture_unanswered",
    "/broken-off.jpg": "picture_unanswered",
    "/huge.jpg": "picture_too_big",
    "/moved.jpg": "",
    "/round.jpg": "picture_dead",
    "/good.jpg?size=large&x=1": "",
    "/good.jpg#part": "",
    "/a b.jpg": "picture_dead",
}
# Those that are asked for twice, after a wait, or are large: once is enough.
_SLOW = ("/broken.jpg", "/busy.jpg", "/broken-off.jpg", "/huge.jpg")


def _pictures(stage: Stage) -> Iterator[Fault]:
    url, encoded = f"{stage.picture}.image_url", f"{stage.picture}.image_encoded"
    for path, code in _AT_ADDRESSES.items():
        if path in _SLOW and stage is not CARD:
            continue
        yield Fault(f"a picture at {path}", {url: f"{{shop}}{path}"}, code)
    yield Fault("no such host", {url: "http://no-such-host.invalid/a.jpg"}, "picture_dead")
    yield Fault("nobody listens", {url: "http://127.0.0.1:9/a.jpg"}, "picture_dead")
    yield Fault("not an address", {url: "https://"}, "bad_address")
    yield Fault("another scheme", {url: "ftp://example.com/a.jpg"}, "bad_address")
    for name, code in (
        ("good.jpg", ""),
        ("good.svg", ""),
        ("clear.png", ""),
        ("wrong-ending.png", ""),
        ("cut.jpg", "picture_cut_short"),
        ("cut.png", "picture_cut_short"),
        ("garbage.jpg", "picture_damaged"),
        ("bomb.png", "picture_too_many_pixels"),
        ("words.svg", "svg_not_drawn"),
        ("note.txt", "not_a_picture"),
        ("empty.jpg", "not_a_picture"),
        ("huge.jpg", "picture_too_big"),
        ("absent.jpg", "picture_not_found"),
    ):
        yield Fault(f"a file {name}", {url: f"pictures/{name}"}, code)
    yield Fault("a file outside", {url: "../elsewhere.jpg"}, "picture_outside")
    whole = base64.b64encode(photo("JPEG", (60, 40))).decode()
    cut = base64.b64encode(photo("JPEG", (200, 140))[:500]).decode()
    yield Fault("base64", {url: "", encoded: whole})
    yield Fault("a data address", {url: "", encoded: f"data:image/jpeg;base64,{whole}"})
    yield Fault("base64 of half a picture", {url: "", encoded: cut})
    yield Fault("broken base64", {url: "", encoded: f"{whole[:41]}*{whole[41:]}"})
    yield Fault("both, the address dead", {url: "{shop}/absent.jpg", encoded: whole}, "picture_dead")
    yield Fault("both, the address good", {url: "{shop}/good.jpg", encoded: cut})
    yield Fault("dead and hidden", {url: "{shop}/absent.jpg", f"{stage.picture}.hidden": "true"})
    yield Fault("dead and clear", {url: "{shop}/absent.jpg", f"{stage.picture}.opacity": "0"})
    yield Fault("shown whole", {url: "{shop}/tiny.png", f"{stage.picture}.fitting_type": "fill"}, "picture_too_small")
    if stage is not TICKET:
        yield Fault("a dead logo", {"logo.image_url": "{shop}/absent.png"}, "picture_dead")
    yield Fault("a drawn logo", {"logo.image_url": "{shop}/good.svg"})
    yield Fault("a logo of words", {"logo.image_url": "{shop}/words.svg"}, "svg_not_drawn")
    if stage.button:
        icon = f"{stage.button}.icon_url"
        yield Fault("an icon", {icon: "{shop}/good.png"})
        yield Fault("a dead icon", {icon: "{shop}/absent.png"})


def _structure(stage: Stage) -> Iterator[Fault]:
    title, picture, button = stage.title, stage.picture, stage.button

    def at(name: str, prop: str, value: str, code: str = "", layer: str = title) -> Fault:
        return Fault(name, {f"{layer}.{prop}": value}, code)

    yield at("no such font", "font", NOT_A_FONT, "unknown_font")
    yield at("a font by name", "font", "Inter", "bad_value")
    yield at("a size of words", "font_size", "large", "bad_value")
    yield at("a size of nothing", "font_size", "0", "bad_value")
    yield at("a colour of five digits", "color", "#12345", "bad_value")
    yield at("a colour in words", "color", "rather red", "bad_value")
    yield at("a colour", "color", "#1f3d96")
    yield at("a colour of print", "color", "cmyk(10,20,30,0)")
    yield at("a gradient", "background_color", "linear-gradient(0% 0% 100% 0%, #ff0000 0%, #0000ff 100%)")
    yield at("a bad gradient", "background_color", "linear-gradient(0% 0% 100% 0%, #ff0000", "bad_value")
    yield at("a weight between", "font_weight", "450", "bad_value")
    yield at("an outline too wide", "stroke_width", "41", "bad_value")
    yield at("a slant too steep", "skew_y", "45", "bad_value")
    yield at("a shadow too far", "shadow_offset_x", "300", "bad_value")
    yield at("a shadow", "shadow_blur", "12")
    yield at("an alignment of words", "alignment", "somewhere", "bad_value")
    yield at("no choice", "text_transform", "shouting", "bad_value")
    yield at("maybe", "auto_resize", "maybe", "bad_value")
    yield at("a minimum alone", "min_font_size", "10")
    yield at("the mandatory layer empty", "payload", "", "mandatory_layer")
    yield at("the mandatory layer hidden", "hidden", "true", "mandatory_layer")
    yield at("an outline of the picture", "stroke_width", "61", "bad_value", picture)
    yield at("more than whole", "opacity", "101", "bad_value", picture)
    yield at("half clear", "opacity", "50", "", picture)
    yield at("a mask", "mask_name", "circle", "", picture)
    yield at("a mask that is not drawn", "mask_name", "blob", "", picture)
    yield at("a mask that there is not", "mask_name", "star", "bad_value", picture)
    yield at("grey", "filter_name", "grayscale", "", picture)
    yield at("an overlay", "overlay_color_1", "#ff0000", "", picture)
    yield at("without its ground", "remove_bg", "true", "cannot_be_made", picture)
    yield at("with its ground", "remove_bg", "false", "", picture)
    yield at("enlarged", "upscale", "true", "cannot_be_made", picture)
    yield at("widened", "expand", "true", "cannot_be_made", picture)
    yield at("drawn by a model beside a picture", "text_to_image", "a desk", "", picture)
    yield Fault(
        "drawn by a model",
        {f"{picture}.image_url": "", f"{picture}.text_to_image": "a desk"},
        "cannot_be_made",
    )
    yield Fault("a picture of the model's, hidden", {f"{picture}.remove_bg": "true", f"{picture}.hidden": "true"})
    yield at("a ground", "background_color", "#eeeeee", "", "root")
    yield at("a clear ground", "background_color", "#00000000", "", "root")
    yield at("a bad ground", "background_color", "#ggg", "bad_value", "root")
    if stage.rating:
        yield at("a score over the top", "rating_score", "140", "bad_value", stage.rating)
        yield at("a score of words", "rating_score", "four", "bad_value", stage.rating)
        yield at("large stars", "star_dimension", "400", "", stage.rating)
        yield at("far stars", "star_margin", "101", "bad_value", stage.rating)
    if stage.shape:
        yield at("a pattern", "pattern_name", "plus", "", stage.shape)
        yield at("a shape's outline", "stroke_width", "60", "", stage.shape)
    if button:
        yield at("a shadow under the label", "text_shadow_blur", "4", "", button)
        yield at("a label to the left", "text_align", "left", "", button)
        yield at("a label to nowhere", "text_align", "justify", "bad_value", button)
    for kind in ("png", "jpeg", "webp", "avif", "pdf", "gif"):
        yield Fault(f"as {kind}", {}, output={"image_file_type": kind})


def _accidents(stage: Stage) -> Iterator[Fault]:
    title, line = f"{stage.title}.payload", f"{stage.line}.payload"
    yield Fault("no picture", {f"{stage.picture}.image_url": ""}, "sample_picture")
    yield Fault("no line", {line: ""}, "" if stage is SALE else "sample_text")
    for text, code in (
        ("[object Object]", "placeholder_text"),
        ("NaN", "placeholder_text"),
        ("#N/A", "placeholder_text"),
        ("undefined", "placeholder_text"),
        ("Lorem ipsum dolor", "placeholder_text"),
        ("{{ title }}", "unfilled_braces"),
        ("Hello {name}", "unfilled_braces"),
        ("Tom &amp;amp; Jerry", "escaped_text"),
        ("A<br>B", ""),
        ("CafÃ© crÃ¨me", "broken_encoding"),
        ("WALNUT DESK WITH THREE DRAWERS", "all_capitals"),
    ):
        yield Fault(f"the title {text}", {title: text}, code)
    yield Fault("one of two", {title: "The same"})
    yield Fault("two of two", {title: "The same"}, "rows_alike")
    if stage.before:
        now, before = f"{stage.price}.payload", f"{stage.before}.payload"
        yield Fault("no price", {now: ""}, "sample_price")
        yield Fault("the price before below", {now: "€90", before: "€60"}, "price_not_reduced")
        yield Fault("the price before the same", {now: "€90", before: "€90"}, "price_not_reduced")
        yield Fault("no currency", {now: "80"}, "currency_missing")
    if stage is CARD:
        yield Fault("a saving of nothing", {"badge.payload": "−0%"}, "saving_of_nothing")
    if stage is SALE:
        yield Fault("a saving of nothing", {"percent.payload": "0%"}, "saving_of_nothing")
