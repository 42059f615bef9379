"""Pictures that are no files of their own, as files: members of archives, pictures in cells, base64.

    bytes -> a file named by their hash

They are kept in the home, so that a run that was killed finds them when it goes on, whatever became of the sheet.
Left out: removing them; a picture is wanted as long as a generation that names it may be sent.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import weakref
from pathlib import Path

from bulkgen import atomic
from bulkgen.mapping.model import LocalPicture
from bulkgen.mapping.picture_kinds import ENDINGS, Wanted
from bulkgen.mapping.problems import Refused


class PictureStore:
    """`folder` None: a folder that goes when the store does, for who only looks."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<PictureStore {self._folder or 'nothing kept yet'}>"

    def keep(self, body: bytes, wanted: Wanted, called: str, seen: str) -> LocalPicture:
        """Raises Refused."""
        media_type = wanted.check(body, called, seen)
        digest = hashlib.sha256(body).hexdigest()
        try:
            path = self._opened() / f"{digest}{ENDINGS.get(media_type, '')}"
            # Compared, not trusted: what a power cut left half written would never be mended.
            if not (path.exists() and path.read_bytes() == body):
                atomic.write_bytes(path, body, durable=False)
        except OSError as error:
            why = error.strerror or error
            raise Refused("picture_unreadable", f"{called} cannot be kept on this disk: {why}", seen=seen) from error
        return LocalPicture(path, digest, len(body), media_type, called)

    def _opened(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="bulkgen-pictures-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder
