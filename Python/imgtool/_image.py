"""The image, and the ways to make one."""

from __future__ import annotations

import os
import shutil
import sys
from typing import NamedTuple

from . import _memory, _native
from ._errors import TypeRefused, ValueRefused
from ._exchange import dlpack_capsule
from ._save import save_image
from ._types import array_type, mode_for, rawmode_for

_GRAY_RAMP = bytes(value for gray in range(256) for value in (gray, gray, gray))
_ACCESS = {"ro": 0, "cow": 1, "rw": 2}
_INTERLEAVE = {"pixel": 0, "line": 1, "plane": 2}


class Sharing(NamedTuple):
    """What is known of the tie between an image and its bytes."""

    shared: bool
    reason: str
    address: int
    offset: int
    byte_count: int
    detached_pages: int


class Difference(NamedTuple):
    """How two images differ; `first` is the position of the first pixel that does."""

    same: bool
    reason: str
    count: int
    maximum: float
    mean: float
    psnr: float
    first: tuple | None


class Image(_native.View):
    """A view of pixels: of memory that others own, of a mapped file, or of its own memory.

    Crops, bands, mirrors, turns and conversions are views of the same bytes. Nothing is copied but
    by `copy`, `tobytes` and `toarray`. Coordinates start at the top left.

    `mode`, `size`, `width`, `height`, `readonly`, `n_frames`, `getpixel`, `putpixel` and `close`
    are the base's. Arrays, buffers and tensors of an image hold the pixels themselves: they stay
    valid after `close` and when the image is gone.
    """

    __module__ = "imgtool"

    def __enter__(self) -> Image:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    # MARK: Facts

    def sharing(self) -> Sharing:
        """Whether reading the image reads its bytes as they are now, and where these are."""
        return Sharing(*self._sharing())

    def getpalette(self) -> list | None:
        """The colors behind indices, as a list of red, green, blue, red … or None."""
        colors = self._palette()
        if colors is None:
            return None
        return [value for index, value in enumerate(colors) if index % 4 != 3]

    # MARK: Views

    def crop(self, box: tuple | None = None) -> Image:
        """The pixels from (left, upper) to before (right, lower), as a view."""
        left, upper, right, lower = box or (0, 0, *self.size)
        return self._crop(left, upper, right - left, lower - upper)

    def convert(self, mode: str) -> Image:
        """The pixels in another mode, computed while they are read: a view, which is read-only."""
        return self._convert(mode)

    def getchannel(self, channel: int) -> Image:
        """One band as an image, as a view."""
        return self._band(channel)

    def reorient(self, how: str) -> Image:
        """Mirrored left-right ("h"), top-bottom ("v"), or turned clockwise ("90", "180", "270")."""
        return self._reorient(str(how))

    def every(self, columns: int, rows: int) -> Image:
        """Each `columns`th column of each `rows`th row, as a view."""
        return self._every(columns, rows)

    def window(self, low: float, high: float) -> Image:
        """Numbers from `low` to `high` as 8-bit gray, computed while they are read."""
        return self._window(low, high)

    def copy(self) -> Image:
        """The pixels in memory of their own: the tie ends here."""
        return self._copy()

    __copy__ = copy

    def __deepcopy__(self, memo: dict) -> Image:
        return self.copy()

    def __reduce__(self) -> tuple:
        """The pixels travel, not where they are."""
        palette = self._palette()
        return _unpickled, (self.mode, self.size, palette, self._tobytes())

    # MARK: Pixels

    def getdata(self) -> list:
        """Every pixel as `getpixel` gives it, row by row."""
        return self._getdata()

    def tobytes(self, encoder_name: str = "raw", *args) -> bytes:
        """The pixels as packed rows, in the storage that the mode is named for, or as a rawmode."""
        if encoder_name != "raw":
            raise ValueRefused(f"there is no encoder {encoder_name}; raw is expected")
        if args and args[0] is not None and args[0] != self.mode:
            return self._tobytes(args[0])
        return self._tobytes()

    # MARK: Edits, in place

    def paste(self, im, box: tuple | None = None, mask=None) -> None:
        """Copies an image, or one color, over the pixels from (left, upper) on, in place."""
        if mask is not None:
            raise ValueRefused("paste takes no mask")
        left, upper = (box or (0, 0))[:2]
        if isinstance(im, _native.View):
            if box is not None and len(box) == 4 and (box[2] - left, box[3] - upper) != im.size:
                raise ValueRefused(f"the box {box} is not of the image's size, {im.size}")
            self._paste(im, left, upper)
            return
        right, lower = box[2:] if box is not None and len(box) == 4 else self.size
        self._fill(left, upper, right - left, lower - upper, im)

    def invert(self) -> None:
        """Every color sample becomes its distance from the largest one."""
        self._invert()

    def flip(self, axis: str) -> None:
        """Mirrors the pixels, left-right ("h") or top-bottom ("v")."""
        self._flip(axis)

    def swap(self, first: int, second: int) -> None:
        """Two bands change places."""
        self._swap(first, second)

    def add(self, number: float) -> None:
        """Adds a number to every color sample; refused when one sum does not fit."""
        self._add(number)

    def flush(self) -> None:
        """Edits of a file under access "rw" reach the disk."""
        self._flush()

    # MARK: Questions

    def compare(self, other: Image, tolerance: float = 0) -> Difference:
        """Whether both show the same, up to `tolerance` a sample."""
        *found, x, y = self._compare(other, tolerance)
        return Difference(*found, None if x < 0 else (x, y))

    def hash(self) -> str:
        """A hash of the pixels, the same for every layout of them: 64 hexadecimal digits."""
        return self._hash()

    def save(self, fp, format: str | None = None, **params) -> None:
        """Saves to a path, or to an object with `write`; the image stays tied to its bytes.

        `params`: `compress_level` 0 to 9, `bits`, `rawmode` (of format "raw"), `threads` (default:
        all processors), `replace` (the path may be that of a mapped file), `durable`. Other threads
        run meanwhile, also those that write to the pixels. Ctrl-C ends it, and leaves the old file.
        """
        save_image(self, fp, format, params)

    # MARK: Sharing with others

    @property
    def __array_interface__(self) -> dict:
        """The pixels in place, for those who do not know the buffer protocol.

        Who has the address keeps the image only; `close` lets go at its end from here on.
        """
        try:
            return self._array_interface()
        except ValueRefused as error:
            raise AttributeError(*error.args) from None

    def toarray(self):
        """A copy of the pixels as an array of NumPy, whatever the layout."""
        import numpy

        rawmode, typestr = array_type(self.mode, self._sample_type)
        bands = self._band_count
        shape = (self.height, self.width, bands)[: 2 if bands == 1 else 3]
        array = numpy.empty(shape, typestr)
        self._read_into(memoryview(array).cast("B"), rawmode)
        return array

    def __array__(self, dtype=None, copy=None):
        """For pixels that no array can show in place: only those who ask for a copy get one."""
        if not copy:
            try:
                self._array_interface()
            except ValueRefused as error:
                raise ValueRefused(f"{error}, or take toarray()") from None
        array = self.toarray()
        return array if dtype is None else array.astype(dtype, copy=False)

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        return dlpack_capsule(self.copy() if copy else self, max_version)

    def __dlpack_device__(self) -> tuple:
        """Main memory."""
        return 1, 0

    def __arrow_c_array__(self, requested_schema=None) -> tuple:
        return self._arrow()

    if sys.version_info < (3, 12):
        def __buffer__(self, flags: int) -> memoryview:
            """The buffer protocol by its name in Python 3.12 and later."""
            view = memoryview(self)
            if flags & 1 and view.readonly:
                raise BufferError("the image is read-only")
            return view

    def __repr__(self) -> str:
        if self._is_closed:
            return "<imgtool.Image closed>"
        kind = "read-only " if self.readonly else ""
        return f"<imgtool.Image {kind}mode={self.mode} size={self.width}x{self.height}>"


