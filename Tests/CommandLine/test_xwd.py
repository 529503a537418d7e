"""XWD against those who write it: X servers and xwd, ffmpeg and ImageMagick."""

import os
import struct
import subprocess

import numpy as np
import pytest
from PIL import Image

from cuts import refuse_every_cut
from oracles import PALETTE, random_bytes, samples, source
from waiting import until

SIZES = [(7, 5), (8, 6), (33, 3), (1, 1)]
COLORS = ["bgra", "rgba", "argb", "abgr", "rgb24", "bgr24"]
# Words of few bits: bytes, order, and the shift and width of red, green and blue.
WORDS = {
    f"{order}{bits}{end}": (2, end, fields if order == "rgb" else fields[::-1])
    for order in ("rgb", "bgr") for end in ("le", "be")
    for bits, fields in {"565": [(11, 5), (5, 6), (0, 5)], "555": [(10, 5), (5, 5), (0, 5)]}.items()
}
# Those of a byte have their colors in the file.
BYTES = {"rgb8": (1, "le", [(5, 3), (2, 3), (0, 2)]), "bgr8": (1, "le", [(0, 3), (3, 3), (6, 2)]),
         "rgb4_byte": (1, "le", [(3, 1), (1, 2), (0, 1)]), "bgr4_byte": (1, "le", [(0, 1), (1, 2), (3, 1)])}


@pytest.fixture
def ffmpeg(program):
    def run(*arguments, stdin=b""):
        return subprocess.run([program("ffmpeg"), "-v", "error", "-y", *map(str, arguments)], input=stdin,
                              stdout=subprocess.PIPE, check=True, timeout=60).stdout
    return run


def write(ffmpeg, kind, size, data, path="in.xwd"):
    ffmpeg("-f", "rawvideo", "-pix_fmt", kind, "-s", f"{size[0]}x{size[1]}", "-i", "-", "-pix_fmt", kind,
           path, stdin=data)


def unpacked(kind, size, data, most_of_three=255):
    byte_count, end, fields = (WORDS | BYTES)[kind]
    words = np.frombuffer(data, f"{'<' if end == 'le' else '>'}u{byte_count}").astype("u4")
    bands = [(words >> shift & (1 << bits) - 1) * (most_of_three if bits == 3 else 255) // ((1 << bits) - 1)
             for shift, bits in fields]
    return np.stack(bands, -1).astype("u1").reshape(size[1], size[0], 3)


def loaded(imgtool, path="in.xwd", *words):
    imgtool("open", path, "--expect-shared", "--no-copy", *words, "--save", "out.npy")
    return np.load("out.npy")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", COLORS)
def test_colors_in_whole_bytes_are_those_of_ffmpeg(imgtool, here, ffmpeg, kind, size):
    count = 4 if "a" in kind else 3
    array = np.frombuffer(random_bytes(size[0] * size[1] * count, kind), "u1")
    array = array.reshape(size[1], size[0], count)
    write(ffmpeg, kind, size, array.tobytes())
    assert np.array_equal(loaded(imgtool), array[..., [kind.index(band) for band in "rgb"]])
    if count == 4:
        # It says that 24 bits mean something. Of 32 the rest is alpha.
        data = bytearray((here / "in.xwd").read_bytes())
        data[15] = 32
        (here / "in.xwd").write_bytes(data)
        assert np.array_equal(loaded(imgtool), array[..., [kind.index(band) for band in "rgba"]])


