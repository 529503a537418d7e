"""Damaged files, memory that cannot be had, and a device that fails."""

import json
import os
import pathlib
import resource
import subprocess

from common import FORMATS, OLD, PIXELS, READ, Tally, listed_formats, run, scratch, words

# Files of every reader, each small: what the tool saves of a picture of 7x5.
SMALL = [("RGB" if "RGB" in entry["modes"] else entry["modes"][0], entry["suffixes"][0][1:])
         for entry in listed_formats() if entry["reads"] and entry["writes"]] + [
    ("1", "png"), ("I;16", "png"), ("F", "npy"), ("I;16", "tiff"), ("RGBA", "qoi"), ("L", "v")]
BATCH = 400
# What is saved by code of its own, and one that is not.
OWN_CODE = {f"out.{suffix}" for suffix in ("png", "jpg", "qoi", "tif", "ppm", "sgi")}


def damaged(content: bytes, every: int, bits: int):
    """The file cut after each byte, and with that many bits of each byte turned in turn."""
    for index in range(0, len(content), every):
        yield f"cut at {index}", content[:index]
        for bit in range(8) if bits == 8 else [index % 8]:
            turned = bytearray(content)
            turned[index] ^= 1 << bit
            yield f"bit {bit} of byte {index} turned", bytes(turned)


def files(scale: int) -> Tally:
    """Each is read, or refused with a line of its own; `imgtool hash` takes many at once."""
    tally = Tally()
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    os.environ["TMPDIR"] = memory or os.environ.get("TMPDIR", "/tmp")
    with scratch() as folder:
        (folder / "raw.bin").write_bytes(bytes(range(1, 256)) * 2)
        for mode, suffix in SMALL:
            good = folder / f"good.{suffix}"
            done = run(["frombuffer", "raw.bin", "--size", "7x5", "--mode", mode, "--trailing", "ok",
                        "--save", good.name], folder)
            if done.exit:
                tally.violations.append(f"no {suffix} of {mode} to damage: {done}")
                continue
            damage(tally, folder, suffix, good.read_bytes(), *((1, 8) if scale else (9, 1)))
        if scale:
            for path in small_files_of_others():
                damage(tally, folder, path.suffix[1:], path.read_bytes(), 1, 1)
    return tally


def small_files_of_others() -> list:
    """The files of the corpora that hold at most 4 KiB, of every format that is read."""
    corpora = pathlib.Path(os.environ.get("IMGTOOL_CORPORA", "../shared/corpora"))
    suffixes = {f".{suffix}" for suffix in READ}
    return sorted(path for path in corpora.rglob("*")
                  if path.suffix in suffixes and path.is_file() and path.stat().st_size <= 4096)


def damage(tally, folder, suffix, content, every, bits) -> None:
    batch = []
    for what, data in damaged(content, every, bits):
        batch.append((what, data))
        if len(batch) == BATCH:
            hash_all(tally, folder, suffix, batch)
            batch = []
    hash_all(tally, folder, suffix, batch)


def hash_all(tally, folder, suffix, batch) -> None:
    if not batch:
        return
    names = [f"{index}.{suffix}" for index in range(len(batch))]
    for name, (_, data) in zip(names, batch):
        (folder / name).write_bytes(data)
    done = run(["hash", *names, "--limit-pixels", "1M", "--json"], folder)
    tally.tries += len(batch)
    if done.exit in (0, 2) and len(json.loads(done.output)["hashes"]) == len(batch):
        return
    for what, data in batch:
        (folder / names[0]).write_bytes(data)
        done = run(["hash", names[0]], folder)
        tally.check(not done.died, f"{suffix} with {what}: {done}")
    tally.violations.append(f"a batch of {suffix} files: {done}")


SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
// Fails the Nth request for 32 KiB or more after `raw.bin` was opened.
static long count, wanted, armed;
static int fails(size_t size) {
  return armed && size >= 32768 && __sync_add_and_fetch(&count, 1) == wanted;
}
#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
void *malloc(size_t n) { REAL(malloc); if (fails(n)) { errno = ENOMEM; return NULL; } return real(n); }
void *realloc(void *p, size_t n) { REAL(realloc); if (fails(n)) { errno = ENOMEM; return NULL; } return real(p, n); }
int posix_memalign(void **p, size_t a, size_t n) { REAL(posix_memalign); return fails(n) ? ENOMEM : real(p, a, n); }
void *mmap(void *a, size_t n, int p, int f, int d, off_t o) {
  REAL(mmap); if (fails(n)) { errno = ENOMEM; return MAP_FAILED; } return real(a, n, p, f, d, o);
}
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
static int mode_of(int flags, va_list list) { return flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, int) : 0; }
#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    static int (*real)(const char *, int, ...); \
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name); \
    va_list list; va_start(list, flags); int mode = mode_of(flags, list); va_end(list); \
    if (strstr(path, "raw.bin")) { wanted = atol(getenv("FAIL")); armed = 1; } \
    return real(path, flags, mode); \
  }
