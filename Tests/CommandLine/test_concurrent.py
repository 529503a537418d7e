"""Frames that another process rewrites meanwhile: each saved pixel stood in the buffer, and with
`--consistent` or `--lock` all of them at one moment."""

import fcntl
import os
import re
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest
from PIL import Image

from conftest import ROOT, TOOL
from waiting import until_it_waits_for_a_lock

SIZE = (512, 512)
LAYOUT = ["--size", "512x512", "--mode", "L"]
TRIES = 1000
# Writes frames of one value each. A value stays for REST seconds; `lock` takes the lock for a frame.
WRITER = textwrap.dedent("""
    import fcntl, mmap, sys, time
    path, rest, lock = sys.argv[1], float(sys.argv[2]), sys.argv[3] == "lock"
    file = open(path, "r+b")
    memory = mmap.mmap(file.fileno(), 0)
    step = len(memory) // 64
    print("ready", flush=True)
    value = 1
    while True:
        value = value % 255 + 1
        if lock:
            fcntl.flock(file, fcntl.LOCK_EX)
        for start in range(0, len(memory), step):
            memory[start:start + step] = bytes([value]) * step
            # A frame that is written at once and then rests, or one that is always being written.
            if rest == 0:
                time.sleep(0.00002)
        if lock:
            fcntl.flock(file, fcntl.LOCK_UN)
        time.sleep(rest)
""")


@pytest.fixture
def writer(here):
    started = []

    def start(rest, lock="alone"):
        (here / "raw.bin").write_bytes(bytes([1]) * (SIZE[0] * SIZE[1]))
        process = subprocess.Popen([sys.executable, "-c", WRITER, "raw.bin", str(rest), lock],
                                   stdout=subprocess.PIPE)
        started.append(process)
        process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def values(path) -> set:
    return set(np.unique(np.asarray(Image.open(path))).tolist())


def test_a_save_under_a_writer_decodes_and_holds_nothing_foreign(imgtool, writer):
    writer(rest=0)
    torn = saves = 0
    # Until frames were torn, which proves that the others below could be.
    while saves < 20 or torn < 5:
        imgtool("frombuffer", "raw.bin", *LAYOUT, "--save", "out.png")
        found = values("out.png")
        assert 0 not in found
        torn += len(found) > 1
        saves += 1
        assert saves < TRIES, f"{torn} of {saves} frames were torn"


@pytest.mark.parametrize("save", ["out.png", "out.pgm", "out.bmp"])
def test_consistent_saves_one_frame(imgtool, writer, here, save):
    (here / "raw.bin").write_bytes(bytes(SIZE[0] * SIZE[1]))
    start = time.monotonic()
    imgtool("frombuffer", "raw.bin", *LAYOUT, "--consistent", "--save", save)
    # A save fits into a rest, also by a tool that a sanitizer slows.
    writer(rest=max(0.05, 5 * (time.monotonic() - start)))
    for _ in range(8):
        imgtool("frombuffer", "raw.bin", *LAYOUT, "--consistent=500", "--save", save)
        assert len(values(save)) == 1


def test_consistent_to_a_pipe_saves_one_frame(imgtool, writer, here):
    writer(rest=0.05)
    for _ in range(8):
        run = imgtool("frombuffer", "raw.bin", *LAYOUT, "--consistent=500", "--format", "pgm",
                      "--save", "-")
        (here / "out.pgm").write_bytes(run.output)
        assert len(values("out.pgm")) == 1


def tries(imgtool, *arguments):
    """Runs until one says that the pixels changed. A busy machine may keep the writer waiting, so
    that it does rest: then a run is right to succeed."""
    for _ in range(TRIES):
        run = imgtool(*arguments, ok=None)
        assert run.exit in (0, 1), run
        yield run
        if "changed while they were read" in run.errors:
            assert run.exit == 1, run
            return
    raise AssertionError(f"none of {TRIES} runs met the writer\n{run}")


def test_consistent_says_no_when_the_writer_never_rests(imgtool, writer, here):
    (here / "out.png").write_bytes(b"old")
    writer(rest=0)
    for run in tries(imgtool, "frombuffer", "raw.bin", *LAYOUT, "--consistent=3", "--save", "out.png"):
        if run.exit == 0:
            assert len(values("out.png")) == 1
            (here / "out.png").write_bytes(b"old")
    assert "changed while they were read, 3 times" in run.errors, run
    assert sorted(os.listdir(here)) == ["out.png", "raw.bin"]
    assert (here / "out.png").read_bytes() == b"old"


@pytest.mark.parametrize("steps", [["--hash"], ["--stats"], ["--copy", "--hash"]])
def test_consistent_reports_are_of_one_frame(imgtool, writer, here, steps):
    writer(rest=0.05)
    frames = set()
    for value in range(1, 256):
        (here / "one.bin").write_bytes(bytes([value]) * (SIZE[0] * SIZE[1]))
        frames.add(imgtool("frombuffer", "one.bin", *LAYOUT, *steps).text.replace("one.bin", ""))
    for _ in range(5):
        run = imgtool("frombuffer", "raw.bin", *LAYOUT, "--consistent=500", *steps)
        assert run.text.replace("raw.bin", "") in frames


def test_hash_and_consistent(imgtool, writer):
    writer(rest=0)
    *_, run = tries(imgtool, "hash", "raw.bin", *LAYOUT, "--consistent=2")
    assert "changed while they were read" in run.errors


