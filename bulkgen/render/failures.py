"""The one error of this package: why a banner cannot be made, in the words of the per-format error (reference 1.5).

It crosses process borders, so it carries texts only.
"""

from __future__ import annotations

CANNOT_BUILD = "cannot_build_banner"
IMAGE_FETCHING = "image_fetching_error"
INVALID_FILE_TYPE = "invalid_filetype"

# A headline is quoted whole; an article pasted into it is not.
_QUOTED_CHARACTERS = 200


class RenderError(Exception):
    """`reason` is for people, `code` is one of the API's error ids, `layer` the layer at fault if it is one."""

    def __init__(self, reason: str, *, layer: str | None = None, code: str = CANNOT_BUILD) -> None:
        super().__init__(reason)
        self.reason = reason
        self.layer = layer
        self.code = code

    def __repr__(self) -> str:
        return f"RenderError({self.reason!r}, layer={self.layer!r}, code={self.code!r})"


def text_does_not_fit(layer: str, text: str) -> RenderError:
    quoted = text if len(text) <= _QUOTED_CHARACTERS else f"{text[: _QUOTED_CHARACTERS - 1]}…"
    return RenderError(
        f"Element {layer} error: The text '{quoted}' cannot fit within the defined space.",
        layer=layer,
        code=CANNOT_BUILD,
    )


def element_error(layer: str, what: str) -> RenderError:
    return RenderError(f"Element {layer} error: {what}", layer=layer, code=CANNOT_BUILD)


def picture_error(layer: str | None, what: str) -> RenderError:
    """A picture that is no picture, or not a whole one. `layer` may be added later by `of_layer`."""
    reason = f"{layer}: {what}" if layer else what
    return RenderError(reason, layer=layer, code=IMAGE_FETCHING)


def of_layer(error: RenderError, layer: str) -> RenderError:
    """The same failure, said of `layer`: for errors that were made where only the picture was known."""
    if error.layer is not None:
        return error
    return RenderError(f"{layer}: {error.reason}", layer=layer, code=error.code)
