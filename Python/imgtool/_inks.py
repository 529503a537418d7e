"""Colors in Python as samples of a mode: by number, by tuple or by name."""

from __future__ import annotations

import operator
from typing import SupportsFloat

from ._colors import getcolor
from ._errors import OverflowRefused, TypeRefused, ValueRefused
from ._modes import BANDS

_SINGLE = "color must be int or single-element tuple"
_PAIR = "color must be int, or tuple of one or two elements"
_MANY = "color must be int, or tuple of one, three or four elements"


def samples(color: object, mode: str, largest: int = 255) -> list[float]:
    """One number a band, as Pillow takes colors, but for numbers out of range: those are refused.

    A number stands for all bands of bytes, the first one in its low bits. Opacity may be left out
    of a color of four bands, and is ignored for one of three. `largest` is the largest sample of
    modes of several bands.
    """
    if isinstance(color, str):
        try:
            color = getcolor(color, mode)
        except ValueError as error:
            raise ValueRefused(
                f"{error}; a name, #rrggbb, rgb(…), hsl(…) or hsv(…) is expected") from None
    bands = len(BANDS[mode])
    if bands == 1:
        return [_single(color, mode)]
    if not isinstance(color, (tuple, list)):
        return _packed(_index(color, "color must be int or tuple"), bands, largest)
    if len(color) == 1:
        return _packed(_index(color[0], _PAIR if bands == 2 else _MANY), bands, largest)
    if len(color) not in ((2,) if bands == 2 else (3, 4)):
        raise TypeRefused(_PAIR if bands == 2 else _MANY)
    values = [_index(value, "a sample must be an int") for value in color[:bands]]
    return [*values, largest] if len(values) < bands else list(values)


def named(color: object, mode: str) -> object:
    """A color with its name, if it is one, replaced; any other word is of the wrong type."""
    if not isinstance(color, str):
        return color
    try:
        return getcolor(color, mode)
    except ValueError as error:
        wanted = _SINGLE if len(BANDS[mode]) == 1 else "color must be int or tuple"
        raise TypeRefused(f"{wanted}, or the name of a color: {error}") from None


def _single(color: object, mode: str) -> float:
    if isinstance(color, (tuple, list)) and len(color) == 1:
        color = color[0]
    if mode == "F":
        if not isinstance(color, SupportsFloat):
            raise TypeRefused(f"must be real number, not {type(color).__name__}")
        # As it is, so that no whole number is rounded before it is looked at.
        return color if isinstance(color, int) else float(color)
    number = _index(color, _SINGLE)
    # Pillow's mode 1 has bytes, and all but 0 are white.
    return 255 if mode == "1" and 0 < number < 256 else number


def _index(value: object, refusal: str) -> int:
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeRefused(f"{refusal}, not {type(value).__name__}") from None
    if not -(1 << 63) <= number < 1 << 63:
        raise OverflowRefused("int too big to convert")
    return number


def _packed(number: int, bands: int, largest: int) -> list[float]:
    """The bytes of a word of 32 bits, the lowest first; opacity of gray is its highest."""
    if largest != 255:
        raise TypeRefused("color must be a tuple: a number stands for bands of 8 bits only")
    if not -(1 << 31) <= number < 1 << 32:
        raise OverflowRefused(f"{number} is not a color of 32 bits")
    word = (number & 0xFFFFFFFF).to_bytes(4, "little")
    return [word[0], word[3]] if bands == 2 else list(word[:bands])
