"""Feeds that others made, as headers and rows; those that no reader of ours takes yet are read here, just for tests."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bulkgen.sheet.read import open_sheet
from bulkgen.wire.design import Design, parse_design

ROOT = Path(__file__).parents[2]
FEEDS = ROOT.parent / "shared" / "data" / "feeds"

Table = tuple[tuple[str, ...], list[dict[str, str]]]


def design(name: str) -> Design:
    return parse_design(json.loads((ROOT / "templates" / name / "design.json").read_text("utf-8")))


def table(name: str) -> Table:
    """Skips where the feeds are not here."""
    path = FEEDS / name
    if not path.exists():
        pytest.skip("the sample feeds are not here")
    if path.suffix == ".xml":
        return _of_records(_records(path))
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
        import pandas

        frame = pandas.read_parquet(path).astype(object)
        return _of_records({str(key): _text(value) for key, value in row.items()} for row in frame.to_dict("records"))
    sheet = open_sheet(path)
    return sheet.outline.names, [dict(row.cells) for row in sheet.rows()]


def as_csv(name: str, folder: Path) -> Path:
    headers, rows = table(name)
    path = folder / f"{Path(name).stem}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, headers)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _of_records(records: Iterator[dict[str, str]]) -> Table:
    rows = list(records)
    headers = tuple(dict.fromkeys(key for row in rows for key in row))
    return headers, [{header: row.get(header, "") for header in headers} for row in rows]


def _records(path: Path) -> Iterator[dict[str, str]]:
    """Direct children of each item, or its attributes; names without their namespaces, the first of several."""
    for item in ElementTree.fromstring(path.read_bytes().decode("utf-8-sig")).iter():
        if _name(item.tag) not in ("item", "entry", "product"):
            continue
        cells = dict(item.attrib)
        for child in item:
            if len(child) == 0:
                cells.setdefault(_name(child.tag), (child.text or child.get("href") or "").strip())
        yield cells


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
