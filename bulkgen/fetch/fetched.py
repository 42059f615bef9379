"""What is known of an address after a look at it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bulkgen.fetch.failure import Failure


@dataclass(frozen=True, slots=True)
class Inspection:
    """What somebody found in a body, as text that is kept with the address and given back as it is.

    `is_sound` false: whoever owns the picture will want to mend it, so it is asked for again at the next look, however
    soon that is.
    """

    facts: str
    is_sound: bool = True


@dataclass(frozen=True, slots=True)
class Inspector:
    """`inspect` runs in a thread and never raises; facts of another `version` of it are not believed."""

    version: str
    inspect: Callable[[bytes], Inspection]


@dataclass(frozen=True, slots=True)
class Fetched:
    """`failure` None: the picture was there, and `facts` is what the inspector said of it.

    `url` is where the redirects led. `words` tell a failure, for the row's error cell. `tag` changes when the picture
    does; after a failure it is that of the picture as last seen, "" if it never was.
    """

    address: str
    url: str = ""
    failure: Failure | None = None
    words: str = ""
    status: int = 0
    tag: str = ""
    digest: str = ""
    size_bytes: int = 0
    media_type: str = ""
    facts: str = ""


def content_tag(etag: str, digest: str) -> str:
    """A strong ETag promises the same bytes; a weak one does not, so there the bytes' own hash is taken."""
    return f"etag:{etag}" if etag.startswith('"') else f"sha256:{digest}"
