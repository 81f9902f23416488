"""Multipart bodies, in every dialect that clients speak, as a list of named texts and files."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from privateedit.errors import NotServed
from privateedit.server.asked import Attached, Field
from privateedit.server.body import picture_too_large
from privateedit.server.limits import ServerLimits


class _InMemory(MultiPartParser):
    """Starlette's parser, without its files on the disk, and with an eye on the end.

    A photo must never lie in a temporary file; a body that breaks off must never pass for a whole one; a
    picture that is too large is refused before the rest of it comes.
    """

    spool_max_size = 0  # never rolls over to the disk

    def __init__(self, largest: int, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 (passed on)
        super().__init__(*arguments, **options)
        self._largest, self._size = largest, 0
        self.ended = False

    def on_part_begin(self) -> None:
        self._size = 0
        super().on_part_begin()

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._size > self._largest:
            raise picture_too_large(self._largest)
        super().on_part_data(data, start, end)

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
        limits.file,
        headers,
        pieces,
        max_files=limits.files,
        max_fields=limits.fields,
        max_part_size=limits.text,
    )
    try:
        return await _read(parser)
    except (MultiPartException, ValueError, LookupError) as error:
        raise NotServed(f"The form cannot be read{_reason(error)}.", code="invalid_form") from error
    finally:
        parser.discard()


async def _read(parser: _InMemory) -> list[Field]:
    form = await parser.parse()
    if not parser.ended:
        raise NotServed("The form breaks off before its end.", code="invalid_form")
    return [(name, await _content(value)) for name, value in form.multi_items()]


def _reason(error: Exception) -> str:
    """Say which bound was met; what a parser says otherwise may repeat a part of the body."""
    message = error.message if isinstance(error, MultiPartException) else ""
    bounded = message.startswith(("Too many", "Part exceeded", "Missing boundary"))
    return f" ({message.rstrip('.').lower()})" if bounded else ""


async def _content(value: UploadFile | str) -> Attached | str:
    if isinstance(value, str):
        return value
    return Attached(await value.read(), stem_of(value.filename or ""))


def stem_of(name: str) -> str:
    """Return a file's name without folders and ending, of whichever system."""
    return PurePosixPath(PureWindowsPath(name).name).stem
