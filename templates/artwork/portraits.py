# ruff: noqa: E501  (path data does not break well)
"""Twelve flat, geometric portraits for customer quotes - plainly illustrations, never fake photographs.

    python templates/artwork/portraits.py
    python templates/artwork/portraits.py --only amara --out look

Every face is built from the same few shapes on an 800-unit canvas, light from the upper left; what differs is
written down in ``PEOPLE``. Hair is drawn by the functions in ``BACK`` (behind the head) and ``FRONT``.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import skia
from PIL import Image
from vectors import path

REPO = Path(__file__).resolve().parents[2]
SIZE = 800
MID = 400.0


@dataclass(frozen=True)
class Person:
    """What makes one portrait differ from the next."""

    ground: str
    skin: str
    hair: str
    clothes: str
    accent: str
    style: str
    neckline: str = "crew"
    glasses: str = ""
    beard: str = ""
    earrings: str = ""
    brow: float = 1.0
    age: bool = False
    wide: float = 1.0
    smile: str = "closed"


PEOPLE: dict[str, Person] = {
    "amara": Person(
        "#e9b872", "#7a4a32", "#231a1c", "#2f4858", "#f2e3c9", "afro", "crew", earrings="#f2e3c9", smile="open"
    ),
    "lukas": Person("#a9c0b6", "#edc3a2", "#a8683a", "#33473f", "#e8dcc4", "sidepart", "shirt", beard="stubble"),
    "mei": Person("#e7c6bd", "#f0cfae", "#26222b", "#b5533c", "#f6ead8", "bob", "turtle"),
    "rafael": Person("#d9d2c0", "#c98f66", "#2c211d", "#3d5a80", "#f2e8d8", "curls", "polo", beard="full", wide=1.02),
    "ingrid": Person(
        "#b7c7d8", "#f2d0b8", "#cfcac4", "#7a4a5c", "#f3e3c8", "updo", "vneck", glasses="#5d3a46", age=True
    ),
    "kofi": Person("#dba38b", "#5b3526", "#1d1618", "#efe4d0", "#c9753d", "fade", "crew", beard="goatee", smile="open"),
    "priya": Person("#c9cfae", "#b57b50", "#241a1e", "#d29a34", "#7a2e3a", "long", "wrap", earrings="#d29a34"),
    "yusuf": Person("#e6d3b3", "#c28a60", "#211a1a", "#4c5f4a", "#efe6d6", "turban", "shirt", beard="long", brow=1.2),
    "layla": Person("#c2b8d3", "#e0b08a", "#4a5f7a", "#31425a", "#e6d8c6", "hijab", "none"),
    "harold": Person(
        "#b9cdb9",
        "#e9bd9d",
        "#e4e0da",
        "#4a4e69",
        "#f1e6d4",
        "bald",
        "cardigan",
        glasses="#3a3a44",
        beard="moustache",
        age=True,
        wide=1.04,
    ),
    "noa": Person("#f0cd9a", "#e6b48d", "#b4472e", "#2f5d62", "#f6e8d2", "ponytail", "crew", smile="open"),
    "tomas": Person(
        "#c4d4dd", "#dca680", "#5a3d2b", "#8a4b3a", "#efe3d0", "bun", "vneck", beard="full", glasses="", brow=1.1
    ),
}
DEFAULT = "mei"
RECRUIT = "priya"


def shade(colour: str, amount: float) -> int:
    """``#rrggbb`` darkened (negative) or lightened, as a Skia colour."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    # Shadows lean to warm red instead of grey, lights to yellow: that keeps flat skin alive.
    toward = (255, 238, 214) if amount > 0 else (74, 24, 40)
    mixed = [round(c + (t - c) * abs(amount)) for c, t in zip(channels, toward, strict=True)]
    return skia.Color(*mixed)


def paint(colour: str | int, stroke: float = 0.0) -> skia.Paint:
    """Fill, or a round-capped stroke."""
    value = shade(colour, 0) if isinstance(colour, str) else colour
    p = skia.Paint(Color=value, AntiAlias=True)
    if stroke:
        p.setStyle(skia.Paint.kStroke_Style)
        p.setStrokeWidth(stroke)
        p.setStrokeCap(skia.Paint.kRound_Cap)
        p.setStrokeJoin(skia.Paint.kRound_Join)
    return p


