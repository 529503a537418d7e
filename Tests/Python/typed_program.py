"""Uses every public name of the package; `mypy --strict` finds nothing to say about it."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ImageFilter

import imgtool
from imgtool import Difference, Error, Image, Palette, Resampling, Sharing, Transpose


def make(folder: Path) -> Image:
    array = np.zeros((4, 4, 3), np.uint8)
    images: list[Image] = [
        imgtool.new("RGB", (4, 4), "red"), imgtool.new("L", [4, 4], None),
        imgtool.frombuffer("L", (4, 4), bytearray(16), "raw", "L", 0, 1, readonly=True),
        imgtool.frombytes("L", (4, 4), bytes(16), "raw", ("L", 0, -1)),
        imgtool.fromarray(array), imgtool.fromarray(array, mode="YCbCr"),
        imgtool.from_dlpack(array), imgtool.fromarrow(imgtool.new("L", (4, 4)), "L", (4, 4)),
    ]
    path = folder / "raw.bin"
    path.write_bytes(bytes(16))
    images.append(imgtool.fromfile(path, "L", (4, 4), access="ro"))
    images[0].save(folder / "out.png", optimize=True)
    images.append(imgtool.open(folder / "out.png"))
    images.append(imgtool.open(str(folder / "out.png"), frame=0))
    file = io.BytesIO()
    images[0].save(file, "PNG", compress_level=1)
    file.seek(0)
    images.append(imgtool.open(file))
    images.append(imgtool.merge("RGB", images[0].split()))
    assert len(images) == 13
    return images[0]


def ask(image: Image) -> None:
    width: int = image.width
    size: tuple[int, int] = image.size
    names: tuple[str, ...] = image.getbands()
    sharing: Sharing = image.sharing()
    difference: Difference = image.compare(image.copy(), tolerance=0.5)
    assert (width, image.height) == size and len(names) == 3 and difference.same
    assert sharing.reason or sharing.shared
    assert (image.mode, image.readonly, image.n_frames, image.format) == ("RGB", False, 1, None)
    box: tuple[int, int, int, int] | None = image.getbbox(alpha_only=False)
    counts: list[int] = image.histogram()
    colors: list[tuple[int, Any]] | None = image.getcolors(16)
    digest: str = image.hash()
    kind: str = image.sample_type
    assert box is not None and sum(counts) == 48 and colors is not None and len(digest) == 64
    assert kind == "u8"
    assert image.getextrema() and image.info == {}
    data: bytes = image.tobytes("raw", "BGR")
    flat: tuple[Any, ...] = image.get_flattened_data()
    assert len(data) == 48 and image.getdata() == list(flat)
    assert image.getpixel((-1, -1)) == (255, 0, 0)


def leave_to_pillow(image: Image) -> list[Image]:
    other = imgtool.new("RGB", (4, 4))
    image = image.copy()
    image.thumbnail((2, 2))
    other.thumbnail((2, 2))
    opaque = image.convert("RGBA")
    return [
        imgtool.blend(image, other, 0.5), imgtool.composite(image, other, other.getchannel(0)),
        imgtool.alpha_composite(opaque, opaque), image.filter(ImageFilter.BLUR),
        image.quantize(4), image.transform((2, 2), 0, (1, 0, 0, 0, 1, 0)),
    ]


def view(image: Image) -> list[Image]:
    return [
        image.crop((0, 0, 2, 2)), image.getchannel("R"), image.transpose(Transpose.ROTATE_90),
        image.reorient("h"), image.every(2, 2),
        image.convert("L", dither=imgtool.Dither.NONE),
        image.getchannel(0).window(0, 255),
        image.getchannel(0).window(*image.automatic_window(1)),
        image.resize((2, 2), Resampling.NEAREST), image.reduce(1), image.point(lambda value: 0),
        image.copy(), image.rotate(180),
    ]


def choose() -> None:
    ways: list[Transpose] = [
        imgtool.FLIP_LEFT_RIGHT, imgtool.FLIP_TOP_BOTTOM, imgtool.ROTATE_90, imgtool.ROTATE_180,
        imgtool.ROTATE_270, imgtool.TRANSPOSE, imgtool.TRANSVERSE,
    ]
    filters: list[Resampling] = [
        imgtool.NEAREST, imgtool.LANCZOS, imgtool.BILINEAR, imgtool.BICUBIC, imgtool.BOX,
        imgtool.HAMMING, imgtool.MKS2013, imgtool.MKS2021,
    ]
    assert ways == list(Transpose) and filters == list(Resampling)


def edit(image: Image) -> None:
    px: imgtool.PixelAccess = image.load()
    px[0, 0] = "#00ff00"
    px[1, 1] = px[0, 0]
    image.putpixel((0, 0), (1, 2, 3))
    image.putdata([(1, 2, 3)] * 16)
    image.frombytes(bytes(48))
    image.paste("blue", (0, 0, 2, 2))
    image.paste(imgtool.new("RGB", (2, 2)), (1, 1))
    image.invert()
    image.flip("h")
    image.swap(0, 1)
    image.add(0)
    image.flush()
    imgtool.new("RGBA", (1, 1)).putalpha(9)
    indexed = imgtool.new("L", (2, 2))
    indexed.putpalette([0, 0, 0, 255, 255, 255])
    palette: Palette | None = indexed.palette
    colors: list[int] | None = indexed.getpalette("RGB")
    assert palette is not None and colors is not None and len(palette.colors) == 2


def share(image: Image) -> None:
    array: np.ndarray[Any, Any] = image.toarray()
    assert array.shape == np.asarray(image).shape == np.from_dlpack(image).shape
    assert image.__array_interface__["shape"] == (4, 4, 3)
    assert image.__dlpack_device__() == (1, 0)
    image.__arrow_c_schema__()
    image.__arrow_c_array__()
    imgtool.new("L", (2, 2)).as_pil()
    if image.width == 0:
        image.show("title")


def know() -> None:
    names: list[str] = [*imgtool.modes(), *imgtool.rawmodes("L"), *imgtool.formats()]
    bands: int = imgtool.getmodebands("RGB")
    assert set(imgtool.MODES) <= set(names) and bands == len(imgtool.getmodebandnames("RGB"))
    assert imgtool.getmodebase("LA") == imgtool.getmodetype("RGB") == "L"
    assert imgtool.getrgb("red") == imgtool.getcolor("red", "RGB") and imgtool.version()
    try:
        imgtool.open("none.png")
    except imgtool.UnidentifiedImageError:
        raise
    except Error as error:
        assert isinstance(error, FileNotFoundError)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, make(Path(folder)) as image:
        ask(image)
        view(image)
        leave_to_pillow(image)
        share(image)
        edit(image)
    know()
    choose()
    imgtool.new("L", (1, 1)).close()


if __name__ == "__main__":
    main()
