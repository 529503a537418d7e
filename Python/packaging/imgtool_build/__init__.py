"""Builds the wheel and the source archive of the Python package (PEP 517).

Nothing but Python and the Swift toolchain is needed. Swift runs in the checkout itself, so what was
built there before is not built again.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from . import libraries, wheel

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "Python/imgtool"
NEEDED = {
    "swift": "Swift 6.2 or later (https://www.swift.org/install)",
    "pkg-config": "pkg-config", "strip": "binutils", "objdump": "binutils",
}


def build_wheel(directory, config_settings=None, metadata_directory=None) -> str:
    scripts = [path for suffix in ["*.py", "*.pyi", "py.typed"] for path in PACKAGE.glob(suffix)]
    files = {f"imgtool/{path.name}": path.read_bytes() for path in sorted(scripts)}
    with tempfile.TemporaryDirectory() as folder:
        abi = build(Path(folder))
        built = sorted(Path(folder).iterdir())
        bundled = libraries.needed(built)
        programs = {path.name: libraries.searching_for_all(libraries.stripped(path)) for path in built}
        programs.update({name: path.read_bytes() for name, path in bundled.items()})
        notices = dict(filter(None, map(libraries.license_of, bundled.values())))
        tag = f"{abi}-{libraries.platform_tag([*built, *bundled.values()])}"
    return wheel.pack(ROOT, version(), tag, Path(directory), files, programs, notices)


def build_editable(directory, config_settings=None, metadata_directory=None) -> str:
    """A wheel that leads to the sources; what is built lies beside them, and git ignores it."""
    abi = build(PACKAGE)
    tag = f"{abi}-{libraries.platform_tag([PACKAGE / 'imgtool'])}"
    files = {"imgtool.pth": f"{PACKAGE.parent}\n".encode()}
    return wheel.pack(ROOT, version(), tag, Path(directory), files)


def prepare_metadata_for_build_wheel(directory, config_settings=None) -> str:
    name = f"imgtool-{version()}.dist-info"
    for file, data in wheel.described(ROOT, version()).items():
        target = Path(directory, name, file)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return name


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_sdist(directory, config_settings=None) -> str:
    name = f"imgtool-{version()}"
    with tarfile.open(Path(directory, f"{name}.tar.gz"), "w:gz") as archive:
        for path in source_files():
            archive.add(ROOT / path, f"{name}/{path}", recursive=False)
        data = wheel.metadata(ROOT, version())
        entry = tarfile.TarInfo(f"{name}/PKG-INFO")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return f"{name}.tar.gz"


def version() -> str:
    """The version, as its source has it: nothing has to be built to know it."""
    text = (ROOT / "Sources/PixelMemory/Library.swift").read_text()
    return text.split('static let version = "')[1].split('"')[0]


def run(*command) -> str:
    """What a command that runs in the checkout prints; it ends the build if it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"imgtool: {words[0]} failed with {done.returncode}")
    return done.stdout


def require_tools() -> None:
    missing = sorted({name for tool, name in NEEDED.items() if not shutil.which(tool)})
    if not missing:
        missing = [
            f"{name} with its header files" for name in ["libpng", "zlib"]
            if subprocess.run(["pkg-config", "--exists", name]).returncode]
    if missing:
        sys.exit(f"imgtool: the build needs {', '.join(missing)}; Scripts/setup build installs what "
                 "Debian and Ubuntu have")


def build(folder: Path) -> str:
    """Puts the library, the tool and the extension into a folder, and says for which versions of
    Python they are."""
    require_tools()
    # Else the traits are in another order each time, and all is built again.
    os.environ["SWIFT_DETERMINISTIC_HASHING"] = "1"
    run("Scripts/link-library", "--beside", "--output", folder / "libimgtool.so.1")
    # The old one may be running.
    (folder / "imgtool").unlink(missing_ok=True)
    shutil.copy2(tool(), folder / "imgtool")
    return compile_extension(folder)


def tool() -> Path:
    options = ["-c", "release", "--static-swift-stdlib", "--product", "imgtool"]
    print(run("swift", "build", *options), file=sys.stderr)
    return Path(run("swift", "build", *options, "--show-bin-path").strip()) / "imgtool"


def compile_extension(folder: Path) -> str:
    """Compiles the extension, if there is one, and says for which versions of Python it is."""
    if not (ROOT / "Python/build_native.py").exists():
        return "py3-none"
    sys.path.insert(0, str(ROOT / "Python"))
    import build_native

    # What another compiler warns of does not keep anyone from installing.
    build_native.build(folder / build_native.NAME, flags=("-Wno-error",))
    if ".abi3." in build_native.NAME:
        return "cp39-abi3"
    return "cp{0}{1}-cp{0}{1}".format(*sys.version_info)


def source_files() -> list:
    """What is in the repository, or, in an archive of it, all that no build has made."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        found = [Path(name) for name in listed.split("\0") if name]
    else:
        found = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
    made = ("dist", "__pycache__", ".git", "PKG-INFO")
    return sorted(
        path for path in set(found) if (ROOT / path).is_file()
        and not any(part in made or part.startswith(".build") for part in path.parts))
