"""`YCbCr` of video, to RGB and back, against the formulas in whole numbers."""

import subprocess

import numpy as np
import pytest
from conftest import listed
from PIL import Image

# Kr and Kb in ten thousandths, as BT.601, BT.709 and BT.2020 have them.
SHARES = {"601": (2990, 1140), "709": (2126, 722), "2020": (2627, 593)}
# Black's luma and how much more white's is; how far chroma reaches.
RANGES = {"limited": (16, 219, 224), "full": (0, 255, 255)}
COLORS = [(matrix, which) for matrix in SHARES for which in RANGES]


def rounded(above, below, lowest=0):
    """The fraction, rounded with halves up and clipped to bytes."""
    return np.clip((2 * above + below) // (2 * below) + lowest, 0, 255).astype(np.uint8)


def to_rgb(pixels, matrix, which):
    """Exact: every product and sum is a whole number below 2^63."""
    red, blue = SHARES[matrix]
    green = 10_000 - red - blue
    black, span, reach = RANGES[which]
    luma, cb, cr = np.moveaxis(pixels.astype(np.int64), -1, 0)
    luma, cb, cr = luma - black, cb - 128, cr - 128
    whole = 10_000 * reach * green * span
    base = 255 * luma * 10_000 * reach * green
    red_cr, blue_cb = 255 * 2 * (10_000 - red) * span, 255 * 2 * (10_000 - blue) * span
    return np.stack([rounded(base + red_cr * cr * green, whole),
                     rounded(base - blue_cb * blue * cb - red_cr * red * cr, whole),
                     rounded(base + blue_cb * cb * green, whole)], axis=-1)


def from_rgb(pixels, matrix, which):
    red, blue = SHARES[matrix]
    black, span, reach = RANGES[which]
    r, g, b = np.moveaxis(pixels.astype(np.int64), -1, 0)
    luma = red * r + (10_000 - red - blue) * g + blue * b
    return np.stack([rounded(span * luma, 2_550_000, black),
                     rounded(reach * (10_000 * b - luma), 510 * (10_000 - blue), 128),
                     rounded(reach * (10_000 * r - luma), 510 * (10_000 - red), 128)], axis=-1)


@pytest.fixture(scope="module")
def every_pixel(tmp_path_factory):
    """A file with each of the 2^24 triples of bytes, and the triples."""
    grid = np.indices((256, 256, 256), dtype=np.uint8).reshape(3, -1).T.reshape(4096, 4096, 3)
    path = tmp_path_factory.mktemp("every") / "every.raw"
    np.ascontiguousarray(grid).tofile(path)
    return path, grid


def line(path, mode, size, *options):
    return ["frombuffer", path, "--size", size, "--mode", mode, *options]


def color(matrix, which):
    return ["--matrix", matrix, "--range", which]


def read(path, *shape):
    return np.fromfile(path, np.uint8).reshape(*shape)


@pytest.mark.parametrize("matrix,which", COLORS)
def test_every_pixel_becomes_the_rounded_color(imgtool, every_pixel, matrix, which):
    path, pixels = every_pixel
    imgtool(*line(path, "YCbCr", "4096x4096", *color(matrix, which)),
            "--convert", "RGB", "--save", "out.raw")
    assert np.array_equal(read("out.raw", 4096, 4096, 3), to_rgb(pixels, matrix, which))


@pytest.mark.parametrize("matrix,which", COLORS)
def test_every_color_is_pasted_as_the_rounded_pixel(imgtool, every_pixel, matrix, which):
    path, pixels = every_pixel
    header = b"P6\n4096 4096\n255\n"
    with open("every.ppm", "wb") as file:
        file.write(header + path.read_bytes())
    with open("out.raw", "wb") as file:
        file.truncate(4096 * 4096 * 3)
    imgtool(*line("out.raw", "YCbCr", "4096x4096", *color(matrix, which)),
            "--access", "rw", "--paste", "every.ppm@0,0")
    assert np.array_equal(read("out.raw", 4096, 4096, 3), from_rgb(pixels, matrix, which))


@pytest.mark.parametrize("which", RANGES)
def test_gray_is_luma_from_black_to_white(imgtool, which):
    pixels = np.zeros((256, 3), np.uint8)
    pixels[:, 0] = range(256)
    pixels[:, 1:] = np.random.default_rng(1).integers(0, 256, (256, 2))
    pixels.tofile("in.raw")
    imgtool(*line("in.raw", "YCbCr", "256x1", "--range", which), "--convert", "L", "--save", "o.raw")
    black, span, _ = RANGES[which]
    expected = rounded(255 * (pixels[:, 0].astype(np.int64) - black), span)
    assert np.array_equal(read("o.raw", 256), expected)


@pytest.mark.parametrize("mode", ["RGBA", "RGBX", "CMYK", "HSV"])
def test_other_color_modes_are_reached_through_rgb(imgtool, mode):
    np.random.default_rng(2).integers(0, 256, (4, 5, 3), np.uint8).tofile("in.raw")
    source = line("in.raw", "YCbCr", "5x4", *color("709", "limited"))
    imgtool(*source, "--convert", mode, "--save", "one.raw")
    imgtool(*source, "--convert", "RGB", "--convert", mode, "--save", "two.raw")
    assert read("one.raw", -1).tobytes() == read("two.raw", -1).tobytes()


@pytest.mark.parametrize("options,meant", [
    (["--matrix", "709"], ("709", "limited")), (["--range", "full"], ("601", "full")),
    (["--range", "limited"], ("601", "limited"))])
def test_either_option_is_enough(imgtool, options, meant):
    pixels = np.random.default_rng(3).integers(0, 256, (4, 5, 3), np.uint8)
    pixels.tofile("in.raw")
    imgtool(*line("in.raw", "YCbCr", "5x4", *options), "--convert", "RGB", "--save", "out.raw")
    assert np.array_equal(read("out.raw", 4, 5, 3), to_rgb(pixels, *meant))


SHARES_OF = {"nv12": (2, 2), "yuyv": (2, 1), "yuv444p": (1, 1)}


def stored(pixels, rawmode):
    """The bytes of video, of which each block of pixels has the chroma of its first one."""
    columns, rows = SHARES_OF[rawmode]
    luma, chroma = pixels[..., 0], pixels[::rows, ::columns, 1:]
    if rawmode == "yuyv":
        return np.stack([luma[:, ::2], chroma[..., 0], luma[:, 1::2], chroma[..., 1]], -1).tobytes()
    planes = chroma if rawmode == "nv12" else np.moveaxis(chroma, -1, 0)
    return luma.tobytes() + np.ascontiguousarray(planes).tobytes()


@pytest.mark.parametrize("rawmode", SHARES_OF)
@pytest.mark.parametrize("options,meant", [
    ([], ("601", "limited")), (["--matrix", "709"], ("709", "limited")),
    (["--range", "full", "--matrix", "2020"], ("2020", "full"))])
def test_layouts_of_video_are_601_limited_unless_something_else_is_said(
        imgtool, rawmode, options, meant):
    columns, rows = SHARES_OF[rawmode]
    pixels = np.random.default_rng(7).integers(0, 256, (6, 8, 3), np.uint8)
    shared = np.repeat(np.repeat(pixels[::rows, ::columns, 1:], rows, 0), columns, 1)
    expected = to_rgb(np.dstack([pixels[..., :1], shared]), *meant)
    open("in.raw", "wb").write(stored(pixels, rawmode))
    source = ["frombuffer", "in.raw", "--size", "8x6", "--rawmode", rawmode, *options]
    imgtool(*source, "--save", "out.ppm")
    assert np.array_equal(np.asarray(Image.open("out.ppm")), expected)
    imgtool(*source, "--mode", "YCbCr", "--convert", "RGB", "--save", "out.ppm")
    assert np.array_equal(np.asarray(Image.open("out.ppm")), expected)


@pytest.mark.parametrize("rawmode", SHARES_OF)
def test_color_is_saved_as_video(imgtool, rawmode):
    columns, rows = SHARES_OF[rawmode]
    colors = np.random.default_rng(8).integers(0, 256, (3, 4, 3), np.uint8)
    # One color for each block: no mean is taken of chroma.
    colors = np.repeat(np.repeat(colors, 2, 0), 2, 1)
    Image.fromarray(colors).save("in.png")
    imgtool("open", "in.png", "--as", rawmode, "--save", "out.raw")
    pixels = from_rgb(colors, "601", "limited")
    assert open("out.raw", "rb").read() == stored(pixels, rawmode)


def test_ffmpeg_has_the_same_colors(imgtool, program):
    generator = np.random.default_rng(10)
    pixels = np.stack([generator.integers(16, top, (16, 32)) for top in (236, 241, 241)], -1)
    open("in.raw", "wb").write(stored(pixels.astype(np.uint8), "nv12"))
    imgtool("frombuffer", "in.raw", "--size", "32x16", "--rawmode", "nv12", "--save", "out.raw")
    theirs = subprocess.run(
        [program("ffmpeg"), "-v", "error", "-threads", "1", "-f", "rawvideo", "-pix_fmt", "nv12",
         "-s", "32x16", "-i", "in.raw", "-sws_flags",
         "neighbor+accurate_rnd+full_chroma_int+full_chroma_inp", "-pix_fmt", "rgb24",
         "-f", "rawvideo", "-"], stdout=subprocess.PIPE, check=True, timeout=60).stdout
    # It rounds its coefficients to 13 bits.
    difference = np.frombuffer(theirs, np.uint8).astype(int) - read("out.raw", -1)
    assert np.abs(difference).max() <= 1 and np.mean(difference == 0) > 0.98


def test_10_bits_become_16(imgtool):
    generator = np.random.default_rng(9)
    luma, chroma = generator.integers(0, 1024, (4, 6)), generator.integers(0, 1024, (2, 3, 2))
    (np.concatenate([luma.ravel(), chroma.ravel()]) << 6).astype("<u2").tofile("in.raw")
    imgtool("frombuffer", "in.raw", "--size", "6x4", "--rawmode", "p010", "--save", "out.npy")
    cb, cr = np.moveaxis(np.repeat(np.repeat(chroma, 2, 0), 2, 1).astype(np.int64) - 512, -1, 0)
    above = 65535 * ((luma.astype(np.int64) - 64) * 5000 * 896 + 7010 * cr * 876)
    red = np.clip((2 * above + 876 * 5000 * 896) // (2 * 876 * 5000 * 896), 0, 65535)
    found = np.load("out.npy")
    assert found.dtype == np.uint16 and np.array_equal(found[..., 0], red)
    blue = 65535 * ((luma.astype(np.int64) - 64) * 5000 * 896 + 8860 * cb * 876)
    blue = np.clip((2 * blue + 876 * 5000 * 896) // (2 * 876 * 5000 * 896), 0, 65535)
    assert np.array_equal(found[..., 2], blue)


def test_without_options_ycbcr_is_that_of_jpeg(imgtool):
    pixels = np.random.default_rng(4).integers(0, 256, (4, 5, 3), np.uint8)
    pixels.tofile("in.raw")
    imgtool(*line("in.raw", "YCbCr", "5x4"), "--convert", "RGB", "--save", "out.raw")
    assert read("out.raw", -1).tobytes() == Image.fromarray(
        pixels, "YCbCr").convert("RGB").tobytes()


VIEWS = [["--crop", "3x2+1+1"], ["--reorient", "90"], ["--every", "2x2"], ["--copy"]]


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
def test_views_and_copies_keep_what_their_numbers_mean(imgtool, view):
    np.random.default_rng(5).integers(0, 256, (4, 5, 3), np.uint8).tofile("in.raw")
    source = line("in.raw", "YCbCr", "5x4", *color("2020", "full"))
    imgtool(*source, *view, "--convert", "RGB", "--save", "one.raw")
    imgtool(*source, "--convert", "RGB", *view, "--save", "two.raw")
    assert read("one.raw", -1).tobytes() == read("two.raw", -1).tobytes()


OTHERS = [row["mode"] for row in listed("modes") if row["mode"] != "YCbCr"]


@pytest.mark.parametrize("mode", OTHERS)
@pytest.mark.parametrize("option", [["--matrix", "709"], ["--range", "full"]], ids=" ".join)
def test_images_without_ycbcr_refuse_the_options(imgtool, refused, mode, option):
    open("in.raw", "wb").write(bytes(64))
    refused(*line("in.raw", mode, "2x2", *option), "--trailing", "ok", "--hash",
            words=[option[0], "YCbCr", mode])


def test_a_file_that_describes_itself_is_told_what_its_ycbcr_means(imgtool, refused):
    pixels = np.random.default_rng(6).integers(0, 256, (4, 5, 3), np.uint8)
    pixels.tofile("in.raw")
    imgtool(*line("in.raw", "YCbCr", "5x4"), "--save", "in.tif")
    imgtool("open", "in.tif", *color("709", "full"), "--convert", "RGB", "--save", "out.raw")
    assert np.array_equal(read("out.raw", 4, 5, 3), to_rgb(pixels, "709", "full"))
    Image.new("RGB", (2, 2)).save("in.png")
    for command in ["open", "info"]:
        refused(command, "in.png", "--matrix", "709", words=["--matrix", "YCbCr", "RGB"])


def interpolated(samples, size, share, place):
    """Samples on a line at place + k * share, for each of so many pixels, by NumPy."""
    at = place + np.arange(samples.shape[0]) * share
    return np.stack(
        [np.interp(np.arange(size), at, column) for column in samples.reshape(len(samples), -1).T], -1
    ).reshape(size, *samples.shape[1:])


@pytest.mark.parametrize(
    "siting, across, down", [("left", 0, 0.5), ("center", 0.5, 0.5), ("topleft", 0, 0)]
)
@pytest.mark.parametrize("orientation", [[], ["--orientation", "-1"]])
@pytest.mark.parametrize("view", [[], ["--crop", "3x2+2+1"], ["--reorient", "90"]])
def test_linear_chroma_is_what_is_between_the_samples(
    imgtool, tmp_path, siting, across, down, orientation, view
):
    width, height = 7, 5
    generator = np.random.default_rng(16)
    luma = generator.integers(0, 256, (height, width), np.uint8)
    chroma = generator.integers(0, 256, (3, 4, 2), np.uint8)
    raw = tmp_path / "f.nv12"
    raw.write_bytes(luma.tobytes() + chroma.tobytes())
    rows = interpolated(chroma.astype(float), height, 2, down)
    both = interpolated(rows.swapaxes(0, 1), width, 2, across).swapaxes(0, 1)
    # The weights are eighths, so a half is exactly one.
    wanted = np.dstack([luma, np.floor(both + 0.5).astype(np.uint8)])
    if orientation:
        wanted = wanted[::-1]
    if "--crop" in view:
        wanted = wanted[1:3, 2:5]
    if "--reorient" in view:
        wanted = np.rot90(wanted, -1)
    output = tmp_path / "o.raw"
    imgtool(
        "frombuffer", raw, "--size", f"{width}x{height}", "--rawmode", "nv12", "--mode", "YCbCr",
        "--chroma", "linear", "--siting", siting, *orientation, *view, "--save", output,
    )
    assert output.read_bytes() == wanted.tobytes()


@pytest.mark.parametrize(
    "options, words",
    [
        (["--mode", "YCbCr", "--rawmode", "YCbCr", "--chroma", "linear"], "--chroma is for pixels that share"),
        (["--rawmode", "nv12", "--siting", "center"], "--siting is for --chroma linear"),
        (["--mode", "RGB", "--chroma", "linear"], "--chroma is for pixels that share"),
    ],
)
def test_options_of_chroma_without_a_meaning_are_refused(refused, tmp_path, options, words):
    raw = tmp_path / "f.raw"
    raw.write_bytes(bytes(96))
    refused("frombuffer", raw, "--size", "4x4", *options, "--hash", words=[words])


@pytest.mark.parametrize("options,name,told", [
    ([], "m.tif", True), ([], "m.y4m", False), (["--matrix", "709"], "m.y4m", True), ([], "m.raw", False),
])
def test_a_file_that_does_not_say_what_ycbcr_is_says_so(imgtool, refused, options, name, told):
    np.arange(24, dtype=np.uint8).tofile("f.raw")
    arguments = ["frombuffer", "f.raw", "--size", "4x4", "--rawmode", "nv12", "--mode", "YCbCr", *options]
    run = imgtool(*arguments, "--save", name, "--json")
    assert ("color of video" in run.json["steps"][0].get("lossy", [])) == told, run
    if told:
        refused(*arguments, "--strict", "--save", f"s{name}", words=["does not say", "--strict"])
