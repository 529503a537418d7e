"""Mistakes that people make at a shell, each with the sentence that it gets: see `mistakes.tsv`."""

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from conftest import TOOL
from PIL import Image

ROWS = [line.split("\t") for line in (Path(__file__).parent / "mistakes.tsv").read_text().splitlines()
        if not line.startswith("#")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of somebody with 64x48 pixels in all kinds of files."""
    here = tmp_path_factory.mktemp("mistakes")
    y, x = np.mgrid[:48, :64]
    ramp = np.stack([x * 4, y * 5, x + y], 2).astype("u1")
    pixels = ramp.tobytes()
    raw = {"frame": pixels, "cap_64x48": pixels, "my frame": pixels, "cut": pixels[:7680], "empty": b"",
           "odd": pixels + b"end", "clip": pixels * 4,
           "padded": b"".join(pixels[192 * y:192 * y + 192] + bytes(28) for y in range(48))}
    for name, data in raw.items():
        (here / f"{name}.rgb").write_bytes(data)
    (here / "header.raw").write_bytes(bytes(512) + pixels)
    (here / "gray16.raw").write_bytes((x * 60 + y).astype("<u2").tobytes())
    (here / "clip.nv12").write_bytes(bytes(64 * 48 * 3 // 2))
    picture = Image.fromarray(ramp)
    for name in ("photo.png", "photo.bmp", "photo.jpg"):
        picture.save(here / name)
    picture.resize((32, 24)).save(here / "small.png")
    picture.convert("RGBA").save(here / "glass.png")
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (48, 64, 3), "u1")).save(here / "noise.png")
    whole = (here / "photo.png").read_bytes()
    (here / "cut.png").write_bytes(whole[:len(whole) // 2])
    (here / "folder").mkdir()
    return here


@pytest.mark.parametrize("rating,status,line,sentence", ROWS, ids=[row[2] for row in ROWS])
def test_a_mistake_gets_its_sentence(folder, rating, status, line, sentence):
    before = sorted(os.listdir(folder))
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=60, env=dict(os.environ, PATH=f"{TOOL.parent}:{os.environ['PATH']}"))
    pattern = ".+".join(map(re.escape, sentence.split("…")))
    assert done.returncode == int(status) and re.fullmatch(f"(imgtool: )?{pattern}\n", done.stdout), done
    after = sorted(os.listdir(folder))
    for name in set(after) - set(before):
        (folder / name).unlink()
    assert status == "0" or after == before


def test_the_answers_help():
    ratings = [int(row[0]) for row in ROWS if row[0] != "-"]
    assert len(ROWS) >= 60 and len(ratings) >= 40
    assert min(ratings) > 0 and sum(ratings) / len(ratings) >= 2.6
