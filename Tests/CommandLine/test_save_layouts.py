"""`--as` writes every layout that can be read, from any picture: ffmpeg and NumPy read what was written."""

import subprocess

import numpy as np
import pytest

SIZES = [(2, 2), (5, 3), (6, 2), (7, 5), (33, 17), (48, 4)]


def picture(width, height, bands=3, dtype=np.uint8, seed=1):
    pixels = np.random.default_rng(seed).integers(
        0, np.iinfo(dtype).max + 1, (height, width, bands), dtype)
    pixels.tofile("in.raw")
    return pixels


def source(pixels, mode, *options, rawmode=()):
    height, width = pixels.shape[:2]
    return ["frombuffer", "in.raw", "--size", f"{width}x{height}", "--mode", mode, *rawmode, *options]


def ycbcr(rgb, bits, white=255):
    """BT.601 in the limited range, the real number rounded with halves up, in whole numbers."""
    r, g, b = np.moveaxis(rgb.astype(object), -1, 0)
    unit = 1 << (bits - 8)
    luma = 299 * r + 587 * g + 114 * b

    def rounded(above, below, lowest):
        return ((2 * above + below) // (2 * below) + lowest).astype(np.int64)

    return np.stack([rounded(219 * unit * luma, 1000 * white, 16 * unit),
                     rounded(224 * unit * (1000 * b - luma), 2 * 886 * white, 128 * unit),
                     rounded(224 * unit * (1000 * r - luma), 2 * 701 * white, 128 * unit)])


def mean(plane, across, down):
    """The mean of each block of pixels, those at the edge of fewer, rounded with halves up."""
    height, width = plane.shape
    return np.array([[(2 * block.sum() + block.size) // (2 * block.size)
                      for x in range(0, width, across)
                      for block in [plane[y:y + down, x:x + across]]]
                     for y in range(0, height, down)])


def planes(pixels, across, down, bits, white=255):
    y, cb, cr = ycbcr(pixels, bits, white)
    return [y, mean(cb, across, down), mean(cr, across, down)]


def planar(parts, bits):
    return b"".join(part.astype("u1" if bits == 8 else "<u2").tobytes() for part in parts)


def repacked(program, data, size, planar_format, *target):
    done = subprocess.run(
        [program("ffmpeg"), "-v", "error", "-f", "rawvideo", "-pix_fmt", planar_format,
         "-s", f"{size[0]}x{size[1]}", "-i", "-", *target, "-"], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def fmt(name):
    return ["-f", "rawvideo", "-pix_fmt", name]


V210 = ["-f", "rawvideo", "-c:v", "v210"]
# rawmode, share across and down, bits, and how ffmpeg makes it of planes
LAYOUTS = [
    ("nv12", 2, 2, 8, "yuv420p", fmt("nv12")), ("nv21", 2, 2, 8, "yuv420p", fmt("nv21")),
    ("NV12", 2, 2, 8, "yuv420p", fmt("nv12")), ("I420", 2, 2, 8, "yuv420p", fmt("yuv420p")),
    ("nv24", 1, 1, 8, "yuv444p", fmt("nv24")), ("nv42", 1, 1, 8, "yuv444p", fmt("nv42")),
    ("yuv422p", 2, 1, 8, "yuv422p", fmt("yuv422p")),
    ("yuv444p", 1, 1, 8, "yuv444p", fmt("yuv444p")),
    ("yuv411p", 4, 1, 8, "yuv411p", fmt("yuv411p")),
    ("yuv410p", 4, 4, 8, "yuv410p", fmt("yuv410p")),
    ("yuv440p", 1, 2, 8, "yuv440p", fmt("yuv440p")),
    ("yuyv", 2, 1, 8, "yuv422p", fmt("yuyv422")), ("uyvy", 2, 1, 8, "yuv422p", fmt("uyvy422")),
    ("yvyu", 2, 1, 8, "yuv422p", fmt("yvyu422")),
    ("p010", 2, 2, 10, "yuv420p10le", fmt("p010le")),
    ("p010be", 2, 2, 10, "yuv420p10le", fmt("p010be")),
    ("p016", 2, 2, 16, "yuv420p16le", fmt("p016le")),
    ("p210", 2, 1, 10, "yuv422p10le", fmt("p210le")),
    ("yuv420p10le", 2, 2, 10, "yuv420p10le", fmt("yuv420p10le")),
    ("yuv422p12le", 2, 1, 12, "yuv422p12le", fmt("yuv422p12le")),
    ("yuv444p14be", 1, 1, 14, "yuv444p14le", fmt("yuv444p14be")),
    ("v210", 2, 1, 10, "yuv422p10le", V210),
]


# Where ffmpeg leaves out the last chroma, or fills the last group with bytes of its own.
EVEN = ("yuyv", "uyvy", "yvyu", "v210", "p010", "p010be", "p016", "p210")
CASES = [(size, *row) for row in LAYOUTS for size in SIZES if row[0] not in EVEN or size[0] % 2 == 0]


@pytest.mark.parametrize("size,rawmode,across,down,bits,planar_format,target", CASES,
                         ids=[f"{row[1]}-{row[0][0]}x{row[0][1]}" for row in CASES])
def test_color_is_stored_as_video_the_chroma_as_means(
        imgtool, program, size, rawmode, across, down, bits, planar_format, target):
    pixels = picture(*size)
    imgtool(*source(pixels, "RGB"), "--as", rawmode, "--save", "out.raw")
    data = planar(planes(pixels, across, down, bits), bits)
    assert open("out.raw", "rb").read() == repacked(program, data, size, planar_format, *target)


def interleaved(a, b):
    return np.stack([a, b], axis=-1).reshape(a.shape[0], -1)


def packed(y, cb, cr, order):
    """Four samples for two pixels; the last of an odd row has none beside it."""
    y = np.pad(y, ((0, 0), (0, y.shape[1] % 2)))
    samples = {"Y": y[:, ::2], "y": y[:, 1::2], "U": cb, "V": cr}
    return np.stack([samples[name] for name in order], axis=-1).reshape(y.shape[0], -1)


# As the kernel's documentation has them: shares, bits, and what is stored.
BY_HAND = {
    "nv16": (2, 1, 8, lambda y, cb, cr: [y, interleaved(cb, cr)]),
    "nv61": (2, 1, 8, lambda y, cb, cr: [y, interleaved(cr, cb)]),
    "yuyv": (2, 1, 8, lambda *parts: [packed(*parts, "YUyV")]),
    "uyvy": (2, 1, 8, lambda *parts: [packed(*parts, "UYVy")]),
    "vyuy": (2, 1, 8, lambda *parts: [packed(*parts, "VYUy")]),
    "y210": (2, 1, 10, lambda *parts: [packed(*parts, "YUyV") << 6]),
    "y216": (2, 1, 16, lambda *parts: [packed(*parts, "YUyV")]),
    "p010": (2, 2, 10, lambda y, cb, cr: [y << 6, interleaved(cb, cr) << 6]),
    "yuv24": (1, 1, 8, lambda y, cb, cr: [np.stack([y, cb, cr], axis=-1)]),
}


@pytest.mark.parametrize("size", [(34, 17), (33, 17), (5, 3)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("rawmode", BY_HAND)
def test_layouts_are_stored_as_documented(imgtool, rawmode, size):
    across, down, bits, lay_out = BY_HAND[rawmode]
    pixels = picture(*size)
    imgtool(*source(pixels, "RGB"), "--as", rawmode, "--save", "out.raw")
    expected = planar(lay_out(*planes(pixels, across, down, bits)), bits)
    assert open("out.raw", "rb").read() == expected


def test_planes_of_color_are_stored(imgtool):
    pixels = picture(5, 3)
    imgtool(*source(pixels, "RGB"), "--as", "gbrp", "--save", "out.raw")
    expected = b"".join(pixels[..., band].tobytes() for band in (1, 2, 0))
    assert open("out.raw", "rb").read() == expected


@pytest.mark.parametrize("mode,bands,rgb", [
    ("L", 1, lambda p: np.repeat(p, 3, axis=2)), ("RGBX", 4, lambda p: p[..., :3]),
    ("RGBA", 4, lambda p: p[..., :3]), ("LA", 2, lambda p: np.repeat(p[..., :1], 3, axis=2))])
def test_any_picture_is_stored_and_lost_alpha_is_told(imgtool, mode, bands, rgb):
    pixels = picture(7, 5, bands)
    run = imgtool(*source(pixels, mode), "--as", "nv24", "--save", "out.raw", "--json")
    y, cb, cr = planes(rgb(pixels), 1, 1, 8)
    assert open("out.raw", "rb").read() == planar([y, interleaved(cb, cr)], 8)
    has_alpha = mode in ("RGBA", "LA")
    padding = ["band X"] * (mode == "RGBX")
    assert run.json["steps"][-1]["lossy"] == ["alpha"] * has_alpha + ["color"] + padding


def test_colors_of_16_bits_are_rounded_once(imgtool):
    pixels = picture(6, 4, dtype=np.uint16)
    for rawmode, bits in [("yuv444p10le", 10), ("yuv444p", 8)]:
        imgtool(*source(pixels, "RGB", rawmode=["--rawmode", "RGB;16L"]),
                "--as", rawmode, "--save", "out.raw")
        assert open("out.raw", "rb").read() == planar(planes(pixels, 1, 1, bits, 65535), bits)


def test_what_is_lost_is_told_and_refused_under_strict(imgtool, refused):
    pixels = picture(4, 4)
    run = imgtool(*source(pixels, "RGB"), "--as", "nv12", "--save", "out.raw", "--json")
    assert run.json["steps"][-1]["lossy"] == ["color", "chroma"]
    assert "BT.601" in run.errors and "4 pixels share each sample of Cb" in run.errors
    refused(*source(pixels, "RGB"), "--as", "nv12", "--save", "new.raw", "--strict", words="BT.601")


def test_ffmpeg_shows_the_colors_that_were_stored(imgtool, program):
    colors = picture(16, 8, seed=3)
    pixels = np.ascontiguousarray(np.repeat(np.repeat(colors, 2, axis=0), 2, axis=1))
    pixels.tofile("in.raw")
    imgtool(*source(pixels, "RGB"), "--as", "nv12", "--save", "out.raw")
    shown = repacked(
        program, open("out.raw", "rb").read(), (32, 16), "nv12", "-sws_flags",
        "neighbor+accurate_rnd+full_chroma_int+full_chroma_inp", *fmt("rgb24"))
    off = np.abs(np.frombuffer(shown, np.uint8).astype(int) - pixels.reshape(-1))
    assert off.max() <= 3 and off.mean() < 1


def video(size, rawmode, *options):
    return ["frombuffer", "in.yuv", "--size", f"{size[0]}x{size[1]}", "--rawmode", rawmode, *options]


def test_video_becomes_other_video_sample_by_sample(imgtool):
    rng = np.random.default_rng(4)
    y, c = rng.integers(0, 256, (6, 8), np.uint8), rng.integers(0, 256, (3, 4, 2), np.uint8)
    open("in.yuv", "wb").write(y.tobytes() + c.tobytes())
    run = imgtool(*video((8, 6), "nv12"), "--as", "yuyv", "--save", "out.raw", "--json")
    rows = np.repeat(c, 2, axis=0)
    expected = np.stack([y[:, ::2], rows[..., 0], y[:, 1::2], rows[..., 1]], axis=-1)
    assert open("out.raw", "rb").read() == expected.tobytes()
    assert run.json["steps"][-1].get("lossy", []) == []
    # The stored samples, of a view as well.
    imgtool(*video((8, 6), "nv12"), "--crop", "4x4+2+2", "--as", "nv12", "--save", "cut.raw")
    cut = y[2:6, 2:6].tobytes() + c[1:3, 1:3].tobytes()
    assert open("cut.raw", "rb").read() == cut


@pytest.mark.parametrize("rawmode", ["nv12", "yuyv"])
def test_video_saved_onto_itself_is_flushed(imgtool, rawmode):
    open("in.yuv", "wb").write(bytes(range(96)))
    size = (8, 8) if rawmode == "nv12" else (8, 6)
    run = imgtool(*video(size, rawmode), "--as", rawmode, "--format", "raw", "--save", "in.yuv",
                  "--expect-shared", "--json")
    assert [step["flushed"] for step in run.json["steps"] if step["step"] == "save"] == [True]
    assert open("in.yuv", "rb").read() == bytes(range(96))


def test_video_saved_over_its_file_unties_it_only_with_consent(imgtool, refused):
    open("in.yuv", "wb").write(bytes(range(96)))
    save = ["--as", "yuyv", "--format", "raw", "--save", "in.yuv"]
    refused(*video((8, 8), "nv12"), *save, words=["in.yuv", "--replace"])
    run = imgtool(*video((8, 8), "nv12"), "--replace", *save, "--json")
    assert run.json["steps"][-1]["untied"] is True
    assert len(open("in.yuv", "rb").read()) == 128


def test_an_image_stays_shared_after_a_save_as_video(imgtool):
    pixels = picture(8, 8)
    imgtool(*source(pixels, "RGB"), "--as", "nv12", "--save", "out.raw", "--expect-shared")


def test_ycbcr_of_other_bits_is_refused_with_the_way(refused):
    open("in.yuv", "wb").write(bytes(96))
    refused(*video((8, 8), "nv12", "--mode", "YCbCr"), "--as", "p010", "--save", "out.raw",
            words=["16-bit samples", "--convert RGB"])


# Packers of numbers, of three lines each.
def mipi(numbers, bits):
    count, low = {10: (4, 2), 12: (2, 4), 14: (4, 6)}[bits], bits - 8
    out = []
    for row in numbers.tolist():
        row += [0] * (-len(row) % count[0])
        for start in range(0, len(row), count[0]):
            group = row[start:start + count[0]]
            rest = sum((value & (1 << low) - 1) << low * index for index, value in enumerate(group))
            out += [value >> low for value in group] + list(rest.to_bytes(count[0] * low // 8, "little"))
    return bytes(out)


def bit_rows(numbers, bits, order):
    out = b""
    for row in numbers.tolist():
        if order == "little":
            total = sum(value << bits * index for index, value in enumerate(row))
        else:
            total = 0
            for value in row:
                total = total << bits | value
            total <<= -bits * len(row) % 8
        out += total.to_bytes((bits * len(row) + 7) // 8, order)
    return out


def words(numbers, bits):
    return numbers.astype("<u2").tobytes()


SENSORS = {
    "raw10": (10, mipi), "raw12": (12, mipi), "raw14": (14, mipi), "SRGGB10P": (10, mipi),
    "mono10p": (10, lambda n, b: bit_rows(n, b, "little")),
    "mono12p": (12, lambda n, b: bit_rows(n, b, "little")),
    "mono14p": (14, lambda n, b: bit_rows(n, b, "little")),
    "mono10pmsb": (10, lambda n, b: bit_rows(n, b, "big")),
    "mono14pmsb": (14, lambda n, b: bit_rows(n, b, "big")),
    "gray10le": (10, words),
}


@pytest.mark.parametrize("rawmode", SENSORS)
@pytest.mark.parametrize("width", [4, 5, 33])
def test_numbers_are_packed_as_cameras_pack_them(imgtool, rawmode, width):
    bits, pack = SENSORS[rawmode]
    numbers = np.random.default_rng(5).integers(0, 1 << bits, (3, width)).astype("<u2")
    numbers.tofile("in.raw")
    run = imgtool(*source(numbers, "I;16"), "--as", rawmode, "--save", "out.raw", "--json")
    assert open("out.raw", "rb").read() == pack(numbers, bits)
    assert run.json["steps"][-1].get("lossy", []) == []


@pytest.mark.parametrize("rawmode", SENSORS)
def test_a_number_that_does_not_fit_is_refused_with_its_pixel(refused, rawmode):
    bits = SENSORS[rawmode][0]
    np.array([[1, 2, 1 << bits, 3]], "<u2").tofile("in.raw")
    refused("frombuffer", "in.raw", "--size", "4x1", "--mode", "I;16", "--as", rawmode,
            "--save", "out.raw", words=["2,0", str(1 << bits), f"{bits} bits"])


@pytest.mark.parametrize("rawmode", SENSORS)
@pytest.mark.parametrize("white", [255, 65535])
def test_gray_is_stored_as_numbers_up_to_the_highest(imgtool, rawmode, white):
    bits, pack = SENSORS[rawmode]
    gray = np.random.default_rng(6).integers(0, white + 1, (3, 33))
    gray[0, :2] = (0, white)
    gray.astype("u1" if white == 255 else "<u2").tofile("in.raw")
    stored = ["--rawmode", "L;16"] if white > 255 else []
    run = imgtool(*source(gray, "L", rawmode=stored), "--as", rawmode, "--save", "out.raw", "--json")
    highest = (1 << bits) - 1
    assert open("out.raw", "rb").read() == pack((2 * gray * highest + white) // (2 * white), bits)
    step = run.json["steps"][-1]
    assert step["changed"] == [f"gray from 0 to {white} is stored as 0 to {highest}"]
    assert step.get("lossy", []) == ["precision"] * (white > highest)


def padded(plane, stride):
    return b"".join(row.tobytes().ljust(stride, b"\0") for row in plane)


STRIDES = {
    "nv12": (64, lambda y, cb, cr: padded(y, 64) + padded(interleaved(cb, cr), 64)),
    "yuv420p": (64, lambda y, cb, cr: padded(y, 64) + padded(cb, 32) + padded(cr, 32)),
}


@pytest.mark.parametrize("rawmode", STRIDES)
def test_rows_of_planes_are_padded_to_a_stride(imgtool, rawmode):
    stride, lay_out = STRIDES[rawmode]
    pixels = picture(33, 17)
    imgtool(*source(pixels, "RGB"), "--as", rawmode, "--as-stride", stride, "--save", "out.raw")
    parts = [part.astype("u1") for part in planes(pixels, 2, 2, 8)]
    assert open("out.raw", "rb").read() == lay_out(*parts)


@pytest.mark.parametrize("words,row", [
    ([], lambda row: row.tobytes()), (["--as", "BGR"], lambda row: row[:, ::-1].tobytes())])
def test_other_rows_are_padded_as_well(imgtool, words, row):
    pixels = picture(5, 3)
    imgtool(*source(pixels, "RGB"), *words, "--as-stride", 20, "--save", "out.raw")
    assert open("out.raw", "rb").read() == b"".join(row(line).ljust(20, b"\0") for line in pixels)


def test_packed_numbers_are_padded_as_well(imgtool):
    numbers = np.arange(24).reshape(3, 8).astype("<u2")
    numbers.tofile("in.raw")
    imgtool(*source(numbers, "I;16"), "--as", "raw10", "--as-stride", 16, "--save", "out.raw")
    rows = [mipi(numbers[index:index + 1], 10).ljust(16, b"\0") for index in range(3)]
    assert open("out.raw", "rb").read() == b"".join(rows)


@pytest.mark.parametrize("options,says", [
    (["--as", "nv12", "--as-stride", "4", "--save", "o.raw"], ["4", "8"]),
    (["--as-stride", "0", "--save", "o.raw"], ["--as-stride is 0", "at least 1"]),
    (["--as-stride", "64", "--save", "o.png"], ["--as-stride", "changes nothing", "stride"]),
    (["--as", "nvl2", "--save", "o.raw"], ["nvl2", "nv12"]),
    (["--as", "raw10", "--save", "o.raw"], ["raw10", "--convert L"]),
])
def test_what_cannot_be_stored_is_refused(refused, options, says):
    pixels = picture(8, 4)
    refused(*source(pixels, "RGB"), *options, words=says)
