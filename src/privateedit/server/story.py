"""The story of one request, in three stretches of work: mask, send, restore."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from privateedit import pipeline
from privateedit.codec import decode, edit_region, encode_final, owners_of, require_fits
from privateedit.codec.decode import Opened
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult
from privateedit.core.mask import Mask
from privateedit.core.names import Names
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo
from privateedit.core.ports import ChoosesFrame, Editor
from privateedit.core.prepared import Prepared
from privateedit.core.restored import Restored
from privateedit.errors import CannotAlign, InputError, NoFaceFound, NotServed, PrivateEditError, Sent
from privateedit.server.asked import Asked, Attached
from privateedit.server.repeats import mark_of
from privateedit.server.upstream import Chosen
from privateedit.server.wishes import Wish

_NAMELESS = frozenset({"", "upload", "blob", "image", "mask", "file", "unknown_file"})
"""What clients call a file that has no name; an instruction may well hold these words."""


@dataclass(frozen=True, eq=False, slots=True)
class Ready:
    """Everything of a request that leaves, sealed and not yet sent.

    Attributes:
        main: the photo that is edited.
        beside: pictures beside it.
        where: where the client wants the edit; None for anywhere.
        findings: how many things in the instruction may name somebody.
        dropped: names of what was not used.
        mark: the same for the same edit of the same photos.
    """

    main: Prepared
    beside: tuple[Prepared, ...]
    where: Mask | None
    findings: int
    dropped: tuple[str, ...]
    mark: bytes

    @property
    def all(self) -> tuple[Prepared, ...]:
        """Every picture that leaves, the edited one first."""
        return (self.main, *self.beside)


@dataclass(frozen=True, eq=False, slots=True)
class Finished:
    """What a client gets.

    Attributes:
        files: the encoded results.
        restored: the same with their reports.
        withheld: how many results the face did not fit, and which nobody gets.
    """

    files: tuple[bytes, ...]
    restored: tuple[Restored, ...]
    withheld: int


def prepared(asked: Asked, wish: Wish, chosen: Chosen, parts: Parts) -> Ready:
    """Open, mask and seal every picture of a request.

    Raises:
        PrivateEditError: nothing was sent.
    """
    opened = [_opened(each) for each in asked.pictures]
    words = pipeline.words_of(chosen.editor)
    known = names_of(asked.pictures, opened)
    found = pipeline.names_in(chosen.instruction, known, wish.main.trust, words)
    photo = opened[0].photo
    framed, unused = _framed(chosen.editor, photo, wish.main, asked.canvas)
    require_fits(asked.suffix, photo.width, photo.height)
    where = None if asked.mask is None else _region(asked.mask, opened[0])
    beside = pipeline.framed_beside(chosen.editor, photo, wish.beside)
    main = pipeline.mask(photo, framed, parts)
    others = tuple(
        _masked_beside(number, each.photo, beside, parts) for number, each in enumerate(opened[1:], 1)
    )
    return Ready(
        main=main,
        beside=others,
        where=where,
        findings=sum(each.count for each in found),
        dropped=(*chosen.dropped, *unused),
        mark=mark_of((main, *others), asked, parts.ledger),
    )


def _masked_beside(number: int, photo: Photo, concealment: Concealment, parts: Parts) -> Prepared:
    """Mask a further picture, and say which one it is that cannot be."""
    try:
        return pipeline.mask(photo, concealment, parts)
    except NoFaceFound:
        raise NotServed(
            f"No face was found in image {number + 1}, which goes along with the photo. Where such pictures "
            "may be passed on as they are, start the server with --no-face allow.",
            param=f"image[{number}]",
            code="no_face_found",
        ) from None


def sent(ready: Ready, asked: Asked, chosen: Chosen, parts: Parts) -> tuple[EditResult, ...]:
    """Send what is ready and return what comes back; the journal tells before and after.

    Raises:
        PrivateEditError: with `sent` saying what left.
    """
    return pipeline.send(
        ready.main,
        chosen.instruction,
        chosen.editor,
        parts,
        where=ready.where,
        beside=ready.beside,
        count=asked.count,
    )


def finished(
    ready: Ready, returned: Iterable[EditResult], asked: Asked, wish: Wish, chosen: Chosen, parts: Parts
) -> Finished:
    """Put the faces into every result and encode it. A result that they do not fit is withheld, whole.

    Raises:
        CannotAlign: they fit none.
        PrivateEditError: with `sent` saying what left.
    """
    with pipeline.telling_what_was_sent(Sent.NO if chosen.editor.local else Sent.YES):
        restored, misfits = [], []
        for result in returned:
            try:
                restored.append(pipeline.restore(ready.main, result, parts, wish.finish))
            except CannotAlign as error:
                misfits.append(error)
        if not restored:
            raise misfits[0]
        files = [encode_final(each.pixels, asked.suffix, quality=asked.quality) for each in restored]
        return Finished(tuple(files), tuple(restored), len(misfits))


def _opened(attached: Attached) -> Opened:
    if not attached.data:
        raise NotServed("The image is empty.", param="image", code="invalid_image_file")
    return decode(attached.data, name="The image")


def names_of(pictures: Iterable[Attached], opened: Iterable[Opened]) -> Names:
    """Return what must not stand in an instruction: files' names, and names in their metadata."""
    stems = [each.stem for each in pictures if each.stem.lower() not in _NAMELESS]
    owners = [owners_of(each.metadata) for each in opened]
    return Names.of(
        file_stem=" ".join(stems),
        artists=[name for each in owners for name in each.artists],
        owners=[name for each in owners for name in each.owners],
        persons=[name for each in owners for name in each.persons],
    )


def _framed(
    editor: Editor, photo: Photo, concealment: Concealment, canvas: tuple[int, int] | None
) -> tuple[Concealment, tuple[str, ...]]:
    """Return the frame of what is sent, in the size that was asked for where the service takes it."""
    usual = pipeline.framed_for(editor, photo, concealment)
    if canvas is None:
        return usual, ()
    wanted = replace(concealment, framing=replace(concealment.framing, canvas=canvas))
    try:
        framed = pipeline.framed_for(editor, photo, wanted) if isinstance(editor, ChoosesFrame) else usual
    except InputError:  # the service has no such size
        framed = usual
    return framed, () if framed.framing.canvas == canvas else ("size",)


def _region(attached: Attached, opened: Opened) -> Mask:
    try:
        return edit_region(attached.data, opened)
    except NotServed:
        raise
    except PrivateEditError as error:
        raise NotServed(error.message, param="mask", code="invalid_image_file") from error
