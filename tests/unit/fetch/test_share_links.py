"""Links of drives: which have a direct form, and which are named for what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulkgen.fetch.share_links import drive_of, share_link

DIRECT = [
    (
        "https://drive.google.com/file/d/1AbC_d-9/view?usp=sharing",
        "https://drive.google.com/uc?export=download&id=1AbC_d-9",
    ),
    (
        "https://drive.google.com/a/acme.com/file/d/1AbC/edit?resourcekey=0-xy",
        "https://drive.google.com/uc?export=download&id=1AbC&resourcekey=0-xy",
    ),
    ("https://drive.google.com/open?id=1AbC&usp=drive_link", "https://drive.google.com/uc?export=download&id=1AbC"),
    ("https://drive.google.com/uc?export=view&id=1AbC", "https://drive.google.com/uc?export=download&id=1AbC"),
    ("https://www.dropbox.com/s/abc/a%20b.jpg?dl=0", "https://www.dropbox.com/s/abc/a%20b.jpg?raw=1"),
    (
        "https://www.dropbox.com/scl/fi/x/a.jpg?rlkey=k%2B1&st=z&dl=0",
        "https://www.dropbox.com/scl/fi/x/a.jpg?rlkey=k%2B1&st=z&raw=1",
    ),
    (
        "https://onedrive.live.com/embed?resid=A%21106&authkey=%21X",
        "https://onedrive.live.com/download?resid=A!106&authkey=!X",
    ),
    (
        "https://acme.sharepoint.com/:i:/s/media/Ea1?e=q",
        "https://acme.sharepoint.com/:i:/s/media/Ea1?e=q&download=1",
    ),
    ("https://acme.app.box.com/s/tok3n", "https://acme.app.box.com/shared/static/tok3n"),
]
NAMED = [
    ("https://drive.google.com/drive/folders/1x", "Google Drive"),
    ("https://photos.app.goo.gl/abc", "Google Photos"),
    ("https://www.dropbox.com/scl/fo/x/a?dl=0", "Dropbox"),
    ("https://1drv.ms/i/s!Ab", "OneDrive"),
    ("https://onedrive.live.com/?id=A&cid=B", "OneDrive"),
    ("https://acme.sharepoint.com/:f:/s/media/Ea1", "SharePoint"),
    ("https://app.box.com/file/123", "Box"),
    ("https://share.icloud.com/photos/0x", "iCloud"),
    ("https://www.icloud.com/iclouddrive/0x#a", "iCloud"),
    ("https://we.tl/t-abc", "WeTransfer"),
]
OTHERS = [
    "https://shop.example/file/d/1AbC/view",
    "https://drive.google.com/uc?export=download&id=1AbC",
    "https://drive.google.com/",
    "https://www.dropbox.com/s/abc/a.jpg?raw=1",
    "https://dl.dropboxusercontent.com/s/abc/a.jpg",
    "https://onedrive.live.com/download?resid=A",
    "https://acme.sharepoint.com/sites/media/a.jpg",
    "https://app.box.com/shared/static/tok3n.png",
    "https://notbox.com/s/tok3n",
    "https://www.icloud.com/",
    "ftp://drive.google.com/file/d/1AbC/view",
    "http://[bad",
    "",
]


@pytest.mark.parametrize(("link", "direct"), DIRECT)
def test_a_link_for_people_is_rewritten_to_the_picture(link: str, direct: str) -> None:
    """This is what most people who keep pictures in a drive paste into a sheet; as it stands no service can use it."""
    found = share_link(link)
    assert found is not None
    assert found.direct == direct
    assert share_link(direct) is None, "a direct address is left alone"


@pytest.mark.parametrize(("link", "drive"), NAMED)
def test_a_link_without_a_direct_form_is_named_with_a_way_out(link: str, drive: str) -> None:
    found = share_link(link)
    assert found is not None
    assert (found.drive, found.direct) == (drive, "")
    assert found.advice
    assert drive_of(link) == drive


@pytest.mark.parametrize("address", OTHERS)
def test_any_other_address_is_left_as_it_is(address: str) -> None:
    """Rewriting an address that works would break it."""
    assert share_link(address) is None


@given(st.text(max_size=60), st.sampled_from([link for link, _ in (*DIRECT, *NAMED)]))
def test_no_address_makes_it_stumble(tail: str, link: str) -> None:
    for address in (tail, link + tail):
        found = share_link(address)
        assert found is None or bool(found.direct) != bool(found.advice)
        drive_of(address)
