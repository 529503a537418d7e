"""Images with more than 8 bits a sample: nothing on the way cuts them to bytes."""

import copy
import pickle

import numpy as np
import pytest
import support
from PIL import Image as Pillow
from PIL import ImageFilter

import imgtool

COLORS = {"LA": 2, "La": 2, "RGB": 3, "RGBA": 4, "RGBX": 4, "RGBa": 4, "CMYK": 4}
# Each kind of wide samples by name: the mode, and an array of numbers that 8 bits do not hold.
WIDE = {
    **{f"{mode} u16": (mode, np.full((6, 7, bands), 40000, "<u2"))
       for mode, bands in COLORS.items()},
    "L u16": ("L", np.full((6, 7), 40000, "<u2")),
    "I u32": ("I", np.full((6, 7), 3_000_000_000, "<u4")),
    "I i64": ("I", np.full((6, 7), -(1 << 40), "<i8")),
    "F f64": ("F", np.full((6, 7), 0.1, "<f8")),
}
for _, numbers in WIDE.values():
    numbers[2, 3] += 1
SAMPLE_TYPES = {
    "L": "u8", "RGB": "u8", "1": "u8", "I": "i32", "F": "f32", "I;16": "u16", "I;16B": "u16"}
LEFT_TO_PILLOW = {
    "resize": lambda im: im.resize((5, 5), Pillow.Resampling.BICUBIC),
    "reduce": lambda im: im.reduce(2),
    "rotate": lambda im: im.rotate(10),
    "thumbnail": lambda im: im.thumbnail((3, 3)),
    "quantize": lambda im: im.quantize(4),
    "transform": lambda im: im.transform((5, 5), Pillow.Transform.EXTENT, (1, 1, 4, 4)),
    "filter": lambda im: im.filter(ImageFilter.BLUR),
    "show": lambda im: im.show(),
    "blend": lambda im: imgtool.blend(im, im, 0.5),
    "composite": lambda im: imgtool.composite(im, im, imgtool.new("L", im.size, 9)),
    "alpha_composite": lambda im: imgtool.alpha_composite(im, im),
    "a paste": lambda im: im.paste(im.copy(), None, imgtool.new("L", im.size, 9)),
    "as_pil": lambda im: im.as_pil(),
    "convert": lambda im: im.convert("L", (1, 0, 0, 0)),
}


def wide(name: str) -> tuple:
    mode, numbers = WIDE[name]
    return imgtool.fromarray(numbers.copy(), mode), numbers


@pytest.mark.parametrize("way", [
    lambda im: pickle.loads(pickle.dumps(im)), copy.copy, copy.deepcopy, lambda im: im.copy()],
    ids=["pickle", "copy.copy", "copy.deepcopy", "copy"])
@pytest.mark.parametrize("name", WIDE)
def test_copies_have_the_samples(name, way):
    image, numbers = wide(name)
    found = way(image)
    assert (found.mode, found.sample_type) == (image.mode, image.sample_type)
    assert np.array_equal(found.toarray(), numbers) and found == image


@pytest.mark.parametrize("mode", support.MODES)
def test_a_pickle_has_the_pixels_of_every_mode(mode):
    image = imgtool.fromarray(support.random_array(mode), mode)
    found = pickle.loads(pickle.dumps(image))
    assert found == image and found.sample_type == image.sample_type
    assert np.array_equal(found.toarray(), image.toarray())


@pytest.mark.parametrize("name", WIDE)
def test_bytes_are_read_again_by_the_rawmode_of_their_samples(name):
    image, numbers = wide(name)
    rawmode = {"L": "L;16", "I": "I;64S", "F": "F;64F"}.get(image.mode, f"{image.mode};16L")
    again = imgtool.frombytes(image.mode, image.size, image.tobytes(), "raw", rawmode)
    assert np.array_equal(again.toarray(), numbers)


@pytest.mark.parametrize("call", LEFT_TO_PILLOW)
@pytest.mark.parametrize("name", WIDE)
def test_what_pillow_has_no_samples_for_is_refused_with_a_way_out(name, call, monkeypatch):
    monkeypatch.setattr(Pillow.Image, "show", lambda self, title=None: None)
    image, numbers = wide(name)
    with pytest.raises(imgtool.Error, match=rf"{call}.*needs Pillow.*no samples.*window\("):
        LEFT_TO_PILLOW[call](image)
    assert np.array_equal(image.toarray(), numbers)


