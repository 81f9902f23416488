"""Photos in storage that fsspec reaches (the extra `fsspec`): names below an address, and a file's bytes.

Outputs are written only below an address that was given for them. What an address may hold, such as a user's
name, is never told in a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from privateedit.errors import ExtraMissing, InputError, OutputError, PrivateEditError

_PATTERN = frozenset("*?[")


class Below(NamedTuple):
    """Files at an address.

    Attributes:
        base: the address that the names are relative to.
        names: of the files, in any order.
        chosen: whether a person named that very file, so that its ending does not matter.
    """

    base: str
    names: Iterator[str]
    chosen: bool = False


def is_address(text: str) -> bool:
    """Tell whether an input is an address and no path."""
    return "://" in text


def names_below(address: str) -> Below:
    """Return the files at an address, those in folders below it included.

    An address with a pattern gives what fits it; one of a file gives that file.

    Raises:
        ExtraMissing: fsspec or the part of it for such addresses is not installed.
        InputError: the storage does not answer, or there is nothing at the address.
    """
    first, chained, rest = address.partition("::")
    with _one_error():
        fs, path = _reached(address)
        if _PATTERN & set(first):
            plain = first[: min(first.index(each) for each in _PATTERN & set(first))]
            base = plain[: plain.rindex("/") + 1] + chained + rest
            return Below(base, _relative(fs.glob(path), _reached(base)[1]))
        if fs.isdir(path):
            return Below(address, _relative(_walked(fs, path), path))
        if not fs.exists(path):
            raise InputError("There is nothing at the address that was given as input.")
    folder, _, name = first.rpartition("/")
    return Below(f"{folder}/{chained}{rest}", iter([name]), chosen=True)


def read(address: str, name: str, most: int) -> bytes:
    """Return at most `most` bytes of a file below an address.

    Raises:
        ExtraMissing: fsspec is not installed.
        InputError: it cannot be read.
    """
    with _one_error():
        fs, path = _reached(address)
        with fs.open(f"{path.rstrip('/')}/{name}" if path else name, "rb") as file:
            return bytes(file.read(most))


def require_no_password(address: str) -> None:
    """Refuse an address that holds a login: it would be told to other machines.

    Raises:
        InputError: it does.
    """
    for part in address.split("::"):
        place = part.partition("://")[2].partition("/")[0]
        if "@" in place and ":" in place.rpartition("@")[0]:
            raise InputError(
                "An address with a password is told to no other machine; let each have a login of its own."
            )


def write(address: str, name: str, data: bytes) -> None:
    """Write a file below an address; whole or not is up to the storage.

    Raises:
        ExtraMissing, OutputError: it cannot be written.
    """
    with _written():
        fs, path = _reached(address)
        target = f"{path.rstrip('/')}/{name}"
        fs.makedirs(target.rpartition("/")[0], exist_ok=True)
        fs.pipe_file(target, data)


def size(address: str, name: str) -> int | None:
    """Return the bytes of a file below an address, or None where there is none.

    Raises:
        ExtraMissing, InputError: the storage does not answer.
    """
    with _one_error():
        fs, path = _reached(address)
        target = f"{path.rstrip('/')}/{name}"
        return int(fs.size(target) or 0) if fs.exists(target) else None


def move(address: str, name: str, to: str) -> None:
    """Give a file below an address another name there.

    Raises:
        ExtraMissing, OutputError: it could not be moved.
    """
    with _written():
        fs, path = _reached(address)
        base = path.rstrip("/")
        fs.makedirs(f"{base}/{to}".rpartition("/")[0], exist_ok=True)
        fs.mv(f"{base}/{name}", f"{base}/{to}")


def remove(address: str, name: str) -> None:
    """Remove a file or folder below an address, if it is there.

    Raises:
        ExtraMissing, OutputError: it could not be removed.
    """
    with _written():
        fs, path = _reached(address)
        target = f"{path.rstrip('/')}/{name}"
        if fs.exists(target):
            fs.rm(target, recursive=True)


def _reached(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415 (an extra)
    except ImportError:
        raise ExtraMissing("Addresses need the extra: pip install 'privateedit[fsspec]'.") from None
    try:
        fs, path = url_to_fs(address)
    except ImportError as error:
        raise ExtraMissing("A package that fsspec needs for such addresses is not installed.") from error
    return fs, str(path)


def _walked(fs: Any, path: str) -> Iterator[str]:  # noqa: ANN401 (fsspec tells no types)
    for folder, _, files in fs.walk(path):
        yield from (f"{folder.rstrip('/')}/{name}" if folder else name for name in files)


def _relative(found: Any, base: str) -> Iterator[str]:  # noqa: ANN401
    base = base.strip("/")
    with _one_error():
        for each in found:
            name = str(each).strip("/")
            yield name[len(base) :].lstrip("/") if base and name.startswith(base) else name


@contextmanager
def _written() -> Iterator[None]:
    """Turn whatever a storage raises while it is written into one error."""
    try:
        yield
    except PrivateEditError:
        raise
    except Exception as error:
        raise OutputError(f"The storage could not be written ({type(error).__name__}).") from error


@contextmanager
def _one_error() -> Iterator[None]:
    """Turn whatever a storage raises into one error."""
    try:
        yield
    except PrivateEditError:
        raise
    except FileNotFoundError as error:
        raise InputError("A file at the address that was given does not exist.") from error
    except Exception as error:
        # Every storage has errors of its own; each means the same to a person.
        raise InputError(f"The storage at the address cannot be read ({type(error).__name__}).") from error