def test_compare_and_consistent(imgtool, writer, here):
    writer(rest=0)
    (here / "still.bin").write_bytes(bytes(SIZE[0] * SIZE[1]))
    for pair in (["raw.bin", "still.bin"], ["still.bin", "raw.bin"]):
        *_, run = tries(imgtool, "compare", *pair, *LAYOUT, "--consistent=2")
        assert "changed while they were read, 2 times" in run.errors and not run.output
    run = imgtool("compare", "still.bin", "still.bin", *LAYOUT, "--consistent", "--lock")
    assert run.text.startswith("same")


def test_a_file_at_rest_needs_no_second_reading(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(512 * 512))
    imgtool("frombuffer", "raw.bin", *LAYOUT, "--consistent", "--save", "out.png", "--expect-shared")


def test_consistent_works_for_a_file_that_somebody_has_open_for_writing(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(512 * 512))
    with open("raw.bin", "r+b"):
        run = imgtool("frombuffer", "raw.bin", *LAYOUT, "--consistent", "--save", "out.png",
                      "--expect-shared", "--json")
    assert run.json["copiedBytes"] == 0


def test_lock_saves_one_frame_when_the_writer_locks(imgtool, writer):
    writer(rest=0.0005, lock="lock")
    for index in range(20):
        imgtool("frombuffer", "raw.bin", *LAYOUT, "--lock", "--save", "out.png")
        assert len(values("out.png")) == 1


def test_lock_waits_and_says_so(here):
    (here / "raw.bin").write_bytes(bytes(512 * 512))
    with open("raw.bin", "r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        process = subprocess.Popen([TOOL, "frombuffer", "raw.bin", *LAYOUT, "--lock", "--print", "0,0"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stderr.readline() == "imgtool: raw.bin: waiting for the lock\n"
        until_it_waits_for_a_lock(process)
        held.write(b"\x07")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_UN)
        assert process.communicate(timeout=30)[0] == "7\n"


def test_edits_take_the_lock_alone(here):
    (here / "raw.bin").write_bytes(bytes(512 * 512))
    with open("raw.bin", "rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        arguments = [TOOL, "frombuffer", "raw.bin", *LAYOUT, "--lock", "--put", "0,0=9"]
        assert subprocess.run(arguments, timeout=30).returncode == 0
        process = subprocess.Popen(arguments[:-2] + ["--access", "rw", "--put", "0,0=9"],
                                   stderr=subprocess.PIPE, text=True)
        assert "waiting" in process.stderr.readline()
        until_it_waits_for_a_lock(process)
    assert process.wait(timeout=30) == 0
    process.stderr.close()
    assert (here / "raw.bin").read_bytes()[0] == 9


def test_a_pipe_cannot_be_locked(refused):
    refused("frombuffer", "-", "--size", "1x1", "--lock", "--print", "0,0", stdin=b"\1",
            words="cannot lock")


def test_no_copy_and_consistent_reports_disagree(refused, here):
    (here / "raw.bin").write_bytes(bytes(512 * 512))
    refused("frombuffer", "raw.bin", *LAYOUT, "--no-copy", "--consistent", "--hash",
            words="--no-copy")


@pytest.mark.parametrize("value", ["0", "-1", "x", "1000001"])
def test_a_wrong_number_of_tries_is_refused(refused, here, value):
    (here / "raw.bin").write_bytes(bytes(512 * 512))
    refused("frombuffer", "raw.bin", *LAYOUT, f"--consistent={value}", "--hash", words="--consistent")


def test_many_savers_of_one_file_leave_it_whole_at_any_moment(imgtool, here):
    for value in range(4):
        (here / f"{value}.bin").write_bytes(bytes([value]) * (SIZE[0] * SIZE[1]))
    imgtool("frombuffer", "0.bin", *LAYOUT, "--save", "out.png")
    loop = ("import os, subprocess, sys\n"
            "while not os.path.exists('enough'): subprocess.run(sys.argv[1:], check=True)")
    savers = [subprocess.Popen([sys.executable, "-c", loop, TOOL, "frombuffer", f"{value}.bin", *LAYOUT,
                                "--save", "out.png"]) for value in range(4)]
    seen = set()
    try:
        while len(seen) < 100 and all(saver.poll() is None for saver in savers):
            with open("out.png", "rb") as file:
                seen.add((os.fstat(file.fileno()).st_ino, os.fstat(file.fileno()).st_ctime_ns))
                assert len(values(file)) == 1
    finally:
        (here / "enough").touch()
        assert [saver.wait() for saver in savers] == [0] * 4
    assert len(seen) == 100
    assert not [name for name in os.listdir(here) if name.startswith(".")]


@pytest.mark.parametrize("language,value", [("python", 7), ("c", 9)])
def test_the_documented_writers_lock(imgtool, here, language, value):
    text = (ROOT / "Documentation/promises.md").read_text()
    code = re.search(rf"```{language}\n(.*?)```", text, re.S).group(1)
    (here / "frame.raw").write_bytes(bytes(64))
    if language == "c":
        (here / "writer.c").write_text(code)
        subprocess.run(["cc", "-Wall", "-Werror", "-o", "writer", "writer.c"], check=True)
        writer = ["./writer"]
    else:
        writer = [sys.executable, "-c", code]
    with open("frame.raw", "rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        process = subprocess.Popen(writer)
        until_it_waits_for_a_lock(process)
    assert process.wait(timeout=30) == 0
    imgtool("frombuffer", "frame.raw", "--size", "8x8", "--lock", "--expect", f"7,7={value}")
