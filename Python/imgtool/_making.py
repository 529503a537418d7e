"""The ways to make an image."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any, Union

from . import _memory, _native
from ._bytes import raw_arguments
from ._errors import MemoryRefused, TypeRefused, UnidentifiedImageError, Unnamed, ValueRefused
from ._image import Image, Path
from ._modes import getmodebands
from ._types import array_type, is_natural, mode_for, rawmode_for

if TYPE_CHECKING:
    import numpy

Source = Union[Path, IO[bytes]]
Size = Union[tuple[int, int], list[int], "numpy.ndarray[Any, Any]"]
Colors = Union[bytes, bytearray, list[int], tuple[int, ...], None]

_GRAY_RAMP = bytes(value for gray in range(256) for value in (gray, gray, gray))
_ACCESS = {"ro": 0, "cow": 1, "rw": 2}
# What Pillow calls formats by other names than their suffix.
_FORMATS = {"tif": "TIFF", **dict.fromkeys(("pbm", "pgm", "ppm", "pnm", "pam", "pfm"), "PPM")}
_INTERLEAVE = {"pixel": 0, "line": 1, "plane": 2}


def empty(mode: str, size: tuple[int, int]) -> Image:
    """An image without pixels."""
    from ._empty import EmptyImage

    image = new(mode, (1, 1))
    image.__class__ = EmptyImage
    image._hide(*size)
    return image


def _layout(mode: str, size: Size, rawmode: str | None, **fields: Any) -> dict[str, Any]:
    width, height = size_of(size)
    return {"mode": mode, "rawmode": rawmode, "width": width, "height": height, **fields}


def size_of(size: Any) -> tuple[int, int]:
    """Width and height, which are whole numbers from 0 on."""
    try:
        width, height = size
        found = width.__index__(), height.__index__()
    except (AttributeError, TypeError, ValueError):
        raise TypeRefused(
            f"the size is {size!r}; a tuple of width and height, whole numbers, is expected"
        ) from None
    if min(found) < 0:
        raise ValueRefused(f"the size is {size!r}; Width and height must be >= 0")
    return found


def _palette_fields(mode: str, palette: Colors) -> dict[str, Any]:
    """The colors of an indexed mode; each index is its own gray without one, as in Pillow."""
    if palette is None and mode in ("P", "PA"):
        palette = _GRAY_RAMP
    return {} if palette is None else {
        "palette": bytes(_memory.private(palette)), "palette_bands": 3}


def frombuffer(
    mode: str, size: Size, data: Any, decoder_name: str = "raw", *args: Any, offset: int = 0,
    interleave: str = "pixel", plane_stride: int = 0, palette: Colors = None,
    readonly: bool = False,
) -> Image:
    """An image on the bytes of an object with the buffer protocol or `__array_interface__`.

    Nothing is copied, in any mode. The object is kept alive as long as the image or a view of it
    lives; edits of the image are edits of the object unless that is read-only.

    `args` are Pillow's: rawmode, stride (0: packed) and orientation (1: first row on top, -1:
    bottom-up). `palette` are red, green and blue bytes for modes P and PA.
    """
    rawmode, stride, orientation = raw_arguments(decoder_name, "decoder", args, mode)
    size = size_of(size)
    if 0 in size:
        return empty(mode, size)
    if interleave not in _INTERLEAVE:
        raise ValueRefused(f"interleave is {interleave!r}; pixel, line or plane is expected")
    layout = {
        "mode": mode, "rawmode": rawmode, "width": size[0], "height": size[1], "stride": stride,
        "orientation": orientation, "offset": offset, "interleave": _INTERLEAVE[interleave],
        "plane_stride": plane_stride, **_palette_fields(mode, palette)}
    memory, start, count = _memory.bytes_of(data)
    return colored(_native.from_memory(memory, start, count, readonly, layout), palette)


def fromarray(
    obj: Any, mode: str | None = None, palette: Colors = None, readonly: bool = False
) -> Image:
    """An image on an array of height, width and, for several bands, bands; strides are honored.

    Without `mode` the number type decides: unsigned bytes are L, LA, RGB or RGBA by the number of
    bands, booleans 1, unsigned 16 bits I;16 (I;16B when big-endian), other integers I, floats F.
    """
    elements = _memory.elements_of(obj)
    shape, strides = elements.shape, elements.strides
    if len(shape) == 1:
        shape, strides = (shape[0], 1), (strides[0], elements.itemsize)
    if len(shape) not in (2, 3) or 0 in shape[2:]:
        raise ValueRefused(
            f"the shape is {shape}; height, width and perhaps bands are expected")
    bands = shape[2] if len(shape) == 3 else 1
    kind = (elements.kind, elements.itemsize, elements.big_endian)
    mode = mode or mode_for(bands, *kind)
    if 0 in shape:
        return empty(mode, (shape[1], shape[0]))
    below, above = elements.extent
    layout = _layout(
        mode, (shape[1], shape[0]), rawmode_for(mode, *kind), is_strided=True, offset=-below,
        stride=strides[0], pixel_stride=strides[1],
        band_stride=strides[2] if len(shape) == 3 else elements.itemsize,
        **_palette_fields(mode, palette))
    image = _native.from_memory(
        elements.memory, elements.offset + below, above - below, readonly, layout)
    if image._band_count != bands:
        raise ValueRefused(f"mode {mode} has {image._band_count} bands, the array {bands}")
    return colored(image, palette)


def frombytes(
    mode: str, size: Size, data: Any, decoder_name: str = "raw", *args: Any
) -> Image:
    """A copy of some bytes as an image of its own."""
    return frombuffer(mode, size, data, decoder_name, *args).copy()


def fromfile(
    path: Path, mode: str, size: Size, rawmode: str | None = None, stride: int = 0,
    orientation: int = 1, offset: int = 0, access: str = "cow", palette: Colors = None,
) -> Image:
    """An image on a file of raw pixels, mapped.

    Edits stay private under access "cow", reach the file under "rw", and are refused under "ro".
    """
    layout = _layout(
        mode, size, rawmode, stride=stride, orientation=orientation, offset=offset,
        **_palette_fields(mode, palette))
    return colored(_native.map(path, _access(access), layout), palette)


def open(
    fp: Source, access: str = "cow", frame: int = 0, formats: Sequence[str] | None = None,
    *, tensor: str | None = None
) -> Image:
    """An image of a file that describes itself; mapped in place where pixels are uncompressed.

    `fp` may be an object with `read`: what it gives from its start on is copied, so that access "rw"
    is refused. Edits are refused under access "ro", also of pixels that were decoded. Pillow's access
    "r" is "cow". An image of another format than the `formats` is refused.
    `tensor` names one array of a file that holds several (safetensors, .npz); it has one frame.
    """
    if tensor is not None and frame != 0:
        raise ValueRefused(f"tensor {tensor!r} has one frame, not frame {frame}")
    image = _opened(fp, _access("cow" if access == "r" else access), frame, tensor)
    if formats is not None and image.format not in {name.upper() for name in formats}:
        raise UnidentifiedImageError(f"the format is {image.format}, not {' or '.join(formats)}")
    return image


def _opened(fp: Source, access: int, frame: int, tensor: str | None) -> Image:
    def opened_at(path: Any) -> Image:
        return _named(_native.open(path, access, frame) if tensor is None
                      else _native.open_tensor(path, access, tensor))

    if not hasattr(fp, "read"):
        return opened_at(fp)
    if access == _ACCESS["rw"]:
        raise ValueRefused(
            'an object is copied, and edits do not reach its file; access "rw" is for paths')
    # As in Pillow: an object that was just written stands at its end.
    with contextlib.suppress(AttributeError, OSError):
        fp.seek(0)  # type: ignore[union-attr]
    copy = os.memfd_create("imgtool")
    try:
        with os.fdopen(copy, "wb", closefd=False) as file:
            shutil.copyfileobj(fp, file)  # type: ignore[arg-type]
        image = opened_at(Unnamed(f"/proc/self/fd/{copy}"))
        if not image.sharing().shared:
            return image
        # A mapping of what only we have would call itself shared.
        opened = image.copy()
        opened.format = image.format
        return opened
    finally:
        os.close(copy)


def new(mode: str, size: Size, color: Any = 0) -> Image:
    """An image in memory of its own, of one color: a number, a tuple, a name, or None for zeros."""
    size = size_of(size)
    if 0 in size:
        return empty(mode, size)
    image = colored(_native.new(mode, *size), None)
    # Zeros of LAB are not stored as zeros.
    if mode == "LAB" or color is not None and color != 0:
        image.paste(color or 0)
    return image


def zeros(mode: str, size: tuple[int, int], sample_type: int | None) -> Image:
    """An image of zeros with samples of a type, or of the one that the mode is named for."""
    if sample_type is None or is_natural(mode, sample_type) or 0 in size:
        return new(mode, size)
    packed = array_type(mode, sample_type)
    count = size[0] * size[1] * getmodebands(mode) * packed.itemsize
    try:
        data = bytes(count)
    except (MemoryError, OverflowError):
        raise MemoryRefused(f"no memory for {count} bytes") from None
    return frombytes(mode, size, data, "raw", packed.rawmode)


def colored(image: Image, palette: Colors) -> Image:
    """An indexed image that nobody gave colors has none yet, as in Pillow."""
    if palette is None and image.mode in ("P", "PA"):
        image._color_count = 0
    return image


def _named(image: Image) -> Image:
    """An image of a file, which says what format that is."""
    name = image._file_format()
    image.format = name and _FORMATS.get(name, name.upper())
    return image


def _access(name: str) -> int:
    if name not in _ACCESS:
        raise ValueRefused(f"access is {name!r}; ro, cow or rw is expected")
    return _ACCESS[name]
