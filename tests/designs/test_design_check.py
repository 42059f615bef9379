"""`bulkgen designs check` on real files: every kind of mistake in its place, none in the designs that are shipped."""

from __future__ import annotations

import copy
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from bulkgen.cli.main import app
from bulkgen.design_check import Checked, check_designs
from bulkgen.render.design_faults import CODES

TEMPLATES = Path(__file__).parents[2] / "templates"

DESIGN: dict[str, Any] = {
    "id": "7dc0a000-0000-4000-8000-000000000001",
    "name": "Vase",
    "type": "static",
    "formats": [{"id": "post", "width": 400, "height": 300}, {"id": "story", "width": 300, "height": 400}],
    "elements": [
        {
            "name": "title",
            "type": "text",
            "layout": {"x": 10, "y": 10, "width": 280, "height": 80},
            "attributes": [
                {"id": "payload", "value": "Hand-thrown vase"},
                {"id": "font", "value": "Inter"},
                {"id": "font_size", "value": 24},
            ],
        },
        {
            "name": "photo",
            "type": "image",
            "layout": {"x": 10, "y": 100, "width": 280, "height": 200},
            "attributes": [{"id": "image_url", "value": "images/vase.jpg"}],
        },
        {
            "name": "star",
            "type": "illustration",
            "layout": {"x": 10, "y": 10, "width": 20, "height": 20},
            "attributes": [
                {"id": "illustration_type", "value": "feather"},
                {"id": "illustration_file", "value": "star"},
            ],
        },
    ],
}
TITLE, PHOTO, STAR = range(3)
BOX = {"x": 10, "y": 10, "width": 20, "height": 20}


def picture() -> bytes:
    stream = io.BytesIO()
    Image.radial_gradient("L").resize((640, 480)).convert("RGB").save(stream, "JPEG")
    return stream.getvalue()


def write(folder: Path, body: Any, name: str = "vase") -> Path:
    home = folder / name
    (home / "images").mkdir(parents=True, exist_ok=True)
    (home / "images" / "vase.jpg").write_bytes(picture())
    text = body if isinstance(body, str) else json.dumps(body, indent=2)
    (home / "design.json").write_text(text, "utf-8")
    return home


