"""The mapping file: what is read, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.errors import MappingError
from bulkgen.mapping.file import build_mapping, load_mapping, parse_mapping

WHOLE = """\
design: product-card
key: sku
formats: [facebook-post, instagram-story]
where: "availability != 'out of stock'"
elements:
  title: "{{ title | truncate(60) }}"
  price:
    payload: "{{ (sale_price or price) | money('EUR', 'fr_FR') }}"
    color: "{{ '#d0021b' if sale_price else '#111111' }}"
    empty: hide
  photo: {image_url: "{{ row['Image Src'] }}", fallback: "https://cdn.example.com/none.jpg"}
  badge: {hidden: "{{ not sale_price }}"}
by_format: {instagram-story: {title: "{{ short_title }}"}}
vars: {city: "{{ city }}"}
pages: {page_1: {headline: "{{ title }}"}}
output: {image_file_type: png, html5: {click_tag: "{{ link }}"}}
"""


def test_the_whole_file_of_the_manual_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(WHOLE, "utf-8")
    mapping = load_mapping(path)
    assert mapping.design == "product-card"
    assert mapping.key == "sku"
    assert mapping.formats == ["facebook-post", "instagram-story"]
    assert set(mapping.elements) == {"title", "price", "photo", "badge"}
    assert mapping.by_format["instagram-story"] == {"title": "{{ short_title }}"}
    assert mapping.output["html5"] == {"click_tag": "{{ link }}"}


def test_a_value_is_the_text_that_stands_there() -> None:
    """YAML would make 9.9 of 9.90, 83 of 0123 and false of no; each would be printed."""
    text = "elements: {a: 9.90, b: 0123, c: no, d: 2024-01-02, e: 12:30, f: true, g: 1e3, h: '', i: 0x1F}"
    assert parse_mapping(text).elements == {
        "a": "9.90",
        "b": "0123",
        "c": "no",
        "d": "2024-01-02",
        "e": "12:30",
        "f": "true",
        "g": "1e3",
        "h": "",
        "i": "0x1F",
    }


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_bytes(b"\xef\xbb\xbfkey: sku\n")
    assert load_mapping(path).key == "sku"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("elements:\n  title: {{ title }}\n", 2, 'stands in quotes: title: "{{ title }}"'),
        ("elements:\n  title: a\n  title: b\n", 3, "'title' stands here twice"),
        ("key: sku\nelments: {}\n", 2, "did you mean 'elements'?"),
        ("key: sku\nelements: [a]\n", 2, "elements must hold names with values below them, not list"),
        ("elements:\n  title: [a, b]\n", 2, "must be a value, or names with values below it"),
        ("key: [a]\n", 1, "key must be a text, not list"),
        ("formats: {a: b}\n", 1, "formats must be a list of names, or one expression"),
        ("by_format:\n  story: title\n", 2, "names with values below"),
        ("key: 'sku\n", 1, "check the indentation and the quotes"),
        ("key: sku\n\tvars: x\n", 2, "check the indentation"),
        ("a: &x [*x]\n", 1, "too large, or nested too deep"),
        ("a: !!python/object:os.system x\n", 1, "no field 'a'"),
        ("? [a, b]\n: c\n", 1, "a name is expected here"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, words: str) -> None:
    """A person looks at the line that the message names."""
    with pytest.raises(MappingError) as error:
        parse_mapping(text, "mapping.yaml")
    assert words in str(error.value)
    assert error.value.where.startswith(f"mapping.yaml, line {line}")


@pytest.mark.parametrize("text", ["", "# nothing\n", "just words\n", "- a\n- b\n"])
def test_a_file_that_is_no_mapping_says_what_one_may_hold(text: str) -> None:
    with pytest.raises(MappingError, match="it may hold: design, key, formats, where, elements"):
        parse_mapping(text)


def test_aliases_cannot_multiply_without_end() -> None:
    """A kilobyte of YAML can stand for gigabytes."""
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
    )
    with pytest.raises(MappingError, match="too large"):
        parse_mapping(bomb)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="no such mapping file"):
        load_mapping(tmp_path / "none.yaml")
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("key: sku\nvars: {a: é}\n".encode("latin-1"))
    with pytest.raises(MappingError, match=r"latin.yaml, line 2: the mapping file is not UTF-8"):
        load_mapping(tmp_path / "latin.yaml")
    (tmp_path / "nul.yaml").write_bytes(b"key: \x00\n")
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "nul.yaml")
    (tmp_path / "big.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(MappingError, match="over 1,000,000 bytes"):
        load_mapping(tmp_path / "big.yaml")


def test_a_program_may_give_plain_values() -> None:
    mapping = build_mapping({"elements": {"title": 5, "badge": {"hidden": True}}, "formats": "post"})
    assert mapping.elements == {"title": 5, "badge": {"hidden": True}}
    with pytest.raises(MappingError, match="no field 'x'"):
        build_mapping({"x": 1})