def blob(*points: tuple[float, float]) -> skia.Path:
    """A closed smooth outline through the points (Catmull-Rom as cubics)."""
    path = skia.Path()
    n = len(points)
    path.moveTo(*points[0])
    for i in range(n):
        p0, p1, p2, p3 = (points[(i + k) % n] for k in (-1, 0, 1, 2))
        path.cubicTo(
            p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6,
            p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6,
            p2[0], p2[1],
        )  # fmt: skip
    path.close()
    return path


def mirrored(*points: tuple[float, float]) -> list[tuple[float, float]]:
    """Points of the left half, top to bottom, and their reflections."""
    return [*points, *((2 * MID - x, y) for x, y in reversed(points) if x != MID)]


# -- the head -------------------------------------------------------------------------------------------------


def head_outline(person: Person) -> skia.Path:
    """Egg-shaped head: crown at 196, chin at 520."""
    w = person.wide
    return blob(
        *mirrored(
            (MID, 196), (MID - 84 * w, 219), (MID - 127 * w, 290), (MID - 127 * w, 375),
            (MID - 100 * w, 462), (MID - 48 * w, 512), (MID, 522),
        )
    )  # fmt: skip


def bust(canvas: skia.Canvas, person: Person) -> None:
    """Shoulders, neck and whatever is worn."""
    neck = skia.Path()
    neck.moveTo(MID - 62, 430)
    neck.cubicTo(MID - 60, 560, MID - 70, 580, MID - 130, 610)
    neck.lineTo(MID, 720)
    neck.lineTo(MID + 130, 610)
    neck.cubicTo(MID + 70, 580, MID + 60, 560, MID + 62, 430)
    neck.close()
    shoulders = skia.Path()
    shoulders.moveTo(60, 820)
    shoulders.cubicTo(78, 690, 140, 636, 270, 602)
    shoulders.cubicTo(310, 592, 322, 580, 330, 566)
    shoulders.lineTo(470, 566)
    shoulders.cubicTo(478, 580, 490, 592, 530, 602)
    shoulders.cubicTo(660, 636, 722, 690, 740, 820)
    shoulders.close()
    canvas.drawPath(shoulders, paint(person.clothes))
    canvas.save()
    canvas.clipPath(shoulders, True)
    canvas.drawPath(
        blob((560, 600), (700, 640), (800, 830), (600, 840), (640, 720)), paint(shade(person.clothes, -0.22))
    )
    canvas.restore()

    if person.neckline == "none":
        return
    canvas.save()
    cuts = {
        "crew": "M286 585 C300 672 500 672 514 585 L460 536 L340 536 Z",
        "polo": "M300 580 L400 690 L500 580 L460 536 L340 536 Z",
        "shirt": "M310 575 L400 668 L490 575 L460 536 L340 536 Z",
        "vneck": "M286 588 C310 640 370 720 400 744 C430 720 490 640 514 588 L460 536 L340 536 Z",
        "wrap": "M280 592 C320 660 400 730 450 760 C470 700 500 640 520 590 L460 536 L340 536 Z",
        "cardigan": "M310 575 L400 668 L490 575 L460 536 L340 536 Z",
        "turtle": "M400 400 L401 401 L400 401 Z",
    }
    cut = path(cuts[person.neckline])
    whole = skia.Op(neck, cut, skia.PathOp.kIntersect_PathOp)
    rest = skia.Path()
    rest.addRect(skia.Rect.MakeLTRB(MID - 64, 420, MID + 64, 580))
    upper = skia.Op(neck, rest, skia.PathOp.kIntersect_PathOp)
    skin = skia.Op(whole, upper, skia.PathOp.kUnion_PathOp)
    canvas.drawPath(cut, paint(person.skin))
    canvas.drawPath(skin, paint(person.skin))
    # The jaw's shadow on the neck.
    canvas.clipPath(skia.Op(skin, cut, skia.PathOp.kUnion_PathOp), True)
    canvas.save()
    canvas.translate(14, 46)
    canvas.drawPath(head_outline(person), paint(shade(person.skin, -0.26)))
    canvas.restore()
    canvas.restore()

    if person.neckline == "turtle":
        canvas.drawPath(
            path("M316 548 C350 572 450 572 484 548 L494 624 C440 650 360 650 306 624 Z"),
            paint(shade(person.clothes, 0.10)),
        )
        canvas.drawPath(path("M306 624 C360 650 440 650 494 624"), paint(shade(person.clothes, -0.25), 5))
    elif person.neckline == "crew":
        canvas.drawPath(path("M287 588 C304 672 496 672 513 588"), paint(shade(person.clothes, -0.22), 16))
    elif person.neckline == "vneck":
        canvas.drawPath(path("M286 590 C310 642 370 722 400 746 C430 722 490 642 514 590"), paint(person.accent, 15))
    elif person.neckline == "wrap":
        canvas.drawPath(path("M280 594 C320 662 400 734 452 762 L520 830"), paint(person.accent, 15))
        canvas.drawPath(path("M519 592 C500 646 474 700 452 762"), paint(person.accent, 15))
    elif person.neckline in ("polo", "shirt", "cardigan"):
        collar = person.accent
        if person.neckline == "cardigan":
            canvas.drawPath(
                path("M316 586 L400 668 L484 586 L520 600 L470 820 L330 820 L280 600 Z"), paint(person.accent)
            )
            canvas.drawPath(path("M330 830 L280 600"), paint(shade(person.clothes, -0.25), 8))
            canvas.drawPath(path("M470 830 L520 600"), paint(shade(person.clothes, -0.25), 8))
        canvas.drawPath(path("M322 556 L400 668 L348 708 L282 604 Z"), paint(shade(collar, 0.12)))
        canvas.drawPath(path("M478 556 L400 668 L452 708 L518 604 Z"), paint(shade(collar, -0.08)))
        for y in (706, 764):
            canvas.drawCircle(MID, y, 6.5, paint(shade(person.clothes, -0.35)))


