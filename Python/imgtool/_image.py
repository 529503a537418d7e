"""The image: a view, and what it shares with others."""

from __future__ import annotations

import io
import os
import sys
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Union

from . import _native
from ._bytes import Bytes
from ._data import Data
from ._errors import BufferRefused, ValueRefused
from ._exchange import dlpack_capsule
from ._geometry import Geometry
from ._pil import Pillowed, image_of
from ._save import save_image
from ._types import array_type, byte_count, is_natural, sample_name

if TYPE_CHECKING:
    import numpy

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]
Target = Union[Path, IO[bytes]]


class Sharing(NamedTuple):
    """What is known of the tie between an image and its bytes."""

    shared: bool
    reason: str
    address: int
    offset: int
    byte_count: int
    detached_pages: int


class Difference(NamedTuple):
    """How two images differ; `first` is the position of the first pixel that does by more than the
    tolerance."""

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

    @property
    def sample_type(self) -> str:
        """The type of a sample: "u8", "u16", "i32", "i64", "f32" or "f64"."""
        return sample_name(self.mode, self._sample_type)

    def sharing(self) -> Sharing:
        """Return a `Sharing`: whether a read sees the bytes as they are now, and where they are."""
        return Sharing(*self._sharing())

    # MARK: Views

    def window(self, low: float, high: float, clamp: bool = False) -> Image:
        """Numbers from `low` to `high` as 8-bit gray, computed while they are read.

        What is beyond the window becomes black or white. A sample that is not a number is a `ValueError`
        when it is read, unless `clamp` makes it black.
        """
        return self._like(self._window(low, high, clamp))

    def automatic_window(self, percent: float = 0) -> tuple[float, float]:
        """Return the window that shows the whole picture: `im.window(*im.automatic_window())`.

        It goes from the smallest to the largest finite sample, or from a percentile to the one as far
        from the other end, as `numpy.percentile` has them. Opacity and padding do not count.
        """
        return self._automatic_window(percent)

    def copy(self) -> Image:
        """Return a copy in memory of its own; later edits of either do not reach the other."""
        return self._like(self._copy())

    # MARK: Pixels

    def load(self) -> _native.PixelAccess:
        """The pixels by their positions: `px = im.load()`, then `px[x, y]`, `px[x, y] = color`."""
        return self._load()

    # MARK: Edits, in place

    def invert(self) -> None:
        """Replaces each color sample v with max - v."""
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

    def compare(self, other: Image | Any, tolerance: float = 0) -> Difference:
        """Return a `Difference`: whether both show the same, up to `tolerance` a sample."""
        other = image_of(other)
        if 0 in other.size:
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
        all processors), `replace` (the path may be that of a mapped file), `durable`, `strip`
        (leave out what the image's file said beside its pixels). Other threads run meanwhile, also those that write to the pixels. Ctrl-C ends it, and leaves the old file.
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
        return array_type(self.mode, self._sample_type).dtype

    @property
    def _array_shape(self) -> tuple[int, ...]:
        bands = self._band_count
        return (self.height, self.width, bands)[: 2 if bands == 1 else 3]

    def toarray(self) -> numpy.ndarray[Any, Any]:
        """A copy of the pixels as an array of NumPy, whatever the layout."""
        import numpy

        rawmode = array_type(self.mode, self._sample_type).rawmode
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
            raise BufferRefused(
                f"the stream is {stream!r}; main memory has none, so None is expected")
        if dl_device is not None and tuple(dl_device) != self.__dlpack_device__():
            raise BufferRefused(
                f"the device is {dl_device!r}; main memory, {self.__dlpack_device__()}, is "
                "expected")
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

        In place if they are stored so, else a copy. Ask for what is stored (lists of three bytes
        for RGB, of two for LA, unsigned 16 bits for I;16) to get it in place.
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
        bits = "" if is_natural(self.mode, self._sample_type) else (
            f" {8 * byte_count(self.mode, self._sample_type)} bits")
        return f"<imgtool.Image {kind}mode={self.mode} size={self.width}x{self.height}{bits}>"


_native.set_image_class(Image)
