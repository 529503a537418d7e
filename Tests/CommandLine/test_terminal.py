"""What differs on a terminal: width, binary data, and names that would drive it."""

import json
import os

import pytest
from conftest import TOOL
from oracles import source
from PIL import Image
from terminals import on_terminal


@pytest.mark.parametrize("words", [[], ["help"], ["--help"]])
def test_the_first_page_fits_a_terminal_with_its_prompt(imgtool, words):
    lines = imgtool(*words).lines
    assert 15 < len(lines) <= 23 and max(map(len, lines)) <= 80
    commands = [line.split() for line in lines if line.startswith("  ") and "imgtool" not in line]
    assert {"frombuffer", "version", "steps"} <= {word for line in commands for word in line}


# The last columns of these have no room beside the others, and stand below the rows that have something there.
BELOW = {("formats", 80): ["summary"], ("rawmodes", 80): ["aliases"]}


@pytest.mark.parametrize("columns", [80, 100, 120])
@pytest.mark.parametrize("table", ["formats", "modes", "steps", "rawmodes"])
def test_a_table_is_wrapped_between_words_in_its_columns(imgtool, table, columns):
    piped = imgtool(table).lines
    status, shown, _ = on_terminal(table, columns=columns)
    lines = shown.splitlines()
    assert status == 0 and max(map(len, lines)) <= columns
    assert (len(lines) > len(piped)) == (max(map(len, piped)) > columns)
    below = BELOW.get((table, columns), [])
    assert lines[0].split() + below == piped[0].split()
    # Not a word is cut or lost: what stands below has the name of its column, and no - for nothing.
    words = sorted(" ".join(piped).split())
    for name in below:
        cells = [row[name] for row in imgtool(table, "--json").json[table]]
        for gone in [name] + ["-"] * cells.count([]):
            words.remove(gone)
        words += [f"{name}:" for cell in cells if cell]
    assert sorted(words) == sorted(shown.split())
    # What goes on stands in its own column.
    heads = [piped.split()[0] for piped in piped]
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == heads


def test_a_table_is_a_line_for_a_row_where_there_is_room_or_no_terminal(imgtool):
    piped = imgtool("formats", "--json").json["formats"]
    assert len(imgtool("formats").lines) == len(piped) + 1
    assert on_terminal("formats", columns=400)[1] == imgtool("formats").text


@pytest.mark.parametrize("columns", [40, 60, 69])
@pytest.mark.parametrize("table", ["formats", "modes", "steps", "rawmodes"])
def test_a_table_whose_words_are_too_wide_has_its_last_columns_below_the_rows(imgtool, table, columns):
    rows = imgtool(table, "--json").json[table]
    # A terminal that does not know its width has COLUMNS.
    for shown in (on_terminal(table, columns=columns)[1],
                  on_terminal(table, columns=0, environment={"COLUMNS": str(columns)})[1]):
        lines = shown.splitlines()
        assert max(map(len, lines)) <= columns
        assert [line.split()[0] for line in lines if not line.startswith(" ")][1:] == [
            next(iter(row.values())) for row in rows]
        if table == "formats":
            assert lines[0].split() and "summary" not in lines[0]
            assert " ".join(shown.split()).count("summary: ") == len(rows)
        for row in rows:
            for word in row.get("summary", "").split():
                assert word in shown.split()


def test_columns_of_the_environment_are_for_a_terminal_that_does_not_tell_its_own(imgtool):
    piped = imgtool("modes", env=os.environ | {"COLUMNS": "40"}).text
    assert len(piped.splitlines()) == len(imgtool("modes", "--json").json["modes"]) + 1
    assert on_terminal("modes", columns=400, environment={"COLUMNS": "40"})[1] == piped
    assert on_terminal("modes", columns=0, environment={"COLUMNS": "none"})[1] == on_terminal("modes")[1]


def test_an_image_is_not_written_to_a_terminal(here):
    raw = source(here, "RGB", (7, 5))[1]
    for path in ("-", "/dev/stdout"):
        status, shown, errors = on_terminal("frombuffer", *raw, "--format", "ppm", "--save", path)
        assert (status, shown) == (2, "") and "terminal" in errors and "redirect" in errors
    status, shown, errors = on_terminal("header", *raw, "--format", "npy")
    assert (status, shown) == (2, "") and "terminal" in errors
    status, shown, _ = on_terminal("header", *raw, "--format", "ppm")
    assert (status, shown) == (0, "P6\n7 5\n255\n")


