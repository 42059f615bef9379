"""What was noticed while a sheet was read, kept small and told once. Pure.

The notes of an outline are made here: one line a kind, with a count and the first places, however many cells there
were. Left out: what keeps a row from being sent, which is mapping's to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# Places named in a note; the rest is a number.
_PLACES_NAMED = 5


@dataclass(slots=True)
class _Finding:
    count: int = 0
    places: list[str] = field(default_factory=list)


class Findings:
    """Counts by sentence. A sentence holds `{n}`, and `{places}` where the first of them should stand."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._found: dict[str, _Finding] = {}

    def __repr__(self) -> str:
        counts = {sentence[:30]: finding.count for sentence, finding in self._found.items()}
        return f"<Findings {self._lines!r} {counts!r}>"

    def say(self, line: str) -> None:
        if line not in self._lines:
            self._lines.append(line)

    def restart(self) -> None:
        """Count anew: the cells are about to be read again."""
        self._found.clear()

    def count(self, sentence: str, place: str, times: int = 1) -> None:
        finding = self._found.setdefault(sentence, _Finding())
        finding.count += times
        if len(finding.places) < _PLACES_NAMED:
            finding.places.append(place)

    def lines(self) -> tuple[str, ...]:
        counted = (
            sentence.format(n=finding.count, places=_list(finding.places, finding.count))
            for sentence, finding in self._found.items()
        )
        return (*self._lines, *counted)


def _list(places: list[str], count: int) -> str:
    more = count - len(places)
    return ", ".join(places) + (f" and {more} more" if more > 0 else "")
