"""Rows against a mapping: payloads, problems, and what is refused before the first row."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bulkgen.errors import MappingError
from bulkgen.mapping.automatic import guess_mapping
from bulkgen.mapping.problems import CODES
from bulkgen.sheet.model import Origin, Row
from bulkgen.sheet.problems import Severity
from bulkgen.wire.design import Design

CELLS = {"sku": "A1", "Title": "Shoe", "Price": "49.90 EUR", "Sale Price": "", "Img": "https://x.y/1.jpg", "n": ""}


def test_a_row_becomes_a_payload(bench: Any) -> None:
    mapped = bench.map(
        'key: sku\nelements: {title: "{{ title }}", price: {payload: "{{ price }}", color: "#d00"},'
        ' photo: "{{ img }}"}',
        CELLS,
    )
    (want,) = mapped.wants
    assert mapped.key == "A1"
    assert want.formats == ("post", "story", "wide")
    assert want.payload.elements == {
        "title": {"payload": "Shoe"},
        "price": {"color": "#d00", "payload": "49.90 EUR"},
        "photo": {"image_url": "https://x.y/1.jpg"},
    }


@pytest.mark.parametrize(
    ("spec", "cell", "expected"),
    [
        ('"{{ n }}"', "", {}),
        ('"{{ n }}"', "   ", {}),
        ('"{{ n }}"', "x", {"payload": "x"}),
        ('"{{ n }}"', "__HIDDEN__", {"hidden": True}),
        ('"{{ n }}"', " __HIDDEN__ ", {"payload": " __HIDDEN__ "}),
        ('"{{ n | upper }}"', "__HIDDEN__", {"hidden": True}),
        ('"from {{ n }}"', "__HIDDEN__", {"hidden": True}),
        ('{color: "{{ n }}"}', "__HIDDEN__", {"hidden": True}),
        ("{color: \"{{ '#d00' if n else '#111' }}\"}", "__HIDDEN__", {"color": "#111"}),
        ('{payload: "{{ n }}", empty: keep}', "", {}),
        ('{payload: "{{ n }}", empty: hide}', "", {"hidden": True}),
        ('{payload: "{{ n }}", empty: hide}', "x", {"payload": "x"}),
        ('{payload: "{{ n }}", color: "#d00", empty: hide}', "", {"hidden": True}),
        ('{payload: "{{ n }}", fallback: "other"}', "", {"payload": "other"}),
        ('{payload: "{{ n }}", fallback: "{{ title }}", empty: hide}', "", {"payload": "Shoe"}),
        ('{payload: "{{ n }}", fallback: "other"}', "x", {"payload": "x"}),
        ('{payload: {value: "{{ n }}", empty: hide}}', "", {"hidden": True}),
        ('{payload: T, color: {value: "{{ n }}", fallback: "#d00"}}', "", {"color": "#d00", "payload": "T"}),
        ('{value: "{{ n }}", empty: hide}', "x", {"payload": "x"}),
        ('{payload: T, hidden: "{{ not n }}"}', "", {"hidden": True}),
        ('{payload: T, hidden: "{{ not n }}"}', "x", {"hidden": False, "payload": "T"}),
        ('{payload: "{{ n | money }}", hidden: "{{ not n is price }}"}', "POA", {"hidden": True}),
        ('{color: "{{ n }}", empty: hide}', "", {"hidden": True}),
        ('"two\\\\nlines"', "", {"payload": "two\nlines"}),
    ],
)
def test_an_empty_cell_does_what_the_mapping_says(bench: Any, spec: str, cell: str, expected: dict[str, Any]) -> None:
    """An empty cell that hides, or one that shows the sample's price, is what people will look for first."""
    elements = bench.elements(f"elements:\n  title: {spec}", CELLS | {"n": cell})
    assert elements == ({"title": expected} if expected else {})


def test_an_empty_cell_can_be_an_error(bench: Any) -> None:
    (problem,) = bench.map('elements: {title: {payload: "{{ n }}", empty: error}}', CELLS).problems
    assert (problem.code, problem.origin.column, problem.origin.row) == ("empty_value", "n", 2)
    assert problem.facts == (("layer", "title"), ("property", "payload"))


