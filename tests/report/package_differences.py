"""Two workbook packages -> how they differ, past what a report may do to one. The list of that is only here."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

# What stands in a part only because of the report, and why it may. Taking it out must give the part as it was.
ADDED_TO_THE_SHEET = (
    (
        "the result cells",
        rb'<(?:\w+:)?c r="[A-Z]+\d+"(?: s="\d+")? t="inlineStr"><(?:\w+:)?is><(?:\w+:)?t xml:space="preserve">'
        rb".*?</(?:\w+:)?c>",
    ),
    ("their links", rb'<(?:\w+:)?hyperlink(?: xmlns:r="[^"]*")? ref="[A-Z]+\d+" \w+:id="rIdBulkgen\d+"/>'),
    ("a list of links where there was none", rb"<(?:\w+:)?hyperlinks></(?:\w+:)?hyperlinks>"),
)
# What is not the same afterwards, and why it may not be.
CHANGED_IN_THE_SHEET = (
    ("widths of columns, which are compared one by one below", rb"<(?:\w+:)?cols>.*?</(?:\w+:)?cols>|<(?:\w+:)?cols/>"),
    ("the extent, which the results widen", rb'<(?:\w+:)?dimension ref="[^"]*"/>'),
    ("spans, a hint for reading that the results would make false", rb' spans="[\d: ]*"'),
)
ADDED_ELSEWHERE = {
    "[Content_Types].xml": (rb'<Override PartName="/[^"]*/bulkgen\d*\.xml" ContentType="[^"]*"/>',),
    "workbook.xml": (
        rb'<(?:\w+:)?sheet(?: xmlns:r="[^"]*")? name="bulkgen summary" sheetId="\d+" \w+:id="rIdBulkgen\d+"/>',
    ),
    "workbook.xml.rels": (rb'<Relationship Id="rIdBulkgen\d+" [^>]*/>',),
    "sheet rels": (rb'<Relationship Id="rIdBulkgen\d+" [^>]*TargetMode="External"/>',),
}


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def differences(before: Path, after: Path, sheet_part: str) -> list[str]:
    """One line a difference that nothing on the lists allows; none is what a report must give."""
    old, new = parts_of(before), parts_of(after)
    folder, _, name = sheet_part.rpartition("/")
    sheet_rels = f"{folder}/_rels/{name}.rels"
    found = [f"{part} is gone" for part in old if part not in new]
    for part in new:
        if part not in old:
            if not re.fullmatch(r"(.*/)?bulkgen\d*\.xml", part) and part != sheet_rels:
                found.append(f"{part} is new")
        elif old[part] == new[part]:
            continue
        elif part == sheet_part:
            if without_report(new[part]) != _without_hints(old[part]):
                found.append(f"{part} differs in more than the results")
            if _columns_before(old[part], new[part]) != _columns_before(new[part], new[part]):
                found.append(f"{part} has other widths, styles or outlines of its columns")
        elif part.endswith("styles.xml"):
            found += _style_differences(old[part], new[part])
        else:
            patterns = ADDED_ELSEWHERE.get("sheet rels" if part == sheet_rels else part.rpartition("/")[2], ())
            body = new[part]
            for pattern in patterns:
                body = re.sub(pattern, b"", body)
            if body != old[part]:
                found.append(f"{part} differs")
    return found


def without_report(sheet: bytes) -> bytes:
    for _, pattern in ADDED_TO_THE_SHEET:
        sheet = re.sub(pattern, b"", sheet, flags=re.DOTALL)
    return _without_hints(sheet)


def _without_hints(sheet: bytes) -> bytes:
    for _, pattern in CHANGED_IN_THE_SHEET:
        sheet = re.sub(pattern, b"", sheet)
    return sheet


def _columns_before(sheet: bytes, report: bytes) -> dict[int, bytes]:
    """What `sheet` says of each column, but for those in which `report` has results: a range of columns around them is
    split."""
    results = {
        _number(letters) for letters in re.findall(ADDED_TO_THE_SHEET[0][1].replace(b"[A-Z]+", b"([A-Z]+)"), report)
    }
    found: dict[int, bytes] = {}
    for tag in re.findall(rb"<(?:\w+:)?col .*?/?>", sheet):
        low, high = (int(re.findall(name + rb"=[\"'](\d+)", tag)[0]) for name in (rb"\bmin", rb"\bmax"))
        told = re.sub(rb" m(?:in|ax)=[\"']\d+[\"']", b"", tag)
        found.update(dict.fromkeys(set(range(low, high + 1)) - results, told))
    return found


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _style_differences(old: bytes, new: bytes) -> list[str]:
    """Looks are added at the ends of three lists; what was there keeps its number."""
    for name in (b"fonts", b"fills", b"cellXfs"):
        before, after = (_inside(body, name) for body in (old, new))
        if not after.startswith(before):
            return [f"styles: {name.decode()} are not as they were"]
        old = old.replace(_whole(old, name), b"")
        new = new.replace(_whole(new, name), b"")
    return [] if old == new else ["styles differ outside of what the results need"]


def _whole(body: bytes, name: bytes) -> bytes:
    match = re.search(rb"<(\w+:)?" + name + rb"\b.*?</(\w+:)?" + name + rb">", body, re.DOTALL)
    assert match is not None
    return match[0]


def _inside(body: bytes, name: bytes) -> bytes:
    whole = _whole(body, name)
    return whole[whole.index(b">") + 1 : whole.rindex(b"</")]