_native.set_image_class(Image)


def _unpickled(mode: str, size: tuple, palette: bytes | None, data: bytes) -> Image:
    layout = {"mode": mode, "width": size[0], "height": size[1]}
    if palette is not None:
        layout |= {"palette": palette, "palette_bands": 4}
    return _native.from_memory(_native.memory_of(data), 0, len(data), True, layout)._copy()


def _layout(mode: str, size: tuple, rawmode: str | None, **fields) -> dict:
    width, height = _size(size)
    return {"mode": mode, "rawmode": rawmode, "width": width, "height": height, **fields}


def _size(size) -> tuple:
    """Width and height, which are whole numbers."""
    try:
        width, height = size
        return width.__index__(), height.__index__()
    except (AttributeError, TypeError, ValueError):
        raise TypeRefused(
            f"the size is {size!r}; a tuple of width and height, whole numbers, is expected"
        ) from None


def _palette_fields(mode: str, palette) -> dict:
    """The colors of an indexed mode; each index is its own gray without one, as in Pillow."""
    if palette is None and mode in ("P", "PA"):
        palette = _GRAY_RAMP
    return {} if palette is None else {"palette": bytes(palette), "palette_bands": 3}


def frombuffer(
    mode: str, size: tuple, data, decoder_name: str = "raw", *args, offset: int = 0,
    interleave: str = "pixel", plane_stride: int = 0, palette=None, readonly: bool = False,
) -> Image:
    """An image on the bytes of an object with the buffer protocol or `__array_interface__`.

    Nothing is copied, in any mode. The object is kept alive as long as the image or a view of it
    lives; edits of the image are edits of the object unless that is read-only.

    `args` are Pillow's: rawmode, stride (0: packed) and orientation (1: first row on top, -1:
    bottom-up). `palette` are red, green and blue bytes for modes P and PA.
    """
    if decoder_name != "raw":
        raise ValueRefused(f"there is no decoder {decoder_name}; raw is expected")
    if len(args) == 1 and isinstance(args[0], tuple):
        args = args[0]
    if len(args) > 3:
        raise TypeRefused(f"the layout is {args}; rawmode, stride and orientation are expected")
    rawmode, stride, orientation = (*args, *(mode, 0, 1)[len(args):])
    if interleave not in _INTERLEAVE:
        raise ValueRefused(f"interleave is {interleave!r}; pixel, line or plane is expected")
    layout = _layout(
        mode, size, rawmode, stride=stride, orientation=orientation, offset=offset,
        interleave=_INTERLEAVE[interleave], plane_stride=plane_stride,
        **_palette_fields(mode, palette))
    elements = _memory.elements_of(data)
    return _native.from_memory(
        elements.memory, elements.offset, elements.byte_count, readonly, layout)


