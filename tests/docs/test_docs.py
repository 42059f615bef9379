"""The documents keep up with the code: generated pages are fresh, commands and codes are named, blocks run."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bulkgen.mapping.file import parse_mapping
from bulkgen.mapping.mapper import Mapper
from bulkgen.sheet.read import open_sheet
from bulkgen.wire.design import parse_design

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr} (write them with: python docs/generate.py)"


def test_every_command_that_a_page_shows_exists(generator: ModuleType) -> None:
    """A stranger types what the page says."""
    known = {path for path, _ in generator.commands()}
    options = {
        spelling
        for _, command in generator.commands()
        for name, _, about in generator.parameters(command)
        if isinstance(about, generator.OptionInfo)
        for spelling in generator.spellings(name, about)
    } | {"--help", "--version", "-h"}
    for page in PAGES:
        for line in re.findall(r"^\s*(?:\$ )?(bulkgen [a-z].*)$", page.read_text("utf-8"), re.MULTILINE):
            words = line.split()
            assert any(line.startswith(path) for path in known), f"{page.name}: {line}"
            for word in words:
                if word.startswith("--") and "[" not in line:
                    assert word.split("=")[0] in options, f"{page.name}: {word} in {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_mapping_of_the_readme_fits_the_first_example() -> None:
    """Who copies it is to get banners, not a refusal."""
    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    mapping = parse_mapping(block, "README.md")
    sheet = open_sheet(ROOT / "examples" / "product-cards" / "products.xlsx")
    body = json.loads((ROOT / "templates" / str(mapping.design) / "design.json").read_text("utf-8"))
    mapper = Mapper(mapping, parse_design(body), sheet.outline, folder=ROOT / "examples" / "product-cards")
    mapped = [mapper.map(row) for row in sheet.rows()]
    assert not [str(problem) for row in mapped for problem in row.errors]
    assert sum(bool(row.wants) for row in mapped) > 20


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_no_place_of_one_machine(page: Path) -> None:
    assert not re.search(r"(?<![\w.])/(?:work|root|tmp|home)/", page.read_text("utf-8"))
