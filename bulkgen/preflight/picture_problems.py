"""What can be wrong with a picture: codes, and one finding of it without a place. Pure.

The place is added for each cell that names the picture, since it is judged once for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from bulkgen.mapping.problems import CODES as MAPPING_CODES
from bulkgen.mapping.problems import Code
from bulkgen.sheet.model import Origin
from bulkgen.sheet.problems import Problem, Severity

_WARNING = Severity.WARNING

PICTURE_CODES: dict[str, Code] = {
    entry.code: entry
    for entry in (
        Code(
            "picture_dead",
            "There is nothing at the address of a picture, video or sound: it is gone, or its host is not known or does"
            " not let anybody in.",
            "Open the address in a browser, and write the one that the shop uses now.",
        ),
        Code(
            "picture_unanswered",
            "A picture's server answered with an error of its own, broke off, or did not answer in time, twice.",
            "Run the check again later; if it stays so, put the picture on another server.",
        ),
        Code(
            "picture_needs_login",
            "A picture is shown only to those who log in.",
            "Share it with anybody who has the link, or put the file beside the sheet.",
        ),
        Code(
            "picture_not_public",
            "A picture's address leads into a private network, which the provider does not reach.",
            "Use an address of the public internet, or put the file beside the sheet.",
        ),
        Code(
            "picture_is_page",
            "An address leads to a web page and not to a picture.",
            "Use the address of the picture itself: in a browser, 'copy image address'.",
        ),
        Code(
            "picture_share_link",
            "An address is a drive's link for people: it leads to a page about the picture.",
            "Use the direct address that the hint names, or put the file beside the sheet.",
        ),
        Code(
            "picture_damaged",
            "A picture's file is damaged: it cannot be read as what it begins as.",
            "Save it again from the original.",
        ),
        Code(
            "picture_cut_short",
            "A picture's file ends before the picture does; the rest of it would be grey.",
            "Upload it again; the upload broke off.",
        ),
        Code(
            "picture_unsafe",
            "An SVG declares entities, which no service reads from strangers.",
            "Save it again from the drawing program as plain SVG.",
        ),
        Code(
            "picture_too_many_pixels",
            "A picture has more pixels than can be drawn. A warning for the hosted API, whose bound is not known.",
            "Save it smaller: no format needs more than a few thousand pixels a side.",
        ),
        Code(
            "svg_not_drawn",
            "An SVG holds what the studio does not draw. A warning for the hosted API, which draws more of them.",
            "Convert texts to outlines and pictures to shapes, or save it as PNG.",
        ),
        Code(
            "picture_not_looked_at",
            "A picture could not be looked at here; nothing is known of it.",
            "See the message.",
            _WARNING,
        ),
        Code(
            "picture_too_small",
            "A picture is smaller than its box and is enlarged more than one and a half times: it looks blurred.",
            "Use a larger picture, or a format with a smaller box.",
            _WARNING,
        ),
        Code(
            "picture_low_resolution",
            "A picture has fewer dots an inch than the print is made for (300, or the design's number if lower).",
            "Use a larger picture if it matters.",
            _WARNING,
        ),
        Code(
            "picture_too_coarse",
            "A picture has less than half of the dots an inch that the print is made for: it shows squares.",
            "Use a larger picture.",
        ),
        Code(
            "picture_cmyk",
            "A picture is in the colours of print (CMYK); on a screen they come out otherwise than meant.",
            "Save it as RGB with the profile sRGB.",
            _WARNING,
        ),
        Code(
            "picture_rotated",
            "A picture lies on its side or head and carries a note to turn it (EXIF), which not every program heeds.",
            "Nothing on the studio, which turns it; for other providers save it upright.",
            _WARNING,
        ),
        Code(
            "picture_transparent",
            "A picture is transparent in part where the design expects a whole one, so its ground shows through.",
            "Put it on a ground, or look at one such banner before all of them are made.",
            _WARNING,
        ),
        Code(
            "picture_animated",
            "A picture is animated; a banner shows its first frame.",
            "Nothing, if the first frame is the right one.",
            _WARNING,
        ),
        Code(
            "not_media",
            "What is given as a video or sound is none.",
            "Use the address of an MP4, MOV or WebM file; for a sound of an MP3 or WAV file.",
        ),
        Code(
            "media_damaged",
            "A video or sound cannot be played as far as the banner needs it: it is damaged, cut short, or coded in a"
            " way that is not read. A warning for the hosted API, which reads more kinds.",
            "Save it again: a video as MP4 with H.264, a sound as MP3 or WAV.",
        ),
        Code(
            "bad_trim",
            "The part of a video that its address asks for is none: `trim_start` lies past its end or `trim_end`, or is"
            " no number.",
            "Mend `?trim_start=` and `&trim_end=`: seconds from the start of the video.",
        ),
        Code(
            "trim_past_end",
            "A video ends before `trim_end`; it stands on its last frame from there on.",
            "Nothing, if that is meant.",
            _WARNING,
        ),
    )
}

_ALL = {**MAPPING_CODES, **PICTURE_CODES}


@dataclass(frozen=True, slots=True)
class PictureFlaw:
    """A problem that is not said of any cell yet."""

    code: str
    message: str
    hint: str
    severity: Severity

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def at(self, origin: Origin, facts: tuple[tuple[str, str], ...] = ()) -> Problem:
        return Problem(self.code, origin, self.message, self.hint, self.severity, facts)


def flaw(code: str, message: str, hint: str = "", *, is_certain: bool = True) -> PictureFlaw:
    """`is_certain` false: what is an error elsewhere may be none at this provider."""
    entry = _ALL[code]
    return PictureFlaw(code, message, hint or entry.remedy, entry.severity if is_certain else _WARNING)