@pytest.mark.parametrize("size", SIZES[:2], ids=str)
@pytest.mark.parametrize("kind", WORDS | BYTES)
def test_colors_in_words_of_few_bits_are_those_of_ffmpeg(imgtool, here, ffmpeg, kind, size):
    byte_count = (WORDS | BYTES)[kind][0]
    data = random_bytes(size[0] * size[1] * byte_count, kind)
    if "555" in kind:
        data = (np.frombuffer(data, "<u2" if kind.endswith("le") else ">u2") & 0x7FFF).tobytes()
    if "4_byte" in kind:
        data = (np.frombuffer(data, "u1") & 15).tobytes()
    write(ffmpeg, kind, size, data)
    convert = ["--convert", "RGB"] if kind in BYTES else []
    # Of three bits ffmpeg makes colors up to 252.
    assert np.array_equal(loaded(imgtool, "in.xwd", *convert), unpacked(kind, size, data, 252))


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_gray_bits_and_indices_are_those_of_ffmpeg(imgtool, here, ffmpeg, size):
    width, height = size
    gray = np.frombuffer(random_bytes(width * height, "gray"), "u1").reshape(height, width)
    write(ffmpeg, "gray", size, gray.tobytes())
    assert np.array_equal(loaded(imgtool), gray)
    bits = gray > 127
    write(ffmpeg, "monow", size, np.packbits(~bits, axis=1).tobytes())
    assert np.array_equal(loaded(imgtool), bits)
    colors = np.frombuffer(random_bytes(256 * 3, "colors"), "u1").reshape(256, 3)
    image = Image.fromarray(gray).convert("P")
    image.putpalette(colors.tobytes())
    image.save("in.bmp")
    ffmpeg("-i", "in.bmp", "-pix_fmt", "pal8", "in.xwd")
    assert np.array_equal(loaded(imgtool, "in.xwd", "--convert", "RGB"), colors[gray])


@pytest.fixture
def screen(program, here):
    """Starts an X server of a depth, draws on it, and gives the picture that xwd takes."""
    servers = []

    def start(size, depth, *words):
        number, end = os.pipe()
        server = subprocess.Popen(
            [program("Xvfb"), "-displayfd", str(end), "-screen", "0", f"{size[0]}x{size[1]}x{depth}",
             "-fbdir", str(here), "-noreset", *words], pass_fds=[end], stderr=subprocess.PIPE)
        os.close(end)
        servers.append(server)
        with os.fdopen(number) as file:
            display = file.readline().strip()
        assert display, server.communicate()[1]
        environment = {**os.environ, "DISPLAY": f":{display}"}

        def draw(*what):
            subprocess.run([program("xsetroot"), *what], env=environment, check=True)

        def take(path):
            subprocess.run([program("xwd"), "-root", "-out", path], env=environment, check=True)

        return draw, take

    yield start
    for server in servers:
        server.terminate()
        server.communicate()


def magick(program, path):
    """The colors that ImageMagick sees, spread over 16 bits."""
    found = subprocess.run([program("convert"), f"xwd:{path}", "-depth", "16", "rgb:-"],
                           capture_output=True, check=True).stdout
    return np.frombuffer(found, "<u2")


@pytest.mark.parametrize("depth,visual", [
    (24, None), (24, 5), (16, None), (15, None), (30, None), (8, 3), (8, 1), (8, 0)])
def test_a_screen_is_what_other_programs_see_in_it(imgtool, here, program, screen, depth, visual):
    draw, take = screen((67, 43), depth, *([] if visual is None else ["-cc", str(visual)]))
    draw("-mod", "7", "5", "-fg", "#c08010", "-bg", "#102080")
    take("root.xwd")
    for path in ("root.xwd", "Xvfb_screen0"):
        run = imgtool("open", path, "--expect-shared", "--no-copy", "--convert", "RGB", "--save", "out.npy")
        assert "behind" not in run.errors
        array = np.load("out.npy").astype(int)
        assert array.shape == (43, 67, 3) and len(np.unique(array.reshape(-1, 3), axis=0)) >= 2
        if visual in (0, 1):
            # ImageMagick knows no gray of 8 bits, and ffmpeg does not look at its colors.
            data = (here / path).read_bytes()
            size, stride, count = (int.from_bytes(data[at:at + 4], "big") for at in (0, 48, 76))
            colors = np.frombuffer(data, ">u2", count * 6, size).reshape(count, 6)[:, 2:5] >> 8
            indices = np.frombuffer(data, "u1", 43 * stride, size + count * 12).reshape(43, stride)[:, :67]
            assert np.array_equal(array, colors[indices])
            continue
        if visual == 5:
            assert "DirectColor" in run.errors
            continue
        seen = magick(program, path).reshape(array.shape).astype(int)
        assert np.abs(array * (1 if depth == 30 else 257) - seen).max() < 600, path


