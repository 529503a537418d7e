"""Steps that run again when another program changes the buffer, and screens that are left clean."""

import itertools
import json
import mmap
import os
import signal
import subprocess

import numpy as np
import pytest

from conftest import TOOL, SECONDS
from terminals import Terminal, half_blocks
from waiting import until, until_it_has_paused

INTERVAL = 0.5
RAW = ["raw.bin", "--size", "4x4", "--mode", "L"]


@pytest.fixture
def terminal(here, program):
    opened = []

    def open_one(**environment) -> Terminal:
        opened.append(Terminal(program("tmux"), here, environment))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def watching(here):
    """Starts `imgtool watch`; whatever is left of it ends with the test."""
    (here / "raw.bin").write_bytes(bytes(16))
    started = []

    def start(*options, source=RAW, interval=INTERVAL) -> subprocess.Popen:
        words = [TOOL, "watch", *source, "--interval", str(interval), *options]
        started.append(subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, bufsize=1))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def store(offset: int, value: int, path="raw.bin"):
    """A store through a map of another process's own: no event tells of it."""
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        memory[offset] = value


def ended(process: subprocess.Popen) -> tuple:
    output, errors = process.communicate(timeout=SECONDS)
    return process.returncode, output, errors


def test_a_foreign_store_runs_the_steps_again(watching):
    watch = watching("--json", "--print", "1,0")
    first = json.loads(watch.stdout.readline())
    assert (first["version"], first["round"]) == (1, 1)
    assert first["steps"][0]["step"] == "print" and first["steps"][0]["pixel"] == [0]
    until_it_has_paused(watch, 1)
    store(1, 77)
    second = json.loads(watch.stdout.readline())
    assert second["round"] == 2 and second["steps"][0]["pixel"] == [77]
    assert second["hash"] != first["hash"] and second["seconds"] > first["seconds"]


def test_nothing_runs_while_the_pixels_are_the_same(watching):
    watch = watching("--json", "--print", "1,0", "--count", "2", interval=0.02)
    assert json.loads(watch.stdout.readline())["round"] == 1
    for _ in range(5):
        store(1, 0)
        os.utime("raw.bin")
        until_it_has_paused(watch, 2)
    assert watch.poll() is None
    store(0, 1)
    status, output, _ = ended(watch)
    assert (status, json.loads(output)["round"]) == (0, 2)


def test_it_ends_after_a_count_of_rounds(imgtool, here):
    (here / "raw.bin").write_bytes(bytes(16))
    run = imgtool("watch", *RAW, "--count", 1, "--print", "0,0", "--hash")
    assert run.lines[0] == "0" and run.lines[1].endswith("  raw.bin")
    assert run.errors == "imgtool: raw.bin: round 1\n"
    assert imgtool("watch", *RAW, "--count", 1, "-q", "--print", "0,0").errors == ""


def test_private_edits_hide_nothing_that_comes_later(watching):
    watch = watching("--json", "--invert", "--print", "0,0", "--count", "3", interval=0.02)
    assert json.loads(watch.stdout.readline())["steps"][1]["pixel"] == [255]
    store(0, 10)
    assert json.loads(watch.stdout.readline())["steps"][1]["pixel"] == [245]
    store(0, 20)
    assert json.loads(watch.stdout.readline())["steps"][1]["pixel"] == [235]
    assert ended(watch)[0] == 0


@pytest.mark.parametrize("options", [
    ["--access", "rw", "--add", "1"], ["--poke", "3=99"],
])
def test_what_the_steps_write_themselves_is_no_change(watching, here, options):
    layout = [word for word in options if word in ("--access", "rw")]
    steps = options[len(layout):]
    watch = watching("--json", *steps, source=[*RAW, *layout], interval=0.02)
    assert json.loads(watch.stdout.readline())["round"] == 1
    until_it_has_paused(watch, 10)
    watch.send_signal(signal.SIGTERM)
    status, output, _ = ended(watch)
    assert (status, output) == (-signal.SIGTERM, "")
    assert (here / "raw.bin").read_bytes() == (bytes([1]) * 16 if layout else b"\0\0\0\x99" + bytes(12))


