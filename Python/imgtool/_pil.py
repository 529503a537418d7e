"""Pillow on the same memory, and what is left to it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, SupportsFloat

from ._errors import NotImplementedRefused, TypeRefused, ValueRefused, refusals, several
from ._modes import BANDS, Resampling
from ._palette import Paletted
from ._types import byte_count, is_natural

if TYPE_CHECKING:
    from ._image import Image

# The modes in which Pillow's frombuffer shares, by the bytes of a pixel.
_SHARED = {"L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "RGBA": 4, "RGBX": 4, "CMYK": 4}
# What there is without Pillow.
_WITHOUT = dict.fromkeys(
    ("resize", "reduce", "thumbnail"),
    "; without it resize knows Resampling.NEAREST to sizes that divide the image's, and "
    "every(n, m) shows each nth pixel")
# Modes that are one to Pillow's decoder, with the one that it knows.
_SAME = {"I;16L": "I;16", "I;16N": "I;16"}


def _pillow(purpose: str) -> Any:
    try:
        from PIL import Image
    except ImportError:
        hint = _WITHOUT.get(purpose, "")
        raise NotImplementedRefused(
            f"{purpose} needs Pillow; pip install pillow{hint}") from None
    return Image


def is_installed() -> bool:
    """Whether there is a Pillow to ask."""
    return importlib.util.find_spec("PIL") is not None


def copy_for_pillow(im: Paletted, purpose: str) -> Any:
    """The pixels as a picture of Pillow on memory of its own."""
    pillow = _pillow(purpose)
    _check_samples(im, purpose)
    mode = _SAME.get(im.mode, im.mode)
    picture = pillow.frombytes(mode, im.size, im._tobytes())
    palette = im.getpalette("RGBA")
    if palette is not None:
        picture.putpalette(palette, "RGBA")
    return picture


def _check_samples(im: Paletted, purpose: str) -> None:
    """Refuses samples that Pillow does not have."""
    if is_natural(im.mode, im._sample_type):
        return
    bits = 8 * byte_count(im.mode, im._sample_type)
    way_out = (
        "im.window(low, high) has 8 bits" if im._band_count == 1 else
        f'imgtool.merge("{im.mode}", [band.window(0, 65535) for band in im.split()]) has 8')
    if im.mode == "L":
        way_out = f'im.convert("I;16") keeps them, and {way_out}'
    raise ValueRefused(
        f"{purpose} needs Pillow, which has no samples of {bits} bits in mode {im.mode}; {way_out}")


def image_of(obj: Any) -> Image:
    """An image, or a copy of a picture of Pillow as one."""
    if isinstance(obj, Paletted):
        return obj  # type: ignore[return-value]
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(obj, pillow.Image):
        return copy_from_pillow(obj, obj.mode)
    raise TypeRefused(f"an image of imgtool or of Pillow is expected, not {type(obj).__name__}")


def is_image(obj: Any) -> bool:
    """Whether `image_of` takes an object."""
    pillow = sys.modules.get("PIL.Image")
    return isinstance(obj, Paletted) or pillow is not None and isinstance(obj, pillow.Image)


def copy_from_pillow(picture: Any, mode: str) -> Image:
    """A picture of Pillow as an image on memory of its own."""
    from ._making import frombytes

    data = picture.tobytes("raw", picture.mode)
    image = frombytes(mode, picture.size, data)
    if picture.mode in ("P", "PA") and picture.getpalette():
        image.putpalette(picture.getpalette("RGBA"), "RGBA")
    return image


def through(im: Paletted, purpose: str, work: Callable[[Any], Any]) -> Image:
    """What Pillow makes of a copy of an image."""
    with refusals():
        made = work(copy_for_pillow(im, purpose))
    # Two names of 16 bits are one to Pillow.
    return copy_from_pillow(made, im.mode if made.mode == _SAME.get(im.mode) else made.mode)


class Pillowed(Paletted):
    """Pictures of Pillow on the memory of the image."""

    def convert(
        self, mode: str | None = None, matrix: Any = None, dither: int | None = None,
        palette: int = 0, colors: int = 256, *, clamp: bool = False,
    ) -> Image:
        """The pixels in another mode, computed while they are read: a view, which is read-only.

        A sample that the mode cannot hold is a `ValueError` when it is read, and not the nearest one
        that it holds, as in Pillow, unless `clamp` asks for that.

        What the library does not compute is done by Pillow, where it is installed, and is a copy:
        mode P from colors, a matrix, errors spread by `dither`. Without a mode, colors behind
        indices are RGB or RGBA.
        """
        if mode is None and self.mode in ("P", "PA"):
            found = self.palette
            mode = found.mode if found and self.mode == "P" else "RGBA"
        mode = mode or self.mode
        is_plain = (matrix, dither or 0, palette, colors) == (None, 0, 0, 256)
        try:
            if is_plain:
                return self._like(self._convert(mode, clamp))
        except ValueRefused:
            if mode not in BANDS or not is_installed():
                raise
        arguments = (matrix, dither, palette, colors)
        return through(self, "convert", lambda im: im.convert(mode, *arguments))

    def as_pil(self) -> Any:
        """A picture of Pillow on the same memory: `ImageDraw.Draw(im.as_pil())` draws on it.

        Pillow shares rows of whole pixels in modes L, P, RGBA, RGBX, CMYK and of 16 bits, first row
        on top or bottom-up. It reads others in place by `PIL.Image.fromarrow`. An error says what
        it cannot share; `PIL.Image.fromarray(im.toarray())` is a copy of all that Pillow has.

        The picture of a read-only image is read-only: Pillow's first edit of it makes a copy, and
        says nothing. Look at `picture.readonly` where that matters.
        """
        import ctypes

        pillow = _pillow("as_pil")
        _check_samples(self, "as_pil")
        byte_count = _SHARED.get(self.mode)
        if byte_count is None:
            raise ValueRefused(
                f"Pillow shares no memory in mode {self.mode}, only in {', '.join(_SHARED)}; "
                "PIL.Image.fromarray(im.toarray()) is a copy")
        interface = getattr(self, "__array_interface__", None)
        found = interface and (interface["strides"], interface["shape"], interface["data"])
        if not found or not _is_row(found[0][1:], byte_count):
            raise ValueRefused(
                "Pillow shares rows of whole pixels, and this image has others; "
                "PIL.Image.fromarray(im.toarray()) is a copy")
        stride = found[0][0]
        rows = found[1][0]
        start = found[2][0] + min(0, (rows - 1) * stride)
        # Pillow asks for whole strides, the last row's included, and touches the pixels only.
        memory = (ctypes.c_uint8 * (abs(stride) * rows)).from_address(start)
        memory.image = self._whole()
        picture = pillow.frombuffer(
            self.mode, self.size, memory, "raw", self.mode, abs(stride), 1 if stride > 0 else -1)
        palette = self.getpalette()
        if palette is not None:
            picture.putpalette(palette)
        # Unless this is set, Pillow's first edit makes a copy.
        picture.readonly = int(self.readonly)
        return picture

    # MARK: Copies that Pillow makes

    def thumbnail(
        self, size: tuple[float, float], resample: int = Resampling.BICUBIC,
        reducing_gap: float | None = 2.0,
    ) -> None:
        """Becomes a copy that fits a size; stays as it is if it fits already."""
        size = several(size, "the size", (2,))
        if not all(isinstance(extent, SupportsFloat) for extent in size):
            raise TypeRefused(f"the size is {size!r}; numbers are expected")
        if size[0] >= self.width and size[1] >= self.height:
            return
        if 0 in self.size:
            raise ValueRefused(f"the image is {self.width}x{self.height}; pixels are expected")
        picture = copy_for_pillow(self, "thumbnail")
        with refusals():
            picture.thumbnail(size, resample, reducing_gap)
        if picture.size != self.size:
            self._adopt(copy_from_pillow(picture, self.mode))

    def filter(self, filter: Any) -> Image:
        """What a filter of Pillow's ImageFilter makes of a copy."""
        return through(self, "filter", lambda im: im.filter(filter))

    def quantize(self, *args: Any, **kwargs: Any) -> Image:
        """A copy of few colors, in mode P, as Pillow's `quantize` makes it."""
        return through(self, "quantize", lambda im: im.quantize(*args, **kwargs))

    def transform(self, *args: Any, **kwargs: Any) -> Image:
        """What Pillow's `transform` makes of a copy."""
        return through(self, "transform", lambda im: im.transform(*args, **kwargs))

    def show(self, title: str | None = None) -> None:
        """Shows a copy of the pixels with Pillow's viewer."""
        copy_for_pillow(self, "show").show(title)


