"""The house's one-way flow, held by a test: who may import whom, and what pure files may not touch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "bulkgen"

# What each room may import from bulkgen, beside itself. A room on the left of the flow never sees one on the right.
_BASE = {"errors", "events", "clock", "atomic", "names", "header_times"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "events": set(),
    "clock": set(),
    "atomic": set(),
    "names": set(),
    "header_times": set(),
    "wire": set(),
    "render": {"wire"},
    "fetch": _BASE,
    "studio": {"wire", "render", "fetch"},
    "sheet": _BASE,
    "mapping": _BASE | {"sheet", "wire", "fetch"},
    "plan": _BASE | {"sheet", "wire", "mapping"},
    "preflight": _BASE | {"sheet", "wire", "fetch", "mapping", "plan", "render"},
    "ledger": _BASE | {"sheet", "wire", "mapping", "plan"},
    "engine": _BASE | {"sheet", "wire", "mapping", "plan", "ledger"},
    "report": _BASE | {"sheet"},
    "tally": {"events"},
    "spending": set(),
    "addresses": {"errors"},
    "keyrings": {"errors"},
    "exits": {"errors"},
    "logline": {"events"},
    "logfile": {"errors", "events", "clock", "logline"},
    "notice": set(),
    "notifying": {"clock", "notice", "engine"},
    "progress": {"events"},
}
# The joints and the faces above the stages see what they join; they are told apart from the stages only.
JOINTS = {
    "account",
    "checking",
    "cli",
    "config",
    "consent",
    "design_check",
    "designs",
    "frame",
    "jobs",
    "library",
    "looking",
    "pipeline",
    "preflighting",
    "preparing",
    "profile_file",
    "profiles",
    "merging",
    "reporting",
    "running",
    "sampling",
    "session",
    "shipped",
    "testing",
    "__init__",
    "__main__",
}

# Files that decide: no file, socket, clock, randomness, logging or environment in them.
PURE = [
    "errors.py",
    "events.py",
    "exits.py",
    "logline.py",
    "notice.py",
    "names.py",
    "tally.py",
    "account.py",
    "addresses.py",
    "header_times.py",
    "spending.py",
    "sampling.py",
    "wire/*.py",
    "fetch/address.py",
    "fetch/failure.py",
    "fetch/fetched.py",
    "fetch/share_links.py",
    "sheet/model.py",
    "sheet/problems.py",
    "sheet/display.py",
    "mapping/encoded.py",
    "mapping/mistakes.py",
    "mapping/model.py",
    "mapping/keys.py",
    "mapping/picture_cells.py",
    "mapping/picture_kinds.py",
    "mapping/picture_names.py",
    "mapping/assignment.py",
    "mapping/automatic.py",
    "mapping/contents.py",
    "mapping/draft.py",
    "mapping/guess.py",
    "mapping/plain_text.py",
    "mapping/*_guess.py",
    "mapping/proposal.py",
    "mapping/written.py",
    "plan/*.py",
    "preflight/accidents.py",
    "preflight/bleeds.py",
    "preflight/check.py",
    "preflight/costs.py",
    "preflight/failure_kinds.py",
    "preflight/file_options.py",
    "preflight/findings.py",
    "preflight/honesty.py",
    "preflight/row_set.py",
    "preflight/fitting.py",
    "preflight/origins.py",
    "preflight/outputs.py",
    "preflight/problems.py",
    "preflight/state.py",
    "preflight/structure.py",
    "preflight/texts.py",
    "preflight/wording.py",
    "preflight/picture*.py",
    "preflight/media*.py",
    "ledger/states.py",
    "ledger/records.py",
    "engine/budget.py",
    "engine/allowance.py",
    "engine/door.py",
    "engine/pauses.py",
    "engine/quota.py",
    "engine/retry.py",
    "engine/polling.py",
    "engine/scheduler.py",
    "engine/settle.py",
    "report/model.py",
    "report/columns.py",
    "report/problem_rows.py",
    "render/alignment.py",
    "render/bidi.py",
    "render/breaking.py",
    "render/casing.py",
    "render/clusters.py",
    "render/design_body.py",
    "render/design_faults.py",
    "render/design_keys.py",
    "render/design_lint.py",
    "render/design_places.py",
    "render/design_schema.py",
    "render/extras.py",
    "render/failures.py",
    "render/fitting.py",
    "render/frames.py",
    "render/groups.py",
    "render/html5/click.py",
    "render/html5/styles.py",
    "render/html5/template.py",
    "render/html5/text_tracks.py",
    "render/html5/tracks.py",
    "render/layout.py",
    "render/line_rules.py",
    "render/lines.py",
    "render/markup.py",
    "render/placement.py",
    "render/price.py",
    "render/print/bleed.py",
    "render/print/letters.py",
    "render/print/marks.py",
    "render/saliency.py",
    "render/scene.py",
    "render/setting.py",
    "render/text_units.py",
    "render/textblock.py",
    "render/timeline.py",
    "render/typesetting.py",
    "render/units.py",
    "render/value_schema.py",
    "studio/answer_schemas.py",
    "studio/design_file.py",
    "studio/json_lines.py",
    "studio/listing.py",
    "studio/migrations.py",
    "studio/openapi.py",
    "studio/projects.py",
    "studio/records.py",
    "studio/schemas.py",
    "studio/states.py",
    "studio/task.py",
    "studio/validation*.py",
]
IMPURE_MODULES = {
    "aiohttp",
    "asyncio",
    "http",
    "logging",
    "os",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
}


def _imports(path: Path) -> set[str]:
    """Modules that a file imports, anywhere in it, outside `if TYPE_CHECKING`."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text("utf-8")))
    return found


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    """An arrow the other way is how a stage starts to know what comes after it."""
    room = _room(path)
    assert room in ALLOWED or room in JOINTS, f"{room} has no line in the import table"
    if room in JOINTS:
        return
    for module in _imports(path):
        if module.startswith("bulkgen."):
            other = module.split(".")[1]
            assert other == room or other in ALLOWED[room], f"{room} must not import {module}"


@pytest.mark.parametrize("pattern", PURE)
def test_pure_files_touch_nothing_outside_themselves(pattern: str) -> None:
    """A pure file runs in a test without a fixture; one import of the clock and it no longer does."""
    paths = sorted(PACKAGE.glob(pattern))
    assert paths, f"{pattern} names no file"
    for path in paths:
        impure = {
            module for module in _imports(path) if module in IMPURE_MODULES or module.split(".")[0] in IMPURE_MODULES
        }
        assert not impure, f"{path.name} imports {sorted(impure)}"


def test_help_works_without_loading_what_renders_or_reads() -> None:
    """`bulkgen --help` is for every machine, also one without the rendering libraries."""
    code = (
        "import sys, bulkgen.cli.main; "
        "heavy = {'skia', 'pandas', 'openpyxl', 'aiohttp', 'PIL', 'uharfbuzz'} & set(sys.modules); "
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
