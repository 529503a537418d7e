"""Pixels by their positions, as Pillow takes positions."""

import numpy as np
import pytest
import support
from PIL import Image as Pillow

import imgtool

POSITIONS = [
    (0, 0), (3, 2), (-1, -1), (-4, -3), (0.9, 1.1), (np.int32(1), np.uint8(2)), (True, False),
    (4, 0), (0, 3), (-5, 0), (0, -4), ("0", 0), (0, "0"), (None, 0), (0,), (0, 0, 0), 5, None, "ab",
]


@pytest.mark.parametrize("xy", POSITIONS, ids=repr)
def test_a_position_is_pillows_for_reading_and_for_access(xy):
    numbers = support.random_array("RGB")
    theirs, ours = Pillow.fromarray(numbers), imgtool.fromarray(numbers)
    for read in [lambda image: image.getpixel(xy), lambda image: image.load()[xy]]:
        assert support.outcome(lambda: read(ours)) == support.outcome(lambda: read(theirs))


def test_lists_are_positions_of_getpixel():
    image = imgtool.new("L", (4, 3), 9)
    assert image.getpixel([1, 2]) == 9
    image.putpixel([1, 2], 7)
    assert image.getpixel((1, 2)) == 7


@pytest.mark.parametrize("mode", support.MODES)
def test_what_is_stored_through_access_is_in_the_array(mode):
    numbers = support.random_array(mode, (4, 3))
    image = imgtool.fromarray(numbers, mode)
    px = image.load()
    px[-1, -1] = px[0, 0]
    assert np.array_equal(numbers[2, 3], numbers[0, 0])
    numbers[2, 3] = numbers[1, 1]
    assert px[3, 2] == px[1, 1]
    for xy in [(4, 0), (0, -4)]:
        with pytest.raises(IndexError):
            px[xy] = px[0, 0]
