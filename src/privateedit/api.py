"""The Python interface: open, faces, mask, restore, edit, save, with the usual parts already chosen."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from privateedit import pipeline, wiring
from privateedit.codec import decode, encode_final, open_file, write_atomically
from privateedit.core.conceal import Fill
from privateedit.core.cover import Coverage
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Face
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.ports import Editor, ImageFormat
from privateedit.core.restored import Restored
from privateedit.core.seal import Framing
from privateedit.errors import InputError
from privateedit.pipeline import Concealed, Concealment, Edited, Prepared


def open(source: str | Path | bytes) -> Photo:
    """Return the upright sRGB pixels of a picture file, or of a file's bytes; metadata stays behind.

    Raises:
        InputError: the file is missing or may not be read.
        UnreadablePhoto: the bytes are damaged, too large, or not a picture.
    """
    if isinstance(source, builtins.bytes):
        return decode(source).photo
    return open_file(Path(source)).photo


def faces(photo: Photo) -> tuple[Face, ...]:
    """Return every face found, numbered from left to right; an empty tuple when there is none."""
    return tuple(wiring.parts().detector.detect(photo.pixels))


def mask(
    photo: Photo,
    *,
    coverage: str = Coverage.FACE,
    grow: float = 0.0,
    fill: str = "black",
    only: Iterable[int] | None = None,
    extra: Mask | None = None,
    image_format: ImageFormat = "png",
    max_side: int | None = None,
) -> Prepared:
    """Return the sealed payload (`.payload.data` are the bytes that may leave) and what `restore` needs.

    Args:
        photo: the picture.
        coverage: ``eyes`` (does not hide identity), ``inner``, ``face`` or ``head``.
        grow: by how much larger, as a fraction.
        fill: ``black``, ``grey``, ``white``, ``noise`` or ``#rrggbb``.
        only: ids of the faces to hide; None hides all.
        extra: a mask of your own, hidden as well.
        image_format: ``png`` (lossless, checked to the last byte), ``jpeg`` or ``webp``.
        max_side: shrink the masked picture to this longest side, in pixels.

    Raises:
        NoFaceFound: nothing to hide.
        InputError: an option cannot be used.
        Refused: a privacy check failed.
    """
    concealment = concealment_from(
        coverage=coverage,
        grow=grow,
        fill=fill,
        only=only,
        extra=extra,
        framing=Framing(image_format, max_side),
    )
    return pipeline.mask(photo, concealment, wiring.parts())


def restore(prepared: Prepared | Concealed, edited: Photo) -> Restored:
    """Return the edited picture with the original faces in it.

    Raises:
        CannotAlign: a hidden face does not fit anywhere.
    """
    concealed = prepared.concealed if isinstance(prepared, Prepared) else prepared
    return pipeline.restore(concealed, EditResult(edited.pixels, "by hand"), wiring.parts())


def edit(
    photo: Photo,
    *,
    prompt: str | None = None,
    preset: str | None = None,
    provider: str | Editor = wiring.DEFAULT_PROVIDER,
    coverage: str = Coverage.FACE,
    grow: float = 0.0,
    fill: str = "black",
    only: Iterable[int] | None = None,
    extra: Mask | None = None,
) -> Edited:
    """Mask the faces, have the picture edited, and put the faces back.

    Takes either a `prompt` or a `preset`; the other options are those of `mask`. `provider` is a name or any
    object with the `Editor` port.

    Raises:
        PrivateEditError: with `sent` saying whether the masked picture can have left the device.
    """
    instruction = Instruction(prompt, preset)
    concealment = concealment_from(coverage=coverage, grow=grow, fill=fill, only=only, extra=extra)
    editor = wiring.editor(provider) if isinstance(provider, str) else provider
    return pipeline.edit(photo, instruction, concealment, editor, wiring.parts())


def save(picture: Restored | Photo, path: str | Path) -> None:
    """Write a picture without any metadata, in the format of the file's ending, whole or not at all.

    Raises:
        InputError: the ending names no format that can be written.
        OutputError: the file could not be written.
    """
    target = Path(path)
    write_atomically(target, encode_final(picture.pixels, target.suffix))


def mask_from(photo: Photo) -> Mask:
    """Read a black and white picture as a mask: hidden where it is white (half bright or more).

    Raises:
        InputError: nothing is that bright, as in masks that count 0 and 1.
    """
    hidden = np.asarray(photo.pixels.max(2) >= 128)
    if not hidden.any():
        raise InputError("The mask hides nothing: white must mark what to hide, and nothing in it is white.")
    return Mask(hidden)


def concealment_from(
    *,
    coverage: str,
    grow: float,
    fill: str,
    only: Iterable[int] | None = None,
    extra: Mask | None = None,
    framing: Framing = Framing(),
) -> Concealment:
    """Check options given as text and numbers, and return them as a `Concealment`.

    Raises:
        InputError: one of them cannot be used; the message says what can.
    """
    try:
        chosen = Coverage(coverage)
    except ValueError:
        raise InputError(f"The coverage must be one of: {', '.join(Coverage)}.") from None
    ids = None if only is None else tuple(only)
    return Concealment(chosen, grow, Fill.parse(fill), ids, extra, framing)