def test_a_file_that_takes_the_name_is_followed(watching, here):
    watch = watching("--json", "--print", "0,0", interval=0.02)
    watch.stdout.readline()
    (here / "new.bin").write_bytes(bytes([5] * 16))
    os.replace("new.bin", "raw.bin")
    assert json.loads(watch.stdout.readline())["steps"][0]["pixel"] == [5]


def test_a_file_that_describes_itself_is_watched(watching, here):
    (here / "a.pgm").write_bytes(b"P5\n2 1\n255\n\x07\x08")
    watch = watching("--json", "--print", "1,0", source=["a.pgm"], interval=0.02)
    assert json.loads(watch.stdout.readline())["steps"][0]["pixel"] == [8]
    store(12, 9, "a.pgm")
    assert json.loads(watch.stdout.readline())["steps"][0]["pixel"] == [9]


@pytest.mark.parametrize("cut, words", [(8, "8"), (0, "empty"), (None, "no such")])
def test_a_file_on_its_way_is_waited_for_and_noted_once(watching, here, cut, words):
    watch = watching("--json", "--print", "0,0", interval=0.02)
    watch.stdout.readline()
    if cut is None:
        os.unlink("raw.bin")
    else:
        os.truncate("raw.bin", cut)
    note = watch.stderr.readline()
    assert note.startswith("imgtool: raw.bin: ") and words in note.lower() and "wait" in note, note
    (here / "raw.bin").write_bytes(bytes([7] * 15))
    (here / "raw.bin").write_bytes(bytes([9] * 16))
    second = json.loads(watch.stdout.readline())
    assert (second["round"], second["steps"][0]["pixel"]) == (2, [9])
    # Another one is news again.
    os.truncate("raw.bin", 3)
    assert "wait" in watch.stderr.readline()
    watch.terminate()
    assert ended(watch) == (-signal.SIGTERM, "", "")


def test_a_producer_that_writes_slowly_is_followed(watching, here):
    watch = watching("--json", "--print", "3,3", interval=0.01)
    watch.stdout.readline()
    for value in range(1, 6):
        with open("raw.bin", "wb", buffering=0) as file:
            for _ in range(16):
                until_it_has_paused(watch, 1)
                file.write(bytes([value]))
        assert json.loads(watch.stdout.readline())["steps"][0]["pixel"] == [value]
    watch.terminate()
    assert ended(watch)[0] == -signal.SIGTERM


@pytest.mark.parametrize("content", [b"", bytes(15), None])
def test_a_file_that_never_was_long_enough_is_refused(refused, here, content):
    if content is not None:
        (here / "raw.bin").write_bytes(content)
    refused("watch", *RAW, "--print", "0,0", words="raw.bin")


def test_a_step_that_fails_ends_it_with_its_status(watching):
    watch = watching("--json", "--expect", "0,0=0", interval=0.02)
    assert json.loads(watch.stdout.readline())["exit"] == 0
    store(0, 1)
    status, output, errors = ended(watch)
    assert status == 1 and json.loads(output)["exit"] == 1 and "pixel 0,0 is 1" in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(watching, number):
    watch = watching("--print", "0,0")
    watch.stdout.readline()
    watch.send_signal(number)
    assert ended(watch)[0] == -number


def test_a_closed_pipe_ends_it_quietly(here):
    (here / "raw.bin").write_bytes(bytes(16))
    script = f"'{TOOL}' watch {' '.join(RAW)} -q --interval 0.01 --print 0,0 | head -n 1"
    with subprocess.Popen(["bash", "-c", script], stderr=subprocess.PIPE) as pipe:
        values = itertools.cycle(range(256))
        # What it writes after the end of `head` ends it.
        until(lambda: store(0, next(values)) or pipe.poll() is not None, "the end of the pipe")
        assert pipe.poll() == 0 and pipe.stderr.read() == b""


