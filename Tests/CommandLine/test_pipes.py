"""Frames that come through a pipe, one after the other without an end being known, and that go into one."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import TOOL
from waiting import until

SIZE = ["--size", "31x17"]
FRAME = 31 * 17


def frames(count, shape=(17, 31), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), np.uint8)


@pytest.fixture
def ffmpeg(program):
    return [program("ffmpeg"), "-v", "error", "-y", "-bitexact"]


def start(*arguments, **options):
    return subprocess.Popen([TOOL, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **options)


# What stands around a frame, and the options that say so.
PLACES = {
    "packed": (b"", b"", b"", []),
    "behind an offset": (bytes(70_000), b"", b"", ["--offset", "70000"]),
    "with headers": (b"", b"head", b"", ["--frame-header", "4"]),
    "with gaps": (b"", b"", bytes(9), ["--frame-stride", f"{FRAME + 9}"]),
    "with all of it": (b"abc", b"head", bytes(9),
                       ["--offset", "3", "--frame-header", "4", "--frame-stride", f"{FRAME + 13}"]),
}


@pytest.mark.parametrize("threads", [1, 2, 7])
@pytest.mark.parametrize("place", PLACES)
def test_frames_of_a_pipe_are_those_of_the_file(imgtool, here, place, threads):
    pixels = frames(20)
    lead, head, gap, options = PLACES[place]
    data = lead + b"".join(head + p.tobytes() + gap for p in pixels)
    # The last frame needs no gap behind it.
    for given in {data, data[:len(data) - len(gap)]}:
        run = imgtool("frombuffer", "-", *SIZE, *options, "--each", "--save", "f-%d.png", "--hash", "--threads",
                      threads, stdin=given)
        assert not run.errors and len(run.lines) == 20, run
        assert len(list(here.iterdir())) == 20
        for number, wanted in enumerate(pixels):
            assert (np.asarray(Image.open(f"f-{number}.png")) == wanted).all()


def test_a_range_reads_these_frames_and_ends(here):
    writer = f"""
import sys
n = 0
try:
    while True:
        sys.stdout.buffer.write(bytes([n % 256]) * {FRAME})
        n += 1
except BrokenPipeError:
    pass