def fromarray(obj, mode: str | None = None, palette=None, readonly: bool = False) -> Image:
    """An image on an array of height, width and, for several bands, bands; strides are honored.

    Without `mode` the number type decides: unsigned bytes are L, LA, RGB or RGBA by the number of
    bands, booleans 1, unsigned 16 bits I;16 (I;16B when big-endian), other integers I, floats F.
    """
    elements = _memory.elements_of(obj)
    shape, strides = elements.shape, elements.strides
    if len(shape) == 1:
        shape, strides = (shape[0], 1), (strides[0], elements.itemsize)
    if len(shape) not in (2, 3):
        raise ValueRefused(
            f"the shape is {shape}; height, width and perhaps bands are expected")
    if 0 in shape:
        raise ValueRefused(f"the array has no pixels: its shape is {shape}")
    bands = shape[2] if len(shape) == 3 else 1
    kind = (elements.kind, elements.itemsize, elements.big_endian)
    mode = mode or mode_for(bands, *kind)
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
    return image


def frombytes(mode: str, size: tuple, data, decoder_name: str = "raw", *args) -> Image:
    """A copy of some bytes as an image of its own."""
    return frombuffer(mode, size, data, decoder_name, *args).copy()


def fromfile(
    path, mode: str, size: tuple, rawmode: str | None = None, stride: int = 0, orientation: int = 1,
    offset: int = 0, access: str = "cow", palette=None,
) -> Image:
    """An image on a file of raw pixels, mapped.

    Edits stay private under access "cow", reach the file under "rw", and are refused under "ro".
    """
    layout = _layout(
        mode, size, rawmode, stride=stride, orientation=orientation, offset=offset,
        **_palette_fields(mode, palette))
    return _native.map(path, _access(access), layout)


def open(fp, access: str = "cow", frame: int = 0) -> Image:
    """An image of a file that describes itself; mapped in place where pixels are uncompressed.

    `fp` may be an object with `read`: what it gives is copied, and edits do not reach it.
    """
    if not hasattr(fp, "read"):
        return _native.open(fp, _access(access), frame)
    copy = os.memfd_create("imgtool")
    try:
        with os.fdopen(copy, "wb", closefd=False) as file:
            shutil.copyfileobj(fp, file)
        image = _native.open(f"/proc/self/fd/{copy}", _access(access), frame)
        # A mapping of what only we have would call itself shared.
        return image.copy() if image.sharing().shared else image
    finally:
        os.close(copy)


def new(mode: str, size: tuple, color=0) -> Image:
    """An image in memory of its own, of one color."""
    image = _native.new(mode, *_size(size))
    if color != 0:
        image.paste(color)
    return image


def _access(name: str) -> int:
    if name not in _ACCESS:
        raise ValueRefused(f"access is {name!r}; ro, cow or rw is expected")
    return _ACCESS[name]
