"""Images on memory that others own, with Pillow's names.

An image is a view: NumPy arrays, Arrow and DLPack tensors, byte buffers and mapped files are shared
and not copied, in every mode, and stay shared through every edit and every save.
"""

import atexit

from . import _native
from ._library import Error, UnidentifiedImageError, formats, modes, rawmodes, version
from ._colors import getcolor, getrgb
from ._data import merge
from ._image import Difference, Image, Sharing
from ._making import frombuffer, fromarray, frombytes, fromfile, new, open
from ._exchange import from_dlpack, fromarrow
from ._modes import (
    BICUBIC, BILINEAR, BOX, FLIP_LEFT_RIGHT, FLIP_TOP_BOTTOM, HAMMING, LANCZOS, MKS2013, MKS2021,
    MODES, NEAREST, ROTATE_90, ROTATE_180, ROTATE_270, TRANSPOSE, TRANSVERSE, Dither, Resampling,
    Transpose, getmodebandnames, getmodebands, getmodebase, getmodetype)
from ._native import PixelAccess
from ._palette import Palette
from ._pil import alpha_composite, blend, composite

atexit.register(_native.interpreter_will_end)

__version__ = version()
__all__ = [
    "BICUBIC", "BILINEAR", "BOX", "FLIP_LEFT_RIGHT", "FLIP_TOP_BOTTOM", "HAMMING", "LANCZOS",
    "MKS2013", "MKS2021", "NEAREST", "ROTATE_180", "ROTATE_270", "ROTATE_90", "TRANSPOSE",
    "TRANSVERSE",
    "Difference", "Dither", "Error", "Image", "MODES", "Palette", "PixelAccess", "Resampling",
    "Sharing", "Transpose",
    "UnidentifiedImageError", "alpha_composite", "blend", "composite", "formats", "from_dlpack",
    "fromarray", "fromarrow", "frombuffer", "frombytes", "fromfile", "getcolor",
    "getmodebandnames", "getmodebands", "getmodebase", "getmodetype", "getrgb", "merge",
    "modes", "new", "open", "rawmodes", "version",
]
