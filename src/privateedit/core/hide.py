"""Find the faces, cover them, conceal what is covered: everything that happens before a payload is sealed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from privateedit.core.backdrop import backdrop_behind
from privateedit.core.beside import beside
from privateedit.core.conceal import Backdrop, MaskedPhoto, Paint, conceal, see_through
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import cover
from privateedit.core.face import Face
from privateedit.core.faces_again import faces_under
from privateedit.core.guide import Guide
from privateedit.core.mask import Mask
from privateedit.core.painted import painted
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo
from privateedit.core.prepared import Concealed
from privateedit.errors import InputError, NoFaceFound, PrivateEditError, Refused

_ROUNDS = 4  # of looking for what was missed; more than one is rare
_OVERLAP, _LARGER = 0.3, 2.0


def hide(photo: Photo, concealment: Concealment, parts: Parts) -> Concealed:
    """Find the faces and hide the chosen ones.

    Where there is none, and leave was given for that, the mask is empty: nothing is hidden then but what an
    earlier upload hid, and a background is not replaced.

    Raises:
        NoFaceFound: there is no face and no area drawn by hand, and no leave for that; or a face was chosen.
        InputError: a chosen face does not exist, or a mask has another size.
        Refused: the face would show through and nobody gave leave, or the background cannot be told.
    """
    # Its name in the records is a digest of all its pixels, which takes as long as half a view.
    with beside(lambda: parts.ledger.recognize(photo)) as recognized:
        faces = _detected(photo, concealment, parts)
        concealed = _searched(photo, concealment, faces, parts)
        recognized()
    return _as_before(concealed, concealment, parts)


def hide_before(photo: Photo, concealment: Concealment, background: Mask, parts: Parts) -> Concealed:
    """Hide as `hide` does, and replace what is known to be background wherever the mask is not.

    For looking at settings while they move: never for a payload, whose background is told from its own
    masked picture.

    Raises:
        NoFaceFound, InputError, Refused: see `hide`.
    """
    plain = hide(photo, replace(concealment, backdrop=None), parts)
    if concealment.backdrop is None:
        return plain
    mask, paint = plain.masked.mask, plain.masked.paint
    area = Mask(background.hidden & ~mask.hidden)
    return replace(plain, masked=conceal(photo, mask, paint, Backdrop(area, concealment.backdrop)))


def hide_exactly(
    photo: Photo, concealment: Concealment, mask: Mask, area: Mask | None, parts: Parts
) -> Concealed:
    """Find and choose faces as `hide` does, and hide neither more nor less than `mask`.

    For restoring what left earlier, whatever was uploaded since. No ledger is asked: never for a payload.
    A large photo is looked at only where it was hidden, if the faces there explain that. Where the faces that
    are found at once explain the whole mask, none was found later or is looked for.

    Args:
        photo: the picture.
        concealment: what was chosen then.
        mask: what the paint hid then.
        area: what a replaced background hid then; None where it was kept.
        parts: the concrete parts.

    Raises:
        NoFaceFound, InputError, Refused: see `hide`.
    """
    under = faces_under(photo, concealment, mask, parts.detector)
    faces = _detected(photo, concealment, parts) if under is None else under
    chosen = _chosen(faces, concealment)
    if under is None and not _explained(mask, _mask(photo, concealment, chosen)):
        found = _searched(photo, concealment, faces, parts)
        faces, chosen = found.faces, found.hidden_faces
    paint = _paint(concealment, chosen, mask, parts)
    if concealment.exposes and chosen:
        masked = see_through(photo, mask, paint, concealment.opacity)
    elif area is None or concealment.backdrop is None:
        masked = conceal(photo, mask, paint)
    else:
        masked = conceal(photo, mask, paint, Backdrop(area, concealment.backdrop))
    return Concealed(photo, faces, chosen, masked)


def _explained(mask: Mask, by_faces: Mask) -> bool:
    return bool(mask.hidden.any()) and np.array_equal(mask.hidden, by_faces.hidden)


def _detected(photo: Photo, concealment: Concealment, parts: Parts) -> tuple[Face, ...]:
    if concealment.under is Under.FACE and not concealment.expose_face:
        raise Refused(
            "A see-through mask hides nothing: stretching the contrast brings the face back. "
            "Use the guide, or allow it with --expose-face."
        )
    return tuple(parts.detector.detect(photo.pixels))


def _searched(photo: Photo, concealment: Concealment, faces: tuple[Face, ...], parts: Parts) -> Concealed:
    """Conceal, look for faces that can still be seen, and hide those too, until there are none.

    A face that the person chose to leave visible stays visible, and so does one that is hidden in part by
    choice. Those found late are numbered after the others, so that the others keep their numbers.

    Raises:
        NoFaceFound, InputError: nothing would be hidden.
        Refused: a face can still be seen after all.
    """
    chosen = _chosen(faces, concealment)
    in_part = concealment.exposes or not concealment.coverage.hides_identity
    by_choice = faces if in_part else tuple(face for face in faces if face not in chosen)
    for _ in range(_ROUNDS):
        mask = _mask(photo, concealment, chosen)
        if not mask.hidden.any() and (faces or not concealment.allow_no_face):
            raise _nothing_hidden(faces)
        masked = _masked(photo, concealment, chosen, mask, parts)
        seen = parts.searcher.search(masked.pixels, masked.concealed.hidden)
        missed = [face for face in seen if not any(_same(face, known) for known in by_choice)]
        if not missed:
            return Concealed(photo, faces, chosen, masked)
        late = tuple(replace(face, id=len(faces) + number) for number, face in enumerate(missed))
        faces, chosen = faces + late, chosen + late
        by_choice += late if in_part else ()
    raise Refused("A face can still be seen in the masked picture.")


def _same(found: Face, known: Face) -> bool:
    """Whether a face that is seen is one that may be."""
    x, y = found.box.center
    box = known.box
    inside = box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1
    return (inside and found.box.width < _LARGER * box.width) or found.box.overlap(box) > _OVERLAP


def _as_before(concealed: Concealed, concealment: Concealment, parts: Parts) -> Concealed:
    """Hide as well what every earlier upload of the photo hid, or count what is shown of it by leave."""
    photo, masked = concealed.photo, concealed.masked
    protected = parts.ledger.protected(photo)
    if protected is None:
        return concealed
    if masked.exposed:
        return replace(concealed, shown=int(np.count_nonzero(protected.hidden)))
    missing = protected.hidden & ~masked.concealed.hidden
    count = int(np.count_nonzero(missing))
    if count == 0 or concealment.allow_smaller_mask:
        return replace(concealed, shown=count)
    if masked.backdrop is not None:
        area = masked.backdrop.area.union(Mask(missing))
        backdrop = Backdrop(area, masked.backdrop.color)
        return replace(concealed, masked=conceal(photo, masked.mask, masked.paint, backdrop), kept=count)
    mask = masked.mask.union(Mask(missing))
    paint = _paint(concealment, concealed.hidden_faces, mask, parts)
    return replace(concealed, masked=conceal(photo, mask, paint), kept=count)


def _mask(photo: Photo, concealment: Concealment, chosen: tuple[Face, ...]) -> Mask:
    mask = cover(photo.width, photo.height, chosen, concealment.coverage, concealment.grow, concealment.shape)
    if concealment.areas:
        mask = mask.union(painted(photo.width, photo.height, concealment.areas))
    return mask if concealment.extra is None else mask.union(concealment.extra)


def _masked(
    photo: Photo, concealment: Concealment, chosen: tuple[Face, ...], mask: Mask, parts: Parts
) -> MaskedPhoto:
    paint = _paint(concealment, chosen, mask, parts)
    nobody = not mask.hidden.any()
    if concealment.exposes and not nobody:
        return see_through(photo, mask, paint, concealment.opacity)
    masked = conceal(photo, mask, paint)
    if concealment.backdrop is None or nobody:
        return masked
    guides = [Guide.of(face, concealment.tone) for face in chosen]
    backdrop = backdrop_behind(masked, guides, parts.segmenter, concealment.backdrop)
    return conceal(photo, mask, paint, backdrop)


def _paint(concealment: Concealment, chosen: tuple[Face, ...], mask: Mask, parts: Parts) -> Paint:
    if concealment.under is Under.FACE:
        return Paint.mixed(concealment.fill, mask, parts.entropy)
    guides = [Guide.of(face, concealment.tone) for face in chosen]
    return Paint.mixed(concealment.fill, mask, parts.entropy, guides, concealment.opacity)


def _chosen(faces: tuple[Face, ...], concealment: Concealment) -> tuple[Face, ...]:
    known = {face.id for face in faces}
    named = set(concealment.only or ()) | set(concealment.exclude)
    missing = sorted(named - known)
    if missing and not faces:
        raise NoFaceFound("No face was found in the photo.")
    if missing:
        raise InputError(
            f"There is no face {missing[0]}: the photo has {len(faces)}, numbered from 0 from left to right."
        )
    wanted = (known if concealment.only is None else set(concealment.only)) - set(concealment.exclude)
    return tuple(face for face in faces if face.id in wanted)


def _nothing_hidden(faces: tuple[Face, ...]) -> PrivateEditError:
    if faces:
        return InputError("No face was chosen and no mask was given, so nothing would be hidden.")
    return NoFaceFound("No face was found in the photo.")
