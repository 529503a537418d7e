"""What is lost is refused or warned of, as the command line does."""

import warnings

import imgtool
import numpy as np
import pytest
from PIL import Image


def test_a_window_makes_nothing_of_what_is_no_number():
    image = imgtool.fromarray(np.array([[1, np.nan], [np.inf, -np.inf]], "f4"))
    window = image.window(0, 1)
    assert window.getpixel((0, 0)) == 255
    with pytest.raises(ValueError, match="pixel 1,0 is not a number"):
        window.tobytes()
    assert image.window(0, 1, clamp=True).getdata() == [255, 0, 255, 0]


@pytest.mark.parametrize("suffix,noun", [("tif", "pages"), ("png", "frames")])
@pytest.mark.parametrize("view", ["itself", "a crop", "a copy"])
def test_a_save_over_the_file_names_the_pages_that_it_loses(tmp_path, suffix, noun, view):
    path = tmp_path / f"a.{suffix}"
    pages = [Image.new("RGB", (2, 2), color) for color in ("red", "lime", "blue")]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    image = imgtool.open(path)
    shown = {"itself": image, "a crop": image.crop((0, 0, 1, 1)), "a copy": image.copy()}[view]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown.save(tmp_path / f"b.{suffix}")
    with pytest.warns(UserWarning, match=noun):
        shown.save(path, replace=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        imgtool.open(path).save(path, replace=True)


def test_an_index_beyond_the_palette_is_not_stored(tmp_path):
    picture = Image.new("P", (4, 1))
    picture.putdata([0, 1, 2, 2])
    picture.putpalette([1, 2, 3, 4, 5, 6, 7, 8, 9])
    picture.save(tmp_path / "a.png", bits=8)
    image = imgtool.open(tmp_path / "a.png").copy()
    pixels = image.load()

    def put_by_index():
        pixels[1, 0] = 3

    for store in (lambda: image.putpixel((0, 0), 3), put_by_index,
                  lambda: image.paste(200, (0, 0, 1, 1)), lambda: image.putdata([3, 0, 0, 0])):
        with pytest.raises(ValueError, match="beyond the palette, which has 3 colors"):
            store()
        assert list(image.getdata()) == [0, 1, 2, 2]
    image.putpixel((0, 0), 2)
    pixels[1, 0] = 0
    assert list(image.getdata()) == [2, 0, 2, 2]


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I", "F"])
def test_color_that_a_paste_loses_is_warned_of(mode):
    page = imgtool.new(mode, (2, 2))
    with pytest.warns(UserWarning, match=f"color of the picture is lost in mode {mode}"):
        page.paste(imgtool.new("RGB", (1, 1), (200, 9, 9)), (0, 0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page.paste(imgtool.new("L", (1, 1), 9), (0, 0))