def face(canvas: skia.Canvas, person: Person) -> None:
    """Ears, head, features."""
    head = head_outline(person)
    w = person.wide
    if person.style not in ("hijab", "bob"):
        for side in (-1, 1):
            x = MID + side * 126 * w
            canvas.drawOval(
                skia.Rect.MakeXYWH(x - 25, 338, 50, 76), paint(shade(person.skin, -0.10 if side > 0 else 0))
            )
            canvas.drawOval(
                skia.Rect.MakeXYWH(x - 11 + side * 3, 354, 22, 42),
                paint(shade(person.skin, -0.24 if side > 0 else -0.16)),
            )
    canvas.drawPath(head, paint(person.skin))
    canvas.save()
    canvas.clipPath(head, True)
    # The side away from the light.
    canvas.drawPath(
        blob((478, 180), (560, 200), (580, 420), (480, 560), (380, 540), (452, 492), (492, 420), (500, 320)),
        paint(shade(person.skin, -0.12)),
    )
    blush = shade("#d8533f", 0)
    for side in (-1, 1):
        cheek = paint(blush)
        cheek.setAlphaf(0.20)
        canvas.drawCircle(MID + side * 76, 420, 31, cheek)
    if person.beard:
        beard(canvas, person)
    canvas.restore()

    ink = "#2a1f24"
    for side in (-1, 1):
        x = MID + side * 54
        canvas.drawOval(skia.Rect.MakeXYWH(x - 10.5, 347, 21, 26), paint(ink))
        canvas.drawCircle(x - 3.5, 354, 3.6, paint("#ffffff"))
        outer, inner = x + side * 27, x - side * 22
        if person.style != "bob":  # hidden by the fringe
            arch = path(f"M{inner} 318 Q{x + side * 4} {300 if side < 0 else 302} {outer} 319")
            canvas.drawPath(arch, paint(brow_colour(person), 10.5 * person.brow))
        if person.age:
            canvas.drawPath(
                path(f"M{x - side * 14} 392 Q{x} 399 {x + side * 16} 391"), paint(shade(person.skin, -0.22), 4)
            )
    # One line for the nose, lit from the left.
    canvas.drawPath(
        path("M404 352 C410 378 424 400 420 412 C416 422 400 424 390 419"), paint(shade(person.skin, -0.34), 7.5)
    )
    mouth(canvas, person)


