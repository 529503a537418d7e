"""Pillow on the same memory, and what is left to it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._errors import ValueRefused
from ._modes import BANDS, Resampling
from ._palette import Paletted

if TYPE_CHECKING:
    from ._image import Image

# The modes in which Pillow's frombuffer shares, by the bytes of a pixel.
_SHARED = {"L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2, "RGBA": 4, "RGBX": 4, "CMYK": 4}
# What there is without Pillow.
_WITHOUT = dict.fromkeys(
    ("resize", "reduce", "thumbnail"),
    "; without it resize knows Resampling.NEAREST to sizes that divide the image's, and every(n, m) "
    "shows each nth pixel")
# Modes that are one to Pillow's decoder, with the one that it knows.
_SAME = {"I;16L": "I;16", "I;16N": "I;16"}


def _pillow(purpose: str) -> Any:
    try:
        from PIL import Image
    except ImportError:
        hint = _WITHOUT.get(purpose, "")
        raise NotImplementedError(
            f"{purpose} is left to Pillow, which is not installed{hint}") from None
    return Image


def is_installed() -> bool:
    """Whether there is a Pillow to ask."""
    return importlib.util.find_spec("PIL") is not None


def copy_for_pillow(im: Paletted, purpose: str) -> Any:
    """The pixels as a picture of Pillow on memory of its own."""
    pillow = _pillow(purpose)
    mode = _SAME.get(im.mode, im.mode)
    picture = pillow.frombytes(mode, im.size, im._tobytes())
    palette = im.getpalette("RGBA")
    if palette is not None:
        picture.putpalette(palette, "RGBA")
    return picture


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
    made = work(copy_for_pillow(im, purpose))
    # Two names of 16 bits are one to Pillow.
    return copy_from_pillow(made, im.mode if made.mode == _SAME.get(im.mode) else made.mode)


class Pillowed(Paletted):
    """Pictures of Pillow on the memory of the image."""

    def convert(
        self, mode: str | None = None, matrix: Any = None, dither: int | None = None,
        palette: int = 0, colors: int = 256,
    ) -> Image:
        """The pixels in another mode, computed while they are read: a view, which is read-only.

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
                return self._like(self._convert(mode))
        except ValueRefused:
            if mode not in BANDS or not is_installed():
                raise
        arguments = (matrix, dither, palette, colors)
        return through(self, "convert", lambda im: im.convert(mode, *arguments))

    def as_pil(self) -> Any:
        """A picture of Pillow on the same memory: `ImageDraw.Draw(im.as_pil())` draws on it.

        Pillow shares rows of whole pixels in modes L, P, RGBA, RGBX, CMYK and of 16 bits, first row
        on top or bottom-up. It reads others in place by `PIL.Image.fromarrow`. An error says what
        it cannot share; `PIL.Image.fromarray(im.toarray())` is a copy of anything.
        """
        import ctypes

        pillow = _pillow("as_pil")
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
        """Becomes a copy that is no larger than a size; stays what it is where it is no larger."""
        picture = copy_for_pillow(self, "thumbnail")
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


def blend(im1: Paletted, im2: Paletted, alpha: float) -> Image:
    """The mean of two images, `alpha` of the second; a copy, made by Pillow."""
    return _of_several("blend", im1.mode, [im1, im2], alpha)


def composite(image1: Paletted, image2: Paletted, mask: Paletted) -> Image:
    """The first image where a mask is white, the second where it is black; a copy by Pillow."""
    return _of_several("composite", image2.mode, [image1, image2, mask])


def alpha_composite(im1: Paletted, im2: Paletted) -> Image:
    """The second image over the first, both with opacity; a copy, made by Pillow."""
    return _of_several("alpha_composite", im1.mode, [im1, im2])


def _of_several(name: str, mode: str, images: list[Paletted], *args: float) -> Image:
    function = getattr(_pillow(name), name)
    return copy_from_pillow(function(*(copy_for_pillow(im, name) for im in images), *args), mode)


def _is_row(steps: tuple[int, ...], byte_count: int) -> bool:
    """Whether the bytes of each pixel, and the pixels of each row, are side by side."""
    return steps[0] == byte_count and steps[1:] in ((), (1,))
