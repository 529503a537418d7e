"""Every example of the help runs as it is written, and ends as it says."""

import os
import re
import subprocess

import numpy as np
import pytest
from conftest import TOOL, commands, run_tool
from PIL import Image

COMMANDS = commands()


def examples(command: str) -> list:
    """The lines of a command's examples, with what they are said to do."""
    found = run_tool("help", command, "--json").json["commands"][0]["examples"]
    return [(example["line"], example["meaning"]) for example in found]


@pytest.fixture
def prepared(here):
    """The files that the examples name."""
    (here / "raw.bin").write_bytes(b"\xff")
    rng = np.random.default_rng(7)
    (here / "fb.raw").write_bytes(rng.integers(0, 256, 2624 * 480, "u1").tobytes())
    (here / "sensor.raw").write_bytes(rng.integers(0, 4096, 320 * 200).astype("<u2").tobytes())
    x, y = np.meshgrid(np.arange(64), np.arange(64))
    photo = np.stack([x * 4, y * 4, 255 - x * 2], 2).astype("u1")
    # Two frames, and what a careful encoder would have made of them.
    clip = rng.integers(0, 256, 640 * 480 * 3, "u1").tobytes()
    (here / "clip.raw").write_bytes(clip)
    size = 640 * 480 * 3 // 2
    frames = b"".join(b"FRAME\n" + clip[start:start + size] for start in (0, size))
    (here / "coded.y4m").write_bytes(b"YUV4MPEG2 W640 H480 F25:1 Ip C420jpeg\n" + frames)
    Image.fromarray(photo).save("photo.png")
    Image.fromarray(photo).save("photo.bmp")
    Image.fromarray(photo).save("a.png")
    Image.fromarray(photo ^ 1).save("b.png")
    return here


def shell(line: str, folder) -> subprocess.CompletedProcess:
    environment = dict(os.environ, PATH=f"{TOOL.parent}:{os.environ['PATH']}", HOME=str(folder))
    return subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=120, stdin=subprocess.DEVNULL)


def test_every_example_does_what_it_says(imgtool, prepared):
    assert len(COMMANDS) > 15
    tried = 0
    for command in COMMANDS:
        # Those need a terminal: see `test_explore.py`.
        for line, meaning in [] if command == "explore" else examples(command):
            wanted = 1 if "(exit 1)" in meaning else 0
            done = shell(line, prepared)
            assert done.returncode == wanted, f"$ {line}\n{done.stdout}{done.stderr}"
            tried += 1
    assert tried > 30
    assert imgtool("open", "photo.bmp", "--print", "3,4").text == "255,0,0\n"
    red = imgtool("frombuffer", "fb.raw", "--size", "640x480", "--rawmode", "BGRX", "--stride", "2624",
                  "--print", "109,59", "--print", "10,9")
    assert red.lines[0] == "255,0,0" and red.lines[1] != "255,0,0"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example(imgtool, command):
    found = examples(command)
    assert found or command == "version"
    assert all(line.startswith("imgtool ") and meaning for line, meaning in found)


def test_every_example_is_in_the_manual(imgtool, prepared):
    page = subprocess.run(["man", "-l", "-E", "ascii", "-"], input=imgtool("man").text, text=True,
                          capture_output=True, env=dict(os.environ, MANWIDTH="300")).stdout
    page = re.sub(r"\s+", " ", page)
    for command in COMMANDS:
        for line, _ in examples(command):
            assert line in page
