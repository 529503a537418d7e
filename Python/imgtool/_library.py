"""What the library knows: its version, and the names of modes, rawmodes and formats."""

from __future__ import annotations

from . import _native
from ._errors import Error, UnidentifiedImageError, refusal

_native.set_refusal(refusal)

formats, modes, rawmodes, version = (
    _native.formats, _native.modes, _native.rawmodes, _native.version)
__all__ = ["Error", "UnidentifiedImageError", "formats", "modes", "rawmodes", "version"]