def brow_colour(person: Person) -> int:
    """A shade of the hair, or dark where the hair is covered."""
    if person.style in ("hijab", "turban"):
        return shade("#2c2024", 0)
    return shade(person.hair, -0.42 if person.age else -0.15)


def mouth(canvas: skia.Canvas, person: Person) -> None:
    """A closed or an open smile."""
    if person.smile == "open":
        lips = path("M352 450 C372 456 428 456 448 450 C444 490 356 490 352 450 Z")
        canvas.drawPath(lips, paint("#7d2733"))
        canvas.save()
        canvas.clipPath(lips, True)
        canvas.drawRoundRect(skia.Rect.MakeXYWH(356, 440, 88, 26), 8, 8, paint("#fff8ee"))
        canvas.drawOval(skia.Rect.MakeXYWH(374, 475, 52, 24), paint("#d0606a"))
        canvas.restore()
    else:
        canvas.drawPath(path("M358 453 Q400 486 442 453"), paint(shade(person.skin, -0.55), 8.5))
        if person.beard not in ("full", "long", "goatee"):
            canvas.drawPath(path("M386 489 Q400 495 414 489"), paint(shade(person.skin, -0.22), 6))


def beard(canvas: skia.Canvas, person: Person) -> None:
    """Facial hair, clipped to the head."""
    hair = paint(person.hair)
    if person.beard == "stubble":
        hair.setAlphaf(0.24)
    full = path(
        "M262 350 C276 350 276 396 296 414 C330 432 352 424 372 430 C390 424 410 424 428 430 C448 424 470 432 504 414"
        " C524 396 524 350 538 350 L560 560 L240 560 Z"
    )
    gap = skia.Path()
    gap.addOval(skia.Rect.MakeXYWH(352, 440, 96, 44))
    if person.beard in ("full", "long", "stubble"):
        shape = skia.Op(full, gap, skia.PathOp.kDifference_PathOp)
        canvas.drawPath(shape, hair)
    elif person.beard == "goatee":
        shape = skia.Path()
        shape.addRoundRect(skia.Rect.MakeXYWH(340, 428, 120, 130), 44, 44)
        canvas.drawPath(skia.Op(shape, gap, skia.PathOp.kDifference_PathOp), hair)
    elif person.beard == "moustache":
        canvas.drawPath(
            path(
                "M330 456 C346 430 380 424 400 434 C420 424 454 430 470 456 C446 462 416 458 400 450 C384 458 354 462 330 456 Z"
            ),
            hair,
        )


# -- hair -----------------------------------------------------------------------------------------------------


def _oval(canvas: skia.Canvas, cx: float, cy: float, rx: float, ry: float, colour: str | int) -> None:
    canvas.drawOval(skia.Rect.MakeXYWH(cx - rx, cy - ry, 2 * rx, 2 * ry), paint(colour))


def _afro_back(canvas: skia.Canvas, p: Person) -> None:
    _oval(canvas, MID, 268, 204, 188, p.hair)
    for x, y, r in ((232, 330, 62), (568, 330, 62), (262, 190, 74), (538, 190, 74), (400, 130, 84)):
        canvas.drawCircle(x, y, r, paint(p.hair))


def _afro_front(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path(
            "M268 330 C270 250 318 232 400 230 C482 232 530 250 532 330 C560 260 520 170 400 168 C280 170 240 260 268 330 Z"
        ),
        paint(p.hair),
    )
    highlight = paint(shade(p.hair, 0.16), 9)
    canvas.drawPath(path("M262 190 C284 150 320 124 364 112"), highlight)
    canvas.drawPath(path("M236 236 C238 228 240 222 244 214"), highlight)


def _sidepart(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M279 352 C270 304 278 282 300 262 C380 276 450 266 492 236 C514 268 528 304 530 346 C552 318 560 262 540 220"
              " C520 168 450 148 380 154 C300 156 244 200 250 276 C252 306 260 336 279 352 Z"), paint(p.hair))  # fmt: skip
    canvas.drawPath(path("M300 214 C350 176 430 172 486 196"), paint(shade(p.hair, 0.22), 9))


