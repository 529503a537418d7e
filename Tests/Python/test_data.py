"""All pixels at once, and what can be said of them, against Pillow."""

import copy
import gc
import io
import pickle
import warnings

import numpy as np
import pytest
import support
from PIL import Image as Pillow
from PIL import JpegImagePlugin

import imgtool

MODES = [mode for mode in support.MODES if mode not in ("I;16L", "I;16N")]


def both(mode, size=(5, 4), seed=0):
    numbers = support.random_array(mode, size, seed)
    theirs = Pillow.frombytes(mode, size, numbers.tobytes(), "raw", support.rawmode(mode))
    return imgtool.fromarray(numbers, mode), theirs


@pytest.mark.parametrize("mode", support.MODES)
def test_bands_have_pillows_names(mode):
    assert imgtool.new(mode, (1, 1)).getbands() == Pillow.new(mode, (1, 1)).getbands()
    for name in ("getmodebase", "getmodetype", "getmodebandnames", "getmodebands"):
        assert getattr(imgtool, name)(mode) == getattr(Pillow, name)(mode)
    assert set(imgtool.MODES) == set(Pillow.MODES) == set(imgtool.modes())


@pytest.mark.parametrize("mode", MODES)
def test_flat_pixels_are_pillows(mode):
    ours, theirs = both(mode)
    assert ours.get_flattened_data() == theirs.get_flattened_data()
    assert ours.getdata() == list(theirs.get_flattened_data())
    assert isinstance(ours.get_flattened_data(), tuple)
    if len(ours.getbands()) > 1 or mode in ("L", "P"):
        for band in range(len(ours.getbands())):
            assert ours.get_flattened_data(band) == theirs.get_flattened_data(band)
            assert ours.split()[band].get_flattened_data() == theirs.get_flattened_data(band)
    for band in (-1, 9):
        with pytest.raises(ValueError, match="band index"):
            ours.get_flattened_data(band)


@pytest.mark.parametrize(
    "mode", ["L", "P", "LA", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV"])
def test_bands_are_views_by_number_and_by_name(mode):
    ours, theirs = both(mode)
    for index, name in enumerate(theirs.getbands()):
        by_name, by_number = ours.getchannel(name), ours.getchannel(index)
        expected = theirs.getchannel(name)
        assert (by_name.mode, by_name.tobytes()) == (expected.mode, expected.tobytes())
        assert by_number.tobytes() == expected.tobytes() and by_name.sharing().shared
    for wrong in ("Z", 9, -1):
        with pytest.raises(ValueError):
            ours.getchannel(wrong)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "CMYK", "LAB"])
def test_bands_are_merged_as_pillow_merges_them(mode):
    ours, theirs = both(mode)
    expected = Pillow.merge(mode, theirs.split())
    assert imgtool.merge(mode, ours.split()).tobytes() == expected.tobytes()
    gray, wide = imgtool.new("L", (2, 2)), imgtool.new("L", (3, 2))
    for refused in [("RGB", [gray] * 2), ("LA", [gray, wide]),
                    ("LA", [gray, imgtool.new("1", (2, 2))])]:
        with pytest.raises(ValueError, match="bands|mismatch"):
            imgtool.merge(*refused)


