"""Reads picture files within limits and writes results whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from privateedit.codec.decode import Opened, decode
from privateedit.codec.limits import DEFAULT_LIMITS, Limits
from privateedit.errors import InputError, OutputError


def open_file(path: Path, limits: Limits = DEFAULT_LIMITS, *, pipes: bool = False) -> Opened:
    """Return the picture in a file, never reading more than the limit allows.

    With `pipes`, one is waited for, as the shell's ``<(…)`` wants it.

    Raises:
        InputError: the file is missing, a folder, a device, a pipe that is not wanted, or may not be read.
        UnreadablePhoto: its bytes are not a picture, damaged, or too many.
    """
    try:
        data = _read(path, limits.max_bytes + 1, pipes=pipes)
    except FileNotFoundError as error:
        raise InputError(f"{path.name} does not exist.") from error
    except IsADirectoryError as error:
        raise InputError(f"{path.name} is a folder, not a picture.") from error
    except PermissionError as error:
        raise InputError(f"{path.name} may not be read.") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise InputError(f"{path.name} cannot be read.") from error
    return decode(data, name=path.name, limits=limits)


def _read(path: Path, most: int, *, pipes: bool) -> bytes:
    """Return at most `most` bytes of an ordinary file; a pipe is waited for only if it is wanted."""
    names = ("O_BINARY", "O_CLOEXEC", *(() if pipes else ("O_NONBLOCK",)))
    flags = os.O_RDONLY
    for name in names:
        flags |= getattr(os, name, 0)
    descriptor = os.open(path, flags)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not (stat.S_ISREG(mode) or (pipes and stat.S_ISFIFO(mode))):
            raise InputError(f"{path.name} is no ordinary file.")
        file = os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise
    with file:
        return file.read(most)


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path` whole, or leave everything as it was.

    The bytes go to a new file in the same folder, to the disk, and only then take the name. A file that is
    replaced passes its permissions on; a new one gets the user's usual ones. Links are followed. The
    name, too, is on the disk when this returns, where the system can do that.

    Raises:
        OutputError: the folder is missing or read-only, the disk is full, or any other trouble of the system.
    """
    try:
        target = path.resolve()
        temporary = target.with_name(f".privateedit-{secrets.token_hex(8)}.part")
        try:
            _write_new(temporary, data, like=target)
            temporary.replace(target)
            sync_folder(target.parent)
        except BaseException:  # also when interrupted: nothing partial stays
            with suppress(OSError):
                temporary.unlink()
            raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not valid"
        raise OutputError(f"{path.name} could not be written ({reason.lower()}).") from error


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk, where the system can do that; some drives refuse it."""
    if os.name != "posix":
        return
    with suppress(OSError):  # the files are whole under their names either way
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_new(path: Path, data: bytes, *, like: Path) -> None:
    # Created with 0o666, the system subtracts the user's mask by itself, without the race of asking for it.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o666), "wb") as file:
        with suppress(FileNotFoundError):
            path.chmod(like.stat().st_mode & 0o777)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
