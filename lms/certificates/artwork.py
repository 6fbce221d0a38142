"""The paper's ornament: engine-turned lines in the manner of an engraver's lathe. No seal, eagle, star or badge.

Each function gives PDF path operators (PDF 1.7, 8.4-8.5), computed once: a paper is then drawn by copying text.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

Color = tuple[float, float, float]

INK: Final[Color] = (0.09, 0.12, 0.17)
ACCENT: Final[Color] = (0.10, 0.25, 0.34)
BRONZE: Final[Color] = (0.50, 0.38, 0.17)
MUTED: Final[Color] = (0.33, 0.37, 0.42)
TINT: Final[Color] = (0.90, 0.92, 0.93)

HAIR: Final = 0.35
BAND: Final = 15.0
"""Width of the engine-turned border."""
REPEAT: Final = 30.0
"""Length, about, of one swell of the border."""
STRANDS: Final = 8
PIECES: Final = 10
"""Curve segments in one swell."""
ROUND: Final = 4 / 3 * math.tan(math.pi / 8)
"""How far a Bezier handle reaches for a quarter of an ellipse."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and how far the border stands from its edge, in points."""

    width: float
    height: float
    inset: float


def frame(page: Page) -> str:
    """The border: a braided band between fine rules, with a turned rosette on each corner."""
    near, far = page.inset + BAND / 2, page.inset + BAND * 1.1
    across = _braid(page.width - 2 * far, [(far, y) for y in (near, page.height - near)])
    up = _braid(page.height - 2 * far, [(x, far) for x in (near, page.width - near)], quarter=True)
    turned = _rosette(radius=BAND * 0.72, petals=18, color=BRONZE)
    corners = [_moved(turned, x, y) for x in (near, page.width - near) for y in (near, page.height - near)]
    return "\n".join([_rules(page), across, up, *corners])


def ground(x: float, y: float) -> str:
    """A pale rosette to stand behind the text, light enough to read across."""
    return "\n".join(_moved(_rosette(radius=radius, petals=petals, color=TINT), x, y) for radius, petals in ((176, 48), (96, 36)))


@cache
def divider(x: float, y: float, width: float) -> str:
    """A fine rule that opens around a lozenge."""
    gap, half = 11.0, width / 2
    rules = f"{_color(BRONZE)} 0.6 w {_line(x - half, y, x - gap, y)} {_line(x + gap, y, x + half, y)}"
    lozenges = " ".join(_lozenge(x + offset, y, size) for offset, size in ((0.0, 3.4), (-7.0, 1.5), (7.0, 1.5)))
    return f"q {rules} {lozenges} Q"


@cache
def rule(x: float, y: float, width: float) -> str:
    """A centered hairline."""
    return f"q {_color(BRONZE)} {HAIR * 1.4:.2f} w {_line(x - width / 2, y, x + width / 2, y)} Q"


def _rules(page: Page) -> str:
    drawn = [_color(ACCENT)]
    for distance, weight in ((-4.0, 0.5), (-1.8, 1.3), (BAND + 1.8, 1.0), (BAND + 4.2, 0.4)):
        inset = page.inset + distance
        drawn.append(f"{weight} w {inset:.2f} {inset:.2f} {page.width - 2 * inset:.2f} {page.height - 2 * inset:.2f} re S")
    return f"q {' '.join(drawn)} Q"


def _braid(length: float, places: list[tuple[float, float]], *, quarter: bool = False) -> str:
    """Strands that swell and cross, a whole number of times, so that both ends close.

    Each strand is drawn at all `places` before the next, so that compression finds the repetition near.
    """
    repeats = round(length / REPEAT)
    drawn = [f"{HAIR} w"]
    for number in range(STRANDS):
        strand = _strand(length, repeats, phase=number * 2 * math.pi / STRANDS)
        drawn.append(_color(BRONZE if number % 4 == 0 else ACCENT))
        drawn += [_moved(strand, x, y, quarter=quarter) for x, y in places]
    return "\n".join(drawn)


def _strand(length: float, repeats: int, *, phase: float) -> str:
    turn = 2 * math.pi * repeats / length

    def height(x: float) -> float:
        return BAND * 0.46 * (0.62 + 0.38 * math.cos(turn * x)) * math.sin(turn * x + phase)

    return _curve(height, length=length, pieces=repeats * PIECES)


def _curve(height: Callable[[float], float], *, length: float, pieces: int) -> str:
    """A smooth path through `height`, by cubic pieces that share their slopes (Hermite form)."""
    step = length / pieces
    path = [f"0 {height(0):.2f} m"]
    for piece in range(pieces):
        here, there = piece * step, (piece + 1) * step
        leaving = height(here) + _slope(height, here) * step / 3
        arriving = height(there) - _slope(height, there) * step / 3
        path.append(f"{here + step / 3:.2f} {leaving:.2f} {there - step / 3:.2f} {arriving:.2f} {there:.2f} {height(there):.2f} c")
    return " ".join([*path, "S"])


def _slope(height: Callable[[float], float], x: float) -> float:
    return (height(x + 1e-4) - height(x - 1e-4)) / 2e-4


def _rosette(*, radius: float, petals: int, color: Color) -> str:
    """Ellipses turned about a common center."""
    petal = _ellipse(radius, radius * 0.42)
    angle = math.pi / petals
    turn = f"{math.cos(angle):.6f} {math.sin(angle):.6f} {-math.sin(angle):.6f} {math.cos(angle):.6f} 0 0 cm"
    return f"{_color(color)} {HAIR} w\n" + "\n".join([f"{petal} {turn}"] * petals)


def _ellipse(a: float, b: float) -> str:
    h, v = a * ROUND, b * ROUND
    quarters = ((a, v, h, b, 0, b), (-h, b, -a, v, -a, 0), (-a, -v, -h, -b, 0, -b), (h, -b, a, -v, a, 0))
    curves = (" ".join(f"{value:.2f}" for value in quarter) + " c" for quarter in quarters)
    return f"{a:.2f} 0 m {' '.join(curves)} S"


def _lozenge(x: float, y: float, size: float) -> str:
    corners = ((x, y + size), (x + size, y), (x, y - size))
    return f"{x - size:.2f} {y:.2f} m " + " ".join(f"{right:.2f} {up:.2f} l" for right, up in corners) + " f"


def _moved(drawn: str, x: float, y: float, *, quarter: bool = False) -> str:
    """`drawn` with its origin at x, y; turned to run upwards if `quarter`."""
    turn = "0 1 -1 0" if quarter else "1 0 0 1"
    return f"q {turn} {x:.2f} {y:.2f} cm\n{drawn}\nQ"


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"{x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S"


def _color(color: Color) -> str:
    """For lines and for areas."""
    values = " ".join(f"{part:.3f}" for part in color)
    return f"{values} RG {values} rg"
