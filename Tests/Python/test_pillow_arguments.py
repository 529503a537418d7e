"""Pictures of Pillow where an image is expected, and what is refused in the package's own words."""

import numpy as np
import pyarrow as pa
import pytest
import support
from PIL import Image as Pillow

import imgtool

RED = (255, 0, 0)
CALLS = {
    "paste": lambda im, of: im.paste(of("RGB", (2, 2), RED), (1, 1)),
    "paste of another mode": lambda im, of: im.paste(of("L", (2, 2), 9), (1, 1)),
    "paste behind a mask": lambda im, of: im.paste(
        of("RGB", (4, 3), RED), None, of("L", (4, 3), 99)),
    "paste with a mask second": lambda im, of: im.paste(RED, of("1", (4, 3), 1)),
    "a color behind a mask": lambda im, of: im.paste(0, None, of("L", (4, 3), 200)),
    "putalpha": lambda im, of: imgtool.new("RGBA", (4, 3)).putalpha(of("L", (4, 3), 7)),
}
ANSWERS = {
    "merge": lambda im, of: imgtool.merge("RGB", of("RGB", (2, 2), RED).split()).tobytes(),
    "compare": lambda im, of: im.compare(of("RGB", (4, 3), RED)),
    "blend": lambda im, of: imgtool.blend(im, of("RGB", (4, 3), RED), 0.5).tobytes(),
    "composite": lambda im, of: imgtool.composite(
        im, of("RGB", (4, 3), RED), of("L", (4, 3), 9)).tobytes(),
    "histogram": lambda im, of: im.histogram(of("L", (4, 3), 255)),
}
HUGE = 1 << 63
image = imgtool.new("RGB", (4, 3), "red")
REFUSED = {
    "a mask that is a number": lambda: image.paste(0, None, 5),
    "a paste of something": lambda: image.paste(object()),
    "a box of fractions": lambda: image.paste(0, (0.5, 0, 1, 1)),
    "a box of two numbers": lambda: image.crop((1, 2)),
    "a box of letters": lambda: image.crop("abcd"),
    "a box beyond numbers": lambda: image.crop((0, 0, HUGE, HUGE)),
    "bands that are numbers": lambda: imgtool.merge("RGB", [1, 2, 3]),
    "bands that are a number": lambda: imgtool.merge("RGB", 5),
    "a mode that is a number": lambda: imgtool.merge(5, [image]),
    "a color that is a number": lambda: imgtool.getrgb(5),
    "a color of a mode that is a number": lambda: imgtool.getcolor(5, "L"),
    "a list as a color": lambda: imgtool.getrgb([1]),
    "a size beyond numbers": lambda: imgtool.new("L", (HUGE, 1)),
    "a color beyond numbers": lambda: imgtool.new("I", (1, 1), HUGE),
    "a position beyond numbers": lambda: image.getpixel((HUGE, 0)),
    "a position of letters": lambda: image.getpixel(("a", 0)),
    "a position of None": lambda: image.putpixel((None, 0), 0),
    "a step beyond numbers": lambda: image.every(HUGE, 1),
    "bands beyond numbers": lambda: image.swap(HUGE, 1),
    "a band that is a fraction": lambda: image.getchannel(1.5),
    "a sum of letters": lambda: image.add("x"),
    "a window of letters": lambda: image.getchannel(0).window("a", 1),
    "a frame beyond numbers": lambda: imgtool.open("none.png", frame=HUGE),
    "an offset beyond numbers": lambda: imgtool.frombuffer("L", (1, 1), b"1", offset=HUGE),
    "a stride beyond numbers": lambda: imgtool.frombuffer("L", (1, 1), b"1", "raw", "L", HUGE, 1),
    "bytes that are a number": lambda: image.frombytes(5),
    "bytes that are a word": lambda: imgtool.frombytes("L", (1, 1), "a"),
    "an array that is a number": lambda: imgtool.fromarray(5),
    "a tolerance of letters": lambda: image.compare(image, "x"),
    "a comparison with a number": lambda: image.compare(5),
    "a mask of counts that is a number": lambda: image.histogram(5),
    "a size that is a number": lambda: image.resize(5),
    "a size of letters": lambda: image.resize("ab"),
    "a size that is a number, for a thumbnail": lambda: image.thumbnail(5),
    "a size of letters, for a thumbnail": lambda: image.thumbnail(("a", 1)),
    "a thumbnail of no pixels": lambda: imgtool.new("L", (5, 0)).thumbnail((2, 2)),
    "a table that is a number": lambda: image.point(5),
    "an angle of letters": lambda: image.rotate("x"),
    "a filter that is a number": lambda: image.filter(5),
    "a way to resize that is not one": lambda: image.resize((3, 3), 77),
    "a size beyond what Pillow has": lambda: image.resize((HUGE, 2), 2),
    "a way to transform that is not one": lambda: image.transform((2, 2), 77),
    "a color behind a mask that is not one": lambda: image.paste(
        object(), None, imgtool.new("L", image.size)),
    "a level beyond numbers": lambda: image.save("/nowhere/x.png", compress_level=HUGE),
    "a blend with a number": lambda: imgtool.blend(image, 5, 0.5),
    "a mask of a composite that is a number": lambda: imgtool.composite(image, image, 5),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_picture_is_what_an_image_is(call):
    found = []
    for of in (imgtool.new, Pillow.new):
        target = imgtool.fromarray(support.random_array("RGB"))
        CALLS[call](target, of)
        found.append(target.tobytes())
    assert found[0] == found[1]


@pytest.mark.parametrize("call", ANSWERS)
def test_a_picture_gives_the_answer_of_an_image(call):
    target = imgtool.fromarray(support.random_array("RGB"))
    assert ANSWERS[call](target, imgtool.new) == ANSWERS[call](target, Pillow.new)


@pytest.mark.parametrize("call", REFUSED)
def test_what_is_refused_is_an_error_of_the_package(call):
    with pytest.raises(imgtool.Error):
        REFUSED[call]()


def test_a_position_may_be_an_array():
    numbers = support.random_array("L")
    xy = np.array([1, 2])
    assert imgtool.fromarray(numbers).getpixel(xy) == Pillow.fromarray(numbers).getpixel(xy)


@pytest.mark.parametrize("mode", ["P", "PA"])
def test_indices_through_arrow_have_no_colors_yet(mode):
    ours, theirs = (new(mode, (2, 2), 3) for new in (imgtool.new, Pillow.new))
    again = imgtool.fromarrow(pa.array(ours), mode, ours.size)
    assert again == ours and again.getpalette() == theirs.getpalette()


def test_an_arrow_array_of_nothing_is_an_image_of_no_pixels():
    assert imgtool.fromarrow(pa.array([], pa.uint8()), "L", (0, 0)).size == (0, 0)


@pytest.mark.parametrize("array", [
    pa.array(["a", "b", "a", "c"]).dictionary_encode(),
    pa.array([7, 9, 7, 9], pa.uint8()).dictionary_encode(),
    pa.FixedSizeListArray.from_arrays(
        pa.array([7, 9] * 4, pa.uint8()).dictionary_encode(), 2)], ids=["words", "bytes", "lists"])
def test_indices_into_a_dictionary_are_not_pixels(array):
    for mode in ("I", "LA"):
        with pytest.raises(imgtool.Error, match="dictionary"):
            imgtool.fromarrow(array, mode, (2, 2))
