"""Colors by name, as CSS writes them and Pillow's ImageColor reads them."""

from __future__ import annotations

import colorsys
import functools
import re

from . import _native
from ._errors import TypeRefused, ValueRefused
from ._modes import getmodebase

# Pillow has no name for what is not opaque.
NAMES = {name: color[:3] for name, color in _native.colors().items() if color[3] == 255}

_HEXADECIMAL = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_FUNCTION = re.compile(r"(rgba?|hsl|hs[bv])\(([^()]*)\)")
_WHOLE, _PERCENT = re.compile(r"\d+"), re.compile(r"\d+%")
_NUMBER, _SHARE = re.compile(r"\d+\.?\d*"), re.compile(r"\d+\.?\d*%")


def getrgb(color: str) -> tuple[int, ...]:
    """Red, green, blue and perhaps opacity of a color: `red`, `#f00`, `#ff0000`, `#ff0000ff`,
    `rgb(255, 0, 0)`, `rgb(100%, 0%, 0%)`, `rgba(255, 0, 0, 255)`, `hsl(0, 100%, 50%)` or
    `hsv(0, 100%, 100%)`."""
    return _rgb(_word(color))


def _word(color: object) -> str:
    if not isinstance(color, str):
        raise TypeRefused(f"a color is expected as a str, not {type(color).__name__}")
    return color


@functools.lru_cache
def _rgb(color: str) -> tuple[int, ...]:
    text = color.lower()
    if text in NAMES:
        return NAMES[text]
    if _HEXADECIMAL.fullmatch(text):
        digits = text[1:] if len(text) > 5 else "".join(2 * digit for digit in text[1:])
        return tuple(bytes.fromhex(digits))
    called = _FUNCTION.fullmatch(text)
    found = called and _call(called[1], [word.strip() for word in called[2].split(",")])
    if not found:
        raise ValueRefused(f"unknown color specifier: {color!r}")
    return found


def _call(name: str, words: list[str]) -> tuple[int, ...] | None:
    if len(words) != (4 if name == "rgba" else 3):
        return None
    if name in ("rgb", "rgba"):
        if all(_WHOLE.fullmatch(word) for word in words):
            return tuple(int(word) for word in words)
        if name == "rgb" and all(_PERCENT.fullmatch(word) for word in words):
            return tuple(int(int(word[:-1]) * 255 / 100 + 0.5) for word in words)
        return None
    if not (_NUMBER.fullmatch(words[0]) and all(_SHARE.fullmatch(word) for word in words[1:])):
        return None
    hue = float(words[0]) / 360
    second, third = (float(word[:-1]) / 100 for word in words[1:])
    if name == "hsl":
        color = colorsys.hls_to_rgb(hue, third, second)
    else:
        color = colorsys.hsv_to_rgb(hue, second, third)
    return tuple(int(band * 255 + 0.5) for band in color)


def getcolor(color: str, mode: str) -> int | tuple[int, ...]:
    """A color as the samples of a mode: its gray for modes of gray and of numbers."""
    return _samples(_word(color), mode)


@functools.lru_cache
def _samples(color: str, mode: str) -> int | tuple[int, ...]:
    red, green, blue, *rest = getrgb(color)
    alpha = rest[0] if rest else 255
    if mode == "HSV":
        hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        return int(hue * 255), int(saturation * 255), int(value * 255)
    bands: tuple[int, ...] = (red, green, blue)
    if getmodebase(mode) == "L":
        # ITU-R 601-2, in the steps of 2⁻¹⁶ that conversions to gray take as well.
        bands = ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16,)
    if mode[-1] == "a":
        bands = tuple(round(band * alpha / 255) for band in bands)
    if mode[-1] in "Aa":
        return (*bands, alpha)
    return bands if len(bands) > 1 else bands[0]