"""
    with subprocess.Popen([sys.executable, "-c", writer], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as source:
        done = subprocess.run([TOOL, "frombuffer", "-", *SIZE, "--frames", "300..303", "--each", "--print", "0,0"],
                              stdin=source.stdout, capture_output=True, text=True, timeout=60)
        source.stdout.close()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [str(n % 256) for n in range(300, 304)]


@pytest.mark.parametrize("rest", [1, 100, FRAME - 1])
@pytest.mark.parametrize("threads", [1, 4])
def test_a_frame_that_is_cut_short_is_an_error_after_the_whole_ones(imgtool, here, rest, threads):
    pixels = frames(6)
    data = pixels.tobytes()[:5 * FRAME + rest]
    line = ["frombuffer", "-", *SIZE, "--each", "--threads", threads]
    run = imgtool(*line, "--save", "f-%d.png", stdin=data, ok=2)
    assert f"frame 5: standard input ends after {rest} byte" in run.errors and f"needs {FRAME}" in run.errors
    assert {p.name for p in here.iterdir()} == {f"f-{n}.png" for n in range(5)}
    run = imgtool(*line, "--trailing", "ok", "--print", "0,0", stdin=data)
    assert not run.errors and len(run.lines) == 5


@pytest.mark.parametrize("typed, data, words", [
    (["--each"], b"", ["at least one"]),
    (["--each"], bytes(FRAME - 1), ["frame 0", f"{FRAME - 1} bytes"]),
    (["--frames", "2..5", "--each"], bytes(4 * FRAME), ["no frame 5"]),
    (["--frames", "7..8", "--each"], bytes(4 * FRAME), ["no frame 8"]),
    (["--each", "--access", "rw"], bytes(FRAME), ["--access rw"]),
    (["--each", "--lock"], bytes(FRAME), ["--lock"]),
    (["--each", "--no-copy"], bytes(FRAME), ["--no-copy", "pipe"]),
])
def test_what_a_pipe_cannot_give_is_an_error(imgtool, typed, data, words):
    run = imgtool("frombuffer", "-", *SIZE, *typed, "--hash", stdin=data, ok=2)
    assert all(word in run.errors for word in words), run


def test_a_size_without_rows_needs_a_file(refused):
    refused("frombuffer", "-", "--size", "31x", "--each", "--hash", stdin=bytes(FRAME), words=["--size WxH"])


def test_edits_of_a_frame_are_its_own(imgtool, here):
    pixels = frames(9)
    run = imgtool("frombuffer", "-", *SIZE, "--each", "--fill", "2x2+1+1=7", "--expect-detached", "--save", "f-%d.pgm",
                  "--threads", 3, stdin=pixels.tobytes())
    assert not run.errors
    pixels[:, 1:3, 1:3] = 7
    assert all((np.asarray(Image.open(f"f-{n}.pgm")) == pixels[n]).all() for n in range(9))


def test_a_thousand_frames_go_through_without_a_file_and_in_little_memory(here, ffmpeg):
    count = 1000
    source = subprocess.Popen(
        [*ffmpeg, "-f", "lavfi", "-i", "testsrc=size=640x480:rate=25", "-frames:v", str(count), "-f", "rawvideo",
         "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE)
    tool = subprocess.Popen(
        [TOOL, "frombuffer", "-", "--size", "640x480", "--mode", "RGB", "--each", "--hash", "--threads", "4"],
        stdin=source.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(here)})
    source.stdout.close()
    lines = []
    peak = 0
    for line in tool.stdout:
        lines.append(line)
        if len(lines) % 100 == 50:
            places = [os.readlink(p) for p in Path(f"/proc/{tool.pid}/fd").iterdir() if os.path.lexists(p)]
            assert all(place.startswith(("pipe:", "/dev/")) for place in places), places
            status = Path(f"/proc/{tool.pid}/status").read_text()
            peak = max(peak, int(status.split("VmHWM:")[1].split()[0]) << 10)
            assert not list(here.iterdir())
    assert (tool.wait(60), source.wait(60)) == (0, 0)
    assert len(lines) == count and len({line.split()[0] for line in lines}) > 900
    assert [line.split("[")[1] for line in lines] == [f"{n}]\n" for n in range(count)]
    # 921,600 bytes a frame, 900 MB in all.
    assert 0 < peak < 64 << 20, peak


def test_what_is_said_of_a_frame_is_said_before_the_next_one_comes(here):
    tool = start("frombuffer", "-", *SIZE, "--each", "--print", "0,0", "--save", "f-%d.png", "--threads", 4)
    for number in range(5):
        tool.stdin.write(bytes([number]) * FRAME)
        tool.stdin.flush()
        assert tool.stdout.readline() == b"%d\n" % number
        assert (here / f"f-{number}.png").exists()
    tool.stdin.close()
    assert tool.wait(60) == 0


@pytest.mark.parametrize("threads", [1, 4])
def test_a_frame_that_fails_ends_the_run_though_the_pipe_stays_open(here, threads):
    tool = start("frombuffer", "-", *SIZE, "--each", "--expect", "0,0=0", "--threads", threads)
    tool.stdin.write(bytes(3 * FRAME) + b"\1" * FRAME)
    tool.stdin.flush()
    assert tool.wait(60) == 1
    assert tool.stderr.read().decode() == "imgtool: frame 3: --expect 0,0=0: pixel 0,0 is 1\n"
    tool.stdin.close()


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuv420p10le", "gray"])
def test_video_of_ffmpeg_is_taken_frame_by_frame(imgtool, here, ffmpeg, pixel_format, threads):
    source = [*ffmpeg, "-f", "lavfi", "-i", "testsrc=size=66x50:rate=25", "-frames:v", "12", "-pix_fmt", pixel_format,
              "-strict", "-1", "-f", "yuv4mpegpipe"]
    subprocess.run([*source, "clip.y4m"], check=True)
    with subprocess.Popen([*source, "-"], stdout=subprocess.PIPE) as video:
        tool = subprocess.run(
            [TOOL, "open", "-", "--each", "--convert", "L", "--clamp", "--save", "f-%d.png", "--hash", "--threads",
             str(threads)], stdin=video.stdout, capture_output=True, text=True, timeout=60)
    assert (tool.returncode, tool.stderr) == (0, ""), tool
    for number, line in enumerate(tool.stdout.splitlines()):
        one = imgtool("open", "clip.y4m", "--frame", number, "--convert", "L", "--clamp", "--hash").text
        assert line.split()[0] == one.split()[0]
    assert len(list(here.glob("f-*"))) == 12


def test_video_is_read_without_an_end_and_a_range_of_it_too(imgtool, here):
    head = b"YUV4MPEG2 W31 H17 F25:1 Cmono\n"
    pixels = frames(30)
    data = head + b"".join(b"FRAME\n" + p.tobytes() for p in pixels)
    run = imgtool("open", "-", "--frames", "10..12", "--each", "--print", "0,0", stdin=data)
    assert run.lines == [str(n) for n in pixels[10:13, 0, 0]]
    for rest, number in ((1, 29), (FRAME, 29), (FRAME + 5, 29)):
        run = imgtool("open", "-", "--each", "--print", "0,0", stdin=data[:-rest], ok=2)
        assert f"frame {number}: standard input ends after" in run.errors
        assert run.lines == [str(n) for n in pixels[:number, 0, 0]]
    run = imgtool("open", "-", "--each", "--print", "0,0", stdin=data.replace(b"FRAME", b"FRUME"), ok=2)
    assert "frame 0: " in run.errors and "FRAME" in run.errors


@pytest.mark.parametrize("suffix, save", [("tiff", "tiff"), ("png", "png"), ("pgm", "ppm")])
def test_a_file_of_another_format_is_read_to_its_end_first(imgtool, here, suffix, save):
    pixels = frames(1)
    Image.fromarray(pixels[0]).save(f"in.{suffix}", save)
    run = imgtool("open", "-", "--each", "--print", "3,4", stdin=(here / f"in.{suffix}").read_bytes())
    assert run.lines == [str(pixels[0, 4, 3])]


# What is streamed, the pixels that it takes, and how ffmpeg reads it.
STREAMS = {
    "raw": ("RGB", ["-f", "rawvideo", "-s", "32x18", "-pix_fmt", "rgb24"]),
    "ppm": ("RGB", ["-f", "image2pipe", "-c:v", "ppm"]),
    "pgm": ("L", ["-f", "image2pipe", "-c:v", "pgm"]),
    "pam": ("RGBA", ["-f", "image2pipe", "-c:v", "pam"]),
    "y4m": ("L", ["-f", "yuv4mpegpipe"]),
}
PIXELS = {"L": ("gray", 1), "RGB": ("rgb24", 3), "RGBA": ("rgba", 4)}


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("name", STREAMS)
def test_what_is_streamed_is_what_ffmpeg_reads(here, ffmpeg, name, threads):
    mode, reads = STREAMS[name]
    pixel_format, bands = PIXELS[mode]
    count = 25
    pixels = frames(count, (18, 32, bands))
    pixels.tofile("clip.raw")
    tool = subprocess.Popen(
        [TOOL, "frombuffer", "clip.raw", "--size", "32x18", "--mode", mode, "--each", "--format", name, "--save", "-",
         "--threads", str(threads)], stdout=subprocess.PIPE)
    done = subprocess.run([*ffmpeg, *reads, "-i", "-", "-vsync", "0", "-f", "rawvideo", "-pix_fmt", pixel_format, "-"],
                          stdin=tool.stdout, capture_output=True, timeout=60)
    tool.stdout.close()
    assert tool.wait(60) == 0 and done.returncode == 0, done
    assert done.stdout == pixels.tobytes()


def test_colors_as_video_are_those_of_a_file_of_each_frame(imgtool, here, ffmpeg):
    pixels = frames(7, (18, 32, 3))
    pixels.tofile("clip.raw")
    line = ["--convert", "YCbCr", "--as", "yuv420p", "--format", "y4m"]
    stream = imgtool("frombuffer", "clip.raw", "--size", "32x18", "--mode", "RGB", "--each", *line, "--save", "-").output
    parts = []
    for number in range(7):
        one = imgtool("frombuffer", "clip.raw", "--size", "32x18", "--mode", "RGB", "--frame", number, *line,
                      "--save", "-").output
        head, _, rest = one.partition(b"\n")
        parts.append((b"" if number else head + b"\n") + rest)
    assert stream == b"".join(parts)
    count = subprocess.run([*ffmpeg, "-i", "-", "-f", "rawvideo", "-"], input=stream, capture_output=True, check=True)
    assert len(count.stdout) == 7 * 32 * 18 * 3 // 2


def test_the_same_stream_for_every_number_of_threads_and_frames_too_large_for_one(imgtool, here):
    for shape, size in (((17, 31, 3), "31x17"), ((1500, 2000, 3), "2000x1500")):
        frames(3, shape).tofile("clip.raw")
        data = (here / "clip.raw").read_bytes()
        for threads in (1, 2, 5):
            run = imgtool("frombuffer", "clip.raw", "--size", size, "--mode", "RGB", "--each", "--format", "raw",
                          "--save", "-", "--threads", threads)
            assert run.output == data
            run = imgtool("frombuffer", "clip.raw", "--size", size, "--mode", "RGB", "--each", "--format", "ppm",
                          "--save", "-", "--threads", threads)
            head = f"P6\n{size.replace('x', ' ')}\n255\n".encode()
            parts = np.split(np.frombuffer(data, np.uint8), 3)
            assert run.output == b"".join(head + part.tobytes() for part in parts)
            run = imgtool("frombuffer", "clip.raw", "--size", size, "--mode", "RGB",
                          "--each", "--band", "0", "--format", "y4m", "--save", "-", "--threads", threads)
            line, _, rest = run.output.partition(b"\n")
            assert line.startswith(b"YUV4MPEG2 ")
            assert rest == b"".join(b"FRAME\n" + part[::3].tobytes() for part in parts)


@pytest.mark.parametrize("name", ["png", "bmp", "tiff", "npy", "qoi", "tga"])
def test_files_that_cannot_follow_each_other_are_refused(refused, imgtool, here, name):
    frames(3).tofile("clip.raw")
    line = ["frombuffer", "clip.raw", *SIZE, "--mode", "L"]
    if name == "qoi":
        line += ["--convert", "RGB"]
    run = refused(*line, "--each", "--format", name, "--save", "-", words=[name, "--format", "frame-%04d"])
    advised = run.errors.split("--save ")[-1].strip().strip("'")
    imgtool(*line, "--each", "--save", advised)
    assert len(list(here.glob("frame-*"))) == 3


def test_a_stream_of_video_has_frames_of_one_size(imgtool, here):
    with open("two.pgm", "wb") as file:
        file.write(b"P5 2 2 255\nabcd" + b"P5 2 1 255\nab")
    run = imgtool("open", "two.pgm", "--each", "--format", "y4m", "--save", "-", ok=2)
    assert "frame 1: " in run.errors and "W2 H1" in run.errors and run.output.count(b"FRAME") == 1


def test_a_reader_that_has_enough_ends_the_run_quietly(here):
    frames(2000, (100, 100)).tofile("clip.raw")
    tool = subprocess.Popen([TOOL, "frombuffer", "clip.raw", "--size", "100x100", "--each", "--format", "pgm", "--save",
                             "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=os.setsid)
    tool.stdout.read(1000)
    tool.stdout.close()
    assert tool.wait(60) == -signal.SIGPIPE and tool.stderr.read() == b""


def test_a_slow_reader_slows_the_run_down_and_nothing_is_piled_up(here):
    frames(400, (480, 640)).tofile("clip.raw")
    tool = subprocess.Popen([TOOL, "frombuffer", "clip.raw", "--size", "640x480", "--each", "--format", "pgm", "--save",
                             "-", "--threads", "4"], stdout=subprocess.PIPE)
    until(lambda: Path(f"/proc/{tool.pid}/stat").read_text().split()[2] == "S", "the pipe is full")
    status = Path(f"/proc/{tool.pid}/status").read_text()
    assert int(status.split("VmHWM:")[1].split()[0]) < 64 << 10
    assert len(tool.stdout.read()) == 400 * (640 * 480 + len("P5\n640 480\n255\n"))
    assert tool.wait(60) == 0


def test_reports_go_to_standard_error_while_frames_go_out(imgtool, here):
    pixels = frames(5)
    pixels.tofile("clip.raw")
    run = imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--print", "0,0", "--format", "raw", "--save", "-")
    assert run.output == pixels.tobytes() and run.errors.split() == [str(n) for n in pixels[:, 0, 0]]
    run = imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--json", "--format", "raw", "--save", "-")
    assert run.output == pixels.tobytes()
    assert [json.loads(line).get("frame") for line in run.errors.splitlines()] == [0, 1, 2, 3, 4, None]
