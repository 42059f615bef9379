"""The portrait of a customer who has sent none: a head and shoulders, nobody's.

    python templates/artwork/silhouette.py

It stands in the design itself, so that a row without a portrait never borrows another customer's face.
"""

from __future__ import annotations

from pathlib import Path

import skia

TARGET = Path(__file__).parents[1] / "customer-quote" / "images" / "nobody.png"
SIZE = 800
GROUND, FIGURE = 0xFFDCE6DC, 0xFF8FAE9C


def main() -> None:
    surface = skia.Surface(SIZE, SIZE)
    canvas = surface.getCanvas()
    canvas.clear(GROUND)
    paint = skia.Paint(AntiAlias=True, Color=FIGURE)
    canvas.drawOval(skia.Rect.MakeXYWH(282, 190, 236, 276), paint)
    canvas.drawRRect(skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(120, 516, 560, 420), 240, 200), paint)
    TARGET.write_bytes(bytes(surface.makeImageSnapshot().encodeToData(skia.kPNG, 100)))


if __name__ == "__main__":
    main()
