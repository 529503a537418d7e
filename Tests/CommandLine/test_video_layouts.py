"""Every layout of video, against ffmpeg's bytes and NumPy's of the words that define it."""

import re
import subprocess

import numpy as np
import pytest

from conftest import listed
from video import FFMPEG, SHARES, VIDEO, assembled

SIZES = [(2, 2), (5, 3), (6, 2), (7, 5), (33, 17), (48, 4), (641, 481)]
EACH = pytest.mark.parametrize("video", VIDEO.values(), ids=list(VIDEO))


def read(imgtool, here, data, size, name, *words) -> np.ndarray:
    (here / "raw.bin").write_bytes(data)
    imgtool("frombuffer", "raw.bin", "--size", f"{size[0]}x{size[1]}", "--mode", "YCbCr", "--rawmode",
            name, "--trailing", "error", *words, "--expect-shared", "--save", "out.npy")
    return np.load(here / "out.npy")


def strides(planes) -> list:
    """Rows of luma with padding, and those of chroma as V4L2 pads them: for as many pixels, as many bytes."""
    luma = (planes[0].shape[1] // 16 + 2) * 16
    return [luma] + [luma * max(1, round(2 * p.shape[1] / planes[0].shape[1])) // 2 for p in planes[1:]]


def test_every_layout_of_video_is_tested():
    kinds = {row["rawmode"] for row in listed("rawmodes") if row["remark"] == "computed from YCbCr"}
    assert kinds == set(VIDEO)


@EACH
def test_stored_samples_are_those_that_were_packed(imgtool, here, video):
    for size in SIZES:
        samples = video.samples(size)
        planes, wanted = video.pack(*samples), video.pixels(samples, size)
        got = read(imgtool, here, assembled(planes), size, video.name)
        assert np.array_equal(got, wanted), (video.name, size)
        padded = strides(planes)
        chroma = ["--chroma-stride", padded[1]] if len(planes) > 1 else []
        got = read(imgtool, here, assembled(planes, padded, 13), size, video.name, "--offset", "13",
                   "--stride", padded[0], *chroma, "--orientation", "-1")
        assert np.array_equal(got, wanted[::-1]), (video.name, size, padded)


FFMPEG_MAKES = [video for video in VIDEO.values() if video.planar]


@pytest.mark.parametrize("video", FFMPEG_MAKES, ids=lambda video: video.name)
def test_the_bytes_that_ffmpeg_writes_are_read(imgtool, here, program, video):
    # Of odd sizes ffmpeg leaves the last samples of packed 4:2:2 and of P010 unwritten.
    is_even = video.name in ("yuyv", "uyvy", "yvyu", "p010", "p016")
    for size in [(6, 2), (48, 4), (34, 18) if is_even else (33, 17)]:
        samples = video.samples(size)
        dtype = "u1" if video.bits == 8 else "<u2"
        source = b"".join(plane.astype(dtype).tobytes() for plane in samples)
        done = subprocess.run(
            [program("ffmpeg"), "-v", "error", "-f", "rawvideo", "-pix_fmt", video.planar, "-s",
             f"{size[0]}x{size[1]}", "-i", "-", "-f", "rawvideo", "-pix_fmt",
             FFMPEG.get(video.name, video.name), "-"], input=source, capture_output=True, check=True)
        got = read(imgtool, here, done.stdout, size, video.name)
        assert np.array_equal(got, video.pixels(samples, size)), (video.name, size)


@pytest.mark.parametrize("name,size,planar,turned", [
    ("v210", (6, 2), "yuv422p10le", 1), ("v210", (48, 4), "yuv422p10le", 1),
    ("v210", (98, 5), "yuv422p10le", 1), ("y41p", (48, 4), "yuv411p", -1),
    ("y41p", (16, 3), "yuv411p", -1),
])
def test_what_a_capture_card_writes_is_read(imgtool, here, program, name, size, planar, turned):
    # ffmpeg stores the rows of y41p from the bottom up.
    video = VIDEO[name]
    samples = video.samples(size)
    source = b"".join(p.astype("<u2" if video.bits > 8 else "u1").tobytes() for p in samples)
    data = subprocess.run(
        [program("ffmpeg"), "-v", "error", "-f", "rawvideo", "-pix_fmt", planar, "-s",
         f"{size[0]}x{size[1]}", "-i", "-", "-f", "rawvideo", "-c:v", name, "-"], input=source,
        capture_output=True, check=True).stdout
    got = read(imgtool, here, data, size, name, "--orientation", turned)
    assert np.array_equal(got, video.pixels(samples, size))


@pytest.mark.parametrize("name", [f"gbrp{bits}{end}" for bits in (9, 10, 12, 14, 16) for end in ("le", "be")]
                         + ["gbrp", "gbrap"])
def test_planes_of_color_are_read_in_their_order(imgtool, here, name):
    bits = int(re.search(r"\d+|$", name)[0] or 8)
    order = "GBRA" if name == "gbrap" else "GBR"
    dtype = "u1" if bits == 8 else ">u2" if name.endswith("be") else "<u2"
    for size in SIZES:
        planes = np.random.default_rng(bits).integers(0, 1 << bits, (len(order), size[1], size[0]))
        wanted = np.stack([planes[order.index(band)] for band in "RGBA"[:len(order)]], -1)
        if bits > 8:
            top = (1 << bits) - 1
            wanted = (wanted * 65535 * 2 + top) // (2 * top)
        (here / "raw.bin").write_bytes(planes.astype(dtype).tobytes())
        imgtool("frombuffer", "raw.bin", "--size", f"{size[0]}x{size[1]}", "--rawmode", name,
                "--trailing", "error", "--expect-shared", "--save", "out.npy")
        assert np.array_equal(np.load(here / "out.npy"), wanted), size


VIEWS = [
    (["--crop", "3x2+1+1"], lambda a: a[1:3, 1:4]),
    (["--crop", "9x5+5+3"], lambda a: a[3:8, 5:14]),
    (["--reorient", "h"], lambda a: a[:, ::-1]),
    (["--reorient", "v"], lambda a: a[::-1]),
    (["--reorient", "180"], lambda a: a[::-1, ::-1]),
    (["--reorient", "90"], lambda a: np.rot90(a, -1)),
    (["--reorient", "270"], lambda a: np.rot90(a)),
    (["--every", "2x3"], lambda a: a[::3, ::2]),
    (["--every", "5x1"], lambda a: a[:, ::5]),
    (["--crop", "13x9+3+1", "--reorient", "h", "--every", "3x2", "--reorient", "90"],
     lambda a: np.rot90(a[1:10, 3:16][:, ::-1][::2, ::3], -1)),
    (["--reorient", "270", "--crop", "7x11+1+2", "--reorient", "v"],
     lambda a: np.rot90(a)[2:13, 1:8][::-1]),
]


@pytest.mark.parametrize("name", ["nv12", "nv21", "yuv420p", "yuyv", "uyvy", "v210", "y41p", "nv15", "xv15",
                                  "yuv410p", "p010"])
@pytest.mark.parametrize("size", [(17, 11), (20, 14)], ids=str)
def test_views_are_those_of_an_array(imgtool, here, name, size):
    video = VIDEO[name]
    samples = video.samples(size)
    wanted = video.pixels(samples, size)
    data = assembled(video.pack(*samples))
    for words, view in VIEWS:
        got = read(imgtool, here, data, size, name, *words)
        assert np.array_equal(got, view(wanted)), (name, words)
        for index, band in enumerate(("Y", "Cb", "Cr")):
            got = read(imgtool, here, data, size, name, *words, "--band", band)
            plane = view(wanted)[..., index]
            assert got.dtype == plane.astype("u1" if video.bits == 8 else "u2").dtype
            # A band by itself has each sample once, where the view met each as often.
            if got.shape == plane.shape:
                assert np.array_equal(got, plane), (name, words, band)
            else:
                assert set(np.unique(got)) == set(np.unique(plane)), (name, words, band)


@pytest.mark.parametrize("share", SHARES)
def test_a_band_of_chroma_has_each_sample_once(imgtool, here, share):
    video = next(v for v in VIDEO.values() if v.share == share)
    samples = video.samples((17, 11))
    data = assembled(video.pack(*samples))
    for index, band in enumerate(("Y", "Cb", "Cr")):
        assert np.array_equal(read(imgtool, here, data, (17, 11), video.name, "--band", band), samples[index])
