"""Every refusal of a row by the mapping: its code, what it means, what to do. Pure.

Codes are stable: scripts branch on them, and `docs/problems.md` is made from this table. The words about one
particular cell are written where it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.mapping.picture_cells import holds_picture, worded
from bulkgen.sheet.model import Origin
from bulkgen.sheet.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of problem. `severity` error keeps the row from being sent, warning does not."""

    code: str
    meaning: str
    remedy: str
    severity: Severity = Severity.ERROR


CODES: dict[str, Code] = {
    entry.code: entry
    for entry in (
        Code(
            "bad_value",
            "A cell's value is not one that the property it is mapped to takes.",
            "Write a value of the kind the message names, or map another column.",
        ),
        Code(
            "text_too_long",
            "A text is longer than the API takes: 10,000 characters in a text layer, 2,048 in a button.",
            "Shorten the cell, or cut it in the mapping with `truncate`.",
        ),
        Code(
            "broken_text",
            "A cell holds half of a character (a lone surrogate), which no file or request can carry.",
            "Type the text again; it was damaged by the program that wrote the sheet.",
        ),
        Code(
            "control_characters",
            "Invisible control characters were taken out of a text.",
            "Nothing, unless something visible is missing.",
            Severity.WARNING,
        ),
        Code(
            "placeholder_text",
            "A cell holds what a program writes when it has no value, such as `#REF!`, `undefined` or `null`.",
            "Mend the cell, or empty it so that the design's own value shows.",
            Severity.WARNING,
        ),
        Code(
            "cell_too_long",
            "A cell that an expression reads is too long to be worked on.",
            "Shorten the cell; the bound is far above what a banner can show.",
        ),
        Code(
            "result_too_long",
            "An expression gave a text that is longer than any property takes.",
            "Look for a repetition in the expression.",
        ),
        Code(
            "too_much_work",
            "An expression asks for a number or a text of a size that is refused.",
            "Calculate with amounts as they stand in a sheet.",
        ),
        Code(
            "bad_expression",
            "An expression cannot be worked out for this row.",
            "See the message; a text becomes a number with the filter `amount`.",
        ),
        Code(
            "unknown_column",
            "An expression that makes up the name of a column while it runs named one that is not there.",
            "Write the header as it stands in the sheet.",
        ),
        Code(
            "not_a_price",
            "A cell that is shown as money holds no price.",
            "Write an amount, empty the cell, or show the cell as it is (without `money`).",
        ),
        Code(
            "price_without_currency",
            "A price names no currency, or its sign belongs to several, and the mapping says none.",
            "Give the currency: `money('EUR')`.",
        ),
        Code(
            "price_in_another_currency",
            "A price names another currency than the mapping.",
            "Mend the cell, or leave the currency out of `money()`; amounts are never converted.",
        ),
        Code(
            "ambiguous_number",
            "A number can be read in two ways, such as 1.234.",
            "Write it with two decimals, or say the decimal mark: `money('EUR', decimal=',')`.",
        ),
        Code("not_a_number", "A cell that is used as a number is none.", "Write a plain number, or empty the cell."),
        Code(
            "not_a_date",
            "A cell that is shown as a date is none.",
            "Write it as YYYY-MM-DD, or as the given locale writes dates.",
        ),
        Code(
            "empty_value",
            "A cell is empty and the mapping says `empty: error` for what it is mapped to.",
            "Fill the cell, or say `empty: keep` or `empty: hide`.",
        ),
        Code(
            "mandatory_layer",
            "A layer that the design wants in every request is missing, empty, hidden or as in the design.",
            "Fill the cell that is mapped to it with a value of its own.",
        ),
        Code(
            "no_format",
            "The row asks for no format.",
            "Name at least one format, `all` for all of them, or leave the row out with `where`.",
        ),
        Code("unknown_format", "The row asks for a format that the design does not have.", "Use a name of the list."),
        Code(
            "bad_address",
            "An address cannot be used: it is not http or https, or not an address at all.",
            "Write the whole address, from https:// on.",
        ),
        Code(
            "picture_not_found",
            "A picture cell names a file that is not there.",
            "Names count from the folder of the sheet, where upper and lower case differ, or from `--images`.",
        ),
        Code(
            "picture_outside",
            "A picture cell names a file outside the folder of the sheet.",
            "Put the file in that folder or below, or give its folder with `--images`.",
        ),
        Code("picture_unreadable", "A picture file cannot be read.", "Check that it is a file and may be read."),
        Code(
            "picture_ambiguous",
            "A picture cell names a file of which `--images` has several: in two folders, or with two endings.",
            "Write the whole path with its ending, as seen from the folder or archive.",
        ),
        Code(
            "picture_too_big",
            "A picture that is to be sent along is over the API's 20 MB, or, for print, over the 48 MB that a request"
            " can carry.",
            "Save it smaller. At an address it may have more: for print 500 MB, a video 100 MB, a sound 25 MB.",
        ),
        Code(
            "pictures_too_big",
            "The pictures that would be sent along in one request are together over 48 MB: the limit of the studio, and"
            " the hosted API names none.",
            "Save them smaller, or put the largest at an address.",
        ),
        Code(
            "picture_in_text",
            "A cell that shows a picture is mapped to a property that takes none, or worked on by an expression.",
            "Map the column to an image or logo layer, as it is.",
        ),
        Code(
            "bad_encoding",
            "A cell holds a picture as text that cannot be decoded.",
            "Export it again as base64, whole, or give the picture as a file or address. A spreadsheet cuts cells at"
            " 32,767 characters.",
        ),
        Code(
            "not_a_picture",
            "A file is not a picture of a kind that the API takes, whatever its name says.",
            "Save it as JPEG, PNG, WebP, SVG, GIF, TIFF or AVIF.",
        ),
        Code(
            "share_link",
            "A drive's link for people was rewritten to the address of the picture itself.",
            "Nothing, if anybody with the link may open the picture.",
            Severity.WARNING,
        ),
        Code(
            "picture_fallback",
            "A picture cannot be used, so the row gets the mapping's `fallback`.",
            "Mend the cell or the picture, or leave it at that.",
            Severity.WARNING,
        ),
        Code(
            "unmatched_column",
            "Without a mapping file, a column fills nothing although its header is nearly the name of a layer, or names"
            " a property that the layer does not have.",
            "Rename the column, or leave it at that. It is told once, with the first row.",
            Severity.WARNING,
        ),
        Code("empty_key", "The key cell is empty.", "Give the row a key of its own."),
        Code(
            "repeated_key",
            "Several rows have the same key.",
            "Make the keys differ, or choose with `--duplicates first`, `last` or `each`.",
        ),
    )
}


class Refused(Exception):
    """A value that a row cannot have. Raised in the depth of a row, turned into a Problem at its edge.

    `seen` is the cell text it is about, if known: where an expression reads several columns it tells them apart.
    """

    def __init__(self, code: str, message: str, *, hint: str = "", seen: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.seen = seen


def problem(
    code: str, origin: Origin, message: str, *, hint: str = "", facts: tuple[tuple[str, str], ...] = ()
) -> Problem:
    entry = CODES[code]
    return Problem(code, origin, message, hint or entry.remedy, entry.severity, facts)


def shown(value: object, limit: int = 60) -> str:
    """A value as a message quotes it: short, and whatever it holds, printable."""
    if isinstance(value, str) and holds_picture(value):
        text = worded(value)
    else:
        # Cut first: a cell may hold a picture as text, and the whole of it is not needed to show its beginning.
        text = repr(value[: limit + 1] if isinstance(value, str) else value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
