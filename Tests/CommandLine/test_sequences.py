"""`--each`: the steps run for one frame after the other, as if each had been a file of its own."""

import json
import os
import resource
import signal
import subprocess

import numpy as np
import pytest
import tifffile
from PIL import Image

from conftest import TOOL, listing
from waiting import until

WIDTH, HEIGHT, COUNT = 31, 17, 12
SIZE = ["--size", f"{WIDTH}x{HEIGHT}"]
THREADS = [1, 2, 7]


def frames(count=COUNT, shape=(HEIGHT, WIDTH), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), np.uint8)


@pytest.fixture
def clip(here):
    """Frames of gray pixels, one behind the other."""
    pixels = frames()
    pixels.tofile("clip.raw")
    return pixels


def gathered(data, pattern="f-{}.png"):
    """What was saved, by the frame's number."""
    return {n: np.asarray(Image.open(pattern.format(n))) for n in data}


# Where the frames stand in a file: what is written of each, and the options that say so.
PLACES = {
    "packed": (lambda p: p.tobytes(), []),
    "behind an offset": (lambda p: p.tobytes(), ["--offset", "100"]),
    "with headers": (lambda p: b"head" * 4 + p.tobytes(), ["--frame-header", "16"]),
    "with gaps": (lambda p: p.tobytes() + bytes(33), ["--frame-stride", f"{WIDTH * HEIGHT + 33}"]),
    "with headers and gaps": (lambda p: bytes(7) + p.tobytes() + bytes(5),
                              ["--frame-header", "7", "--frame-stride", f"{WIDTH * HEIGHT + 12}"]),
    "with padded rows": (lambda p: np.pad(p, [(0, 0), (0, 5)]).tobytes(), ["--stride", f"{WIDTH + 5}"]),
    "bottom-up": (lambda p: p[::-1].tobytes(), ["--orientation", "-1"]),
}


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("place", PLACES)
def test_each_frame_is_saved_under_its_number(imgtool, here, place, threads):
    pixels = frames()
    store, options = PLACES[place]
    lead = bytes(100) if "--offset" in options else b""
    (here / "clip.raw").write_bytes(lead + b"".join(map(store, pixels)))
    run = imgtool("frombuffer", "clip.raw", *SIZE, *options, "--each", "--save", "f-%d.png",
                  "--threads", threads)
    assert not run.output and not run.errors
    assert len(listing(here)) == COUNT + 1
    for number, found in gathered(range(COUNT)).items():
        assert (found == pixels[number]).all(), number


def test_planar_video_is_taken_frame_by_frame(imgtool, here):
    count, size = 5, 8 * 6 * 3 // 2
    data = np.random.default_rng(1).integers(0, 256, (count, size), np.uint8)
    data.tofile("clip.yuv")
    layout = ["--size", "8x6", "--rawmode", "yuv420p"]
    imgtool("frombuffer", "clip.yuv", *layout, "--each", "--convert", "RGB", "--save", "f-%d.ppm")
    for number in range(count):
        data[number].tofile("one.yuv")
        imgtool("frombuffer", "one.yuv", *layout, "--convert", "RGB", "--save", "one.ppm")
        assert (here / "one.ppm").read_bytes() == (here / f"f-{number}.ppm").read_bytes()


@pytest.mark.parametrize("chosen", ["2..5", "0..0", "11..11", "all"])
def test_a_range_is_of_the_frames_of_the_file(imgtool, here, clip, chosen):
    imgtool("frombuffer", "clip.raw", *SIZE, "--frames", chosen, "--each", "--save", "f-%03d.pgm")
    first, last = (0, COUNT - 1) if chosen == "all" else map(int, chosen.split(".."))
    assert {p.name for p in here.glob("f-*")} == {f"f-{n:03}.pgm" for n in range(first, last + 1)}
    for number in range(first, last + 1):
        assert (np.asarray(Image.open(f"f-{number:03}.pgm")) == clip[number]).all()


def test_all_frames_without_each_stand_one_below_the_other(imgtool, clip):
    imgtool("frombuffer", "clip.raw", *SIZE, "--frames", "all", "--save", "tall.png")
    assert (np.asarray(Image.open("tall.png")) == clip.reshape(-1, WIDTH)).all()


