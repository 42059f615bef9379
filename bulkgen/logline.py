"""Events -> lines of a log: time, level, a stable `action=`, then the event's facts. Pure.

    Event -> Entry -> 2026-03-01T06:00:00.250Z INFO action=submitted generation_id=7 request_id="…" formats=2

Left out on purpose is what may repeat the text of a row: the provider's reason for a refusal and the kinds of
complaint. They stand in the report, which belongs to who owns the sheet; a log goes further.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from bulkgen.events import Event, Said, Settled, Stopped, Throttled

# Facts that may hold a row's own text, by event and field.
_NOT_LOGGED = frozenset({("Settled", "reason"), ("RunEnded", "kinds")})

# A line is for reading; what is longer was written by somebody else.
MOST_CHARACTERS = 500

HIDDEN = "***"

# JSON escapes the line ends of ASCII; these would still break a line in some readers.
_UNICODE_LINE_ENDS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


class Level(IntEnum):
    """With the numbers of `logging`, so that its handlers can sort by them."""

    INFO = 20
    WARNING = 30
    ERROR = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that is to be written."""

    level: Level
    action: str
    facts: Mapping[str, object]


def entry_of(event: Event) -> Entry:
    """What the log says of an event."""
    kind = type(event).__name__
    names = [field.name for field in dataclasses.fields(event) if (kind, field.name) not in _NOT_LOGGED]
    return Entry(_level(event), _snake(kind), {name: getattr(event, name) for name in names})


def line_of(entry: Entry, at: float, secrets: Iterable[str] = ()) -> str:
    """One line, whatever the facts hold: line ends are escaped, and known secrets never get through."""
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    facts = "".join(f" {name}={value}" for name, value in _flat(entry.facts, tuple(secrets)))
    return f"{when} {entry.level.name} action={entry.action}{facts}"


def hidden(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets that are in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _level(event: Event) -> Level:
    match event:
        case Throttled() | Stopped():
            return Level.WARNING
        case Said(text) if text.lower().startswith("warning"):
            return Level.WARNING
        case Settled(failed=failed) if failed:
            return Level.WARNING
        case _:
            return Level.INFO


def _flat(facts: Mapping[str, object], secrets: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Mappings become `name.key`; what is None or empty is left out."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            named = {f"{name}.{_word(hidden(str(key), secrets))}": inner for key, inner in value.items()}
            yield from _flat(named, secrets)
        elif isinstance(value, bool):
            yield name, str(value).lower()
        elif isinstance(value, float):
            yield name, f"{value:.3f}".rstrip("0").rstrip(".")
        elif isinstance(value, int):
            yield name, str(value)
        elif value:
            text = "; ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
            # Before it is quoted: a secret with a backslash would no longer be itself afterwards.
            yield name, _quoted(hidden(text, secrets))


def _quoted(text: str) -> str:
    cut = text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
    return json.dumps(cut, ensure_ascii=False).translate(_UNICODE_LINE_ENDS)


def _word(key: str) -> str:
    return re.sub(r"\W+", "_", key) or "_"


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
