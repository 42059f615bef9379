"""Mutated pictures, fonts, drawings and designs through the renderer: each drawn, or refused in words.

python benchmarks/fuzz_render.py [--kinds pictures,fonts,drawings,designs] [--count 10000] [--seed 1] [--keep DIR]

A case is a source and a list of edits, both from its seed, so that a number names it. Cases run in a worker process,
which says which one it is at; when it dies or is silent too long, that case is the one. What fails is cut down to the
edits that matter and written to the folder, with the error beside it. Exit code 1 if any did.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fuzz_cases import SOURCES, Case, case, edited, pictures

from bulkgen.render.banner import RenderCache, picture_refs, render_banner
from bulkgen.render.failures import RenderError
from bulkgen.render.fonts import FontCatalogueError, FontLibrary
from bulkgen.render.pictures import decode_picture, read_vector
from bulkgen.render.svg import is_svg
from bulkgen.wire.design import DesignShapeError, parse_design

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"

# Far above what the slowest sound case takes, also on a busy machine.
SILENCE_SECONDS = 30.0
PIECE = 200

# --- one case ---------------------------------------------------------------------------------------------------------

FONTS = FontLibrary([TEMPLATES / "fonts", ROOT / "tests" / "fonts"], installed=lambda: iter(()))
_TEXT = "שלום قائمة 夏の山 पहाड़ a1"


def run(made: Case, cache: RenderCache) -> str:
    """What became of it: `drawn`, or `refused`. Anything else is raised, and a finding."""
    body = edited(made)
    try:
        match made.kind:
            case "pictures" | "drawings":
                _draw_picture(made, body)
            case "fonts":
                _draw_font(body)
            case _:
                _draw_design(made, body, cache)
    except (RenderError, FontCatalogueError, DesignShapeError) as error:
        if len(str(error)) <= 10:
            raise AssertionError(f"no reason: {error!r}") from error
        return "refused"
    return "drawn"


def _draw_picture(made: Case, body: bytes) -> None:
    picture = decode_picture(body, 30, 30, contain=made.seed % 2 == 0)
    if picture.is_opaque and picture.pixels[..., 3].min() != 255:
        raise AssertionError("opaque and see-through at once")
    if is_svg(body):
        read_vector(body)


def _draw_font(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "broken.ttf").write_bytes(body)
        library = FontLibrary([Path(name)], installed=lambda: iter(()))
        shown = "".join(char for char in _TEXT if library.fallback(char, 400, "normal", 16))
        render_banner(_font_design(), "only", {"title": {"payload": shown or "a"}}, {}, library, file_type="png")
        render_banner(_font_design(), "only", {"title": {"payload": shown or "a"}}, {}, library, file_type="pdf")


@cache
def _font_design() -> Any:
    box = {"x": 0, "y": 0, "width": 200, "height": 100}
    title = {"name": "title", "type": "text", "layout": box, "attributes": [{"id": "font_size", "value": 16}]}
    return parse_design(
        {"id": "d", "type": "static", "formats": [{"id": "only", "width": 200, "height": 100}], "elements": [title]}
    )


def _draw_design(made: Case, body: bytes, cache: RenderCache) -> None:
    design = parse_design(json.loads(body))
    smallest = min(design.formats, key=lambda item: item.width * item.height)
    folder = TEMPLATES / made.source
    found: dict[str, bytes | RenderError] = {}
    for reference in picture_refs(design, (smallest.id,), {}):
        path = folder / reference
        is_there = reference.startswith("images/") and ".." not in reference and path.is_file()
        found[reference] = path.read_bytes() if is_there else pictures()["PNG RGBA"]
    kind = ("png", "jpeg", "png", "pdf")[made.seed % 4]
    render_banner(design, smallest.id, {}, found, FONTS, file_type=kind, cache=cache)


# --- processes --------------------------------------------------------------------------------------------------------


def _worker(kind: str, seeds: range, to: Connection) -> None:
    _limit_memory()
    cache = RenderCache(32 << 20)
    for seed in seeds:
        to.send(("at", seed))
        to.send(("end", seed, *_outcome(case(kind, seed), cache)))
    to.close()


def _single(made: Case, to: Connection) -> None:
    _limit_memory()
    to.send(_outcome(made, RenderCache(32 << 20)))
    to.close()


def _outcome(made: Case, cache: RenderCache) -> tuple[str, str]:
    try:
        return run(made, cache), ""
    except MemoryError:
        # What the studio's worker answers too; it is a reason, and counted apart.
        return "too large for a worker", ""
    except Exception:
        return "ERROR", traceback.format_exc()


def _limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (2 << 30, 2 << 30))


def fuzz(kind: str, seeds: range) -> Iterator[tuple[int, str, str]]:
    """(seed, outcome, error) of each case; a dead or silent worker is replaced, and its case named."""
    context = multiprocessing.get_context("fork")
    next_seed = seeds.start
    while next_seed < seeds.stop:
        mine, theirs = context.Pipe(duplex=False)
        # Threads and memory of a library do not live on from piece to piece, so that a leak is no crash.
        piece = range(next_seed, min(next_seed + PIECE, seeds.stop))
        process = context.Process(target=_worker, args=(kind, piece, theirs), daemon=True)
        process.start()
        theirs.close()
        at = next_seed
        try:
            while mine.poll(SILENCE_SECONDS):
                told = mine.recv()
                if told[0] == "at":
                    at = told[1]
                else:
                    yield told[1], told[2], told[3]
                    next_seed = told[1] + 1
            yield at, "HANG", f"silent for {SILENCE_SECONDS:g} s"
            next_seed = at + 1
        except EOFError:
            process.join()
            if next_seed < piece.stop:
                yield at, "CRASH", f"the process ended with {process.exitcode}"
                next_seed = at + 1
        finally:
            process.kill()
            process.join()
            mine.close()


def alone(made: Case) -> str:
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_single, args=(made, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        return str(mine.recv()[0]) if mine.poll(SILENCE_SECONDS) else "HANG"
    except EOFError:
        return "CRASH"
    finally:
        process.kill()
        process.join()


def shrunk(made: Case, outcome: str) -> Case:
    """Without the edits that it fails without."""
    edits = list(made.edits)
    for edit in list(edits):
        rest = [one for one in edits if one is not edit]
        if rest and alone(Case(made.kind, made.seed, made.source, tuple(rest))) == outcome:
            edits = rest
    return Case(made.kind, made.seed, made.source, tuple(edits))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", default=",".join(SOURCES))
    parser.add_argument("--count", type=int, default=10_000, help="cases of each kind")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other cases")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"), help="where findings are written")
    options = parser.parse_args()
    failed = 0
    for kind in options.kinds.split(","):
        started, counts = time.monotonic(), Counter[str]()
        first = options.seed * 10_000_000
        for seed, outcome, error in fuzz(kind, range(first, first + options.count)):
            counts[outcome] += 1
            if not outcome.isupper():
                continue
            failed += 1
            least = shrunk(case(kind, seed), outcome)
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{kind}-{seed}.bin").write_bytes(edited(least))
            (options.keep / f"{kind}-{seed}.txt").write_text(f"{outcome} {least}\n\n{error}", "utf-8")
            print(f"{kind} {seed}: {outcome}, {least.source}, {len(least.edits)} edits\n{error}", flush=True)
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common())
        print(f"{kind}: {told}; {time.monotonic() - started:.0f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