@pytest.mark.parametrize("typed, words", [
    (["--frames", "5..12", "--each"], ["there is no frame 12", "12"]),
    (["--frames", "40..41", "--each"], ["there is no frame 40"]),
    (["--frame", "1", "--each"], ["--frame", "--each"]),
    (["--frames", "3..1", "--each"], ["A..B"]),
    (["--each", "--each", "--each", "--frames"], ["--frames needs a value"]),
])
def test_a_choice_of_frames_that_cannot_be_is_refused(refused, clip, typed, words):
    refused("frombuffer", "clip.raw", *SIZE, *typed, words=words)


# The name that is typed, and that of frame 3.
NAMES = {
    "f-%d.png": "f-3.png", "%04d.png": "0003.png", "f%02d-%%.png": "f03-%.png", "%%%d.png": "%3.png",
    "%d-%d.png": "3-3.png", "%0d.png": "3.png"}


@pytest.mark.parametrize("name", NAMES)
def test_the_number_stands_where_the_name_says(imgtool, here, clip, name):
    imgtool("frombuffer", "clip.raw", *SIZE, "--frames", "3..4", "--each", "--save", name)
    found = {p.name for p in here.iterdir()} - {"clip.raw"}
    assert NAMES[name] in found and len(found) == 2


@pytest.mark.parametrize("name", [*NAMES, "f-%x.png", "100%.png"])
def test_without_each_a_name_is_what_it_is(imgtool, here, clip, name):
    imgtool("frombuffer", "clip.raw", *SIZE, "--frame", "3", "--save", name)
    assert (here / name).exists()


@pytest.mark.parametrize("name", ["f-%x.png", "100%.png", "%4d.png", "%.png", "%%%.png", "%-3d.png", "%0999d.png"])
def test_a_percent_sign_that_begins_no_number_is_refused(refused, clip, name):
    refused("frombuffer", "clip.raw", *SIZE, "--each", "--save", name, words=["%04d", "%%"])


@pytest.mark.parametrize("name, advised", [
    ("out.png", "'out-%04d.png'"), ("./out.png", "'./out-%04d.png'"), ("a.b/o.u.t.png", "'a.b/o.u.t-%04d.png'"),
    ("with space.png", "'with space-%04d.png'")])
def test_a_file_that_each_frame_would_be_written_over_is_refused_with_a_name_that_works(
        imgtool, refused, here, clip, name, advised):
    (here / "a.b").mkdir()
    run = refused("frombuffer", "clip.raw", *SIZE, "--each", "--save", name,
                  words=f"--save {advised}")
    assert "overwrite" in run.errors
    imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--save", advised.strip("'"))
    assert len(list(here.rglob("*-0003.png"))) == 1


def test_what_is_printed_is_in_the_order_of_the_frames(imgtool, clip):
    for threads in THREADS:
        run = imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--print", "3,4", "--threads", threads)
        assert run.lines == [str(n) for n in clip[:, 4, 3]]


def test_a_hash_names_its_frame(imgtool, clip):
    run = imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--hash")
    for number, line in enumerate(run.lines):
        Image.fromarray(clip[number]).save("one.png")
        assert line == f"{imgtool('hash', 'one.png').text.split()[0]}  clip.raw[{number}]"
    assert len(run.lines) == COUNT


def test_json_is_a_line_for_each_frame_and_one_for_the_run(imgtool, clip):
    for threads in THREADS:
        run = imgtool("frombuffer", "clip.raw", *SIZE, "--frames", "2..8", "--each", "--json", "--stats",
                      "--save", "f-%d.png", "--threads", threads)
        *each, last = map(json.loads, run.lines)
        assert [line["frame"] for line in each] == list(range(2, 9))
        for line in each:
            pixels = clip[line["frame"]]
            stats, save = line["steps"]
            band = stats["bands"][0]
            assert (band["min"], band["max"]) == (pixels.min(), pixels.max()) and line["exit"] == 0
            assert save["bytes"] == os.path.getsize(f"f-{line['frame']}.png")
        assert last["frames"] == 7 and last["exit"] == 0 and last["source"] == "clip.raw"
        assert "error" not in last


