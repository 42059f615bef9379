"""Verdicts on texts from what the API tells of a design, against those of the renderer's own: how far a check of a
hosted design can be trusted.

Read by the official SDK from the studio, and nothing else. Then once more without the attributes that only our renderer
knows (letter spacing, balanced lines, neighbours that make room): of a design drawn elsewhere they are never told.
BULKGEN_WHOLE=1 takes every row of every feed.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import abyssale
import pytest
from feeds import MAPPING, products
from seeded import faults, mapping_of, rows_of
from stages import CARD, STAGES, Stage

from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.mapper import Mapper
from bulkgen.preflight.texts import Fit, TextMeasure
from bulkgen.render.extras import EXTRAS
from bulkgen.render.fonts import FontLibrary
from bulkgen.sheet.model import Column, Row, SheetKind, SheetOutline
from bulkgen.studio.options import StudioOptions
from bulkgen.studio.server import StudioServer
from bulkgen.wire.design import Design, parse_design

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
SAMPLES = ROOT / "../shared/data"
PATIENCE_SECONDS = 60

# What the verdict is for: whether the row is made as it is meant.
LEAST_AGREEMENT = 0.95
LEAST_TEXTS = 4_000

ROWS_PER_FEED = None if os.environ.get("BULKGEN_WHOLE") == "1" else 2
EVERY_THIRD = 1 if ROWS_PER_FEED is None else 3

# How our designs draw their boxes: around the letters, not around their lines. A design of another renderer has boxes
# for whole lines, so that there is nothing untold in it.
OF_THE_BOX = "trim"


@pytest.fixture(scope="module")
def fonts() -> FontLibrary:
    return FontLibrary([TEMPLATES / "fonts"])


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Design -> its read, as the official SDK hands it on."""
    options = StudioOptions(
        folder=tmp_path_factory.mktemp("studio"), designs=(TEMPLATES,), fonts=(TEMPLATES / "fonts",), workers=1
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def call(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE_SECONDS)

    server = StudioServer(options)
    url = call(server.start())
    try:
        with abyssale.Abyssale(api_key="any", base_url=url) as client:
            yield {
                stage.design: client.get_design(_authored(stage).id, advanced=True).model_dump(
                    mode="json", by_alias=True, exclude_unset=True
                )
                for stage in STAGES
            }
    finally:
        call(server.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _authored(stage: Stage) -> Design:
    return parse_design(json.loads((TEMPLATES / stage.design / "design.json").read_bytes()))


def _without_extras(design: Design) -> Design:
    elements = tuple(
        replace(one, values={name: by for name, by in one.values.items() if name == OF_THE_BOX or name not in EXTRAS})
        for one in design.elements
    )
    return replace(design, elements=elements)


def _payloads(stage: Stage, design: Design) -> Iterator[Mapping[str, Any]]:
    """Of the seeded rows that the mapping lets through; for the card of those of the feeds on top."""
    rows = rows_of(stage, faults(stage)[::EVERY_THIRD], "https://shop.example")
    yield from _mapped(mapping_of(stage, rows), rows, design)
    if stage is CARD and SAMPLES.is_dir():
        found = products(SAMPLES / "feeds", "https://shop.example", frozenset(), rows_per_feed=ROWS_PER_FEED)
        yield from _mapped(MAPPING, found, design)


def _mapped(mapping: str, rows: list[dict[str, str]], design: Design) -> Iterator[Mapping[str, Any]]:
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    columns = tuple(Column(name, index) for index, name in enumerate(names, 1))
    mapper = Mapper(
        parse_mapping(mapping), design, SheetOutline(Path("sheet.csv"), SheetKind.CSV, columns, 1), folder=Path()
    )
    for index, row in enumerate(rows):
        cells = {name: row.get(name, "") for name in names}
        for want in mapper.map(Row(index, index + 2, "", cells)).wants:
            yield want.payload.elements


def _told(
    design: Design, payloads: list[Mapping[str, Any]], fonts: FontLibrary, *, is_exact: bool
) -> dict[tuple[int, str, str], Fit]:
    measure = TextMeasure(design, fonts, is_exact=is_exact)
    found: dict[tuple[int, str, str], Fit] = {}
    for index, payload in enumerate(payloads):
        for item in design.formats:
            for verdict in measure.verdicts(item.id, payload):
                found[index, item.id, verdict.layer] = verdict.fit
    return found


@pytest.fixture(scope="module")
def exact(fonts: FontLibrary) -> dict[str, tuple[list[Mapping[str, Any]], dict[tuple[int, str, str], Fit]]]:
    """Design -> the payloads, and what the renderer's own design says of their texts."""
    found = {}
    for stage in STAGES:
        design = _authored(stage)
        payloads = list(_payloads(stage, design))
        found[stage.design] = (payloads, _told(design, payloads, fonts, is_exact=True))
    return found


@pytest.mark.parametrize("has_extras", [True, False])
def test_what_the_api_tells_of_a_design_is_enough_to_foretell_its_texts(
    read: dict[str, Any],
    exact: dict[str, tuple[list[Mapping[str, Any]], dict[tuple[int, str, str], Fit]]],
    fonts: FontLibrary,
    has_extras: bool,
) -> None:
    """A warning that is mostly wrong is read by nobody; one text in twenty may be."""
    texts = agreed = 0
    differing: Counter[str] = Counter()
    for name, (payloads, ours) in exact.items():
        design = parse_design(read[name])
        theirs = _told(design if has_extras else _without_extras(design), payloads, fonts, is_exact=False)
        assert ours.keys() == theirs.keys()
        others = Counter(f"{name} {place[2]}: {fit} -> {theirs[place]}" for place, fit in ours.items())
        same = {what: count for what, count in others.items() if len(set(what.partition(": ")[2].split(" -> "))) == 1}
        texts, agreed = texts + len(ours), agreed + sum(same.values())
        differing += others - Counter(same)
    print(f"{agreed:,} of {texts:,} texts agree, {agreed / texts:.2%}; {dict(differing)}")
    assert texts >= LEAST_TEXTS or not SAMPLES.is_dir()
    assert agreed >= LEAST_AGREEMENT * texts, differing
