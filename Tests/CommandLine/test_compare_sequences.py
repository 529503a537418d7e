"""`compare --each` and `hash --each`: frame by frame, and ffmpeg says what the numbers are."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_similarity import agrees, ffmpeg, judged, make

RAW = ["--size", "48x32", "--rawmode", "yuv420p"]
SMALL = ["--size", "6x4", "--mode", "RGB"]
COUNT, BYTES = 5, 6 * 4 * 3


def told(run) -> dict:
    """What `--json` says of the run, with the lines of its frames."""
    *each, last = map(json.loads, run.lines)
    assert all(line["exit"] == (not line["same"]) for line in each if "same" in line)
    return last | {"frames": each}


@pytest.fixture
def clips(here):
    """Five frames of 6x4 RGB, of which frames 1 and 3 differ: by 1 in one sample, by 9 in all."""
    a = np.random.default_rng(3).integers(20, 200, (COUNT, 4, 6, 3), "u1")
    b = a.copy()
    b[1, 2, 3, 1] += 1
    b[3] += 9
    a.tofile("a.raw")
    b.tofile("b.raw")
    return a, b


@pytest.mark.parametrize("fmt,size,source,other", [
    ("yuv420p", "96x64", "testsrc2", "mpeg2video"), ("yuv444p", "64x48", "mandelbrot", "noise=alls=9:allf=t+u"),
    ("yuv420p10le", "80x64", "testsrc2", "boxblur=2"), ("gray", "48x48", "mandelbrot", "noise=alls=40:allf=t"),
])
@pytest.mark.parametrize("threads", [1, 2])
def test_each_frame_and_the_mean_are_as_ffmpeg_has_them(imgtool, here, program, fmt, size, source, other, threads):
    make(program, fmt, size, source, other, count=6)
    expected = judged(program, fmt, size)
    line = ["a.raw", "b.raw", "--size", size, "--rawmode", fmt, "--each", "--threads", threads]
    report = told(imgtool("compare", *line, "--json", ok=1))
    assert [frame["frame"] for frame in report["frames"]] == list(range(6)) and len(expected) == 6
    for found, frame in zip(report["frames"], expected):
        agrees(found, frame)
    summary = report["summary"]
    means = {name: np.mean([frame[name] for frame in expected]) for name in expected[0]}
    for name in [name for name in means if name.startswith("psnr.psnr")]:
        mse = means[name.replace("psnr.psnr", "psnr.mse")]
        peak = report["frames"][0]["bands"][0]["peak"]
        means[name] = 10 * np.log10(peak**2 / mse)
    agrees(summary, means)
    ratios = [frame["psnr.psnr_avg"] for frame in expected]
    assert (summary["worst"]["frame"], summary["best"]["frame"]) == (np.argmin(ratios), np.argmax(ratios))
    assert summary["worst"]["psnr"] == pytest.approx(min(ratios), abs=1e-3)
    assert (summary["frames"], summary["differing"], summary["failing"], summary["firstFailing"]) == (6, 6, 6, 0)
    # Clips in files of their own, and one of the two through a pipe.
    raw = ["-f", "rawvideo", "-pix_fmt", fmt, "-s", size]
    for name in "ab":
        ffmpeg(program, *raw, "-i", f"{name}.raw", "-strict", -1, f"{name}.y4m")
    files = told(imgtool("compare", "a.y4m", "b.y4m", "--each", "--json", ok=1))
    assert files["summary"] == summary
    mixed = told(imgtool("compare", "a.raw", "b.y4m", *line[2:], "--json", ok=1))
    assert mixed["summary"] == summary
    piped = told(imgtool("compare", "-", "b.y4m", "--each", "--json", stdin=Path("a.y4m").read_bytes(), ok=1))
    assert piped["summary"] == summary
    piped = told(imgtool("compare", "a.raw", "-", *line[2:], "--json", stdin=Path("b.raw").read_bytes(), ok=1))
    assert piped["summary"] == summary


def test_frames_are_told_line_by_line_and_the_first_that_fails_is_named(imgtool, clips):
    run = imgtool("compare", "a.raw", "b.raw", *SMALL, "--each", ok=1)
    lines = run.lines
    assert len(lines) == COUNT + 1
    for number in (0, 2, 4):
        assert lines[number] == f"frame {number}: same: 24 pixels"
    place = BYTES + (2 * 6 + 3) * 3 + 1
    assert lines[1].startswith("frame 1: pixel 3,2 differs: ") and f"(byte {place})" in lines[1]
    assert lines[3].startswith("frame 3: pixel 0,0 differs: ") and "24 pixels differ" in lines[3]
    assert lines[5].startswith("5 frames; 2 differ; the first that fails is frame 1; the worst is frame 3, PSNR 29.05 dB")
    assert imgtool("compare", "a.raw", "a.raw", *SMALL, "--each").lines[-1] == "same: 5 frames"


@pytest.mark.parametrize("words,first,status", [
    ([], 1, 1), (["--fail", 1], 3, 1), (["--fail", 9], None, 0), (["--fail-psnr", 30], 3, 1),
    (["--fail-psnr", 29], None, 0), (["--fail-percent", 5], 3, 1), (["--frames", "0..0"], None, 0),
    (["--frames", "2..4"], 3, 1), (["--frames", "all"], 1, 1), (["--region", "3x2+0+0"], 3, 1),
])
def test_thresholds_hold_for_each_frame(imgtool, clips, words, first, status):
    line = ["a.raw", "b.raw", *SMALL, "--each", *words]
    report = told(imgtool("compare", *line, "--json", ok=status))
    assert (report["same"], report["summary"]["firstFailing"], report["exit"]) == (status == 0, first, status)
    text = imgtool("compare", *line, ok=status).lines[-1]
    assert (f"the first that fails is frame {first}" in text) is (first is not None)
    run = imgtool("compare", *line, "-q", ok=status)
    assert (run.output, run.errors) == (b"", "")


def spread(frames, header=0, gap=0) -> bytes:
    return b"".join(b"H" * header + frame.tobytes() + b"g" * gap for frame in frames)


def test_headers_and_gaps_of_frames_are_passed_over(imgtool, clips):
    a, b = clips
    Path("a.raw").write_bytes(b"12" + spread(a, 7, 4))
    Path("b.raw").write_bytes(b"34" + spread(b, 7, 4))
    layout = [*SMALL, "--offset", 2, "--frame-header", 7, "--frame-stride", BYTES + 11, "--each"]
    report = told(imgtool("compare", "a.raw", "b.raw", *layout, "--json", ok=1))
    assert [frame["same"] for frame in report["frames"]] == [True, False, True, False, True]
    assert report["frames"][1]["first"]["offset"]["a"] == 2 + (BYTES + 11) + 7 + (2 * 6 + 3) * 3 + 1
    lines = imgtool("hash", "a.raw", *layout).lines
    np.stack(a).tofile("plain.raw")
    plain = imgtool("hash", "plain.raw", *SMALL, "--each").lines
    assert [line.split()[0] for line in lines] == [line.split()[0] for line in plain]


@pytest.mark.parametrize("known", ["a.raw", "-"])
def test_frames_meet_files_whose_names_have_their_number(imgtool, clips, known):
    a, _ = clips
    for number, frame in enumerate(a):
        Image.fromarray(frame).save(f"golden-{number:04d}.png")
    given = {"stdin": Path("a.raw").read_bytes()} if known == "-" else {}
    run = imgtool("compare", known, "golden-%04d.png", *SMALL, "--each", **given)
    assert run.lines[-1] == "same: 5 frames"
    run = imgtool("compare", "golden-%04d.png", known, *SMALL, "--frames", "1..3", "--each", **given)
    assert run.lines[-1] == "same: 3 frames" and run.lines[0].startswith("frame 1: ")
    Image.fromarray(a[2] ^ 1).save("golden-0003.png")
    run = imgtool("compare", known, "golden-%04d.png", *SMALL, "--each", "--json", ok=1, **given)
    assert told(run)["summary"]["firstFailing"] == 3


def test_a_picture_of_the_errors_of_each_frame_has_its_number(imgtool, refused, clips):
    imgtool("compare", "a.raw", "b.raw", *SMALL, "--each", "--diff", "d-%02d.png", ok=1)
    assert sorted(path.name for path in Path().glob("d-*")) == ["d-01.png", "d-03.png"]
    refused("compare", "a.raw", "b.raw", *SMALL, "--each", "--diff", "d.png", words=["--diff d.png", "%04d"])


@pytest.mark.parametrize("piped", [None, "a", "b"])
def test_clips_of_other_lengths_are_not_the_same(imgtool, clips, piped):
    a, _ = clips
    a[:3].tofile("short.raw")
    for one, other, counts in (("a.raw", "short.raw", (5, 3)), ("short.raw", "a.raw", (3, 5))):
        names = ["-" if piped == "a" else one, "-" if piped == "b" else other]
        given = {"stdin": Path(one if piped == "a" else other).read_bytes()} if piped else {}
        run = imgtool("compare", *names, *SMALL, "--each", ok=1, **given)
        assert run.lines[:3] == [f"frame {n}: same: 24 pixels" for n in range(3)] and len(run.lines) == 4
        said = [f"{name} has {f'more than {3}' if name == '-' and count == 5 else f'{count} frames'}"
                for name, count in zip(names, counts)]
        assert f"lengths differ: {said[0]}, {said[1]}" in run.lines[-1]
        report = told(imgtool("compare", *names, *SMALL, "--each", "--json", ok=1, **given))
        assert report["same"] is False and "lengths differ" in report["reason"]


def test_what_cannot_be_compared_is_refused(refused, clips, here):
    refused("compare", "-", "-", *SMALL, "--each", words=["standard input", "not both"])
    refused("compare", "a.raw", "none-%d.png", *SMALL, "--each", words=["none-0.png", "no such file"])
    refused("compare", "a.raw", "b.raw", *SMALL, "--each", "--frames", "3..9", words=["no frame 9", "there are 5"])
    refused("compare", "a.raw", "b.raw", *SMALL, "--each", "--frame", 2, words=["--frame", "--each"])
    refused("compare", "a.raw", "-", *SMALL, "--each", stdin=b"", words=["ended before frame 0"])


def test_a_pipe_that_ends_early_has_said_what_it_had(imgtool, clips):
    run = imgtool("compare", "-", "a.raw", *SMALL, "--each", "--frames", "0..3", ok=2,
                  stdin=Path("a.raw").read_bytes()[:BYTES * 2])
    assert run.lines == ["frame 0: same: 24 pixels", "frame 1: same: 24 pixels"]
    assert "there is no frame 3; standard input ended before frame 2" in run.errors


def test_a_frame_of_another_size_is_named(imgtool, clips):
    a, _ = clips
    for number, frame in enumerate(a):
        Image.fromarray(frame if number != 2 else frame[:3]).save(f"g{number}.png")
    run = imgtool("compare", "a.raw", "g%d.png", *SMALL, "--each", ok=1)
    assert run.lines[2] == "frame 2: sizes differ: a.raw[2] is 6x4, g2.png is 6x3"
    assert "the first that fails is frame 2" in run.lines[-1] and "the mean" not in run.lines[-1]
    report = told(imgtool("compare", "a.raw", "g%d.png", *SMALL, "--each", "--json", ok=1))
    assert report["frames"][2]["reason"].startswith("sizes differ")
    assert report["summary"]["bands"] is None is not report["summary"]["worst"]


@pytest.mark.parametrize("source", ["raw", "y4m", "npy", "pattern", "pipe"])
def test_a_hash_for_each_frame_is_that_of_the_frame_alone(imgtool, here, program, source):
    make(program, "yuv420p", "48x32", "testsrc2", "boxblur=1", count=4)
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "48x32"]
    given, options = {}, []
    if source in ("raw", "pipe"):
        name, options = ("a.raw" if source == "raw" else "-"), RAW
        given = {"stdin": Path("a.raw").read_bytes()} if source == "pipe" else {}
        alone = [["a.raw", *RAW, "--frame", number] for number in range(4)]
    elif source == "y4m":
        name = "a.y4m"
        ffmpeg(program, *raw, "-i", "a.raw", name)
        alone = [[name, "--frame", number] for number in range(4)]
    elif source == "npy":
        name = "a.npy"
        np.save(name, np.random.default_rng(1).integers(0, 256, (4, 9, 7, 3), "u1"))
        alone = [[name, "--frame", number] for number in range(4)]
    else:
        name = "f-%02d.png"
        ffmpeg(program, *raw, "-i", "a.raw", "-start_number", 0, name)
        alone = [[f"f-{number:02d}.png"] for number in range(4)]
    expected = [imgtool("hash", *words).text.split()[0] for words in alone]
    run = imgtool("hash", name, *options, "--each", **given)
    labels = [f"f-{n:02d}.png" if source == "pattern" else f"{name}[{n}]" for n in range(4)]
    assert run.lines == [f"{digest}  {label}" for digest, label in zip(expected, labels)]
    assert len(set(expected)) == 4
    report = told(imgtool("hash", name, *options, "--each", "--json", **given))
    assert [(one["name"], one["hash"]) for one in report["frames"]] == list(zip(labels, expected))
    chosen = imgtool("hash", name, *options, "--frames", "1..2", "--each", **given)
    assert chosen.lines == run.lines[1:3]
    # What was printed is what a check reads.
    Path("list.txt").write_text(run.text)
    checked = imgtool("hash", "--check", "list.txt", *options, **given)
    assert checked.lines == [f"{label}: OK" for label in labels]
    Path("list.txt").write_text(run.text.replace(expected[2], expected[1]))
    checked = imgtool("hash", "--check", "list.txt", *options, ok=1, **given)
    assert checked.lines[2] == f"{labels[2]}: FAILED"
    Path("list.txt").write_text(f"{expected[0]}  {name}[9]\n")
    if source != "pattern":
        run = imgtool("hash", "--check", "list.txt", *options, ok=2, **given)
        assert "no frame 9" in run.errors


def test_a_file_whose_name_ends_as_that_of_a_frame_is_itself(imgtool, here):
    for name, color in (("a.png", 1), ("a.png[0]", 2)):
        Image.new("L", (3, 3), color).save(name, format="png")
    lines = imgtool("hash", "a.png", "a.png[0]").text
    assert len(set(re.findall(r"^\w+", lines, re.M))) == 2
    Path("list.txt").write_text(lines)
    assert imgtool("hash", "--check", "list.txt").lines == ["a.png: OK", "a.png[0]: OK"]


def test_the_lines_are_the_same_for_every_number_of_threads(imgtool, here):
    draw = np.random.default_rng(5)
    a = draw.integers(0, 256, (60, 20, 30), "u1")
    b = np.where(draw.random(a.shape) < 0.001, a ^ 3, a)
    a.tofile("a.raw")
    b.astype("u1").tofile("b.raw")
    line = ["--size", "30x20", "--mode", "L", "--each"]
    runs = {imgtool("compare", "a.raw", "b.raw", *line, "--threads", threads, ok=1).output for threads in (1, 2, 5)}
    assert len(runs) == 1 and runs.pop().count(b"\n") == 61
    runs = {imgtool("hash", "a.raw", *line, "--threads", threads).output for threads in (1, 2, 5)}
    assert len(runs) == 1


def test_the_ratio_that_is_printed_is_the_one_that_is_tested(imgtool, here, program):
    make(program, "yuv420p", "48x32", "testsrc2", "noise=alls=20:allf=t", count=1)
    ratio = judged(program, "yuv420p", "48x32")[0]["psnr.psnr_avg"]
    for name in "ab":
        ffmpeg(program, "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "48x32", "-i", f"{name}.raw", f"{name}.y4m")
    run = imgtool("compare", "a.y4m", "b.y4m", ok=1)
    assert float(re.search(r"PSNR ([0-9.]+) dB", run.text)[1]) == pytest.approx(ratio, abs=1e-2)
    imgtool("compare", "a.y4m", "b.y4m", "--fail-psnr", ratio - 0.01)
    imgtool("compare", "a.y4m", "b.y4m", "--fail-psnr", ratio + 0.01, ok=1)


def test_a_file_that_is_missing_between_others_is_named(imgtool, refused, clips):
    for number in (0, 1, 3):
        Image.fromarray(clips[0][number]).save(f"f-{number:04}.png")
    for words in (["hash", "f-%04d.png"], ["compare", "f-%04d.png", "f-%04d.png"]):
        refused(*words, "--each", words=["f-0002.png", "f-0003.png", "--frames 0..1"])
    assert len(imgtool("hash", "f-%04d.png", "--each", "--frames", "0..1").lines) == 2


def test_numbers_of_raw_frames_are_compared_with_those_of_an_array(imgtool, here):
    samples = np.arange(48, dtype="u1").reshape(2, 4, 6)
    samples.tofile("a.raw")
    np.save("b.npy", samples.astype("f4") * 2)
    for words in ([], ["--each"]):
        imgtool("compare", "a.raw", "b.npy", "--size", "6x4", "--scale", 2, "--frame" if not words else "--frames",
                0 if not words else "0..1", *words)


def test_a_list_of_hashes_says_which_frames_it_names(imgtool, refused, clips):
    Path("list").write_text("\n".join(imgtool("hash", "a.raw", *SMALL, "--each").lines) + "\n")
    imgtool("hash", "--check", "list", *SMALL)
    refused("hash", "--check", "list", *SMALL, "--each", words=["--check", "leave out --each"])
