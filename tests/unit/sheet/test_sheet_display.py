"""What a person sees in a cell: number formats, drawn as Excel with an American system draws them."""

from __future__ import annotations

import pytest

from bulkgen.sheet.dates import serial_of
from bulkgen.sheet.display import Display, show
from bulkgen.sheet.formats import BUILT_IN, SYSTEM_DATE_IDS

NUMBERS = [
    ("00000", "123", "00123"),
    ("00000", "-123", "-00123"),
    ("0", "2.5", "3"),
    ("0", "-2.5", "-3"),
    ("0.00", "1.005", "1.01"),
    ("0.00", "1.1000000000000001", "1.10"),
    ("0.0", "0.25", "0.3"),
    ("#,##0", "1234567.5", "1,234,568"),
    ("#,##0.00", "-1234.5", "-1,234.50"),
    ("#,##0.00", "0", "0.00"),
    ("0%", "0.2", "20%"),
    ("0.0%", "0.98765", "98.8%"),
    ("0.00%", "-0.005", "-0.50%"),
    ('#,##0.00 "€"', "1234.5", "1,234.50 €"),
    ("[$€-407] #,##0.00", "9.9", "€ 9.90"),
    ("#,##0.00 [$CHF]", "10000", "10,000.00 CHF"),
    ("[$£-809]#,##0.00;[Red]-[$£-809]#,##0.00", "-3", "-£3.00"),
    ('_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', "1234.5", "$1,234.50"),
    ('_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', "-1234.5", "$(1,234.50)"),
    ('_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)', "0", "$-"),
    ("0;(0);zero", "-3", "(3)"),
    ('0;(0);"none"', "0", "none"),
    ("0.00;;", "-3", ""),
    (";;;", "3", ""),
    ("0.0,", "12345", "12.3"),
    ('0.00,,"M"', "1234567", "1.23M"),
    ("#", "0", ""),
    ("#.##", "0.5", ".5"),
    (".00", "12.5", "12.50"),
    ("0.00E+00", "12345", "1.23E+04"),
    ("0.00E+00", "9.999", "1.00E+01"),
    ("0.00E+00", "0", "0.00E+00"),
    ("##0.0E+0", "12345", "12.3E+3"),
    ("0.0E-0", "0.00012", "1.2E-4"),
    ("# ?/?", "1.5", "1 1/2"),
    ("# ?/?", "0.5", "1/2"),
    ("# ?/?", "2", "2"),
    ("?/?", "1.5", "3/2"),
    ("# ?/8", "0.5", "4/8"),
    ("# ??/??", "3.14159", "3 14/99"),
    ("(000) 000-0000", "5551234567", "(555) 123-4567"),
    ("000-00-0000", "12345678901", "12345-67-8901"),
    ('[>=100]"big "0;0', "150", "big 150"),
    ('[>=100]"big "0;0', "5", "5"),
    ("[<1]0.00;[<100]0.0;0", "50", "50.0"),
    ("[Red][<0]0;0", "-4", "4"),
    ('General" kg"', "3.7", "3.7 kg"),
    ("0\\ \\%", "7", "7 %"),
    ('[<=10]"few";[=20]"twenty";"other"', "10", "few"),
    ('[<=10]"few";[=20]"twenty";"other"', "20", "twenty"),
    ('[<=10]"few";[=20]"twenty";"other"', "30", "other"),
    ('[>5]"more";[<>3]"some"', "6", "more"),
    ('[>5]"more";[<>3]"some"', "4", "some"),
    ('[>5]"more";[<>3]"some"', "3", "3"),
    ("[>100]0;(0);0.0", "-7", "(7)"),
    ("[>100]0;(0);0.0", "7", "7.0"),
    ("[<=-1](0);0", "-7", "(7)"),
    ("[>=oops]0", "5", "5"),
    ("# ?/00", "0.5", "1/2"),
    ('"n° "@', "7", "n° 7"),
    ("0/x", "5", "5/x"),
    ("@", "123", "123"),
    ('0" sold"', "12", "12 sold"),
]


@pytest.mark.parametrize(("code", "stored", "shown"), NUMBERS)
def test_a_number_is_drawn_by_its_format(code: str, stored: str, shown: str) -> None:
    """Wrong here, and a banner prints 0.2 where the sheet says 20%."""
    assert show(stored, code) == shown


