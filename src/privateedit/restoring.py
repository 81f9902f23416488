"""What came back gets its faces: undo the frame, align, reintegrate, at the size that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

from privateedit.core.beside import beside
from privateedit.core.comparison import Comparison
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult
from privateedit.core.face import Face
from privateedit.core.fine_detail import Draft, with_detail
from privateedit.core.finish import LEAST_SIDE, Finish
from privateedit.core.framing import Framing
from privateedit.core.hide import hide
from privateedit.core.hide_again import hide_again
from privateedit.core.identity import with_identity
from privateedit.core.output_size import Sized, resampled, sized
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import place, require_own
from privateedit.core.ports import FaceDetector
from privateedit.core.prepared import Concealed, Prepared
from privateedit.core.register_scene import Features, features_of
from privateedit.core.reintegrate import reintegrate
from privateedit.core.report import Report
from privateedit.core.restored import Restored
from privateedit.core.unstretch import unstretched
from privateedit.core.visible_person import person_in
from privateedit.errors import CannotAlign, InputError, NoFaceFound


@dataclass(frozen=True, eq=False, slots=True)
class Remade:
    """A photo masked again as it was sent, and the picture restored with it.

    `remembered` tells that it was masked as it was last handed over, not as somebody said.
    """

    concealed: Concealed
    restored: Restored
    remembered: bool = False


def restore(
    sent: Concealed | Prepared, returned: EditResult, parts: Parts, finish: Finish = Finish()
) -> Restored:
    """Return the edited picture with the original faces in it, at the size that `finish` asks for.

    Of what was `sent` in a service's frame, the frame is undone first where it came back. Where nothing was
    hidden, that is all there is to do.

    Raises:
        CannotAlign: a hidden face does not fit anywhere.
        InputError: the size does not fit the edited picture.
    """
    if isinstance(sent, Concealed):
        return _put_back(sent, Framing(), returned, parts, finish)
    return _put_back(sent.concealed, sent.concealment.framing, returned, parts, finish)


def _put_back(
    concealed: Concealed,
    framing: Framing,
    returned: EditResult,
    parts: Parts,
    finish: Finish,
    *,
    unseen: bool = False,
    seen: Callable[[], Features] | None = None,
) -> Restored:
    require_enough(returned)
    photo, masked = concealed.photo, concealed.masked
    came = framing.unframed(returned.pixels, photo.width, photo.height)
    comparison = replace(compared(concealed, came, parts), seen=seen if came is returned.pixels else None)
    edited = unstretched(masked, came, lambda: comparison.pairs)
    if not masked.mask.hidden.any():
        return _as_edited(edited, sized(edited, (), photo, finish.size), came, photo)
    if edited is not came:
        comparison = replace(comparison, edited=edited, seen=None)
    placed = place(comparison, concealed.hidden_faces)
    parts.make_room()
    if unseen:
        require_own(comparison, placed)
    target = sized(edited, placed, photo, finish.size)
    restored = _at_size(concealed, edited, target, parts, finish)
    report = replace(restored.report, resized=target.sentence(came, photo))
    if parts.likeness is not None:
        parts.make_room()
        drawn = {face.id: each.drawn for each in placed if each.drawn for face in each.faces}
        report = with_identity(
            report, restored.pixels, photo, comparison, target.placements, drawn, parts.likeness
        )
    return replace(restored, report=report)


def compared(concealed: Concealed, edited: Pixels, parts: Parts) -> Comparison:
    """Return what was sent beside what came back, with whoever the open photo shows."""
    photo = concealed.photo.pixels
    return Comparison(
        concealed.faces,
        concealed.masked,
        edited,
        parts.detector,
        lambda: person_in(photo, parts.segmenter),
    )


def _as_edited(edited: Pixels, target: Sized, came: Pixels, photo: Photo) -> Restored:
    """Return the edited picture itself, of a photo in which nobody was hidden."""
    pixels = resampled(edited, target.width, target.height)
    return Restored(pixels, Report((), target.sentence(came, photo), nobody=True))


def _at_size(concealed: Concealed, edited: Pixels, target: Sized, parts: Parts, finish: Finish) -> Restored:
    """Put the faces back at the size of what came back, enlarge that, and add what only the photo knows.

    At its own size, compression and the rim of the fill are as wide as they were made, and light, matte and
    blend take a fraction of the time. A smaller result is worked out as it will be.
    """
    photo, masked, likeness = concealed.photo, concealed.masked, parts.likeness
    if target.enlarged <= 1:
        edited = resampled(edited, target.width, target.height)
        return reintegrate(photo, masked, edited, target.placements, parts.segmenter, finish, likeness)
    draft = reintegrate(photo, masked, edited, target.at_edited, parts.segmenter, finish, likeness)
    parts.make_room()
    canvas = resampled(draft.pixels, target.width, target.height)
    pixels = with_detail(Draft(edited, draft.pixels), canvas, photo, target.placements)
    placements = tuple(replace(each, scale=each.scale * target.enlarged) for each in draft.report.placements)
    return Restored(pixels, Report(placements))


def require_enough(returned: EditResult) -> None:
    """Refuse a picture in which nothing could be found.

    Raises:
        InputError: a side has fewer than 16 pixels.
    """
    if min(returned.width, returned.height) < LEAST_SIDE:
        raise InputError(
            f"The edited picture has {returned.width}×{returned.height} pixels; each side needs {LEAST_SIDE}."
        )


def restore_by_hand(
    photo: Photo,
    concealment: Concealment,
    returned: EditResult,
    parts: Parts,
    finish: Finish = Finish(),
    *,
    recalling: bool = False,
    unseen: bool = False,
) -> Remade:
    """Mask the photo again as it was sent, and put the original faces into the edited picture.

    With `recalling`, as it was last handed over, where that is remembered: `concealment` counts only if what
    came back does not fit that. Else as `concealment` says. Where earlier uploads of the photo hid more than
    it asks for, it may have been sent with or without that, and the one that fits better is taken.

    With `unseen`, nobody looked whether the edited picture is that of the photo, and one is refused that may
    as well be another's.

    Raises:
        CannotAlign: a hidden face does not fit anywhere.
        InputError: the size does not fit the edited picture.
        NoFaceFound, InputError, Refused: see `hide`.
        Refused: what is remembered of the photo cannot be trusted.
    """
    # To name the photo and to mask it again leaves much of a second core idle.
    with beside(cache(partial(features_of, returned.pixels))) as seen:
        put_back = partial(_put_back, returned=returned, finish=finish, unseen=unseen, seen=seen)
        handover = None
        if recalling and parts.handovers is not None:
            parts.ledger.recognize(photo)  # its name takes a while, and nobody's lock is held for that
            handover = parts.handovers.recall(photo)
            parts = replace(parts, detector=_Knowing(parts.detector, photo.pixels))
        if handover is None:
            return _as_chosen(photo, concealment, parts, put_back)
        concealed, framing = hide_again(photo, handover, parts)
        parts.make_room()
        try:
            return Remade(concealed, put_back(concealed, framing, parts=parts), remembered=True)
        except CannotAlign as misfit:
            # Of several hand-overs the last is remembered; this may be the answer to another.
            try:
                return _as_chosen(photo, concealment, parts, put_back)
            except (CannotAlign, InputError, NoFaceFound):
                raise misfit from None


@dataclass(frozen=True, eq=False)
class _Knowing:
    """A detector that looks once, and only if somebody asks, at all of one picture."""

    detector: FaceDetector
    pixels: Pixels

    @cached_property
    def faces(self) -> Sequence[Face]:
        """The faces of that picture."""
        return self.detector.detect(self.pixels)

    def detect(self, pixels: Pixels) -> Sequence[Face]:
        return self.faces if pixels is self.pixels else self.detector.detect(pixels)


def _as_chosen(
    photo: Photo, concealment: Concealment, parts: Parts, put_back: Callable[..., Restored]
) -> Remade:
    def remade(concealed: Concealed) -> Remade:
        return Remade(concealed, put_back(concealed, concealment.framing, parts=parts))

    as_now = hide(photo, concealment, parts)
    if not as_now.kept:
        return remade(as_now)
    as_asked = hide(photo, replace(concealment, allow_smaller_mask=True), parts)
    fitting, misfits = [], []
    for concealed in (as_now, as_asked):
        try:
            fitting.append(remade(concealed))
        except CannotAlign as error:
            misfits.append(error)
    if not fitting:
        raise misfits[0]
    return min(fitting, key=_misfit)


def _misfit(remade: Remade) -> tuple[int, float]:
    """A hole that came back says more than a face that was drawn; then the smaller residual counts."""
    placements = remade.restored.report.placements
    guessed = sum(each.regime != "hole" for each in placements)
    return guessed, max((each.residual for each in placements), default=0.0)
