"""One process that starts the commands of all crash tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nursery import Nursery, open_nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with open_nursery() as opened:
        yield opened
