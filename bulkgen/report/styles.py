"""The styles part -> the same with the few looks a report needs at its end. Pure.

What is there keeps its number. A look that is there already, from the report before, is used again, so that a sheet
that goes round and round does not grow.
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.report.xml_spans import Document, Edit, Element, appended, splice, with_attribute

# Excel opens no workbook with more.
_MAX_LOOKS = 64_000

_LINK_COLOR = "FF0563C1"
_PROBLEM_COLOR = "FFB3261E"
_QUIET_COLOR = "FF5F6B7A"
_HEADING_FILL = "FFE7ECF2"

# What of the workbook's own body font a look keeps, in the order the schema wants, around what it adds.
_FONT_BEFORE_COLOR = ("sz",)
_FONT_AFTER_COLOR = ("name", "family", "charset", "scheme")


@dataclass(frozen=True, slots=True)
class Looks:
    """Numbers of cell formats; None where the workbook cannot take any."""

    link: int | None = None
    problem: int | None = None
    title: int | None = None
    heading: int | None = None
    label: int | None = None
    number: int | None = None


def add_looks(styles: Document) -> tuple[bytes, Looks]:
    root = styles.root
    fonts, fills, formats = root.first("fonts"), root.first("fills"), root.first("cellXfs")
    if fonts is None or fills is None or formats is None or not fonts.children or not fills.children:
        return styles.body, Looks()
    if not formats.children or len(formats.children) + 6 > _MAX_LOOKS:
        return styles.body, Looks()
    prefix = styles.prefix
    body_font = fonts.children[min(_number(formats.children[0], "fontId"), len(fonts.children) - 1)]

    def font(*, color: str = "", marks: str = "", points: float | None = None) -> bytes:
        return _font(styles, body_font, color=color, marks=marks, points=points)

    font_list = _Collection(styles, fonts)
    fill_list = _Collection(styles, fills)
    format_list = _Collection(styles, formats)
    bold, underlined = f"<{prefix}b/>", f"<{prefix}u/>"
    shade = fill_list.number(
        f'<{prefix}fill><{prefix}patternFill patternType="solid"><{prefix}fgColor rgb="{_HEADING_FILL}"/>'
        f'<{prefix}bgColor indexed="64"/></{prefix}patternFill></{prefix}fill>'.encode()
    )

    def look(font_bytes: bytes, fill: int = 0, *, is_left: bool = False) -> int:
        number = font_list.number(font_bytes)
        start = f'<{prefix}xf numFmtId="0" fontId="{number}" fillId="{fill}" borderId="0" xfId="0" applyFont="1"'
        start += ' applyFill="1"' if fill else ""
        if not is_left:
            return format_list.number(f"{start}/>".encode())
        alignment = f'<{prefix}alignment horizontal="left"/>'
        return format_list.number(f'{start} applyAlignment="1">{alignment}</{prefix}xf>'.encode())

    looks = Looks(
        link=look(font(color=_LINK_COLOR, marks=underlined)),
        problem=look(font(color=_PROBLEM_COLOR)),
        title=look(font(marks=bold, points=16)),
        heading=look(font(marks=bold), shade),
        label=look(font(color=_QUIET_COLOR)),
        number=look(font(), is_left=True),
    )
    edits = [edit for items in (font_list, fill_list, format_list) for edit in items.edits()]
    return splice(styles.body, edits), looks


class _Collection:
    """A counted list of the part; what is added stands at its end."""

    def __init__(self, styles: Document, element: Element) -> None:
        self._styles = styles
        self._element = element
        self._known = {styles.bytes_of(child): index for index, child in reversed(list(enumerate(element.children)))}
        self._count = len(element.children)
        self._added: list[bytes] = []

    def number(self, item: bytes) -> int:
        if item not in self._known:
            self._known[item] = self._count + len(self._added)
            self._added.append(item)
        return self._known[item]

    def edits(self) -> list[Edit]:
        if not self._added:
            return []
        element = self._element
        tag = self._styles.body[element.start : element.inner]
        counted = with_attribute(tag, "count", str(self._count + len(self._added)))
        return [
            Edit(element.start, element.inner, counted),
            appended(self._styles.body, element, b"".join(self._added)),
        ]


def _font(styles: Document, body_font: Element, *, color: str, marks: str, points: float | None) -> bytes:
    prefix = styles.prefix

    def kept(names: tuple[str, ...]) -> str:
        return "".join(styles.bytes_of(child).decode() for name in names for child in body_font.all(name))

    size = f'<{prefix}sz val="{points:g}"/>' if points else kept(_FONT_BEFORE_COLOR)
    tint = f'<{prefix}color rgb="{color}"/>' if color else kept(("color",))
    return f"<{prefix}font>{marks}{size}{tint}{kept(_FONT_AFTER_COLOR)}</{prefix}font>".encode()


def _number(element: Element, attribute: str) -> int:
    value = element.attributes.get(attribute, "0")
    return int(value) if value.isdigit() else 0