DATA = {
    "numbers": [1, 2, 3, 200], "few numbers": [1, 2, 3], "fractions": [1.7, 2.2, 3.0, 0.9],
    "bytes": bytes([1, 2, 3, 4]), "none": [], "tuples of 2": [(1, 2)] * 4,
    "tuples of 3": [(1, 2, 3), (4, 5, 6), (7, 8, 9)], "tuples of 4": [(1, 2, 3, 4)] * 4,
    "tuples of unequal lengths": [(1, 2, 3), (1, 2, 3, 4)], "words": [0x01020304] * 3,
    "too many": [0] * 5, "text": "abcd", "names": ["red"], "no sequence": 5, "nothing": [None],
    "an array": np.arange(4, dtype="u1"), "numbers of NumPy": list(np.arange(4, dtype="u1")),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", DATA)
def test_data_are_stored_as_pillow_stores_them(mode, name):
    data = DATA[name]

    def put(library):
        image = library.new(mode, (2, 2))
        image.putdata(data)
        return image.get_flattened_data()

    expected, found = support.outcome(lambda: put(Pillow)), support.outcome(lambda: put(imgtool))
    if expected is TypeError and found is not TypeError:
        # More is taken: names of colors, and whole numbers of NumPy.
        assert name in ("names", "an array", "numbers of NumPy") or mode == "PA"
        return
    if mode == "1" and isinstance(expected, tuple):
        expected = tuple(255 * (value != 0) for value in expected)
    if name == "bytes" and "16" in mode:
        expected = (1, 2, 3, 4)
    if found is ValueError:
        # Pillow clamps, or wraps.
        assert name == "words" and mode != "RGB" and len(Pillow.new(mode, (1, 1)).getbands()) == 1
        return
    assert found == expected


def test_data_are_scaled_as_in_pillow():
    for mode in ("L", "I", "F", "I;16"):
        ours, theirs = imgtool.new(mode, (2, 2)), Pillow.new(mode, (2, 2))
        for image in ours, theirs:
            image.putdata([1, 2, 3, 4], 2, 0.7)
        assert ours.get_flattened_data() == theirs.get_flattened_data()


@pytest.mark.parametrize("last", [256, -1, 1 << 70, 0.5, True, "red", (1, 2), None])
def test_data_that_end_in_another_kind_of_number_are_stored_whole_or_not_at_all(last):
    image = imgtool.new("L", (2, 2))
    data = [1, 2, 3, last]
    try:
        image.putdata(data)
    except (TypeError, ValueError):
        data = [0] * 4
    assert image.getdata() == [int(value) for value in data]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_the_collector_of_cycles_knows_a_list_of_pixels_and_not_the_pixels(mode):
    pixels = imgtool.new(mode, (2, 2)).getdata()
    assert gc.is_tracked(pixels) and not any(map(gc.is_tracked, pixels))


def test_data_are_in_the_array_and_what_they_do_not_reach_is_kept():
    numbers = np.full((3, 4), 9, "u1")
    image = imgtool.fromarray(numbers)
    image.putdata(range(6))
    assert numbers.ravel().tolist() == [0, 1, 2, 3, 4, 5, *[9] * 6]
    with pytest.raises(imgtool.Error, match="range"):
        image.putdata([256])
    assert numbers[0, 0] == 0


CODECS = [(), ("raw",), ("raw", "L"), ("raw", "L", 8), ("raw", "L", 0, -1), ("raw", ("L", 0, -1)),
          ("raw", ("L",)), ("raw", "L;I"), ("raw", ("L", 6, -1))]


@pytest.mark.parametrize("args", CODECS, ids=repr)
def test_raw_codecs_take_pillows_arguments(args):
    data = bytes(range(64))
    ours, theirs = (library.frombytes("L", (4, 3), data, *args) for library in (imgtool, Pillow))
    assert ours.tobytes() == theirs.tobytes()
    assert imgtool.frombuffer("L", (4, 3), data, *args).tobytes() == theirs.tobytes()
    if "L;I" not in args:
        # Pillow leaves what it finds in the gaps between rows.
        found, expected = ours.tobytes(*args), theirs.tobytes(*args)
        assert len(found) == len(expected)
        assert Pillow.frombytes("L", (4, 3), found, *args).tobytes() == theirs.tobytes()


def test_codecs_that_are_not_raw_are_refused():
    image = imgtool.new("L", (4, 3))
    for call in [lambda: image.tobytes("xyz"), lambda: image.tobytes("raw", "RGB"),
                 lambda: image.tobytes("raw", "L", 3), lambda: image.tobytes("raw", "L", 0, 1, 2),
                 lambda: imgtool.frombytes("L", (4, 3), bytes(11)),
                 lambda: imgtool.frombuffer("L", (4, 3), bytes(12), "zip")]:
        with pytest.raises(ValueError):
            call()


def test_bytes_are_stored_in_place():
    numbers = np.zeros((3, 4), "u1")
    imgtool.fromarray(numbers).frombytes(bytes(range(12)), "raw", "L", 0, -1)
    assert numbers[2].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("mode", MODES)
def test_extrema_and_boxes_are_pillows(mode):
    for seed in range(3):
        ours, theirs = both(mode, seed=seed)
        if mode != "I;16B":
            assert ours.getextrema() == theirs.getextrema()
        assert ours.getbbox() == theirs.getbbox()
        assert ours.getbbox(alpha_only=False) == theirs.getbbox(alpha_only=False)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in ("1", "F", "LAB")])
def test_the_box_is_around_all_that_is_not_zero(mode):
    for places in [[], [(2, 1)], [(0, 3), (4, 0)], [(1, 2), (3, 2)]]:
        ours, theirs = imgtool.new(mode, (5, 4)), Pillow.new(mode, (5, 4))
        color = (0,) * (len(ours.getbands()) - 1) + (1,)
        for image in ours, theirs:
            for place in places:
                image.putpixel(place, color)
        for alpha_only in (True, False):
            assert ours.getbbox(alpha_only=alpha_only) == theirs.getbbox(alpha_only=alpha_only)


@pytest.mark.parametrize("mode", [mode for mode in MODES if "16" not in mode])
def test_histograms_and_colors_are_pillows(mode):
    numbers = support.random_array(mode, (40, 30))
    if mode == "I":
        # Between the extremes of 32 bits Pillow's own distances overflow.
        numbers %= 100_000
    ours = imgtool.fromarray(numbers, mode)
    theirs = Pillow.frombytes(mode, (40, 30), numbers.tobytes(), "raw", support.rawmode(mode))
    assert ours.histogram() == theirs.histogram()
    mask_numbers = support.random_array("L", (40, 30), 5) & 1
    masks = imgtool.fromarray(mask_numbers), Pillow.fromarray(mask_numbers)
    if mode not in ("I", "F"):
        assert ours.histogram(masks[0]) == theirs.histogram(masks[1])
    else:
        assert ours.histogram(extrema=(0, 100)) == theirs.histogram(extrema=(0, 100))
    assert sorted(ours.getcolors(9999)) == sorted(theirs.getcolors(9999))
    assert ours.getcolors(1) is theirs.getcolors(1) is None


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P"])
def test_tables_and_functions_make_the_copy_that_pillow_makes(mode):
    ours, theirs = both(mode)
    bands = len(ours.getbands())
    for table in [lambda value: value * 1.5, lambda value: value - 100, [9] * 256 * bands,
                  [value % 256 for value in range(256 * bands)]]:
        assert ours.point(table).tobytes() == theirs.point(table).tobytes()
    with pytest.raises(ValueError, match="lut entries"):
        ours.point([1])
    before = ours.tobytes()
    ours.point(lambda value: 0)
    assert ours.tobytes() == before


