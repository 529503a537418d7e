"""The help in two lengths, what it finds for a word, and how it fits a terminal."""

import re

import pytest

from conftest import TOOL, run_tool
from terminals import on_terminal

COMMANDS = [command["name"] for command in run_tool("help", "--json").json["commands"]] if TOOL.exists() else []
TOPICS = ["layout", "steps", "formats", "pixels", "numbers", "byte order", "sharing", "frames", "losses", "exit status"]
MARK = re.compile(r"\x1b\[[0-9;]*m")


def flat(text: str) -> str:
    """Text as one line, as it was before it was wrapped."""
    return " ".join(text.split())


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_no_line_is_longer_than_the_terminal_is_wide(columns):
    for words in [[], *([name, option] for name in COMMANDS for option in ("-h", "--help")),
                  *(["help", topic] for topic in TOPICS), ["help", "nv12"], ["help", "--bayer"]]:
        status, shown, _ = on_terminal(*words, columns=columns)
        lines = [MARK.sub("", line) for line in shown.splitlines()]
        assert status == 0 and lines
        assert max(map(len, lines)) <= columns, words


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_short_help_is_one_screen(columns):
    for name in COMMANDS:
        _, shown, _ = on_terminal(name, "-h", columns=columns)
        lines = shown.splitlines()
        assert len(lines) <= 40, name
        assert f"imgtool {name}" in shown and "--help" in shown


def test_the_short_help_has_the_options_of_the_command_and_three_examples(imgtool):
    for command in imgtool("help", "--json").json["commands"]:
        page = imgtool(command["name"], "-h").text
        own = [option for option in command["options"] if option["group"] == f"Options of {command['name']}"]
        assert all(option["summary"] in flat(page) for option in own), command["name"]
        for example in command["examples"][:3]:
            assert example["meaning"] in flat(page)
        assert page.count("\n  imgtool ") == min(3, len(command["examples"]))


def test_the_long_help_has_all_there_is_of_each_option(imgtool):
    for command in imgtool("help", "--json").json["commands"]:
        page = flat(imgtool(command["name"], "--help").text)
        for option in command["options"]:
            assert option["details"] in page, option["name"]
            assert "example" not in option or f"Example: {option['example']}" in page


def test_an_example_line_that_is_wrapped_is_one_for_a_shell(imgtool):
    page = imgtool("frombuffer", "--help").text
    joined = re.sub(r" \\\n +", " ", page)
    for example in imgtool("help", "frombuffer", "--json").json["commands"][0]["examples"]:
        assert example["line"] in joined
    assert " \\\n" in page


def test_every_option_says_more_than_its_line_and_shows_a_value(imgtool):
    options = {option["name"]: option for command in imgtool("help", "--json").json["commands"]
               for option in command["options"]}
    assert len(options) > 90
    for name, option in options.items():
        assert option["details"].endswith("."), name
        assert ("example" in option) == ("value" in option), name
        assert option.get("example", name).startswith(name), name


@pytest.mark.parametrize("ask, says", [
    ("--window", ["--window LO,HI|auto[,P%]", "Both ends count", "clipped to 0 or 255"]),
    ("frames", ["Both ends are included", "pipe is read frame by frame"]),
    ("nv12", ["Rawmode", "12 bits per pixel", "2 planes", "--rawmode nv12"]),
    ("I;16B", ["Rawmode", "16"]), ("yuyv", ["Rawmode", "YUY2"]), ("CMYK", ["Mode", "Rawmode"]), ("png", ["Format"]),
    ("cannot hold mode", ["--convert M"]), ("bmp cannot hold mode F; save as", ["--convert M"]),
    ("8x9 L needs 72 bytes from offset 0, the file has 64", ["shorter than the layout"]),
    ("pixel 0,0: 300 does not fit 8 bits; it would become 255", ["--clamp"]),
    ("the image is read-only", ["--copy"]), ("byte order", ["gray16le", "little endian"]),
    ("exit status", ["128+n"]), ("rows apart", ["--stride", "--row-bits"]), ("layout", ["need = offset", "--plane-rows N"]),
    ("steps", ["--reorient", "left to right"]), ("formats", ["npy", "suffix"]),
], ids=str)
def test_help_finds_the_entry(imgtool, ask, says):
    page = flat(imgtool("help", ask).text)
    assert not [words for words in says if words not in page], page


def test_an_error_that_the_tool_prints_finds_its_entry(imgtool, here, refused):
    (here / "raw.bin").write_bytes(bytes(64))
    said = refused("frombuffer", "raw.bin", "--size", "8x9", words="needs").errors.removeprefix("imgtool: raw.bin: ")
    assert "guess" in imgtool("help", said.partition("(")[0].strip()).text
    said = refused("frombuffer", "raw.bin", "--size", "4x4", "--mode", "F", "--save", "x.bmp", words="cannot hold")
    assert "--convert M" in flat(imgtool("help", said.errors.strip().partition("x.bmp: ")[2]).text)
    said = refused("frombuffer", "raw.bin", "--size", "8x8", "--convert", "RGB", "--put", "0,0=1,2,3", words="read-only")
    assert "--copy" in imgtool("help", re.search(r"the image is read-only", said.errors)[0]).text


@pytest.mark.parametrize("words", [["zzyzx"], ["--zzyzx"], ["it zzyzx"], ["..."], [""]])
def test_help_on_nothing_known_is_refused(refused, words):
    refused("help", *words, words="there is no help on")


def test_what_was_found_is_told_as_json(imgtool):
    found = imgtool("help", "CMYK", "--json").json
    assert [topic["kind"] for topic in found["topics"]] == ["mode", "rawmode"] and found["options"] == []
    assert imgtool("help", "cannot hold mode", "--json").json["topics"][0]["kind"] == "error"


def test_color_is_for_terminals_and_can_be_turned_off_and_on(imgtool):
    page = imgtool("info", "-h").text
    _, shown, _ = on_terminal("info", "-h", columns=80)
    assert "\x1b[1mOptions:\x1b[0m" in shown and MARK.sub("", shown).strip() == page.strip()
    for words, environment in [(["--color", "never"], {}), ([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"})]:
        _, shown, _ = on_terminal("help", "info", *words, columns=80, environment=environment)
        assert "\x1b[" not in shown
    assert "\x1b[1m" in imgtool("help", "info", "--color", "always").text
    _, shown, _ = on_terminal("help", "info", "--color=always", columns=80, environment={"NO_COLOR": "1"})
    assert "\x1b[1m" in shown


def test_the_manual_page_has_what_the_help_has(imgtool):
    page = imgtool("man").text
    for heading in ("SEE ALSO", "FILES", "RAWMODES", "ERRORS", "BYTE ORDER"):
        assert f".SH {heading}" in page
    assert "nv12" in page and "Both ends count" in page
