"""The best way to give columns to layers, each at most once: best in total, not first come, first served. Pure.

    {(column, layer): score} -> Pair, …

A pair without which the total would be as good is a tie, and marked as one: there a person has to choose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Scores = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Pair:
    column: str
    layer: str
    is_tie: bool


def best_pairs(scores: Scores) -> tuple[Pair, ...]:
    """Scores are above zero; a pair that is not in `scores` cannot be."""
    chosen = _assign(scores)
    total = sum(scores[pair] for pair in chosen)
    found = []
    for pair in chosen:
        others = {other: score for other, score in scores.items() if other != pair}
        without = sum(others[other] for other in _assign(others))
        found.append(Pair(*pair, without == total))
    return tuple(found)


def _assign(scores: Scores) -> list[tuple[str, str]]:
    """The Hungarian method on the smaller side, with a place for each to stay alone."""
    columns = list(dict.fromkeys(column for column, _ in scores))
    layers = list(dict.fromkeys(layer for _, layer in scores))
    if not columns:
        return []
    # Layers are rows of the matrix; as many empty columns as layers let every one of them go without.
    costs = [[-scores.get((column, layer), 0) for column in columns] + [0] * len(layers) for layer in layers]
    owners = _cheapest(costs)
    return [
        (columns[place], layers[row])
        for place, row in enumerate(owners[: len(columns)])
        if row >= 0 and (columns[place], layers[row]) in scores
    ]


def _cheapest(costs: list[list[int]]) -> list[int]:
    """For each column of the matrix the row that has it, or -1. Rows are no more than columns."""
    rows, places = len(costs), len(costs[0])
    of_row, of_place = [0] * (rows + 1), [0] * (places + 1)
    owner = [0] * (places + 1)  # 1-based; place 0 holds the row that looks for one
    for row in range(1, rows + 1):
        owner[0] = row
        current = 0
        least: list[float] = [float("inf")] * (places + 1)
        came_from = [0] * (places + 1)
        visited = [False] * (places + 1)
        while owner[current]:
            visited[current] = True
            here = owner[current]
            step, following = float("inf"), 0
            for place in range(1, places + 1):
                if visited[place]:
                    continue
                cost = costs[here - 1][place - 1] - of_row[here] - of_place[place]
                if cost < least[place]:
                    least[place], came_from[place] = cost, current
                if least[place] < step:
                    step, following = least[place], place
            for place in range(places + 1):
                if visited[place]:
                    of_row[owner[place]] += int(step)
                    of_place[place] -= int(step)
                else:
                    least[place] -= step
            current = following
        while current:
            owner[current] = owner[came_from[current]]
            current = came_from[current]
    return [row - 1 for row in owner[1:]]