def test_the_same_files_and_lines_for_every_number_of_threads(imgtool, here, clip):
    seen = []
    for threads in THREADS:
        folder = here / f"with-{threads}"
        folder.mkdir()
        run = imgtool("frombuffer", "../clip.raw", *SIZE, "--each", "--convert", "RGB", "--hash",
                      "--stats", "--save", "f-%d.png", "--save", "f-%d.tiff", "--threads", threads, cwd=folder)
        seen.append((run.text, {p.name: p.read_bytes() for p in folder.iterdir()}))
    assert len(seen[0][1]) == 2 * COUNT and seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("threads", THREADS)
def test_the_first_frame_that_fails_ends_the_run_and_is_named(imgtool, here, clip, threads):
    clip[7:, 4, 3] = 9
    clip[:7, 4, 3] = 8
    clip.tofile("clip.raw")
    line = ["frombuffer", "clip.raw", *SIZE, "--each", "--print", "0,0", "--expect", "3,4=8", "--save", "f-%d.png"]
    run = imgtool(*line, "--threads", threads, ok=1)
    assert run.errors == "imgtool: frame 7: --expect 3,4=8: pixel 3,4 is 9\n"
    assert run.lines == [str(n) for n in clip[:8, 0, 0]]
    assert sorted(p.name for p in here.iterdir()) == sorted(["clip.raw"] + [f"f-{n}.png" for n in range(7)])
    run = imgtool(*line, "--json", "--threads", threads, ok=1)
    *each, last = map(json.loads, run.lines)
    assert [line["exit"] for line in each] == [0] * 7 + [1] and last["frames"] == 7 and last["exit"] == 1
    assert last["error"].startswith("frame 7: --expect") and each[7]["error"].startswith("--expect")


def test_a_later_frame_that_fails_sooner_leaves_no_file_and_takes_none(imgtool, here):
    # The first frame takes long, and the second fails at once.
    pixels = frames(40, (200, 300), 3)
    pixels[1:, 0, 0] = 1
    pixels[0, 0, 0] = 0
    pixels.tofile("clip.raw")
    for _ in range(5):
        run = imgtool("frombuffer", "clip.raw", "--size", "300x200", "--each", "--expect", "0,0=0", "--level", "9",
                      "--save", "f-%d.png", "--threads", "8", ok=1)
        assert "frame 1: --expect" in run.errors
        assert {p.name for p in here.iterdir()} == {"clip.raw", "f-0.png"}
        (here / "f-0.png").unlink()


def test_each_frame_is_compared_with_a_picture_of_its_own(imgtool, here, clip):
    for number, pixels in enumerate(clip):
        Image.fromarray(pixels).save(f"golden-{number:04}.png")
    imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--compare", "golden-%04d.png")
    other = clip[9].copy()
    other[2, 5] ^= 1
    Image.fromarray(other).save("golden-0009.png")
    run = imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--diff", "d-%d.png", "--compare", "golden-%04d.png",
                  ok=1)
    assert "frame 9: --compare golden-%04d.png" in run.errors and "5,2" in run.errors
    assert [p.name for p in here.glob("d-*")] == ["d-9.png"]
    (here / "golden-0004.png").unlink()
    run = imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--compare", "golden-%04d.png", ok=2)
    assert "frame 4: golden-0004.png" in run.errors


def test_each_frame_gets_a_picture_of_its_own_pasted(imgtool, here, clip):
    for number in range(COUNT):
        Image.new("L", (2, 2), number).save(f"mark-{number}.png")
    imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--paste", "mark-%d.png@3,4", "--save", "f-%d.png")
    for number, found in gathered(range(COUNT)).items():
        wanted = clip[number].copy()
        wanted[4:6, 3:5] = number
        assert (found == wanted).all()


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("access", ["cow", "rw"])
def test_edits_are_those_of_each_frame(imgtool, here, clip, access, threads):
    before = (here / "clip.raw").read_bytes()
    run = imgtool("frombuffer", "clip.raw", *SIZE, "--access", access, "--each", "--fill", "2x2+3+4=7", "--invert",
                  "--expect-detached" if access == "cow" else "--expect-shared", "--save", "f-%d.png",
                  "--threads", threads)
    assert not run.errors
    clip[:, 4:6, 3:5] = 7
    for number, found in gathered(range(COUNT)).items():
        assert (found == 255 - clip[number]).all()
    after = (here / "clip.raw").read_bytes()
    assert after == (before if access == "cow" else (255 - clip).tobytes())


