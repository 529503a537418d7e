"""`--layout auto` reads a file's name, `--layout FILE` what programs print of cameras and screens."""

import numpy as np
import pytest

BYTES = {"nv12": 1.5, "yuv420p": 1.5, "yuyv": 2, "gray10le": 2, "yuv420p10le": 3, "L": 1, "RGB": 3,
         "raw10": 1.25, "p010": 3, "uyvy": 2, "yuv422p10le": 4, "v210": None}

# The name; what it says.
NAMES = [
    ("clip_1920x1080_nv12.yuv", (1920, 1080), "nv12"),
    ("clip_1920x1080_nv12_30fps.yuv", (1920, 1080), "nv12"),
    ("Clip-1920x1080-NV12.YUV", (1920, 1080), "nv12"),
    ("park_720p_nv12.raw", (1280, 720), "nv12"),
    ("park_1080i_uyvy.raw", (1920, 1080), "uyvy"),
    ("park_1080p60_yuyv.raw", (1920, 1080), "yuyv"),
    ("foreman_cif.yuv", (352, 288), "yuv420p"),
    ("a_w64_h48_rgb.raw", (64, 48), "RGB"),
    ("w[64]_h[48]_nv12.raw", (64, 48), "nv12"),
    ("out_64x48_yuv420p10le.yuv", (64, 48), "yuv420p10le"),
    ("out_64x48_yuv420p_10le.yuv", (64, 48), "yuv420p10le"),
    ("out_yuv420_64x48_10bit.yuv", (64, 48), "yuv420p10le"),
    ("out_64x48_yuv422p10le.yuv", (64, 48), "yuv422p10le"),
    ("depth_64x48_10le.raw", (64, 48), "gray10le"),
    ("gray_64x48_10le.raw", (64, 48), "gray10le"),
    ("frame_64x48_p010.raw", (64, 48), "p010"),
    ("sensor_64x48_raw10.bin", (64, 48), "raw10"),
    ("sensor_64x48_SBGGR10P.bin", (64, 48), "raw10"),
    ("sensor-64x48-SBGGR10_CSI2P.bin", (64, 48), "raw10"),
    ("sensor_64x48_BGGR.raw", (64, 48), "L"),
    ("sensor_64x48_BGGR10.raw", (64, 48), "gray10le"),
    ("I420_64x48.yuv", (64, 48), "yuv420p"),
]


def facts(imgtool, *arguments):
    return imgtool("info", *arguments, "--json").json


def is_rawmode(imgtool, found, wanted):
    """Whether both are names of one rawmode."""
    rows = imgtool("rawmodes", "--json").json["rawmodes"]
    return any({found, wanted} <= {row["rawmode"], *row.get("aliases", [])} for row in rows)


@pytest.mark.parametrize("name,size,rawmode", NAMES, ids=[row[0] for row in NAMES])
def test_a_name_says_the_layout(imgtool, here, name, size, rawmode):
    (here / name).write_bytes(bytes(int(size[0] * size[1] * BYTES[rawmode])))
    run = imgtool("frombuffer", name, "--layout", "auto", "--json")
    image = run.json["image"]
    assert tuple(image["size"]) == size and is_rawmode(imgtool, image["rawmode"], rawmode)
    assert f"--size {size[0]}x{size[1]}" in run.errors and "file's name" in run.errors


def test_a_name_says_the_stride(imgtool, here):
    (here / "w[4096]_h[4]_stride[7168]_raw10.raw").write_bytes(bytes(7168 * 4))
    assert facts(imgtool, "w[4096]_h[4]_stride[7168]_raw10.raw", "--layout", "auto")["stride"] == 7168


@pytest.mark.parametrize("words", ["SBGGR10P", "SGBRG10_CSI2P", "BGGR", "grbg10"])
@pytest.mark.parametrize("place", ["name", "log"])
def test_words_say_the_mosaic(imgtool, here, words, place):
    bayer = words.upper().lstrip("S")[:4].lower()
    name = f"s_64x48_{words}.bin" if place == "name" else "s.bin"
    rawmode = "raw10" if words.endswith("P") else "L" if words == "BGGR" else "gray10le"
    numbers = np.random.default_rng(1).integers(0, 256, int(64 * 48 * BYTES[rawmode]), np.uint8)
    # Words of ten bits have none above them.
    if rawmode == "gray10le":
        numbers[1::2] &= 3
    (here / name).write_bytes(numbers.tobytes())
    (here / "log.txt").write_text(f"configuring streams: (0) 64x48-{words}\n")
    layout = "auto" if place == "name" else "log.txt"
    typed = ["--size", "64x48", "--rawmode", rawmode, "--bayer", bayer]
    for layout, out in [(["--layout", layout], "a.raw"), (typed, "b.raw")]:
        imgtool("frombuffer", name, *layout, "--demosaic", "half", "--save", out)
    assert (here / "a.raw").read_bytes() == (here / "b.raw").read_bytes()