def _bob_back(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M400 150 C270 148 226 240 228 340 C230 430 232 490 250 540 C262 562 330 560 350 540 L450 540 C470 560 538 562 550 540"
              " C568 490 570 430 572 340 C574 240 530 148 400 150 Z"), paint(shade(p.hair, -0.0)))  # fmt: skip


def _bob_front(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M400 152 C290 152 238 226 238 330 C238 420 246 480 262 520 C284 470 276 380 284 312 C340 322 460 322 516 312"
              " C524 380 516 470 538 520 C554 480 562 420 562 330 C562 226 510 152 400 152 Z"), paint(p.hair))  # fmt: skip
    canvas.drawPath(path("M280 240 C306 200 350 182 400 180"), paint(shade(p.hair, 0.20), 10))


def _curls_front(canvas: skia.Canvas, p: Person) -> None:
    for x, y, r in (
        (276, 280, 34), (268, 236, 38), (300, 196, 44), (350, 172, 48), (408, 162, 50), (466, 176, 46),
        (510, 208, 42), (532, 252, 36), (526, 292, 28), (330, 226, 38), (388, 214, 42), (446, 220, 40), (490, 244, 30),
    ):  # fmt: skip
        canvas.drawCircle(x, y, r, paint(p.hair))
    for x, y, r in ((318, 190, 20), (372, 170, 20), (432, 168, 18)):
        canvas.drawArc(skia.Rect.MakeXYWH(x - r, y - r, 2 * r, 2 * r), 190, 130, False, paint(shade(p.hair, 0.22), 7))


def _updo_back(canvas: skia.Canvas, p: Person) -> None:
    _oval(canvas, MID + 6, 138, 74, 62, shade(p.hair, -0.10))
    canvas.drawPath(path("M350 132 C372 104 424 100 452 122"), paint(shade(p.hair, 0.25), 8))


def _updo_front(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M266 348 C266 292 300 250 384 222 C470 236 526 280 534 348 C556 300 552 236 514 200 C470 160 330 160 286 200"
              " C248 236 244 300 266 348 Z"), paint(p.hair))  # fmt: skip
    canvas.drawPath(path("M282 268 C300 232 334 206 376 196"), paint(shade(p.hair, -0.14), 7))
    canvas.drawPath(path("M520 268 C502 236 466 208 424 198"), paint(shade(p.hair, -0.14), 7))


def _fade_front(canvas: skia.Canvas, p: Person) -> None:
    side = paint(p.hair)
    side.setAlphaf(0.55)
    canvas.save()
    canvas.clipPath(head_outline(p), True)
    canvas.drawPath(
        path(
            "M272 346 C268 290 276 250 300 226 L500 226 C524 250 532 290 528 346 C550 300 544 230 514 204 L286 204 C256 230 250 300 272 346 Z"
        ),
        side,
    )
    canvas.restore()
    canvas.drawPath(
        path(
            "M282 256 C300 236 350 228 400 228 C450 228 500 236 518 256 C534 196 500 142 400 142 C300 142 266 196 282 256 Z"
        ),
        paint(p.hair),
    )
    canvas.drawPath(path("M310 190 C332 170 360 162 390 162"), paint(shade(p.hair, 0.20), 8))


def _long_back(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M400 148 C276 146 228 232 226 340 C224 460 200 560 176 660 C240 720 330 700 356 640 L444 640 C470 700 560 720 624 660"
              " C600 560 576 460 574 340 C572 232 524 146 400 148 Z"), paint(shade(p.hair, -0.05)))  # fmt: skip


def _long_front(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M400 206 C350 240 296 290 276 352 C268 420 256 470 236 540 C226 470 230 400 232 330 C236 230 290 152 400 150"
              " C510 152 564 230 568 330 C570 400 574 470 564 540 C544 470 532 420 524 352 C504 290 450 240 400 206 Z"),
        paint(p.hair))  # fmt: skip
    canvas.drawPath(path("M272 256 C290 216 326 190 368 180"), paint(shade(p.hair, 0.22), 9))
    canvas.drawCircle(MID, 284, 7, paint(p.accent))


