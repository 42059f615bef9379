"""What does a look at every banner cost beside making them?

    python benchmarks/preflight.py [--rows 10000] [--formats square,story,landscape] [--sample 100]

The real `bulkgen check` of ROWS products, each with a title and a picture of its own, and what is known of the pictures
kept from a check a moment before; against rendering the same banners cold, by the worker entry alone, SAMPLE rows of
them and scaled. CPU seconds against CPU seconds, one core each, in one run. The check is counted whole, with the start
of its process, sheet and mapping; of the rendering neither the start nor the first banner is counted.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "product-cards"

# Nobody is asked there: what is known of its pictures is in the home.
SHOP = "https://shop.example"

# The bound that the project holds: a look costs at most a tenth of making the banners.
MOST_OF_RENDERING = 0.1

WORDS = ("oak", "elm", "ash", "fir", "red", "blue", "tall", "low", "wide", "slim", "round", "light", "plain", "warm")
NOUNS = ("Desk", "Lamp", "Chair", "Shelf", "Table", "Bench", "Stool", "Vase", "Bowl", "Clock", "Mirror", "Basket")


def title(number: int) -> str:
    """No two alike, of one to seven words, so that some lines shrink and some are cut."""
    words = [WORDS[(number // len(NOUNS) + 7 * place) % len(WORDS)] for place in range(number % 6)]
    return " ".join([*words, NOUNS[number % len(NOUNS)], f"No. {number}"]).capitalize()


def photo(number: int, kinds: list[bytes]) -> bytes:
    """A JPEG of its own content by a comment in it, which costs a reader nothing."""
    base, comment = kinds[number % len(kinds)], str(number).encode()
    return base[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + base[2:]


def photos() -> list[bytes]:
    found = sorted((EXAMPLE / "images").glob("*.jp*g"))
    return [path.read_bytes() for path in found]


def make_sheet(folder: Path, rows: int) -> Path:
    shutil.copy(EXAMPLE / "mapping.yaml", folder / "mapping.yaml")
    from bulkgen.sheet.read import open_sheet

    sheet = open_sheet(EXAMPLE / "products.xlsx")
    names, found = sheet.outline.names, list(sheet.rows())
    path = folder / "products.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(names)
        for number in range(rows):
            cells = dict(found[number % len(found)].cells)
            cells |= {"SKU": f"{number:05d}", "Product": title(number), "Photo": f"{SHOP}/{number}.jpg"}
            writer.writerow([cells[name] for name in names])
    return path


def check(sheet: Path, formats: str) -> tuple[float, dict[str, object]]:
    """(CPU seconds of the command and what it starts, what it said)."""
    environment = os.environ | {"BULKGEN_HOME": str(sheet.parent / "home")}
    command = [sys.executable, "-m", "bulkgen", "check", str(sheet), "--formats", formats, "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"the check ended with {done.returncode}:\n{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, json.loads(done.stdout)


def make_home(folder: Path, rows: int) -> None:
    """As a check a moment ago has left it: every picture looked at."""
    from bulkgen.fetch.seen import Seen, SeenPictures
    from bulkgen.ledger.home import Home
    from bulkgen.ledger.ledger import Ledger
    from bulkgen.looking import FOLDER
    from bulkgen.preflight.pictures import INSPECTOR

    home = Home(folder)
    home.make()
    with Ledger(home.ledger_path):
        pass
    (home.root / FOLDER).mkdir()
    now, kinds = time.time(), photos()
    told = [INSPECTOR.inspect(photo(number, kinds)) for number in range(len(kinds))]
    pictures = SeenPictures(home.root / FOLDER, now)
    for number in range(rows):
        body, found = photo(number, kinds), told[number % len(kinds)]
        digest, address = hashlib.sha256(body).hexdigest(), f"{SHOP}/{number}.jpg"
        pictures.put(
            Seen(
                address=address,
                checked_at=now,
                url=address,
                etag="",
                last_modified="",
                tag=f"sha256:{digest}",
                digest=digest,
                size_bytes=len(body),
                media_type="image/jpeg",
                inspector=INSPECTOR.version,
                facts=found.facts,
                is_sound=found.is_sound,
            )
        )
    pictures.close()


def render(sheet: Path, formats: tuple[str, ...], sample: int) -> None:
    """In a process of its own: prints the banners made and the CPU seconds they took."""
    from bulkgen.mapping.file import load_mapping
    from bulkgen.mapping.mapper import Mapper
    from bulkgen.render.banner import picture_refs
    from bulkgen.sheet.read import open_sheet
    from bulkgen.shipped import templates_folder
    from bulkgen.studio.task import Made, Picture, RenderTask
    from bulkgen.studio.worker import render_generation
    from bulkgen.wire.design import parse_design

    templates, kinds = templates_folder(), photos()
    mapping = load_mapping(sheet.parent / "mapping.yaml")
    folder = templates / str(mapping.design)
    body = (folder / "design.json").read_bytes()
    design = parse_design(json.loads(body))
    opened = open_sheet(sheet)
    mapper = Mapper(mapping, design, opened.outline, folder=sheet.parent, formats=formats)
    (sheet.parent / "files").mkdir()
    every = max(1, sum(1 for _ in opened.rows()) // (sample + 1))
    tasks = []
    for mapped in (mapper.map(row) for row in open_sheet(sheet).rows() if row.position % every == 0):
        (want,) = mapped.wants
        pictures = {}
        for ref, layer in picture_refs(design, want.formats, want.payload.elements).items():
            path = folder / ref
            if ref.startswith("http"):
                path = sheet.parent / ref.rpartition("/")[2]
                path.write_bytes(photo(int(path.stem), kinds))
            pictures[ref] = Picture(path=str(path), layer=layer)
        tasks.append(
            RenderTask(
                design_body=body,
                format_ids=want.formats,
                elements=want.payload.elements,
                files_folder=str(sheet.parent / "files"),
                fonts=(str(templates / "fonts"),),
                pictures=pictures,
            )
        )
    first, *others = tasks[: sample + 1]
    render_generation(first)
    made = 0
    started = time.process_time()
    for task in others:
        made += sum(isinstance(outcome, Made) for outcome in render_generation(task).outcomes)
    print(json.dumps([made, time.process_time() - started]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--formats", default="square,story,landscape")
    parser.add_argument("--sample", type=int, default=100, help="rows that are rendered")
    parser.add_argument("--render", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.render:
        render(options.render, tuple(options.formats.split(",")), options.sample)
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as name:
        sheet = make_sheet(Path(name), options.rows)
        make_home(Path(name) / "home", options.rows)
        looking, told = check(sheet, options.formats)
        command = [sys.executable, __file__, "--render", str(sheet), "--formats", options.formats]
        command += ["--sample", str(options.sample)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        made, seconds = json.loads(done.stdout)
    banners = options.rows * len(options.formats.split(","))
    rendering = seconds / made * banners
    kinds = {str(one["code"]): one["count"] for one in told["findings"]}  # type: ignore[attr-defined]
    print(f"{options.rows:,} rows x {options.formats}: {banners:,} banners; problems told: {kinds}")
    print(f"check {looking:.1f} s CPU, {1000 * looking / banners:.2f} ms a banner")
    print(f"rendering {rendering:,.0f} s CPU, from {made} banners at {1000 * seconds / made:.1f} ms")
    print(f"check over rendering: {looking / rendering:.3f} (at most {MOST_OF_RENDERING})")
    if looking > MOST_OF_RENDERING * rendering:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
