"""The image, and the ways to make one."""

from __future__ import annotations

import ctypes
import os
import shutil
from ctypes import byref, c_double, c_void_p
from typing import NamedTuple

from . import _library, _memory
from ._library import ACCESS, NO, OK, READ_ONLY, READ_WRITE, Error, check, encoded, lib
from ._save import save_image
from ._types import array_type, mode_for, rawmode_for

_GRAY_RAMP = bytes(value for gray in range(256) for value in (gray, gray, gray))


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


class Image:
    """A view of pixels: of memory that others own, of a mapped file, or of its own memory.

    Crops, bands, mirrors, turns and conversions are views of the same bytes. Nothing is copied but
    by `copy`, `tobytes` and `toarray`. Coordinates start at the top left.
    """

    __slots__ = ("__weakref__", "_array", "_handle", "_info")

    def __init__(self, handle: int):
        """Takes a handle of the library over; `frombuffer`, `open` and the like make images."""
        self._handle = c_void_p(handle)
        self._array = None
        self._info = _library.Info()
        check(lib.imgtool_image_info(self._handle, byref(self._info)))

    def __del__(self, free=lib.imgtool_image_free):
        handle = getattr(self, "_handle", None)
        if handle is not None:
            self._handle = None
            free(handle)

    def close(self) -> None:
        """Lets go of the bytes now. The image must not be used afterwards; its views may be."""
        self.__del__()

    def __enter__(self) -> Image:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _view(self, function, *arguments) -> Image:
        return _made(function, self._handle, *arguments)

    # MARK: Facts

    @property
    def mode(self) -> str:
        return self._info.mode.decode()

    @property
    def size(self) -> tuple:
        return self._info.width, self._info.height

    @property
    def width(self) -> int:
        return self._info.width

    @property
    def height(self) -> int:
        return self._info.height

    @property
    def readonly(self) -> bool:
        """Whether edits are refused: the bytes may only be read, or the pixels are computed."""
        return self._info.read_only != 0

    @property
    def n_frames(self) -> int:
        return self._info.frame_count

    def sharing(self) -> Sharing:
        """Whether reading the image reads its bytes as they are now, and where these are."""
        found = _library.Sharing()
        status = lib.imgtool_image_sharing(self._handle, byref(found))
        if status not in (OK, NO):
            check(status)
        return Sharing(
            status == OK, "" if status == OK else _library.last_error(), found.address or 0,
            found.offset, found.byte_count, found.detached_pages)

    def getpalette(self) -> list | None:
        """The colors behind indices, as a list of red, green, blue, red … or None."""
        colors, count = (ctypes.c_uint8 * 1024)(), ctypes.c_size_t()
        if lib.imgtool_image_palette(self._handle, colors, byref(count)) != OK:
            return None
        return [colors[4 * index + band] for index in range(count.value) for band in range(3)]

    # MARK: Views

    def crop(self, box: tuple | None = None) -> Image:
        """The pixels from (left, upper) to before (right, lower), as a view."""
        left, upper, right, lower = box or (0, 0, *self.size)
        return self._view(lib.imgtool_image_crop, left, upper, right - left, lower - upper)

    def convert(self, mode: str) -> Image:
        """The pixels in another mode, computed while they are read: a view, which is read-only."""
        return self._view(lib.imgtool_image_convert, mode.encode())

    def getchannel(self, channel: int) -> Image:
        """One band as an image, as a view."""
        return self._view(lib.imgtool_image_band, channel)

    def reorient(self, how: str) -> Image:
        """Mirrored left-right ("h"), top-bottom ("v"), or turned clockwise ("90", "180", "270")."""
        return self._view(lib.imgtool_image_reorient, str(how).encode())

    def every(self, columns: int, rows: int) -> Image:
        """Each `columns`th column of each `rows`th row, as a view."""
        return self._view(lib.imgtool_image_every, columns, rows)

    def window(self, low: float, high: float) -> Image:
        """Numbers from `low` to `high` as 8-bit gray, computed while they are read."""
        return self._view(lib.imgtool_image_window, low, high)

    def copy(self) -> Image:
        """The pixels in memory of their own: the tie ends here."""
        return self._view(lib.imgtool_image_copy, 0)

    # MARK: Pixels

    def getpixel(self, xy: tuple):
        """The sample at a position, or a tuple of samples for several bands."""
        samples = (c_double * 4)()
        check(lib.imgtool_image_getpixel(self._handle, *xy, samples, 4))
        values = samples[: self._info.band_count]
        if self._info.sample_type < 3 or self.mode == "I":
            values = [int(value) for value in values]
        return values[0] if len(values) == 1 else tuple(values)

    def getdata(self) -> list:
        """Every pixel as `getpixel` gives it, row by row. Slow for large images: see `tobytes`."""
        return [self.getpixel((x, y)) for y in range(self.height) for x in range(self.width)]

    def _samples(self, value):
        values = value if isinstance(value, (tuple, list)) else (value,)
        return (c_double * len(values))(*values), len(values)

    def putpixel(self, xy: tuple, value) -> None:
        """Sets a pixel, in place."""
        check(lib.imgtool_image_putpixel(self._handle, *xy, *self._samples(value)))

    def tobytes(self, encoder_name: str = "raw", *args) -> bytes:
        """The pixels as packed rows, in the storage that the mode is named for, or as a rawmode."""
        if encoder_name != "raw":
            raise Error(f"there is no encoder {encoder_name}; raw is expected")
        rawmode = args[0] if args else None
        if rawmode is None or rawmode == self.mode:
            return bytes(self._rows(None, self._info.row_byte_count))
        count = ctypes.c_int64()
        check(lib.imgtool_row_byte_count(
            self._info.mode, rawmode.encode(), self.width, byref(count)))
        return bytes(self._rows(rawmode, count.value))

    def _rows(self, rawmode: str | None, row_byte_count: int):
        rows = (ctypes.c_uint8 * (row_byte_count * self.height))()
        check(lib.imgtool_image_read_rows(
            self._handle, 0, self.height, encoded(rawmode), rows, len(rows), 0))
        return rows

    # MARK: Edits, in place

    def paste(self, im, box: tuple | None = None, mask=None) -> None:
        """Copies an image, or one color, over the pixels from (left, upper) on, in place."""
        if mask is not None:
            raise Error("paste takes no mask")
        left, upper = (box or (0, 0))[:2]
        if isinstance(im, Image):
            if box is not None and len(box) == 4 and (box[2] - left, box[3] - upper) != im.size:
                raise Error(f"the box {box} is not of the image's size, {im.size}")
            check(lib.imgtool_image_paste(self._handle, im._handle, left, upper, 0))
            return
        right, lower = box[2:] if box is not None and len(box) == 4 else self.size
        check(lib.imgtool_image_fill(
            self._handle, left, upper, right - left, lower - upper, *self._samples(im), 0))

    def invert(self) -> None:
        """Every color sample becomes its distance from the largest one."""
        check(lib.imgtool_image_invert(self._handle, 0))

    def flip(self, axis: str) -> None:
        """Mirrors the pixels, left-right ("h") or top-bottom ("v")."""
        check(lib.imgtool_image_flip(self._handle, axis.encode(), 0))

    def swap(self, first: int, second: int) -> None:
        """Two bands change places."""
        check(lib.imgtool_image_swap(self._handle, first, second, 0))

    def add(self, number: float) -> None:
        """Adds a number to every color sample; refused when one sum does not fit."""
        check(lib.imgtool_image_add(self._handle, number, 0))

    def flush(self) -> None:
        """Edits of a file under access "rw" reach the disk."""
        check(lib.imgtool_image_flush(self._handle))

    # MARK: Questions

    def compare(self, other: Image, tolerance: float = 0) -> Difference:
        """Whether both show the same, up to `tolerance` a sample."""
        found = _library.Difference()
        status = lib.imgtool_image_compare(
            self._handle, other._handle, tolerance, 0, byref(found))
        if status not in (OK, NO):
            check(status)
        first = None if found.first_x < 0 else (found.first_x, found.first_y)
        return Difference(
            status == OK, "" if status == OK else _library.last_error(), found.differing_pixels,
            found.maximum, found.mean, found.psnr, first)

    def hash(self) -> str:
        """A hash of the pixels, the same for every layout of them: 64 hexadecimal digits."""
        text = ctypes.create_string_buffer(65)
        check(lib.imgtool_image_hash(self._handle, 0, text))
        return text.value.decode()

    def save(self, fp, format: str | None = None, **params) -> None:
        """Saves to a path, or to an object with `write`; the image stays tied to its bytes.

        `params`: `compress_level` 0 to 9, `bits`, `rawmode` (of format "raw"), `threads` (default:
        all processors), `replace` (the path may be that of a mapped file), `durable`. Other threads
        run meanwhile, also those that write to the pixels.
        """
        save_image(self._handle, fp, format, params)

    # MARK: Sharing with others

    def _as_array(self) -> _library.Array | None:
        if self._array is None:
            found = _library.Array()
            status = lib.imgtool_image_array(self._handle, byref(found))
            self._array = found if status == OK else _library.last_error()
        return self._array if isinstance(self._array, _library.Array) else None

    @property
    def __array_interface__(self) -> dict:
        """The pixels in place, for NumPy: `np.asarray(im)` is a view."""
        found = self._as_array()
        if found is None:
            raise AttributeError(self._array)
        order = "|" if found.item_byte_count == 1 else ">" if found.is_big_endian else "<"
        axes = found.dimension_count
        return {
            "version": 3, "shape": tuple(found.shape[:axes]),
            "strides": tuple(found.strides[:axes]),
            "typestr": f"{order}{chr(found.kind)}{found.item_byte_count}",
            "data": (found.data, bool(found.is_read_only)),
        }

    def toarray(self):
        """A copy of the pixels as an array of NumPy, whatever the layout."""
        import numpy

        rawmode, typestr = array_type(self.mode, self._info.sample_type)
        bands = self._info.band_count
        rows = self._rows(rawmode, bands * int(typestr[2:]) * self.width)
        shape = (self.height, self.width, bands)[: 2 if bands == 1 else 3]
        return numpy.frombuffer(rows, typestr).reshape(shape)

    def __array__(self, dtype=None, copy=None):
        """For pixels that no array can show in place: only those who ask for a copy get one."""
        if not copy:
            self._as_array()
            raise Error(f"{self._array}, or take toarray()")
        array = self.toarray()
        return array if dtype is None else array.astype(dtype, copy=False)

    def __buffer__(self, flags: int) -> memoryview:
        """The buffer protocol of Python 3.12 and later."""
        from ._exchange import memory_view

        return memory_view(self, flags)

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        from ._exchange import dlpack_capsule

        return dlpack_capsule(self.copy() if copy else self, max_version)

    def __dlpack_device__(self) -> tuple:
        """Main memory."""
        return 1, 0

    def __arrow_c_array__(self, requested_schema=None) -> tuple:
        from ._exchange import arrow_capsules

        return arrow_capsules(self)

    def __repr__(self) -> str:
        kind = "read-only " if self.readonly else ""
        return f"<imgtool.Image {kind}mode={self.mode} size={self.width}x{self.height}>"


