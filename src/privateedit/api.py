"""The Python interface: open, faces, mask, restore, edit, save, with the usual parts already chosen."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Unpack

import numpy as np

from privateedit import pipeline, wiring
from privateedit.choices import Choices, Finishes, concealment_of, finish_of
from privateedit.codec import decode, encode_final, open_file, write_atomically
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Face
from privateedit.core.finish import Finish
from privateedit.core.mask import Mask
from privateedit.core.names import Names
from privateedit.core.photo import Photo
from privateedit.core.ports import Editor
from privateedit.core.prepared import Concealed, Prepared
from privateedit.core.restored import Restored
from privateedit.errors import InputError
from privateedit.pipeline import Edited


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


def mask(photo: Photo, **choices: Unpack[Choices]) -> Prepared:
    """Return the payload (`.payload.data` are the bytes that may leave) and what `restore` needs.

    Args:
        photo: the picture.
        **choices: what to hide and how; see `Choices`. Left out, they come from the settings and `trust`.

    Raises:
        NoFaceFound: nothing to hide.
        InputError: an option cannot be used.
        Refused: a privacy check failed, or the journal cannot be written.
    """
    parts = wiring.parts()
    prepared = pipeline.mask(photo, concealment_from(**choices), parts)
    # Whoever has the bytes may send them, so this counts as an upload by hand.
    with pipeline.hand_over(prepared, parts):
        return prepared


def restore(
    sent: Prepared | Concealed | Photo,
    edited: Photo,
    *,
    size: str | tuple[int, int] | None = None,
    harmonize: str | float | None = None,
    style_match: str | bool | None = None,
    blend: str | float | None = None,
    **choices: Unpack[Choices],
) -> Restored:
    """Return the edited picture with the original faces in it; how is said as for `edit`.

    Args:
        sent: what `mask` returned; or the photo, which is masked again as it was last handed over.
        edited: the picture that came back.
        size: see `choices.Finishes`.
        harmonize: see `choices.Finishes`.
        style_match: see `choices.Finishes`.
        blend: see `choices.Finishes`.
        **choices: with a photo, mask it as these say, and not as it was last handed over; as for `mask`.

    Raises:
        CannotAlign: a hidden face does not fit anywhere.
        InputError: an option cannot be used, or the size does not fit the edited picture.
        NoFaceFound: there is no face in the photo, and it was never handed over.
        Refused: what is remembered of the photo is damaged or was altered.
    """
    finish = finish_from(size=size, harmonize=harmonize, style_match=style_match, blend=blend)
    returned = EditResult(edited.pixels, "by hand")
    if not isinstance(sent, Photo):
        if choices:
            raise TypeError("What was masked already takes no more choices; they belong to a photo.")
        return pipeline.restore(sent, returned, wiring.parts(), finish)
    chosen = concealment_from(**choices)
    remade = pipeline.restore_by_hand(sent, chosen, returned, wiring.parts(), finish, recalling=not choices)
    return remade.restored


def edit(
    photo: Photo,
    *,
    prompt: str | None = None,
    preset: str | None = None,
    provider: str | Editor | None = None,
    model: str = "",
    options: Mapping[str, str] = MappingProxyType({}),
    names: Iterable[str] = (),
    size: str | tuple[int, int] | None = None,
    harmonize: str | float | None = None,
    style_match: str | bool | None = None,
    blend: str | float | None = None,
    **choices: Unpack[Choices],
) -> Edited:
    """Mask the faces, have the picture edited, and put the faces back.

    Takes either a `prompt` or a `preset`; `choices` are those of `mask`. `provider` is a name (those that
    `privateedit providers` lists; by default the one that is set) or any object with the `Editor` port;
    `model` and `options` are a named one's. `names` are names of the people shown, or of the photo's file:
    where the prompt holds one, `findings` of the result says so, and with ``trust="none"`` nothing is sent.
    `size`, `harmonize`, `style_match` and `blend` tell how the face is fitted and how large the result is;
    see `choices.Finishes`.

    Raises:
        PrivateEditError: with `sent` saying whether the masked picture can have left the device.
    """
    instruction = Instruction(prompt, preset)
    concealment = concealment_from(**choices)
    finish = finish_from(size=size, harmonize=harmonize, style_match=style_match, blend=blend)
    editor = (
        wiring.editor(provider, model=model, options=options)
        if provider is None or isinstance(provider, str)
        else provider
    )
    known = Names.of(persons=names)
    return pipeline.edit(photo, instruction, concealment, editor, wiring.parts(), known, finish)


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


def concealment_from(**choices: Unpack[Choices]) -> Concealment:
    """Check choices given as text and numbers, complete them from the settings, and return a `Concealment`.

    Raises:
        InputError: one of them cannot be used; the message says what can.
    """
    unknown = sorted(choices.keys() - Choices.__annotations__.keys())
    if unknown:
        raise TypeError(f"There is no choice called {unknown[0]}.")
    return concealment_of(choices, wiring.settings())


def finish_from(**finishes: Unpack[Finishes]) -> Finish:
    """Check choices about the result, complete them from the settings, and return a `Finish`.

    Raises:
        InputError: one of them cannot be used; the message says what can.
    """
    return finish_of(finishes, wiring.settings())
