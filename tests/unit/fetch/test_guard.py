"""Which addresses we may be made to call."""

from __future__ import annotations

import pytest
from yarl import URL

from bulkgen.fetch.guard import ForbiddenAddressError, Reach

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"]
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]
PRIVATE = [
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "::ffff:10.0.0.1",
    "2002:0a00:0001::1",
    "64:ff9b::a00:1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_always_allowed(address: str) -> None:
    """Refusing these would refuse every picture."""
    assert Reach().allows(address)
    assert Reach(loopback=True).allows(address)


@pytest.mark.parametrize("address", LOOPBACK)
def test_loopback_is_allowed_only_where_it_is_said(address: str) -> None:
    """Else a picture's address could read what listens on this machine."""
    assert not Reach().allows(address)
    assert Reach(loopback=True).allows(address)
    assert Reach(private=True).allows(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused_in_every_spelling(address: str) -> None:
    """169.254.169.254 gives away a cloud machine's keys."""
    assert not Reach().allows(address)
    assert not Reach(loopback=True).allows(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "[::1]", "[::ffff:7f00:1]"])
def test_an_address_in_the_url_is_checked_as_the_system_would_read_it(host: str) -> None:
    """The system's calls take spellings that a textual check does not see."""
    with pytest.raises(ForbiddenAddressError):
        Reach().check_literal(URL(f"http://{host}/x.png"))


def test_a_name_is_left_to_the_resolver() -> None:
    """Names are checked by what they resolve to."""
    Reach().check_literal(URL("http://localhost/x.png"))
    Reach().check_literal(URL("http://example.com/x.png"))
