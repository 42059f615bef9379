"""Verdicts: what was found at an address against the box that it is meant for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.fetch.failure import Failure
from bulkgen.fetch.fetched import Fetched
from bulkgen.preflight.picture_facts import Found, PictureFacts, Undecodable, picture_facts, to_text
from bulkgen.preflight.picture_problems import PICTURE_CODES
from bulkgen.preflight.pictures import (
    PRINT_MAX_BYTES,
    SCREEN_MAX_BYTES,
    PictureUse,
    inspect,
    judge_picture,
    unusable,
)
from bulkgen.sheet.model import Origin
from bulkgen.sheet.problems import Severity

A = "https://shop.example/a.jpg"
BOX = PictureUse(400, 300)
A4 = PictureUse(210, 297, unit="mm", dpi=300, max_bytes=PRINT_MAX_BYTES)


def there(facts: Found, address: str = A, size_bytes: int = 1000) -> Fetched:
    return Fetched(address, url=address, status=200, size_bytes=size_bytes, facts=to_text(facts))


def jpeg(width: int = 400, height: int = 300, **more: Any) -> Fetched:
    return there(PictureFacts("JPEG", width, height, **{"mode": "RGB", **more}))


def failed(failure: Failure, address: str = A, **more: Any) -> Fetched:
    return Fetched(address, failure=failure, **{"words": f"{address} failed", "url": address, **more})


def codes(fetched: Fetched, use: PictureUse = BOX) -> list[str]:
    return [found.code for found in judge_picture(fetched, use)]


def test_a_good_picture_has_no_flaw() -> None:
    assert codes(jpeg()) == []
    assert codes(jpeg(2480, 3508), A4) == []


@pytest.mark.parametrize("failure", list(Failure))
def test_every_way_to_fail_has_a_verdict_with_a_remedy(failure: Failure) -> None:
    """A failure without a line in the table would end the check of all rows."""
    (found,) = judge_picture(failed(failure, status=404 if failure is Failure.STATUS else 0), BOX)
    assert found.is_error is (failure is not Failure.DISK)
    assert found.hint
    assert A in found.message


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "picture_needs_login"),
        (403, "picture_needs_login"),
        (404, "picture_dead"),
        (410, "picture_dead"),
        (451, "picture_dead"),
        (429, "picture_unanswered"),
        (500, "picture_unanswered"),
        (503, "picture_unanswered"),
    ],
)
def test_what_a_server_answers_tells_gone_from_locked_from_busy(status: int, code: str) -> None:
    """A busy server is asked again tomorrow, a dead address is mended today."""
    assert codes(failed(Failure.STATUS, status=status)) == [code]


@pytest.mark.parametrize(
    ("address", "url", "code", "hint"),
    [
        (A, A, "picture_is_page", "copy image address"),
        (A, "https://shop.example/account/login?next=a", "picture_needs_login", "Share it"),
        (A, "https://login.microsoftonline.com/common", "picture_needs_login", "Share it"),
        (A, "https://shop.example/blogger.html?auth", "picture_is_page", "copy image address"),
        (A, "https://drive.google.com/drive/home", "picture_share_link", "anybody who has the link"),
        (
            "https://drive.google.com/file/d/1AbC/view",
            "https://accounts.google.com/signin",
            "picture_share_link",
            "use https://drive.google.com/uc?export=download&id=1AbC",
        ),
        ("https://we.tl/t-1", "https://wetransfer.com/downloads/1", "picture_share_link", "beside the sheet"),
        (
            "https://drive.google.com/uc?export=download&id=1AbC",
            "https://accounts.google.com/signin",
            "picture_needs_login",
            "share it on Google Drive with anybody",
        ),
    ],
)
def test_a_page_in_place_of_a_picture_is_told_by_whose_page_it_is(address: str, url: str, code: str, hint: str) -> None:
    """A link out of a drive, a shop that wants a login and a product page are three errands."""
    (found,) = judge_picture(failed(Failure.PAGE, address, url=url, status=200), BOX)
    assert found.code == code
    assert hint in found.hint


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (Undecodable("something else", "it is a PDF document"), "not_a_picture"),
        (Undecodable("damaged", "the PNG picture is damaged"), "picture_damaged"),
        (Undecodable("unsafe", "the SVG declares entities"), "picture_unsafe"),
        (Undecodable("too large", "it opens to more"), "picture_too_many_pixels"),
        (PictureFacts("JPEG", 400, 300, is_truncated=True), "picture_cut_short"),
        (PictureFacts("JPEG", 400, 300, mode="CMYK"), "picture_cmyk"),
        (PictureFacts("JPEG", 400, 300, orientation=6), "picture_rotated"),
        (PictureFacts("GIF", 400, 300, frames=31), "picture_animated"),
        (PictureFacts("PNG", 400, 300, has_alpha=True), "picture_transparent"),
        (PictureFacts("AVIF", 0, 0, is_decoded=False), "picture_not_looked_at"),
    ],
)
def test_each_fault_of_a_picture_has_its_code(facts: Found, code: str) -> None:
    assert codes(there(facts)) == [code]


def test_bytes_are_bounded_by_what_the_picture_is_for() -> None:
    at_bound, over = (there(PictureFacts("TIFF", 4000, 4000), size_bytes=SCREEN_MAX_BYTES + more) for more in (0, 1))
    assert codes(at_bound) == []
    assert codes(over) == ["picture_too_big"]
    assert codes(over, A4) == []
    (found,) = judge_picture(failed(Failure.TOO_LARGE), A4)
    assert (found.code, "500 MB" in found.message) == ("picture_too_big", True)


@pytest.mark.parametrize(
    ("size", "fit", "is_small"),
    [
        ((267, 200), "cover", False),
        ((266, 200), "cover", True),
        ((1000, 199), "cover", True),
        ((1000, 199), "fill", False),
        ((100, 199), "fill", True),
    ],
)
def test_a_picture_is_too_small_when_it_is_enlarged_more_than_one_and_a_half_times(
    size: tuple[int, int], fit: Any, is_small: bool
) -> None:
    """In a box that is covered the worse side decides, in one that holds the whole picture the better."""
    found = codes(jpeg(*size), PictureUse(400, 300, fit=fit))
    assert found == (["picture_too_small"] if is_small else [])


def test_the_message_says_how_far_it_is_off() -> None:
    (found,) = judge_picture(jpeg(200, 150), BOX)
    assert found.message == f"{A} has 200 x 150 px and is enlarged 2.0 times to its box of 400 x 300 px"


@pytest.mark.parametrize(
    ("size", "use", "code"),
    [
        ((2480, 3508), A4, None),
        ((2000, 3508), A4, "picture_low_resolution"),
        ((1240, 1754), A4, "picture_low_resolution"),
        ((1200, 1754), A4, "picture_too_coarse"),
        ((300, 300), PictureUse(1, 1, unit="in", dpi=300), None),
        ((300, 300), PictureUse(300, 300, unit="px", dpi=300), None),
        ((100, 100), PictureUse(300, 300, unit="px", dpi=300), "picture_too_coarse"),
        # A sheet of three metres is made for a hundred dots an inch, and seen from across the street.
        ((11_811, 3_937), PictureUse(3000, 1000, unit="mm", dpi=100), None),
        ((6_000, 2_000), PictureUse(3000, 1000, unit="mm", dpi=100), "picture_low_resolution"),
        ((5_000, 2_000), PictureUse(3000, 1000, unit="mm", dpi=100), "picture_too_coarse"),
    ],
)
def test_print_is_judged_by_its_dots_an_inch(size: tuple[int, int], use: PictureUse, code: str | None) -> None:
    """Paper that was printed cannot be taken back."""
    assert codes(jpeg(*size), use) == ([code] if code else [])


def test_what_does_not_matter_in_a_place_is_not_told_there() -> None:
    """A warning that says nothing teaches people to read none."""
    clear = there(PictureFacts("PNG", 400, 300, mode="RGBA", has_alpha=True))
    assert codes(clear, PictureUse(400, 300, expects_clear=True)) == []
    assert codes(jpeg(4000, 4000, mode="CMYK"), A4) == []
    assert codes(there(PictureFacts("SVG", 10, 10, has_alpha=True))) == []
    assert codes(jpeg(10, 10), PictureUse()) == []
    assert codes(jpeg(10, 10), PictureUse(400, 300, is_enlarged_by_model=True)) == []


@pytest.mark.parametrize(("is_studio", "severity"), [(True, Severity.ERROR), (False, Severity.WARNING)])
def test_what_only_the_studio_refuses_does_not_hold_back_a_hosted_row(is_studio: bool, severity: Severity) -> None:
    use = PictureUse(400, 300, is_studio=is_studio)
    for facts, code in (
        (PictureFacts("SVG", 0, 0, refusal="it contains live text"), "svg_not_drawn"),
        (PictureFacts("PNG", 20_000, 20_000, is_decoded=False, refusal="too many"), "picture_too_many_pixels"),
    ):
        (found,) = judge_picture(there(facts), use)
        assert (found.code, found.severity) == (code, severity)


def test_a_fallback_is_for_what_can_be_used_nowhere_and_not_for_what_is_small() -> None:
    """A blurred product is still the product; the stand-in is not."""
    svg = there(PictureFacts("SVG", 0, 0, refusal="it contains live text"))
    found = {
        "dead": failed(Failure.NAME),
        "fine": jpeg(),
        "small": jpeg(1, 1),
        "svg": svg,
        "cut": jpeg(is_truncated=True),
    }
    assert unusable(found, is_studio=False) == {
        "dead": f"{A} failed",
        "cut": f"{A} is cut short: the JPEG picture ends before its end",
    }
    assert set(unusable(found, is_studio=True)) == {"dead", "cut", "svg"}


def test_a_flaw_is_said_of_each_cell_that_names_the_picture() -> None:
    (found,) = judge_picture(failed(Failure.NAME), BOX)
    problem = found.at(Origin("Sheet1", 7, "image"))
    assert (problem.code, problem.origin.row, problem.severity) == ("picture_dead", 7, Severity.ERROR)


def test_every_code_says_what_it_means_and_what_to_do() -> None:
    """`docs/problems.md` is made from them."""
    assert all(entry.meaning.endswith(".") and entry.remedy.endswith(".") for entry in PICTURE_CODES.values())


@given(
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.floats(0.1, 5000),
    st.floats(0.1, 5000),
    st.sampled_from(["cover", "fill"]),
    st.sampled_from([None, 72, 150, 300]),
)
def test_a_larger_picture_is_never_judged_worse(
    width: int, height: int, wide: float, high: float, fit: Any, dpi: int | None
) -> None:
    use = PictureUse(wide, high, "mm" if dpi else "px", fit, dpi)
    ranks = ["", "picture_too_small", "picture_low_resolution", "picture_too_coarse"]
    small, large = (([*codes(jpeg(width * by, height * by), use), ""])[0] for by in (1, 2))
    assert ranks.index(large) <= ranks.index(small)


@given(st.binary(max_size=80))
def test_whatever_comes_is_inspected_and_judged(body: bytes) -> None:
    inspection = inspect(body)
    fetched = Fetched(A, url=A, status=200, size_bytes=len(body), facts=inspection.facts)
    assert any(found.is_error for found in judge_picture(fetched, BOX)) or isinstance(picture_facts(body), PictureFacts)
