"""The pixels as plain sequences of numbers, and what can be said of them."""

from __future__ import annotations

import array
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from . import _memory, _plain
from ._errors import TypeRefused, ValueRefused, whole
from ._inks import named
from ._modes import BANDS, getmodetype
from ._palette import Paletted
from ._pil import image_of
from ._types import MODES, U8, U16, array_type

if TYPE_CHECKING:
    from ._image import Image


class Data(Paletted):
    """Reading and writing all pixels at once."""

    def getbands(self) -> tuple[str, ...]:
        """The names of the bands: ("R", "G", "B")."""
        return BANDS[self.mode]

    def getchannel(self, channel: int | str) -> Image:
        """One band by number or by name, as a view in mode L, or that of the numbers."""
        names = self.getbands()
        if isinstance(channel, str):
            if channel not in names:
                raise ValueRefused(
                    f'The image has no channel "{channel}"; its bands are {", ".join(names)}')
            channel = names.index(channel)
        channel = whole(channel, "the band")
        if not 0 <= channel < len(names):
            raise ValueRefused(
                f"band index out of range: {channel}, mode {self.mode} has {len(names)}")
        return self._like(self._band(channel)) if len(names) > 1 else self._whole()

    def split(self) -> tuple[Image, ...]:
        """Each band as a view."""
        return tuple(self.getchannel(band) for band in range(len(self.getbands())))

    # MARK: All pixels

    def _plain(self) -> bytes | array.array[Any]:
        """The samples of all pixels, row by row; a copy."""
        mode = self.mode
        kind = array_type(mode, self._sample_type)
        return _plain.plain(self._tobytes(kind.rawmode), mode, kind)

    def _bands_plain(self) -> list[Sequence[Any]]:
        plain, bands = self._plain(), self._band_count
        return [plain[band::bands] for band in range(bands)]

    def get_flattened_data(self, band: int | None = None) -> tuple[Any, ...]:
        """Every pixel as `getpixel` gives it, row by row, or the samples of one band."""
        return tuple(self.getdata(band))

    def getdata(self, band: int | None = None) -> list[Any]:
        """As `get_flattened_data`, as a list."""
        if band is None:
            return self._getdata()
        if not 0 <= band < self._band_count:
            raise ValueRefused(
                f"band index out of range: {band}, mode {self.mode} has {self._band_count}")
        return list(self._bands_plain()[band])

    def putdata(self, data: Any, scale: float = 1.0, offset: float = 0.0) -> None:
        """Sets the pixels in place, row by row from the top left, as far as the data reach.

        Each is a color as `putpixel` takes it; numbers of modes of one band are multiplied by
        `scale`, `offset` is added, and fractions are cut off.
        """
        if not hasattr(data, "__len__"):
            raise TypeRefused("argument must be a sequence")
        data = _memory.private(data)
        count = len(data)
        if count > self.width * self.height:
            raise TypeRefused("too many data entries")
        if count == 0 or (scale, offset) == (1, 0) and self._putplain(data):
            return
        self._putdata(self._colors(data, scale, offset))

    def _colors(self, data: Any, scale: float, offset: float) -> Any:
        """Colors as the extension takes them: a number or as many as there are bands."""
        if isinstance(data, str):
            raise TypeRefused("sequence must be flattened, of colors")
        values = data.tolist() if hasattr(data, "tolist") else data
        bands, kinds = self._band_count, set(map(type, values))
        if bands == 1:
            if not kinds.isdisjoint((tuple, list, str)):
                raise TypeRefused("sequence must be flattened")
            if (scale, offset) != (1, 0):
                values = [value * scale + offset for value in values]
            elif kinds == {int}:
                return values
            return values if self.mode == "F" else [int(value) for value in values]
        if kinds <= {tuple, list} and set(map(len, values)) == {bands}:
            return values
        return [tuple(self._samples(named(value, self.mode))) for value in values]

    # MARK: Questions

    def getextrema(self) -> Any:
        """The smallest and the largest sample, for several bands a pair of each."""
        bands = BANDS[self.mode]
        if 0 in self.size:
            found: list[Any] = [None] * len(bands)
        else:
            kind = float if self.mode == "F" else int
            found = [(kind(low), kind(high)) for low, high in self._statistics()[0]]
        if len(bands) > 1:
            return tuple(pair or (None, None) for pair in found) if found[0] else tuple(found)
        return found[0]

    def histogram(
        self, mask: Data | Any = None, extrema: tuple[float, float] | None = None
    ) -> list[int]:
        """How often each sample of 8 bits is found, band after band, perhaps only where a mask is set.

        Samples of more than 8 bits are counted in 256 parts from the smallest of their band to the
        largest, or of `extrema`.
        """
        if mask is not None:
            return self._masked_histogram(image_of(mask), extrema)
        if self._sample_type == 0:
            return self._statistics()[1]
        return self._number_histogram(self._bands_plain(), extrema)

    def _masked_histogram(self, mask: Data, extrema: tuple[float, float] | None) -> list[int]:
        if mask.mode not in ("1", "L"):
            raise ValueRefused(f"a mask of mode 1 or L is expected, not {mask.mode}")
        if mask.size != self.size:
            raise ValueRefused(
                f"images do not match: the mask is {mask.size}, the image {self.size}")
        chosen = mask.getdata()
        if self._sample_type:
            return self._number_histogram(
                [list(itertools.compress(band, chosen)) for band in self._bands_plain()], extrema)
        counts = [Counter(itertools.compress(band, chosen)) for band in self._bands_plain()]
        return [count[value] for count in counts for value in range(256)]

    def _number_histogram(
        self, bands: Sequence[Sequence[float]], extrema: tuple[float, float] | None
    ) -> list[int]:
        if extrema is None and 0 in self.size:
            raise ValueRefused("min/max not given")
        found = [extrema] * len(bands) if extrema is not None else (
            [self.getextrema()] if len(bands) == 1 else self.getextrema())
        return [count for band, (low, high) in zip(bands, found)
                for count in self._parts(band, low, high)]

    @staticmethod
    def _parts(numbers: Sequence[float], low: float, high: float) -> list[int]:
        counts = [0] * 256
        if low >= high:
            return counts
        # In steps of 32-bit floating point, as Pillow's bounds between the parts are.
        [scale] = array.array("f", [255 / (high - low)])
        distances = array.array("f", (number - low for number in numbers))
        parts = map(int, array.array("f", (distance * scale for distance in distances)))
        for part, count in Counter(parts).items():
            if 0 <= part < 256:
                counts[part] += count
        return counts

    def getcolors(self, maxcolors: int = 256) -> list[tuple[int, Any]] | None:
        """How often each color is found; None when there are more than `maxcolors`."""
        found: Counter[Any] = Counter()
        colors = self.getdata()
        # In parts, between which Ctrl-C is heard.
        for start in range(0, len(colors), 1 << 16):
            found.update(colors[start:start + (1 << 16)])
            if len(found) > maxcolors:
                return None
        return [(count, color) for color, count in sorted(found.items())]

    def getbbox(self, *, alpha_only: bool = True) -> tuple[int, int, int, int] | None:
        """The smallest box around all pixels that are not zero, or not transparent where the mode
        has opacity; None when there is none."""
        if 0 in self.size:
            return None
        alpha = MODES[self.mode].alpha
        if alpha_only and alpha is not None:
            return self.split()[alpha].getbbox()
        data = _plain.plain_bytes(self._plain())
        step = len(data) // self.height
        pixel = step // self.width
        lines = [data[start:start + step] for start in range(0, len(data), step)]
        seen = [row for row, line in enumerate(lines) if line.strip(b"\0")]
        if not seen:
            return None
        left = min(step - len(lines[row].lstrip(b"\0")) for row in seen) // pixel
        right = -(-max(len(lines[row].rstrip(b"\0")) for row in seen) // pixel)
        return left, seen[0], right, seen[-1] + 1

    def point(
        self, lut: Sequence[float] | Callable[[int], float], mode: str | None = None
    ) -> Image:
        """A copy of each sample of 8 bits by a table of 256 a band, or by a function.

        As in Pillow, values are rounded, and those below 0 or above 255 become 0 or 255. `mode` is
        that of the copy: "1" or "L" for an image of one band.
        """
        if self._sample_type:
            raise ValueRefused(f"point is for samples of 8 bits, not for mode {self.mode}")
        bands = self._band_count
        if not callable(lut) and not hasattr(lut, "__iter__") and not hasattr(lut, "__getitem__"):
            raise TypeRefused(f"the table is {lut!r}; a function or numbers are expected")
        table = [lut(value) for value in range(256)] * bands if callable(lut) else list(
            _memory.private(lut))
        if len(table) != 256 * bands:
            raise ValueRefused(
                f"wrong number of lut entries: {len(table)}, {256 * bands} are expected")
        clipped = bytes(min(255, max(0, round(value))) for value in table)
        tables = [clipped[start:start + 256] for start in range(0, len(clipped), 256)]
        changed = [bytes(samples).translate(table)
                   for samples, table in zip(self._bands_plain(), tables)]
        result = self._blank(self.size, mode if bands == 1 else None)
        if result._sample_type:
            result.putdata(changed[0])
        elif 0 not in self.size:
            for target, samples in zip(result.split(), changed):
                target._write_rows(
                    0, self.height, samples, array_type(target.mode, U8).rawmode)
        return result


def merge(mode: str, bands: Sequence[Image | Any]) -> Image:
    """A new image of bands that are images of one band each: a copy.

    Bands of 16 bits make an image of 16 bits.
    """
    from ._making import zeros

    if not hasattr(bands, "__iter__"):
        raise TypeRefused(f"the bands are {bands!r}; a list of images is expected")
    images = [image_of(band) for band in bands]
    if mode not in BANDS or len(BANDS[mode]) != len(images):
        raise ValueRefused(f"wrong number of bands: {len(images)} for mode {mode}")
    first = images[0]
    expected = mode if len(images) == 1 else getmodetype(mode)
    is_wide = MODES[mode].is_wide_color
    if first._sample_type == U16 and is_wide and len(BANDS[first.mode]) == 1:
        expected = first.mode
    for band in images:
        if band.mode != expected or band._sample_type != first._sample_type or (
                first._sample_type == U16 and len(images) > 1 and not is_wide):
            raise ValueRefused(
                f"mode mismatch: mode {band.mode} of {band.sample_type} is not a band of {mode}, "
                f"which has bands of mode {expected}")
        if band.size != first.size:
            raise ValueRefused(f"size mismatch: {band.size}, not {first.size}")
    merged = first._like(zeros(mode, first.size, first._sample_type))
    for target, band in zip(merged.split(), images):
        target.paste(band)
    return merged
