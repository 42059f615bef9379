"""A file of the studio as an answer: ranges, conditions, and a tag that is its content's.

    request, path, key -> answer

A file's own tag, by time and size, would change whenever the file is made again and so is young again (`files`). Caches
would take the same bytes for others, and a proxy that fetches a film in slices would refuse the rest of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aiohttp import ETag, web
from aiohttp.abc import AbstractStreamWriter


def kept_file(request: web.Request, path: Path, headers: Mapping[str, str]) -> web.StreamResponse:
    """`path` is there, and its name begins with the hash of what it holds."""
    tag = path.name.partition(".")[0]
    tagged = {**headers, "ETag": f'"{tag}"'}
    if request.if_match is not None and not _is_one_of(tag, request.if_match, weak=False):
        return web.Response(status=412)
    if request.if_none_match is not None and _is_one_of(tag, request.if_none_match, weak=True):
        return web.Response(status=304, headers=tagged)
    return _Tagged(path, headers=tagged)


def _is_one_of(tag: str, asked: Sequence[ETag], *, weak: bool) -> bool:
    return any(one.value == "*" or (one.value == tag and (weak or not one.is_weak)) for one in asked)


class _Tagged(web.FileResponse):
    """Keeps the tag that it was given."""

    @property
    def etag(self) -> ETag | None:
        return ETag(value=self.headers["ETag"].strip('"'))

    @etag.setter
    def etag(self, _: ETag | str | None) -> None:
        pass

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        # The condition holds, as was seen by our tag; by the file's own it would not.
        headers = request.headers.copy()
        if headers.popall("If-Match", None):
            request = request.clone(headers=headers)
        return await super().prepare(request)
