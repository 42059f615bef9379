"""Pandas, and nowhere else: a DataFrame -> a text table as a person would type it, and results -> a DataFrame of text.

    DataFrame -> CSV -> (the way of any sheet)          names and rows of text -> DataFrame

Nothing is guessed: text stays as it is, a whole number is written without a point, what is missing is empty. A value
that has no one way to be written in a cell (a list, bytes) is refused with its place rather than printed as Python.
"""

from __future__ import annotations

import csv
import datetime
import decimal
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from bulkgen.errors import SheetError
from bulkgen.sheet.dialect import is_explanation

_MISSING = ""
_NO_CELL = (bytes, bytearray, memoryview, list, tuple, dict, set, frozenset, np.ndarray, pd.Series, pd.DataFrame)


def is_frame(value: object) -> TypeGuard[pd.DataFrame]:
    return isinstance(value, pd.DataFrame)


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` without its index, as UTF-8 with a mark, header first. Raises SheetError."""
    names = _names(frame)
    if not len(frame):
        raise SheetError("the DataFrame has no rows", code="no_rows", hint="Fill in at least one row.")
    columns = [_texts(frame.iloc[:, at], name) for at, name in enumerate(names)]
    # Half a surrogate pair goes through as it is: the reader of sheets says in a note which cells had one.
    with path.open("w", encoding="utf-8-sig", errors="surrogatepass", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(names)
        writer.writerows(zip(*columns, strict=True))


def text_frame(names: Sequence[str], rows: Iterable[Sequence[str]], index: pd.Index[Any] | None) -> pd.DataFrame:
    """A DataFrame of strings; `index` where it is to have the one of another frame."""
    records = [list(row) for row in rows]
    frame = pd.DataFrame(records, columns=list(names), dtype=str)
    if index is not None:
        frame.index = index
    return frame


def _names(frame: pd.DataFrame) -> list[str]:
    if isinstance(frame.columns, pd.MultiIndex):
        raise SheetError(
            "the columns of the DataFrame have several levels, and a sheet has one header",
            code="bad_columns",
            hint="Join them first: frame.columns = ['_'.join(map(str, names)) for names in frame.columns]",
        )
    names = ["" if _is_missing(name) else str(name) for name in frame.columns]
    if not names:
        raise SheetError("the DataFrame has no columns", code="empty", hint="It needs a named column at least.")
    for at, name in enumerate(names, start=1):
        if not name.strip():
            raise SheetError(f"column {at} of the DataFrame has no name", code="bad_columns", hint="Name it.")
    if is_explanation(names):
        raise SheetError(
            "the names of the columns read like remarks, not names: they begin with #",
            code="bad_columns",
            hint="Rename them without the #.",
        )
    return names


def _texts(column: pd.Series[Any], name: str) -> Iterator[str]:
    write = _writer(column)
    for position, value in enumerate(column.array):
        if isinstance(value, _NO_CELL):
            raise SheetError(
                f"a {type(value).__name__} cannot be written in a cell",
                code="bad_value",
                where=f"DataFrame, row at position {position}, column {name!r}",
                hint="Turn it into text first, the way it is to be read.",
            )
        yield _MISSING if _is_missing(value) else write(value)


def _writer(column: pd.Series[Any]) -> Callable[[Any], str]:
    """How the values of a column are written, for which the column has to be seen whole.

    pandas makes 204 a 204.0 as soon as a cell of its column is empty, and gives each date a time.
    """
    kinds = {type(value) for value in column.array if isinstance(value, _NO_CELL) or not _is_missing(value)}
    if kinds and all(issubclass(kind, (float, np.floating)) for kind in kinds):
        known = (value for value in column.array if not _is_missing(value))
        return _whole if all(float(value).is_integer() for value in known) else _text
    if kinds and all(issubclass(kind, datetime.datetime) for kind in kinds):
        moments = (value for value in column.array if not _is_missing(value))
        return _day if all(moment.time() == datetime.time() for moment in moments) else _text
    return _text


def _is_missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _whole(value: Any) -> str:
    return str(int(value))


def _day(value: Any) -> str:
    return str(value.date().isoformat())


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bool() | np.bool_():
            return "TRUE" if value else "FALSE"
        case float() | np.floating():
            # Never with an exponent, which nobody has typed: 0.00001, not 1e-05.
            return np.format_float_positional(value, trim="0") if np.isfinite(value) else str(value)
        case decimal.Decimal():
            return format(value, "f")
        case datetime.datetime():
            return value.isoformat(" ")
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return str(value)