def key(layer: int, name: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda body: body["elements"][layer].update({name: value})


def attribute(layer: int, name: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    """A change of a design: the attribute of a layer set, in place of what it is."""

    def change(body: dict[str, Any]) -> None:
        attributes = body["elements"][layer]["attributes"]
        body["elements"][layer]["attributes"] = [item for item in attributes if item["id"] != name]
        body["elements"][layer]["attributes"].append({"id": name, "value": value})

    return change


def checked(folder: Path, *changes: Callable[[dict[str, Any]], Any]) -> Checked:
    body = copy.deepcopy(DESIGN)
    for change in changes:
        change(body)
    return check_designs([write(folder, body)])


def told(found: Checked) -> list[tuple[str, str]]:
    return [(finding.fault.code, finding.fault.message) for finding in found.findings]


def invoke(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, ["designs", "check", *map(str, arguments)])


def test_shipped_designs_have_no_error_and_no_warning() -> None:
    """They are what people copy."""
    found = check_designs([TEMPLATES])
    assert found.designs == len(list(TEMPLATES.glob("*/design.json")))
    assert [(str(finding.file), str(finding.fault)) for finding in found.findings] == []


def test_a_good_design_has_none_either(tmp_path: Path) -> None:
    assert told(checked(tmp_path)) == []


def test_no_json_is_told_by_line_and_column(tmp_path: Path) -> None:
    found = check_designs([write(tmp_path, '{\n  "id": "a",\n  "name": oops\n}\n')])
    (finding,) = found.findings
    assert (finding.fault.code, finding.line, finding.column) == ("not_a_design", 3, 11)


def test_a_finding_has_the_place_of_what_is_wrong(tmp_path: Path) -> None:
    found = checked(tmp_path, attribute(TITLE, "font_size", "40"))
    (finding,) = found.findings
    assert finding.fault.path == "elements[0].attributes[2].value"
    line = (tmp_path / "vase" / "design.json").read_text("utf-8").splitlines()[finding.line - 1]
    assert line[finding.column - 1 :] == '"40"'


CASES: dict[str, tuple[Callable[[dict[str, Any]], Any], str, str]] = {
    "no formats": (lambda body: body.pop("formats"), "not_a_design", "formats: is missing"),
    "an id in capitals": (
        lambda body: body.update(id=DESIGN["id"].upper()),
        "not_a_design",
        f"id: {DESIGN['id'].upper()!r} is not a UUID in lower case",
    ),
    "two layers of a name": (
        lambda body: body["elements"].append(body["elements"][STAR]),
        "repeated_id",
        "elements[3].name: 2 layers are called 'star'",
    ),
    "a misspelt key": (
        key(PHOTO, "layuot", {}),
        "unknown_key",
        "elements[1].layuot: a image layer has no key 'layuot'",
    ),
    "a key of the wrong kind": (key(PHOTO, "mandatory", "yes"), "bad_key", "elements[1].mandatory: 'yes' is not true"),
    "a layer called vars": (key(STAR, "name", "vars"), "reserved_name", "a layer cannot be called 'vars'"),
    "a misspelt format": (key(STAR, "mandatory", {"pots": True}), "unknown_format", "star: mandatory names no format"),
    "a misspelt type": (key(PHOTO, "type", "imge"), "unknown_type", "photo: 'imge' is no layer type; did you mean"),
    "a misspelt attribute": (attribute(TITLE, "colour", "#fff"), "unknown_attribute", "title: text layers have no"),
    "a colour by name": (attribute(TITLE, "color", "red"), "bad_value", "title.color in post, story: 'red' is not a"),
    "a misspelt layer": (attribute(PHOTO, "below", "titel"), "unknown_layer", "photo.below: there is no other layer"),
    "a layer below itself by way of another": (
        lambda body: [
            change(body) for change in (attribute(TITLE, "below", "star"), attribute(STAR, "below", "title"))
        ],
        "ring",
        "title in post: layers stand beside each other in a ring: title -> star -> title",
    ),
    "a mask of no shape": (
        lambda body: body["elements"].append(
            {
                "name": "all",
                "type": "group",
                "layout": BOX,
                "layer_ids": ["photo"],
                "mask": {"shape": "circle", "rx": "1"},
            }
        ),
        "bad_key",
        "elements[3].mask.rx: '1' is not a number",
    ),
    "a row that is placed nowhere": (
        lambda body: body["elements"].append(
            {
                "name": "all",
                "type": "group",
                "layout": BOX,
                "layer_ids": ["photo"],
                "group": {"auto_layout": True, "placement": "middel"},
            }
        ),
        "bad_group",
        "all.group: placement is 'middel'",
    ),
    "a box of no height": (
        key(STAR, "layout", BOX | {"height": 0}),
        "bad_box",
        "star in post, story: the box is 20 x 0",
    ),
    "a box beside the format": (
        key(STAR, "layout", BOX | {"x": 400}),
        "outside",
        "star: the box lies outside of post, s",
    ),
    "a layer without a box": (key(STAR, "layout", {}), "in_no_format", "star: the layer has no box in any format"),
    "sizes that cross": (
        attribute(TITLE, "min_font_size", 60),
        "crossed_sizes",
        "title in post, story: min_font_size 60 is",
    ),
    "a movement of no kind": (
        lambda body: [
            body.update(type="animated", animation={"duration": 4}),
            key(STAR, "animation", {"tweens": [{"type": "wobble", "keyframes": [{"attr": {}}]}]})(body),
        ],
        "bad_animation",
        "star: elements[2].animation.tweens[0].type: is 'wobble'",
    ),
    "a misspelt font": (
        attribute(TITLE, "font", "Intr"),
        "unknown_font",
        "title.font: there is no font 'Intr' at hand; did you mean 'Inter'?",
    ),
    "a misspelt picture": (
        attribute(PHOTO, "image_url", "images/vaze.jpg"),
        "bad_picture",
        "photo.image_url: images/vaze.jpg is not in the design's folder; did you mean 'images/vase.jpg'?",
    ),
    "a picture elsewhere": (
        attribute(PHOTO, "image_url", "../other/vase.jpg"),
        "bad_picture",
        "photo.image_url: ../other/vase.jpg lies outside of the design's folder",
    ),
    "a picture that is none": (
        attribute(PHOTO, "image_url", "design.json"),
        "bad_picture",
        "photo.image_url: design.json: this is JSON, not a picture",
    ),
    "a misspelt icon": (
        attribute(STAR, "illustration_file", "sttar"),
        "unknown_illustration",
        "star.illustration_file: feather has no illustration 'sttar'; did you mean star",
    ),
    "a text that does not fit": (
        attribute(TITLE, "font_size", 400),
        "does_not_fit",
        "title in post, story: The text 'Hand-thrown vase' cannot fit within the defined space.",
    ),
    "a character of no font": (attribute(TITLE, "payload", "\U0001f9ff\U000f0000"), "cannot_be_made", "title in post"),
    "a property that is not drawn": (
        attribute(PHOTO, "remove_bg", True),
        "not_drawn",
        "photo in post, story: remove_bg is not available on this provider",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_mistake_is_told_once_and_as_what_it_is(case: str, tmp_path: Path) -> None:
    change, code, message = CASES[case]
    ((found, text),) = told(checked(tmp_path, change))
    assert (found, text[: len(message)]) == (code, message)


def test_every_kind_of_mistake_is_provoked_here() -> None:
    assert {code for _, code, _ in CASES.values()} == set(CODES)


_ODD = st.sampled_from(
    [None, True, 0, -1, 1e9, "", "post", "title", "#fff", [], {}, [1], {"post": 3}, ["title"], BOX, {"shape": "star"}]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_stands_in_the_file_is_answered(tmp_path: Path, data: st.DataObject) -> None:
    """A check that breaks on a broken design is of no use; a renderer that does is told as such, and never was."""
    body = copy.deepcopy(DESIGN)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, name = data.draw(st.sampled_from(list(parts_of(body))))
        holder[name] = copy.deepcopy(data.draw(_ODD))
    for code, message in told(check_designs([write(tmp_path, body)])):
        assert code in CODES
        assert "could not be drawn" not in message


def parts_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every part, as what holds it and its key or position."""
    if isinstance(value, (dict, list)):
        for name in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, name
            yield from parts_of(value[name])


def test_a_picture_that_was_cut_short_is_told(tmp_path: Path) -> None:
    home = write(tmp_path, DESIGN)
    (home / "images" / "vase.jpg").write_bytes(picture()[:2000])
    assert told(check_designs([home])) == [
        ("bad_picture", "photo.image_url: images/vase.jpg: the picture is truncated")
    ]


def test_all_texts_that_do_not_fit_are_told_at_once_hidden_ones_too(tmp_path: Path) -> None:
    """One a run is one too few, and a hidden layer fails in the first row that shows it."""

    def add(body: dict[str, Any]) -> None:
        for name in ("note", "badge"):
            body["elements"].append(copy.deepcopy(body["elements"][TITLE]) | {"name": name})
        body["elements"][-1]["attributes"].append({"id": "hidden", "value": True})
        body["elements"][-1]["layout"] = {"post": {"x": 0, "y": 0, "width": 9, "height": 9}}
        body["elements"][-2]["layout"] = {"story": {"x": 0, "y": 0, "width": 9, "height": 9}}

    found = checked(tmp_path, add)
    assert [(code, text.partition(":")[0]) for code, text in told(found)] == [
        ("does_not_fit", "note in story"),
        ("does_not_fit", "badge in post"),
    ]


def test_a_layer_at_fault_does_not_hide_what_is_wrong_with_others(tmp_path: Path) -> None:
    found = checked(tmp_path, attribute(TITLE, "font", "Intr"), attribute(PHOTO, "image_url", "images/vaze.jpg"))
    assert [code for code, _ in told(found)] == ["unknown_font", "bad_picture"]


def test_a_key_that_is_there_twice_is_told(tmp_path: Path) -> None:
    text = json.dumps(DESIGN, indent=2).replace('"name": "Vase"', '"name": "Vase",\n  "name": "Vase 2"')
    found = check_designs([write(tmp_path, text)])
    assert told(found) == [("repeated_id", "name: the key is there twice, and the first is lost")]


def test_two_designs_of_one_id_are_told(tmp_path: Path) -> None:
    """The studio shows the first of them only."""
    write(tmp_path, DESIGN)
    write(tmp_path, DESIGN, "vase-2")
    ((code, message),) = told(check_designs([tmp_path]))
    assert (code, message) == ("repeated_id", f"id: {DESIGN['id']} is that of {tmp_path / 'vase' / 'design.json'} too")


def test_pictures_at_an_address_are_counted_and_not_fetched(tmp_path: Path) -> None:
    found = checked(tmp_path, attribute(PHOTO, "image_url", "https://shop.example/vase.jpg"))
    assert (told(found), found.addresses) == ([], ("https://shop.example/vase.jpg",))


def test_a_font_beside_the_designs_is_at_hand(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    shutil.copy(Path(__file__).parents[1] / "fonts" / "heebo.ttf", tmp_path / "fonts")
    assert told(checked(tmp_path, attribute(TITLE, "font", "Heebo"))) == []


def test_a_document_is_checked_page_by_page(tmp_path: Path) -> None:
    title = copy.deepcopy(DESIGN["elements"][TITLE])
    wrong = copy.deepcopy(title)
    wrong["attributes"][2]["value"] = 4000
    body = {
        "id": DESIGN["id"],
        "type": "printer_multipage",
        "pages": [{"id": name, "width": 400, "height": 300} for name in ("page_1", "page_2")],
        "elements_per_page": {"page_1": [title], "page_2": [wrong]},
    }
    (finding,) = check_designs([write(tmp_path, body)]).findings
    assert finding.fault.code == "does_not_fit"
    assert finding.fault.path == "elements_per_page.page_2[0].attributes[0].value"


def test_the_command_says_where_what_and_what_to_do(tmp_path: Path) -> None:
    checked(tmp_path, lambda body: body["elements"][TITLE]["attributes"][1].update(value="Intr"))
    done = invoke(tmp_path)
    assert done.exit_code == 1
    first, path, remedy, last = done.stdout.splitlines()
    assert first.startswith(f"{tmp_path}/vase/design.json:34:20: ")
    assert first.endswith(": error: title.font: there is no font 'Intr' at hand; did you mean 'Inter'? [unknown_font]")
    assert path == "    at elements[0].attributes[1].value"
    assert remedy.startswith("    -> At hand: Inter, ")
    assert last == "1 design: 1 error"


def test_warnings_fail_only_when_that_is_asked(tmp_path: Path) -> None:
    checked(tmp_path, attribute(PHOTO, "remove_bg", True))
    done = invoke(tmp_path / "vase")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "1 design: 1 warning")
    assert invoke(tmp_path / "vase", "--strict").exit_code == 1


def test_json_has_the_same_and_a_good_design_no_problems(tmp_path: Path) -> None:
    home = write(tmp_path, DESIGN)
    done = invoke(home, home / "design.json")
    assert (done.exit_code, done.stdout) == (0, "1 design: no problems\n")
    checked(tmp_path, attribute(TITLE, "font_size", 400))
    done = invoke(home, "--json")
    body = json.loads(done.stdout)
    assert (done.exit_code, body["designs"], body["errors"], body["warnings"]) == (1, 1, 1, 0)
    (finding,) = body["findings"]
    assert (finding["code"], finding["severity"], finding["path"]) == (
        "does_not_fit",
        "error",
        "elements[0].attributes[0].value",
    )
    assert finding["remedy"]


def test_a_folder_without_designs_is_bad_usage(tmp_path: Path) -> None:
    for folder, words in ((tmp_path, "there is no design in this folder"), (tmp_path / "x", "there is no such folder")):
        done = invoke(folder)
        assert (done.exit_code, words in done.stderr) == (2, True)


def test_the_schema_is_written_and_not_over_another_file(tmp_path: Path) -> None:
    shipped = (TEMPLATES / "design.schema.json").read_text("utf-8")
    command = ["designs", "schema", "-o", str(tmp_path / "design.schema.json")]
    assert CliRunner().invoke(app, ["designs", "schema"]).stdout == shipped
    assert CliRunner().invoke(app, command).exit_code == 0
    assert (tmp_path / "design.schema.json").read_text("utf-8") == shipped
    assert CliRunner().invoke(app, command).exit_code == 2
    assert CliRunner().invoke(app, [*command, "--yes"]).exit_code == 0
