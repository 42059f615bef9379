"""The designs that the contract tests fill, small enough to be drawn at once: a card, a document, a film."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FONTS = Path(__file__).parents[2] / "templates" / "fonts"
DESIGN_ID = "5b0a0c3e-9f67-4a2b-8a55-0c1d2e3f4a5b"
PAGES_ID = "6c1b1d4f-a078-4b3c-9b66-1d2e3f4a5b6c"
NO_ID = "00000000-0000-4000-8000-000000000000"
PROJECT_ID = "7d2c2e50-b189-4c4d-8c77-2e3f40516273"
FILM_ID = "5e0f7b2c-6a41-4d0e-9a57-0c1d2e3f4a5b"
UID = "11111111-1111-4111-8111-111111111111"
BOX = {"x": 10, "y": 10, "width": 180, "height": 60}

DESIGN: dict[str, Any] = {
    "id": DESIGN_ID,
    "name": "Little card",
    "type": "static",
    "created_at": 1_700_000_000,
    "updated_at": 1_700_000_100,
    "project_name": "Tests",
    "formats": [
        {"id": "square", "uid": UID, "width": 200, "height": 200},
        {"id": "odd name/é", "uid": "22222222-2222-4222-8222-222222222222", "width": 240, "height": 120},
    ],
    "elements": [
        {
            "name": "root",
            "type": "container",
            "attributes": [{"id": "background_color", "value": "#ffeecc"}],
            "layout": {
                "square": {"x": 0, "y": 0, "width": 200, "height": 200},
                "odd name/é": {"x": 0, "y": 0, "width": 240, "height": 120},
            },
        },
        {
            "name": "title",
            "type": "text",
            "attributes": [
                {"id": "payload", "value": "Sample"},
                {"id": "color", "value": "#222222"},
                {"id": "font_size", "value": 18},
                {"id": "line_height", "value": 120},
            ],
            "layout": BOX,
        },
    ],
}
PAGES: dict[str, Any] = {
    "id": PAGES_ID,
    "name": "Flyer",
    "type": "printer_multipage",
    "unit": "mm",
    "pages": [{"id": "page_1", "width": 210, "height": 297}],
    "elements_per_page": {"page_1": [DESIGN["elements"][1] | {"layout": BOX}]},
}
FADE = {"id": "in", "type": "fade", "keyframes": [{"attr": {"opacity": 0}, "data": {"type": "start", "time": 0.1}}]}
FILM: dict[str, Any] = {
    "id": FILM_ID,
    "name": "Film",
    "type": "animated",
    "animation": {"duration": 0.6, "screenshot_at_s": 0.5},
    "formats": [{"id": "box", "uid": "5e0f7b2c-6a41-4d0e-9a57-0c1d2e3f4a5c", "width": 64, "height": 40}],
    "elements": [
        {
            "name": "title",
            "type": "text",
            "layout": {"x": 0, "y": 0, "width": 64, "height": 40},
            "attributes": [{"id": "payload", "value": "Hi"}, {"id": "font_size", "value": 12}],
            "animation": {"start_at_s": 0, "end_at_s": 0.6, "tweens": [FADE]},
        }
    ],
}
