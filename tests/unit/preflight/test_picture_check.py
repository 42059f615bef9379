"""Pictures by cell: one verdict a layer and code, with its formats, at the cell that names the picture."""

from __future__ import annotations

from checking_cases import Bench, design, layer

from bulkgen.fetch.failure import Failure
from bulkgen.fetch.fetched import Fetched
from bulkgen.preflight.check import failing_formats
from bulkgen.preflight.outputs import Output, outputs_to_send
from bulkgen.preflight.picture_check import PictureCheck
from bulkgen.preflight.picture_facts import PictureFacts, to_text
from bulkgen.sheet.problems import Problem, Severity

A, B = "https://shop.example/a.jpg", "https://shop.example/b.jpg"
BOXES = {"post": (0.0, 0.0, 400.0, 300.0), "story": (0.0, 0.0, 100.0, 100.0)}
CARD = design(layer("photo", "image", BOXES), layer("icon", "logo", (0, 0, 50, 50)), formats=("post", "story"))
MAPPING = 'elements: {photo: "{{ main or spare }}", icon: {image_url: "{{ icon }}"}}'


def dead(address: str) -> Fetched:
    return Fetched(address, failure=Failure.STATUS, status=404, words=f"{address} answered 404")


def there(address: str, facts: PictureFacts) -> Fetched:
    return Fetched(address, status=200, size_bytes=1000, facts=to_text(facts))


def checked(cells: tuple[str, str, str], *found: Fetched, is_ours: bool = True) -> tuple[list[Problem], list[Output]]:
    bench = Bench(MAPPING, ("main", "spare", "icon"), CARD)
    mapped = bench.map(*cells)
    outputs = list(outputs_to_send(mapped, CARD))
    check = PictureCheck(CARD, {one.address: one for one in found}, is_ours=is_ours)
    return list(check.problems(mapped.row, outputs, bench.origins)), outputs


def test_a_dead_picture_is_told_once_at_its_cell_for_all_formats_that_show_it() -> None:
    """Two columns feed the layer; whoever mends the sheet must be sent to the right one."""
    (found,), outputs = checked(("", A, B), dead(A), there(B, PictureFacts("PNG", 64, 64, has_alpha=True)))
    assert (found.code, found.origin.column, found.severity) == ("picture_dead", "spare", Severity.ERROR)
    assert found.message == f"photo.image_url: {A} answered 404", "of all formats that show it, none is named"
    assert dict(found.facts) == {"layer": "photo", "property": "image_url", "formats": "post, story"}
    assert failing_formats([found], outputs) == {"post", "story"}


def test_a_picture_is_too_small_only_in_the_formats_where_it_is() -> None:
    (found,), outputs = checked((A, "", ""), there(A, PictureFacts("JPEG", 200, 150)))
    assert (found.code, dict(found.facts)["formats"]) == ("picture_too_small", "post")
    assert found.message.endswith(" (in post)")
    assert failing_formats([found], outputs) == set()


def test_a_picture_too_small_for_several_boxes_names_the_one_that_it_speaks_of() -> None:
    (found,), _ = checked((A, "", ""), there(A, PictureFacts("JPEG", 20, 15)))
    assert found.message.endswith(" in post; also in story")


def test_the_same_picture_in_two_layers_is_told_of_both() -> None:
    found, _ = checked((A, "", A), dead(A))
    assert [(one.code, one.origin.column) for one in found] == [("picture_dead", "main"), ("picture_dead", "icon")]


def test_nothing_is_said_of_a_picture_that_nobody_looked_at() -> None:
    assert checked((A, "", B))[0] == []


def test_a_picture_is_judged_once_for_all_rows_that_show_it_alike() -> None:
    """Ten thousand rows with one picture are one verdict."""
    bench = Bench(MAPPING, ("main", "spare", "icon"), CARD)
    check = PictureCheck(CARD, {A: dead(A)}, is_ours=True)
    for _ in range(3):
        mapped = bench.map(A, "", "")
        assert len(list(check.problems(mapped.row, outputs_to_send(mapped, CARD), bench.origins))) == 1
    assert repr(check) == "<PictureCheck 1 found, 2 judged>"


def test_what_the_studio_alone_refuses_is_a_warning_elsewhere() -> None:
    svg = there(A, PictureFacts("SVG", 0, 0, refusal="it contains live text"))
    for is_ours, severity in ((True, Severity.ERROR), (False, Severity.WARNING)):
        (found,), _ = checked((A, "", ""), svg, is_ours=is_ours)
        assert (found.code, found.severity) == ("svg_not_drawn", severity)