def test_an_edit_of_one_frame_does_not_detach_another(imgtool, here):
    # Both frames stand in one page.
    frames(2, (8, 8)).tofile("small.raw")
    imgtool("frombuffer", "small.raw", "--size", "8x8", "--each", "--expect-shared", "--put", "0,0=1",
            "--expect-detached")


def test_what_others_do_to_the_buffer_is_done_frame_by_frame(imgtool, here, clip):
    run = imgtool("frombuffer", "clip.raw", *SIZE, "--each", "--run", "echo >> log; wc -l < log",
                  "--poke", "0=07", "--print", "0,0", "--sync")
    assert [line.strip() for line in run.errors.splitlines() if not line.startswith("imgtool")] == [
        str(n + 1) for n in range(COUNT)]
    assert run.lines == ["7", *(str(n) for n in clip[1:, 0, 0])]


def test_a_note_is_told_once_and_not_for_each_frame(imgtool, here):
    frames(COUNT, (HEIGHT, WIDTH, 3)).tofile("clip.raw")
    line = ["frombuffer", "clip.raw", *SIZE, "--mode", "RGB"]
    one = imgtool(*line, "--frame", "0", "--as", "nv12", "--save", "f-0.raw").errors
    run = imgtool(*line, "--each", "--as", "nv12", "--save", "f-%d.raw")
    assert run.errors == one.replace("f-0.raw", "f-%d.raw") and one, run
    pixels = frames(COUNT, (HEIGHT, WIDTH, 4))
    pixels.tofile("rest.raw")
    with open("rest.raw", "ab") as file:
        file.write(bytes(5))
    run = imgtool("frombuffer", "rest.raw", *SIZE, "--mode", "RGBA", "--each", "--save", "f-%d.png")
    assert run.errors == f"imgtool: rest.raw: 5 bytes after the last of {COUNT} frames\n"
    run = imgtool("frombuffer", "rest.raw", *SIZE, "--mode", "RGBA", "--each", "--trailing", "error",
                  "--save", "f-%d.png", ok=2)
    assert "--trailing ok" in run.errors
    run = imgtool("frombuffer", "rest.raw", *SIZE, "--mode", "RGBA", "--each", "--trailing", "ok",
                  "--save", "f-%d.png")
    assert not run.errors


# Files that describe themselves with several frames, and how they are written.
def write_tiff(pixels):
    tifffile.imwrite("clip.file", pixels, photometric="minisblack")


def write_compressed_tiff(pixels):
    tifffile.imwrite("clip.file", pixels, photometric="minisblack", compression="packbits")


def write_npy(pixels):
    with open("clip.file", "wb") as file:
        np.save(file, pixels)


def write_pgm(pixels):
    with open("clip.file", "wb") as file:
        for frame in pixels:
            Image.fromarray(frame).save(file, "ppm")


def write_y4m(pixels):
    with open("clip.file", "wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F25:1 Cmono\n".encode())
        for frame in pixels:
            file.write(b"FRAME\n" + frame.tobytes())


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("write", [write_tiff, write_compressed_tiff, write_npy, write_pgm, write_y4m])
def test_files_that_describe_themselves_are_taken_frame_by_frame(imgtool, here, write, threads):
    pixels = frames()
    write(pixels)
    run = imgtool("open", "clip.file", "--each", "--save", "f-%d.png", "--threads", threads)
    assert not run.errors, run
    for number, found in gathered(range(COUNT)).items():
        assert (found == pixels[number]).all()
    assert len(list(here.glob("f-*"))) == COUNT
    run = imgtool("open", "clip.file", "--frames", "4..5", "--each", "--print", "1,2")
    assert run.lines == [str(pixels[4, 2, 1]), str(pixels[5, 2, 1])]
    run = imgtool("open", "clip.file", "--frames", f"4..{COUNT}", "--each", "--hash", ok=2)
    assert f"there is no frame {COUNT}" in run.errors
    run = imgtool("open", "clip.file", "--frames", "4..5", "--hash", ok=2)
    assert "--each" in run.errors


