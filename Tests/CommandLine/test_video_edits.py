"""Edits of pixels that share samples, and the tie to the file, for each layout of video and sensors."""

import re
import shlex
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from test_sensor_layouts import SENSORS
from test_sharing import foreign_writer
from video import SHARES, VIDEO, assembled

SIZE = (16, 8)
# One of each kind.
KINDS = ["nv12", "nv21", "nv16", "nv24", "yuv420p", "yvu420p", "yuv411p", "yuv410p", "yuyv", "uyvy", "y41p", "v210",
         "nv15", "xv20", "p010", "yuv420p10be", "y410", "vuya", "yuv24"]
SHARED = [name for name in KINDS if VIDEO[name].share != "444"]


@pytest.fixture
def file(here):
    """Writes a picture of a layout; gives its samples and the words that describe it."""
    def write(name, size=SIZE, offset=0):
        video = VIDEO[name]
        samples = video.samples(size)
        (here / "raw.bin").write_bytes(assembled(video.pack(*samples), offset=offset))
        words = ["raw.bin", "--size", f"{size[0]}x{size[1]}", "--mode", "YCbCr", "--rawmode", name, "--offset", offset]
        return samples, words
    return write


def holds(here, name, samples):
    """Whether the file has these samples; what belongs to none is as it was."""
    assert (here / "raw.bin").read_bytes() == assembled(VIDEO[name].pack(*samples))


