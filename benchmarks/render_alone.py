"""The rendering of a run and nothing else: a sheet's tasks through the studio's worker entry, one process, one thread.

python benchmarks/render_alone.py SHEET FORMATS        prints CPU seconds
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path

from bulkgen.mapping.file import load_mapping
from bulkgen.mapping.mapper import Mapper
from bulkgen.mapping.model import LocalPicture
from bulkgen.sheet.read import open_sheet
from bulkgen.shipped import templates_folder
from bulkgen.studio.task import Picture, RenderTask
from bulkgen.studio.worker import render_generation
from bulkgen.wire.design import parse_design


def tasks(path: Path, formats: tuple[str, ...], files: Path) -> list[RenderTask]:
    from bulkgen.render.banner import picture_refs

    templates = templates_folder()
    mapping = load_mapping(path.parent / "mapping.yaml")
    folder = templates / str(mapping.design)
    body = (folder / "design.json").read_bytes()
    design = parse_design(json.loads(body))
    sheet = open_sheet(path)
    mapper = Mapper(mapping, design, sheet.outline, folder=path.parent, formats=formats)
    found = []
    for row in sheet.rows():
        (want,) = mapper.map(row).wants
        local: dict[str, LocalPicture] = dict(want.payload.pictures)
        pictures = {}
        for ref, layer in picture_refs(design, want.formats, want.payload.elements).items():
            digest = ref.removeprefix("sha256:")
            source = local[digest].path if digest in local else folder / ref
            pictures[ref] = Picture(path=str(source), layer=layer)
        found.append(
            RenderTask(
                design_body=body,
                format_ids=want.formats,
                elements=want.payload.elements,
                files_folder=str(files),
                fonts=(str(templates / "fonts"),),
                pictures=pictures,
            )
        )
    return found


def main() -> None:
    path, formats = Path(sys.argv[1]), tuple(sys.argv[2].split(","))
    with tempfile.TemporaryDirectory() as name:
        files = Path(name)
        todo = tasks(path, formats, files)
        render_generation(todo[0])
        started = time.process_time()
        for task in todo:
            result = render_generation(task)
            failed = [outcome for outcome in result.outcomes if not hasattr(outcome, "key")]
            assert not failed, failed
        print(f"{time.process_time() - started:.3f}")
        kept = hashlib.sha256("".join(sorted(f.name for f in files.rglob("*.*"))).encode()).hexdigest()
        sys.stderr.write(f"{len(todo)} tasks, files {kept[:12]}\n")


if __name__ == "__main__":
    main()
