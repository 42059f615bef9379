"""Texts that should not be published, and good ones that look a little like them.

A false alarm costs more than a miss: who is told of a thousand good titles stops reading.
"""

from __future__ import annotations

import pytest

from bulkgen.preflight.wording import flaws, garbled, is_capitals


def codes(text: str, *variables: str) -> list[str]:
    return [flaw.code for flaw in flaws(text, frozenset(variables))]


@pytest.mark.parametrize(
    "text",
    [
        "#N/A",
        "from #REF! only",
        "#DIV/0!",
        "#BEZUG!",
        "#¡VALOR!",
        "#N/D",
        "[object Object]",
        "Lamp [object Object] oak",
        "€NaN",
        "NaN %",
        "Lorem ipsum dolor sit amet",
        "undefined undefined",
        "null EUR",
        "null - null",
        "TODO",
        "TODO: a better claim",
        "TBD",
        "xxx",
        "asdf",
        "until DD.MM.YYYY",
        "from yyyy-mm-dd on",
        "Your text here",
        "N/A",
        " n/a ",
        "-",
        "--",
        "TRUE",
        "FALSE",
        "8.80609E+12",
    ],
)
def test_what_stands_where_a_value_is_missing_is_found(text: str) -> None:
    assert codes(text) == ["placeholder_text"]


@pytest.mark.parametrize(
    "text",
    [
        "None of the above",
        "none",
        "An undefined feeling",
        "Null Promille, voller Geschmack",
        "Nan Fang rice noodles",
        "Naan bread",
        "TODO INCLUIDO",
        "Todo",
        "XXL hoodie",
        "xXx: the film",
        "#SALE! now",
        "#NA klar",
        "Size XXXL",
        "The loremaster's guide",
        "Free",
        "0 €",
        "[limited edition]",
        "Add text to your photos",
        "Room N/A 4",
        "True",
        "true",
        "TRUE GRIT",
        "10,-",
        "A - B",
        "4E+5 mounting plate",
        "2E",
        "[[2]]",
        "50% OFF, 20% MORE",
        "https://example.com/?q=%C3%A9%20%20",
        "",
    ],
)
def test_words_that_are_words_are_left_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ title }}",
        "Hi {% if name %}you{% endif %}",
        "${price}",
        "<%= name %>",
        "*|FNAME|*",
        "%{name} is here",
        "Hi %NAME%",
        "by [[brand]]",
    ],
)
def test_template_braces_are_found(text: str) -> None:
    assert codes(text) == ["unfilled_braces"]


def test_an_escape_is_quoted_as_it_stands_in_the_cell() -> None:
    (found,) = flaws("caf\\u00e9")
    assert found.message == "'\\u00e9' is printed as it is"


def test_a_variable_is_a_flaw_only_where_nothing_fills_it() -> None:
    """Hello {name} on a thousand banners."""
    assert codes("Hello {name}") == ["unfilled_braces"]
    assert codes("Hello {name}", "name") == []
    assert codes("Hello {name} from {city}", "name") == ["unfilled_braces"]


@pytest.mark.parametrize("text", ["{1}", "a set {2, 3}", "{}", "100 {", "smile :-}", "a {b c} d"])
def test_braces_that_are_no_template_are_left_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Fish &amp; Chips",
        "Fish &amp;amp; Chips",
        "&lt;b&gt;New&lt;/b&gt;",
        "d&#039;Italie",
        "10&nbsp;cm",
        "caf\\u00e9",
        "Line_x000D_ two",
        "Oak<br>lamp",
        "<p>Oak</p>",
        "<strong>New</strong>",
        '<span style="color:red">New</span>',
        "<c=red>New</c>",
    ],
)
def test_escapes_and_foreign_markup_are_found(text: str) -> None:
    assert codes(text) == ["escaped_text"]


@pytest.mark.parametrize(
    "text",
    [
        "Fish & Chips",
        "AT&T; and more",
        "R&Dept; and more",
        "R&D",
        "price < 5 & > 3",
        "I <3 lamps",
        "A<B",
        "<c=#ff0000>New</c> <w=700>lamp</w>",
        "<u>underlined</u> and <s=#000000>struck</s>",
        "C:\\users\\me",
        "a\\b",
        "snake_x_case",
    ],
)
def test_signs_that_are_meant_are_left_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("cafÃ©", "Ã©"),
        ("MÃ¼nchen", "Ã¼"),
        ("itâ€™s", "â€™"),
        ("5 â‚¬", "â‚¬"),
        ("Ð¡Ñ‚ÑƒÐ»", "Ð¡Ñ‚ÑƒÐ»"),
        ("Å‚Ã³dÅº", "Å‚"),
        ("10Â°", "Â°"),
        ("caf\ufffd", "\ufffd"),
    ],
)
def test_letters_in_the_wrong_encoding_are_found(text: str, piece: str) -> None:
    assert garbled(text) == piece
    assert codes(text) == ["broken_encoding"]


@pytest.mark.parametrize(
    "text",
    [
        "CAFÉ»",
        "IRMÃ®",
        "Ñà–",
        "5 ð€€€",
        "PÃO DE AÇÚCAR",
        "Âge d’or",
        "Ångström",
        "São Paulo",
        "«Älä»",
        "Стул",
        "5 € ® ™",
        "naïve",
        "Â Ã",
    ],
)
def test_letters_that_are_meant_are_left_alone(text: str) -> None:
    assert garbled(text) == ""
    assert codes(text) == []


@pytest.mark.parametrize(
    "text", ["-0 %", "−0%", "Now -0,0 % off", "0% off", "Save 0 %", "0 % Rabatt", "Spare 0%", "0%"]
)
def test_a_saving_of_nothing_is_found(text: str) -> None:
    assert codes(text) == ["saving_of_nothing"]


@pytest.mark.parametrize(
    "text", ["-10 %", "0 % Zinsen", "0% alcohol", "0,0 % vol", "100% off-grid", "Save 10 %", "50-0 % grey", "-0.5 %"]
)
def test_other_percentages_are_left_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    ["THIS IS A VERY LOUD TITLE FOR A CHAIR", "ЭТО ОЧЕНЬ ГРОМКИЙ ЗАГОЛОВОК", "NEW: THE GREAT OAK LAMP ab 10 €"],
)
def test_a_title_in_capitals_is_found_in_any_script(text: str) -> None:
    assert is_capitals(text)


@pytest.mark.parametrize(
    "text",
    [
        "IKEA",
        "LEGO STAR WARS",
        "BMW M3 CSL von 2003",
        "IKEA BILLY Bücherregal in weißem Furnier",
        "USB-C HDMI VGA Adapter für alle Notebooks",
        "INTERNATIONALISIERUNGSMASSNAHME",
        "AUTOMATIC-ESPRESSO-MACHINE-MATTE-BLACK",
        "商品名商品名商品名商品名商品名商品名商品名",
        "مصباح من خشب البلوط والكتان للمساء",
        "1234 5678 9012 3456 7890",
    ],
)
def test_brands_and_scripts_without_capitals_are_left_alone(text: str) -> None:
    assert not is_capitals(text)
