"""Images without pixels, which Pillow has."""

import io

import numpy as np
import pytest
import support
from PIL import Image as Pillow

import imgtool

SIZES = [(0, 0), (0, 3), (5, 0)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", support.MODES)
def test_an_empty_image_has_what_pillows_has(mode, size):
    ours, theirs = imgtool.new(mode, size, None), Pillow.new(mode, size, None)
    for image in ours, theirs:
        assert (image.mode, image.size, image.width, image.height) == (mode, size, *size)
        assert image.tobytes() == b"" and len(image.get_flattened_data()) == 0
        assert image.getbbox() is None and image.copy().size == size
        assert image.crop((0, 0, 0, 0)).size == (0, 0)
        assert image.transpose(2).size == size[::-1]
        for call in [lambda: image.getpixel((0, 0)), lambda: image.getpixel((-1, -1)),
                     lambda: image.load()[0, 0], lambda: image.putpixel((0, 0), 1)]:
            with pytest.raises(IndexError):
                call()
        image.paste(image.copy(), (0, 0))
        assert [band.size for band in image.split()] == [size] * len(image.getbands())
    if "16" not in mode:
        assert ours.getextrema() == theirs.getextrema()
    assert ours.crop((1, 1, 3, 2)).tobytes() == theirs.crop((1, 1, 3, 2)).tobytes()
    assert ours == imgtool.new(mode, size) and ours != imgtool.new(mode, (1, 1))
    assert np.asarray(ours).size == 0 and np.asarray(ours).shape[:2] == size[::-1]
    with pytest.raises(ValueError, match="empty"):
        ours.save(io.BytesIO(), "PNG")


def test_empty_arrays_and_bytes_are_empty_images():
    for shape, dtype in [((0, 5), "u1"), ((0, 0), "u1"), ((3, 0, 3), "u1"), ((0, 2), "<f4")]:
        numbers = np.zeros(shape, dtype)
        image = imgtool.fromarray(numbers)
        assert image.size == (shape[1], shape[0])
        assert np.asarray(image).shape == shape and np.asarray(image).dtype == numbers.dtype
    for make in imgtool.frombytes, imgtool.frombuffer:
        assert make("L", (0, 2), b"").size == (0, 2)


@pytest.mark.parametrize("size", [(-1, 2), 2, (1, 2, 3), (1.5, 2), "12", ("1", 2)])
def test_what_is_not_a_size_is_refused(size):
    with pytest.raises((ValueError, TypeError)):
        imgtool.new("L", size)
