"""The API's own Python client against studios of their own: what would change the workspace or the budget of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("skia")
pytest.importorskip("abyssale")

import abyssale
from contract_designs import DESIGN, DESIGN_ID, NO_ID
from sdk_clients import Calls, Running, design_with_a_text, hold_to_the_models

from bulkgen.studio.limits import Limits


def test_designs_are_renamed_moved_and_deleted_and_projects_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of a design stays as it is."""
    hold_to_the_models(monkeypatch)
    for kind in ("sync", "async"):
        running = Running(tmp_path / kind)
        client = Calls(kind, api_key="any", base_url=running.url)
        try:
            project = client.create_project({"name": "  Summer 2027 "})
            assert project.name == "Summer 2027"
            with pytest.raises(abyssale.AbyssaleAPIError) as refused:
                client.create_project({"name": "Summer 2027"})
            assert (refused.value.status, refused.value.id) == (400, "project_already_exists")
            assert [one.name for one in client.list_projects()] == ["Designs", "Summer 2027", "Tests"]
            assert client.rename_design(DESIGN_ID, {"name": " Big card "}).name == "Big card"
            assert str(client.move_design(DESIGN_ID, {"project_id": str(project.id)}).id) == DESIGN_ID
            (found,) = client.list_designs(project_id=str(project.id))
            assert (found.name, found.project_name) == ("Big card", "Summer 2027")
            assert found.updated_at > found.created_at
            banner = client.generate_image(DESIGN_ID, {})
            assert banner.template.name == "Big card"
            with pytest.raises(abyssale.AbyssaleNotFoundError) as nowhere:
                client.move_design(DESIGN_ID, {"project_id": NO_ID})
            assert nowhere.value.id == "project_not_found"
            assert client.delete_design(DESIGN_ID).name == "Big card"
            for call in (client.get_design, client.delete_design):
                with pytest.raises(abyssale.AbyssaleNotFoundError) as gone:
                    call(DESIGN_ID)
                assert gone.value.id == "template_not_found"
            assert client.get_file(str(banner.id)).id == banner.id, "files that were made stay"
            assert json.loads((tmp_path / kind / "designs" / "card" / "design.json").read_text())["name"] == (
                "Little card"
            )
        finally:
            client.end()
            running.stop()


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_bad_key_and_a_spent_budget_are_their_own_errors(tmp_path: Path, kind: str) -> None:
    running = Running(tmp_path, api_key="right", limits=Limits(calls=1000, reads=2), credits=0)
    settings = {"base_url": running.url, "max_retries": 0}
    wrong, right = Calls(kind, api_key="wrong", **settings), Calls(kind, api_key="right", **settings)
    try:
        with pytest.raises(abyssale.AbyssaleAuthError) as refused:
            wrong.verify_api_key()
        assert refused.value.id == "unauthorized"
        with pytest.raises(abyssale.AbyssaleRateLimitError) as broke:
            right.generate_image(DESIGN_ID, {})
        assert (broke.value.id, broke.value.retry_after) == ("rate_limit_exceeded", None)
        assert right.get_credits().generation_credits.available == 0
        right.list_fonts()
        right.list_projects()
        with pytest.raises(abyssale.AbyssaleRateLimitError) as limited:
            right.list_designs()
        assert limited.value.id == "request_rate_limited"
        assert limited.value.retry_after > 0
    finally:
        wrong.end()
        right.end()
        running.stop()


def test_the_hosted_run_takes_a_design_that_needs_no_more_than_it_sends(tmp_path: Path) -> None:
    """Or its banners fail for what the tests do not know of."""
    running = Running(tmp_path)
    try:
        title = DESIGN["elements"][1] | {"settings": {"is_mandatory": True}}
        first = DESIGN | {"id": NO_ID, "name": "A first", "elements": [title, title | {"name": "other"}]}
        (tmp_path / "designs" / "first").mkdir()
        (tmp_path / "designs" / "first" / "design.json").write_text(json.dumps(first), encoding="utf-8")
        with abyssale.Abyssale(api_key="any", base_url=running.url) as client:
            assert [str(design.id) for design in client.list_designs(type="static")] == [NO_ID, DESIGN_ID]
            assert design_with_a_text(client, None) == (DESIGN_ID, "square", "title")
    finally:
        running.stop()
