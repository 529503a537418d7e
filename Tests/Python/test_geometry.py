"""Parts, turns and sizes, at the edges and beyond, as Pillow has them."""

import numpy as np
import pytest
import support
from PIL import Image as Pillow

import imgtool

# Pillow neither decodes nor crops two names of 16-bit gray.
MODES = [mode for mode in support.MODES if mode not in ("I;16L", "I;16N")]


def both(mode, size=(4, 3)):
    numbers = support.random_array(mode, size)
    theirs = Pillow.frombytes(mode, size, numbers.tobytes(), "raw", support.rawmode(mode))
    return imgtool.fromarray(numbers, mode), theirs, numbers


BOXES = [
    (0, 0, 4, 3), (1, 1, 3, 2), (0.9, 1.1, 3.2, 2.8), (0.5, 1.5, 2.5, 2.5), (-1, -1, 2, 2),
    (3, 2, 9, 9), (-2, -2, 9, 9), (-9, -9, -5, -5), (9, 9, 11, 10), (1, 1, 1, 3), (2, 2, 2, 2),
    (3, 0, 1, 2), (0, 2, 2, 1), (0, 0, 1),
]


def cut(image, box):
    part = image.crop(box)
    return part.size, part.tobytes()


@pytest.mark.parametrize("mode", MODES)
def test_every_box_cuts_out_what_pillow_cuts_out(mode):
    ours, theirs, _ = both(mode)
    for box in BOXES:
        expected = support.outcome(lambda: cut(theirs, box))
        assert support.outcome(lambda: cut(ours, box)) == expected, box


def test_a_part_is_shared_and_what_reaches_beyond_is_a_copy():
    image, _, numbers = both("RGB")
    inside, beyond = image.crop((1, 1, 3, 3)), image.crop((2, 1, 6, 3))
    numbers[...] = 7
    assert inside.getpixel((0, 0)) == (7, 7, 7)
    assert inside.sharing().shared and not beyond.sharing().shared
    beyond.paste((1, 2, 3))
    assert (numbers == 7).all()


def test_colors_go_with_a_part():
    image = imgtool.new("P", (2, 2), "red")
    assert image.crop((1, 1, 2, 2)).convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    assert image.crop((1, 1, 3, 3)).getpalette() == image.getpalette() == [255, 0, 0]


CORNERS = [(2, 1), (-1, -1), (9, 9), (-9, 0), (2, 1, 5, 4), (2, 1, 4, 4), (3, 3, 1, 1), None,
           (0.5, 0), (0,), (np.int64(1), np.int64(0))]


@pytest.mark.parametrize("mode", MODES)
def test_pictures_are_pasted_where_pillow_pastes_them(mode):
    for corner in CORNERS:
        ours, theirs, numbers = both(mode)
        small, picture, _ = both(mode, (3, 3))

        def paste(image, other):
            image.paste(other, corner)
            return image.tobytes()

        expected = support.outcome(lambda: paste(theirs, picture))
        assert support.outcome(lambda: paste(ours, small)) == expected, corner
        # What was edited is the array.
        assert imgtool.fromarray(numbers, mode).tobytes() == ours.tobytes()


def test_indices_are_pasted_where_they_keep_their_colors():
    image = imgtool.new("P", (3, 3))
    image.putpalette([1, 2, 3, 4, 5, 6, 7, 8, 9])
    picture = imgtool.new("P", (2, 1), 1)
    picture.putpalette([0, 0, 0, 4, 5, 6])
    image.paste(picture, (1, 1))
    assert list(image.getdata()) == [0, 0, 0, 0, 1, 1, 0, 0, 0]
    for corner in [(0, 0), (-1, 0)]:
        picture.putpixel((1, 0), 0)
        with pytest.raises(ValueError, match="index 0 is 0,0,0 .* and 1,2,3"):
            image.paste(picture, corner)
    assert list(image.getdata()) == [0, 0, 0, 0, 1, 1, 0, 0, 0]
    picture.putpalette(image.getpalette())
    image.paste(picture, (1, 1))
    image.frombytes(bytes(range(3)) * 3)
    assert image.convert("RGB").getpixel((2, 2)) == (7, 8, 9)


AREAS = [(1, 1, 3, 2), (-1, -1, 2, 2), (2, 2, 9, 9), (3, 2, 1, 1), (0, 0, 0, 0), (2, 2),
         (1, 1, 2.5, 3)]


def test_areas_are_filled_where_pillow_fills_them():
    for area in AREAS:
        ours, theirs, _ = both("RGB")

        def fill(image):
            image.paste((1, 2, 3), area)
            return image.tobytes()

        assert support.outcome(lambda: fill(ours)) == support.outcome(lambda: fill(theirs)), area


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method", [*range(7), 7, "h"])
def test_each_turn_is_pillows_and_a_view(mode, method):
    ours, theirs, numbers = both(mode)

    def turn(image):
        turned = image.transpose(method)
        return turned.size, turned.tobytes()

    assert support.outcome(lambda: turn(ours)) == support.outcome(lambda: turn(theirs))
    if method in range(7):
        assert imgtool.Transpose(method).name == Pillow.Transpose(method).name
        assert np.shares_memory(np.asarray(ours.transpose(method)), numbers)