@pytest.mark.parametrize(
    ("where", "cell", "is_kept"),
    [
        ("n != 'out of stock'", "in stock", True),
        ("n != 'out of stock'", "out of stock", False),
        ("n", "", False),
        ("n", "no", False),
        ("n", "5.00", True),
        ("{{ n }}", "yes", True),
        ("n > 10", "9.99", False),
        ("n > 10", "10.01 EUR", True),
        ("row['n'] in ('a', 'b')", "b", True),
    ],
)
def test_where_leaves_rows_out_and_says_so(bench: Any, where: str, cell: str, is_kept: bool) -> None:
    mapped = bench.map(f'where: "{where}"\nelements: {{title: T}}', CELLS | {"n": cell})
    assert bool(mapped.wants) is is_kept
    assert mapped.problems == ()
    assert mapped.skipped == ("" if is_kept else f"left out by where: {where}")


def test_a_where_that_cannot_be_worked_out_is_a_problem_and_sends_nothing(bench: Any) -> None:
    mapped = bench.map("where: n > 10\nelements: {title: T}", CELLS | {"n": "many"})
    assert [(problem.code, problem.origin.column) for problem in mapped.problems] == [("not_a_number", "n")]
    assert mapped.wants == ()


@pytest.mark.parametrize(
    ("formats", "cell", "expected"),
    [
        ("[story, post]", "", ("post", "story")),
        ("story", "", ("story",)),
        ("story post", "", ("post", "story")),
        ("all", "", ("post", "story", "wide")),
        ('"{{ n }}"', "story", ("story",)),
        ('"{{ n }}"', "Story; WIDE", ("story", "wide")),
        ('"{{ n }}"', "post story,wide", ("post", "story", "wide")),
        ('"{{ n }}"', "story, story", ("story",)),
        ('"{{ n }}"', "all", ("post", "story", "wide")),
        ("\"{{ ['post', 'wide'] if n else 'story' }}\"", "x", ("post", "wide")),
        ("\"{{ ['post', 'wide'] if n else 'story' }}\"", "", ("story",)),
    ],
)
def test_formats_are_a_list_or_said_by_the_row(bench: Any, formats: str, cell: str, expected: tuple[str, ...]) -> None:
    mapped = bench.map(f"formats: {formats}\nelements: {{title: T}}", CELLS | {"n": cell})
    assert mapped.wants[0].formats == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [("", "no_format"), (" , ;", "no_format"), ("stori", "unknown_format"), ("post x", "unknown_format")],
)
def test_a_row_without_a_format_it_can_have_is_a_problem(bench: Any, cell: str, code: str) -> None:
    """Reading an empty cell as "all" would bill for formats that nobody asked for."""
    mapped = bench.map('formats: "{{ n }}"\nelements: {title: T}', CELLS | {"n": cell})
    (problem,) = mapped.problems
    assert (problem.code, problem.origin.column, mapped.wants) == (code, "n", ())
    if cell == "stori":
        assert "did you mean 'story'" in problem.hint


def test_options_of_the_command_win_over_the_file(bench: Any) -> None:
    mapped = bench.map("key: n\nformats: [post]\nelements: {title: T}", CELLS, formats=["wide"], key="SKU")
    assert (mapped.key, mapped.wants[0].formats) == ("A1", ("wide",))


def test_a_format_with_content_of_its_own_is_a_want_of_its_own(bench: Any) -> None:
    text = 'elements: {title: "{{ title }}", cta: Go}\nby_format: {story: {title: {payload: "{{ n }}", color: "#d00"}}}'
    first, second = bench.map(text, CELLS | {"n": "Short"}).wants
    assert (first.formats, second.formats) == (("post", "wide"), ("story",))
    assert first.payload.elements == {"title": {"payload": "Shoe"}, "cta": {"payload": "Go"}}
    assert second.payload.elements == {"title": {"payload": "Short", "color": "#d00"}, "cta": {"payload": "Go"}}


