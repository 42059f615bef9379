"""`--write-golden` writes the expected pages anew; such a run fails, so that it is never taken for a pass."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    # Another golden folder may have added it already; the option is one for all.
    try:
        parser.addoption("--write-golden", action="store_true", help="write the expected files anew, and fail")
    except ValueError as error:
        if "already added" not in str(error):
            raise


@pytest.fixture
def writes_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--write-golden", default=False))
