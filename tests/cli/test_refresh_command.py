"""A refresh at the real command: the old banner stays until the new one is there, and a new version keeps the link."""

from __future__ import annotations

import asyncio
import csv
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import openpyxl
import pytest
from billing_provider import billing_provider, key_and_address
from bulkgen_command import bulkgen

from bulkgen.config import Settings
from bulkgen.ledger.home import Home
from bulkgen.ledger.ledger import Ledger
from bulkgen.session import studio_options
from bulkgen.studio.server import StudioServer

MAPPING = """\
design: product-card
key: sku
formats: [medium-rectangle]
elements: {title: "{{ name }}", price: "{{ price }}", photo: "{{ photo }}"}
"""
HEADER = ("sku", "name", "price", "photo")
GOOD = (("0001", "Vase", "9.90 EUR", ""), ("0002", "Bowl", "12.00 EUR", ""))
# Nobody answers there, and the studio does not even ask: a picture that cannot be had, and no banner for the row.
NO_PICTURE = "http://127.0.0.1:9/gone.jpg"
URL, FILE, ERROR = "medium-rectangle url", "medium-rectangle file", "medium-rectangle error"

Rows = Sequence[Sequence[str]]


def run(folder: Path, sheet: str, *arguments: str, code: int = 0, **more: str) -> str:
    # What fails is to fail at the provider, not before.
    done = bulkgen("run", sheet, "--no-preflight", *arguments, cwd=folder, **more)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    return said


def write(path: Path, rows: Rows, header: Sequence[str] = HEADER) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([header, *rows])
        return
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (header, *rows):
        book.active.append(list(row))
    book.save(path)


