"""The pictures, videos and sounds of a row's outputs, against what was found at their addresses. Pure.

    outputs + design + (picture -> Fetched) -> Problem, …

A picture is judged once for each kind of place it stands in, however many rows name it. Left out: the looking itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bulkgen.fetch.fetched import Fetched
from bulkgen.preflight.media import MediaUse, judge_media
from bulkgen.preflight.media_uses import media_uses
from bulkgen.preflight.origins import Origins
from bulkgen.preflight.outputs import Output
from bulkgen.preflight.picture_problems import PictureFlaw
from bulkgen.preflight.picture_uses import PlacedPicture, picture_uses
from bulkgen.preflight.pictures import PictureUse, judge_picture
from bulkgen.sheet.model import Row
from bulkgen.sheet.problems import Problem
from bulkgen.wire.design import Design


class PictureCheck:
    """One for the check of a sheet. `found` has an entry for each picture that was looked at, by address or by
    `sha256:…`; of others nothing is said."""

    def __init__(self, design: Design, found: Mapping[str, Fetched], *, is_ours: bool) -> None:
        self._design = design
        self._found = found
        self._is_ours = is_ours
        self._judged: dict[tuple[str, PictureUse | MediaUse], list[PictureFlaw]] = {}

    def __repr__(self) -> str:
        return f"<PictureCheck {len(self._found)} found, {len(self._judged)} judged>"

    def problems(self, row: Row, outputs: Sequence[Output], origins: Origins) -> Iterator[Problem]:
        """By layer and code, with the formats that it concerns among the facts."""
        told: dict[tuple[str, str, str], list[tuple[PictureFlaw, PlacedPicture, str]]] = {}
        uses: dict[tuple[str, str], set[str]] = {}
        for output in outputs:
            for placed in self._placed(output):
                uses.setdefault((placed.layer, placed.picture), set()).add(placed.part)
                for flaw in self.flaws(placed.picture, placed.use):
                    kind = (placed.layer, placed.picture, flaw.code)
                    told.setdefault(kind, []).append((flaw, placed, output.format))
        for (layer, picture, _), places in told.items():
            flaw, placed, _ = places[0]
            concerned = list(dict.fromkeys(other.part for _, other, _ in places))
            if len({found.message for found, _, _ in places}) > 1:
                # The message is about one box; the others have words of their own.
                more = f" in {placed.part}; also in {', '.join(concerned[1:])}"
            else:
                more = f" (in {', '.join(concerned)})" if set(concerned) != uses[layer, picture] else ""
            formats = ", ".join(dict.fromkeys(format_id for _, _, format_id in places))
            facts = (("layer", layer), ("property", placed.property), ("formats", formats))
            # The address stands in its cell, unless an expression made it up.
            origin = origins.origin(row, placed.part, layer, placed.property, seen=picture)
            message = f"{layer}.{placed.property}: {flaw.message}{more}"
            yield Problem(flaw.code, origin, message, flaw.hint, flaw.severity, facts)

    def _placed(self, output: Output) -> Iterator[PlacedPicture]:
        yield from picture_uses(self._design, output.parts, is_studio=self._is_ours)
        kind = output.want.output.image_file_type
        yield from media_uses(self._design, output.parts, kind, is_studio=self._is_ours)

    def flaws(self, picture: str, use: PictureUse | MediaUse) -> list[PictureFlaw]:
        """Of one picture in one kind of place; nothing of a picture that was not looked at."""
        fetched = self._found.get(picture)
        if fetched is None:
            return []
        key = (picture, use)
        if key not in self._judged:
            judged = judge_media(fetched, use) if isinstance(use, MediaUse) else judge_picture(fetched, use)
            self._judged[key] = judged
        return self._judged[key]