def test_formats_with_equal_content_share_one_want(bench: Any) -> None:
    """Each want is a request of its own: two where one would do costs twice the calls."""
    text = 'elements: {title: "{{ title }}"}\nby_format: {story: {title: "{{ n }}"}, wide: {title: "{{ n }}"}}'
    assert [want.formats for want in bench.map(text, CELLS | {"n": "S"}).wants] == [("post",), ("story", "wide")]
    assert [want.formats for want in bench.map(text, CELLS | {"n": "Shoe"}).wants] == [("post", "story", "wide")]
    assert [want.formats for want in bench.map(text, CELLS | {"n": ""}).wants] == [("post", "story", "wide")]


def test_only_the_formats_asked_for_are_worked_out(bench: Any) -> None:
    text = 'formats: [post]\nelements: {title: T}\nby_format: {story: {title: {payload: "{{ n }}", empty: error}}}'
    assert bench.map(text, CELLS).problems == ()


@pytest.mark.parametrize(
    ("base", "over", "cell", "expected"),
    [
        ('{payload: "{{ n }}", empty: hide}', "S", "", {"payload": "S"}),
        ('"{{ n }}"', "{hidden: true}", "x", {"payload": "x", "hidden": True}),
        ("{payload: T, hidden: true}", "{hidden: false}", "", {"payload": "T", "hidden": False}),
        ("T", '{payload: "{{ n }}", empty: hide}', "", {"hidden": True}),
        ("T", '"{{ n }}"', "__HIDDEN__", {"hidden": True}),
    ],
)
def test_a_format_may_show_what_others_hide(
    bench: Any, base: str, over: str, cell: str, expected: dict[str, Any]
) -> None:
    text = f"formats: [story]\nelements: {{title: {base}}}\nby_format: {{story: {{title: {over}}}}}"
    assert bench.elements(text, CELLS | {"n": cell})["title"] == expected


def test_variables_go_beside_the_layers(bench: Any) -> None:
    text = 'elements: {title: "In {city}"}\nvars: {city: "{{ n }}"}'
    assert bench.elements(text, CELLS | {"n": "Rome"}) == {"title": {"payload": "In {city}"}, "vars": {"city": "Rome"}}
    assert bench.elements(text, CELLS)["vars"] == {"city": ""}
    (problem,) = bench.map('vars: {city: {value: "{{ n }}", empty: error}}', CELLS).problems
    assert problem.code == "empty_value"


def test_objects_are_made_of_parts(bench: Any) -> None:
    text = (
        'elements: {photo: {image_url: "{{ img }}", mask_name: rounded_corners,'
        ' mask_properties: {radius: {tl: "{{ n }}", br: 4}, skew_y: "{{ sku }}"}, focus_objects: [face, "{{ n }}"]}}'
    )
    photo = bench.elements(text, CELLS | {"n": "12", "sku": ""})["photo"]
    assert photo["mask_properties"] == {"radius": {"tl": 12, "br": 4}}
    assert photo["focus_objects"] == ["face", "12"]


def test_output_options_may_depend_on_the_row(bench: Any) -> None:
    mapped = bench.map('elements: {title: T}\noutput: {image_file_type: "{{ n }}"}', CELLS | {"n": "JPG"})
    assert mapped.wants[0].output.to_json() == {"image_file_type": "jpeg"}
    assert (
        bench.map('elements: {title: T}\noutput: {image_file_type: "{{ n }}"}', CELLS).wants[0].output.to_json() == {}
    )
    (problem,) = bench.map('elements: {title: T}\noutput: {image_file_type: "{{ n }}"}', CELLS | {"n": "gif"}).problems
    assert (problem.code, problem.origin.column) == ("bad_value", "n")
    assert "jpeg, png, webp, avif, pdf" in problem.message


def test_a_limit_of_the_command_wins_over_that_of_the_file_whose_column_counts_as_used(bench: Any) -> None:
    text, cells = "elements: {title: T}\noutput: {max_kb: '{{ n }}'}", CELLS | {"n": "150"}
    assert bench.map(text, cells).wants[0].output.to_json() == {"max_kb": 150}
    assert bench.map(text, CELLS | {"n": ""}).wants[0].output.to_json() == {}
    assert bench.map(text, cells, max_kb=40).wants[0].output.to_json() == {"max_kb": 40}
    assert bench.mapper(text, list(cells), max_kb=40).notes == bench.mapper(text, list(cells)).notes
    (problem,) = bench.map(text, CELLS | {"n": "150 kB"}).problems
    assert (problem.code, problem.origin.column) == ("bad_value", "n")


