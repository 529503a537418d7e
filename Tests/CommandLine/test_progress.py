"""A line about long work on a terminal's standard error, gone without a trace after it."""

import os
import re
import shlex
import subprocess

import pytest

from conftest import TOOL
from terminals import Terminal

RAW = ["-", "--size", "4x4", "--mode", "L"]
# What comes late: after a while, or when the test says so by the FIFO `go`.
SLOW = "{ printf 01234567; sleep 2.5; printf 89abcdef; }"
AWAITED = "{ printf 01234567; cat go; }"


@pytest.fixture
def terminal(here, program):
    opened = []

    def open_one(**environment) -> Terminal:
        opened.append(Terminal(program("tmux"), here, environment))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def type_line(screen, line: str):
    screen.type("-l", f"printf '\\033[H\\033[2J'; {line}")
    screen.type("Enter")


def slow_run(*options, producer=SLOW) -> str:
    words = map(str, (TOOL, "frombuffer", *RAW, *options))
    return f"{producer} | {shlex.join(words)}"


def test_work_over_a_second_is_told_and_leaves_no_trace(here, terminal):
    os.mkfifo("go")
    screen = terminal()
    type_line(screen, f"{slow_run('--print', '0,0', producer=AWAITED)}; echo exit=$?")
    screen.wait_for(lambda text: re.search(r"^frombuffer: [1-9]\d* s$", text, re.M))
    (here / "go").write_text("89abcdef")
    assert screen.wait_for_exit() == 0
    lines = screen.screen().rstrip().split("\n")
    assert "frombuffer" not in "".join(lines) and lines[-3:-1] == ["48", "exit=0"]


def test_a_share_is_told_where_the_work_is_counted(here, terminal):
    with open("raw.bin", "wb") as file:
        file.truncate(1 << 35)
    screen = terminal()
    screen.run("frombuffer", "raw.bin", "--size", "262144x", "--mode", "L", "--stats")
    screen.wait_for(lambda text: re.search(r"^--stats: \d+ %$", text, re.M))
    screen.type("C-c")
    screen.wait_for(lambda text: "%" not in text)
    screen.type("-l", "echo exit=$?")
    screen.type("Enter")
    assert screen.wait_for_exit() == 130


@pytest.mark.parametrize("environment, options, tail", [
    ({}, ["-q"], ""), ({"TERM": "dumb"}, [], ""), ({}, [], " 2>&1 | cat"),
])
def test_nobody_else_is_told(here, terminal, environment, options, tail):
    screen = terminal(**environment)
    type_line(screen, f"{slow_run(*options, '--hash')}{tail}; echo exit=$?")
    seen = []
    screen.wait_for(lambda text: seen.append(text) or re.search(r"^exit=0$", text, re.M))
    assert not re.search(r"frombuffer: \d+ s", "".join(seen))
    if "errors" in tail:
        assert "\x1b" not in (here / "errors").read_text()


def test_what_another_program_writes_is_left_alone(terminal):
    screen = terminal()
    (line := "echo mine >&2; sleep 1.7; echo still mine >&2")
    words = map(str, (TOOL, "frombuffer", "raw.bin", "--size", "1x1", "--run", line))
    type_line(screen, f"printf x > raw.bin; {shlex.join(words)}; echo exit=$?")
    assert screen.wait_for_exit() == 0
    assert screen.screen().split("\n")[:3] == ["mine", "still mine", "exit=0"]


def test_a_picture_that_is_saved_to_a_pipe_has_no_line_in_it(imgtool, here):
    slow = subprocess.run(f"{slow_run('--format', 'pgm', '--save', '-')}", shell=True,
                          capture_output=True, check=True)
    assert slow.stdout == b"P5\n4 4\n255\n0123456789abcdef" and b"\x1b" not in slow.stderr