def _made(function, *arguments) -> Image:
    handle = c_void_p()
    check(function(*arguments, byref(handle)))
    return Image(handle.value)


def _layout(mode: str, size: tuple, rawmode: str | None, **fields) -> _library.Layout:
    layout = _library.Layout(
        struct_size=ctypes.sizeof(_library.Layout), mode=mode.encode(), rawmode=encoded(rawmode),
        width=size[0], height=size[1], **fields)
    return layout


def _palette_fields(mode: str, palette) -> dict:
    """The colors of an indexed mode; each index is its own gray without one, as in Pillow."""
    if palette is None and mode in ("P", "PA"):
        palette = _GRAY_RAMP
    if palette is None:
        return {}
    colors = bytes(palette)
    return {"palette": colors, "palette_count": len(colors) // 3, "palette_bands": 3}


def _on_memory(memory: _memory.Memory, address: int, byte_count: int, layout, readonly) -> Image:
    access = READ_ONLY if memory.readonly or readonly else READ_WRITE
    token = _memory.hold(memory)
    try:
        return _made(
            lib.imgtool_image_from_memory, address, byte_count, byref(layout), access,
            _memory.RELEASED, token)
    except BaseException:
        _memory.let_go(token)
        raise


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
        raise Error(f"there is no decoder {decoder_name}; raw is expected")
    if len(args) == 1 and isinstance(args[0], tuple):
        args = args[0]
    rawmode, stride, orientation = (*args, *(mode, 0, 1)[len(args):])
    memory = _memory.Memory(data)
    byte_count = _memory.require_bytes(memory)
    layout = _layout(
        mode, size, rawmode, stride=stride, orientation=orientation, offset=offset,
        interleave={"pixel": 0, "line": 1, "plane": 2}[interleave], plane_stride=plane_stride,
        **_palette_fields(mode, palette))
    return _on_memory(memory, memory.address, byte_count, layout, readonly)


def fromarray(obj, mode: str | None = None, palette=None, readonly: bool = False) -> Image:
    """An image on an array of height, width and, for several bands, bands; strides are honored.

    Without `mode` the number type decides: unsigned bytes are L, LA, RGB or RGBA by the number of
    bands, booleans 1, unsigned 16 bits I;16 (I;16B when big-endian), other integers I, floats F.
    """
    memory = _memory.Memory(obj)
    shape, strides = memory.shape, memory.strides
    if len(shape) == 1:
        shape, strides = (shape[0], 1), (strides[0], memory.itemsize)
    if len(shape) not in (2, 3) or 0 in shape:
        raise Error(f"the shape is {shape}; height, width and perhaps bands are expected")
    bands = shape[2] if len(shape) == 3 else 1
    kind = (memory.kind, memory.itemsize, memory.big_endian)
    mode = mode or mode_for(bands, *kind)
    below, above = memory.extent
    layout = _layout(
        mode, (shape[1], shape[0]), rawmode_for(mode, *kind), is_strided=1, offset=-below,
        stride=strides[0], pixel_stride=strides[1],
        band_stride=strides[2] if len(shape) == 3 else memory.itemsize,
        **_palette_fields(mode, palette))
    image = _on_memory(memory, memory.address + below, above - below, layout, readonly)
    if image._info.band_count != bands:
        raise Error(f"mode {mode} has {image._info.band_count} bands, the array {bands}")
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
    return _made(lib.imgtool_image_map, _path(path), byref(layout), _access(access))


def open(fp, access: str = "cow", frame: int = 0) -> Image:
    """An image of a file that describes itself; mapped in place where pixels are uncompressed.

    `fp` may be an object with `read`: what it gives is copied, and edits do not reach it.
    """
    if not hasattr(fp, "read"):
        return _made(lib.imgtool_image_open, _path(fp), _access(access), frame)
    copy = os.memfd_create("imgtool")
    try:
        with os.fdopen(copy, "wb", closefd=False) as file:
            shutil.copyfileobj(fp, file)
        path = f"/proc/self/fd/{copy}".encode()
        image = _made(lib.imgtool_image_open, path, _access(access), frame)
        # A mapping of what only we have would call itself shared.
        return image.copy() if image.sharing().shared else image
    finally:
        os.close(copy)


def new(mode: str, size: tuple, color=0) -> Image:
    """An image in memory of its own, of one color."""
    image = _made(lib.imgtool_image_new, mode.encode(), *size)
    if color != 0:
        image.paste(color)
    return image


def _path(path) -> bytes:
    return os.fsencode(os.fspath(path))


def _access(name: str) -> int:
    if name not in ACCESS:
        raise Error(f"access is {name!r}; ro, cow or rw is expected")
    return ACCESS[name]
