"""The pictures of `--diff`: where images differ, and how much."""

import numpy as np
import pytest
from comparing import SIZE, change, is_red, pair, wide  # noqa: F401
from oracles import packed, pillow, samples, source
from PIL import Image


def dimmed(picture: Image.Image) -> np.ndarray:
    """What a picture of the errors shows where none are: Pillow's gray at half the brightness."""
    return np.asarray(picture.convert("L"))[..., None].repeat(3, axis=2) // 2


def test_a_picture_of_the_errors_is_saved_where_images_differ(imgtool, here, pair):
    imgtool("compare", "a.png", "a.png", "--diff", "errors.png")
    assert not (here / "errors.png").exists()
    (here / "errors.png").write_bytes(b"an older one")
    run = imgtool("compare", *pair, "--fail", 10, "--diff", "errors.png", "--json")
    assert run.json["same"] and run.json["picture"]["path"] == "errors.png"
    assert not is_red(Image.open("errors.png")).any()
    imgtool("open", pair[0], "--fail", 10, "--diff", "step.png", "--compare", pair[1])
    assert (here / "step.png").read_bytes() == (here / "errors.png").read_bytes()
    imgtool("compare", *pair, "--diff", "errors.png", ok=1)
    assert is_red(Image.open("errors.png")).sum() == 10
    imgtool("compare", *pair, "--region", "4x2+6+4", "--diff", "errors.ppm", ok=1)
    assert is_red(Image.open("errors.ppm")).tolist() == [[True] * 4, [False] * 4]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV"])
@pytest.mark.parametrize("limit", [0, 4])
def test_the_picture_shows_failing_pixels_in_red_on_the_dimmed_first_image(
        imgtool, here, mode, limit):
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    draw = np.random.default_rng(7)
    other = array.copy()
    for y, x in draw.integers(0, SIZE[::-1], (40, 2)):
        other[y, x] = ~other[y, x] if mode == "1" else other[y, x] ^ (2 if x % 2 else 8)
    (here / "other.bin").write_bytes(packed(mode, other))
    run = imgtool("compare", "raw.bin", "other.bin", *raw[1:], "--fail", limit, "--diff", "errors.png",
                  "--json", ok=1)
    assert run.json["picture"] == {"path": "errors.png", "style": "highlight"}
    picture = Image.open("errors.png")
    fails = np.abs(wide(mode, array) - wide(mode, other)).max(axis=2) > limit
    assert np.array_equal(is_red(picture), fails)
    below = dimmed(pillow(mode, SIZE, data))
    near = 1 if mode in ("CMYK", "HSV", "YCbCr") else 0
    assert np.abs(np.asarray(picture).astype(int) - below)[~fails].max() <= near


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I", "F"])
def test_below_the_red_wide_samples_are_spread_from_the_smallest_to_the_largest(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    (here / "other.bin").write_bytes(packed(mode, change(mode, array, 9)))
    imgtool("compare", "raw.bin", "other.bin", *raw[1:], "--diff", "errors.png", ok=1)
    picture = Image.open("errors.png")
    red = is_red(picture)
    assert red.sum() == 9
    low, high = float(array.min()), float(array.max())
    below = np.round((array - low) * 255 / (high - low)) // 2
    assert np.abs(np.asarray(picture).astype(int) - below[..., None])[~red].max() <= 1


def test_below_the_red_lab_is_its_lightness(imgtool, here):
    data, raw = source(here, "LAB", SIZE)
    array = samples("LAB", SIZE, data)
    (here / "other.bin").write_bytes(packed("LAB", change("LAB", array, 9)))
    imgtool("compare", "raw.bin", "other.bin", *raw[1:], "--diff", "errors.png", ok=1)
    picture = np.asarray(Image.open("errors.png"))
    red = is_red(Image.open("errors.png"))
    assert red.sum() == 9
    assert np.array_equal(picture[~red], (array[..., :1] // 2).repeat(3, axis=2)[~red])


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16", "I", "F"])
def test_the_gray_picture_shows_the_largest_error_of_each_pixel(imgtool, here, mode):
    data, raw = source(here, mode, SIZE)
    array = samples(mode, SIZE, data)
    (here / "other.bin").write_bytes(packed(mode, change(mode, array, 50)))
    other = samples(mode, SIZE, (here / "other.bin").read_bytes())
    largest = np.abs(wide(mode, array) - wide(mode, other)).max(axis=2)
    factor = 255 / largest.max()
    for name in ("errors.png", "errors.pgm"):
        run = imgtool("compare", "raw.bin", "other.bin", *raw[1:], "--diff", name, "--diff-style",
                      "gray", "--json", ok=1)
        assert run.json["picture"]["factor"] == pytest.approx(factor, rel=1e-12)
        assert f"{name}: errors are multiplied by " in run.errors and "white" in run.errors
        picture = Image.open(name)
        assert picture.mode == "L"
        found = np.asarray(picture).astype("f8")
        assert np.array_equal(found > 0, largest > 0) and found.max() == 255
        assert np.abs(found - np.ceil(largest * factor)).max() <= 1


def test_small_errors_are_seen(imgtool, here):
    a = np.full((1, 6), 40, "u1")
    Image.fromarray(a).save("a.png")
    Image.fromarray(a + np.arange(6, dtype="u1")).save("b.png")
    line = ["compare", "a.png", "b.png", "--diff", "d.png"]
    imgtool(*line, ok=1)
    assert np.asarray(Image.open("d.png"))[0].tolist() == [[20] * 3] + [[255, 0, 0]] * 5
    run = imgtool(*line, "--diff-style", "gray", ok=1)
    assert np.asarray(Image.open("d.png")).tolist() == [[0, 51, 102, 153, 204, 255]]
    assert "d.png: errors are multiplied by 51, so that the largest, 5, is white" in run.errors
    assert not imgtool(*line, "--diff-style", "gray", "-q", ok=1).errors