GENERALS = [
    ("5", "5"),
    ("5.0", "5"),
    ("204.0", "204"),
    ("0.30000000000000004", "0.3"),
    ("0.1", "0.1"),
    ("1.1000000000000001", "1.1"),
    ("0.3333333333333333", "0.333333333"),
    ("48.8566140123", "48.85661401"),
    ("-1234.5", "-1234.5"),
    ("4006381333931", "4006381333931"),
    ("4.006381333931E12", "4006381333931"),
    ("123456789012345", "123456789012345"),
    ("12345678901234567", "12345678901234600"),
    ("1E+20", "100000000000000000000"),
    ("1E+25", "1E+25"),
    ("0.00001234", "0.00001234"),
    ("1.23456789E-7", "1.23457E-07"),
    ("0", "0"),
    ("-0", "0"),
    ("007", "7"),
]


@pytest.mark.parametrize(("stored", "shown"), GENERALS)
def test_a_number_without_a_format_keeps_its_digits(stored: str, shown: str) -> None:
    """An article number that became 4.00638E+12, or a price with a binary tail, would be printed like that."""
    assert show(stored, "General") == shown


DATES = [
    ("m/d/yyyy", "44197", "1/1/2021"),
    ("dd/mm/yyyy", "46350", "24/11/2026"),
    ("dd.mm.yy", "46350", "24.11.26"),
    ("yyyy-mm-dd;@", "46350", "2026-11-24"),
    ("d-mmm-yy", "46350", "24-Nov-26"),
    ("[$-409]mmmm d, yyyy", "46350", "November 24, 2026"),
    ("dddd", "46350", "Tuesday"),
    ("ddd d mmm", "46350", "Tue 24 Nov"),
    ("mmmmm", "46350", "N"),
    ("[$-407]d. mmmm yyyy", "46350", "24. November 2026"),
    ("[$-40C]dddd d mmmm yyyy", "46350", "mardi 24 novembre 2026"),
    ("[$-C0A]d mmm", "44197", "1 ene"),
    ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "44197", "Friday, January 1, 2021"),
    ("[$-F400]h:mm:ss\\ AM/PM", "0.5", "12:00:00 PM"),
    ('yyyy"年"m"月"d"日"', "46350", "2026年11月24日"),
    ("dd/mm/yyyy hh:mm", "46350.395833333336", "24/11/2026 09:30"),
    ("h:mm AM/PM", "0.5", "12:00 PM"),
    ("h:mm AM/PM", "0", "12:00 AM"),
    ("h:mm A/P", "0.75", "6:00 P"),
    ("h AM/PM", "0.25", "6 AM"),
    ("mm:ss", "0.0104166666666667", "15:00"),
    ("mm:ss.0", "0.000011574074", "00:01.0"),
    ("hh:mm:ss.000", "0.5000057870370371", "12:00:00.500"),
    ("[h]:mm", "1.5", "36:00"),
    ("[h]:mm:ss", "10.632060185185186", "255:10:10"),
    ("[mm]:ss", "0.0625", "90:00"),
    ("[ss]", "0.001", "86"),
    ("h:mm", "0.99999999", "0:00"),
    ("h:mm:ss.", "0.5", "12:00:00."),
    ("e-mm", "46350", "2026-11"),
    ("bbbb", "46350", "2569"),
    ("bb", "46350", "69"),
    ("aaaa", "46350", "Tuesday"),
    ("yyy", "46350", "2026"),
    ("[$-FFFF]mmmm", "46350", "November"),
    ("[$-411]mmmm", "46350", "11月"),
    ("[$-xyz]mmm", "46350", "Nov"),
    ("m/d/yyyy", "46350.99999", "11/24/2026"),
    ("m/d/yyyy h:mm", "46350.9999999", "11/25/2026 0:00"),
    ("m/d/yyyy", "60", "2/29/1900"),
    ("m/d/yyyy", "61", "3/1/1900"),
    ("m/d/yyyy", "1", "1/1/1900"),
    ("m/d/yyyy", "0", "1/0/1900"),
    ("m/d/yyyy", "2958465", "12/31/9999"),
]


