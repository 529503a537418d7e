"""Colors by name and by number, as Pillow's ImageColor and its modes take them."""

import pytest
import support
from PIL import Image as Pillow
from PIL import ImageColor

import imgtool
from imgtool import _colors

SPELLINGS = [
    "Red", "#f00", "#F008", "#12abef", "#12abef80", "rgb(1,2,3)", "rgb( 255 , 0, 7 )",
    "rgb(10%, 50%,100%)", "rgba(1, 2, 3, 4)", "hsl(0,100%,50%)", "hsl(120.5, 50%, 25.5%)",
    "hsv(200, 40%, 60%)", "hsb(200,40%,60%)", "HSL(360, 0%, 100%)",
]
NONSENSE = [
    "", "reddish", "#", "#12", "#12345", "#1234567", "#ggg", "rgb(1,2)", "rgb(1,2,3,4)",
    "rgb(1.5,2,3)", "rgb(1,2%,3)", "rgba(1,2,3)", "hsl(0,1,2)", "hsl(x,1%,2%)", "cmyk(1,2,3,4)",
    "rgb(-1,2,3)", "red ", "x" * 101, "transparent",
]


def test_every_name_of_css_is_the_color_that_pillow_has():
    assert {name: imgtool.getrgb(name) for name in ImageColor.colormap} == {
        name: ImageColor.getrgb(name) for name in ImageColor.colormap}
    assert sorted(_colors.NAMES) == sorted(ImageColor.colormap)


@pytest.mark.parametrize("text", SPELLINGS)
def test_each_spelling_is_pillows_color_in_every_mode(text):
    assert imgtool.getrgb(text) == ImageColor.getrgb(text)
    for mode in support.MODES:
        assert imgtool.getcolor(text, mode) == ImageColor.getcolor(text, mode), mode


@pytest.mark.parametrize("text", NONSENSE)
def test_what_is_not_a_color_is_refused(text):
    with pytest.raises(ValueError, match="unknown color specifier"):
        imgtool.getrgb(text)


# Pillow keeps any byte of mode 1 as it is, has no colors for PA, and calls two modes of 16 bits
# alike.
COLORED = [mode for mode in support.MODES if mode not in ("1", "PA")]


@pytest.mark.parametrize("mode", COLORED)
@pytest.mark.parametrize("color", ["red", "#123456", "#12345678", "hsl(200, 50%, 50%)", "white"])
def test_an_image_is_made_in_a_color(mode, color):
    expected = Pillow.new(mode, (2, 1), color)
    image = imgtool.new(mode, (2, 1), color)
    assert image.getpixel((1, 0)) == expected.getpixel((1, 0))
    assert image.getpalette() == expected.getpalette()


NUMBERS = [0, 1, 255, 256, -1, -300, 70000, 0x01020304, 0xFFFFFFFF, True]
BANDS = [(), (7,), (1, 2), (1, 2, 3), (1, 2, 3, 4), (1, 2, 3, 4, 5), (True, False, True)]


@pytest.mark.parametrize("mode", support.MODES)
@pytest.mark.parametrize(
    "color", [*NUMBERS, *BANDS, 1.5, -0.5, (2.5,), (1.5, 2.5, 3.5), None, 2**80])
def test_numbers_and_tuples_are_pillows_or_are_refused(mode, color):
    def put(library):
        image = library.new(mode, (1, 1))
        image.putpixel((0, 0), color)
        return image.getpixel((0, 0))

    try:
        expected = put(Pillow)
    except Exception as error:
        with pytest.raises((TypeError, ValueError, OverflowError)) as found:
            put(imgtool)
        if isinstance(error, (TypeError, OverflowError)):
            assert isinstance(found.value, type(error)), (error, found.value)
        return
    if mode == "1":
        expected = 255 * (expected != 0)
    try:
        found = put(imgtool)
    except ValueError as error:
        # Where Pillow clamps or wraps, the value is refused.
        assert mode in ("1", "L", "P", "F") or "I" in mode, error
        assert color not in (0, 1, 255, (7,), True)
        assert expected != color
        return
    assert found == expected


@pytest.mark.parametrize("mode", ["RGB", "L", "LA", "I;16", "F"])
def test_a_word_that_is_not_a_color_is_of_the_wrong_type_for_a_pixel(mode):
    image = imgtool.new(mode, (1, 1))
    image.putpixel((0, 0), "white")
    with pytest.raises(TypeError, match="color must be|must be real"):
        image.putpixel((0, 0), "foo")
    with pytest.raises(ValueError, match="unknown color"):
        imgtool.new(mode, (1, 1), "foo")


def test_names_reach_every_edit():
    image = imgtool.new("RGB", (3, 1), None)
    image.load()[0, 0] = "red"
    image.paste("lime", (1, 0, 2, 1))
    image.putdata(["blue"])
    assert image.get_flattened_data() == ((0, 0, 255), (0, 255, 0), (0, 0, 0))


def test_a_color_of_an_indexed_image_is_added_to_its_palette():
    ours, theirs = imgtool.new("P", (2, 2)), Pillow.new("P", (2, 2))
    for place, color in enumerate([(255, 0, 0), (255, 0, 0, 255), (1, 2, 3), (255, 0, 0)]):
        for image in ours, theirs:
            image.putpixel((place % 2, place // 2), color)
    assert ours.get_flattened_data() == theirs.get_flattened_data() == (0, 0, 1, 0)
    assert ours.getpalette() == theirs.getpalette()
    assert ours.palette.colors == theirs.palette.colors
    assert ours.convert("RGB").get_flattened_data() == theirs.convert("RGB").get_flattened_data()
    with pytest.raises(ValueError, match="non-opaque"):
        ours.putpixel((0, 0), (1, 2, 3, 4))
    for value in range(256):
        ours.putpalette([value for index in range(256) for value in (index, 0, 0)])
    with pytest.raises(ValueError, match="256 colors"):
        ours.putpixel((0, 0), (0, 0, 1))


@pytest.mark.parametrize("color", [(255, 0, 0), (255, 0, 0, 7)])
def test_opacity_is_beside_the_index_in_mode_pa(color):
    ours, theirs = imgtool.new("PA", (1, 1)), Pillow.new("PA", (1, 1))
    for image in ours, theirs:
        image.putpixel((0, 0), color)
    assert ours.getpixel((0, 0)) == theirs.getpixel((0, 0))
    assert ours.convert("RGBA").getpixel((0, 0)) == theirs.convert("RGBA").getpixel((0, 0))