@pytest.mark.parametrize("name", WIDE)
def test_the_way_out_leads_out(name):
    image, _ = wide(name)
    if len(image.getbands()) == 1:
        narrow = image.window(0, 65535)
    else:
        narrow = imgtool.merge(image.mode, [band.window(0, 65535) for band in image.split()])
    assert narrow.sample_type == "u8" and narrow.resize((5, 5)).size == (5, 5)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_what_pillow_has_samples_for_is_exact(mode):
    numbers = support.random_array(mode, (9, 8))
    image, picture = imgtool.fromarray(numbers), Pillow.fromarray(numbers)
    assert image.resize((4, 5)).tobytes() == picture.resize((4, 5)).tobytes()
    assert image.rotate(10).tobytes() == picture.rotate(10).tobytes()


@pytest.mark.parametrize("name", WIDE)
def test_a_box_beyond_the_edge_has_zeros_outside(name):
    image, numbers = wide(name)
    found = image.crop((-1, -2, 9, 7))
    expected = np.zeros((9, 10, *numbers.shape[2:]), numbers.dtype)
    expected[2:8, 1:8] = numbers
    assert found.sample_type == image.sample_type
    assert np.array_equal(found.toarray(), expected)


@pytest.mark.parametrize("mode", COLORS)
def test_bands_of_16_bits_are_merged_to_16_bits(mode):
    image, numbers = wide(f"{mode} u16")
    found = imgtool.merge(mode, image.split())
    assert found.sample_type == "u16" and np.array_equal(found.toarray(), numbers)


@pytest.mark.parametrize("mode, bands", [
    ("RGB", [imgtool.new("I", (2, 2), 300)] * 3), ("RGB", [imgtool.new("F", (2, 2), 1)] * 3),
    ("RGB", [imgtool.new("L", (2, 2)), *[imgtool.new("I;16", (2, 2))] * 2]),
    ("HSV", [imgtool.new("I;16", (2, 2), 300)] * 3), ("PA", [imgtool.new("I;16", (2, 2))] * 2),
    ("RGB", [Pillow.new("I", (2, 2), 300)] * 3), ("LA", [imgtool.new("RGB", (2, 2))] * 2)],
    ids=["I", "F", "L and I;16", "HSV", "PA", "of Pillow", "colors"])
def test_bands_that_do_not_fit_are_refused(mode, bands):
    with pytest.raises(imgtool.Error, match="mode mismatch"):
        imgtool.merge(mode, bands)


@pytest.mark.parametrize("name", WIDE)
def test_each_band_is_counted_in_256_parts(name):
    image, numbers = wide(name)
    counts = np.reshape(image.histogram(), (-1, 256))
    assert len(counts) == len(image.getbands())
    for count in counts:
        assert (count[0], count[255], count.sum()) == (41, 1, 42)
    assert sum(image.histogram(imgtool.new("L", image.size, 255))) == 42 * len(counts)


@pytest.mark.parametrize("name", WIDE)
def test_the_sample_type_is_an_attribute_and_in_the_repr(name):
    image, numbers = wide(name)
    expected = {"I u32": "i64"}.get(name, name.split()[1])
    assert image.sample_type == expected
    assert f"size=7x6 {expected[1:]} bits>" in repr(image)


@pytest.mark.parametrize("mode", SAMPLE_TYPES)
def test_modes_have_samples_of_their_own(mode):
    image = imgtool.new(mode, (2, 1))
    assert image.sample_type == SAMPLE_TYPES[mode] and repr(image).endswith("size=2x1>")


def test_pictures_of_other_samples_are_not_pasted():
    image, numbers = wide("RGB u16")
    with pytest.raises(imgtool.Error, match="the image has 16-bit samples, the picture pasted has "
                                            "8-bit ones; convert one of them first"):
        image.paste(imgtool.new("RGB", (2, 2)))
    with pytest.raises(imgtool.Error, match="the image has 8-bit samples"):
        imgtool.new("RGB", (9, 9)).paste(image)


@pytest.mark.parametrize("kind,start", [("<i8", 5), ("<f8", 0.5)])
@pytest.mark.parametrize("number", [2**53 + 1, -(2**53) - 1, 2**62 + 1])
def test_a_whole_number_of_more_than_53_bits_is_not_rounded_to_a_sample(kind, start, number):
    image = imgtool.fromarray(np.full((2, 2), start, kind))
    with pytest.raises(ValueError, match=f"{number} is a whole number of more than 53 bits"):
        image.putpixel((0, 0), number)
    assert np.all(np.asarray(image) == start)
    image.putpixel((0, 0), 2**60)
    assert image.getpixel((0, 0)) == 2**60
