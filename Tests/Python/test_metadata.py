"""`info` is what the file says beside its pixels, as Pillow has it, and a save keeps it."""

import warnings

import imgtool
import pytest
from PIL import Image, ImageCms, PngImagePlugin

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def path(tmp_path):
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "Jürgen")
    said.add_text("Comment", "a" * 300, zip=True)
    said.add_itxt("Title", "Δ")
    said.add(b"gAMA", (45455).to_bytes(4, "big"))
    exif = Image.Exif()
    exif[0x131] = "the camera"
    Image.new("RGB", (6, 4)).save(
        tmp_path / "a.png", pnginfo=said, icc_profile=PROFILE, dpi=(300, 150), exif=exif)
    return tmp_path / "a.png"


def test_info_has_the_values_that_pillow_has(path):
    ours, theirs = imgtool.open(path).info, Image.open(path).info
    assert set(ours) == set(theirs)
    for key in theirs:
        expected = pytest.approx(theirs[key]) if key in ("dpi", "gamma") else theirs[key]
        assert ours[key] == expected, key


def test_what_a_file_says_is_saved_again_from_a_view_of_it(path, tmp_path):
    imgtool.open(path).crop((1, 1, 5, 3)).copy().save(tmp_path / "b.png")
    with Image.open(tmp_path / "b.png") as back:
        assert back.info["icc_profile"] == PROFILE and back.info["Author"] == "Jürgen"
        assert back.getexif()[0x131] == "the camera"


def test_strip_leaves_it_out_without_a_warning(path, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        imgtool.open(path).save(tmp_path / "b.png", strip=True)
        imgtool.open(path).save(tmp_path / "b.bmp", strip=True)
    assert Image.open(tmp_path / "b.png").info == {}


def test_what_the_format_has_no_place_for_is_a_warning(path, tmp_path):
    with pytest.warns(UserWarning, match="the color profile.*the text Author"):
        imgtool.open(path).save(tmp_path / "b.ppm")


def test_a_turn_swaps_the_density_and_notes_of_the_user_stay(path):
    image = imgtool.open(path)
    assert image.transpose(Image.Transpose.ROTATE_90).info["dpi"] == pytest.approx((150, 300), abs=0.1)
    image.info["mine"] = 1
    assert image.crop((0, 0, 2, 2)).info["mine"] == 1


def test_an_image_that_no_file_was_opened_for_has_no_notes():
    image = imgtool.new("L", (2, 2))
    assert image.info == {}
    image.close()
    assert image.info == {}
