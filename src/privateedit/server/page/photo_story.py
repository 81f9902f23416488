"""What is done with one open photo, step by step; every function here runs in a worker's thread."""

from __future__ import annotations

from privateedit import pipeline, wiring
from privateedit.codec import decode, encode_final, require_fits
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.finish import Finish
from privateedit.core.parts import Parts
from privateedit.core.photo import Pixels
from privateedit.core.restored import Restored
from privateedit.core.scale import reduced
from privateedit.errors import NotServed
from privateedit.server.asked import SUFFIXES, Attached
from privateedit.server.page.open_photo import Job, OpenPhoto, Returned, Sealed
from privateedit.server.story import names_of

SHOWN = 1600
"""The longest side, in pixels, of pictures that are shown of a result."""

_BY_HAND = "by hand"
_LOOKS = 88  # JPEG quality of what is only looked at


def opened(attached: Attached, parts: Parts) -> OpenPhoto:
    """Open a photo and find its faces; there may be none, and a person may paint.

    Raises:
        NotServed: it is empty.
        UnreadablePhoto: it is damaged, too large, or no picture.
    """
    if not attached.data:
        raise NotServed("The photo is empty.", param="photo", code="invalid_image_file")
    found = decode(attached.data, name="The photo")
    faces = tuple(parts.detector.detect(found.photo.pixels))
    return OpenPhoto(found, faces, names_of([attached], [found]), parts)


def sealed(photo: OpenPhoto, concealment: Concealment, service: str, model: str) -> Sealed:
    """Mask the photo for a service and prove it; what comes of it is what will be sent, to the byte.

    Raises:
        PrivateEditError: nothing was sent.
    """
    editor = wiring.editor(service or None, model=model)
    framed = pipeline.framed_for(editor, photo.photo, concealment)
    prepared = pipeline.mask(photo.photo, framed, photo.masking)
    photo.found(prepared.concealed.faces)
    photo.sealed = Sealed(prepared, editor.name, model, editor.local)
    return photo.sealed


def require_shown(photo: OpenPhoto, digest: str) -> Sealed:
    """Return what was shown, if it is what that digest stands for.

    Raises:
        NotServed: 409, it is not: something was changed after it was shown.
    """
    if photo.sealed is None or photo.sealed.digest != digest:
        raise NotServed(
            "What would leave was changed since it was shown. Look at it again before it is sent.",
            status=409,
            code="preview_changed",
        )
    return photo.sealed


def words_found(photo: OpenPhoto, prompt: str, service: str) -> tuple[str, ...]:
    """Return a sentence for each kind of thing in an instruction that may name somebody."""
    if not prompt.strip():
        return ()
    editor = wiring.editor(service or None)
    trust = Concealment().trust
    found = pipeline.names_in(Instruction(prompt), photo.names, trust, pipeline.words_of(editor))
    return tuple(each.sentence for each in found)


def require_no_names(photo: OpenPhoto, job: Job) -> None:
    """Refuse words that may name somebody, for a person to look at them once more.

    Raises:
        NotServed: 409 with what was found; nothing was sent.
    """
    found = words_found(photo, job.instruction.prompt or "", job.sealed.service)
    if found:
        raise NotServed(" ".join(found), status=409, code="names_found", param="prompt")


def restored(photo: OpenPhoto, returned: Returned, finish: Finish) -> Restored:
    """Put the faces into what came back; nothing is sent.

    Raises:
        CannotAlign: they do not fit; what came back is kept.
        InputError: the size does not fit.
    """
    photo.returned, photo.result = returned, None
    photo.forget_views()
    with pipeline.telling_what_was_sent(returned.left):
        photo.result = pipeline.restore(returned.sealed.prepared, returned.picture, photo.parts, finish)
    return photo.result


