"""Every problem that preflight adds to those of the mapping: its code, what it means, what to do. Pure.

An *error* is what would fail at the provider; what would be made and look wrong is a *warning*, however wrong it is:
an account of what was saved is only worth something if an error always means a failure.
"""

from __future__ import annotations

from bulkgen.mapping.problems import CODES as MAPPING_CODES
from bulkgen.mapping.problems import Code
from bulkgen.sheet.model import Origin
from bulkgen.sheet.problems import Problem, Severity

_WARNING = Severity.WARNING

CODES: dict[str, Code] = {
    entry.code: entry
    for entry in (
        # -- what the provider would refuse, ignore or leave out
        Code(
            "unknown_font",
            "A font is asked for that the provider does not have.",
            "Use the id of a font of the list; `GET /fonts` gives all of them.",
        ),
        Code(
            "cannot_be_made",
            "A layer is asked to do what this provider cannot do, or cannot be set as it is described.",
            "Leave the property out, or run against the provider that has it.",
        ),
        Code(
            "extra_missing",
            "A file of this type is made by an extra that is not installed.",
            "Install the extra that the message names, or ask for another type of file.",
        ),
        Code(
            "unknown_illustration",
            "An illustration is asked for that the studio has in none of its sets.",
            "Take a name of feather or material_icons, or for twemoji the code of the emoji, as `1f600`.",
        ),
        Code(
            "qr_too_long",
            "A text is longer than any QR code of its kind can hold.",
            "Encode a shorter address.",
        ),
        Code(
            "not_drawn",
            "A property is valid, and the studio does not draw it.",
            "Nothing, if the banner is good without it; the hosted service draws it.",
            _WARNING,
        ),
        Code(
            "without_effect",
            "A property is set that works only together with another one, which nothing sets.",
            "Set the other property as well, or leave this one out.",
            _WARNING,
        ),
        Code(
            "no_quality_to_lower",
            "A file may have at most so many kB, and is a PNG, which has no quality to lower.",
            "Ask for `image_file_type: webp` (or `jpeg` where the ground is opaque), or leave `max_kb` out.",
            _WARNING,
        ),
        Code(
            "not_in_bleed",
            "A picture reaches the edge of the paper and is not drawn past it, since it has a shape or frame of its"
            " own: where the cut is not exact, a white line stays.",
            "Leave out its mask, its frame or `fitting_type: fill`, or keep it away from the edge.",
            _WARNING,
        ),
        Code(
            "html5_limit",
            "An ad network does not take a banner that leads or plays as this one does.",
            "Mend the option that the message names, or the length of the animation.",
            _WARNING,
        ),
        Code(
            "layer_not_shown",
            "A layer is filled that is in none of the formats asked for, or that the design hides in all of them.",
            "Ask for a format that has it, set `hidden: false`, or leave it out of the mapping.",
            _WARNING,
        ),
        # -- texts in their boxes
        Code(
            "text_does_not_fit",
            "A text does not fit its box, even at the smallest size that the design allows.",
            "Shorten the cell where the message says, or cut it in the mapping with `truncate`.",
        ),
        Code(
            "text_may_not_fit",
            "A text seems not to fit its box. It is measured from the outside, so the provider may find room.",
            "Look at one such banner before all of them are made, or shorten the cell.",
            _WARNING,
        ),
        Code(
            "text_cut",
            "A text is too long for its box, and the design cuts it and puts dots.",
            "Shorten the cell if the rest of it matters.",
            _WARNING,
        ),
        Code(
            "word_broken",
            "A word is wider than its box and is broken where no hyphen belongs.",
            "Use a shorter word, or put a hyphen where it may be parted.",
            _WARNING,
        ),
        Code(
            "no_glyph",
            "A text has a character that no font at hand can show.",
            "Replace the character, or add a font that has it to the design's.",
        ),
        Code(
            "glyph_uncertain",
            "A text has a character that no font at hand can show; the provider may have one that does.",
            "Look at one such banner before all of them are made.",
            _WARNING,
        ),
        Code(
            "font_not_at_hand",
            "A text cannot be measured, because its font is not at hand or not told of.",
            "Pull the design with its fonts, or look at one banner before all of them are made.",
            _WARNING,
        ),
        # -- what would be published by accident
        Code(
            "sample_text",
            "A cell is empty, so the design's own sample text is published.",
            "Fill the cell, hide the layer with `empty: hide`, or say `empty: keep` if the design's own is meant.",
            _WARNING,
        ),
        Code(
            "sample_price",
            "A cell is empty, so the price that stands in the design is published.",
            "Fill the cell, hide the layer with `empty: hide`, or say `empty: keep` if the design's own is meant.",
            _WARNING,
        ),
        Code(
            "sample_picture",
            "A cell is empty, so the design's own sample picture is published.",
            "Fill the cell, give a `fallback`, hide the layer with `empty: hide`, or say `empty: keep`.",
            _WARNING,
        ),
        Code(
            "sample_value",
            "A cell is empty, so the design's own rating or code is published.",
            "Fill the cell, hide the layer with `empty: hide`, or say `empty: keep` if the design's own is meant.",
            _WARNING,
        ),
        Code(
            "unfilled_braces",
            "A text holds the braces of a template that nothing fills, and would be published with them.",
            "Fill the variable under `vars`, or mend the cell.",
            _WARNING,
        ),
        Code(
            "escaped_text",
            "A text holds marks meant for a program, such as `&amp;`, `<br>` or `\\u00e9`, which are printed as such.",
            "Mend the export, or clean the text in the mapping (`strip_html`).",
            _WARNING,
        ),
        Code(
            "broken_encoding",
            "A text was read in the wrong encoding before it came into the sheet, as `Ã©` for `é`.",
            "Export the sheet again as UTF-8; the text cannot be mended safely.",
            _WARNING,
        ),
        Code(
            "all_capitals",
            "A longer text is written in capitals.",
            "Write it as a sentence, or use the filter `capitalize` or `title`.",
            _WARNING,
        ),
        Code(
            "price_not_reduced",
            "The price before is shown, and is not above the price now.",
            "Mend the cells, or show the price before only where it is higher: the filter `was` does that.",
            _WARNING,
        ),
        Code(
            "price_in_two_currencies",
            "The price before and the price now are shown in different currencies.",
            "Mend the cells; which of them is right cannot be told from here.",
            _WARNING,
        ),
        Code(
            "price_below_zero",
            "A price is below zero.",
            "Mend the cell; a saving belongs into a layer that is not called a price.",
            _WARNING,
        ),
        Code(
            "saving_of_nothing",
            "A saving of 0 % is shown.",
            'Hide the layer in such rows: `hidden: "{{ not sale_price }}"`, or `empty: hide`.',
            _WARNING,
        ),
        Code(
            "currency_missing",
            "A price names no currency where nearly all other rows do, or, told once, where the design's own does.",
            "Write the currency, or format the price in the mapping with `money`.",
            _WARNING,
        ),
        Code(
            "rows_alike",
            "A row has the same content as another row with another key: two banners that look the same.",
            "Map a column that tells them apart, or leave one of the rows out.",
            _WARNING,
        ),
    )
}

# The mapping's own code is used where the finding is of its kind.
_ALL = {**MAPPING_CODES, **CODES}


def problem(
    code: str, origin: Origin, message: str, *, hint: str = "", facts: tuple[tuple[str, str], ...] = ()
) -> Problem:
    entry = _ALL[code]
    return Problem(code, origin, message, hint or entry.remedy, entry.severity, facts)