OPEN(open)
int openat(int at, const char *path, int flags, ...) {
  static int (*real)(int, const char *, int, ...);
  if (!real) real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat");
  va_list list; va_start(list, flags); int mode = mode_of(flags, list); va_end(list);
  if (strstr(path, "raw.bin")) { wanted = atol(getenv("FAIL")); armed = 1; }
  return real(at, path, flags, mode);
}
__attribute__((destructor)) static void tell(void) {
  char text[32]; int n = 0; long c = count; do text[31 - n++] = '0' + c % 10; while (c /= 10);
  int file = open(getenv("COUNTED"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file >= 0) { (void)!write(file, text + 32 - n, n); close(file); }
}
"""

TASKS = [["--save", f"out.{name}"] for name in FORMATS] + [
    ["--hash"], ["--stats"], ["--copy"], ["--convert", "L", "--save", "out.pgm"], ["--invert"],
    ["--reorient", "90", "--save", "out.bmp"], ["--compare", "same.ppm"], ["--paste", "same.ppm@0,0"],
    ["--compare", "same.png"], ["--show"]]


def allocations(scale: int) -> Tally:
    """Each request for 32 KiB or more fails once, and the address space ends at any size.

    Smaller ones, such as the tool's own tables, come out of what it sets aside when it starts.
    """
    tally = Tally()
    with scratch() as folder:
        (folder / "shim.c").write_text(SHIM)
        built = subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", "shim.so", "shim.c", "-ldl"],
                               cwd=folder, capture_output=True, text=True)
        if built.returncode:
            tally.skipped.append(f"no shim: {built.stderr.splitlines()[0]}")
            return tally
        layout = ["raw.bin", "--size", "320x200", "--mode", "RGB", "--threads", "2"]
        (folder / "raw.bin").write_bytes(PIXELS * 42)
        for name in ("same.ppm", "same.png"):
            run(["frombuffer", *layout, "--trailing", "ok", "--save", name], folder)
        # Files that are plain data are saved by one and the same code.
        short = [task for task in TASKS if task[-2:-1] != ["--save"] or task[-1] in OWN_CODE]
        for task in TASKS if scale else short:
            arguments = ["frombuffer", *layout, "--trailing", "ok", *task]
            fail_each(tally, folder, arguments, task)
            limit_space(tally, folder, arguments, task, 16 if scale else 400)
    return tally


def limit_space(tally, folder, arguments, task, step) -> None:
    """Runs with less and less address space, down to what the dynamic loader needs."""
    target = folder / task[-1] if task[-2:-1] == ["--save"] else None

    def limited(kibibytes):
        return lambda: resource.setrlimit(resource.RLIMIT_AS, (kibibytes << 10, kibibytes << 10))

    starved = False
    for kibibytes in range(48 << 10, 8 << 10, -step):
        if target:
            target.write_bytes(OLD)
        done = run(arguments, folder, preexec_fn=limited(kibibytes))
        if done.exit == 127 or starved and done.exit < 0 and not done.errors:
            # Not even the dynamic loader, or the runtime before `main`, has what it needs.
            return
        starved = starved or "at the start" in done.errors
        tally.tries += 1
        what = f"ulimit -v {kibibytes}; {words(arguments)}: {done}"
        tally.check(not done.died and done.exit in (0, 2), f"{what}: a crash")
        tally.check(done.exit == 0 or len(done.complaints) == 1, f"{what}: not one line")
        if target and done.exit == 2:
            tally.check(target.read_bytes() == OLD, f"{what}: the old file is lost")


def fail_each(tally, folder, arguments, task) -> None:
    target = folder / task[-1] if task[-2:-1] == ["--save"] else None
    number, count = 0, 1
    while number <= count:
        environment = {**os.environ, "LD_PRELOAD": str(folder / "shim.so"), "FAIL": str(number),
                       "COUNTED": str(folder / "counted")}
        if target:
            target.write_bytes(OLD)
        done = run(arguments, folder, env=environment)
        if number == 0:
            count = int((folder / "counted").read_text())
            tally.check(done.exit == 0, f"{words(arguments)}: {done}")
            whole = target.read_bytes() if target else None
        else:
            tally.tries += 1
            what = f"{words(arguments)}, request {number} of {count} fails: {done}"
            tally.check(not done.died and done.exit in (0, 2), f"{what}: a crash")
            tally.check(done.exit == 0 or len(done.complaints) == 1, f"{what}: not one line")
            if target:
                tally.check(target.read_bytes() == (whole if done.exit == 0 else OLD),
                            f"{what}: the target is neither")
        number += 1


def middle(disk) -> int:
    """Where on a disk the second half of a file of sevens begins."""
    content = disk.read_bytes()
    sevens = [start for start in range(0, len(content), 1024)
              if content[start:start + 1024] == b"\7" * 1024]
    return sevens[len(sevens) // 2]


def devices(scale: int) -> Tally:
    """A file system whose disk has lost its second half: reading is a real EIO."""
    tally = Tally()
    size = 1 << 21
    with scratch() as folder:
        disk, place = folder / "disk", folder / "mounted"
        place.mkdir()
        steps = [["--hash"], ["--stats"], ["--copy"], ["--invert"], ["--flip", "v"]] + [
            ["--save", f"../out.{name}"] for name in ("png", "pgm", "bmp", "npy", "tiff", "raw")]
        for round in range(max(1, scale)):
            for access in ("cow", "rw"):
                for task in steps:
                    disk.unlink(missing_ok=True)
                    disk.touch()
                    os.truncate(disk, 1 << 24)
                    subprocess.run(["mkfs.ext4", "-q", "-O", "^has_journal", disk], check=True)
                    mount = ["mount", "-o", "loop", disk, place]
                    done = subprocess.run(mount, capture_output=True, text=True)
                    if done.returncode:
                        tally.skipped.append(f"loop mount: {done.stderr.strip()}")
                        return tally
                    (place / "raw.bin").write_bytes(b"\7" * size)
                    subprocess.run(["umount", place], check=True)
                    subprocess.run(mount, check=True)
                    # The file's name and size are read; half of its pixels are not any more. Where
                    # on the disk they are is different each time.
                    (place / "raw.bin").stat()
                    os.truncate(disk, middle(disk))
                    arguments = ["frombuffer", "raw.bin", "--size", "2048x1024", "--access", access, *task]
                    done = run(arguments, place)
                    subprocess.run(["umount", place], capture_output=True)
                    tally.tries += 1
                    what = f"{words(arguments)} on a disk that fails: {done}"
                    tally.check(not done.died and done.exit == 2, f"{what}: not refused")
                    tally.check(len(done.complaints) == 1, f"{what}: not one line")
                    tally.check(not list(folder.glob("out.*")), f"{what}: an output")
    return tally
