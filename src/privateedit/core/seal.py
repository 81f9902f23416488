"""`seal()`: the only place where bytes that may leave are made, and the proof that they tell nothing.

Non-interference, tested on every send: conceal, resize and encode are run again on the photo with its
hidden pixels replaced by random ones. If a single byte differs, hidden pixels influence what leaves, and
there is no payload.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from privateedit.core.beside import beside
from privateedit.core.conceal import MaskedPhoto, conceal
from privateedit.core.framing import Framing, ImageFormat
from privateedit.core.mask import Hidden, Mask
from privateedit.core.payload import Payload, _mint
from privateedit.core.photo import Photo, Pixels, chosen, put
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
    bitwise complement, so that no single hidden bit has only been what it was, and their sum has been even
    and odd (see `_probes`). Both must give the same frame, to the last byte, and the bytes are made of a
    probe's: an encoder never sees what was made of the true hidden pixels before it is proven that they make
    no difference. Equal frames are equal bytes as long as encoding is a function of what it gets, which is
    asked of both frames (`_Press`).

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
    press = _Press(encoder, inspector, framing.image_format)
    if masked.exposed:
        packed = press.packed(framing.framed(masked.pixels), slice(None))
    else:
        packed = _proven(photo, masked, framing, press, entropy)
    if packed.refusal is not None:
        raise packed.refusal
    return _mint(
        data=packed.data,
        image_format=framing.image_format,
        hidden=framing.outline(masked.mask.hidden),
        sealed=not masked.exposed,
    )


def _require_hiding(masked: MaskedPhoto, *, expose_face: bool, nobody: bool) -> None:
    if not masked.mask.hidden.any() and not nobody:
        raise NotSealed("Nothing is hidden in this picture.")
    if masked.exposed and not expose_face:
        raise Refused("The face would show through the mask.")


@dataclass(frozen=True, slots=True)
class _Packed:
    """Bytes, a sample of how they are made, and what an inspector has against them."""

    data: bytes
    sample: bytes
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class _Press:
    """Makes the bytes, and samples of them."""

    encoder: Encoder
    inspector: Inspector
    image_format: ImageFormat

    def packed(self, frame: Pixels, rows: slice) -> _Packed:
        data = self.encoder.encode(frame, self.image_format)
        sample = data if len(frame[rows]) == len(frame) else self.sample(frame, rows)
        height, width = frame.shape[:2]
        try:
            self.inspector.inspect(data, width, height)
        except Refused as refusal:
            return _Packed(data, sample, refusal)
        return _Packed(data, sample, None)

    def sample(self, frame: Pixels, rows: slice) -> bytes:
        """Return the bytes of some rows.

        An encoder is given nothing but a frame: whether it keeps count, or time, or memory, a strip tells as
        well as the whole.
        """
        part = frame[rows].copy()
        part.flags.writeable = False
        return self.encoder.encode(part, self.image_format)


def _proven(photo: Photo, masked: MaskedPhoto, framing: Framing, press: _Press, entropy: Entropy) -> _Packed:
    """Return the bytes of the frame, made of the first probe's, once both probes gave the same frame."""
    frame = framing.framed(masked.pixels)
    rows = _strip(framing.outline(masked.concealed.hidden))
    probes = (_probed(each, photo, masked, framing) for each in _probes(photo, masked.concealed, entropy))
    first = next(probes)
    with beside(lambda: press.packed(first, rows)) as made:
        _require_same(first, frame)
        for again in probes:
            _require_same(again, frame)
        packed = made()
    # Sampled here, and what leaves is made elsewhere: whatever an encoder makes of threads, it has to agree.
    if press.sample(frame, rows) != packed.sample:
        raise NotSealed("Hidden pixels would change the outgoing bytes.")
    return packed


def _probed(values: Pixels, photo: Photo, masked: MaskedPhoto, framing: Framing) -> Pixels:
    """Return what would be sent if the hidden pixels had other values."""
    scrambled = _with_hidden(photo, masked.concealed, values)
    shown = framing.framed(conceal(scrambled, masked.mask, masked.paint, masked.backdrop).pixels)
    shown.flags.writeable = False
    return shown


def _require_same(probe: Pixels, frame: Pixels) -> None:
    """Compare strip by strip: a comparison takes as much memory as what it compares."""
    same = probe.shape == frame.shape and all(
        np.array_equal(probe[start : start + _ROWS], frame[start : start + _ROWS])
        for start in range(0, len(probe), _ROWS)
    )
    if not same:
        raise NotSealed("Hidden pixels would change the outgoing picture.")


def _strip(hidden: Hidden) -> slice:
    """Return all rows of a small frame; of a larger one some, around the middle hidden row."""
    if hidden.size <= _WHOLE:
        return slice(0, len(hidden))
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
    original = _hidden(photo, masked.mask)
    if original.size >= _ENOUGH_BYTES and float(np.mean(original == masked.paint.values)) > 0.1:
        raise NotSealed("The noise repeats the hidden pixels.")


def scramble(photo: Photo, mask: Mask, entropy: Entropy) -> Photo:
    """Return the photo with every hidden byte replaced by a random, different one."""
    return _with_hidden(photo, mask, _scrambled(photo, mask, entropy))


def _probes(photo: Photo, mask: Mask, entropy: Entropy) -> Iterator[Pixels]:
    """Yield values for the hidden pixels (N×3, row order): random ones, then their complement.

    Whether a sum of bytes is odd, changes only if an odd number of lowest bits does. So of an even number of
    pixels the lowest bits of one stay; one in which they are others than the photo's, so that no bit has been
    only what it was. A random row is looked at, in which one pixel in eight is such a one.
    """
    values = _scrambled(photo, mask, entropy)
    yield values
    other = ~values
    if len(values) and len(values) % 2 == 0:
        hidden = mask.hidden[mask.bounds]
        ends = hidden.sum(1).cumsum()
        row = int(np.searchsorted(ends, _any_of(values), side="right"))
        original = photo.pixels[mask.bounds][row][hidden[row]]
        first = int(ends[row]) - len(original)
        changed = np.flatnonzero(((values[first : ends[row]] ^ original) & 1).all(1))
        other[first + changed[:1]] ^= 1
    yield other


def _any_of(values: Pixels) -> int:
    """Return a number of one of the random values (N×3) that they decide."""
    return int.from_bytes(values.reshape(-1)[:8].tobytes(), "little") % len(values)


def _scrambled(photo: Photo, mask: Mask, entropy: Entropy) -> Pixels:
    original = _hidden(photo, mask)
    # Adding 1..255 modulo 256 is random and can never give back the original byte.
    step = np.maximum(np.frombuffer(entropy(original.size), np.uint8), 1)
    return np.asarray(original + step.reshape(original.shape), np.uint8)


def _hidden(photo: Photo, mask: Mask) -> Pixels:
    return chosen(photo.pixels[mask.bounds], mask.hidden[mask.bounds])


def _with_hidden(photo: Photo, mask: Mask, values: Pixels) -> Photo:
    pixels = photo.pixels.copy()
    put(pixels[mask.bounds], mask.hidden[mask.bounds], values)
    pixels.flags.writeable = False
    return Photo(pixels)