def read(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8-sig") as stream:
            return list(csv.DictReader(stream))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header, *rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    return [dict(zip(header, row, strict=True)) for row in rows]


def picture(folder: Path, row: dict[str, str]) -> bytes:
    """What a reader of the report sees when they follow its link."""
    assert row[URL] == row[FILE] != ""
    return (folder / row[URL]).read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    return tmp_path


def ledger_of(folder: Path) -> Ledger:
    return Ledger(folder / ".bulkgen" / "ledger.sqlite3")


def banner_ids(folder: Path) -> dict[str, str]:
    with ledger_of(folder) as ledger:
        (job,) = ledger.jobs.all()
        return {row.key: row.outputs["medium-rectangle"].banner_id for row in ledger.reading.rows(job.id)}


def banners(folder: Path, ids: Sequence[str]) -> list[dict[str, Any]]:
    """As the studio shows them to anyone who asks by id."""

    async def main() -> list[dict[str, Any]]:
        options = studio_options(Settings.from_environment({}), Home(folder / ".bulkgen"))
        found = []
        async with StudioServer(options) as server, aiohttp.ClientSession(server.base_url) as client:
            for banner_id in ids:
                async with client.get(f"/banners/{banner_id}") as answer:
                    found.append(await answer.json())
        return found

    return asyncio.run(main())


@pytest.mark.parametrize(("kind", "failing"), [("csv", ["Blue bowl", "Red bowl"]), ("xlsx", ["Blue bowl"])])
def test_the_old_banner_stays_in_the_report_until_the_new_one_exists(
    folder: Path, kind: str, failing: list[str]
) -> None:
    """Over failures in a row, beside a row that changed well, and through a report that is fed back in."""
    sheet, report = folder / f"sheet.{kind}", folder / f"sheet.generated.{kind}"
    write(sheet, GOOD)
    run(folder, sheet.name)
    before = [picture(folder, row) for row in read(report)]

    for name in failing:
        write(sheet, [(*GOOD[0][:2], "8.90 EUR", ""), ("0002", name, "12.00 EUR", NO_PICTURE)])
        run(folder, sheet.name, code=1)
        vase, bowl = read(report)
        assert (vase["bulkgen status"], vase[ERROR], vase["bulkgen detail"]) in (("done", "", ""), ("reused", "", ""))
        assert picture(folder, vase) != before[0], "once there is a new banner only that is shown"
        assert bowl["bulkgen status"] == "failed"
        assert picture(folder, bowl) == before[1]
        assert bowl[ERROR].startswith("the banner from before; the new one failed: ")
        assert "photo" in bowl[ERROR]
        assert bowl["bulkgen detail"] == "shows the banner from before: medium-rectangle"

    # The report itself, mended in one cell and broken in another.
    header = list(vase)
    mended = {"0001": vase | {"photo": NO_PICTURE}, "0002": bowl | {"photo": ""}}
    write(report, [list(row.values()) for row in mended.values()], header)
    run(folder, report.name, code=1)
    again = folder / f"sheet.generated.generated.{kind}"
    fed = read(again)
    assert list(fed[0]) == header, "no column twice"
    assert picture(folder, fed[0]) == picture(folder, vase)
    assert fed[0][ERROR].startswith("the banner from before; the new one failed")
    assert (fed[1]["bulkgen status"], fed[1][ERROR], fed[1]["bulkgen detail"]) == ("done", "", "")
    assert picture(folder, fed[1]) != before[1]


def test_a_row_that_is_not_sent_for_now_shows_what_it_had_and_a_row_that_is_gone_leaves_nothing(folder: Path) -> None:
    """A try with --limit, or a cell that broke overnight, must not empty the report of a whole shop."""
    rows = [*GOOD, ("0003", "Cup", "3.00 EUR", ""), ("0004", "Jug", "4.00 EUR", "")]
    sheet, report = folder / "sheet.csv", folder / "sheet.generated.csv"
    write(sheet, rows)
    first = run(folder, sheet.name)
    assert "since the last run" not in first
    before = {row["sku"]: picture(folder, row) for row in read(report)}

    broken = [("0001", "Vase", "9.90 EUR", "not an address"), ("0002", "New bowl", "12.00 EUR", ""), rows[3]]
    write(sheet, broken)
    said = run(folder, sheet.name, "--limit", "2", code=3)
    assert "Banners since the last run: 0 new, 1 changed, 0 as before, 1 gone." in said
    vase, bowl, jug = read(report)
    assert [row["bulkgen status"] for row in (vase, bowl, jug)] == ["invalid", "done", "waiting"]
    assert picture(folder, vase) == before["0001"]
    assert vase[ERROR] == "the banner from before; the row as it is now is not sent"
    assert picture(folder, jug) == before["0004"]
    assert jug[ERROR] == "the banner from before; the new one is not made yet"

    write(sheet, [rows[0], broken[1], ("0003", "Cup", "3.00 EUR", NO_PICTURE), rows[3]])
    run(folder, sheet.name, code=1)
    cup = read(report)[2]
    assert (cup["bulkgen status"], cup[URL], cup[FILE]) == ("failed", "", ""), "what was gone came back as new"
    assert "before" not in cup[ERROR]


def test_a_changed_price_becomes_a_new_version_under_the_same_share_link(folder: Path) -> None:
    sheet = folder / "sheet.csv"
    write(sheet, GOOD)
    run(folder, sheet.name, "--versioning")
    before = banner_ids(folder)
    write(sheet, [(*GOOD[0][:2], "8.90 EUR", ""), GOOD[1]])
    said = run(folder, sheet.name, "--versioning")
    assert "Banners since the last run: 0 new, 1 changed, 1 as before, 0 gone." in said
    after = banner_ids(folder)
    assert after["0001"] != before["0001"]
    assert after["0002"] == before["0002"]
    old, new, other = banners(folder, [before["0001"], after["0001"], after["0002"]])
    assert (old["version"], new["version"], other["version"]) == (1, 2, 1)
    assert new["sharing_id"] == old["sharing_id"] != other["sharing_id"]


def test_a_version_of_a_deleted_banner_is_refused_with_the_way_out_and_the_way_out_works(folder: Path) -> None:
    sheet, report = folder / "sheet.csv", folder / "sheet.generated.csv"
    write(sheet, GOOD[:1])
    run(folder, sheet.name)
    (old,) = read(report)
    with sqlite3.connect(folder / ".bulkgen" / "studio" / "studio.sqlite3") as store:
        store.execute("DELETE FROM banners")
    store.close()
    write(sheet, [(*GOOD[0][:2], "8.90 EUR", "")])
    run(folder, sheet.name, "--versioning", code=1)
    (row,) = read(report)
    assert row["bulkgen status"] == "refused"
    assert "--retry-failed" in row["bulkgen detail"]
    assert "the new one was refused" in row[ERROR]
    assert row[URL] == old[URL]
    run(folder, sheet.name, "--versioning", "--retry-failed")
    (row,) = read(report)
    assert (row["bulkgen status"], row[ERROR]) == ("done", "")
    (banner,) = banners(folder, list(banner_ids(folder).values()))
    assert banner["version"] == 1


def test_on_a_provider_that_bills_the_old_address_stays_and_a_report_may_be_fed_back_in(folder: Path) -> None:
    """The columns that we added are not a feed whose columns moved: to stop there would make the report useless."""
    sheet, report = folder / "sheet.csv", folder / "sheet.generated.csv"
    with billing_provider(folder / "provider") as url:
        hosted = key_and_address(url)
        write(sheet, [(f"{number:04d}", f"Vase {number % 2}", "9.90 EUR", "") for number in range(24)])
        run(folder, sheet.name, "--yes", "--freshness", "now", **hosted)
        before = read(report)
        assert before[0][URL].startswith("http://")
        rows = [before[0] | {"photo": NO_PICTURE}, *before[1:]]
        write(report, [list(row.values()) for row in rows], list(before[0]))
        with ledger_of(folder) as ledger:
            (job,) = ledger.jobs.all()
        said = run(folder, report.name, "--job", job.name, "--versioning", "--freshness", "now", code=1, **hosted)
        assert "Banners since the last run: 0 new, 1 changed, 23 as before, 0 gone." in said
        after = read(folder / "sheet.generated.generated.csv")
        assert [(row[URL], row[FILE]) for row in after] == [(row[URL], "") for row in before]
        assert after[0][ERROR].startswith("the banner from before; the new one failed: ")
        assert {row["bulkgen status"] for row in after[1:]} == {"reused"}
