"""Packs a wheel (PEP 427), with what it says of itself."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

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


def pack(
    root: Path, version: str, tag: str, output: Path, files: dict, programs: dict | None = None,
    notices: dict | None = None,
) -> str:
    """Writes a wheel of `files`, of `programs` that lie in the package, and of the `notices` of
    what others wrote. Returns its name."""
    info = f"imgtool-{version}.dist-info"
    programs = {f"imgtool/{name}": data for name, data in (programs or {}).items()}
    content = {**files, **programs}
    for name, data in (notices or {}).items():
        content[f"{info}/licenses/{name}"] = data
    content.update({f"{info}/{name}": data for name, data in described(root, version).items()})
    content[f"{info}/WHEEL"] = WHEEL.format(tag=tag).encode()
    record = "".join(
        f"{name},sha256={digest(data)},{len(data)}\n" for name, data in content.items())
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()

    wheel = f"imgtool-{version}-{tag}.whl"
    with zipfile.ZipFile(output / wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            # Always the same date: the same files make the same wheel.
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if name in programs else 0o100644) << 16
            archive.writestr(entry, data)
    return wheel


def digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
