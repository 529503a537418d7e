"""`show` of several files: small pictures side by side, decoded by other programs and by real terminals."""

import re
import subprocess
import unicodedata

import numpy as np
import pytest
from PIL import Image

from conftest import TOOL
from terminals import half_blocks
from test_show import averaged, kitty, picture, terminal  # noqa: F401 (a fixture)

RAMP = " .:-=+*#%@"
COLUMNS = 80


def pictures(here, sizes, suffix="png") -> list:
    """Files of slopes, each in another tint."""
    names = []
    for index, (width, height) in enumerate(sizes):
        pixels = picture(width, height)
        pixels[..., 2] = 40 + index * 17 % 200
        names.append(f"f{index:02}.{suffix}")
        Image.fromarray(pixels).save(here / names[-1])
    return names


def pixels_of(name) -> np.ndarray:
    return np.array(Image.open(name).convert("RGB"))


def ascii_of(pixels: np.ndarray, width: int, height: int) -> list:
    light = np.floor(averaged(pixels, width, height) + 0.5).astype(int) @ [299, 587, 114] // 1000
    return ["".join(RAMP[v * 10 // 256] for v in row) for row in light]


def test_three_files_stand_side_by_side_with_their_names_under_them(imgtool, here):
    names = pictures(here, [(26, 26), (26, 26), (26, 26)])
    run = imgtool("show", *names)
    assert len(run.lines) == 14
    drawn = [ascii_of(pixels_of(name), 26, 13) for name in names]
    for row in range(13):
        assert run.lines[row].rstrip() == " ".join(one[row] for one in drawn).rstrip()
    assert run.lines[13].split() == names
    assert [run.lines[13].index(name) for name in names] == [0, 27, 54]


def test_pictures_stand_on_the_line_of_their_names(imgtool, here):
    names = pictures(here, [(20, 20), (20, 4), (20, 12)])
    run = imgtool("show", *names)
    assert len(run.lines) == 11
    flat = ascii_of(pixels_of(names[1]), 20, 2)
    assert [line[27:47].ljust(20) for line in run.lines[:10]] == [" " * 20] * 8 + flat


@pytest.mark.parametrize("count, across", [(2, 2), (3, 3), (4, 4), (5, 4), (9, 4), (40, 4)])
def test_a_sheet_is_as_wide_as_the_terminal(imgtool, here, count, across):
    names = pictures(here, [(100, 100)] * count)
    run = imgtool("show", *names)
    assert max(map(len, run.lines)) <= COLUMNS
    rows = [line.split() for line in run.lines if ".png" in line]
    assert [len(row) for row in rows] == [across] * (count // across) + [count % across] * (count % across > 0)
    assert sum(rows, []) == names


def test_as_many_as_fit_are_shown_as_large_as_they_fit(here, terminal):  # noqa: F811
    names = pictures(here, [(100, 100)] * 6)
    screen = terminal(COLORTERM="truecolor", columns=200, rows=50)
    screen.run("show", *names)
    assert screen.wait_for_exit() == 0
    text = screen.screen()
    assert all(name in text for name in names), "the first row has not scrolled away"


def test_a_true_color_terminal_shows_every_pixel_of_each(here, terminal):  # noqa: F811
    names = pictures(here, [(26, 26), (21, 11), (26, 20)])
    screen = terminal(COLORTERM="truecolor")
    screen.run("show", *names)
    assert screen.wait_for_exit() == 0
    cells = screen.cells()
    for index, name in enumerate(names):
        pixels = pixels_of(name)
        left, lines = index * 27, cells[13 - (len(pixels) + 1) // 2:13]
        if len(pixels) % 2 == 0:
            shown = half_blocks([line[left:] for line in lines], pixels.shape[1], len(pixels))
            assert shown == [[tuple(map(int, color)) for color in row] for row in pixels]
        else:
            # The first row is the lower half of its line, on the terminal's own paper.
            top = [(cell.text, cell.ink, cell.paper) for cell in lines[0][left:left + pixels.shape[1]]]
            assert top == [("▄", tuple(map(int, color)), ()) for color in pixels[0]]
        assert "".join(cell.text for cell in cells[13][left:left + 7]) == name
    # Above what is flat, and between pictures, there is nothing.
    assert all(cell.text == " " and cell.paper == () for cell in cells[0][27:53])
    assert all(cell.text == " " and cell.paper == () for line in cells[:13] for cell in line[26:27])


def test_kitty_gets_a_row_as_one_picture_that_is_clear_between(imgtool, here):
    names = pictures(here, [(208, 208), (100, 50), (50, 100)])
    run = imgtool("show", *names, "--protocol", "kitty")
    keys, shown = kitty(run.output[:run.output.rindex(b"\x1b\\") + 2])
    assert keys["f"] == "32" and "c" not in keys
    place = 27 * 8
    assert shown.shape == (208, 2 * place + 50, 4)
    for index, name in enumerate(names):
        pixels = pixels_of(name)
        height, width = pixels.shape[:2]
        part = shown[208 - height:, index * place:index * place + width]
        assert np.array_equal(part[..., :3], pixels) and (part[..., 3] == 255).all()
    assert (shown[:, 208:place, 3] == 0).all() and (shown[:158, place:place + 100, 3] == 0).all()
    assert run.lines[-1].split() == names


def test_sixels_of_a_row_decode_to_the_pictures(imgtool, here, program):
    names = pictures(here, [(150, 90), (60, 120)])
    run = imgtool("show", *names, "--protocol", "sixel")
    data = run.output[:run.output.rindex(b"\x1b\\") + 2]
    (here / "out.six").write_bytes(data)
    assert data.startswith(b"\x1bP0;1q"), "what is not drawn stays as it is"
    subprocess.run([program("sixel2png"), "-i", "out.six", "-o", "out.png"], check=True)
    shown = np.array(Image.open("out.png").convert("RGB")).astype(int)
    for left, name in zip((0, 40 * 8), names):
        pixels = pixels_of(name)
        height, width = pixels.shape[:2]
        error = np.abs(shown[120 - height:120, left:left + width] - pixels)
        assert error.max() <= 28 and error.mean() <= 8


def test_a_file_that_cannot_be_read_says_why_in_its_cell(imgtool, here):
    names = pictures(here, [(26, 26), (26, 26)])
    (here / "bad.png").write_bytes((here / names[0]).read_bytes()[:100])
    run = imgtool("show", names[0], "bad.png", "absent.png", ok=2)
    row = run.lines.index(next(line for line in run.lines if "f00.png" in line))
    assert run.lines[row].split() == [names[0], "bad.png", "absent.png"]
    cells = [" ".join(line[left:left + 26].strip() for line in run.lines[row + 1:]).strip()
             for left in (0, 27, 54)]
    assert cells[0] == "" and cells[2] == "No such file or directory"
    said = dict(line.removeprefix("imgtool: ").split(": ", 1) for line in run.errors.splitlines())
    assert set(said) == {"bad.png", "absent.png"}
    assert said["bad.png"].startswith(cells[1].removesuffix("…"))
    assert all(len(line) <= COLUMNS for line in run.lines)


def test_a_sheet_of_nothing_but_errors_has_no_pictures(imgtool, here):
    run = imgtool("show", "x.png", "y.png", ok=2)
    assert run.lines[0].split() == ["x.png", "y.png"] and len(run.errors.splitlines()) == 2


def test_errors_and_notes_come_when_the_sheet_is_drawn(here):
    names = pictures(here, [(26, 26)] * 9)
    names.insert(1, "absent.png")
    done = subprocess.run([TOOL, "show", *names], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = done.stdout.splitlines()
    assert done.returncode == 2
    assert [line.startswith("imgtool: ") for line in lines] == [False] * (len(lines) - 1) + [True]


@pytest.mark.parametrize("name, shown", [
    ("a-very-long-name-of-a-file-0001.png", "~name-of-a-file-0001.png"),
    ("twenty-six-characters-.png", "twenty-six-characters-.png"),
    ("日本語の名前のとても長いファイル.png", None), ("é" * 40 + ".png", None), ("tab\there.png", "tab\\there.png"),
    ("😀" * 20 + ".png", None), ("e\u0301" * 40 + ".png", None),
])
def test_names_are_cut_to_their_cells(imgtool, here, name, shown):
    (other,) = pictures(here, [(26, 26)])
    Image.open(other).save(name)
    run = imgtool("show", name, other, other)
    line = run.lines[-1]
    cell = line[:line.index(other)]
    if shown:
        assert cell.rstrip().endswith(shown[1:]) and cell[0] == shown[0] and len(cell) == 27
    else:
        wide = sum(0 if unicodedata.combining(character)
                   else 2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)
        assert cell[0] == "~" and cell.rstrip().endswith(".png") and wide == 27


def test_names_of_bytes_that_are_no_text_are_shown(imgtool, here):
    (other,) = pictures(here, [(26, 26)])
    Image.open(other).save("plain.png")
    (here / "plain.png").rename(here / b"odd\xff.png".decode(errors="surrogateescape"))
    run = imgtool("show", b"odd\xff.png".decode(errors="surrogateescape"), other)
    assert run.lines[-1].split() == ["odd\\xff.png", other]


@pytest.mark.parametrize("paths, shown", [
    (["shots/a.png", "shots/b.png"], ["a.png", "b.png"]),
    (["one/x.png", "two/x.png"], ["one/x.png", "two/x.png"]),
    (["shots/one/x.png", "shots/two/x.png"], ["one/x.png", "two/x.png"]),
    (["shots/a.png", "a.png"], ["shots/a.png", "a.png"]),
    (["a.png", "a.png"], ["a.png", "a.png"]),
])
def test_names_are_without_the_directories_that_all_are_in(imgtool, here, paths, shown):
    for path in paths:
        (here / path).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4), 99).save(path)
    assert imgtool("show", *paths).lines[-1].split() == shown


def test_a_width_is_that_of_the_sheet_and_fills_the_cells(imgtool, here):
    names = pictures(here, [(4, 4)] * 3)
    run = imgtool("show", *names, "--width", 50)
    assert all(len(line) <= 50 for line in run.lines)
    assert [run.lines[-1].index(name) for name in names] == [0, 17, 34]
    assert run.lines[0].rstrip()[-1] != " " and len(run.lines) == 9
    assert len(imgtool("show", *names).lines) == 3


@pytest.mark.parametrize("width", [1, 2, 15, 16, 33])
@pytest.mark.parametrize("protocol", ["kitty", "sixel", "blocks", "256", "ascii"])
def test_a_narrow_sheet_is_no_wider_than_it_was_asked_to_be(imgtool, here, width, protocol):
    names = pictures(here, [(40, 9), (9, 40)]) + ["absent.png"]
    run = imgtool("show", *names, "--width", width, "--protocol", protocol, ok=2)
    if protocol in ("blocks", "256", "ascii"):
        lines = re.sub("\x1b\\[[0-9;]*m", "", run.text).splitlines()
        assert max(map(len, lines)) <= width


def test_what_many_files_have_to_be_told_is_told_once(imgtool, here):
    for index in range(5):
        np.linspace(index, 3000, 64).astype("<u2").tofile(f"{index}.raw")
    (here / "5.raw").write_bytes(bytes(135))
    run = imgtool("show", *[f"{index}.raw" for index in range(6)], "--size", "8x8", "--mode", "I;16")
    spread, trailing = run.errors.splitlines()
    assert "0.raw and 5 others: wide samples" in spread and "5.raw: 7 bytes" in trailing
    assert imgtool("show", "0.raw", "1.raw", "--size", "8x8", "--mode", "I;16", "-q").errors == ""


def test_verbose_lines_come_behind_the_sheet(imgtool, here):
    names = pictures(here, [(4, 4)] * 2)
    run = imgtool("show", *names, "-v")
    assert [line.split(":")[1].strip() for line in run.errors.splitlines()][::2] == names


def test_strict_reading_has_its_place_in_the_cell(imgtool, here):
    np.array([[5, 0x8005], [1023, 7]], "<u2").tofile("stray.raw")
    pictures(here, [(8, 8)])
    layout = ["--size", "2x2", "--rawmode", "gray10le"]
    assert "masked" in imgtool("show", "stray.raw", "f00.png", *layout).errors
    run = imgtool("show", "stray.raw", "f00.png", *layout, "--strict", ok=2)
    assert "stray.raw" in run.errors and "--strict" in run.errors and "f00.png" in run.text


@pytest.mark.parametrize("protocol", ["kitty", "sixel", "blocks"])
def test_memory_is_bounded_by_the_screen(spawner, here, protocol):
    # Each row has a page of its own.
    names = [f"{index:02}.raw" for index in range(24)]
    for name in names:
        with open(name, "wb") as file:
            file.truncate(1 << 22)
    layout = "--size 128x1024 --stride 4096 --trailing ok"
    script = f"ulimit -v 600000; exec {TOOL} show {' '.join(names)} {layout} --protocol {protocol}"
    spent = spawner.run("/bin/sh", "-c", script, cwd=here)
    assert spent.status == 0 and spent.output, spent.errors
    assert spent.memory < 64 << 20, f"{spent.memory >> 10} KiB"


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_sheet_is_the_same_for_every_number_of_threads(imgtool, here, threads):
    names = pictures(here, [(301, 203), (77, 333), (5, 5), (640, 480), (3, 900)])
    assert imgtool("show", *names, "--threads", threads).output == imgtool("show", *names).output
