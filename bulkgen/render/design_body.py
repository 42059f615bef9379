"""The check of a design.json as it is written: keys that nothing reads or of the wrong kind, names that repeat. Pure.

    body -> faults

The parser stops at the first thing it cannot do without, and looks away from what it does not know; this goes through
all of it. Left out: what attributes say (`design_lint`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bulkgen.render.design_faults import Fault
from bulkgen.render.design_keys import (
    ARRANGEMENT,
    ATTRIBUTE,
    BOX,
    DESIGN,
    ELEMENT,
    FORMAT,
    GROUP,
    MASK,
    SETTINGS,
    Key,
    near,
)
from bulkgen.render.design_places import elements_of

# What a list or an object of these names for each format has in it that tells it from one for all.
_TELLS = {"layout": "width", "group": "auto_layout", "mask": "shape"}
_INNER: Mapping[str, Mapping[str, Key]] = {"layout": BOX, "group": ARRANGEMENT, "mask": MASK}


def lint_body(body: Any) -> list[Fault]:
    """All that is wrong with how a design is written; `body` is any JSON."""
    if not isinstance(body, Mapping):
        return [Fault("not_a_design", "a design is a JSON object")]
    faults = list(_keys(body, DESIGN, "", "a design"))
    for name in ("formats", "pages"):
        entries = body.get(name)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            faults += _object(entry, FORMAT, f"{name}[{index}]", "a format")
    faults += _repeated(_ids(body), "formats")
    lists = [("elements", body.get("elements"))]
    if isinstance(pages := body.get("elements_per_page"), Mapping):
        lists += [(f"elements_per_page.{page}", entries) for page, entries in pages.items()]
    for path, entries in lists:
        if not isinstance(entries, list):
            continue
        for index, entry in enumerate(entries):
            if not isinstance(entry, Mapping):
                faults.append(Fault("bad_key", f"{path}[{index}]: an element is an object", f"{path}[{index}]"))
        faults += _repeated([(f"{path}[{i}].name", _name(entry)) for i, entry in enumerate(entries)], "layers")
    for path, element in elements_of(body):
        faults += _element(element, path)
    return faults


def _element(element: Mapping[str, Any], path: str) -> Iterator[Fault]:
    layer = _name(element)
    keys = {**ELEMENT, **GROUP} if element.get("type") == "group" else ELEMENT
    for fault in _keys(element, keys, path, f"a {element.get('type')} layer"):
        yield Fault(fault.code, fault.message, fault.path, layer)
    if layer == "vars":
        message = "a layer cannot be called 'vars': rows give the variables of texts by that name"
        yield Fault("reserved_name", message, f"{path}.name", layer)
    for name, keys in _INNER.items():
        yield from _by_format(element.get(name), keys, _TELLS[name], f"{path}.{name}")
    if isinstance(settings := element.get("settings"), Mapping):
        yield from _keys(settings, SETTINGS, f"{path}.settings", "settings")
    attributes = element.get("attributes")
    if isinstance(attributes, Mapping):
        for name, attribute in attributes.items():
            yield from _object(attribute, ATTRIBUTE, f"{path}.attributes.{name}", "an attribute")
    elif isinstance(attributes, list):
        for index, attribute in enumerate(attributes):
            yield from _object(attribute, ATTRIBUTE, f"{path}.attributes[{index}]", "an attribute")
        names = [item.get("id") if isinstance(item, Mapping) else None for item in attributes]
        yield from _repeated([(f"{path}.attributes[{i}].id", name) for i, name in enumerate(names)], "attributes")


def _by_format(value: Any, keys: Mapping[str, Key], tell: str, path: str) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        return
    what = f"a {path.rpartition('.')[2]}"
    # Without what tells it, an object of known keys is one for all formats that lacks it.
    if tell in value or (value and keys.keys() >= value.keys()):
        yield from _keys(value, keys, path, what)
        return
    for name, inner in value.items():
        if inner is not None:
            yield from _object(inner, keys, f"{path}.{name}", what)


def _object(value: Any, keys: Mapping[str, Key], path: str, what: str) -> Iterator[Fault]:
    if isinstance(value, Mapping):
        yield from _keys(value, keys, path, what)
    else:
        yield Fault("bad_key", f"{path}: {what} is an object", path)


def _keys(value: Mapping[str, Any], keys: Mapping[str, Key], path: str, what: str) -> Iterator[Fault]:
    for name, inner in value.items():
        where = f"{path}.{name}" if path else name
        key = keys.get(name)
        if key is None:
            yield Fault("unknown_key", f"{where}: {what} has no key {name!r}{near(name, keys)}", where)
        elif complaint := key.complaint(inner):
            yield Fault("bad_key", f"{where}: {complaint}", where)


def _ids(body: Mapping[str, Any]) -> list[tuple[str, Any]]:
    name = "pages" if isinstance(body.get("pages"), list) else "formats"
    entries = body.get(name)
    return [
        (f"{name}[{index}].id", entry.get("id") if isinstance(entry, Mapping) else None)
        for index, entry in enumerate(entries if isinstance(entries, list) else ())
    ]


def _repeated(named: list[tuple[str, Any]], what: str) -> Iterator[Fault]:
    counts = Counter(name for _, name in named if isinstance(name, str))
    seen: set[str] = set()
    for path, name in named:
        if isinstance(name, str) and counts[name] > 1 and name in seen:
            message = f"{path}: {counts[name]} {what} are called {name!r}"
            yield Fault("repeated_id", message, path, name if what == "layers" else None)
        if isinstance(name, str):
            seen.add(name)


def _name(entry: Any) -> str | None:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return name if isinstance(name, str) else None
