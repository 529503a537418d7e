"""Access "ro": nothing is edited, whether the pixels are the file's or were decoded."""

import numpy as np
import pytest
from PIL import Image as Pillow

import imgtool

EDITS = {
    "putpixel": lambda im: im.putpixel((0, 0), (9, 9, 9)), "paste": lambda im: im.paste("red"),
    "invert": lambda im: im.invert(), "flip": lambda im: im.flip("h"),
    "swap": lambda im: im.swap(0, 1), "load": lambda im: im.load().__setitem__((0, 0), (9, 9, 9)),
    "a part": lambda im: im.crop((0, 0, 2, 2)).paste("red"),
    "a band": lambda im: im.getchannel(0).paste(9), "putdata": lambda im: im.putdata([(1, 2, 3)]),
}
FILES = {"mapped": ("a.ppm", {}), "decoded": ("a.png", {}),
         "decoded frames": ("a.tif", {"compression": "tiff_lzw"})}


@pytest.fixture(params=FILES)
def opened(request, here):
    name, options = FILES[request.param]
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    Pillow.fromarray(pixels).save(name, **options)
    return imgtool.open(name, access="ro"), pixels


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_is_refused(opened, edit):
    image, pixels = opened
    assert image.readonly and not np.asarray(image).flags.writeable
    with pytest.raises(imgtool.Error, match="read-only"):
        EDITS[edit](image)
    assert np.array_equal(image.toarray(), pixels)


def test_what_is_known_of_the_file_stays_known(here):
    Pillow.new("RGB", (5, 4), "red").save(
        "a.tif", save_all=True, append_images=[Pillow.new("RGB", (5, 4))], compression="tiff_lzw")
    found = [imgtool.open("a.tif", access) for access in ("ro", "cow")]
    facts = [(im.format, im.n_frames, im.size, im.sharing()[:2], im.tobytes()) for im in found]
    assert facts[0] == facts[1] and facts[0][1] == 2


def test_the_pixels_outlive_the_image(here):
    Pillow.new("L", (300, 300), 7).save("a.png")
    array = np.asarray(imgtool.open("a.png", "ro"))
    assert (array == 7).all() and not array.flags.writeable
