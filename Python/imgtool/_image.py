"""The image, and the ways to make one."""

from __future__ import annotations

import os
import shutil
import io
import sys
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Union

from . import _memory, _native
from ._bytes import Bytes, raw_arguments
from ._data import Data
from ._errors import BufferRefused, TypeRefused, Unnamed, ValueRefused
from ._exchange import dlpack_capsule
from ._geometry import Geometry
from ._pil import Pillowed
from ._save import save_image
from ._types import array_type, mode_for, rawmode_for

if TYPE_CHECKING:
    import numpy

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Source = Union[Path, IO[bytes]]
Target = Union[Path, IO[bytes]]
Size = Union[tuple[int, int], list[int], "numpy.ndarray[Any, Any]"]
Colors = Union[bytes, bytearray, list[int], tuple[int, ...], None]

_GRAY_RAMP = bytes(value for gray in range(256) for value in (gray, gray, gray))
_ACCESS = {"ro": 0, "cow": 1, "rw": 2}
# What Pillow calls formats by other names than their suffix.
_FORMATS = {"tif": "TIFF", **dict.fromkeys(("pbm", "pgm", "ppm", "pnm", "pam", "pfm"), "PPM")}
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
    count: int  # type: ignore[assignment]
    maximum: float
    mean: float
    psnr: float
    first: tuple[int, int] | None


