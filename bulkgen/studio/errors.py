"""What the studio raises to the program that embeds it. Its own root: it may not borrow the stages' errors.

What goes to an HTTP client is a `answers.Refusal`; what goes wrong with one picture is a reason in its result.
"""

from __future__ import annotations


class StudioError(Exception):
    """The studio cannot be started or cannot work. `hint` says what to do next."""

    code = "studio"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class StudioBusyError(StudioError):
    """Another live studio holds the folder. `url` is where it answers, when it has said so already."""

    code = "studio_busy"

    def __init__(self, message: str, *, url: str | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.url = url


class StoreError(StudioError):
    """The studio's own store cannot be read or written."""

    code = "studio_store"
