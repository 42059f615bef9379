"""The text of a design.json -> the design in it, or what is wrong by line, column and path. Pure.

The studio refuses a design with it, `designs check` tells its author the same.
"""

from __future__ import annotations

import orjson

from bulkgen.studio.json_lines import place_of
from bulkgen.wire.design import DESIGN_TYPES, Design, DesignShapeError, parse_design
from bulkgen.wire.values import is_uuid

# The end of the year 9999.
_LATEST = 253_402_300_799


class DesignFileError(ValueError):
    """Why a file is no design. `path` leads to it in the JSON; `line` and `column` are 0 where no place can be told."""

    def __init__(self, message: str, *, path: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column


def read_design_file(body: bytes) -> Design:
    """Raises DesignFileError for the first thing that is wrong."""
    try:
        read = orjson.loads(body)
        # An answer wraps a value of the file some levels deeper, and can be nested less deeply than a file.
        orjson.dumps([[[[read]]]])
        design = parse_design(read)
    except orjson.JSONEncodeError as error:
        raise DesignFileError("is nested too deeply") from error
    except orjson.JSONDecodeError as error:
        raise DesignFileError(f"is not JSON: {error.msg}", line=error.lineno, column=error.colno) from None
    except DesignShapeError as error:
        raise _at(body, error.path, str(error)) from None
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise DesignFileError(f"is not a design: {error}") from error
    if design.type not in DESIGN_TYPES:
        raise _at(body, "type", f"type: {design.type!r} is none of {', '.join(DESIGN_TYPES)}")
    for name, at in (("created_at", design.created_at), ("updated_at", design.updated_at)):
        # One that does not fit into an answer would take the list of all designs down.
        if not 0 <= at <= _LATEST:
            raise _at(body, name, f"{name}: {at:g} is no time in Unix seconds")
    if not is_uuid(design.id) or design.id != design.id.lower():
        raise _at(body, "id", f"id: {design.id!r} is not a UUID in lower case")
    return design


def _at(body: bytes, path: str, message: str) -> DesignFileError:
    line, column = place_of(body.decode("utf-8"), path)
    return DesignFileError(message, path=path, line=line, column=column)
