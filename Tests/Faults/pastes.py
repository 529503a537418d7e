"""Pastes of a file into itself, and edits of sparse files on a full disk."""

import os
import random
import struct
import subprocess

from common import Tally, clear, run, scratch, words

WIDTH, HEIGHT = 640, 900
TURNS = ("", "h", "v", "90", "180", "270")
HEADER = b"P5\n%d %d\n255\n"


def turned(rows: list, how: str) -> list:
    """Rows of bytes in another order, by the meaning of the words alone."""
    if how == "h":
        return [row[::-1] for row in rows]
    if how == "v":
        return rows[::-1]
    if how == "180":
        return [row[::-1] for row in rows[::-1]]
    if how == "90":
        return [bytes(row[x] for row in reversed(rows)) for x in range(len(rows[0]))]
    if how == "270":
        return [bytes(row[x] for row in rows) for x in reversed(range(len(rows[0])))]
    return rows


def named(name: str, folder) -> str:
    """A path that leads to `in.pgm`."""
    if name == "symlink":
        (folder / "link.pgm").symlink_to("in.pgm")
        return "link.pgm"
    if name == "hard link":
        os.link(folder / "in.pgm", folder / "twin.pgm")
        return "twin.pgm"
    return {"descriptor": "/proc/self/fd/0", "dot": "./in.pgm"}.get(name, "in.pgm")


def selves(scale: int) -> Tally:
    """Each turn, name and access mode; and other places of the file's bytes under the pasted picture."""
    tally = Tally()
    pick = random.Random(7)
    with scratch() as folder:
        for side in (WIDTH, 601)[:1 + bool(scale)]:
            for turn in TURNS:
                for name in ("same", "dot", "symlink", "hard link", "descriptor"):
                    for access in ("rw", "cow"):
                        clear(folder)
                        over_a_turn(tally, folder, pick, side, turn, name, access)
        for _ in range(30 + 30 * scale):
            clear(folder)
            beside(tally, folder, pick)
    return tally


def over_a_turn(tally, folder, pick, side, turn, name, access) -> None:
    height = side if turn in ("90", "270") else HEIGHT
    pixels = [pick.randbytes(side) for _ in range(height)]
    header = HEADER % (side, height)
    (folder / "in.pgm").write_bytes(header + b"".join(pixels))
    arguments = ["open", "in.pgm", "--access", access, *(["--reorient", turn] if turn else []), "--paste",
                 f"{named(name, folder)}@0,0", "--format", "raw", "--save", "-"]
    with open(folder / "in.pgm", "rb") as file:
        done = run(arguments, folder, stdin=file)
    tally.tries += 1
    what = f"{words(arguments)}: {done}"
    tally.check(done.exit == 0 and done.output == b"".join(pixels), f"{what}: not the picture as it was")
    back = {"90": "270", "270": "90"}.get(turn, turn)
    wanted = turned(pixels, back) if access == "rw" else pixels
    tally.check((folder / "in.pgm").read_bytes() == header + b"".join(wanted), f"{what}: a wrong file")


def beside(tally, folder, pick) -> None:
    """The file's bytes are mapped with another offset and size, so that the picture moves within itself."""
    pixels = pick.randbytes(WIDTH * HEIGHT)
    # Gray and top-down; what follows the pixels is nobody's.
    header = struct.pack("<3B9xHH2B", 0, 0, 3, WIDTH, HEIGHT, 8, 0x20)
    content = bytearray(header + pixels + pick.randbytes(WIDTH * HEIGHT))
    (folder / "in.tga").write_bytes(content)
    offset = pick.choice([0, len(header), pick.randrange(WIDTH), pick.randrange(WIDTH * HEIGHT // 2)])
    size = WIDTH + pick.choice([0, 0, 1, 9]), HEIGHT + pick.randrange(3)
    x, y = pick.randrange(size[0] - WIDTH + 1), pick.randrange(size[1] - HEIGHT + 1)
    arguments = ["frombuffer", "in.tga", "--size", f"{size[0]}x{size[1]}", "--offset", offset, "--trailing", "ok",
                 "--access", "rw", "--paste", f"in.tga@{x},{y}"]
    done = run(arguments, folder)
    for row in range(HEIGHT):
        start = offset + (y + row) * size[0] + x
        content[start:start + WIDTH] = pixels[row * WIDTH:(row + 1) * WIDTH]
    tally.tries += 1
    what = f"{words(arguments)}: {done}"
    tally.check(done.exit == 0 and (folder / "in.tga").read_bytes() == content, f"{what}: a wrong file")


EDITS = [["--fill", "9"], ["--invert"], ["--flip", "h"], ["--flip", "v"], ["--add", "1"], ["--paste", "large.pgm@0,0"],
         ["--reorient", "270", "--fill", "9"], ["--every", "2x3", "--fill", "9"], ["--crop", "3000x2000+1+1", "--invert"]]
DISKS = {
    "tmpfs": ["mount -t tmpfs -o size=2m none {place}"],
    "ext4": ["truncate -s 2m {image}", "mkfs.ext4 -q -F -O ^has_journal {image}", "mount -o loop {image} {place}"],
}


def holes(scale: int) -> Tally:
    """A sparse picture that the disk cannot hold, with data in several places."""
    tally = Tally()
    pick = random.Random(8)
    with scratch() as folder:
        place = folder / "mounted"
        place.mkdir()
        (folder / "large.pgm").write_bytes(HEADER % (4000, 2500) + b"x" * 10_000_000)
        for disk, commands in DISKS.items():
            made = [subprocess.run(command.format(place=place, image=folder / "image").split(), capture_output=True)
                    for command in commands]
            if made[-1].returncode:
                tally.skipped.append(f"{disk}: {made[-1].stderr.decode().strip()}")
                continue
            try:
                for round in range(1 + scale):
                    for edit in EDITS:
                        for access in ("rw", "cow"):
                            one_hole(tally, folder, place / "raw.bin", pick, disk, edit, access)
            finally:
                subprocess.run(["umount", place], check=True)
    return tally


def one_hole(tally, folder, raw, pick, disk, edit, access) -> None:
    with open(raw, "wb") as file:
        file.truncate(10_000_000)
        for _ in range(pick.randrange(1, 5)):
            file.seek(pick.randrange(9_990_000))
            # No sample is too large for --add.
            file.write(bytes(byte & 127 for byte in pick.randbytes(pick.randrange(9_000))))
        file.flush()
        os.fsync(file.fileno())
    content, before = raw.read_bytes(), raw.stat().st_blocks
    arguments = ["frombuffer", raw, "--size", "4000x2500", "--access", access, *edit]
    done = run(arguments, folder)
    after = raw.stat().st_blocks
    tally.tries += 1
    what = f"{words(arguments)} on a full {disk}: {done}"
    tally.check(raw.read_bytes() == content, f"{what}: bytes changed")
    if access == "rw":
        tally.check(done.exit == 2 and "No space left" in done.errors, f"{what}: not told")
        # An ext4 keeps a table of extents once it has one.
        spare = 2 if disk == "ext4" else 0
        tally.check(before <= after <= before + spare, f"{what}: {before} blocks before, {after} after")
        put = run(["frombuffer", raw, "--size", "4000x2500", "--access", "rw", "--put", "7,2000=9"], folder)
        tally.check(put.exit == 0 and raw.stat().st_blocks <= after + 8 + spare, f"a pixel after {what}: {put}")
    raw.unlink()
