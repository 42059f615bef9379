"""The address that a click opens, in the form that the network reads. Pure.

    click_tag of the request -> ClickTag; and a network's form -> what stands in the page's head, and what a click does

A network reads the address from the page and sets its own, which counts the click and leads on. Macros (text that the
network replaces) are passed on as they are. An address is never code: it goes into a script as a string, and whatever
would run instead of open is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bulkgen.render.failures import RenderError

# Reference 8.2.
DEFAULT_CLICK_TAG = "https://www.abyssale.com"

# How a macro begins in the notations that networks use: [REDIRECT], {CLICK}, ${CLICK}, %%CLICK%%.
_MACRO_STARTS = ("[", "{", "$", "%")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]")


@dataclass(frozen=True, slots=True)
class ClickTag:
    """`is_https` is None where only the network knows: a macro alone."""

    text: str
    is_https: bool | None


def read_click_tag(said: str | None) -> ClickTag:
    """Raises RenderError: a click would not open a page."""
    text = (said or "").strip()
    if not text:
        return ClickTag(DEFAULT_CLICK_TAG, True)
    found = _ADDRESS.search(text)
    before = text[: found.start()] if found else text
    is_plain = not _UNSEEN.search(text) and ":" not in before and '"' not in before
    if not is_plain or (before and not before.startswith(_MACRO_STARTS)):
        quoted = text if len(text) <= 200 else f"{text[:199]}…"
        raise RenderError(
            f"html5.click_tag is {quoted!r}, and must be an http(s) address, a macro of the ad network, or both "
            "([REDIRECT]https://example.com)"
        )
    return ClickTag(text, None if found is None else found.group().lower() == "https://")


def head_script(form: str, tag: ClickTag) -> str:
    """What declares the address, where networks look for it: as a plain assignment."""
    address = script_string(tag.text)
    if form == "adform":
        # Adform's own library, from where its server says it is; elsewhere the page asks for nothing.
        return (
            "<script>if(window.API_URL)document.write('<script src=\"'+window.API_URL+'\"><\\/script>');</script>\n"
            f'<script>var clickTAG=window.dhtml?dhtml.getVar("clickTAG",{address}):{address};\n'
            'var landingPageTarget=window.dhtml?dhtml.getVar("landingPageTarget","_blank"):"_blank";</script>'
        )
    return f"<script>\nvar clickTag = {address};\n</script>"


def click_script(form: str) -> str:
    """The call that a click makes."""
    match form:
        case "adform":
            return "window.open(clickTAG,landingPageTarget)"
        case "exit":
            # Where Google serves the banner its own exit counts the click.
            return "window.ExitApi?ExitApi.exit():window.open(window.clickTag)"
    return "window.open(window.clickTag)"


def more_files(form: str, title: str, size: tuple[int, int], tag: ClickTag) -> Mapping[str, bytes]:
    """What the network wants beside the page, by file name."""
    if form != "adform":
        return {}
    body = {
        "version": "1.0",
        "title": title,
        "width": str(size[0]),
        "height": str(size[1]),
        "clicktags": {"clickTAG": tag.text},
        "source": "index.html",
    }
    return {"manifest.json": json.dumps(body, indent=2).encode()}


def script_string(text: str) -> str:
    """A literal of a script that ends neither itself nor the script, whatever is in it."""
    return json.dumps(text).replace("<", "\\u003c")