def handed_over(photo: OpenPhoto, digest: str) -> bytes:
    """Return the payload for a person who takes it elsewhere; the journal tells of it before.

    Raises:
        NotServed: 409, something was changed since it was shown.
        JournalUnwritable, Refused: it may not be handed over.
    """
    shown = require_shown(photo, digest)
    with pipeline.hand_over(shown.prepared, photo.parts):
        photo.handed = shown
        photo.forget_views()
        return bytes(shown.prepared.payload.data)


def came_back(photo: OpenPhoto, attached: Attached, finish: Finish) -> Restored:
    """Put the faces into a picture that another app edited.

    It was made from what was handed over, whatever was shown since. What was never handed over here was taken
    from the screen, and is written down now.

    Raises:
        NotServed: 409, nothing was masked before; the picture is empty.
        UnreadablePhoto, CannotAlign, InputError: see `restored`.
    """
    sealed = photo.handed or photo.sealed
    if sealed is None:
        raise NotServed("Nothing was masked yet that could come back.", status=409, code="nothing_sealed")
    if not attached.data:
        raise NotServed("The picture is empty.", param="picture", code="invalid_image_file")
    picture = decode(attached.data, name="The edited picture").photo
    if photo.handed is None:
        with pipeline.hand_over(sealed.prepared, photo.parts):
            photo.handed = sealed
    edited = EditResult(picture.pixels, _BY_HAND)
    return restored(photo, Returned("", sealed, edited), finish)


def shown(photo: OpenPhoto, which: str) -> bytes:
    """Return `original`, `sent`, `returned` or `final` as a JPEG to look at.

    What was sent, and what came back, are shown without the bars of a service's frame.

    Raises:
        NotServed: 404, there is no such picture, or not yet.
    """
    pixels = _pixels(photo, which)
    if pixels is None:
        raise NotServed("There is no such picture yet.", status=404, code="not_found")
    return looked_at(pixels, SHOWN)


def looked_at(pixels: Pixels, longest: int) -> bytes:
    """Return a picture as a JPEG of at most that longest side, for the eye."""
    return encode_final(reduced(pixels, longest), ".jpg", quality=_LOOKS)


def _pixels(photo: OpenPhoto, which: str) -> Pixels | None:
    if which == "original":
        return photo.photo.pixels
    returned = photo.returned
    if which == "sent" and (kept := returned.sealed if returned else photo.sealed):
        framing, payload = kept.prepared.concealment.framing, kept.prepared.payload
        sent = decode(payload.data, name="the payload").photo.pixels
        return framing.unframed(sent, photo.photo.width, photo.photo.height)
    if which == "returned" and returned is not None:
        framing = returned.sealed.prepared.concealment.framing
        return framing.unframed(returned.picture.pixels, photo.photo.width, photo.photo.height)
    if which == "final" and photo.result is not None:
        return photo.result.pixels
    return None


def downloaded(photo: OpenPhoto, kind: str, quality: int | None, *, metadata: bool) -> bytes:
    """Return the final picture as a file, with the photo's metadata only where that is asked for.

    Raises:
        NotServed: 404, there is none yet; 400, no such format.
        InputError: the picture does not fit into the format.
    """
    done = photo.result
    if done is None:
        raise NotServed("There is no result yet.", status=404, code="not_found")
    if kind not in SUFFIXES:
        raise NotServed(f"The format must be one of: {', '.join(SUFFIXES)}.", param="format")
    require_fits(SUFFIXES[kind], done.width, done.height)
    kept = photo.opened.metadata if metadata else None
    return encode_final(done.pixels, SUFFIXES[kind], metadata=kept, quality=quality)


def job_for(photo: OpenPhoto, digest: str, prompt: str | None, preset: str | None, finish: Finish) -> Job:
    """Return an edit of what was shown, which begins when somebody listens to it.

    Raises:
        NotServed: 409, something was changed since it was shown, or an edit is under way.
        InputError: there is no instruction, or two.
    """
    photo.require_idle()
    return Job(require_shown(photo, digest), Instruction(prompt or None, preset or None), finish)
