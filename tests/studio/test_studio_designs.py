"""The designs at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from workshop import DESIGN_ID, design_body, write_design

from bulkgen.studio.designs import Catalog

OTHER_ID = "99999999-9999-4999-8999-999999999999"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object"),
        ('{"type": "static"}', "formats"),
        (json.dumps(design_body("not-a-uuid")), "UUID"),
        (json.dumps(design_body(OTHER_ID) | {"type": "hologram"}), "hologram"),
        (json.dumps(design_body(OTHER_ID) | {"elements": 3}), "elements"),
        (json.dumps(design_body(OTHER_ID) | {"created_at": "yesterday"}), "created_at"),
        (json.dumps(design_body(OTHER_ID) | {"updated_at": 10**30}), "updated_at"),
        (json.dumps(design_body(OTHER_ID) | {"created_at": -1}), "created_at"),
        ('{"formats": 3, "deep": ' + "[" * 1000 + "]" * 1000 + "}", "too deeply"),
        ('{"formats": 3, "deep": ' + "[" * 300 + "]" * 300 + "}", "too deeply"),
    ],
)
def test_a_broken_design_is_told_by_its_path_and_hides_no_other(tmp_path: Path, text: str, told: str) -> None:
    """One slip of the pen in one folder must not stop the rest of the shop."""
    write_design(tmp_path, name="good")
    broken = write_design(tmp_path, name="bad") / "design.json"
    broken.write_text(text)
    catalog = Catalog([tmp_path])
    assert [entry.design.id for entry in catalog.scan()] == [DESIGN_ID]
    (problem,) = catalog.broken
    assert problem.path == broken
    assert told in problem.message


def test_two_designs_of_one_id_are_told_and_the_first_holds(tmp_path: Path) -> None:
    """Which one a row was rendered with must not depend on the file system's mood."""
    write_design(tmp_path, design_body(name="First"), name="a")
    write_design(tmp_path, design_body(name="Second"), name="b")
    catalog = Catalog([tmp_path])
    assert [entry.design.name for entry in catalog.scan()] == ["First"]
    assert "a/design.json" in catalog.broken[0].message


def test_a_changed_design_is_read_again(tmp_path: Path) -> None:
    """Who works on a design looks at it as it is."""
    write_design(tmp_path)
    catalog = Catalog([tmp_path])
    first = catalog.get(DESIGN_ID)
    write_design(tmp_path, design_body(name="Changed since"))
    second = catalog.get(DESIGN_ID.upper())
    assert first is not None
    assert second is not None
    assert (first.design.name, second.design.name) == ("Card", "Changed since")
    (tmp_path / "card" / "design.json").unlink()
    assert catalog.get(DESIGN_ID) is None


def test_a_design_that_moves_to_another_folder_or_goes_is_told_no_more(tmp_path: Path) -> None:
    """What was found is what there is: nothing of a folder that went is kept."""
    folder = write_design(tmp_path)
    write_design(tmp_path, design_body(name="Second"), name="other")
    catalog = Catalog([tmp_path])
    assert len(catalog.scan()) == 1
    assert [item.path.parent.name for item in catalog.broken] == ["other"]
    folder.rename(tmp_path / "renamed")
    (tmp_path / "other" / "design.json").unlink()
    (tmp_path / "other" / "design.json").mkdir()
    (shown,) = catalog.scan()
    assert shown.folder == tmp_path / "renamed"
    assert not list(catalog.broken)
    (tmp_path / "renamed" / "preview.png").write_bytes(b"x")
    assert shown.preview == tmp_path / "renamed" / "preview.png"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A mistyped folder would otherwise be an empty shop."""
    catalog = Catalog([tmp_path / "nowhere"])
    assert catalog.scan() == []
    assert "nowhere" in str(catalog.broken[0])
