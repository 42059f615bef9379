"""The studio's own description, held against the studio: first by reading it, then by schemathesis, which tries it.

Bounded here; longer, with everything that schemathesis can do, by

    BULKGEN_SCHEMATHESIS_SECONDS=600 pytest -s tests/contract/test_openapi.py
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

pytest.importorskip("skia")
pytest.importorskip("abyssale")

import abyssale
from contract_designs import DESIGN_ID, NO_ID
from sdk_clients import Running

from bulkgen.studio.openapi import OPERATIONS, Examples, openapi_body
from bulkgen.wire import routes
from bulkgen.wire.overrides import PROPERTIES
from bulkgen.wire.routes import Route

# Read before the tests' own environment takes the settings of this machine away.
SECONDS = int(os.environ.get("BULKGEN_SCHEMATHESIS_SECONDS", "0"))

KEY = "right"
# That a request which the description forbids is refused is left out: the API passes over what it does not know, and
# tells no more of an override than its table does.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,allow_header_conformance,ignored_auth"
)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Each time a studio of its own: what is tried at random may delete its designs."""
    running = Running(tmp_path, api_key=KEY)
    with abyssale.Abyssale(api_key=KEY, base_url=running.url) as client:
        client.generate_image(DESIGN_ID, {})
    yield running.url
    running.stop()


def described(url: str) -> Any:
    with urlopen(Request(f"{url}/openapi.json", headers={"x-api-key": KEY}), timeout=60) as answer:
        return json.load(answer)


def test_each_route_that_both_sides_know_is_described() -> None:
    """A route that is served and not described is one that no generated client has."""
    known = {value for value in vars(routes).values() if isinstance(value, Route)}
    assert {operation.route for operation in OPERATIONS} == known
    assert len({operation.id for operation in OPERATIONS}) == len(OPERATIONS)


def test_no_answer_is_left_to_a_default_and_each_schema_is_there(url: str) -> None:
    body = described(url)
    assert body == openapi_body(url, Examples()) | {"paths": body["paths"], "components": body["components"]}
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            statuses = set(operation["responses"])
            assert {"401", "429", "500"} <= statuses, (path, method)
            assert all(re.fullmatch(r"\d{3}", status) for status in statuses), (path, method)
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(body)))
    assert named <= set(body["components"]["schemas"])


def test_override_properties_stand_in_the_description_with_their_bounds(url: str) -> None:
    """Made from the table that requests are checked by, so that the two cannot part."""
    schemas = described(url)["components"]["schemas"]
    for kind, table in PROPERTIES.items():
        for name, prop in table.items():
            found = schemas[f"Layer_{kind}"]["properties"][name]
            assert prop.describe() in found["description"]
            if prop.choices:
                assert found["enum"] == list(prop.choices)
    assert schemas["Layer_text"]["properties"]["payload"]["maxLength"] == 10_000


def test_schemathesis_finds_no_status_that_is_not_described_and_its_examples_succeed(url: str, tmp_path: Path) -> None:
    """Examples are tried as they stand and must succeed; the rest may be refused, but only as the description says."""
    if importlib.util.find_spec("schemathesis") is None:
        pytest.skip("schemathesis is not installed")
    _schemathesis(tmp_path, url, f"{CHECKS},positive_data_acceptance", "--phases", "examples")
    if SECONDS:
        _schemathesis(tmp_path, url, CHECKS, "--phases", "coverage,fuzzing,stateful", "--max-time", str(SECONDS))
    else:
        _schemathesis(tmp_path, url, CHECKS, "--phases", "coverage,fuzzing", "--max-examples", "4", "--seed", "1")


def _schemathesis(folder: Path, url: str, checks: str, *options: str) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "-H", f"x-api-key: {KEY}"]
    done = subprocess.run(
        [*command, "--checks", checks, *options, "--no-color", "--warnings", "off"],
        capture_output=True,
        text=True,
        timeout=SECONDS + 240,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    if SECONDS:  # for who waited ten minutes
        sys.stdout.write(done.stdout.rpartition("= SUMMARY =")[2])
    # A run that tried nothing would pass as well.
    assert re.search(r"[1-9]\d* generated, [1-9]\d* passed", done.stdout), done.stdout[-2000:]


def test_an_id_of_the_description_is_one_that_is_there(url: str) -> None:
    paths = described(url)["paths"]
    design = paths[routes.DESIGN.template]["get"]["parameters"][0]["example"]
    banner = paths[routes.BANNER.template]["get"]["parameters"][0]["example"]
    assert design == DESIGN_ID
    assert banner != NO_ID
    for path in (f"/designs/{design}", f"/banners/{banner}"):
        with urlopen(Request(url + path, headers={"x-api-key": KEY}), timeout=60) as answer:
            assert answer.status == 200
