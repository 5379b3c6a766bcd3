"""Four drawings of how a voucher is used, on a field of 24 by 24; lines only, understood without words."""

from collections.abc import Callable, Sequence

from PIL import ImageDraw

_INK = 20
_Canvas = ImageDraw.ImageDraw


def show(canvas: _Canvas, scale: float) -> None:
    """A telephone with bars on it, held out."""
    _box(canvas, scale, (6, 2, 18, 22), radius=2.5)
    for left, wide in ((8.5, 1.2), (10.7, 0.7), (12.4, 1.2), (14.6, 0.8)):
        _fill(canvas, scale, (left, 6.5, left + wide, 14.5))
    _line(canvas, scale, [(10.5, 18.8), (13.5, 18.8)])


def scan(canvas: _Canvas, scale: float) -> None:
    """A scanner and its beam."""
    _box(canvas, scale, (2, 5, 12, 11), radius=2)
    _line(canvas, scale, [(4.5, 11), (3.5, 20), (7, 20), (8.5, 11)])
    for end in (3.5, 8, 12.5):
        _line(canvas, scale, [(14, 8), (21.5, end)])


def parts(canvas: _Canvas, scale: float) -> None:
    """A round amount of which a piece is taken."""
    box = [value * scale for value in (2.5, 3.5, 19.5, 20.5)]
    canvas.pieslice(box, 0, 270, fill=215, outline=_INK, width=_width(scale))
    moved = [value * scale for value in (4.5, 1.5, 21.5, 18.5)]
    canvas.pieslice(moved, 270, 360, fill=255, outline=_INK, width=_width(scale))


def keep(canvas: _Canvas, scale: float) -> None:
    """A lock."""
    _box(canvas, scale, (4.5, 10.5, 19.5, 21.5), radius=2)
    arc = [value * scale for value in (7.5, 3, 16.5, 14)]
    canvas.arc(arc, 180, 360, fill=_INK, width=_width(scale))
    _line(canvas, scale, [(7.9, 8.5), (7.9, 10.5)])
    _line(canvas, scale, [(16.1, 8.5), (16.1, 10.5)])
    _line(canvas, scale, [(12, 14.5), (12, 17.5)])


DRAWINGS: Sequence[Callable[[_Canvas, float], None]] = (show, scan, parts, keep)


def _width(scale: float) -> int:
    return round(1.7 * scale)


def _line(canvas: _Canvas, scale: float, points: Sequence[tuple[float, float]]) -> None:
    canvas.line([(x * scale, y * scale) for x, y in points], fill=_INK, width=_width(scale), joint="curve")


def _box(canvas: _Canvas, scale: float, box: tuple[float, float, float, float], radius: float) -> None:
    corners = [value * scale for value in box]
    canvas.rounded_rectangle(corners, radius * scale, outline=_INK, width=_width(scale))


def _fill(canvas: _Canvas, scale: float, box: tuple[float, float, float, float]) -> None:
    canvas.rectangle([value * scale for value in box], fill=_INK)
