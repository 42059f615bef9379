"""The body that goes out is the payload that was planned, no more and no less."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bulkgen.engine.payloads import PictureChanged, Ready, picture_digests, request_body
from bulkgen.ledger.records import Generation
from bulkgen.ledger.states import GenerationState
from bulkgen.wire.messages import GenerateRequest


def ready(payload: object, *, settings: object = None, pictures: dict[str, str] | None = None) -> Ready:
    generation = Generation(1, 1, GenerationState.PLANNED, "card", "d", json.dumps(settings or {}), ("square", "story"))
    return Ready(generation, json.dumps(payload), pictures or {})


def body(item: Ready, *, is_multipage: bool = False, callback_url: str | None = None) -> dict[str, Any]:
    content = asyncio.run(request_body(item, is_multipage=is_multipage, callback_url=callback_url))
    found: dict[str, Any] = json.loads(content)
    return found


def test_payload_settings_formats_and_callback_make_the_body() -> None:
    item = ready({"elements": {"title": {"payload": "Café ☕"}}}, settings={"image_file_type": "png"})
    found = body(item, callback_url="http://127.0.0.1:1/callback/t")
    assert found == {
        "elements": {"title": {"payload": "Café ☕"}},
        "image_file_type": "png",
        "template_format_names": ["square", "story"],
        "callback_url": "http://127.0.0.1:1/callback/t",
    }
    parsed = GenerateRequest.from_json(found)
    assert parsed.to_json() == found


def test_a_document_names_no_formats() -> None:
    """Any format named on a multi-page design is a 404 for the whole call."""
    found = body(ready({"pages": {"page_1": {"title": {"payload": "x"}}}}), is_multipage=True)
    assert found == {"pages": {"page_1": {"title": {"payload": "x"}}}}


def test_a_new_version_names_its_original_and_a_document_never_does() -> None:
    """On a multi-page document the API leaves open what the id does (reference 2.7)."""
    item = ready({"elements": {}})
    original = "5b0a0c3e-9f67-4a2b-8a55-0c1d2e3f4a5b"
    item = replace(item, generation=replace(item.generation, formats=("square",), original_banner_id=original))
    found = body(item)
    assert found == {"elements": {}, "template_format_names": ["square"], "original_visual_id": original}
    assert GenerateRequest.from_json(found).to_json() == found
    assert body(item, is_multipage=True) == {"elements": {}}


def test_pictures_are_put_in_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(b"pixels")
    digest = hashlib.sha256(b"pixels").hexdigest()
    payload = {
        "pages": {"page_1": {"photo": {"image_encoded": f"sha256:{digest}"}, "title": {"payload": f"sha256:{digest}"}}}
    }
    assert picture_digests(json.dumps(payload, separators=(",", ":"))) == [digest]
    found = body(ready(payload, pictures={digest: str(path)}), is_multipage=True)
    page = found["pages"]["page_1"]
    assert base64.b64decode(page["photo"]["image_encoded"]) == b"pixels"
    assert page["title"]["payload"] == f"sha256:{digest}", "a text is a text"


def test_a_payload_without_pictures_names_none() -> None:
    assert picture_digests('{"elements":{"title":{"payload":"see sha256:abc"}}}') == []


def test_a_picture_that_is_not_what_it_was_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    digest = hashlib.sha256(b"pixels").hexdigest()
    payload = {"elements": {"photo": {"image_encoded": f"sha256:{digest}"}}}
    with pytest.raises(PictureChanged, match="cannot be read any more"):
        body(ready(payload, pictures={digest: str(path)}))
    path.write_bytes(b"other pixels")
    with pytest.raises(PictureChanged, match=r"photo\.png changed while the run was going"):
        body(ready(payload, pictures={digest: str(path)}))
    with pytest.raises(PictureChanged, match="is not known"):
        body(ready(payload, pictures={digest: ""}))


def test_a_picture_that_we_keep_ourselves_is_named_shortly(tmp_path: Path) -> None:
    """Its file has the hash for a name, which fills a line of the report and says nothing."""
    digest = hashlib.sha256(b"pixels").hexdigest()
    payload = {"elements": {"photo": {"image_encoded": f"sha256:{digest}"}}}
    with pytest.raises(PictureChanged, match=rf"picture {digest[:12]} cannot be read"):
        body(ready(payload, pictures={digest: str(tmp_path / f"{digest}.png")}))
