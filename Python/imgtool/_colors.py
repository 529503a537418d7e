"""Colors by name, as CSS writes them and Pillow's ImageColor reads them."""

from __future__ import annotations

import colorsys
import functools
import re

from ._errors import TypeRefused, ValueRefused
from ._modes import getmodebase

# The named colors of the CSS Color Module, level 4.
_TABLE = """
aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc
bisque ffe4c4 black 000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a
burlywood deb887 cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e coral ff7f50
cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue 00008b darkcyan 008b8b
darkgoldenrod b8860b darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b
darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000
darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f
darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff
dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0
forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520
gray 808080 green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4
indianred cd5c5c indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa lavenderblush fff0f5
lawngreen 7cfc00 lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff
lightgoldenrodyellow fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1
lightsalmon ffa07a lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899
lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0 lime 00ff00 limegreen 32cd32
linen faf0e6 magenta ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd
mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee
mediumspringgreen 00fa9a mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970
mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6
olive 808000 olivedrab 6b8e23 orange ffa500 orangered ff4500 orchid da70d6 palegoldenrod eee8aa
palegreen 98fb98 paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9
peru cd853f pink ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 rebeccapurple 663399 red ff0000
rosybrown bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460
seagreen 2e8b57 seashell fff5ee sienna a0522d silver c0c0c0 skyblue 87ceeb slateblue 6a5acd
slategray 708090 slategrey 708090 snow fffafa springgreen 00ff7f steelblue 4682b4 tan d2b48c
teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3 white ffffff
whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32
"""
_WORDS = _TABLE.split()
NAMES = {name: tuple(bytes.fromhex(code)) for name, code in zip(_WORDS[::2], _WORDS[1::2])}

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