def _turban_front(canvas: skia.Canvas, p: Person) -> None:
    cloth = "#c8603f"
    canvas.drawPath(
        path(
            "M262 300 C230 220 262 118 400 110 C538 118 570 220 538 300 C500 262 450 248 400 246 C350 248 300 262 262 300 Z"
        ),
        paint(cloth),
    )
    canvas.drawPath(
        path("M262 300 C300 250 352 226 400 250 C370 200 300 176 252 214 C244 246 250 276 262 300 Z"),
        paint(shade(cloth, 0.14)),
    )
    canvas.drawPath(path("M256 210 C320 150 420 160 470 240"), paint(shade(cloth, -0.24), 6))
    canvas.drawPath(path("M300 142 C390 120 480 160 520 262"), paint(shade(cloth, -0.24), 6))
    canvas.drawPath(path("M538 300 C520 262 470 244 400 248"), paint(shade(cloth, -0.24), 6))


def _hijab_back(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M400 138 C270 138 214 240 220 360 C224 470 216 560 176 664 L200 830 L600 830 L624 664 C584 560 576 470 580 360"
              " C586 240 530 138 400 138 Z"), paint(shade(p.hair, -0.18)))  # fmt: skip


def _hijab_front(canvas: skia.Canvas, p: Person) -> None:
    outer = path(
        "M400 138 C276 138 222 236 228 356 C234 462 256 560 330 620 C380 650 440 640 480 612 C548 552 566 460 572 356 C578 236 524 138 400 138 Z"
    )
    window = skia.Path()
    window.addOval(skia.Rect.MakeXYWH(284, 236, 232, 288))
    canvas.drawPath(skia.Op(outer, window, skia.PathOp.kDifference_PathOp), paint(p.hair))
    canvas.drawPath(
        path("M252 470 C280 580 420 640 640 650 C620 700 500 740 380 704 C290 676 240 590 252 470 Z"),
        paint(shade(p.hair, 0.12)),
    )
    canvas.drawPath(path("M270 540 C320 620 440 664 600 672"), paint(shade(p.hair, -0.22), 6))
    canvas.drawPath(path("M262 300 C270 220 320 176 392 168"), paint(shade(p.hair, 0.22), 9))
    canvas.drawPath(path("M300 290 C312 250 350 224 400 222 C450 224 488 250 500 290"), paint(shade(p.hair, -0.22), 6))


def _bald_front(canvas: skia.Canvas, p: Person) -> None:
    for side in (-1, 1):
        x = MID + side * 130 * p.wide
        canvas.drawPath(
            blob((x, 262), (x + side * 20, 300), (x + side * 14, 346), (x - side * 6, 360), (x - side * 10, 310)),
            paint(p.hair),
        )
    shine = paint("#ffffff")
    shine.setAlphaf(0.28)
    canvas.save()
    canvas.rotate(-28, 344, 236)
    canvas.drawOval(skia.Rect.MakeXYWH(310, 222, 70, 28), shine)
    canvas.restore()


def _ponytail_back(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path(
            "M470 170 C590 150 650 240 628 350 C616 430 640 480 668 520 C600 530 552 480 548 400 C544 320 530 250 470 250 Z"
        ),
        paint(shade(p.hair, -0.14)),
    )


def _ponytail_front(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M266 352 C264 300 282 262 318 244 C390 262 470 250 520 290 C530 310 534 330 534 352 C558 300 556 232 516 194"
              " C470 150 330 150 284 196 C244 236 244 306 266 352 Z"), paint(p.hair))  # fmt: skip
    canvas.drawPath(path("M288 234 C316 194 372 178 430 186"), paint(shade(p.hair, 0.24), 9))
    canvas.drawCircle(536, 208, 19, paint(p.accent))
    freckle = paint(shade(p.skin, -0.30))
    for x, y in ((318, 398), (332, 408), (346, 396), (454, 398), (468, 408), (482, 396)):
        canvas.drawCircle(x, y, 3.6, freckle)


def _bun_back(canvas: skia.Canvas, p: Person) -> None:
    _oval(canvas, MID, 132, 56, 50, shade(p.hair, -0.06))
    canvas.drawPath(path("M364 124 C380 104 412 100 432 112"), paint(shade(p.hair, 0.22), 7))