def test_a_threshold_makes_mode_1():
    ours, theirs = both("L")

    def threshold(value):
        return value > 100 and 255

    found = ours.point(threshold, "1")
    assert found.mode == "1" and found.tobytes() == theirs.point(threshold, "1").tobytes()


def test_images_are_equal_as_in_pillow():
    first, second = both("RGB")[0], both("RGB")[0]
    assert first == second and first == first.copy() and first != "first"
    assert first != first.convert("RGBA") and first != first.crop((0, 0, 2, 2))
    second.info["dpi"] = (72, 72)
    assert first != second
    second.info.clear()
    second.putpixel((0, 0), (1, 2, 3))
    assert first != second
    red, blue = imgtool.new("P", (1, 1), "red"), imgtool.new("P", (1, 1), "blue")
    assert red.tobytes() == blue.tobytes() and red != blue
    with pytest.raises(TypeError):
        hash(first)


def test_notes_go_with_views_and_the_format_does_not(here):
    image = both("RGB")[0]
    assert image.info == {} and image.format is None
    image.info["dpi"] = (72, 72)
    part = image.crop((0, 0, 2, 2))
    part.info["dpi"] = None
    assert image.info == {"dpi": (72, 72)}
    for name, expected in [("png", "PNG"), ("bmp", "BMP"), ("tif", "TIFF"), ("ppm", "PPM"),
                           ("tga", "TGA"), ("qoi", "QOI")]:
        image.save(f"out.{name}")
        opened = imgtool.open(f"out.{name}")
        assert opened.format == Pillow.open(f"out.{name}").format == expected
        assert opened.crop((0, 0, 1, 1)).format is opened.copy().format is None
    with open("out.png", "rb") as file:
        assert imgtool.open(file, "r", formats=["png"]).format == "PNG"
    with pytest.raises(imgtool.UnidentifiedImageError, match="PNG, not BMP or TIFF"):
        imgtool.open("out.png", formats=("BMP", "TIFF"))


@pytest.mark.parametrize("mode", support.MODES)
def test_pickles_and_copies_are_images_of_their_own(mode):
    numbers = support.random_array(mode)
    palette = bytes(range(48)) if mode in ("P", "PA") else None
    image = imgtool.fromarray(numbers, mode, palette=palette)
    image.info["key"] = "value"
    for again in pickle.loads(pickle.dumps(image)), copy.copy(image), copy.deepcopy(image):
        assert again == image and again.info == image.info and again.mode == mode
        assert not again.sharing().shared and not again.readonly


def test_a_jpeg_has_the_quality_and_the_chroma_that_are_asked_for(here):
    image = both("RGB")[0]
    sizes = []
    for quality in (10, 50, 90, 100):
        image.save("q.jpg", quality=quality)
        sizes.append((here / "q.jpg").stat().st_size)
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]
    for subsampling, expected in [("420", 2), (2, 2), ("4:2:2", 1), (1, 1), (0, 0)]:
        image.save("s.jpg", subsampling=subsampling)
        with Pillow.open("s.jpg") as read:
            assert JpegImagePlugin.get_sampling(read) == expected
    image.save("low.jpg", quality=0)
    image.save("one.jpg", quality=1)
    assert (here / "low.jpg").read_bytes() == (here / "one.jpg").read_bytes()
    with pytest.raises(imgtool.Error, match="quality"):
        image.save("out.jpg", quality=101)
    with pytest.raises(imgtool.Error, match="subsampling"):
        image.save("out.jpg", subsampling="411")


def test_hints_are_taken_and_what_would_be_lost_is_refused(here):
    image = both("RGB")[0]
    image.save("small.png", optimize=True)
    image.save("level.png", compress_level=9)
    assert (here / "small.png").read_bytes() == (here / "level.png").read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image.save(io.BytesIO(), "PNG", optimize=False, quality=90, progressive=True,
                   subsampling=0, icc_profile=None, exif=b"", dpi=None)
        image.save(io.BytesIO(), "TIFF", compression="raw")
    for name, value in [("dpi", (72, 72)), ("exif", b"Exif"), ("icc_profile", b"profile"),
                        ("pnginfo", object()), ("transparency", 0), ("save_all", True),
                        ("append_images", [image]), ("compression", "tiff_lzw"), ("nonsense", 1)]:
        with pytest.raises(imgtool.Error, match=name):
            image.save("out.png", **{name: value})
