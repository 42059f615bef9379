"""What can be wrong with a design: one finding, and the table of its kinds. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `path` leads to it in the design.json, `layer` is the layer at fault if it is one."""

    code: str
    message: str
    path: str = ""
    layer: str | None = None
    remedy: str = ""

    @property
    def severity(self) -> str:
        return CODES[self.code][0]

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    def __str__(self) -> str:
        return self.message


# An error makes a wrong picture or none; a warning may be meant.
CODES: Mapping[str, tuple[str, str]] = {
    "not_a_design": (ERROR, "no JSON, or JSON without what a design needs"),
    "repeated_id": (ERROR, "an id or a key that is there twice: one of the two is lost"),
    "unknown_key": (ERROR, "a key that nothing reads"),
    "bad_key": (ERROR, "a key whose value is of the wrong kind"),
    "reserved_name": (ERROR, "a layer with a name that means something else in a row"),
    "unknown_type": (ERROR, "a layer type that there is not"),
    "unknown_attribute": (ERROR, "an attribute that layers of this type do not have"),
    "bad_value": (ERROR, "a value that the attribute cannot have"),
    "unknown_layer": (ERROR, "a name of a layer that there is not"),
    "unknown_format": (ERROR, "a name of a format that there is not"),
    "ring": (ERROR, "layers that stand beside each other in a ring"),
    "bad_group": (ERROR, "a mask or a row that cannot be drawn"),
    "bad_box": (ERROR, "a box without a size"),
    "bad_animation": (ERROR, "a movement that would be passed over"),
    "unknown_font": (ERROR, "a font that is not at hand"),
    "bad_picture": (ERROR, "a picture that is not there or cannot be read"),
    "unknown_illustration": (ERROR, "an illustration that there is not"),
    "does_not_fit": (ERROR, "a text of the design's own that does not fit its box"),
    "cannot_be_made": (ERROR, "another reason for which a format cannot be drawn"),
    "outside": (WARNING, "a layer that lies beside its format, where nobody sees it"),
    "in_no_format": (WARNING, "a layer without a box in any format"),
    "crossed_sizes": (WARNING, "a smallest size that is above the size itself"),
    "not_drawn": (WARNING, "something that is valid and not drawn here"),
}


def codes_table() -> str:
    """The kinds as a Markdown table; it stands in docs/designs.md, and a test compares."""
    lines = ["| Code | Severity | What it is |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| `{code}` | {severity} | {what} |" for code, (severity, what) in CODES.items())])
