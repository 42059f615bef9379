"""How banners may be asked to be written (reference 8.1, 8.2), in the terms of the override table.

Read by the mapper, which coerces cell text, by the studio, which checks JSON, and by its description. The API names no
bounds for texts and repeats; ours are past anything that is meant. Left out: which of them suit a design's type.
"""

from __future__ import annotations

from collections.abc import Mapping

from bulkgen.wire.messages import MAX_KB, MAX_KB_BOUNDS
from bulkgen.wire.overrides import Kind, Property

EVERY_FILE_TYPE = ("png", "jpeg", "webp", "avif", "gif", "pdf", "html5", "mp4", "auto")

FILE_COMPRESSION_LEVEL = Property("file_compression_level", Kind.INTEGER, 1, 100)
MAX_KB_OPTION = Property(MAX_KB, Kind.INTEGER, *MAX_KB_BOUNDS)


def _table(*properties: Property) -> Mapping[str, Property]:
    return {prop.name: prop for prop in properties}


_REPEAT = Property("repeat", Kind.INTEGER, -1, 10_000)
GROUPS: Mapping[str, Mapping[str, Property]] = {
    "html5": _table(
        Property("page_title", Kind.TEXT, 0, 1_000),
        Property("click_tag", Kind.TEXT, 0, 8_000),
        Property("ad_network", Kind.TEXT, 0, 100),
        Property("include_backup_image", Kind.FLAG),
        _REPEAT,
    ),
    "gif": _table(Property("max_fps", Kind.NUMBER, 2, 9), _REPEAT),
    "video": _table(Property("fps", Kind.NUMBER, 2, 30)),
    "print": _table(Property("color_profile", Kind.UUID), Property("display_crop_marks", Kind.FLAG)),
}
