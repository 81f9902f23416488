"""Multipart bodies, in every dialect that clients speak, as a list of named texts and files."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from privateedit.errors import NotServed
from privateedit.server.asked import Attached, Field
from privateedit.server.limits import ServerLimits


class _InMemory(MultiPartParser):
    """Starlette's parser, without its files on the disk, and with an eye on the end.

    A photo must never lie in a temporary file; a body that breaks off must never pass for a whole one.
    """

    spool_max_size = 0  # never rolls over to the disk

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 (passed on as they are)
        super().__init__(*arguments, **options)
        self.ended = False

    def on_end(self) -> None:
        self.ended = True

    def discard(self) -> None:
        """Give back what the files held."""
        for file in self._files_to_close_on_error:
            file.close()


async def fields_of_form(
    headers: Headers, pieces: AsyncGenerator[bytes, None], limits: ServerLimits
) -> list[Field]:
    """Return the parts of a form in order; files as they came, whatever they call themselves.

    Raises:
        NotServed: the body is no whole form, has too many parts, or one that is too large.
    """
    parser = _InMemory(
        headers, pieces, max_files=limits.files, max_fields=limits.fields, max_part_size=limits.text
    )
    try:
        return await _read(parser, limits)
    except (MultiPartException, ValueError, LookupError) as error:
        raise NotServed(f"The form cannot be read{_reason(error)}.", code="invalid_form") from error
    finally:
        parser.discard()


async def _read(parser: _InMemory, limits: ServerLimits) -> list[Field]:
    form = await parser.parse()
    if not parser.ended:
        raise NotServed("The form breaks off before its end.", code="invalid_form")
    return [(name, await _content(value, limits)) for name, value in form.multi_items()]


def _reason(error: Exception) -> str:
    """Say which bound was met; what a parser says otherwise may repeat a part of the body."""
    message = error.message if isinstance(error, MultiPartException) else ""
    bounded = message.startswith(("Too many", "Part exceeded", "Missing boundary"))
    return f" ({message.rstrip('.').lower()})" if bounded else ""


async def _content(value: UploadFile | str, limits: ServerLimits) -> Attached | str:
    if isinstance(value, str):
        return value
    if (value.size or 0) > limits.file:
        raise NotServed(
            f"A picture may have {limits.file >> 20} MiB at most.", status=413, code="picture_too_large"
        )
    return Attached(await value.read(), stem_of(value.filename or ""))


def stem_of(name: str) -> str:
    """Return a file's name without folders and ending, of whichever system."""
    return PurePosixPath(PureWindowsPath(name).name).stem
