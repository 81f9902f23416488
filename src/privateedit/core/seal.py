"""`seal()`: the only place where bytes that may leave are made, and the proof that they tell nothing.

Non-interference, tested on every send: conceal, resize and encode are run again on the photo with its
hidden pixels replaced by random ones. If a single byte differs, hidden pixels influence what leaves, and
there is no payload.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from privateedit.core.beside import beside
from privateedit.core.conceal import MaskedPhoto, conceal
from privateedit.core.framing import Framing
from privateedit.core.mask import Hidden, Mask
from privateedit.core.payload import Payload, _mint
from privateedit.core.photo import Photo, Pixels
from privateedit.core.ports import Encoder, Entropy, Inspector
from privateedit.errors import NotSealed, Refused

_ENOUGH_BYTES = 300
_WHOLE = 300_000  # pixels; larger frames are encoded a second time in part
_ROWS = 64


def seal(
    photo: Photo,
    masked: MaskedPhoto,
    framing: Framing,
    *,
    encoder: Encoder,
    inspector: Inspector,
    entropy: Entropy,
    expose_face: bool = False,
    nobody: bool = False,
) -> Payload:
    """Encode the masked photo and prove that its hidden pixels cannot have influenced one byte.

    Two probes replace the hidden pixels: random values, each different from the original's, and their
    bitwise complement, so that every single hidden bit has been both 0 and 1. Both must give the same frame,
    to the last byte. Encoding receives the frame alone: equal frames are equal bytes, as long as it is a
    function of what it gets, which is asked of the first probe too (`_prove_encoding`).

    A masked photo that is marked exposed can never pass. With `expose_face`, which a person asked for by
    name, it is packed all the same, and the payload says that it is not sealed.

    A picture in which nothing is hidden is packed only where there is `nobody` to hide. It is sealed, since
    there is no hidden pixel that could tell anything, and encoded and inspected like any other.

    Raises:
        NotSealed: the frame or the bytes depend on hidden pixels, or nothing is hidden.
        Refused: the encoded bytes hold more than pixels, or the picture is exposed and nobody asked for it.
    """
    _require_hiding(masked, expose_face=expose_face, nobody=nobody)
    _require_foreign_paint(photo, masked)
    frame = framing.framed(masked.pixels)
    with beside(lambda: _packed(frame, framing, encoder, inspector)) as packed:
        # Bytes that are made meanwhile are thrown away where the frame is not proven.
        probe = None if masked.exposed else _proven(photo, masked, framing, frame, entropy)
        data = packed()
    if probe is not None:
        _prove_encoding(frame, probe, framing, data, encoder)
    return _mint(
        data=data,
        image_format=framing.image_format,
        hidden=framing.outline(masked.mask.hidden),
        sealed=not masked.exposed,
    )


def _packed(frame: Pixels, framing: Framing, encoder: Encoder, inspector: Inspector) -> bytes:
    data = encoder.encode(frame, framing.image_format)
    height, width = frame.shape[:2]
    inspector.inspect(data, width, height)
    return data


def _require_hiding(masked: MaskedPhoto, *, expose_face: bool, nobody: bool) -> None:
    if not masked.mask.hidden.any() and not nobody:
        raise NotSealed("Nothing is hidden in this picture.")
    if masked.exposed and not expose_face:
        raise Refused("The face would show through the mask.")


def _proven(
    photo: Photo, masked: MaskedPhoto, framing: Framing, frame: Pixels, entropy: Entropy
) -> tuple[slice, Pixels]:
    """Return rows, and what the first probe shows there, once both probes gave this frame."""
    hidden = masked.concealed
    large = frame.shape[0] * frame.shape[1] > _WHOLE
    rows = _strip(framing.outline(hidden.hidden)) if large else slice(None)
    first, _ = (
        _probed(values, rows, photo, masked, framing, frame) for values in _probes(photo, hidden, entropy)
    )
    return rows, first


def _probed(
    values: Pixels, rows: slice, photo: Photo, masked: MaskedPhoto, framing: Framing, frame: Pixels
) -> Pixels:
    """Return rows of what would be sent if the hidden pixels had other values, which must be this frame."""
    scrambled = _with_hidden(photo, masked.concealed, values)
    again = framing.framed(conceal(scrambled, masked.mask, masked.paint, masked.backdrop).pixels)
    if not _equal(again, frame):
        raise NotSealed("Hidden pixels would change the outgoing picture.")
    shown = again[rows].copy()
    shown.flags.writeable = False
    return shown


def _equal(one: Pixels, other: Pixels) -> bool:
    """Compare strip by strip: a comparison takes as much memory as what it compares."""
    return one.shape == other.shape and all(
        np.array_equal(one[start : start + _ROWS], other[start : start + _ROWS])
        for start in range(0, len(one), _ROWS)
    )


def _prove_encoding(
    frame: Pixels, probe: tuple[slice, Pixels], framing: Framing, data: bytes, encoder: Encoder
) -> None:
    """Encode the probe as well; the frames are equal, so this asks whether equal frames give equal bytes.

    Of a large frame it does so for a strip through the middle of what is hidden. An encoder is given nothing
    but a frame: whether it keeps count, or time, or memory, a strip tells as well as the whole.
    """
    rows, again = probe
    whole = len(again) == len(frame)
    expected = data if whole else encoder.encode(frame[rows].copy(), framing.image_format)
    if encoder.encode(again, framing.image_format) != expected:
        raise NotSealed("Hidden pixels would change the outgoing bytes.")


def _strip(hidden: Hidden) -> slice:
    """Return the rows of a strip that holds about `_WHOLE` pixels, around the middle hidden row."""
    rows = np.flatnonzero(hidden.any(1))
    middle = int(rows[len(rows) // 2]) if rows.size else 0
    height = max(1, _WHOLE // hidden.shape[1])
    top = min(max(0, middle - height // 2), max(0, len(hidden) - height))
    return slice(top, top + height)


def _require_foreign_paint(photo: Photo, masked: MaskedPhoto) -> None:
    """Refuse noise that repeats the photo: a generator that hands back pixels is no generator.

    Independent bytes agree once in 256; a tenth is far beyond chance from a few hundred bytes on.
    """
    if masked.paint.fill.color is not None:
        return
    original = photo.pixels[masked.mask.bounds][masked.mask.hidden[masked.mask.bounds]]
    if original.size >= _ENOUGH_BYTES and float(np.mean(original == masked.paint.values)) > 0.1:
        raise NotSealed("The noise repeats the hidden pixels.")


def scramble(photo: Photo, mask: Mask, entropy: Entropy) -> Photo:
    """Return the photo with every hidden byte replaced by a random, different one."""
    return _with_hidden(photo, mask, _scrambled(photo, mask, entropy))


def _probes(photo: Photo, mask: Mask, entropy: Entropy) -> Iterator[Pixels]:
    """Yield values for the hidden pixels (N×3, row order): random ones, then their complement."""
    values = _scrambled(photo, mask, entropy)
    yield values
    yield ~values


def _scrambled(photo: Photo, mask: Mask, entropy: Entropy) -> Pixels:
    original = photo.pixels[mask.bounds][mask.hidden[mask.bounds]]
    # Adding 1..255 modulo 256 is random and can never give back the original byte.
    step = np.frombuffer(entropy(original.size), np.uint8) % 255 + 1
    return np.asarray(original + step.reshape(original.shape), np.uint8)


def _with_hidden(photo: Photo, mask: Mask, values: Pixels) -> Photo:
    pixels = photo.pixels.copy()
    pixels[mask.bounds][mask.hidden[mask.bounds]] = values
    pixels.flags.writeable = False
    return Photo(pixels)
