"""What Pillow says of its modes, and the numbers that stand for its choices."""

from __future__ import annotations

import enum

from . import _types
from ._errors import KeyRefused

# The bands of each mode.
BANDS = {name: mode.bands for name, mode in _types.MODES.items()}
MODES = sorted(BANDS)
_NUMBERS = {"I": "I", "F": "F"}


class Transpose(enum.IntEnum):
    """The ways of `Image.transpose`; turns are counterclockwise."""

    FLIP_LEFT_RIGHT = 0
    FLIP_TOP_BOTTOM = 1
    ROTATE_90 = 2
    ROTATE_180 = 3
    ROTATE_270 = 4
    TRANSPOSE = 5
    TRANSVERSE = 6


class Resampling(enum.IntEnum):
    """The ways of `Image.resize`."""

    NEAREST = 0
    LANCZOS = 1
    BILINEAR = 2
    BICUBIC = 3
    BOX = 4
    HAMMING = 5
    MKS2013 = 6
    MKS2021 = 7


class Dither(enum.IntEnum):
    """What `Image.convert` does with the errors of few colors."""

    NONE = 0
    ORDERED = 1
    RASTERIZE = 2
    FLOYDSTEINBERG = 3


# As Pillow has them beside their classes.
(FLIP_LEFT_RIGHT, FLIP_TOP_BOTTOM, ROTATE_90, ROTATE_180, ROTATE_270, TRANSPOSE,
 TRANSVERSE) = Transpose
NEAREST, LANCZOS, BILINEAR, BICUBIC, BOX, HAMMING, MKS2013, MKS2021 = Resampling


def _known(mode: str) -> tuple[str, ...]:
    if mode not in BANDS:
        raise KeyRefused(mode)
    return BANDS[mode]


def getmodebase(mode: str) -> str:
    """The mode of the colors that a mode is related to: "L", "RGB", or "P" for itself."""
    return "RGB" if len(_known(mode)) > 2 or mode == "PA" else "P" if mode == "P" else "L"


def getmodetype(mode: str) -> str:
    """The mode of one band of a mode: "L", "I" or "F"."""
    _known(mode)
    return _NUMBERS.get(mode, "L")


def getmodebandnames(mode: str) -> tuple[str, ...]:
    """The names of the bands of a mode."""
    return _known(mode)


def getmodebands(mode: str) -> int:
    """How many bands a mode has."""
    return len(_known(mode))