@pytest.mark.parametrize("name", SHARED)
def test_a_part_of_shared_samples_is_refused_with_the_rectangle_that_would_do(imgtool, here, file, name):
    samples, words = file(name)
    across, down = SHARES[VIDEO[name].share]
    before = (here / "raw.bin").read_bytes()
    run = imgtool("frombuffer", *words, "--access", "rw", "--put", "5,3=20,30,40", ok=2)
    assert (here / "raw.bin").read_bytes() == before
    assert f"{across * down} pixels share this Cb and Cr" in run.errors
    area = re.search(r"--fill (\S+)=V would do, or --band Y before it", run.errors)[1]
    x, y = 5 // across * across, 3 // down * down
    assert area == f"{across}x{down}+{x}+{y}"
    imgtool("frombuffer", *words, "--access", "rw", "--fill", f"{area}=20,30,40", "--expect-shared")
    samples[0][y:y + down, x:x + across] = 20
    samples[1][y // down, x // across], samples[2][y // down, x // across] = 30, 40
    holds(here, name, samples)
    # In a view, the rectangle is one of the view.
    run = imgtool("frombuffer", *words, "--access", "rw", "--reorient", "90", "--put", "0,0=1,2,3", ok=2)
    area = re.search(r"--fill (\S+)=V would do", run.errors)[1]
    imgtool("frombuffer", *words, "--access", "rw", "--reorient", "90", "--fill", f"{area}=1,2,3")
    row = SIZE[1] - down
    samples[0][row:, :across] = 1
    samples[1][-1, 0], samples[2][-1, 0] = 2, 3
    holds(here, name, samples)


@pytest.mark.parametrize("name", KINDS)
def test_a_band_is_edited_by_itself(imgtool, here, file, name):
    samples, words = file(name)
    for band, plane in zip(("Y", "Cb", "Cr"), samples):
        y, x = plane.shape[0] - 1, plane.shape[1] - 1
        imgtool("frombuffer", *words, "--access", "rw", "--band", band, "--put", f"{x},{y}=77", "--fill", "2x1+1+0=9",
                "--expect-shared")
        plane[y, x] = 77
        plane[0, 1:3] = 9
        holds(here, name, samples)


def test_a_band_is_edited_through_the_color_that_is_shown(imgtool, here, file):
    samples, words = file("nv12")
    words = [word for word in words if word not in ("--mode", "YCbCr")]
    imgtool("frombuffer", *words, "--access", "rw", "--band", "Y", "--put", "3,1=200")
    samples[0][1, 3] = 200
    holds(here, "nv12", samples)
    run = imgtool("frombuffer", *words, "--access", "rw", "--put", "3,1=1,2,3", ok=2)
    assert "computed from" in run.errors
    holds(here, "nv12", samples)


@pytest.mark.parametrize("name", ["nv12", "yuv411p", "yuyv", "y41p"])
def test_whole_pictures_and_whole_groups_are_edited(imgtool, here, file, name):
    samples, words = file(name)
    imgtool("frombuffer", *words, "--access", "rw", "--invert", "--expect-shared")
    samples = [255 - plane for plane in samples]
    holds(here, name, samples)
    gray = np.random.default_rng(4).integers(0, 256, (2, 3), "u1")
    Image.fromarray(gray).save(here / "gray.png")
    imgtool("frombuffer", *words, "--access", "rw", "--band", "Y", "--paste", "gray.png@5,3")
    samples[0][3:5, 5:8] = gray
    holds(here, name, samples)
    Image.fromarray(np.full((1, 1, 3), 9, "u1")).save(here / "one.png")
    run = imgtool("frombuffer", *words, "--access", "rw", "--paste", "one.png@5,3", ok=2)
    assert "a picture that covers" in run.errors
    holds(here, name, samples)
    imgtool("frombuffer", *words, "--access", "rw", "--fill", "8,7,6")
    for plane, value in zip(samples, (8, 7, 6)):
        plane[:] = value
    holds(here, name, samples)


@pytest.mark.parametrize("name", [*VIDEO, *SENSORS])
def test_sharing_is_verified(imgtool, here, name):
    (here / "raw.bin").write_bytes(np.random.default_rng(1).bytes(1 << 14))
    for mode in [[], ["--mode", "YCbCr"]] if name in VIDEO else [[]]:
        run = imgtool("verify", "raw.bin", "--size", "33x17", "--rawmode", name, *mode, "--trailing", "ok")
        assert "png" in run.text.lower() or "npy" in run.text.lower(), run


@pytest.mark.parametrize("name", KINDS)
def test_a_foreign_writer_is_seen_while_the_image_is_held(imgtool, here, file, name):
    video = VIDEO[name]
    old, words = file(name, (33, 17))
    new = video.samples((33, 17), seed=7)
    (here / "new.bin").write_bytes(assembled(video.pack(*new)))
    # Saves keep the tie; the picture after the writer is the writer's.
    imgtool("frombuffer", *words, "--expect-shared", "--save", "one.npy", "--expect-shared", "--run",
            foreign_writer("raw.bin", "new.bin"), "--expect-shared", "--save", "two.npy")
    assert np.array_equal(np.load(here / "one.npy"), video.pixels(old, (33, 17)))
    assert np.array_equal(np.load(here / "two.npy"), video.pixels(new, (33, 17)))


def test_ffmpeg_writes_into_an_nv12_file_that_is_mapped(imgtool, here, file, program):
    # Without -y and with the same size it writes over the bytes that are there.
    _, words = file("nv12", (32, 16))
    make = [program("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=32x16", "-frames:v", "1", "-f",
            "rawvideo", "-pix_fmt", "nv12"]
    frame = subprocess.run([*make, "-"], capture_output=True, check=True).stdout
    writer = f"{shlex.join([*make, 'pipe:1'])} | dd of=raw.bin conv=notrunc status=none"
    imgtool("frombuffer", *words, "--expect-shared", "--run", writer, "--expect-shared", "--save", "out.npy")
    luma = np.frombuffer(frame, "u1", 512).reshape(16, 32)
    pairs = np.frombuffer(frame, "u1", 256, 512).reshape(8, 16, 2).repeat(2, 0).repeat(2, 1)
    assert np.array_equal(np.load(here / "out.npy"), np.dstack([luma, pairs]))


@pytest.mark.parametrize("name", ["raw10", "raw12", "raw14", "mono12packed", "mono10pmsb"])
def test_a_foreign_writer_of_a_sensor_is_seen(imgtool, here, name):
    bits, pack = SENSORS[name]
    old, new = (np.random.default_rng(seed).integers(0, 1 << bits, (17, 33)) for seed in (1, 2))
    (here / "raw.bin").write_bytes(pack(old).tobytes())
    (here / "new.bin").write_bytes(pack(new).tobytes())
    imgtool("frombuffer", "raw.bin", "--size", "33x17", "--rawmode", name, "--expect", f"32,16={old[16, 32]}",
            "--run", foreign_writer("raw.bin", "new.bin"), "--expect", f"32,16={new[16, 32]}", "--expect-shared")
    see = "import numpy; print(numpy.fromfile('raw.bin', 'u1').tobytes() != numpy.fromfile('new.bin', 'u1').tobytes())"
    run = imgtool("frombuffer", "raw.bin", "--size", "33x17", "--rawmode", name, "--access", "rw", "--put", "4,4=5",
                  "--run", shlex.join([sys.executable, "-c", see]))
    assert "True" in run.text or "True" in run.errors


@pytest.mark.parametrize("rawmode,size,shape", [
    ("yuv420p", "2x8", (1, 4)), ("yuv420p", "2x100", (1, 50)), ("yuv422p", "2x8", (1, 8)),
    ("yuv411p", "4x8", (1, 8)), ("yuv410p", "4x8", (1, 2)),
])
@pytest.mark.parametrize("turn", ["90", "270", "h", "180"])
def test_a_turned_edit_reaches_every_sample_of_planes_that_are_one_sample_wide(imgtool, here, rawmode, size, shape, turn):
    width, height = map(int, size.split("x"))
    luma, chroma = width * height, shape[0] * shape[1]
    (here / "k.raw").write_bytes(bytes(luma + 2 * chroma))
    imgtool("frombuffer", "k.raw", "--size", size, "--rawmode", rawmode, "--mode", "YCbCr", "--access", "rw",
            "--reorient", turn, "--fill", "1,2,3")
    assert (here / "k.raw").read_bytes() == bytes([1] * luma + [2] * chroma + [3] * chroma)
