"""Saving to paths and to objects with `write`."""

from __future__ import annotations

import ctypes
import os
import warnings
from ctypes import byref

from . import _library
from ._library import Error, Write, check, encoded, lib

_PARAMETERS = {"bits", "compress_level", "durable", "rawmode", "replace", "threads"}


def save_image(handle, fp, format: str | None, params: dict) -> None:
    unknown = sorted(set(params) - _PARAMETERS)
    if unknown:
        raise Error(f"save takes {', '.join(sorted(_PARAMETERS))}, and not {', '.join(unknown)}")
    level = params.get("compress_level")
    options = _library.SaveOptions(
        struct_size=ctypes.sizeof(_library.SaveOptions),
        format=encoded(format and format.lower()), rawmode=encoded(params.get("rawmode")),
        has_level=level is not None, level=level or 0, bits=params.get("bits", 0),
        threads=params.get("threads", 0), replaces_mapped=params.get("replace", False),
        is_durable=params.get("durable", False))
    saved = _library.Saved()
    if hasattr(fp, "write"):
        _save_to(handle, fp, options, saved)
    else:
        path = os.fsencode(os.fspath(fp))
        check(lib.imgtool_image_save(handle, path, byref(options), byref(saved)))
    if saved.is_lossy:
        warnings.warn(lib.imgtool_last_note().decode(), stacklevel=3)


def _save_to(handle, file, options, saved) -> None:
    raised = []

    def write(_, address, count):
        try:
            file.write(ctypes.string_at(address, count))
            return 0
        except BaseException as error:
            raised.append(error)
            return 1

    if options.format is None:
        suffix = os.path.splitext(os.fsdecode(getattr(file, "name", "") or ""))[1]
        options.format = encoded(suffix[1:] or None)
    status = lib.imgtool_image_save_to(handle, Write(write), None, byref(options), byref(saved))
    if raised:
        raise raised[0]
    check(status)
