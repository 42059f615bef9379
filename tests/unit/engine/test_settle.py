"""A finalized request, format by format: each has a banner or a reason, never nothing."""

from __future__ import annotations

from bulkgen.engine.settle import SAID_NOTHING, SAID_NOTHING_OF_DOCUMENT, failed, file_key, settle
from bulkgen.ledger.states import OutputState
from bulkgen.wire.messages import Banner, BannerFile, FormatError, GenerationStatus


def banner(name: str | None, *, cdn: bool = True) -> Banner:
    cdn_url = f"https://cdn.example.com/{name}.png" if cdn else None
    file = BannerFile("png", f"https://store.example.com/ws/{name}%20one.png?sig=1", cdn_url)
    return Banner(f"id-{name}", file, format_id=name)


def status(*banners: Banner, **errors: str) -> GenerationStatus:
    return GenerationStatus("r", True, banners, tuple(FormatError(*item) for item in errors.items()))


def test_banners_and_errors_go_to_their_formats_in_any_order() -> None:
    found = settle(["a", "b", "c"], status(banner("c"), banner("a"), b="too long"), keeps_files=False)
    assert [(one.format, one.state, one.reason) for one in found] == [
        ("a", OutputState.DONE, ""),
        ("b", OutputState.FAILED, "too long"),
        ("c", OutputState.DONE, ""),
    ]
    assert found[0].url == "https://cdn.example.com/a.png"
    assert found[0].banner_id == "id-a"
    assert found[0].file_type == "png"


def test_a_format_of_which_nothing_was_said_has_failed_and_says_that() -> None:
    found = settle(["a", "b"], status(banner("a")), keeps_files=False)
    assert (found[1].state, found[1].reason) == (OutputState.FAILED, SAID_NOTHING)
    assert [one.reason for one in settle(["a", "b"], status(), keeps_files=False)] == [SAID_NOTHING] * 2


def test_an_error_under_another_name_is_about_all_that_have_none() -> None:
    found = settle(["a", "b"], status(banner("a"), card="the design is broken"), keeps_files=False)
    assert found[1].reason == "the design is broken"
    assert found[0].state is OutputState.DONE


def test_a_banner_beats_an_error_for_the_same_format() -> None:
    """It was made and paid for."""
    found = settle(["a", "b"], status(banner("a"), banner("b"), a="late complaint"), keeps_files=False)
    assert [one.state for one in found] == [OutputState.DONE] * 2


def test_a_single_format_takes_what_comes() -> None:
    assert settle(["a"], status(banner(None)), keeps_files=False)[0].state is OutputState.DONE
    assert settle(["a"], status(other="why"), keeps_files=False)[0].reason == "why"


def test_a_document_is_one_output() -> None:
    found = settle(["document"], status(banner(None)), keeps_files=False, is_multipage=True)
    assert [one.state for one in found] == [OutputState.DONE]
    nothing = settle(["document"], status(), keeps_files=False, is_multipage=True)
    assert nothing[0].reason == SAID_NOTHING_OF_DOCUMENT
    pages = settle(["document"], status(page_1="too long", page_2="no photo"), keeps_files=False, is_multipage=True)
    assert pages[0].reason == "too long; no photo"


def test_the_address_is_the_cdn_s_else_the_store_s() -> None:
    (found,) = settle(["a"], status(banner("a", cdn=False)), keeps_files=False)
    assert found.url.startswith("https://store.example.com/")


def test_the_studio_s_file_is_kept_by_its_key() -> None:
    (found,) = settle(["a"], status(banner("a")), keeps_files=True)
    assert (found.url, found.file_key) == ("", "a one.png")
    assert file_key("http://127.0.0.1:4711/files/3f9a.jpeg") == "3f9a.jpeg"


def test_all_formats_can_fail_for_one_reason() -> None:
    assert {one.reason for one in failed(["a", "b"], "unreadable")} == {"unreadable"}


def test_what_stands_for_a_film_and_what_was_left_undone_come_with_its_banner() -> None:
    body = {
        "id": "b",
        "file": {"type": "zip", "url": "https://x.example/a.zip", "fallback_image_url": "https://x.example/a.jpeg"},
        "format": {"id": "a"},
        "warnings": ["over 150 kB", 7, "two videos are left out"],
    }
    told = GenerationStatus("r", True, (Banner.from_json(body),))
    (hosted,) = settle(["a"], told, keeps_files=False)
    assert (hosted.fallback, hosted.remarks) == ("https://x.example/a.jpeg", "over 150 kB\ntwo videos are left out")
    (ours,) = settle(["a"], told, keeps_files=True)
    assert ours.fallback == "a.jpeg"