def blend(im1: Paletted | Any, im2: Paletted | Any, alpha: float) -> Image:
    """The mean of two images, `alpha` of the second; a copy, made by Pillow."""
    return _of_several("blend", 0, [im1, im2], alpha)


def composite(image1: Paletted | Any, image2: Paletted | Any, mask: Paletted | Any) -> Image:
    """The first image where a mask is white, the second where it is black; a copy by Pillow."""
    return _of_several("composite", 1, [image1, image2, mask])


def alpha_composite(im1: Paletted | Any, im2: Paletted | Any) -> Image:
    """The second image over the first, both with opacity; a copy, made by Pillow."""
    return _of_several("alpha_composite", 0, [im1, im2])


def _of_several(name: str, like: int, given: list[Any], *args: float) -> Image:
    """What a function of Pillow's makes of images, in the mode of one of them."""
    function = getattr(_pillow(name), name)
    images = [image_of(obj) for obj in given]
    with refusals():
        made = function(*(copy_for_pillow(im, name) for im in images), *args)
    return copy_from_pillow(made, images[like].mode)


def _is_row(steps: tuple[int, ...], byte_count: int) -> bool:
    """Whether the bytes of each pixel, and the pixels of each row, are side by side."""
    return steps[0] == byte_count and steps[1:] in ((), (1,))
