"""What the tests of the Python package share: where things are, and pixels of every mode."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(
    os.environ.setdefault("IMGTOOL_LIBRARY", str(ROOT / ".build/library/libimgtool.so.1")))
HEADER = ROOT / "Sources/CImgTool/include/imgtool.h"
# IMGTOOL_INSTALLED=1: the package of the environment, as a wheel has put it there.
if os.environ.get("IMGTOOL_INSTALLED") != "1":
    sys.path.insert(0, str(ROOT / "Python"))
    import build_native

    if not build_native.is_built():
        build_native.build()
else:
    del os.environ["IMGTOOL_LIBRARY"]

NATIVE_16 = "<u2" if sys.byteorder == "little" else ">u2"
# Each mode with the elements of its array in the natural layout, and bands if more than one. Mode 1
# is one byte a pixel here: an array cannot show bits.
MODES = {
    "1": ("?", 1), "L": ("u1", 1), "LA": ("u1", 2), "La": ("u1", 2), "P": ("u1", 1),
    "PA": ("u1", 2), "RGB": ("u1", 3), "RGBA": ("u1", 4), "RGBX": ("u1", 4), "RGBa": ("u1", 4),
    "CMYK": ("u1", 4), "YCbCr": ("u1", 3), "LAB": ("u1", 3), "HSV": ("u1", 3), "I": ("<i4", 1),
    "F": ("<f4", 1), "I;16": ("<u2", 1), "I;16L": ("<u2", 1), "I;16B": (">u2", 1),
    "I;16N": (NATIVE_16, 1),
}


def rawmode(mode: str) -> str:
    return "1;8" if mode == "1" else mode


def random_array(mode: str, size: tuple = (4, 3), seed: int = 0) -> np.ndarray:
    """Random pixels in the natural layout; floats are finite, so that they compare."""
    dtype, bands = MODES[mode]
    shape = (size[1], size[0]) + ((bands,) if bands > 1 else ())
    numbers = np.random.default_rng(seed)
    if dtype == "?":
        return numbers.integers(0, 2, shape).astype("?")
    if dtype == "<f4":
        return numbers.integers(-1000, 1000, shape).astype("<f4") / 8
    count = np.dtype(dtype).itemsize * int(np.prod(shape))
    return np.frombuffer(numbers.bytes(count), dtype).reshape(shape).copy()


def outcome(call):
    """What a call gives, or which kind of exception it raises."""
    try:
        return call()
    except (IndexError, TypeError, ValueError) as error:
        # Those of the package are of several kinds.
        return next(kind for kind in (IndexError, TypeError, ValueError) if isinstance(error, kind))


def unmet(reason: str):
    """Skips; on CI a skip that `Scripts/setup` can cure is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; Scripts/setup test installs it")
    pytest.skip(reason)
