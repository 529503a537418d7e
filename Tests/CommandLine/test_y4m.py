"""YUV4MPEG2 against ffmpeg: each frame as it wrote it, and what is written as ffmpeg reads it."""

import subprocess

import numpy as np
import pytest
from test_video_color import to_rgb

# ffmpeg's pixel formats, the shares of chroma, and the bits.
STORED = {
    "yuv420p": (2, 2, 8), "yuv411p": (4, 1, 8), "yuv422p": (2, 1, 8), "yuv444p": (1, 1, 8),
    "yuv420p10le": (2, 2, 10), "yuv422p12le": (2, 1, 12), "yuv444p16le": (1, 1, 16)}
SIZES = [(8, 6), (7, 5)]


def raw(name, width, height, count, seed=0):
    """Frames of raw video, and each frame's pixels with the chroma of their blocks."""
    columns, rows, bits = STORED[name]
    kind = "u1" if bits == 8 else "<u2"
    generator = np.random.default_rng(seed)
    data, frames = b"", []
    for _ in range(count):
        luma = generator.integers(0, 1 << bits, (height, width)).astype(kind)
        shape = (-(-height // rows), -(-width // columns))
        chroma = [generator.integers(0, 1 << bits, shape).astype(kind) for _ in range(2)]
        data += luma.tobytes() + b"".join(plane.tobytes() for plane in chroma)
        wide = [np.repeat(np.repeat(p, rows, 0), columns, 1)[:height, :width] for p in chroma]
        frames.append(np.dstack([luma, *wide]))
    return data, frames


@pytest.fixture
def ffmpeg(program):
    tool = program("ffmpeg")

    def run(*arguments, stdin=b""):
        return subprocess.run([tool, "-v", "error", "-y", *map(str, arguments)], input=stdin,
                              stdout=subprocess.PIPE, check=True, timeout=60).stdout
    return run


def clip(ffmpeg, name, width, height, count):
    data, frames = raw(name, width, height, count)
    columns, _, bits = STORED[name]
    if width % columns and bits > 8:
        # What ffmpeg 5.1 writes then has too little chroma; what it reads is as specified.
        parts = np.frombuffer(data, np.uint8).reshape(count, -1)
        head = f"YUV4MPEG2 W{width} H{height} F25:1 C{name[3:6]}p{bits}\n"
        with open("clip.y4m", "wb") as file:
            file.write(head.encode() + b"".join(b"FRAME\n" + part.tobytes() for part in parts))
        assert ffmpeg("-i", "clip.y4m", "-f", "rawvideo", "-pix_fmt", name, "-") == data
        return frames
    ffmpeg("-f", "rawvideo", "-pix_fmt", name, "-s", f"{width}x{height}", "-i", "-",
           "-strict", "-1", "-pix_fmt", name, "clip.y4m", stdin=data)
    return frames


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", STORED)
def test_each_frame_is_that_of_ffmpeg(imgtool, ffmpeg, name, size):
    frames = clip(ffmpeg, name, *size, 3)
    facts = imgtool("info", "clip.y4m", "--json").json
    assert (facts["frames"], facts["mode"], facts["shared"]) == (3, "YCbCr", True)
    for index, frame in [(0, 0), (1, 1), (2, 2), ("last", 2)]:
        imgtool("open", "clip.y4m", "--frame", index, "--save", "out.raw")
        assert open("out.raw", "rb").read() == frames[frame].tobytes()


def test_a_frame_that_is_not_there_is_refused(imgtool, refused, ffmpeg):
    clip(ffmpeg, "yuv420p", 8, 6, 2)
    refused("open", "clip.y4m", "--frame", "2", "--hash", words=["frame 2", "2"])


@pytest.mark.parametrize("tag", ["420jpeg", "420mpeg2", "420paldv", "420", None])
def test_the_names_of_420_are_the_same_bytes(imgtool, tag):
    data, frames = raw("yuv420p", 8, 6, 1)
    head = b"YUV4MPEG2 W8 H6 F25:1" + (f" C{tag}".encode() if tag else b"")
    open("a.y4m", "wb").write(head + b"\nFRAME Ip\n" + data)
    imgtool("open", "a.y4m", "--save", "out.raw")
    assert open("out.raw", "rb").read() == frames[0].tobytes()


def test_frames_may_have_parameters_of_any_length(imgtool):
    data, frames = raw("yuv444p", 4, 3, 3)
    step = len(data) // 3
    lines = [b"FRAME\n", b"FRAME Ip Xlong=1234\n", b"FRAME Ib\n"]
    parts = [line + data[i * step:(i + 1) * step] for i, line in enumerate(lines)]
    open("a.y4m", "wb").write(b"YUV4MPEG2 W4 H3 C444\n" + b"".join(parts) + b"FRAME\nshort")
    for index in range(3):
        imgtool("open", "a.y4m", "--frame", index, "--trailing", "ok", "--save", "out.raw")
        assert open("out.raw", "rb").read() == frames[index].tobytes()


@pytest.mark.parametrize("extra,options,meant", [
    (b"", [], ("601", "limited")), (b" XCOLORRANGE=FULL", [], ("601", "full")),
    (b" XCOLORRANGE=FULL", ["--matrix", "709"], ("709", "full")),
    (b" XCOLORRANGE=FULL", ["--range", "limited"], ("601", "limited"))])
def test_colors_are_in_the_range_that_the_file_says(imgtool, extra, options, meant):
    data, frames = raw("yuv444p", 5, 4, 1)
    open("a.y4m", "wb").write(b"YUV4MPEG2 W5 H4 C444" + extra + b"\nFRAME\n" + data)
    imgtool("open", "a.y4m", *options, "--convert", "RGB", "--save", "out.raw")
    assert open("out.raw", "rb").read() == to_rgb(frames[0], *meant).tobytes()


def test_edits_of_luma_reach_the_file(imgtool, ffmpeg):
    frames = clip(ffmpeg, "yuv420p", 8, 6, 2)
    imgtool("open", "clip.y4m", "--frame", "1", "--access", "rw", "--band", "0", "--invert")
    after = ffmpeg("-i", "clip.y4m", "-f", "rawvideo", "-")
    first, second = after[:72], after[72:]
    assert first[:48] == frames[0][..., 0].tobytes()
    assert second[:48] == (255 - frames[1][..., 0]).tobytes()


@pytest.mark.parametrize("options,name", [([], "yuv444p"), (["--as", "yuv420p"], "yuv420p")])
def test_what_is_written_is_read_by_ffmpeg(imgtool, ffmpeg, options, name):
    data, frames = raw(name, 8, 6, 1)
    open("in.raw", "wb").write(frames[0].tobytes())
    imgtool("frombuffer", "in.raw", "--size", "8x6", "--mode", "YCbCr", *options, "--save", "o.y4m")
    assert ffmpeg("-i", "o.y4m", "-f", "rawvideo", "-pix_fmt", name, "-") == data


def test_a_header_makes_a_file_of_raw_video(imgtool, ffmpeg):
    data, _ = raw("yuv420p", 8, 6, 1)
    open("in.raw", "wb").write(data)
    imgtool("header", "in.raw", "--size", "8x6", "--rawmode", "yuv420p", "--mode", "YCbCr",
            "--format", "y4m", "--output", "head")
    open("o.y4m", "wb").write(open("head", "rb").read() + data)
    assert ffmpeg("-i", "o.y4m", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-") == data


@pytest.mark.parametrize("rawmode,mode", [
    ("yuv420p", "YCbCr"), ("yuv411p", "YCbCr"), ("yuv422p10le", "YCbCr"), ("yuv444p16le", "YCbCr"),
    ("L", "L"), ("gray10le", "I;16"), ("gray12le", "I;16"), ("I;16", "I;16")])
def test_what_header_writes_open_reads(imgtool, rawmode, mode):
    words = ["in.raw", "--size", "7x5", "--rawmode", rawmode, "--mode", mode, "--trailing", "ok"]
    data = np.random.default_rng(1).integers(0, 512, 200).astype("<u2").tobytes()
    open("in.raw", "wb").write(data)
    head = imgtool("header", *words, "--format", "y4m").output
    open("a.y4m", "wb").write(head + data)
    imgtool("open", "a.y4m", "--trailing", "ok", "--expect-shared", "--save", "found.raw")
    imgtool("frombuffer", *words, "--save", "wanted.raw")
    assert open("found.raw", "rb").read() == open("wanted.raw", "rb").read()


@pytest.mark.parametrize("head,words", [
    (b"W4 H3 C444alpha", ["444alpha"]), (b"W4 C444", ["height"]), (b"H3 C444", ["width"]),
    (b"W0 H3 C444", ["0", "pixels"]), (b"W4 H3 C444", ["FRAME", "36 bytes"]),
    (b"W2147483647 H2147483647 C444", ["y4m"])])
def test_files_that_hold_no_frame_are_refused(refused, head, words):
    open("a.y4m", "wb").write(b"YUV4MPEG2 " + head + b"\nFRAME\n" + bytes(30))
    refused("open", "a.y4m", "--hash", words=words)


def video(line, storage="C444", size=36):
    with open("v.y4m", "wb") as file:
        file.write(f"YUV4MPEG2 W4 H3 {line} {storage}\nFRAME\n".encode() + bytes(range(size)))


SAID = "F30000:1001 It A10:11 XNOTE=one XNOTE=two"
NAMES = ["frame rate", "interlacing", "pixel aspect", "text Video comment"]


def test_what_the_first_line_says_is_kept_or_named(imgtool, refused):
    video(SAID)
    imgtool("open", "v.y4m", "--put", "0,0=1,2,3", "--save", "o.y4m", "--strict")
    words = open("o.y4m", "rb").read().split(b"\n")[0].decode().split()
    assert set(SAID.split()) < set(words)
    run = imgtool("open", "v.y4m", "--save", "o.raw", "--json")
    assert all(f"the {name}" in str(run.json) for name in NAMES)
    refused("open", "v.y4m", "--save", "o.raw", "--strict", words=NAMES)
    imgtool("open", "v.y4m", "--convert", "RGB", "--save", "o.png")
    assert "Frame rate: 30000:1001" in imgtool("info", "o.png").output.decode()


@pytest.mark.parametrize("line", ["F25:1 Ip A1:1", "F0:0 I? A0:0", ""])
def test_what_is_usual_or_not_known_is_not_named_and_not_made_up(imgtool, line):
    video(line)
    imgtool("open", "v.y4m", "--save", "o.raw", "--strict")
    imgtool("open", "v.y4m", "--put", "0,0=1,2,3", "--save", "o.y4m", "--strict")
    assert f" {line or 'F0:0 I? A0:0'} ".encode() in open("o.y4m", "rb").read()


def test_lines_of_fields_do_not_survive_a_turn_and_the_shape_of_a_pixel_turns(imgtool, refused):
    video("F30:1 It A10:11")
    turn = ["open", "v.y4m", "--reorient", "90", "--save", "o.y4m"]
    refused(*turn, "--strict", words=["interlacing"])
    imgtool(*turn)
    assert b" F30:1 Ip A11:10 " in open("o.y4m", "rb").read()


def test_chroma_that_is_no_longer_shared_is_said(imgtool):
    video("F25:1", "C420mpeg2", 20)
    run = imgtool("open", "v.y4m", "--save", "o.y4m")
    assert "420mpeg2" in run.errors and "444" in run.errors
    imgtool("open", "v.y4m", "--fill", "2x2+0+0=1,5,9", "--as", "yuv420p", "--save", "o.y4m")
    assert b" C420mpeg2 " in open("o.y4m", "rb").read()
