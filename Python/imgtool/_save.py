"""Saving to paths and to objects with `write`."""

from __future__ import annotations

import errno
import io
import os
import warnings

from ._errors import TypeRefused, ValueRefused, refusal

_PARAMETERS = {"bits", "compress_level", "durable", "rawmode", "replace", "threads"}
_SYSTEM = 1


def save_image(image, fp, format: str | None, params: dict) -> None:
    unknown = sorted(set(params) - _PARAMETERS)
    if unknown:
        raise ValueRefused(
            f"save takes {', '.join(sorted(_PARAMETERS))}, and not {', '.join(unknown)}")
    if not isinstance(format, (str, type(None))):
        raise TypeRefused(f"the format is {format!r}; a name is expected")
    options = {"format": format and format.lower(), **params}
    if hasattr(fp, "write"):
        options["format"] = options["format"] or _suffix(fp)
        note = image._save_to(_writer(fp), **options)
    else:
        note = image._save(fp, **options)
    if note is not None:
        warnings.warn(note, stacklevel=3)


def _suffix(file) -> str:
    """The format that the name of an object means, if it has one."""
    name = getattr(file, "name", None)
    suffix = os.path.splitext(os.fsdecode(name))[1] if isinstance(name, (str, bytes)) else ""
    if len(suffix) < 2:
        raise ValueRefused('the format is not known: the object has no name with a suffix; '
                           'say which, as in save(file, "png")')
    return suffix[1:].lower()


def _writer(file):
    """A function that writes all of some bytes, or raises."""
    write = file.write
    is_raw = isinstance(file, io.RawIOBase)

    def write_all(part: bytes) -> None:
        while part:
            count = write(part)
            # Objects that only look like files say nothing of what they took.
            if not isinstance(count, int) or isinstance(count, bool):
                if count is None and is_raw:
                    raise refusal(_SYSTEM, errno.EAGAIN, "the file takes no bytes now")
                return
            if not 0 < count <= len(part):
                raise refusal(
                    _SYSTEM, errno.EIO, f"write() took {count} bytes of the {len(part)} given")
            part = part[count:]

    return write_all
