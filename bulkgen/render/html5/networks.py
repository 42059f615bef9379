"""Ad networks: what each takes of a banner, and what of a banner lies past that.

    networks.yaml, the name in the request -> Network; what was packed -> a sentence for each limit it is over

Over a limit a banner is made all the same: the figures are the networks' to change, and the user's to weigh.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

DEFAULT = "default"

# A `repeat` of the request.
FOR_EVER = -1


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, the address where it was read (`none`: an assumption), and the day of that."""

    value: Any
    source: str
    seen: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """`figures` by the names of the file; one that is not there is no limit."""

    name: str
    title: str
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def click(self) -> str:
        return str(self._value("click", "clickTag"))

    @property
    def wants_backup(self) -> bool:
        return bool(self._value("backup", False))

    @property
    def wants_https(self) -> bool:
        return bool(self._value("https", False))

    @property
    def counts_unpacked(self) -> bool:
        return bool(self._value("unpacked", False))

    @property
    def most_files(self) -> int | None:
        return self._limit("files")

    @property
    def most_seconds(self) -> int | None:
        return self._limit("seconds")

    @property
    def most_plays(self) -> int | None:
        return self._limit("plays")

    def most_bytes(self, width: int, height: int) -> int | None:
        sizes = self._value("kb_of_size", {})
        kb = sizes.get(f"{width}x{height}", self._value("kb", None))
        return None if kb is None else int(kb) * 1000

    def _limit(self, name: str) -> int | None:
        value = self._value(name, None)
        return None if value is None else int(value)

    def _value(self, name: str, default: Any) -> Any:
        figure = self.figures.get(name)
        return default if figure is None else figure.value


@dataclass(frozen=True, slots=True)
class Weight:
    """Of what was packed. `repeat` as in the request."""

    size_bytes: int
    files: int
    duration_s: float
    repeat: int


@lru_cache(maxsize=1)
def networks() -> Mapping[str, Network]:
    body = yaml.safe_load(Path(__file__).with_name("networks.yaml").read_text("utf-8"))
    found = {}
    for name, said in body.items():
        figures = {
            key: Figure(figure["value"], figure["source"], str(figure["seen"]), figure.get("note", ""))
            for key, figure in said.items()
            if key != "title"
        }
        found[name] = Network(name, said["title"], figures)
    return found


def network_of(name: str | None) -> tuple[Network, str | None]:
    """The network, and a sentence if there is none of this name: the request's is a free text (reference 8.2)."""
    known = networks()
    wanted = (name or DEFAULT).strip().lower()
    if wanted in known:
        return known[wanted], None
    return known[DEFAULT], f"ad_network {name!r} is unknown, and so are its limits (known are {', '.join(known)})"


def over_limits(network: Network, size: tuple[int, int], weight: Weight) -> list[str]:
    """What the network will not take, in sentences. A size is rounded up: nothing seems to fit that does not."""
    found = []
    most = network.most_bytes(*size)
    if most is not None and weight.size_bytes > most:
        kb = -(-weight.size_bytes // 1000)
        what = "unpacked it has" if network.counts_unpacked else "the ZIP file has"
        found.append(f"{network.title}: {what} {kb:,} kB, at most {most // 1000:,} are taken")
    if network.most_files is not None and weight.files > network.most_files:
        found.append(f"{network.title}: the ZIP file has {weight.files} files, at most {network.most_files} are taken")
    most_s = network.most_seconds
    if weight.repeat == FOR_EVER and (most_s is not None or network.most_plays is not None):
        after = f" after {most_s} s" if most_s is not None else ""
        found.append(f"{network.title}: it plays for ever (repeat -1), and must stop{after}")
        return found
    plays = weight.repeat + 1
    seconds = weight.duration_s * plays
    if most_s is not None and seconds > most_s:
        told = f"{plays} times {weight.duration_s:g} s" if plays > 1 else f"{seconds:g} s"
        found.append(f"{network.title}: it moves for {told}, at most {most_s} s are taken")
    if network.most_plays is not None and plays > network.most_plays:
        found.append(f"{network.title}: it plays {plays} times, at most {network.most_plays} are taken")
    return found
