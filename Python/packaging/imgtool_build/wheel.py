"""Packs a wheel (PEP 427): the Python package, what was built for it, and the libraries it needs."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import tempfile
import zipfile
from pathlib import Path

from . import libraries

METADATA = """Metadata-Version: 2.4
Name: imgtool
Version: {version}
Summary: Images on memory that others own, shared through every edit and every save
License-Expression: Apache-2.0
License-File: LICENSE
Requires-Python: >=3.9
Classifier: Operating System :: POSIX :: Linux
Description-Content-Type: text/markdown

{description}"""
WHEEL = """Wheel-Version: 1.0
Generator: imgtool
Root-Is-Purelib: false
Tag: {tag}
"""
ENTRY_POINTS = """[console_scripts]
imgtool = imgtool.__main__:main
"""


def metadata(root: Path, version: str) -> bytes:
    description = (root / "Documentation/python.md").read_text(encoding="utf-8")
    return METADATA.format(version=version, description=description).encode()


def described(root: Path, version: str) -> dict:
    """What is known of the package before it is built, by the names of the files that say it."""
    return {
        "METADATA": metadata(root, version),
        "entry_points.txt": ENTRY_POINTS.encode(),
        "licenses/LICENSE": (root / "LICENSE").read_bytes(),
    }


def pack(root: Path, version: str, abi: str, scripts: list, built: list, output: Path) -> Path:
    """Writes the wheel. What was `built` lies beside the `scripts`, and so do the libraries that it
    is linked to unless every Linux has them."""
    bundled = libraries.needed(built)
    tag = f"{abi}-{libraries.platform_tag([*built, *bundled.values()])}"
    info = f"imgtool-{version}.dist-info"
    files = {f"imgtool/{path.name}": path.read_bytes() for path in scripts}
    programs = {f"imgtool/{path.name}": stripped(path) for path in built}
    for name, path in bundled.items():
        programs[f"imgtool/{name}"] = path.read_bytes()
        if notice := libraries.license_of(path):
            files[f"{info}/licenses/{notice[0]}"] = notice[1]
    files.update(programs)
    files.update({f"{info}/{name}": data for name, data in described(root, version).items()})
    files[f"{info}/WHEEL"] = WHEEL.format(tag=tag).encode()
    record = "".join(
        f"{name},sha256={digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()

    wheel = output / f"imgtool-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # Always the same date: the same files make the same wheel.
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name in programs else 0o100644) << 16
            archive.writestr(entry, data)
    return wheel


def stripped(path: Path) -> bytes:
    with tempfile.NamedTemporaryFile() as target:
        subprocess.run(["strip", "--strip-unneeded", "-o", target.name, path], check=True)
        return Path(target.name).read_bytes()


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
