"""Files that only their owner may read, written whole and on the disk before anything goes on."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from privateedit.errors import JournalUnwritable, Refused

_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
_OTHERS = 0o077
_POSIX = os.name == "posix"  # elsewhere the user's profile folder is private by the system's own rules
_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def writing() -> Iterator[None]:
    """Turn the system's refusal to write into the error that stops a send.

    Raises:
        JournalUnwritable: with the system's reason.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise JournalUnwritable(
            f"PrivateEdit's records on this device could not be written ({reason})."
        ) from error


@contextmanager
def reading() -> Iterator[None]:
    """Turn the system's refusal to read into a refusal to send.

    Raises:
        Refused: with the system's reason.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise Refused(f"PrivateEdit's records on this device could not be read ({reason}).") from error


def make_folder(folder: Path) -> None:
    """Have a folder there that only its owner can enter.

    Raises:
        Refused: it exists and is open to others; its permissions are never changed, for it may be shared.
        OSError: it cannot be made.
    """
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    check_folder(folder)


def check_folder(folder: Path) -> None:
    """Refuse a folder that others can enter, or that is somebody else's.

    Raises:
        Refused: it is open to others.
        OSError: it cannot be looked at.
    """
    _check_private(folder.stat(), "The folder of PrivateEdit's records", "700")


def _check_private(found: os.stat_result, what: str, wanted: str) -> None:
    if not _POSIX:
        return
    if found.st_uid != os.geteuid():
        raise Refused(f"{what} belongs to another user.")
    if stat.S_IMODE(found.st_mode) & _OTHERS:
        raise Refused(f"{what} can be opened by other users; make it private first (chmod {wanted}).")


def open_private(path: Path) -> int:
    """Return a descriptor for reading a private file.

    Raises:
        Refused: others can open it, or it is no ordinary file.
        OSError: it cannot be opened; `FileNotFoundError` if there is none.
    """
    return _checked(os.open(path, os.O_RDONLY | _PLAIN), path)


def _checked(descriptor: int, path: Path) -> int:
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Refused(f"The file {path.name} of PrivateEdit's records is not a file.")
        _check_private(found, f"The file {path.name} of PrivateEdit's records", "600")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_private(path: Path) -> bytes | None:
    """Return a private file's bytes, or None if there is none.

    Raises:
        Refused: others can open it, or it is no ordinary file.
        OSError: it cannot be read.
    """
    try:
        descriptor = open_private(path)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def append(path: Path, data: bytes) -> None:
    """Put `data` at the end of an existing private file and on the disk.

    Raises:
        Refused: others can open it.
        OSError: it could not be written; a part of `data` may have been.
    """
    descriptor = _checked(os.open(path, os.O_WRONLY | os.O_APPEND | _PLAIN), path)
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(file.fileno())


def shorten(path: Path, size: int) -> None:
    """Cut a private file to `size` bytes, on the disk."""
    descriptor = _checked(os.open(path, os.O_WRONLY | _PLAIN), path)
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        file.truncate(size)
        os.fsync(file.fileno())


def replace(path: Path, data: bytes) -> None:
    """Put `data` at `path` whole and private, or leave everything as it was.

    Raises:
        OSError: it could not be written.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN
        with os.fdopen(os.open(temporary, flags, _PRIVATE_FILE), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have a folder's names on the disk, where the system can do that."""
    if not _POSIX:
        return
    descriptor = os.open(folder, os.O_RDONLY | _PLAIN)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
