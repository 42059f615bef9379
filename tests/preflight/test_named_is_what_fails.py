"""The claim of preflight, proved on real feeds and on a fault of every kind: what `check` names as an error is exactly
what fails when the same sheet is sent with --no-preflight.

BULKGEN_WHOLE=1 takes every row of every feed and every format; without it a spread of rows and the cheaper formats.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from both_ways import BothWays, both_ways, write_sheet
from feed_shop import pictures_of, shop
from feeds import MAPPING, feeds, products
from seeded import Fault, faults, mapping_of, rows_of, write_pictures
from stages import CARD, STAGES, Stage

SAMPLES = Path(__file__).parents[2] / "../shared/data"
IS_WHOLE = os.environ.get("BULKGEN_WHOLE") == "1"

# Of each feed; its pictured rows come on top.
ROWS_PER_FEED = None if IS_WHOLE else 8

# Rows with a fault of their own, over all designs; the card has one of every kind.
SEEDED_ROWS_LEAST = 300
EVERY_FIFTH = 1 if IS_WHOLE else 5


@pytest.fixture(scope="module", autouse=True)
def _no_proxies() -> Iterator[None]:
    """What is fetched is on loopback."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        yield


@pytest.fixture(scope="module")
def pictures() -> dict[str, bytes]:
    return pictures_of(SAMPLES) if SAMPLES.is_dir() else {}


@pytest.fixture(scope="module")
def address(pictures: dict[str, bytes]) -> Iterator[str]:
    with shop(pictures) as found:
        yield found


def seeds(stage: Stage, pictures: dict[str, bytes]) -> list[Fault]:
    found = faults(stage)
    if stage is CARD:
        samples = [
            Fault(f"the sample {name}", {f"{part}.image_url": f"{{shop}}/{name}"})
            for name in pictures
            for part in ("photo", "logo")
        ]
        return found + samples
    return found[::EVERY_FIFTH]


def assert_alike(found: BothWays, told: dict[int, str]) -> None:
    """Both lists, output by output; `told` says what each row is."""
    alarms = {(told[row], name): codes for (row, name), codes in found.false_alarms.items()}
    misses = {(told[row], name): reason for (row, name), reason in found.misses.items()}
    assert not alarms, f"made, though check named an error: {alarms}"
    assert not misses, f"failed, and check had not named it: {misses}"
    assert set(found.named) == set(found.failed)


def test_on_every_sample_feed_what_is_named_is_what_fails(
    tmp_path: Path, address: str, pictures: dict[str, bytes]
) -> None:
    """A miss costs a credit and a hole in the report; a false alarm costs a banner that would have been good."""
    if not SAMPLES.is_dir():
        pytest.skip("the sample feeds are not here")
    rows = products(SAMPLES / "feeds", address, frozenset(pictures), rows_per_feed=ROWS_PER_FEED)
    assert {row["feed"] for row in rows} == {path.name for path in feeds(SAMPLES / "feeds")}
    sheet, mapping = tmp_path / "feeds.csv", tmp_path / "mapping.yaml"
    write_sheet(sheet, rows)
    mapping.write_text(MAPPING)
    formats = () if IS_WHOLE else CARD.formats
    found = both_ways(sheet, home=tmp_path / "home", mapping=mapping, formats=formats)
    assert_alike(found, {number: str(row) for number, row in enumerate(rows, 2)})
    # Both lists are long enough for their agreement to mean something.
    assert len(found.failed) >= 100
    assert len(found.made) >= 100


def test_of_every_kind_of_fault_what_is_named_is_what_fails(
    tmp_path: Path, address: str, pictures: dict[str, bytes]
) -> None:
    """One row a fault, on each of the designs; a kind that only preflight knows, or only the studio, shows here."""
    write_pictures(tmp_path)
    rows_seeded = 0
    for stage in STAGES:
        found = seeds(stage, pictures)
        rows_seeded += len(found)
        result = _of_stage(stage, found, tmp_path, address)
        assert_alike(result, {number: f"{stage.design}: {fault.name}" for number, fault in enumerate(found, 2)})
        unnamed = {
            fault.name: (fault.code, sorted(result.codes(number)))
            for number, fault in enumerate(found, 2)
            if fault.code and fault.code not in result.codes(number)
        }
        assert not unnamed, f"{stage.design}: {unnamed}"
        assert len(result.failed) >= 10, stage.design
        assert len(result.made) >= 15, stage.design
    assert rows_seeded >= SEEDED_ROWS_LEAST


def _of_stage(stage: Stage, found: list[Fault], folder: Path, address: str) -> BothWays:
    rows = rows_of(stage, found, address)
    sheet, mapping = folder / f"{stage.design}.csv", folder / f"{stage.design}.yaml"
    write_sheet(sheet, rows)
    mapping.write_text(mapping_of(stage, rows))
    formats = () if IS_WHOLE else stage.formats
    return both_ways(sheet, home=folder / "home", mapping=mapping, formats=formats)


def test_the_comparison_would_show_a_miss_and_a_false_alarm(tmp_path: Path, address: str) -> None:
    """Otherwise the tests above could pass on two empty lists."""
    rows = [{"title": "Oak", "photo": f"{address}/good.jpg"}, {"title": "Elm", "photo": f"{address}/absent.jpg"}]
    sheet = tmp_path / "two.csv"
    write_sheet(sheet, rows)
    (tmp_path / "mapping.yaml").write_text(
        'design: product-card\nelements: {title: "{{ title }}", photo: "{{ photo }}"}\n'
    )
    found = both_ways(sheet, home=tmp_path / "home", mapping=tmp_path / "mapping.yaml", formats=("medium-rectangle",))
    bad, good = (3, "medium-rectangle"), (2, "medium-rectangle")
    assert found.named == {bad: ("picture_dead",)}
    assert found.made == {good}
    assert list(replace(found, named={}).misses) == [bad]
    assert list(replace(found, failed={}).false_alarms) == [bad]