EVIL = "a\x1b]0;owned\x07\n\x9b31m.raw"


def harmless(text: str) -> bool:
    return not any(ord(c) < 32 and c not in "\n\t" or 127 <= ord(c) < 160 for c in text)


@pytest.mark.parametrize("words", [
    ["open", EVIL], ["frombuffer", EVIL, "--size", "99x99"], ["frombuffer", EVIL, "--size", "1x1"],
    ["info", EVIL], ["info", EVIL, "--size", "1x1"], ["hash", EVIL + "x"], ["guess", EVIL],
    ["compare", EVIL, EVIL, "--size", "1x1"], ["frombuffer", "good.raw", "--mode", EVIL],
    [EVIL], ["frombuffer", "good.raw", EVIL], ["help", EVIL],
    ["frombuffer", "good.raw", "--size", "1x1", "--save", EVIL + "/x.png"],
    ["verify", EVIL, "--size", "1x1"], ["compare", EVIL, "small.png", "--size", "1x1"],
], ids=repr)
def test_a_name_cannot_drive_the_terminal(imgtool, here, words):
    (here / EVIL).write_bytes(bytes(9))
    (here / "good.raw").write_bytes(bytes(9))
    Image.new("L", (2, 1)).save("small.png")
    run = imgtool(*words, ok=None)
    assert harmless(run.errors), run
    assert all(line.startswith("imgtool: ") for line in run.errors.splitlines()), run
    assert harmless(run.text), run
    assert words[0] != "compare" or run.text.count("\n") <= 1, run
    if words[0] in ("info", "guess", "verify"):
        assert "]0;owned\\x07\\n" in run.errors + run.text, run
    assert "\\x1b]0;owned\\x07" in run.errors + run.text
    status, shown, errors = on_terminal(*words)
    assert harmless(shown) and harmless(errors) and status == run.exit


def test_names_in_json_are_the_names_and_those_of_hash_are_read_again(imgtool, here):
    name = EVIL.replace("\n", "")
    (here / name).write_bytes(bytes(9))
    run = imgtool("info", name, "--json")
    assert json.loads(run.output)["source"] == name and harmless(run.text)
    Image.new("L", (2, 1)).save("a\x1b.png")
    (here / "list.txt").write_bytes(imgtool("hash", "a\x1b.png").output)
    assert imgtool("hash", "--check", "list.txt").text == "a\x1b.png: OK\n"
    assert harmless(on_terminal("hash", "a\x1b.png")[1])


@pytest.mark.parametrize("variables,characters", [
    ({"LC_ALL": "C"}, " .:-=+*#@"), ({"LC_ALL": "POSIX"}, " .:-=+*#@"),
    ({"LC_ALL": "de_DE.ISO-8859-1"}, " .:-=+*#@"), ({"LC_ALL": "C.UTF-8"}, " ▁▂▃▄▅▆▇█"),
])
def test_a_histogram_has_the_characters_of_the_locale(imgtool, here, variables, characters):
    (here / "raw.bin").write_bytes(bytes(k * k // 256 for k in range(256)))
    run = imgtool("info", "raw.bin", "--size", "16x16", "--stats", env=os.environ | variables)
    bars = run.lines[-2][3:]
    assert set(bars) <= set(characters) and bars[0] == characters[-1] and len(bars) == 64
    shown = on_terminal("show", "raw.bin", "--size", "16x16", environment=variables)[1]
    assert ("▀" in shown) == ("█" in characters)


@pytest.mark.parametrize("name,code", [
    ("alacritty", "38;2;"), ("wezterm", "38;2;"), ("rio", "38;2;"), ("st-256color", "38;2;"),
    ("xterm-direct", "38;2;"), ("xterm", "38;5;"), ("rxvt-unicode-256color", "38;5;"),
    ("vt100", None),
])
def test_a_terminal_known_by_its_name_has_its_colors(here, name, code):
    Image.new("RGB", (4, 4), (1, 200, 3)).save("a.png")
    status, shown, _ = on_terminal("show", "a.png", environment={"TERM": name, "COLORTERM": "", "LC_ALL": "C.UTF-8"})
    assert status == 0
    assert (code in shown) if code else ("\x1b" not in shown)