@pytest.mark.parametrize("rest", [0, 1, 100])
@pytest.mark.parametrize("place", PLACES)
def test_info_counts_the_frames_of_a_raw_file_and_the_bytes_behind_the_last(imgtool, here, place, rest):
    store, options = PLACES[place]
    lead = bytes(100) if "--offset" in options else b""
    parts = [store(pixels) for pixels in frames()]
    (here / "clip.raw").write_bytes(lead + b"".join(parts) + bytes(rest))
    line = ["info", "clip.raw", *SIZE, *options]
    told = imgtool(*line, "--json").json
    header = int(options[options.index("--frame-header") + 1]) if "--frame-header" in options else 0
    assert (told["frames"], told["frameStride"], told["frameHeader"], told["frameRemainder"]) == (
        COUNT, len(parts[0]), header, rest)
    text = imgtool(*line).text
    assert f"frames: {COUNT}, {len(parts[0])} bytes apart" in text
    assert (f"{rest} byte{'s' * (rest > 1)} after the last\n" in text) == bool(rest)


def test_a_file_of_one_image_has_one_frame(imgtool, here, clip):
    Image.fromarray(clip[0]).save("one.png")
    assert imgtool("open", "one.png", "--each", "--print", "0,0").lines == [str(clip[0, 0, 0])]


def test_ten_thousand_frames_of_video_are_found_once(imgtool, here):
    count = 10_000
    pixels = frames(count, (2, 2))
    with open("long.y4m", "wb") as file:
        file.write(b"YUV4MPEG2 W2 H2 F25:1 Cmono\n" + b"".join(b"FRAME\n" + p.tobytes() for p in pixels))
    run = imgtool("open", "long.y4m", "--each", "--print", "1,0")
    assert run.lines == [str(n) for n in pixels[:, 0, 1]]


def test_watch_numbers_its_rounds(here):
    (here / "raw.bin").write_bytes(bytes(16))
    watch = subprocess.Popen(
        [TOOL, "watch", "raw.bin", "--size", "4x4", "--count", "3", "--interval", "0.01", "--save", "w-%04d.png"],
        stderr=subprocess.DEVNULL, cwd=here)
    for number in range(1, 4):
        until(lambda: (here / f"w-{number:04}.png").exists(), f"round {number}")
        (here / "raw.bin").write_bytes(bytes([number]) * 16)
    assert watch.wait(60) == 0
    assert [np.asarray(Image.open(f"w-{n:04}.png"))[0, 0] for n in (1, 2, 3)] == [0, 1, 2]


def test_a_file_that_is_cut_while_frames_are_done_ends_the_run_at_that_frame(imgtool, here):
    clip = frames(COUNT, (64, 64))
    clip.tofile("clip.raw")
    half = 6 * 64 * 64
    run = imgtool("frombuffer", "clip.raw", "--size", "64x64", "--each", "--save", "f-%d.png",
                  "--run", f"test -e f-4.png && truncate -s {half} clip.raw || true", ok=2)
    assert "frame 6: " in run.errors and "cut" in run.errors
    assert {p.name for p in here.glob("f-*")} == {f"f-{n}.png" for n in range(6)}
    for number, found in gathered(range(6)).items():
        assert (found == clip[number]).all()


@pytest.mark.parametrize("threads", THREADS)
def test_a_write_error_in_the_middle_leaves_earlier_frames_whole_and_nothing_else(here, threads):
    pixels = np.zeros((COUNT, 100, 100), np.uint8)
    pixels[5] = frames(1, (100, 100))[0]  # Noise is no smaller as a PNG.
    pixels.tofile("clip.raw")
    done = subprocess.run(
        [TOOL, "frombuffer", "clip.raw", "--size", "100x100", "--each", "--save", "f-%d.png", "--threads",
         str(threads)], capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)))
    assert done.returncode == 2 and "frame 5: f-5.png: " in done.stderr, done
    assert {p.name for p in here.iterdir()} == {"clip.raw"} | {f"f-{n}.png" for n in range(5)}
    for number, found in gathered(range(5)).items():
        assert (found == pixels[number]).all()