def test_what_was_typed_goes_before_what_the_name_says(imgtool, here):
    (here / "clip_64x48_nv12.yuv").write_bytes(bytes(64 * 48 * 2))
    image = imgtool("frombuffer", "clip_64x48_nv12.yuv", "--layout", "auto", "--rawmode", "yuyv",
                    "--json").json["image"]
    assert (image["rawmode"], image["size"]) == ("yuyv", [64, 48])


def test_frames_of_a_stream_are_counted(imgtool, here):
    (here / "clip_64x48_nv12.yuv").write_bytes(bytes(64 * 48 * 3 // 2) + bytes([255]) * 64 * 48 + bytes(64 * 24))
    imgtool("frombuffer", "clip_64x48_nv12.yuv", "--layout", "auto", "--frame", 1, "--mode", "YCbCr",
            "--expect", "0,0=255,0,0")


@pytest.mark.parametrize("name,count,says", [
    ("clip_64x48_nv12.yuv", 4607, ["64x48 nv12", "4608 bytes a frame", "4607"]),
    ("clip_64x48_nv12.yuv", 4609, ["64x48 nv12", "4608 bytes a frame", "4609", "1 byte"]),
    ("clip_64x48_nv12.yuv", 64 * 48 * 3, None),
    ("clip_nv12.yuv", 4608, ["no size", "--size"]),
    ("clip_64x48.raw", 4608, ["no pixel format", "--rawmode"]),
])
def test_a_name_that_is_wrong_or_says_too_little_is_refused(imgtool, refused, here, name, count, says):
    (here / name).write_bytes(bytes(count))
    if says is None:
        imgtool("frombuffer", name, "--layout", "auto", "--hash")
    else:
        refused("frombuffer", name, "--layout", "auto", "--hash", words=says)


V4L2 = """Format Video Capture:
\tWidth/Height      : {width}/{height}
\tPixel Format      : '{code}' (Y/CbCr 4:2:0)
\tField             : None
\tBytes per Line    : {stride}
\tSize Image        : {size}
\tColorspace        : Rec. 709
\tTransfer Function : Default (maps to Rec. 709)
\tFlags             :
"""


@pytest.mark.parametrize("code,rawmode,stride,size", [
    ("NV12", "nv12", 64, 4608), ("NV12", "nv12", 128, 128 * 72), ("YUYV", "yuyv", 128, 128 * 48),
    ("GREY", "L", 64, 64 * 48), ("Y10 ", "gray10le", 128, 128 * 48), ("pBAA", "raw10", 80, 80 * 48),
    ("pBAA", "raw10", 96, 96 * 48),
])
def test_what_v4l2_ctl_prints_is_a_layout(imgtool, here, code, rawmode, stride, size):
    (here / "fmt.txt").write_text(V4L2.format(width=64, height=48, code=code, stride=stride, size=size))
    (here / "frame.raw").write_bytes(bytes(size))
    found = facts(imgtool, "frame.raw", "--layout", "fmt.txt")
    assert (found["size"], found["stride"]) == ([64, 48], stride)
    assert is_rawmode(imgtool, found["rawmode"], rawmode)


def test_size_image_is_the_step_from_frame_to_frame(imgtool, here):
    (here / "fmt.txt").write_text(V4L2.format(width=4, height=2, code="GREY", stride=4, size=32))
    (here / "frames.raw").write_bytes(bytes([1]) * 32 + bytes([2]) * 32)
    for frame in (0, 1):
        imgtool("frombuffer", "frames.raw", "--layout", "fmt.txt", "--frame", frame,
                "--expect", f"3,1={frame + 1}")


@pytest.mark.parametrize("change,count,says", [
    ({"size": 100}, 4608, ["4608 bytes a frame", "100 bytes"]),
    ({"code": "MJPG"}, 4608, ["MJPG", "not a rawmode"]),
    ({}, 4000, ["4608 bytes a frame", "4000"]),
])
def test_a_text_that_the_file_contradicts_is_refused(refused, here, change, count, says):
    said = {"width": 64, "height": 48, "code": "NV12", "stride": 64, "size": 4608, **change}
    (here / "fmt.txt").write_text(V4L2.format(**said))
    (here / "frame.raw").write_bytes(bytes(count))
    refused("frombuffer", "frame.raw", "--layout", "fmt.txt", "--hash", words=says)


LIBCAMERA = [
    ("[0:01:02.3] [77] INFO Camera camera.cpp:1035 configuring streams: (0) 64x48-SBGGR10_CSI2P",
     80 * 48, [64, 48], "raw10"),
    ("[0:01:02.3] [77] INFO Camera camera.cpp:1035 configuring streams: (0) 32x24-YUV420 (1) "
     "64x48-SBGGR10_CSI2P", 80 * 48, [64, 48], "raw10"),
    ("INFO Camera configuring streams: (0) 32x24-YUV420/sYCC (1) 64x48-SBGGR10_CSI2P/RAW",
     32 * 36, [32, 24], "yuv420p"),
    ("Raw stream: 64x48 stride 96 format SBGGR10_CSI2P", 96 * 48, [64, 48], "raw10"),
]


@pytest.mark.parametrize("line,count,size,rawmode", LIBCAMERA)
def test_what_libcamera_logs_is_a_layout(imgtool, here, line, count, size, rawmode):
    (here / "log.txt").write_text("some other line\n" + line + "\n")
    (here / "frame.raw").write_bytes(bytes(count))
    found = facts(imgtool, "frame.raw", "--layout", "log.txt")
    assert found["size"] == size and is_rawmode(imgtool, found["rawmode"], rawmode)


FBSET = """
mode "{width}x{height}"
    geometry {width} {height} {virtual} {depth}
    timings 0 0 0 0 0 0 0
    accel true
    rgba {rgba}
endmode

"""


@pytest.mark.parametrize("depth,rgba,rawmode,pixel", [
    (32, "8/16,8/8,8/0,0/0", "BGRX", b"\3\2\1\0"), (32, "8/16,8/8,8/0,8/24", "BGRA", b"\3\2\1\377"),
    (32, "8/0,8/8,8/16,0/0", "RGBX", b"\1\2\3\0"), (24, "8/16,8/8,8/0,0/0", "BGR", b"\3\2\1"),
    (16, "5/11,6/5,5/0,0/0", "BGR;16", b"\0\0"),
])
def test_what_fbset_prints_is_a_layout(imgtool, here, depth, rgba, rawmode, pixel):
    (here / "mode.txt").write_text(
        FBSET.format(width=60, height=40, virtual="64 80", depth=depth, rgba=rgba))
    (here / "fb.raw").write_bytes(pixel * 64 * 80)
    found = facts(imgtool, "fb.raw", "--layout", "mode.txt")
    assert (found["size"], found["stride"], found["rawmode"]) == ([60, 40], 64 * depth // 8, rawmode)
    color = "1,2,3" + (",255" if rawmode == "BGRA" else "") if depth > 16 else "0,0,0"
    imgtool("frombuffer", "fb.raw", "--layout", "mode.txt", "--expect", f"59,39={color}")


@pytest.mark.parametrize("text", ["", "hello\n", "{", "Pixel Format : 'NV12'\n"])
def test_other_text_is_not_a_layout(refused, here, text):
    (here / "some.txt").write_text(text)
    (here / "frame.raw").write_bytes(bytes(64))
    refused("frombuffer", "frame.raw", "--layout", "some.txt", "--hash", words=["some.txt", "not a layout"])


def scene(width, height):
    y, x = np.mgrid[:height, :width]
    luma = (128 + 60 * np.sin(x / 17) + 50 * np.sin(y / 23 + x / 91)).astype("u1")
    chroma = (128 + 40 * np.sin(x[::2, ::2] / 40 + y[::2, ::2] / 31)).astype("u1")
    return luma, chroma


def nv12(width, height):
    luma, chroma = scene(width, height)
    return luma.tobytes() + np.stack([chroma, 255 - chroma], axis=-1).tobytes()


def guessed(imgtool, name):
    return [(tuple(c["size"]), c["rawmode"]) for c in imgtool("guess", name, "--json").json["candidates"]]


def test_guess_reads_the_name_first(imgtool, here):
    (here / "clip_640x480_nv12.yuv").write_bytes(nv12(640, 480) * 3)
    run = imgtool("guess", "clip_640x480_nv12.yuv", "--json").json["candidates"][0]
    assert (run["size"], run["rawmode"]) == ([640, 480], "nv12")
    assert "3 frames of 460800 bytes" in run["reason"] and "the name says nv12" in run["reason"]
    assert "--rawmode nv12" in run["command"]


def test_guess_proposes_video_by_the_length(imgtool, here):
    (here / "frame.raw").write_bytes(nv12(1280, 720))
    found = guessed(imgtool, "frame.raw")
    assert ((1280, 720), "nv12") in found[:3] and ((1280, 720), "yuv420p") in found


def test_guess_proposes_a_sensor_by_the_length(imgtool, here):
    luma = scene(640, 480)[0].astype(np.uint16) << 2
    groups = luma.reshape(480, 160, 4)
    low = sum((groups[..., index] & 3) << 2 * index for index in range(4))
    rows = np.concatenate([groups >> 2, low[..., None]], axis=-1).astype("u1")
    (here / "frame.raw").write_bytes(rows.tobytes())
    assert ((640, 480), "raw10") in guessed(imgtool, "frame.raw")