def test_options_of_an_animated_design(bench: Any, make_design: Callable[..., Design]) -> None:
    design = make_design(type="animated")
    text = (
        'output: {image_file_type: html5, html5: {click_tag: "{{ n }}", repeat: -1, include_backup_image: yes}}\n'
        "elements: {title: T}"
    )
    mapped = bench.map(text, CELLS | {"n": "https://x.y"}, design)
    assert mapped.wants[0].output.to_json() == {
        "image_file_type": "html5",
        "html5": {"click_tag": "https://x.y", "repeat": -1, "include_backup_image": True},
    }
    mapper = bench.mapper("elements: {title: T}\noutput: {video: {fps: 30}, gif: {max_fps: 5}}", ["n"], design)
    assert "the gif options have no effect: the file type is mp4" in mapper.notes


def test_a_multi_page_document_is_one_want_with_pages(bench: Any) -> None:
    text = 'elements: {headline: "{{ title }}"}\npages: {page_2: {headline: "{{ n }}"}}\nvars: {city: Rome}'
    mapped = bench.map(text, CELLS | {"n": "Second"}, bench.pages)
    (want,) = mapped.wants
    assert want.formats == ()
    assert want.payload.to_json() == {
        "pages": {
            "page_1": {"headline": {"payload": "Shoe"}, "vars": {"city": "Rome"}},
            "page_2": {"headline": {"payload": "Second"}, "vars": {"city": "Rome"}},
        }
    }


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "has no value"),
        ("Sample title for {city}", "has the value that the design has already"),
        ("__HIDDEN__", "is hidden"),
    ],
)
def test_a_mandatory_layer_must_be_filled_with_a_value_of_its_own(
    bench: Any, make_design: Callable[..., Design], cell: str, why: str
) -> None:
    """The API fails such a generation after it was sent."""
    design = make_design(mandatory={"title": {"story": True}})
    text = 'elements: {title: "{{ n }}"}'
    (problem,) = bench.map(text, CELLS | {"n": cell}, design).problems
    assert (problem.code, problem.origin.column) == ("mandatory_layer", "n")
    assert problem.message == f"layer 'title' is mandatory in story and {why}"
    assert bench.map(text, CELLS | {"n": cell}, design, formats=["post"]).problems == ()
    assert bench.map(text, CELLS | {"n": "Own"}, design).problems == ()
    assert bench.map("elements: {cta: Go}", CELLS, design).problems[0].code == "mandatory_layer"


def test_a_mandatory_layer_is_told_once_with_all_its_formats(bench: Any, make_design: Callable[..., Design]) -> None:
    """Four formats of one empty cell are one thing to mend."""
    design = make_design(mandatory={"title": True})
    (problem,) = bench.map('elements: {title: "{{ n }}"}', CELLS, design).problems
    assert problem.message == "layer 'title' is mandatory in post, story, wide and has no value"
    (problem,) = bench.map('elements: {title: {payload: "{{ n }}", empty: error}}', CELLS, design).problems
    assert problem.code == "empty_value"
    text = 'elements: {title: "{{ n }}"}'
    codes = [p.code for p in bench.map(text, CELLS | {"n": "Sample title\x00 for {city}"}, design).problems]
    assert codes == ["control_characters", "mandatory_layer"]


