"""Images on memory that others own, with Pillow's names.

An image is a view: NumPy arrays, Arrow and DLPack tensors, byte buffers and mapped files are shared
and not copied, in every mode, and stay shared through every edit and every save.
"""

from ._image import (
    Difference, Image, Sharing, frombuffer, fromarray, frombytes, fromfile, new, open)
from ._exchange import from_dlpack, fromarrow
from ._library import Error, formats, modes, rawmodes, version

__version__ = version()
__all__ = [
    "Difference", "Error", "Image", "Sharing", "formats", "from_dlpack", "fromarray", "fromarrow",
    "frombuffer", "frombytes", "fromfile", "modes", "new", "open", "rawmodes",
]
