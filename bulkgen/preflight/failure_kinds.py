"""Why a banner cannot be made, in the few kinds that both sides can tell apart: our codes before, a reason after. Pure.

Left out: comparing the two (`honesty`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """Why a banner cannot be made, as far as both sides can tell: ours before, the provider's after."""

    TEXT = "text does not fit"
    GLYPH = "character without a font"
    FONT = "unknown font"
    PICTURE = "picture not to be had"
    DECODING = "picture not to be drawn"
    MANDATORY = "mandatory layer"
    CODE = "code too long"
    VALUE = "value refused"
    NOT_MADE = "not made by this provider"
    OTHER = "something else"
    PROVIDER = "the provider's own trouble"


# What an error foretells. Those that are not here keep a row from being sent and say nothing of the provider: a key
# that is there twice, a price that cannot be read, a picture too coarse to print.
FORETOLD: Mapping[str, Kind] = {
    "text_does_not_fit": Kind.TEXT,
    "text_may_not_fit": Kind.TEXT,
    "no_glyph": Kind.GLYPH,
    "unknown_font": Kind.FONT,
    "unknown_illustration": Kind.NOT_MADE,
    "qr_too_long": Kind.CODE,
    "cannot_be_made": Kind.NOT_MADE,
    "extra_missing": Kind.NOT_MADE,
    "mandatory_layer": Kind.MANDATORY,
    "bad_value": Kind.VALUE,
    "text_too_long": Kind.VALUE,
    "bad_address": Kind.PICTURE,
    "picture_dead": Kind.PICTURE,
    "picture_unanswered": Kind.PICTURE,
    "picture_needs_login": Kind.PICTURE,
    "picture_not_public": Kind.PICTURE,
    "picture_is_page": Kind.PICTURE,
    "picture_share_link": Kind.PICTURE,
    "picture_too_big": Kind.PICTURE,
    "not_a_picture": Kind.DECODING,
    "picture_damaged": Kind.DECODING,
    "picture_cut_short": Kind.DECODING,
    "picture_unsafe": Kind.DECODING,
    "picture_too_many_pixels": Kind.DECODING,
    "svg_not_drawn": Kind.DECODING,
    "not_media": Kind.DECODING,
    "media_damaged": Kind.DECODING,
    "bad_trim": Kind.VALUE,
}
# Warnings that are forecasts all the same, since they are measured and only may be wrong.
MEASURED = frozenset(("text_may_not_fit",))
# Warnings by which preflight says that it does not know.
NOT_KNOWN: Mapping[str, Kind] = {
    "font_not_at_hand": Kind.TEXT,
    "glyph_uncertain": Kind.GLYPH,
    "picture_not_looked_at": Kind.PICTURE,
}

# The words of a failure -> its kind; the first that is found counts: the studio's words, those of the API that are
# known, and its error ids. Texts and addresses are quoted in them and may hold any word: so what quotes comes first,
# and a pattern is a sentence rather than a word.
_REASONS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("|".join(patterns), re.IGNORECASE | re.DOTALL))
    for kind, patterns in (
        (Kind.TEXT, (r"the text '.*' cannot fit within", r"cannot fit within the defined space")),
        (
            Kind.PICTURE,
            (
                r"answered \d{3}\b",
                r"could not be reached",
                r"did not answer within",
                r"redirects more than",
                r"is not an address",
                r"is not http or https",
                r"is not on the public internet",
                r"(?<!this )is a web page, not a (?:picture|video|sound)",
                r"is larger than [\d.]+ MB",
                r"was not loaded",
                r"is not in the design's folder",
                r"the picture sent with the request is gone",
                r"\bunreachable_src\b",
            ),
        ),
        (Kind.GLYPH, (r"no font at hand has the character",)),
        (Kind.FONT, (r"\bunknown[ _]font\b", r"the font file .* cannot be read")),
        (Kind.MANDATORY, (r"this layer is mandatory", r"\bmissing_required\b")),
        (Kind.CODE, (r"too long for a QR code",)),
        (
            Kind.NOT_MADE,
            (
                r"not available on this provider",
                r"not rendered by this studio",
                r"unsupported QR icon",
                r"error: .* is .*, and must be ",
                r"stand beside each other in a (?:ring|chain)",
                r"is too large: [\d,]+ x [\d,]+ px, over",
                r"leads back to itself",
                r"names the layer itself",
                r"error: \S.* has no illustration",
                r"error: illustrations of .* are not available here",
                r"error: illustration_file names no emoji",
                r"error: \S.* is no emoji",
                r"a webp picture has at most",
                r"the (?:file|film) has [\d,]+ kB\b.*, at most",
                r"the GIF still has [\d,]+ kB\b.*, at most",
                r"a GIF of \S+ seconds at .* has [\d,]+ frames and",
                r"needs? the \w+ extra",
                r"is not for animated designs",
                r"a document of several pages is a pdf, not",
                r"the drawing has a (?:colour space|gradient) that cannot be printed",
                r"the design's unit is",
                r"\bunsupported_for_type\b",
            ),
        ),
        (
            Kind.PROVIDER,
            (
                r"it took longer than",
                r"it needs more memory",
                r"it could not be (?:drawn|made): \w+ in the",
                r"the (?:file|film|GIF) cannot be written",
                r"the drawn pages cannot be read again",
                r"cannot be kept on disk",
                r"the design (?:is no longer there|no longer has)",
                r"returned neither a \w+ nor an error",
                r"\d times in a row\)",
                r"\binternal_(?:server_)?error\b",
            ),
        ),
        (
            Kind.DECODING,
            (
                r"the \w+ (?:is (?:damaged|truncated|empty|too large|cut short|coded)\b|needs more memory)",
                r"the picture cannot be (?:drawn|read)",
                r"the \w+ has (?:no (?:picture|sound)\b|more than \d+ frames|[\d,]+ samples)",
                r"this is .{1,12}, not a (?:picture|video|sound)",
                r"\bSVG\b",
                r"unidentifiable (?:image|video|sound)",
                r"is not base64",
                r"holds no base64",
                r"is empty\b",
            ),
        ),
        # Ids that say less than any sentence beside them.
        (Kind.PICTURE, (r"\bimage_fetching_error\b",)),
        (
            Kind.VALUE,
            (
                r"\btrim_(?:start|end) is .*(?:must be|ends before)",
                r"must be seconds from the start of the video",
                r"html5\.click_tag is .*, and must be",
                r"print\.color_profile .* is not known here",
                r"page .* is not one of",
            ),
        ),
        (Kind.VALUE, (r"\b(?:invalid_payload|wrong_type|out_of_range|unknown_enum_value)\b",)),
    )
)


def kind_of(reason: str) -> Kind | None:
    """None for words that are not known."""
    return next((kind for kind, pattern in _REASONS if pattern.search(reason)), None)