@pytest.mark.parametrize(("code", "stored", "shown"), DATES)
def test_a_date_is_the_date_shown(code: str, stored: str, shown: str) -> None:
    """Days and months in the wrong order, or a day off, is an event that nobody comes to."""
    assert show(stored, code) == shown


def test_the_other_date_system_starts_in_1904() -> None:
    assert show("42735", "yyyy-mm-dd", is_1904=True) == "2021-01-01"
    assert show("0", "yyyy-mm-dd", is_1904=True) == "1904-01-01"


@pytest.mark.parametrize("stored", ["-1", "2958466", "1e300"])
def test_a_date_that_excel_cannot_show_is_the_number(stored: str) -> None:
    """Excel draws a row of hashes, which would be a text of hashes on a banner."""
    display = Display("yyyy-mm-dd")
    assert "#" not in display.number(stored)
    assert display.number(stored) == show(stored, "General")


@pytest.mark.parametrize("stored", ["-0.001", "-0.0000001", "-0"])
@pytest.mark.parametrize("code", ["0", "0.00", "#,##0.00", "0%", '0.00" €"', "0.0,"])
def test_no_zero_has_a_minus(stored: str, code: str) -> None:
    assert not show(stored, code).startswith("-")


@pytest.mark.parametrize(
    ("code", "text", "shown"),
    [
        ("General", "NA", "NA"),
        ("0.00", "NA", "NA"),
        ("@", " 007 ", " 007 "),
        ('@" kg"', "3", "3 kg"),
        (";;;", "hidden", ""),
        ("0;-0;;@", "text", "text"),
        ('0;0;0;"text: "@', "x", "text: x"),
    ],
)
def test_a_text_is_itself_unless_its_format_says_more(code: str, text: str, shown: str) -> None:
    assert Display(code).text(text) == shown


@pytest.mark.parametrize("stored", ["", "abc", "NaN", "Infinity", "1e999999999", "--5", "0x10"])
def test_what_is_no_number_comes_back_as_it_is(stored: str) -> None:
    assert show(stored, "0.00") == stored


@pytest.mark.parametrize(
    ("number", "stored", "shown"),
    [
        (14, "46350", "11/24/2026"),
        (15, "46350", "24-Nov-26"),
        (16, "46350", "24-Nov"),
        (17, "46350", "Nov-26"),
        (18, "0.5", "12:00 PM"),
        (20, "0.4", "9:36"),
        (21, "0.4", "9:36:00"),
        (22, "46350.5", "11/24/2026 12:00"),
        (27, "46350", "11/24/2026"),
        (45, "0.01", "14:24"),
        (46, "1.5", "36:00:00"),
        (47, "0.01", "14:24.0"),
        (9, "0.5", "50%"),
        (10, "0.5", "50.00%"),
        (11, "1500", "1.50E+03"),
        (12, "0.5", "1/2"),
        (37, "-5", "(5)"),
        (44, "5", "$5.00"),
        (49, "5", "5"),
    ],
)
def test_an_id_without_a_code_has_the_look_excel_gives_it(number: int, stored: str, shown: str) -> None:
    assert show(stored, BUILT_IN[number]) == shown


@pytest.mark.parametrize(
    ("iso", "is_1904", "shown"),
    [
        ("2026-11-24", False, "2026-11-24 00:00"),
        ("2026-11-24T09:30:00", False, "2026-11-24 09:30"),
        ("2026-11-24T09:30:00", True, "2026-11-24 09:30"),
        ("1900-02-28", False, "1900-02-28 00:00"),
        ("18:05:00", False, "1900-01-00 18:05"),
    ],
)
def test_a_date_stored_as_text_is_drawn_like_a_serial(iso: str, is_1904: bool, shown: str) -> None:
    """The strict form of the file format stores dates so."""
    serial = serial_of(iso, is_1904=is_1904)
    assert show(str(serial), "yyyy-mm-dd hh:mm", is_1904=is_1904) == shown
    assert serial_of("soon", is_1904=is_1904) is None


def test_every_system_date_is_a_date() -> None:
    assert all(Display(BUILT_IN[number]).is_date for number in SYSTEM_DATE_IDS)


def test_the_state_of_a_display_can_be_read() -> None:
    assert "0.00" in repr(Display("0.00"))