def test_choices_have_pillows_names_and_numbers():
    for name in ("Transpose", "Resampling", "Dither"):
        ours, theirs = getattr(imgtool, name), getattr(Pillow, name)
        assert {way.name: way.value for way in ours} == {way.name: way.value for way in theirs}
        if name != "Dither":
            assert all(getattr(imgtool, way.name) == getattr(Pillow, way.name) for way in ours)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I", "F", "1", "P"])
def test_the_nearest_pixels_of_a_size_that_divides_are_a_view(mode):
    ours, theirs, numbers = both(mode, (12, 6))
    for size in [(12, 6), (6, 3), (4, 2), (3, 6), (1, 1)]:
        small = ours.resize(size, imgtool.Resampling.NEAREST)
        assert small.tobytes() == theirs.resize(size, Pillow.Resampling.NEAREST).tobytes(), size
        assert small.sharing().shared == (size != (12, 6))
    if mode == "RGB":
        numbers[...] = 3
        assert small.getpixel((0, 0)) == (3, 3, 3)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK", "I", "F", "1", "P", "I;16"])
def test_other_sizes_are_made_by_pillow(mode):
    ours, theirs, _ = both(mode, (12, 6))
    for size, resample in [((5, 4), None), ((24, 7), 2), (np.array([7, 9]), 1), ((5, 5), 0)]:
        expected = theirs.resize(tuple(size), resample)
        found = ours.resize(size, resample)
        assert (found.mode, found.size) == (expected.mode, expected.size)
        assert found.tobytes() == expected.tobytes() and not found.sharing().shared
    assert ours.resize((3, 3), 0, (1, 1, 4, 4)).tobytes() == theirs.resize(
        (3, 3), 0, (1, 1, 4, 4)).tobytes()


def test_a_mean_of_pixels_is_made_by_pillow():
    ours, theirs, _ = both("RGB", (12, 6))
    for factor in (2, 3, (2, 1), 1):
        assert ours.reduce(factor).tobytes() == theirs.reduce(factor).tobytes()


def test_without_pillow_a_size_is_refused_with_what_is_possible(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "PIL", None)
    image = imgtool.new("L", (4, 4))
    assert image.resize((2, 2), 0).size == (2, 2)
    with pytest.raises(NotImplementedError, match="NEAREST.*every"):
        image.resize((3, 3))


@pytest.mark.parametrize("corner", [None, (1, 1), (-1, -1), (2, 2), (9, 9), (1, 0, 4, 3)])
@pytest.mark.parametrize("mask", ["1", "L", "LA", "RGBA"])
@pytest.mark.parametrize("mode, source", [
    ("RGB", "RGB"), ("RGB", "RGBA"), ("RGBA", "RGBA"), ("L", "L"), ("I", "I"), ("P", "P"),
    ("RGB", "L")])
def test_pictures_are_pasted_behind_a_mask_as_in_pillow(mode, source, mask, corner):
    ours, theirs, numbers = both(mode)
    above, masks = both(source, (3, 3))[:2], both(mask, (3, 3))[:2]
    ours.paste(above[0], corner, masks[0])
    theirs.paste(above[1], corner, masks[1])
    assert ours.tobytes() == theirs.tobytes() == imgtool.fromarray(numbers, mode).tobytes()


def test_colors_are_pasted_behind_a_mask():
    ours, theirs, _ = both("RGB")
    masks = both("L", (3, 3))[:2]
    for image, mask in zip((ours, theirs), masks):
        image.paste("red", (1, 0), mask)
        image.paste((0, 255, 0), (0, 1, 3, 4), mask)
    assert ours.tobytes() == theirs.tobytes()
    ours.paste(both("RGB", (3, 3))[0], masks[0])
    theirs.paste(both("RGB", (3, 3))[1], masks[1])
    assert ours.tobytes() == theirs.tobytes()
    for arguments in [(ours, (0, 0), masks[0]), ("red", (0, 0, 2, 2), masks[0]),
                      (ours, (0, 0), ours), (ours, masks[0], masks[0])]:
        with pytest.raises(ValueError, match="match|mask"):
            ours.paste(*arguments)


@pytest.mark.parametrize("mode", ["LA", "PA", "RGBA"])
def test_opacity_is_set_in_place(mode):
    ours, theirs, numbers = both(mode)
    grays = both("L")[:2]
    for alphas in [grays, (7, 7)]:
        ours.putalpha(alphas[0])
        theirs.putalpha(alphas[1])
        assert ours.tobytes() == theirs.tobytes() == imgtool.fromarray(numbers, mode).tobytes()
    with pytest.raises(imgtool.Error, match="opacity"):
        imgtool.new("RGB", (1, 1)).putalpha(1)
    with pytest.raises(imgtool.Error, match="match"):
        ours.putalpha(imgtool.new("L", (1, 1)))


@pytest.mark.parametrize("angle", [0, 90, -90, 180, 270, 360, 45, 12.5])
@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("size", [(4, 3), (3, 3)])
def test_right_angles_are_views_and_others_pillows(size, angle, expand):
    ours, theirs, _ = both("RGB", size)
    found, expected = ours.rotate(angle, 0, expand), theirs.rotate(angle, 0, expand)
    assert (found.size, found.tobytes()) == (expected.size, expected.tobytes())
    moved = {"center": (1, 1), "translate": (1, 0), "fillcolor": (1, 2, 3)}
    assert ours.rotate(angle, **moved).tobytes() == theirs.rotate(angle, **moved).tobytes()
    fits = angle % 180 == 0 or angle % 90 == 0 and (expand or size == (3, 3))
    assert found.sharing().shared == fits
