"""Links that people copy from their drive's "share" button, which lead to a page about a picture and not to it. Pure.

    address -> ShareLink (whose it is, the direct address where there is one), or None for any other address

The direct forms are those that the drives' own download buttons use; they answer only for links that anybody may open.
Left out: whether it is so, which a look at the address finds out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from yarl import URL


@dataclass(frozen=True, slots=True)
class ShareLink:
    """`direct` "": the drive gives no picture by address; `advice` says what to do then."""

    drive: str
    direct: str = ""
    advice: str = ""


_PUBLISH = "put the picture where it has an address of its own (the shop, a CDN), or beside the sheet"
_FOLDER = "the link is of a folder; share the picture itself"


def share_link(address: str) -> ShareLink | None:
    """A link of a drive that does not lead to a picture by itself."""
    try:
        url = URL(address.strip())
    except ValueError:
        return None
    if url.scheme not in ("http", "https"):
        return None
    host = (url.host or "").lower()
    for pattern, read in _DRIVES:
        if re.fullmatch(pattern, host):
            return read(url)
    return None


def drive_of(address: str) -> str:
    """Whose page an address leads to, "" for nobody's of these; also of addresses that are direct by their form."""
    try:
        host = (URL(address).host or "").lower()
    except ValueError:
        return ""
    return next((name for pattern, name in _PAGES if re.fullmatch(pattern, host)), "")


def _google(url: URL) -> ShareLink | None:
    drive = "Google Drive"
    if "/folders/" in url.path or url.path.startswith("/folderview"):
        return ShareLink(drive, advice=_FOLDER)
    found = re.match(r"/(?:a/[^/]+/)?file/(?:u/\d+/)?d/([\w-]+)", url.path)
    name = found[1] if found else url.query.get("id", "") if url.path in ("/open", "/uc", "/thumbnail") else ""
    if not name or (url.path in ("/uc", "/thumbnail") and url.query.get("export") != "view"):
        return None
    query = {"export": "download", "id": name}
    # Files shared before 2021 ask for this key as well.
    if key := url.query.get("resourcekey"):
        query["resourcekey"] = key
    return ShareLink(drive, str(URL("https://drive.google.com/uc").with_query(query)))


def _google_photos(url: URL) -> ShareLink | None:
    return ShareLink("Google Photos", advice=_PUBLISH)


def _dropbox(url: URL) -> ShareLink | None:
    if re.match(r"/(?:sh|scl/fo)/", url.path) and not url.query.get("preview"):
        return ShareLink("Dropbox", advice=_FOLDER)
    if not re.match(r"/(?:s|scl/fi)/", url.path) or url.query.get("raw") == "1" or url.query.get("dl") == "1":
        return None
    return ShareLink("Dropbox", str(url.without_query_params("dl").update_query(raw="1")))


def _onedrive(url: URL) -> ShareLink | None:
    if url.path in ("/embed", "/redir", "/redir.aspx") and "resid" in url.query:
        return ShareLink("OneDrive", str(url.with_path("/download", keep_query=True)))
    if url.path.startswith("/download"):
        return None
    return ShareLink("OneDrive", advice=f"take the address of its 'Embed' button, or {_PUBLISH}")


def _onedrive_short(url: URL) -> ShareLink | None:
    return ShareLink("OneDrive", advice=f"take the address of its 'Embed' button, or {_PUBLISH}")


def _sharepoint(url: URL) -> ShareLink | None:
    if re.match(r"/:f:/", url.path):
        return ShareLink("SharePoint", advice=_FOLDER)
    if not re.match(r"/:\w:/", url.path) or url.query.get("download") == "1":
        return None
    return ShareLink("SharePoint", str(url.update_query(download="1")))


def _box(url: URL) -> ShareLink | None:
    found = re.fullmatch(r"/s/([\w-]+)/?", url.path)
    if found:
        return ShareLink("Box", f"https://{url.host}/shared/static/{found[1]}")
    if re.match(r"/(?:folder|file|v)/", url.path):
        return ShareLink("Box", advice="take the link that 'Share' gives for anybody who has it")
    return None


def _icloud(url: URL) -> ShareLink | None:
    is_share = url.host == "share.icloud.com" or re.match(r"/(?:iclouddrive|photos|sharedalbum|attachment)", url.path)
    return ShareLink("iCloud", advice=_PUBLISH) if is_share else None


def _wetransfer(url: URL) -> ShareLink | None:
    return ShareLink("WeTransfer", advice=f"its links end after days; {_PUBLISH}")


_DRIVES: tuple[tuple[str, Callable[[URL], ShareLink | None]], ...] = (
    (r"(?:drive|docs)\.google\.com", _google),
    (r"photos\.google\.com|photos\.app\.goo\.gl", _google_photos),
    (r"(?:www\.)?dropbox\.com", _dropbox),
    (r"onedrive\.live\.com", _onedrive),
    (r"1drv\.ms", _onedrive_short),
    (r"[\w-]+\.sharepoint\.com", _sharepoint),
    (r"(?:[\w-]+\.)*box\.com", _box),
    (r"(?:www|share)\.icloud\.com", _icloud),
    (r"we\.tl|(?:[\w-]+\.)?wetransfer\.com", _wetransfer),
)

_PAGES = (
    (r"(?:drive|docs)\.google\.com|drive\.usercontent\.google\.com", "Google Drive"),
    (r"photos\.google\.com|photos\.app\.goo\.gl", "Google Photos"),
    (r"(?:[\w-]+\.)*dropbox(?:usercontent)?\.com", "Dropbox"),
    (r"onedrive\.live\.com|1drv\.ms", "OneDrive"),
    (r"[\w-]+\.sharepoint\.com", "SharePoint"),
    (r"(?:[\w-]+\.)*box\.com", "Box"),
    (r"(?:[\w-]+\.)?icloud\.com", "iCloud"),
    (r"we\.tl|(?:[\w-]+\.)?wetransfer\.com", "WeTransfer"),
)
