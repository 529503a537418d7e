"""`info`, `guess`, `hash` and `show` of several files: one that cannot be read keeps no other from its answer."""

import os

import numpy as np
import pytest
from PIL import Image

from conftest import TOOL

LAYOUT = ["--size", "8x6", "--mode", "L"]
COMMANDS = ["info", "guess", "hash", "show"]


def slope(width=8, height=6) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return (x * 20 + y * 7).astype(np.uint8)


@pytest.fixture
def files(here):
    """Two raw files, and a PNG with the pixels of the first."""
    (here / "a.raw").write_bytes(slope().tobytes())
    (here / "b.raw").write_bytes(slope()[::-1].tobytes())
    Image.fromarray(slope()).save("p.png")
    return ["a.raw", "b.raw", "p.png"]


@pytest.mark.parametrize("command", ["info", "guess"])
def test_the_text_of_many_is_that_of_each_with_a_blank_line_between(imgtool, files, command):
    alone = [imgtool(command, name).text for name in files]
    assert imgtool(command, *files).text == "\n".join(alone)


@pytest.mark.parametrize("command", ["info", "guess", "show"])
def test_the_object_of_many_has_that_of_each(imgtool, files, command):
    layout = LAYOUT if command == "show" else []
    alone = [imgtool(command, name, *(layout if name.endswith("raw") else []), "--json").json
             for name in files]
    many = imgtool(command, *files, *layout, "--json").json
    assert (many["version"], many["exit"], len(many["files"])) == (1, 0, 3)
    for one, other in zip(many["files"], alone):
        # A sheet's pictures are smaller; these are small already.
        assert one == other


@pytest.mark.parametrize("command", COMMANDS)
def test_one_file_keeps_the_object_that_it_had(imgtool, files, command):
    report = imgtool(command, "p.png", "--json").json
    assert "files" not in report and report["exit"] == 0
    assert "source" in report or "hashes" in report


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("bad", ["absent.png", "broken.png"])
def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_theirs(imgtool, here, files, command, bad):
    (here / "broken.png").write_bytes((here / "p.png").read_bytes()[:60])
    if (command, bad) in (("info", "broken.png"), ("guess", "broken.png")):
        (here / "broken.png").unlink()
        os.mkfifo(here / "broken.png")
    layout = [] if command == "guess" else LAYOUT
    run = imgtool(command, "a.raw", bad, "p.png", *layout, ok=2)
    assert "a.raw" in run.text and "p.png" in run.text
    lines = [line for line in run.errors.splitlines() if bad in line]
    assert len(lines) == 1 and lines[0].startswith("imgtool: "), run
    report = imgtool(command, "a.raw", bad, "p.png", *layout, "--json", ok=2).json
    records = report["hashes" if command == "hash" else "files"]
    name = "name" if command == "hash" else "source"
    assert [record[name] for record in records] == ["a.raw", bad, "p.png"]
    assert ["error" in record for record in records] == [False, True, False]
    assert f"imgtool: {records[1]['error']}" == lines[0]
    assert report["exit"] == 2


def test_a_file_that_nothing_fits_makes_the_answer_no(imgtool, here, files):
    (here / "even.raw").write_bytes(bytes(1000))
    run = imgtool("guess", "a.raw", "even.raw", "p.png", ok=1)
    assert "no layout fits" in run.text and "imgtool open p.png" in run.text
    report = imgtool("guess", "a.raw", "even.raw", "--json", ok=1).json
    assert [record["exit"] for record in report["files"]] == [0, 1] and report["exit"] == 1
    imgtool("guess", "a.raw", "even.raw", "absent", ok=2)


@pytest.mark.parametrize("command", ["info", "hash", "show"])
def test_the_layout_is_for_files_that_do_not_describe_themselves(imgtool, files, command):
    run = imgtool(command, *files, *LAYOUT, "--json")
    records = run.json["hashes" if command == "hash" else "files"]
    assert [record["size"] for record in records] == [[8, 6]] * 3
    if command == "info":
        assert [record["rawmode"] for record in records] == ["L", "L", "png"]
    elif command == "hash":
        assert records[0]["hash"] == records[2]["hash"] != records[1]["hash"]


@pytest.mark.parametrize("command", ["info", "hash", "show"])
def test_a_layout_that_no_file_needs_is_refused(refused, files, command):
    refused(command, "p.png", "p.png", *LAYOUT, words=["--size changes nothing", "leave it out"])


@pytest.mark.parametrize("command", ["info", "hash", "show"])
def test_raw_files_without_a_layout_say_what_they_need(imgtool, files, command):
    run = imgtool(command, "a.raw", "p.png", ok=0 if command == "info" else 2)
    assert "--size" in run.text + run.errors and "p.png" in run.text


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_input_can_be_one_of_them(imgtool, here, files, command):
    layout = [] if command == "guess" else LAYOUT
    run = imgtool(command, "a.raw", "-", *layout, stdin=(here / "b.raw").read_bytes())
    assert "a.raw" in run.text


@pytest.mark.parametrize("command", COMMANDS)
def test_standard_input_cannot_be_two_of_them(refused, files, command):
    layout = [] if command == "guess" else LAYOUT
    refused(command, "-", "a.raw", "-", *layout, stdin=b"", words=["standard input", "once"])


@pytest.mark.parametrize("command", COMMANDS)
def test_many_files_are_opened_one_after_the_other(spawner, here, files, command):
    # Each row has a page of its own.
    names = [f"{index}.raw" for index in range(40)]
    for name in names:
        (here / name).write_bytes(bytes(64 if command == "guess" else 1 << 21))
    layout = "" if command == "guess" else "--size 128x512 --stride 4096 --mode L --trailing ok"
    own = "--stats" if command == "info" else ""
    script = f"ulimit -n 16; ulimit -v 600000; exec {TOOL} {command} {' '.join(names)} {layout} {own}"
    spent = spawner.run("/bin/sh", "-c", script, cwd=here)
    assert spent.status in ([0, 1] if command == "guess" else [0]), spent.errors
    assert all(name in spent.output.decode() for name in names)
    assert spent.memory < 64 << 20, f"{spent.memory >> 10} KiB"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_ends_the_answers_with_one_error(here, imgtool, files, command):
    with open("/dev/full", "w") as full:
        run = imgtool(command, *files, *([] if command == "guess" else LAYOUT), ok=2, stdout=full)
    assert run.errors.count("standard output") == 1, run


@pytest.mark.parametrize("words, extra", [(["a.raw", "b.raw"], "b.raw"), (["a.raw", "--stats"], "--stats")])
def test_a_layout_is_emitted_for_one_file_alone(refused, files, words, extra):
    refused("info", *words, *LAYOUT, "--emit-layout", words=["--emit-layout", f"leave out {extra}"])


def test_no_layout_is_emitted_for_bytes_without_one(refused, files):
    refused("info", "a.raw", "--emit-layout", words=["a.raw", "--size"])


def test_statistics_are_those_of_each_file(imgtool, files):
    report = imgtool("info", "a.raw", "p.png", *LAYOUT, "--stats", "--json").json
    for record in report["files"]:
        assert (record["bands"][0]["min"], record["bands"][0]["max"]) == (slope().min(), slope().max())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_a_file_asks_for_one(refused, command):
    refused(command, words=[f"{command} needs SOURCE, a file", f"usage: imgtool {command} SOURCE..."])


def test_a_file_may_be_named_twice(imgtool, files):
    assert len(imgtool("hash", "p.png", "p.png").lines) == 2
    assert len(imgtool("info", "p.png", "p.png", "--json").json["files"]) == 2