def test_a_mandatory_layer_of_a_page(bench: Any) -> None:
    (problem,) = bench.map("pages: {page_1: {headline: T}}", CELLS, bench.pages).problems
    assert problem.message == "layer 'headline' is mandatory in page_2 and has no value"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("elements:\n  titel: T", "line 2, elements.titel", "no layer 'titel'\n  did you mean 'title'?"),
        ("elements:\n  title:\n    colour: red", "line 3", "no property 'colour'\n  did you mean 'color'"),
        ("elements:\n  title: {image_url: x}", "line 2", "it belongs to layers of type image, logo, qrcode"),
        ("elements:\n  script: x", "line 2", "takes no values"),
        ("elements:\n  title: {color: red}", "line 2", "'red' is not a colour"),
        ("elements:\n  title: {font_size: 0}", "line 2", "a number, at least 1"),
        ("elements:\n  title: {color: #d00}\n  }", "line 2", "YAML takes # for a comment"),
        ("elements:\n  title:", "line 2", "payload has no value"),
        ("elements:\n  title: {payload: T, empty: show}", "line 2", "empty is keep, hide or error, not 'show'"),
        ("elements:\n  title: {empty: hide}", "line 2", "has no value that could be empty"),
        ("elements:\n  title: {color: '#d00', fallback: x}", "line 2", "nothing to fall back from"),
        ("elements:\n  title: {payload: a, value: b}", "line 2", "say the same thing"),
        ("elements:\n  title: {auto_resize: true}", "line 2", "auto_resize needs min_font_size"),
        ("elements:\n  title: {payload: {a: b}}", "line 2", "takes a value, or value, empty, fallback"),
        ("elements:\n  title: {payload: [a]}", "line 2", "takes one value, not a list"),
        ("elements:\n  photo: {mask_properties: {radios: 1}}", "line 2", "did you mean 'radius'"),
        ("elements:\n  photo: {mask_properties: {radius: x}}", "line 2", "'x' is not a number"),
        ("elements:\n  photo: missing.jpg", "line 2", "there is no file 'missing.jpg'"),
        ("elements:\n  photo: {image_url: '{{ img }}', fallback: ftp://x/y}", "line 2", "not an http or https"),
        ("elements:\n  root: {empty: hide, background_color: '{{ n }}'}", "line 2", "cannot be hidden"),
        ("elements:\n  vars: {city: x}", "line 2", "write them under `vars:`"),
        ("elements:\n  title: '{{ titl }}'", "line 2", "no column 'titl'\n  did you mean 'title'?"),
        ("elements:\n  title: \"{{ row['Titl'] }}\"", "line 2", "did you mean 'Title'?"),
        ("elements:\n  title: '{{ title'", "line 2", "cannot be read"),
        ("elements:\n  title: \"{{ 'a' * 10**9 }}\"", "line 2", "1,000,000,000 characters"),
        ("where: stok", "line 1, where", "no column 'stok'"),
        ("key: skuu", "line 1, key", "no key column 'skuu'\n  did you mean 'sku'?"),
        ("formats: [post, stori]", "line 1, formats", "no format 'stori'\n  did you mean 'story'?"),
        ("formats: []", "line 1", "asks for no format"),
        ("by_format:\n  stori: {title: x}", "line 2", "did you mean 'story'?"),
        ("by_format:\n  story:\n    titel: x", "line 3", "did you mean 'title'?"),
        ("vars:\n  town: x", "line 2", "variable {town}\n  variables: city"),
        ("pages: {page_1: {title: x}}", "line 1", "this design has formats and no pages"),
        ("output: {image_file_typ: png}", "line 1", "did you mean 'image_file_type'"),
        ("output: {image_file_type: mp4}", "line 1", "no file type of static designs: jpeg, png, webp, avif, pdf"),
        ("output: {file_compression_level: 101}", "line 1", "1 to 100"),
        ("output: {max_kb: 150000}", "line 1", "a whole number from 1 to 100000"),
        ("output: {html5: {click_tag: x}}", "line 1", "html5 options are for animated designs, this one is static"),
        ("output: {print: {display_crop_marks: true}}", "line 1", "print options are for printer"),
        ("output: {html5: x}", "line 1", "html5 options are for"),
    ],
)
def test_what_can_be_known_before_the_first_row_is_refused_then(bench: Any, text: str, place: str, words: str) -> None:
    """A name that the API would silently ignore makes a hundred thousand wrong banners."""
    with pytest.raises(MappingError) as error:
        bench.mapper(text, list(CELLS))
    assert error.value.where.startswith("mapping.yaml, line")
    assert place in error.value.where
    assert words in str(error.value)


