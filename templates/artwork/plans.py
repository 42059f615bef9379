"""Two drawings for the listings: a quiet town map to lie under the facts, and the elevation of a home without a photo.

    python templates/artwork/plans.py

The map is pale on purpose: ink on any of its tints keeps a contrast of more than ten to one.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
FOLDER = Path("templates/real-estate/images")

GROUND, BLOCK, PARK, WATER, STREET = "#f4f7f5", "#ebf0ee", "#dfece2", "#dbe9ee", "#ffffff"
PAPER, LINE, FAINT = "#dde8e4", "#0b6b5b", "#a9c4bc"
TURN = math.radians(-17)


def town(width: int = 1240, height: int = 720) -> str:
    """Streets in two directions, unevenly spaced, cut by an avenue and a river."""
    rng = random.Random(8)
    cos, sin = math.cos(TURN), math.sin(TURN)

    def at(u: float, v: float) -> str:
        return f"{width / 2 + u * cos - v * sin:.1f} {height / 2 + u * sin + v * cos:.1f}"

    columns, rows = [-900.0], [-700.0]
    while columns[-1] < 900:
        columns.append(columns[-1] + rng.choice((84, 96, 120, 150)))
    while rows[-1] < 700:
        rows.append(rows[-1] + rng.choice((66, 78, 96, 112)))
    blocks, parks = "", ""
    for left, right in itertools.pairwise(columns):
        for top, bottom in itertools.pairwise(rows):
            street = rng.choice((5, 5, 5, 9))
            path = (
                f"M{at(left + 5, top + street)}L{at(right - 5, top + street)}"
                f"L{at(right - 5, bottom - 5)}L{at(left + 5, bottom - 5)}Z"
            )
            if rng.random() < 0.09:
                parks += path
            else:
                blocks += path
    river = "M-40 690C180 560 330 640 520 520C700 405 800 250 1010 170C1110 130 1190 40 1290 10"
    avenue = f"M{at(-900, -420)}L{at(-120, -70)}L{at(900, 360)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        f'<rect width="{width}" height="{height}" fill="{GROUND}"/>\n'
        f'<path fill="{BLOCK}" d="{blocks}"/>\n<path fill="{PARK}" d="{parks}"/>\n'
        f'<path fill="none" stroke="{STREET}" stroke-width="92" d="{river}"/>\n'
        f'<path fill="none" stroke="{WATER}" stroke-width="66" d="{river}"/>\n'
        f'<path fill="none" stroke="{STREET}" stroke-width="24" stroke-linejoin="round" d="{avenue}"/>\n'
        f'<path fill="none" stroke="{BLOCK}" stroke-width="2" stroke-dasharray="16 12" d="{avenue}"/>\n'
        "</svg>\n"
    )


def elevation(width: int = 1200, height: int = 900) -> str:
    """The street front of a gabled house, with its height, on tinted paper."""
    floor, left, right, eaves, ridge = 655, 330, 870, 400, 215
    middle = (left + right) / 2
    lines = f"M110 {floor}L1090 {floor}M{left} {floor}L{left} {eaves}M{right} {floor}L{right} {eaves}"
    lines += f"M{left - 36} {eaves + 24}L{middle} {ridge}L{right + 36} {eaves + 24}"
    lines += f"M{left - 36} {eaves + 42}L{middle} {ridge + 24}L{right + 36} {eaves + 42}"
    windows = ""
    for x, y, w, h in ((390, 460, 120, 110), (690, 460, 120, 110), (540, 330, 120, 84)):
        windows += f"M{x} {y}h{w}v{h}h{-w}zM{x + w / 2} {y}v{h}M{x} {y + h / 2}h{w}M{x - 10} {y + h + 8}h{w + 20}"
    door = f"M562 {floor}v-150h76v150M548 {floor}v-164h104v164M622 {floor - 70}h6M530 {floor}v-12h140v12"
    chimney = "M735 300v-96h44v131M727 204h60"
    size = f"M955 {floor}v{ridge - floor}M938 {floor}h34M938 {ridge}h34M947 {floor + 8}l16 -16M947 {ridge + 8}l16 -16"
    grid = "".join(f"M{x} 0V{height}" for x in range(60, width, 60)) + "".join(
        f"M0 {y}H{width}" for y in range(30, height, 60)
    )
    trees = ""
    for x, r in ((215, 74), (1060, 50)):
        trees += (
            f"M{x} {floor}v{-2.1 * r:.0f}"
            + f"M{x - r} {floor - 2.4 * r:.0f}a{r} {r} 0 1 1 {2 * r} 0a{r} {r} 0 1 1 {-2 * r} 0z"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n'
        f'<path fill="none" stroke="#d0dfda" stroke-width="1.5" d="{grid}"/>\n'
        f'<g fill="none" stroke-linecap="round" stroke-linejoin="round">\n'
        f'<path stroke="{FAINT}" stroke-width="3" d="{trees}{size}"/>\n'
        f'<path stroke="{LINE}" stroke-width="4" d="{lines}{chimney}"/>\n'
        f'<path stroke="{LINE}" stroke-width="2.5" d="{windows}{door}"/>\n</g>\n</svg>\n'
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw the map and the elevation.")
    parser.add_argument("--out", type=Path, default=REPO, help="root to write below")
    folder = parser.parse_args().out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawing in (("streets", town()), ("elevation", elevation())):
        (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")
        print(f"{folder / name}.svg: {len(drawing) // 1024} KB")


if __name__ == "__main__":
    main()
