"""`text_transform` (reference 7.4), and what of a payload can be shown at all."""

from __future__ import annotations

import re
import unicodedata

# An amount and its currency stay on one line, also where the sheet has a plain space between them.
_GLUE = re.compile(r"(?<=\d) (?=(?:[€$£¥%]|(?:EUR|CHF|USD|GBP|kr|zł|Kč)(?!\w)))|(?<=EUR|CHF|USD|GBP) (?=\d)")
_WORD_STARTS = '-(["„“«¿¡'


def clean(payload: str) -> str:
    """Composed, with one kind of line end, and without control characters and halves of surrogate pairs."""
    text = payload.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text)
        text = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    return _GLUE.sub("\u00a0", text)


def cased(text: str, transform: str) -> list[str]:
    """One string per character of `text`: casing may make two of one."""
    match transform:
        case "uppercase":
            return [_upper(char) for char in text]
        case "lowercase":
            return list(text.lower()) if len(text.lower()) == len(text) else [char.lower() for char in text]
        case "titlecase":
            return [
                _title(char) if not index or text[index - 1].isspace() or text[index - 1] in _WORD_STARTS else low
                for index, (char, low) in enumerate(zip(text, cased(text, "lowercase"), strict=True))
            ]
        case "capitalize":
            first = next((index for index, char in enumerate(text) if char.isalpha()), -1)
            return [_title(char) if index == first else char for index, char in enumerate(text)]
        case _:
            return list(text)


def _upper(char: str) -> str:
    return char.upper()


def _title(char: str) -> str:
    """`title` and not `upper`: for letters that are two in one, as U+01C6."""
    return char.title() if char != "ß" else char