def _bun_front(canvas: skia.Canvas, p: Person) -> None:
    canvas.drawPath(
        path("M268 350 C266 300 284 262 318 238 C370 226 430 226 482 238 C516 262 534 300 532 350 C552 304 554 240 520 202"
              " C474 154 326 154 280 202 C246 240 248 304 268 350 Z"), paint(p.hair))  # fmt: skip
    for x in (-60, -22, 22, 60):
        canvas.drawPath(
            path(f"M{MID + x} 226 Q{MID + x * 0.8} 190 {MID + x * 0.35} 170"), paint(shade(p.hair, 0.16), 5)
        )


Draw = Callable[[skia.Canvas, Person], None]
BACK: dict[str, Draw] = {
    "afro": _afro_back, "bob": _bob_back, "updo": _updo_back, "long": _long_back, "hijab": _hijab_back,
    "ponytail": _ponytail_back, "bun": _bun_back,
}  # fmt: skip
FRONT: dict[str, Draw] = {
    "afro": _afro_front, "sidepart": _sidepart, "bob": _bob_front, "curls": _curls_front, "updo": _updo_front,
    "fade": _fade_front, "long": _long_front, "turban": _turban_front, "hijab": _hijab_front, "bald": _bald_front,
    "ponytail": _ponytail_front, "bun": _bun_front,
}  # fmt: skip


def extras(canvas: skia.Canvas, person: Person) -> None:
    """Glasses and earrings, drawn over everything."""
    if person.glasses:
        frame = paint(person.glasses, 8)
        glass = paint("#ffffff")
        glass.setAlphaf(0.16)
        for side in (-1, 1):
            box = skia.Rect.MakeXYWH(MID + side * 56 - 44, 322, 88, 76)
            canvas.drawRoundRect(box, 34, 34, glass)
            canvas.drawRoundRect(box, 34, 34, frame)
            canvas.drawPath(path(f"M{MID + side * 100} 350 L{MID + side * 126} 344"), frame)
        canvas.drawPath(path(f"M{MID - 12} 350 Q{MID} 340 {MID + 12} 350"), frame)
    if person.earrings:
        for side in (-1, 1):
            canvas.drawCircle(MID + side * 132, 432, 15, paint(person.earrings, 7))


def draw(person: Person) -> Image.Image:
    """The whole portrait, opaque, 800 pixels square."""
    surface = skia.Surface(SIZE, SIZE)
    canvas = surface.getCanvas()
    canvas.clear(shade(person.ground, 0))
    canvas.translate(0, 8)
    if person.style in BACK:
        BACK[person.style](canvas, person)
    bust(canvas, person)
    if person.beard == "long":
        canvas.drawPath(path("M286 400 C290 540 340 640 400 644 C460 640 510 540 514 400 Z"), paint(person.hair))
    face(canvas, person)
    if person.beard == "long":
        # Hide the hairline of skin where the jaw's smooth edge lies over the beard.
        canvas.save()
        canvas.clipRect(skia.Rect.MakeLTRB(288, 424, 512, SIZE))
        canvas.drawPath(head_outline(person), paint(person.hair, 5))
        canvas.restore()
    FRONT[person.style](canvas, person)
    extras(canvas, person)
    encoded = surface.makeImageSnapshot().encodeToData()
    return Image.open(io.BytesIO(bytes(encoded))).convert("RGB")


def save(image: Image.Image, target: Path) -> None:
    """Flat colours need no more than 128 palette entries; that keeps the file small and the edges smooth."""
    target.parent.mkdir(parents=True, exist_ok=True)
    image.quantize(160, dither=Image.Dither.NONE).save(target, optimize=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Draw the portraits.")
    parser.add_argument("--only", nargs="+", choices=sorted(PEOPLE))
    parser.add_argument("--out", type=Path, default=REPO, help="root to write below")
    arguments = parser.parse_args()
    for name in arguments.only or PEOPLE:
        image = draw(PEOPLE[name])
        save(image, arguments.out / "examples/customer-quotes/images" / f"{name}.png")
        if name == DEFAULT:
            save(image, arguments.out / "templates/customer-quote/images/portrait.png")
        if name == RECRUIT:
            save(image, arguments.out / "templates/job-opening/images/person.png")


if __name__ == "__main__":
    main()
