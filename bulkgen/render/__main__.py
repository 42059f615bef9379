"""A look at a design while making it: `python -m bulkgen.render DESIGN_FOLDER -o OUT` writes a file per format.

Of an animated design that is the film; with `--at` a picture of each moment.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bulkgen.render.banner import RenderCache, RenderedBanner, picture_refs, render_banner
from bulkgen.render.design_lint import lint_design
from bulkgen.render.failures import RenderError, picture_error
from bulkgen.render.fonts import FontLibrary
from bulkgen.wire.design import parse_design


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bulkgen.render", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with a design.json and its pictures")
    parser.add_argument("-e", "--elements", type=Path, help="a JSON file with overrides, as the API takes them")
    parser.add_argument("-f", "--format", action="append", help="only this format; may be repeated")
    parser.add_argument("-o", "--output", type=Path, default=Path(), help="folder to write to (default: here)")
    parser.add_argument("--fonts", type=Path, help="font folder (default: fonts/ beside the design's folder)")
    parser.add_argument("--type", help="jpeg, png, mp4, ... (default: what the API would choose)")
    parser.add_argument(
        "--at", type=float, nargs="+", metavar="SECONDS", help="of an animated design: pictures of these moments"
    )
    options = parser.parse_args(arguments)

    design = parse_design(json.loads((options.folder / "design.json").read_text("utf-8")))
    elements = json.loads(options.elements.read_text("utf-8")) if options.elements else {}
    folder = options.folder.resolve()
    fonts = FontLibrary([options.fonts or folder.parent / "fonts", folder / "fonts"])
    wanted = options.format or [item.id for item in design.formats]
    options.output.mkdir(parents=True, exist_ok=True)
    problems = lint_design(design)
    for problem in problems:
        sys.stdout.write(f"design: {problem}\n")
    pictures = {
        reference: _load(options.folder, reference, layer)
        for reference, layer in picture_refs(design, wanted, elements).items()
    }
    cache = RenderCache()
    failed = 0
    file_type = options.type or ("png" if options.at else None)
    for name in wanted:
        for at_s in options.at or (None,):
            try:
                banner = render_banner(
                    design, name, elements, pictures, fonts, file_type=file_type, cache=cache, at_s=at_s
                )
            except RenderError as error:
                sys.stdout.write(f"{name}: {error.reason}\n")
                failed += 1
                break
            moment = "" if at_s is None else f"-{at_s:g}s"
            _write(options.output / f"{folder.name}-{name}{moment}.{banner.file_type}", banner)
    return 1 if failed or problems else 0


def _write(path: Path, banner: RenderedBanner) -> None:
    path.write_bytes(banner.body)
    sys.stdout.write(f"{path}  {banner.width}x{banner.height}  {len(banner.body):,} bytes\n")
    if banner.fallback is not None:
        path.with_name(f"{path.stem}-fallback.jpeg").write_bytes(banner.fallback)
    for warning in banner.warnings:
        sys.stdout.write(f"  {warning}\n")


def _load(folder: Path, reference: str, layer: str) -> bytes | RenderError:
    """A picture beside the design, or a file the overrides name; addresses are not fetched here."""
    path = folder / reference
    try:
        return path.read_bytes()
    except OSError as error:
        return picture_error(
            layer, f"{reference}: {error.strerror or error} (addresses are not fetched by the preview)"
        )


if __name__ == "__main__":
    sys.exit(main())
