"""Each command where its output cannot go, and what a file keeps when it is replaced."""

import os
import resource
import subprocess

from common import FORMATS, LAYOUT, OLD, PIXELS, Tally, clear, run, scratch, words

REPORTS = [
    ["info", *LAYOUT], ["hash", *LAYOUT], ["show", *LAYOUT, "--protocol", "ascii"], ["guess", "raw.bin"],
    ["header", *LAYOUT, "--format", "npy"], ["hexdump", *LAYOUT, "--at", "0,0,8x8"], ["modes"],
    ["rawmodes"], ["formats"], ["steps"], ["help"], ["help", "frombuffer"], ["completion", "bash"],
    ["frombuffer", *LAYOUT, "--stats"], ["frombuffer", *LAYOUT, "--json", "--hash"],
    ["frombuffer", *LAYOUT, "--format", "png", "--save", "-"],
    ["frombuffer", *LAYOUT, "--format", "ppm", "--save", "-"],
    ["compare", "raw.bin", "raw.bin", "--size", "48x32", "--mode", "RGB"],
    ["verify", *LAYOUT, "--save", "out.png"], ["watch", *LAYOUT, "--count", "1", "--hash"], ["--version"],
]


def outputs(scale: int) -> Tally:
    """A full device, a closed standard output, a closed pipe; for saves a limit and bad places."""
    tally = Tally()
    with scratch() as folder:
        for arguments in REPORTS:
            clear(folder)
            (folder / "raw.bin").write_bytes(PIXELS)
            report(tally, folder, arguments)
        for format in FORMATS:
            save(tally, folder, format)
    return tally


def report(tally, folder, arguments) -> None:
    with open("/dev/full", "wb") as full:
        done = run(arguments, folder, stdout=full)
    verdict(tally, done, f"{words(arguments)} > /dev/full")
    done = run(arguments, folder, ["sh", "-c", 'exec "$@" >&-', "sh"])
    verdict(tally, done, f"{words(arguments)} >&-", quiet=True)
    reader, writer = os.pipe()
    os.close(reader)
    done = run(arguments, folder, stdout=writer, restore_signals=True)
    os.close(writer)
    tally.tries += 1
    what = f"{words(arguments)} | true: {done}"
    # Killed by SIGPIPE, or ended as if: both are what a shell expects.
    tally.check(done.exit in (-13, 141, 0) and "ipe" not in done.errors, f"{what}: not quiet")


def verdict(tally, done, what, quiet=False) -> None:
    tally.tries += 1
    tally.check(not done.died, f"{what}: {done}: a crash")
    tally.check(done.exit == 2 and len(done.complaints) >= 1, f"{what}: {done}: not told")


def save(tally, folder, format) -> None:
    target = f"out.{format}"
    arguments = ["frombuffer", *LAYOUT, "--save"]

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))

    places = [("file size limit", target, {"preexec_fn": limited}),
              ("missing directory", f"none/{target}", {}),
              ("name too long", "x" * 256 + f".{format}", {}),
              ("path too long", "x/" * 2100 + target, {}),
              ("a file as a directory", f"raw.bin/{target}", {}),
              ("a directory as the target", f"dir.{format}", {}),
              ("a loop of links", f"loop.{format}", {}),
              ("/dev/full", "/dev/full", {})]
    for name, path, options in places:
        clear(folder)
        (folder / "raw.bin").write_bytes(PIXELS)
        (folder / target).write_bytes(OLD)
        (folder / f"dir.{format}").mkdir()
        (folder / f"loop.{format}").symlink_to(f"loop.{format}")
        kind = ["--format", format] if path == "/dev/full" else []
        before = sorted(os.listdir(folder))
        done = run([*arguments[:-1], *kind, "--save", path], folder, **options)
        tally.tries += 1
        what = f"{words(arguments)} {path[:60]} ({name}): {done}"
        tally.check(done.exit == 2 and len(done.complaints) == 1, f"{what}: not told")
        tally.check((folder / target).read_bytes() == OLD, f"{what}: the old file is lost")
        tally.check(sorted(os.listdir(folder)) == before, f"{what}: left something behind")


def mounts(scale: int) -> Tally:
    """A full tmpfs and a read-only mount, which take the privilege to mount."""
    tally = Tally()
    with scratch() as folder:
        place = folder / "mounted"
        place.mkdir()
        (folder / "raw.bin").write_bytes(PIXELS)
        for name, size in [("full", "size=8k"), ("read-only", "size=1m")]:
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", place], capture_output=True)
            if done.returncode:
                tally.skipped.append(f"{name} mount: {done.stderr.decode().strip()}")
                continue
            try:
                for format in FORMATS:
                    subprocess.run(["mount", "-o", "remount,rw", place], check=True)
                    for old in place.iterdir():
                        old.unlink()
                    target = place / f"out.{format}"
                    target.write_bytes(OLD)
                    (place / "filler").write_bytes(bytes(4000 if name == "full" else 1))
                    if name == "read-only":
                        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
                    arguments = ["frombuffer", *LAYOUT, "--level", "0", "--save", target]
                    done = run(arguments, folder)
                    tally.tries += 1
                    what = f"{words(arguments)} on a {name} tmpfs: {done}"
                    tally.check(done.exit == 2 and len(done.complaints) == 1, f"{what}: not told")
                    tally.check(target.read_bytes() == OLD, f"{what}: the old file is lost")
            finally:
                subprocess.run(["umount", place], check=True)
    return tally


def metadata(scale: int) -> Tally:
    """Mode, owner, extended attributes and links, when a file is replaced."""
    tally = Tally()
    with scratch() as folder:
        for format in FORMATS:
            for mode in (0o600, 0o640, 0o644, 0o755, 0o604):
                clear(folder)
                (folder / "raw.bin").write_bytes(PIXELS)
                target = folder / f"real.{format}"
                target.write_bytes(OLD)
                target.chmod(mode)
                if os.geteuid() == 0:
                    os.chown(target, 1234, 2345)
                try:
                    os.setxattr(target, "user.note", b"kept")
                except OSError as error:
                    tally.skipped.append(f"extended attributes: {error.strerror}")
                link = folder / f"link.{format}"
                link.symlink_to(target.name)
                before = target.stat()
                done = run(["frombuffer", *LAYOUT, "--save", link.name], folder)
                after = target.stat()
                tally.tries += 1
                what = f"imgtool … --save link.{format}, mode {mode:o}: {done}"
                tally.check(done.exit == 0 and after.st_size != len(OLD), f"{what}: not saved")
                tally.check(link.is_symlink(), f"{what}: the symlink is gone")
                for name in ("st_mode", "st_uid", "st_gid"):
                    tally.check(getattr(before, name) == getattr(after, name), f"{what}: {name}")
                if not tally.skipped:
                    tally.check(os.getxattr(target, "user.note") == b"kept", f"{what}: attributes")
            os.link(folder / f"real.{format}", folder / "twin")
            done = run(["frombuffer", *LAYOUT, "--fill", "1,2,3", "--save", f"real.{format}"], folder)
            tally.tries += 1
            tally.check("other names" in done.errors, f"{format}: a broken hard link is not told: {done}")
    return tally