def test_standard_input_cannot_change(refused):
    refused("watch", "-", "--size", "1x1", "--print", "0,0", words="not a file")


@pytest.mark.parametrize("options, words", [
    (["--interval", "0"], "--interval"), (["--interval", "often"], "number"),
    (["--interval", "nan"], "--interval"), (["--count", "0"], "at least 1"),
])
def test_wrong_options_are_refused(refused, options, words):
    refused("watch", "absent.bin", "--size", "1x1", *options, "--print", "0,0", words=words)


def gray(value: int) -> list:
    return [[(value,) * 3] * 4] * 4


def start_live(here, screen, *options):
    (here / "raw.bin").write_bytes(bytes([10] * 16))
    screen.run("watch", *RAW, "--interval", "0.1", *options, "--show")
    screen.wait_for(lambda text: "raw.bin: round 1" in text)


def test_a_live_view_is_redrawn_in_place(here, terminal):
    screen = terminal(COLORTERM="truecolor")
    start_live(here, screen)
    assert screen.fact("alternate_on") == "1" and screen.fact("cursor_flag") == "0"
    assert half_blocks(screen.cells(), 4, 4) == gray(10)
    with open("raw.bin", "r+b") as file:
        file.write(bytes([200] * 16))
    text = screen.wait_for(lambda text: "round 2" in text)
    assert half_blocks(screen.cells(), 4, 4) == gray(200)
    assert "round 1" not in text and text.count("▀") == 8


@pytest.mark.parametrize("key, status", [("C-c", 130), ("TERM", 143)])
def test_a_signal_leaves_the_screen_as_it_was(here, terminal, key, status):
    screen = terminal(COLORTERM="truecolor")
    start_live(here, screen)
    if key == "TERM":
        subprocess.run(["pkill", "-P", screen.fact("pane_pid"), "-TERM", "imgtool"], check=True)
    else:
        screen.type(key)
    screen.wait_for(lambda text: "▀" not in text)
    assert screen.fact("alternate_on") == "0" and screen.fact("cursor_flag") == "1"
    # An interrupt ends the rest of the shell's line as well.
    if key == "C-c":
        screen.type("-l", "echo exit=$?")
        screen.type("Enter")
    assert screen.wait_for_exit() == status


def test_an_end_leaves_the_screen_as_it_was(here, terminal):
    screen = terminal(COLORTERM="truecolor")
    start_live(here, screen, "--count", "2")
    store(0, 0)
    assert screen.wait_for_exit() == 0
    assert screen.fact("alternate_on") == "0" and screen.fact("cursor_flag") == "1"
    assert "▀" not in screen.screen()


def test_a_live_view_waits_for_a_file_on_its_way(here, terminal):
    screen = terminal(COLORTERM="truecolor")
    start_live(here, screen)
    os.truncate("raw.bin", 3)
    (here / "raw.bin").write_bytes(bytes([200] * 16))
    screen.wait_for(lambda text: "round 2" in text)
    assert half_blocks(screen.cells(), 4, 4) == gray(200)


def test_an_error_is_told_on_the_screen_that_stays(here, terminal):
    screen = terminal(COLORTERM="truecolor")
    start_live(here, screen, "--expect", "0,0=10")
    store(0, 11)
    assert screen.wait_for_exit() == 1
    assert "imgtool: --expect 0,0=10: " in screen.screen() and screen.fact("alternate_on") == "0"


def test_a_live_view_follows_the_size_of_its_window(here, terminal):
    screen = terminal(COLORTERM="truecolor")
    np.full(100 * 100, 99, np.uint8).tofile("raw.bin")
    screen.run("watch", "raw.bin", "--size", "100x100", "--interval", "0.1", "--show")
    screen.wait_for(lambda text: "round 1" in text)
    assert screen.screen().split("\n")[0].rstrip() == "▀" * 46
    screen.resize(30, 20)
    screen.wait_for(lambda text: text.split("\n")[0].rstrip() == "▀" * 30, "30 columns")
    assert "round 1" in screen.screen()
