"""What is inside the override properties that are objects (reference 7.5 to 7.7), as a table, and its checking.

    property, value -> every violation in it

Unknown parts are passed over, like unknown properties. Left out: which property is an object (`overrides`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bulkgen.wire.overrides import PROPERTIES, Kind, Property
from bulkgen.wire.values import Violation, check, is_url

_IMAGE = PROPERTIES["image"]
_CORNERS = ("tl", "tr", "br", "bl")
_RADIUS = Property("radius", Kind.NUMBER, 0)

DUOTONES = (
    "blue_green",
    "blue_orange",
    "deep_green_light_green",
    "BrightRed_light_yellow",
    "brown_pale_green",
    "brown_beige",
    "deep_blue_green",
    "deep_blue_red",
    "deep_purple_orange",
    "deep_purple_beige",
    "deep_purple_pale_green",
    "deep_blue_pale_green",
)

# How many pictures each model takes; the models are those of the reference.
MOST_INPAINT_IMAGES: Mapping[str, int] = {
    **dict.fromkeys(("gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.5-sunburst"), 16),
    **dict.fromkeys(("gemini-3-pro", "gemini-3.1-flash", "nano-banana-2", "nano-banana-pro"), 14),
    "gpt-image-1.5": 10,
    "flux-2-pro": 8,
    **dict.fromkeys(("kling-image-o3", "seedream-4.5", "seedream-5-pro"), 7),
    "qwen-2511": 6,
    "ideogram-4.5": 5,
    **dict.fromkeys(("flux-2-klein-9b", "wan-2.7"), 4),
    **dict.fromkeys(("gemini-2.5-flash", "grok-imagine", "nano-banana"), 3),
}
_DEFAULT_MODEL = "nano-banana-2"
_LEAST_PROMPT_WORDS = 3


def _choice(name: str, *choices: str) -> Property:
    return Property(name, Kind.CHOICE, choices=choices)


PARTS: Mapping[str, tuple[Property, ...]] = {
    "mask_properties": (Property("skew_y", Kind.NUMBER, -22, 22),),  # the radius is a number or an object
    "filter_properties": (_choice("name", *DUOTONES),),
    "auto_focus_properties": (
        _choice("model", *(str(choice) for choice in _IMAGE["auto_focus_model"].choices)),
        _IMAGE["focus_framing"],
        _IMAGE["focus_zoom"],
        _IMAGE["focus_target"],
    ),
    "remove_bg_properties": (
        Property("remove_bg_crop", Kind.FLAG),
        _choice("model", "bria-rmbg-2-0", "birefnet", "pixelcut", "imageUtils", "ideogram", "leonardo-remove-bg"),
    ),
    "expand_properties": (_choice("model", "flux-2-pro-outpaint", "image-outpaint", "bria-expand"),),
    "upscale_properties": (
        _choice("model", "seedvr-upscale", "topaz-precision", "crystal-upscaler", "bria-increase-resolution"),
        Property("upscale_factor", Kind.NUMBER, 1, 4),
    ),
    "text_to_image_properties": (_choice("model", *MOST_INPAINT_IMAGES),),
    "illustration_properties": (Property("primary_color", Kind.COLOR),),
}


def check_parts(name: str, value: Any, path: str) -> list[Violation]:
    """`value` is that of the object property `name`."""
    if name == "focus_objects":
        return _list_problems(value, path, "a name")
    if name not in PARTS:
        return []
    if not isinstance(value, Mapping):
        return [Violation(path, "wrong_type", f"{name} is not an object", "object", value)]
    found = [
        violation
        for prop in PARTS[name]
        if prop.name in value and (violation := check(prop, value[prop.name], f"{path}.{prop.name}"))
    ]
    match name:
        case "mask_properties":
            found.extend(_radius_problems(value.get("radius", 0), f"{path}.radius"))
        case "auto_focus_properties" if "focus_objects" in value:
            found.extend(_list_problems(value["focus_objects"], f"{path}.focus_objects", "a name"))
        case "text_to_image_properties":
            found.extend(_prompt_problems(value, path))
    return found


def _radius_problems(radius: Any, path: str) -> list[Violation]:
    if not isinstance(radius, Mapping):
        violation = check(_RADIUS, radius, path)
        return [violation] if violation else []
    corners = ((corner, radius[corner]) for corner in _CORNERS if corner in radius)
    return [violation for corner, size in corners if (violation := check(_RADIUS, size, f"{path}.{corner}"))]


def _prompt_problems(value: Mapping[str, Any], path: str) -> list[Violation]:
    found: list[Violation] = []
    prompt = value.get("prompt")
    where = f"{path}.prompt"
    if prompt is None:
        found.append(Violation(where, "missing_required", "a prompt is required", "string"))
    elif not isinstance(prompt, str):
        found.append(Violation(where, "wrong_type", "the prompt is not a text", "string", prompt))
    elif len(prompt.split()) < _LEAST_PROMPT_WORDS:
        told = f"a prompt has at least {_LEAST_PROMPT_WORDS} words"
        found.append(Violation(where, "out_of_range", told, {"min": _LEAST_PROMPT_WORDS}, prompt[:200]))
    images = value.get("inpaint_images", [])
    where = f"{path}.inpaint_images"
    problems = _list_problems(images, where, "an address")
    if not problems and (strays := [image for image in images if not is_url(image)]):
        problems = [Violation(where, "invalid_payload", "one of them is no http(s) address", None, strays[0][:200])]
    most = MOST_INPAINT_IMAGES.get(str(value.get("model", _DEFAULT_MODEL)), max(MOST_INPAINT_IMAGES.values()))
    if not problems and len(images) > most:
        problems = [Violation(where, "out_of_range", f"this model takes {most} pictures", {"max": most}, len(images))]
    return [*found, *problems]


def _list_problems(value: Any, path: str, what: str) -> list[Violation]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return []
    return [Violation(path, "wrong_type", f"it is not a list, each {what}", "array", value)]