def test_a_run_that_is_killed_leaves_whole_frames_and_no_strays(here):
    pixels = frames(300, (200, 200))
    pixels.tofile("clip.raw")
    for _ in range(5):
        run = subprocess.Popen([TOOL, "frombuffer", "clip.raw", "--size", "200x200", "--each", "--save", "f-%d.png"],
                               stderr=subprocess.DEVNULL)
        until(lambda: len(list(here.glob("f-*"))) > 10 or run.poll() is not None, "ten frames")
        run.send_signal(signal.SIGTERM)
        assert run.wait(60) in (-signal.SIGTERM, 0)
        names = {p.name for p in here.iterdir()} - {"clip.raw"}
        assert all(name.startswith("f-") for name in names), names
        for name in names:
            number = int(name[2:-4])
            assert (np.asarray(Image.open(name)) == pixels[number]).all()
            os.unlink(name)


def test_memory_does_not_grow_with_the_number_of_frames(here, spawner):
    used = []
    for count in (50, 400):
        np.zeros((count, 480, 640), np.uint8).tofile("clip.raw")
        done = spawner.run(TOOL, "frombuffer", "clip.raw", "--size", "640x480", "--each", "--convert", "RGB",
                           "--save", "f-%d.ppm", "--threads", "2", cwd=here)
        assert done.status == 0, done
        used.append(done.memory)
    assert used[1] < used[0] + (8 << 20), used


@pytest.mark.parametrize("threads", [1, 4])
def test_output_that_cannot_be_written_ends_a_pipe_without_an_end(here, threads):
    reading, writing = os.pipe()
    try:
        os.write(writing, bytes(3 * WIDTH * HEIGHT))
        with open("/dev/full", "wb") as full:
            run = subprocess.run(
                [TOOL, "frombuffer", "-", *SIZE, "--each", "--threads", str(threads), "--print", "0,0"],
                stdin=reading, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    finally:
        os.close(reading)
        os.close(writing)
    assert run.returncode == 2 and run.stderr.startswith("imgtool: frame 0: "), run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_save_onto_the_source_is_refused_before_an_edit_reaches_it(imgtool, refused, here):
    Image.new("L", (6, 4), 9).save("a.bmp")
    refused("open", "a.bmp", "--access", "rw", "--fill", "7", "--convert", "RGB", "--save", "a.bmp",
            words=["a.bmp", "--replace"])
    imgtool("open", "a.bmp", "--access", "rw", "--fill", "7", "--save", "a.bmp")
    assert np.asarray(Image.open("a.bmp")).tolist() == [[7] * 6] * 4
    tifffile.imwrite("f-0.tif", frames(2), photometric="minisblack")
    run = refused("open", "f-0.tif", "--each", "--convert", "RGB", "--save", "f-%d.tif", words=["give another name"])
    assert "--replace" not in run.errors


def test_each_frame_is_compared_with_that_of_the_same_number(imgtool, here):
    pixels = frames(3)
    for name, data in [("a", pixels), ("b", pixels), ("short", pixels[:2]), ("one", pixels[:1])]:
        tifffile.imwrite(f"{name}.tif", data, photometric="minisblack")
    imgtool("open", "a.tif", "--each", "--compare", "b.tif")
    run = imgtool("open", "a.tif", "--each", "--compare", "short.tif", ok=1)
    assert "there is no frame 2" in run.errors
    assert "frame 1: " in imgtool("open", "a.tif", "--each", "--compare", "one.tif", ok=1).errors


def test_an_array_of_a_raw_file_is_refused(refused, clip):
    refused("frombuffer", "clip.raw", *SIZE, "--each", "--tensor", "x", "--hash", words=["--tensor", "raw"])


def test_a_command_without_each_says_which_have_it(imgtool, refused, here):
    tifffile.imwrite("a.tif", frames(3), photometric="minisblack")
    assert "--each takes all of them" in imgtool("open", "a.tif", "--hash").errors
    for command in ("show", "info"):
        refused(command, "a.tif", "--frames", "all", words=["open, compare and hash", "--frame N"])
    for command in (["open", "f-%04d.png"], ["show", "f-%04d.png"], ["info", "f-%04d.png"]):
        refused(*command, words=["only compare and hash with --each"])
    refused("open", "a.tif", "--each", "--save", "o.y4m", words=["--format y4m --save - > o.y4m"])
    refused("open", "a.tif", "--each", "--save", "zz-%%.png", words=["zz-%%-%04d.png"])
