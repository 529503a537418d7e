"""The colors of the indices of modes P and PA."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from . import _memory
from ._colors import getcolor
from ._core import Core
from ._errors import ValueRefused

# Where red, green, blue and opacity stand in the bytes of a color; padding is an X.
_ORDERS = {"RGB", "BGR", "RGBX", "BGRX", "XRGB", "XBGR", "RGBA", "BGRA", "ARGB", "ABGR"}


class Palette(NamedTuple):
    """The colors of an image at one moment: `mode` is "RGB" or "RGBA", `palette` their bytes."""

    mode: str
    palette: bytes

    @property
    def colors(self) -> dict[tuple[int, ...], int]:
        """The first index of each color."""
        found: dict[tuple[int, ...], int] = {}
        for index, color in enumerate(zip(*[iter(self.palette)] * len(self.mode))):
            found.setdefault(color, index)
        return found


class Paletted(Core):
    """The palette, which is the image's own: views of the same bytes have others."""

    def getpalette(self, rawmode: str | None = "RGB") -> list[int] | None:
        """The colors as a list of red, green, blue, red …; None without a palette.

        `rawmode` is the order of the bytes; None is RGB, or RGBA when a color is not opaque. An
        image that nobody gave a palette has none of its own yet, and each index is its own gray.
        """
        colors = self._palette_colors()
        if colors is None:
            return None
        if rawmode is None:
            rawmode = _mode(colors)
        _check_order(rawmode, rawmode)
        bands = [colors["RGBA".index(band)::4] if band != "X" else b"\xff" * (len(colors) // 4)
                 for band in rawmode]
        return [value for color in zip(*bands) for value in color]

    @property
    def palette(self) -> Palette | None:
        """The colors now; None in modes without a palette."""
        colors = self._palette_colors()
        if colors is None:
            return None
        mode = _mode(colors)
        return Palette(mode, bytes(self.getpalette(mode) or ()))

    def putpalette(self, data: Palette | bytes | Sequence[int], rawmode: str = "RGB") -> None:
        """Gives the image colors; modes L and LA become P and PA. The pixels stay where they are.

        `rawmode` is the order of the bytes of each color, or, with ";L" behind, of the planes.
        """
        if self.mode not in ("L", "LA", "P", "PA"):
            raise ValueRefused(f"illegal image mode {self.mode}; a palette is for L, LA, P and PA")
        if isinstance(data, Palette):
            rawmode, data = data.mode, data.palette
        order = rawmode[:-2] if rawmode.endswith(";L") else rawmode
        _check_order(order, rawmode)
        try:
            values = bytes(_memory.private(data))
        except ValueError as error:
            raise ValueRefused(f"the palette has a value that is not a byte: {error}") from None
        count, rest = divmod(len(values), len(order))
        if rest or count > 256:
            raise ValueRefused(
                f"the palette has {len(values)} values; at most 256 whole colors of "
                f"{len(order)} are expected")
        planes = [values[band * count:(band + 1) * count] if order != rawmode
                  else values[band::len(order)] for band in range(len(order))]
        opaque = b"\xff" * count
        chosen = [planes[order.index(band)] if band in order else opaque for band in "RGBA"]
        self._set_colors(bytes(value for color in zip(*chosen) for value in color))

    def _palette_colors(self) -> bytes | None:
        """The RGBA bytes of the colors that were given."""
        if self.mode not in ("P", "PA"):
            return None
        colors = self._palette()
        if colors is None:
            return None
        return colors if self._color_count is None else colors[: 4 * self._color_count]

    def _set_colors(self, colors: bytes) -> None:
        """Colors for the first indices; the others are their own grays."""
        count = len(colors) // 4
        rest = bytes(value for gray in range(count, 256) for value in (gray, gray, gray, 255))
        self._adopt(self._with_palette(colors + rest))
        self._color_count = count

    def _index_of(self, color: str | Sequence[int]) -> list[float]:
        """The samples of mode P or PA for a color, which is added to the palette if need be."""
        if isinstance(color, str):
            found = getcolor(color, self.mode)
            color = found if isinstance(found, tuple) else (found,)
        bands = [int(band) for band in bytes(color)]
        alpha = bands[3] if len(bands) == 4 else 255
        if self.mode == "PA":
            return [self._place_of((*bands[:3], 255)), alpha]
        return [self._place_of((*bands[:3], alpha))]

    def _place_of(self, color: tuple[int, ...]) -> int:
        colors = self._palette_colors() or b""
        known = {tuple(colors[start:start + 4]): start // 4
                 for start in range(len(colors) - 4, -1, -4)}
        if color in known:
            return known[color]
        if color[3] != 255 and _mode(colors) == "RGB":
            raise ValueRefused("cannot add non-opaque RGBA color to RGB palette")
        if len(colors) == 1024:
            raise ValueRefused("cannot allocate more than 256 colors")
        self._set_colors(colors + bytes(color))
        return len(colors) // 4


def _check_order(order: str, rawmode: str) -> None:
    if order not in _ORDERS:
        known = ", ".join(sorted(_ORDERS))
        raise ValueRefused(f"unrecognized raw mode {rawmode}; {known} are expected")


def _mode(colors: bytes) -> str:
    return "RGBA" if colors[3::4].strip(b"\xff") else "RGB"