MISTAKES = """key: skuu
where: stok
formats: [stori]
elements:
  titel: T
  price: {colour: red, font_size: 0}
  photo: "{{ imgg }}"
by_format:
  wid: {title: T}
  post: {title: {payload: "{{ titl }}", color: red}}
vars:
  town: x
output:
  image_file_typ: png
  print: {display_crop_marks: true}
"""


def test_all_mistakes_of_a_mapping_file_are_told_at_once_by_line(bench: Any) -> None:
    """Told one at a time, a file of ten mistakes takes ten attempts."""
    with pytest.raises(MappingError) as error:
        bench.mapper(MISTAKES, list(CELLS))
    told = str(error.value)
    lines = [int(number) for number in re.findall(r"^mapping\.yaml, line (\d+)", told, re.MULTILINE)]
    assert lines == [1, 2, 3, 5, 6, 6, 7, 9, 10, 10, 12, 14, 15]
    assert (error.value.code, error.value.where) == ("bad_mapping", "mapping.yaml, line 1, key")
    assert "line 1, key: there is no key column 'skuu'\n  did you mean 'sku'?" in told
    assert "line 5, elements.titel: there is no layer 'titel'\n  did you mean 'title'?" in told


def test_a_mistake_on_every_page_is_told_once_and_the_twentieth_is_the_last(bench: Any) -> None:
    with pytest.raises(MappingError) as error:
        bench.mapper("elements: {headline: {payload: '{{ titl }}', colour: red}}", list(CELLS), bench.pages)
    assert (str(error.value).count("'titl'"), str(error.value).count("'colour'")) == (1, 1)
    layers = ", ".join(f"layer_{number}: T" for number in range(25))
    with pytest.raises(MappingError, match=r"\nand 5 more$") as error:
        bench.mapper(f"elements: {{{layers}}}", list(CELLS))
    assert str(error.value).count("there is no layer") == 20


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("formats: [page_1]", "pages and no formats"),
        ("by_format: {page_1: {headline: x}}", "use pages"),
        ("pages: {page_3: {headline: x}}", "no page 'page_3'\n  did you mean"),
        ("pages: {page_2: {intro: x}}", "no layer 'intro'"),
        ("elements: {outro: x}", "no layer 'outro'"),
    ],
)
def test_a_document_has_pages(bench: Any, text: str, words: str) -> None:
    with pytest.raises(MappingError) as error:
        bench.mapper(text, list(CELLS), bench.pages)
    assert words in str(error.value)


def test_wrong_options_of_the_command_name_the_option(bench: Any) -> None:
    with pytest.raises(MappingError, match=r"--key: there is no key column 'nr'"):
        bench.mapper("vars: {city: Rome}", ["sku"], key="nr")
    with pytest.raises(MappingError, match=r"--formats: the design has no format 'x'"):
        bench.mapper("vars: {city: Rome}", ["sku"], formats=["x"])


def test_a_mapping_that_fills_nothing_is_refused(bench: Any) -> None:
    """It would make the design's own sample for every row, and bill for it."""
    with pytest.raises(MappingError, match=r"nothing is mapped.*\n.*layers: title, price.*columns: sku"):
        bench.mapper("key: sku", ["sku"])


def test_whether_a_row_is_left_out_can_be_asked_alone(bench: Any) -> None:
    """Keys are compared among the rows that are kept; those left out by `where` often have none."""
    mapper = bench.mapper("where: n > 10\nelements: {title: T}", ["n"])
    left_out = [mapper.leaves_out(Row(0, 2, "", {"n": cell})) for cell in ("", "9", "11", "many")]
    assert left_out == [True, True, False, False]


def test_a_problem_names_cell_layer_and_what_is_allowed(bench: Any) -> None:
    mapped = bench.map('elements: {title: {payload: T, color: "{{ n }}"}}', CELLS | {"n": "red"})
    (problem,) = mapped.problems
    assert mapped.wants == ()
    assert str(problem.origin) == "Sheet1, row 2, column 'n'"
    assert problem.message.startswith("title.color: 'red' is not a colour")
    assert problem.hint


