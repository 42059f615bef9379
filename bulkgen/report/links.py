"""A cell's address -> the target of a link that opens after we are gone, or None. Pure.

Only http(s) addresses and paths relative to the report are linked: what came from outside may name any scheme, and a
cell that starts a program when clicked is not a banner.
"""

from __future__ import annotations

import re
from urllib.parse import quote

# What a URI may hold as it is. Characters outside ASCII stay: the package format takes IRIs, and both Excel and
# LibreOffice open them, while Excel shows an escaped file name escaped.
_NOT_IN_ADDRESS = re.compile(r"[^\w%/:?#\[\]@!$&'()*+,;=.~\u00a1-\U0010ffff-]", re.ASCII)
# No colon: a folder named "Sale: May" is not an address of a scheme "Sale".
_NOT_IN_PATH = re.compile(r"[^\w/!$&'()+,;=@.~\u00a1-\U0010ffff-]", re.ASCII)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def link_target(address: str, *, is_file: bool = False) -> str | None:
    """None for what is not to be linked: another scheme, an absolute path, a backslash path, nothing.

    `is_file`: we put this file beside the report, so what looks like a scheme is how the name of a folder begins.
    """
    if is_file:
        return _escape(address, _NOT_IN_PATH) if address and not address.startswith("/") else None
    scheme = _SCHEME.match(address)
    if scheme and scheme[1].lower() in ("http", "https") and address[scheme.end() :].startswith("//"):
        return _BAD_PERCENT.sub("%25", _escape(address, _NOT_IN_ADDRESS))
    if not address or scheme or address.startswith(("/", "\\", "#", "?")) or "\\" in address:
        return None
    return _escape(address, _NOT_IN_PATH)


def _escape(text: str, unsafe: re.Pattern[str]) -> str:
    return unsafe.sub(lambda match: quote(match[0], safe=""), text)
