"""The step `--compare`: what the command finds, in the middle of other steps."""

import numpy as np
import pytest
from comparing import SIZE, change, is_red, pair  # noqa: F401
from oracles import packed, pillow, raw_bytes, samples, source
from PIL import Image


def test_the_step_finds_the_offsets_through_views(imgtool, here):
    array = samples("RGB", (7, 5), raw_bytes("RGB", (7, 5)))
    turned = np.rot90(array[1:4, 2:6], -1).copy()
    turned[2, 1, 1] ^= 3
    Image.fromarray(turned).save("turned.png")
    (here / "a.bin").write_bytes(array.tobytes())
    run = imgtool("frombuffer", "a.bin", "--size", "7x5", "--mode", "RGB", "--crop", "4x3+2+1",
                  "--reorient", "90", "--json", "--compare", "turned.png", ok=1)
    first = run.json["steps"][-1]["difference"]["first"]
    assert (first["x"], first["y"]) == (1, 2)
    # Turned clockwise, column 1 is the middle row of the crop and row 2 its third column.
    assert first["offset"] == {"a": ((1 + 1) * 7 + 2 + 2) * 3 + 1, "b": None}


@pytest.mark.parametrize("limits,status", [
    ([], 1), (["--fail", 10], 0), (["--fail-percent", "9.9"], 1), (["--fail-percent", 10], 0),
    (["--fail", 5, "--fail-percent", 5], 0), (["--region", "10x4+0+0"], 0),
    (["--region", "3x3+5+3"], 1),
])
def test_the_step_takes_what_the_command_takes(imgtool, pair, limits, status):
    run = imgtool("open", pair[0], *limits, "--compare", pair[1], "--json", ok=status)
    assert run.json["steps"][-1]["difference"]["same"] is (status == 0)
    # The settings stay until they are changed.
    imgtool("open", pair[0], *limits, "--compare", pair[0], "--compare", pair[1], ok=status)


def test_settings_hold_until_they_are_changed(imgtool, pair):
    line = ["open", pair[0], "--fail", 10, "--compare", pair[1]]
    imgtool(*line)
    imgtool(*line, "--fail", 9, "--compare", pair[1], ok=1)


def test_the_step_saves_a_picture_of_the_errors(imgtool, here, pair, refused):
    line = ["open", pair[0], "--diff", "errors.png"]
    imgtool(*line, "--compare", pair[0])
    assert not (here / "errors.png").exists()
    imgtool(*line, "--region", "4x2+6+4", "--compare", pair[1], ok=1)
    assert is_red(Image.open("errors.png")).tolist() == [[True] * 4, [False] * 4]
    run = imgtool("open", pair[0], "--diff-style", "gray", *line[2:], "--compare", pair[1], "--json",
                  ok=1)
    assert np.asarray(Image.open("errors.png"))[4].tolist() == [
        int(np.ceil(error * 25.5)) for error in range(1, 11)]
    assert "errors are multiplied by 25.5" in run.errors
    assert run.json["steps"][-1]["difference"]["picture"] == {
        "path": "errors.png", "style": "gray", "factor": 25.5}
    refused("open", pair[0], "--diff-style", "gray", "--compare", pair[1],
            words=["--diff-style gray", "changes nothing", "no --diff", "--compare"])


FACTS = [
    ("raw.bin", "other.bin", []), ("raw.bin", "other.bin", ["--fail", 4]),
    ("raw.bin", "other.bin", ["--fail", 4, "--fail-percent", 2]),
    ("raw.bin", "other.bin", ["--region", "20x9+3+2"]), ("raw.bin", "raw.bin", []),
    ("raw.bin", "other.png", ["--fail", 4]), ("raw.bin", "small.png", []),
    ("raw.bin", "deep.png", []), ("raw.bin", "other.bin", ["--diff", "d.png"]),
    ("raw.bin", "other.bin", ["--diff", "d.png", "--diff-style", "gray"]),
]


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBX", "P"])
@pytest.mark.parametrize("first,second,words", FACTS, ids=lambda v: "".join(map(str, v)))
def test_the_step_and_the_command_give_the_same_facts(imgtool, here, mode, first, second, words):
    data, raw = source(here, mode, SIZE)
    other = packed(mode, change(mode, samples(mode, SIZE, data), 30))
    (here / "other.bin").write_bytes(other)
    pillow(mode, SIZE, other).convert("RGB" if mode == "RGBX" else mode).save("other.png")
    Image.new("RGB", (3, 4)).save("small.png")
    Image.new("I;16", SIZE).save("deep.png")
    command = imgtool("compare", first, second, *raw[1:], *words, "--json", ok=None)
    step = imgtool("frombuffer", first, *raw[1:], *words, "--compare", second, "--json", ok=None)
    facts = step.json["steps"][-1]["difference"]
    assert set(facts) == set(command.json) - {"version", "sources", "notes", "exit"}
    assert facts == {key: command.json[key] for key in facts}
    assert (step.exit, step.errors.count("multiplied")) == (
        command.exit, command.errors.count("multiplied"))
    if step.exit:
        text = imgtool("compare", first, second, *raw[1:], *words, ok=1).text
        assert text.strip() in step.errors


@pytest.mark.parametrize("words,says", [
    (["--fail", "-1"], ["--fail"]), (["--fail-percent", "101"], ["--fail-percent", "100"]),
    (["--diff", "-"], ["--diff"]), (["--diff", "errors.pgm"], ["pgm", "mode RGB"]),
    (["--diff", "errors.gif"], ["errors.gif"]), (["--region", "9x9+5+5"], ["9x9+5+5", "outside"]),
])
def test_wrong_settings_of_the_step_are_refused_before_the_first(refused, pair, words, says):
    refused("open", pair[0], "-q", "--save", "made.png", *words, "--compare", pair[1], words=says)


def test_the_step_compares_a_raw_file_of_the_same_length_in_the_same_layout(imgtool, refused, here):
    data, raw = source(here, "RGB", SIZE)
    other = bytearray(b"head!" + data)
    (here / "raw.bin").write_bytes(other)
    other[5 + (3 * SIZE[0] + 2) * 3 + 1] ^= 9
    for name in ("other.rgb", "other.raw"):
        (here / name).write_bytes(other)
        line = ["frombuffer", *raw, "--offset", 5, "--json"]
        run = imgtool(*line, "--compare", name, ok=1)
        first = run.json["steps"][0]["difference"]["first"]
        assert (first["x"], first["y"]) == (2, 3)
        assert first["offset"]["a"] == first["offset"]["b"] == 5 + (3 * SIZE[0] + 2) * 3 + 1
        imgtool(*line, "--put", f"2,3={','.join(map(str, first['b']))}", "--compare", name)
    (here / "short.rgb").write_bytes(other[:-1])
    refused("frombuffer", *raw, "--offset", 5, "--compare", "short.rgb",
            words=["short.rgb", str(len(other) - 1), "imgtool compare A B LAYOUT"])
    imgtool("frombuffer", *raw, "--offset", 5, "--save", "a.png")
    refused("open", "a.png", "-q", "--compare", "other.rgb",
            words=["other.rgb", "imgtool compare A B LAYOUT"])
