"""Saving to paths and to objects with `write`."""

from __future__ import annotations

import errno
import io
import operator
import os
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._errors import SYSTEM, TypeRefused, ValueRefused, refusal

if TYPE_CHECKING:
    from ._image import Image

_PARAMETERS = {"bits", "compress_level", "durable", "optimize", "quality", "rawmode", "replace",
               "strip", "subsampling", "threads"}
# Pillow's, for files that lose nothing or are not written here.
_HINTS = {"exact", "keep_rgb", "lossless", "method", "progressive"}
# Pillow's names of how pixels share chroma, beside "444", "422" and "420".
_SUBSAMPLING: dict[Any, Any] = {
    0: "444", 1: "422", 2: "420", -1: None, "4:4:4": "444", "4:2:2": "422", "4:2:0": "420"}


def save_image(image: Image, fp: Any, format: str | None, params: dict[str, Any]) -> None:
    params = _understood(params)
    if not isinstance(format, (str, type(None))):
        raise TypeRefused(f"the format is {format!r}; a name is expected")
    options = {"format": format and format.lower(), **params}
    if hasattr(fp, "write"):
        options["format"] = options["format"] or _suffix(fp)
        _check_unmapped(image, fp)
        note = image._save_to(_writer(fp), **options)
        # What the object holds back may fail to be written, too.
        if hasattr(fp, "flush"):
            fp.flush()
    else:
        note = image._save(fp, **options)
    if note is not None:
        warnings.warn(note, stacklevel=3)


def _understood(params: dict[str, Any]) -> dict[str, Any]:
    """The parameters without hints, and without those that ask for nothing."""
    unknown = sorted(
        name for name, value in params.items()
        if name not in _PARAMETERS | _HINTS and not _is_nothing(value)
        and (name, value) != ("compression", "raw"))
    if unknown:
        raise ValueRefused(
            f"save takes {', '.join(sorted(_PARAMETERS))}, ignores {', '.join(sorted(_HINTS))}, "
            f"and has no place for {', '.join(unknown)}")
    known = {name: value for name, value in params.items() if name in _PARAMETERS}
    presets: dict[str, dict[Any, Any]] = {"quality": {-1: None, 0: 1}, "subsampling": _SUBSAMPLING}
    for name, meanings in presets.items():
        value = known.pop(name, None)
        if meanings.get(value, value) is not None:
            known[name] = meanings.get(value, value)
    # As in Pillow, the smallest file wins over a level.
    return known | {"compress_level": 9} if known.pop("optimize", False) else known


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or (hasattr(value, "__len__") and len(value) == 0)


def _suffix(file: Any) -> str:
    """The format that the name of an object means, if it has one."""
    name = getattr(file, "name", None)
    suffix = os.path.splitext(os.fsdecode(name))[1] if isinstance(name, (str, bytes)) else ""
    if len(suffix) < 2:
        raise ValueRefused('the format is not known: the object has no name with a suffix; '
                           'say which, as in save(file, "png")')
    return suffix[1:].lower()


def _check_unmapped(image: Image, file: Any) -> None:
    """Refuses an object on a file that would be overwritten while the image is read from it."""
    try:
        descriptor = operator.index(file.fileno())
        os.fstat(descriptor)
    except (AttributeError, OSError, OverflowError, TypeError, ValueError):
        return
    image._check_descriptor(descriptor)


def _writer(file: Any) -> Callable[[bytes], None]:
    """A function that writes all of some bytes, or raises."""
    write = file.write
    is_raw = isinstance(file, io.RawIOBase)

    def write_all(part: bytes) -> None:
        while part:
            count = write(part)
            if count is None and is_raw:
                raise refusal(SYSTEM, errno.EAGAIN, "the file takes no bytes now")
            # Objects that only look like files say nothing of what they took.
            if count is None or count is True:
                return
            try:
                count = operator.index(count)
            except TypeError:
                raise TypeRefused(
                    f"write() gave {count!r}; how many bytes it took is expected") from None
            if not 0 < count <= len(part):
                raise refusal(
                    SYSTEM, errno.EIO, f"write() took {count} bytes of the {len(part)} given")
            part = part[count:]

    return write_all
