"""What a studio may be set up as."""

from __future__ import annotations

from pathlib import Path

import pytest

from bulkgen.studio.errors import StudioError
from bulkgen.studio.options import StudioOptions


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "studio.example.com"])
def test_a_host_that_others_reach_needs_a_key(host: str) -> None:
    """Else anyone in the network renders, and has callbacks sent."""
    with pytest.raises(StudioError, match="no key"):
        StudioOptions(folder=Path("x"), designs=(), host=host)
    assert not StudioOptions(folder=Path("x"), designs=(), host=host, api_key="k").is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_loopback_needs_none(host: str) -> None:
    """The main job runs without an account."""
    assert StudioOptions(folder=Path("x"), designs=(), host=host).is_loopback


@pytest.mark.parametrize("settings", [{"workers": 0}, {"render_timeout_seconds": 0}, {"render_timeout_seconds": 1e9}])
def test_a_setting_out_of_bounds_is_refused_by_its_value(settings: dict[str, float]) -> None:
    """A studio without a worker would accept everything and make nothing."""
    with pytest.raises(StudioError):
        StudioOptions(folder=Path("x"), designs=(), **settings)  # type: ignore[arg-type]
