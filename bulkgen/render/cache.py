"""What one worker process keeps between banners: pictures, gradients, set texts, and flattened bottom layers.

Bounded in bytes, the least recently used goes first. Keys say everything that decides the value, so nothing is ever
invalidated. Shaped words live with their face (`face`), which is theirs alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

# A worker of 500 MB holds some thirty full-screen pictures beside its own needs.
DEFAULT_CAPACITY_BYTES = 128 * 1024 * 1024

# Formats whose last banner is remembered, to see which bottom layers stay the same.
_STACKS_MAX = 256

# Faces made for documents, some 300 kB each.
_TYPEFACES_MAX = 64

# Set texts kept, at some 5 kB each: the subtitles and labels that a run repeats.
_BLOCKS_MAX = 512


class Sized(Protocol):
    @property
    def size_bytes(self) -> int: ...


Value = TypeVar("Value", bound=Sized)
Block = TypeVar("Block")


class RenderCache:
    """One per process; not for sharing between threads."""

    def __init__(self, capacity_bytes: int = DEFAULT_CAPACITY_BYTES) -> None:
        self._capacity_bytes = capacity_bytes
        self._size_bytes = 0
        self._kept: OrderedDict[Hashable, Sized] = OrderedDict()
        self._stacks: OrderedDict[Hashable, tuple[Hashable, ...]] = OrderedDict()
        self._blocks: OrderedDict[str, Any] = OrderedDict()
        self._typefaces: OrderedDict[Hashable, Any] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def __repr__(self) -> str:
        return (
            f"RenderCache({len(self._kept)} kept, {self._size_bytes >> 20} of {self._capacity_bytes >> 20} MB, "
            f"{self.hits} hits, {self.misses} misses)"
        )

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    def picture(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The kept value of `key`, else a made one."""
        known = self.find(key)
        if known is not None:
            return known  # type: ignore[return-value]
        value = make()
        self.keep(key, value)
        return value

    def find(self, key: Hashable) -> Sized | None:
        known = self._kept.get(key)
        if known is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return known

    def keep(self, key: Hashable, value: Sized) -> None:
        if value.size_bytes > self._capacity_bytes:
            return
        replaced = self._kept.pop(key, None)
        self._size_bytes += value.size_bytes - (replaced.size_bytes if replaced else 0)
        self._kept[key] = value
        while self._size_bytes > self._capacity_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._size_bytes -= dropped.size_bytes

    def block(self, signature: str, make: Callable[[], Block]) -> Block:
        """The kept text layout of a layer of this signature, else a made one."""
        known = self._blocks.get(signature)
        if known is not None:
            self._blocks.move_to_end(signature)
            return known  # type: ignore[no-any-return]
        block = self._blocks[signature] = make()
        if len(self._blocks) > _BLOCKS_MAX:
            self._blocks.popitem(last=False)
        return block

    def typeface(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The kept face of `key`, else a made one."""
        known = self._typefaces.pop(key, None)
        self._typefaces[key] = known = make() if known is None else known
        if len(self._typefaces) > _TYPEFACES_MAX:
            self._typefaces.popitem(last=False)
        return known

    def shared_with_last(self, place: Hashable, stack: tuple[Hashable, ...]) -> int:
        """How many bottom layers of `stack` are those of the banner drawn last at `place`; remembers `stack`."""
        last = self._stacks.pop(place, ())
        self._stacks[place] = stack
        if len(self._stacks) > _STACKS_MAX:
            self._stacks.popitem(last=False)
        count = 0
        for one, other in zip(stack, last, strict=False):
            if one != other:
                break
            count += 1
        return count