def test_a_warning_is_told_and_the_row_is_sent(bench: Any) -> None:
    mapped = bench.map('elements: {title: "{{ n }}"}', CELLS | {"n": "#REF!"})
    assert [problem.severity for problem in mapped.problems] == [Severity.WARNING]
    assert mapped.wants
    assert mapped.errors == ()


def test_one_wrong_cell_is_told_once_however_many_formats_it_concerns(bench: Any) -> None:
    text = 'by_format: {post: {title: {color: "{{ n }}"}}, story: {title: {color: "{{ n }}"}}}'
    assert len(bench.map(text, CELLS | {"n": "red"}).problems) == 1


def test_notes_tell_what_no_single_row_is_to_blame_for(bench: Any) -> None:
    mapper = bench.mapper('key: sku\nelements: {photo: "{{ img }}"}', [*CELLS, "post url", "bulkgen status"])
    assert mapper.notes == ("columns not used: Title, Price, Sale Price, n",)
    mapper.map(Row(0, 2, "", CELLS | {"Img": "https://x.y/1.jpg, https://x.y/2.jpg"}))
    assert mapper.notes[1:] == ("cells of column 'Img' hold several addresses; the first is used",)
    assert "card" in repr(mapper)


def test_every_code_says_what_it_means_and_what_to_do() -> None:
    assert all(entry.meaning.endswith(".") and entry.remedy.endswith(".") for entry in CODES.values())


@pytest.mark.parametrize(
    ("header", "said", "meant"),
    [
        ("badge.colr", "layer 'badge' (shape) has no property 'colr'", ""),
        ("title.colour", "layer 'title' (text) has no property 'colour'", "title.color"),
        ("ol_price", "there is no layer 'ol_price'", "old_price"),
        ("titel.color", "there is no layer 'titel'", "title.color"),
        ("vars.citty", "no text of the design holds the variable {citty}", "vars.city"),
    ],
)
def test_a_column_that_was_meant_for_a_layer_and_fills_nothing_is_a_warning_in_the_first_row(
    bench: Any, header: str, said: str, meant: str
) -> None:
    """A slip in a header shows the design's own value on every banner, and looks like no mistake at all."""
    headers = ["title", "price", "photo", header]
    guess = guess_mapping(bench.static, headers)
    mapper = bench.mapper("", headers, mapping=guess.mapping)
    rows = [Row(n, n + 2, "S", dict.fromkeys(headers, "x") | {"photo": "https://x.y/1.jpg"}) for n in range(2)]
    first, second = (mapper.map(row) for row in rows)
    (problem,) = first.problems
    assert (problem.code, problem.severity) == ("unmatched_column", Severity.WARNING)
    assert problem.origin == Origin("S", 2, header)
    assert problem.message == f"column {header!r} fills nothing: {said}"
    renamed = f"rename {header!r} to {meant!r}; or leave it at that"
    assert problem.hint == (renamed if meant else CODES["unmatched_column"].remedy)
    assert second.problems == ()
    assert mapper.map(rows[0]).problems == first.problems, "rows are mapped several times, and are the same each time"


@pytest.mark.parametrize("header", ["stock", "photo_2", "brand.name", "weight", "prices", "subtitle"])
def test_a_column_of_something_else_is_no_warning(bench: Any, header: str) -> None:
    """A feed has dozens of columns that no banner shows."""
    headers = ["title", "price", "photo", header]
    mapper = bench.mapper("", headers, mapping=guess_mapping(bench.static, headers).mapping)
    cells = dict.fromkeys(headers, "x") | {"photo": "https://x.y/1.jpg"}
    assert mapper.map(Row(0, 2, "S", cells)).problems == ()


def test_a_mapping_that_a_person_wrote_says_nothing_of_headers_it_leaves_out(bench: Any) -> None:
    assert bench.map('elements: {title: "{{ t }}"}', {"t": "x", "title.colour": "#d00"}).problems == ()


def test_the_key_and_overruled_formats_are_columns_that_are_used(bench: Any) -> None:
    text = 'key: sku\nformats: "{{ sizes }}"\nelements: {title: T}'
    mapper = bench.mapper(text, ["sku", "sizes", "n"], formats=["post"])
    assert mapper.notes == ("columns not used: n",)