def test_a_live_screen_is_read_where_the_server_keeps_it(imgtool, here, program, screen):
    draw, take = screen((320, 200), 24)
    for color in ("#204060", "#f01020"):
        draw("-solid", color)
        take("root.xwd")
        red, green, blue = (int(color[i:i + 2], 16) for i in (1, 3, 5))

        def is_drawn():
            run = imgtool("open", "Xvfb_screen0", "--expect-shared", "--print", "319,199")
            return run.text == f"{red},{green},{blue}\n"

        until(is_drawn, "the server draws")
    imgtool("open", "Xvfb_screen0", "--compare", "root.xwd")
    said = imgtool("info", "Xvfb_screen0", "--json").json
    assert (said["size"], said["mode"], said["shared"]) == ([320, 200], "RGB", True)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_what_is_written_is_read_by_imagemagick_and_ffmpeg(imgtool, here, program, ffmpeg, mode, size):
    data, raw = source(here, mode, size)
    imgtool("frombuffer", *raw, "--save", "out.xwd")
    array = samples(mode, size, data)
    if mode == "1":
        array = array * np.uint8(255)
    if mode == "P":
        array = np.frombuffer(PALETTE, "u1").reshape(256, 3)[array]
    colors = array if array.ndim == 3 else np.repeat(array[..., None], 3, -1)
    # ImageMagick finds that a file ends too early which has one pixel of colors.
    if size != (1, 1) or mode not in ("RGB", "RGBA"):
        assert np.array_equal(magick(program, "out.xwd") // 257, colors[..., :3].ravel())
    # ffmpeg does not look at the colors behind one bit.
    if mode != "1":
        kind = "rgba" if mode == "RGBA" else "rgb24"
        found = ffmpeg("-i", "out.xwd", "-f", "rawvideo", "-pix_fmt", kind, "-")
        assert found == colors.tobytes()


@pytest.mark.parametrize("rawmode,kind", [
    ("BGRX", "bgra"), ("XRGB", "argb"), ("RGB", "rgb24"), ("BGR", "bgr24"), ("BGR;16", "rgb565le"),
    ("RGB565BE", "rgb565be"), ("BGR;15", "rgb555le"), ("RGB332", "rgb8")])
def test_a_header_makes_a_file_of_rows_with_any_masks_and_stride(imgtool, here, ffmpeg, rawmode, kind):
    byte_count = {"rgb24": 3, "bgr24": 3, "rgb8": 1}.get(kind, 4 if "a" in kind else 2)
    stride = 7 * byte_count + 5
    data = bytearray(random_bytes(stride * 5, rawmode))
    (here / "raw.bin").write_bytes(data)
    words = ["raw.bin", "--size", "7x5", "--mode", "RGB", "--rawmode", rawmode, "--stride", stride]
    imgtool("header", *words, "--format", "xwd", "--output", "head")
    (here / "out.xwd").write_bytes((here / "head").read_bytes() + data)
    rows = b"".join(bytes(data[y * stride:y * stride + 7 * byte_count]) for y in range(5))
    if kind in WORDS | BYTES:
        array = unpacked(kind, (7, 5), rows)
    else:
        array = np.frombuffer(rows, "u1").reshape(5, 7, byte_count)[..., [kind.index(b) for b in "rgb"]]
        found = ffmpeg("-i", "out.xwd", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
        assert found == array.tobytes()
    assert np.array_equal(loaded(imgtool, "out.xwd"), array)


@pytest.mark.parametrize("mode,rawmode", [
    ("1", "1"), ("1", "1;I"), ("1", "1;R"), ("1", "1;IR"), ("L", "L"), ("RGBA", "BGRA"), ("RGBA", "ARGB"),
    ("RGBA", "BGRA;15"), ("RGB", "BGRX;10"), ("RGB", "XBGR"), ("P", "P")])
def test_what_header_writes_open_reads(imgtool, here, mode, rawmode):
    (here / "raw.bin").write_bytes(random_bytes(140, rawmode))
    (here / "palette.bin").write_bytes(PALETTE)
    words = ["raw.bin", "--size", "7x5", "--mode", mode, "--rawmode", rawmode, "--trailing", "ok"]
    words += ["--palette", "palette.bin"] if mode == "P" else []
    imgtool("header", *words, "--format", "xwd", "--output", "head")
    (here / "out.xwd").write_bytes((here / "head").read_bytes() + (here / "raw.bin").read_bytes())
    imgtool("frombuffer", *words, "--save", "wanted.npy")
    imgtool("open", "out.xwd", "--trailing", "ok", "--expect-shared", "--save", "found.npy")
    assert np.array_equal(np.load("found.npy"), np.load("wanted.npy"))


@pytest.mark.parametrize("rawmode", ["BGR;16", "RGB565BE", "BGR"])
def test_as_says_how_it_is_written(imgtool, here, program, rawmode):
    data, raw = source(here, "RGB", (7, 5))
    imgtool("frombuffer", *raw, "--as", rawmode, "--save", "out.xwd")
    imgtool("frombuffer", *raw, "--as", rawmode, "--save", "out.raw")
    assert (here / "out.xwd").read_bytes().endswith((here / "out.raw").read_bytes())
    seen = (magick(program, "out.xwd") / 257).reshape(5, 7, 3)
    assert np.abs(seen - samples("RGB", (7, 5), data)).max() <= (0 if rawmode == "BGR" else 9)


def test_what_xwd_has_no_bits_for_is_refused(imgtool, refused, here):
    (here / "raw.bin").write_bytes(bytes(400))
    refused("header", "raw.bin", "--size", "7x5", "--mode", "CMYK", "--trailing", "ok", "--format", "xwd",
            words=["xwd", "CMYK"])
    refused("frombuffer", "raw.bin", "--size", "7x5", "--mode", "RGB", "--trailing", "ok", "--as", "RGB;L",
            "--save", "out.xwd", words=["xwd", "RGB;L"])


def test_edits_reach_the_file_and_ffmpeg_sees_them(imgtool, here, ffmpeg):
    array = np.frombuffer(random_bytes(7 * 5 * 4, "edit"), "u1").reshape(5, 7, 4)
    write(ffmpeg, "bgra", (7, 5), array.tobytes())
    before = bytearray((here / "in.xwd").read_bytes())
    before[15] = 32
    (here / "in.xwd").write_bytes(before)
    imgtool("open", "in.xwd", "--access", "rw", "--expect-shared", "--put", "3,4=1,2,3,4",
            "--fill", "2x2+0+0=9,8,7,6")
    wanted = array.copy()
    wanted[4, 3], wanted[:2, :2] = (3, 2, 1, 4), (7, 8, 9, 6)
    assert ffmpeg("-i", "in.xwd", "-f", "rawvideo", "-pix_fmt", "bgra", "-") == wanted.tobytes()
    after = (here / "in.xwd").read_bytes()
    assert len(before) == len(after) and sum(a != b for a, b in zip(before, after)) <= 20
    imgtool("verify", "in.xwd")


def test_the_name_of_a_window_is_its_title(imgtool, here):
    Image.new("RGB", (4, 3)).save("a.png")
    data = Image.open("a.png")
    data.info["Title"] = "x"
    from PIL.PngImagePlugin import PngInfo
    info = PngInfo()
    info.add_text("Title", "Café")
    data.save("a.png", pnginfo=info)
    imgtool("open", "a.png", "--save", "a.xwd")
    assert (here / "a.xwd").read_bytes()[100:105] == "Café\0".encode("latin-1")
    imgtool("open", "a.xwd", "--save", "b.png")
    assert Image.open("b.png").text == {"Title": "Café"}


def header(**changes):
    names = ["size", "version", "format", "depth", "width", "height", "skip", "order", "unit", "bits",
             "pad", "bpp", "stride", "visual", "red", "green", "blue", "rgb", "map", "colors", "w", "h",
             "x", "y", "border"]
    values = dict.fromkeys(names, 0) | {
        "size": 101, "version": 7, "format": 2, "depth": 24, "width": 4, "height": 3, "unit": 32, "pad": 32,
        "bpp": 32, "stride": 16, "visual": 4, "red": 0xFF0000, "green": 0xFF00, "blue": 0xFF} | changes
    return struct.pack(">25I", *values.values()) + b"\0"


@pytest.mark.parametrize("changes,words", [
    ({"size": 65535}, ["name of the window"]), ({"depth": 33}, ["xwd"]), ({"width": 0}, ["width"]),
    ({"height": 0}, ["height"]), ({"height": 4}, ["4 rows", "16 bytes"]),
    ({"width": 0xFFFFFFFF, "stride": 0xFFFFFFFF}, ["rows of"]),
    ({"height": 0xFFFFFFFF, "stride": 0xFFFFFFFF}, ["rows"]), ({"stride": 15}, ["15", "16"]),
    ({"colors": 65536}, ["bytes"]), ({"colors": 0xFFFFFFFF}, ["65536"]), ({"bpp": 12}, ["12 bits"]),
    ({"format": 1}, ["XYPixmap"]), ({"visual": 3, "bpp": 8, "depth": 8}, ["no colors"]),
    ({"visual": 3, "colors": 1}, ["32 bits"]),
    ({"visual": 3, "colors": 65536, "depth": 32}, ["32 bits"]), ({"red": 0xF0F}, ["0xf0f"]),
    ({"bpp": 1, "depth": 1, "visual": 0, "order": 1}, ["other order"]),
    ({"format": 0, "bpp": 1, "depth": 1, "visual": 0, "skip": 3}, ["bit 3"])])
def test_headers_that_point_outside_or_cannot_be_are_refused(refused, here, changes, words):
    (here / "a.xwd").write_bytes(header(**changes) + bytes(60))
    refused("open", "a.xwd", "--hash", words=words)


def test_bytes_behind_the_rows_are_told(imgtool, refused, here):
    (here / "a.xwd").write_bytes(header() + bytes(48) + b"more")
    assert "4" in imgtool("open", "a.xwd", "--hash").errors
    refused("open", "a.xwd", "--trailing", "error", "--hash", words=["4"])


def test_a_file_that_ends_early_is_refused_at_every_byte(here):
    data = header() + bytes(range(48))
    assert refuse_every_cut(data, "a.xwd", 101) > 100


@pytest.mark.parametrize("visual", [0, 3])
@pytest.mark.parametrize("order", [0, 1])
def test_the_pixel_in_the_high_half_of_a_byte_is_the_first_where_bytes_are_big_endian(
        imgtool, here, order, visual):
    data = random_bytes(12, order)
    count = 16 if visual == 3 else 0
    colors = np.frombuffer(random_bytes(48, "colors"), "u1").reshape(16, 3)
    table = b"".join(struct.pack(">I3HBB", i, *(color.astype(int) * 257).tolist(), 7, 0)
                     for i, color in enumerate(colors)) if count else b""
    (here / "a.xwd").write_bytes(
        header(width=7, height=3, depth=4, bpp=4, stride=4, visual=visual, colors=count, order=order, red=0,
               green=0, blue=0) + table + data)
    halves = np.frombuffer(data, "u1").reshape(3, 4)
    pair = (halves >> 4, halves & 15)
    indices = np.stack(pair if order else pair[::-1], -1).reshape(3, 8)[:, :7]
    found = loaded(imgtool, "a.xwd", *(["--convert", "RGB"] if count else []))
    assert np.array_equal(found, colors[indices] if count else indices * 17)