class Image(Geometry, Data, Pillowed, Bytes):
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

    def __exit__(self, *_: object) -> None:
        self.close()

    # MARK: Facts

    def sharing(self) -> Sharing:
        """Whether reading the image reads its bytes as they are now, and where these are."""
        return Sharing(*self._sharing())

    # MARK: Views

    def convert(self, mode: str) -> Image:
        """The pixels in another mode, computed while they are read: a view, which is read-only."""
        return self._like(self._convert(mode))

    def window(self, low: float, high: float) -> Image:
        """Numbers from `low` to `high` as 8-bit gray, computed while they are read."""
        return self._like(self._window(low, high))

    def copy(self) -> Image:
        """The pixels in memory of their own: the tie ends here."""
        return self._like(self._copy())

    # MARK: Pixels

    def load(self) -> _native.PixelAccess:
        """The pixels by their positions: `px = im.load()`, then `px[x, y]` and `px[x, y] = color`."""
        return self._load()

    # MARK: Edits, in place

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
        if isinstance(other, _native.View) and 0 in other.size:
            return other.compare(self)
        found = self._compare(other, tolerance)
        x, y = found[6:]
        return Difference(*found[:6], None if x < 0 else (x, y))

    def hash(self) -> str:
        """A hash of the pixels, the same for every layout of them: 64 hexadecimal digits."""
        return self._hash()

    def save(self, fp: Target, format: str | None = None, **params: Any) -> None:
        """Saves to a path, or to an object with `write`; the image stays tied to its bytes.

        `params`: `compress_level` 0 to 9, `bits`, `rawmode` (of format "raw"), `threads` (default:
        all processors), `replace` (the path may be that of a mapped file), `durable`. Other threads
        run meanwhile, also those that write to the pixels. Ctrl-C ends it, and leaves the old file.
        """
        save_image(self, fp, format, params)

    def _repr_png_(self) -> bytes | None:
        """The image in a notebook; None in modes that PNG does not hold."""
        file = io.BytesIO()
        try:
            self.save(file, "PNG", compress_level=1)
        except ValueError:
            return None
        return file.getvalue()

    # MARK: Sharing with others

    @property
    def __array_interface__(self) -> dict[str, Any]:
        """The pixels in place, for those who do not know the buffer protocol.

        Who has the address keeps the image only; `close` lets go at its end from here on.
        """
        try:
            return self._array_interface()
        except ValueRefused as error:
            raise AttributeError(*error.args) from None

    @property
    def _array_type(self) -> str:
        """NumPy's name of the elements of a copy."""
        return array_type(self.mode, self._sample_type)[1]

    @property
    def _array_shape(self) -> tuple[int, ...]:
        bands = self._band_count
        return (self.height, self.width, bands)[: 2 if bands == 1 else 3]

    def toarray(self) -> numpy.ndarray[Any, Any]:
        """A copy of the pixels as an array of NumPy, whatever the layout."""
        import numpy

        rawmode, _ = array_type(self.mode, self._sample_type)
        array = numpy.empty(self._array_shape, self._array_type)
        self._read_into(memoryview(array).cast("B"), rawmode)  # type: ignore[arg-type]
        return array

    def __array__(
        self, dtype: Any = None, copy: bool | None = None
    ) -> numpy.ndarray[Any, Any]:
        """For pixels that no array can show in place: a copy, which does not follow them."""
        if copy is False:
            try:
                self._array_interface()
            except ValueRefused as error:
                raise ValueRefused(f"{error}, or take toarray()") from None
        array = self.toarray()
        return array if dtype is None else array.astype(dtype, copy=False)

    def __dlpack__(
        self, *, stream: None = None, max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None, copy: bool | None = None,
    ) -> Any:
        """The pixels as a tensor in main memory: in place, or a copy where `copy` is true."""
        if stream is not None:
            raise BufferRefused(f"the stream is {stream!r}; main memory has none, so None is expected")
        if dl_device is not None and tuple(dl_device) != self.__dlpack_device__():
            raise BufferRefused(
                f"the device is {dl_device!r}; main memory, {self.__dlpack_device__()}, is expected")
        return dlpack_capsule(self.copy() if copy else self, max_version)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Main memory."""
        return 1, 0

    def __arrow_c_schema__(self) -> object:
        """What `__arrow_c_array__` gives, without the values."""
        return self._arrow_schema()

    def __arrow_c_array__(
        self, requested_schema: object | None = None
    ) -> tuple[object, object]:
        """The pixels as Pillow has them in Arrow: four bytes for each of more than one band.

        In place where they stand so, else a copy. Who asks for what is there (lists of three bytes
        for RGB, of two for LA, unsigned 16 bits for I;16) gets that, in place.
        """
        return self._arrow(requested_schema)

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


def empty(mode: str, size: tuple[int, int]) -> Image:
    """An image without pixels."""
    from ._empty import EmptyImage

    image = new(mode, (1, 1))
    image.__class__ = EmptyImage
    image._hide(*size)
    return image


def _layout(mode: str, size: Size, rawmode: str | None, **fields: Any) -> dict[str, Any]:
    width, height = _size(size)
    return {"mode": mode, "rawmode": rawmode, "width": width, "height": height, **fields}


def _size(size: Any) -> tuple[int, int]:
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
    return {} if palette is None else {"palette": bytes(palette), "palette_bands": 3}


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
    size = _size(size)
    if 0 in size:
        return empty(mode, size)
    if interleave not in _INTERLEAVE:
        raise ValueRefused(f"interleave is {interleave!r}; pixel, line or plane is expected")
    layout = _layout(
        mode, size, rawmode, stride=stride, orientation=orientation, offset=offset,
        interleave=_INTERLEAVE[interleave], plane_stride=plane_stride,
        **_palette_fields(mode, palette))
    elements = _memory.elements_of(data)
    return _colored(_native.from_memory(
        elements.memory, elements.offset, elements.byte_count, readonly, layout), palette)


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
    return _colored(image, palette)


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
    return _colored(_native.map(path, _access(access), layout), palette)


def open(fp: Source, access: str = "cow", frame: int = 0) -> Image:
    """An image of a file that describes itself; mapped in place where pixels are uncompressed.

    `fp` may be an object with `read`: what it gives is copied, and edits do not reach it.
    """
    if not hasattr(fp, "read"):
        return _named(_native.open(fp, _access(access), frame))
    copy = os.memfd_create("imgtool")
    try:
        with os.fdopen(copy, "wb", closefd=False) as file:
            shutil.copyfileobj(fp, file)  # type: ignore[arg-type]
        image = _named(_native.open(Unnamed(f"/proc/self/fd/{copy}"), _access(access), frame))
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
    size = _size(size)
    if 0 in size:
        return empty(mode, size)
    image = _colored(_native.new(mode, *size), None)
    # Zeros of LAB are not stored as zeros.
    if mode == "LAB" or color is not None and color != 0:
        image.paste(color or 0)
    return image


def _colored(image: Image, palette: Colors) -> Image:
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
