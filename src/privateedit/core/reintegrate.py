"""Put the original faces back: match the look, fill, blend, and leave all other pixels as edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from privateedit.core.beside import beside
from privateedit.core.channels import rounded
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.fill_hole import into_hole
from privateedit.core.finish import Finish
from privateedit.core.gate import DEMANDED, FREE, NOISE, STRENGTHS, least_harm
from privateedit.core.grade import Grade
from privateedit.core.ground import Ground
from privateedit.core.learn_look import learn_look, registered, well_told, with_shading
from privateedit.core.likeness import Likeness
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.overlap import Scene, own_skin
from privateedit.core.patch import Patch, patch_of, window_of
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.ports import PersonSegmenter
from privateedit.core.preview import Preview, preview
from privateedit.core.pyramid import Pyramid
from privateedit.core.replace_face import onto
from privateedit.core.report import PlacementReport, Report
from privateedit.core.restored import Restored
from privateedit.core.scale import averaged, reduced, reduced_size, resized
from privateedit.core.seam import Outline, seam_width
from privateedit.core.taken_out import closed_over, taken_out
from privateedit.core.trial import Identity, Trial
from privateedit.errors import CannotAlign

_SEGMENTED = 512
_MUCH_SMALLER = 0.6
_PERSON = 0.5  # matte value of what is rather somebody than background
_JUDGED = 1024  # pixels at which the seam that is left is measured
_TRIED = 384  # pixels at which strengths are tried, before that is asked again of what passed
_TRIED_AT_ONCE = 640  # pixels up to which a patch is tried as it is, which takes hardly longer


def reintegrate(
    photo: Photo,
    masked: MaskedPhoto,
    edited: Pixels,
    placements: Sequence[Placement],
    segmenter: PersonSegmenter,
    finish: Finish = Finish(),
    likeness: Likeness | None = None,
) -> Restored:
    """Return `edited` with the original regions of `photo` in their places, as `masked` hid them.

    A replaced backdrop is not put back: it stays as the editor left it. Pixels outside the blended areas
    are those of `edited`, bit for bit.

    Raises:
        CannotAlign: a face would lie outside the edited picture.
    """
    canvas = edited.copy()
    reports: list[PlacementReport] = []
    before = Pyramid(photo.pixels)
    small = averaged(before, *reduced_size(before.shape, _SEGMENTED))
    scene = Scene(photo, masked, edited, segmenter.segment(small), before)
    for each in placements:
        if not _within(each, edited.shape):
            raise CannotAlign("A hidden face lies outside the edited picture; it was cropped away.")
        placement = registered(scene, each)
        patch = patch_of(photo, masked.mask.hidden, canvas, placement, segmenter)
        ground = _ground(patch, placement)
        learned = _learned(scene, placement, patch, ground, style_match=finish.style_match)
        compose = cache(_composer(patch, ground, finish.blend))
        look, strength = _look(scene, placement, patch, learned, finish, compose, likeness)
        if _bystander(placement, placements) and taken_out(patch, look):
            canvas[patch.window] = closed_over(patch)
            reports += [
                replace(report, gone=True)
                for report in _reports(placement, Look(patch.window), 0.0, patch, canvas)
            ]
            continue
        canvas[patch.window] = compose(look)
        reports += _reports(placement, look, strength, patch, canvas)
    canvas.flags.writeable = False
    reports.sort(key=lambda report: (report.id is None, report.id or 0))
    return Restored(canvas, Report(tuple(reports)))


def _bystander(placement: Placement, placements: Sequence[Placement]) -> bool:
    """Whether this is a hole that came back, much smaller than that of somebody else."""
    largest = max(each.region.size for each in placements)
    small = placement.region.size < _MUCH_SMALLER * largest
    return bool(placement.faces) and placement.alignment.regime == "hole" and small


def _within(placement: Placement, shape: tuple[int, ...]) -> bool:
    rows, columns = window_of(placement, shape, context=0.0)
    return bool(rows.stop > rows.start and columns.stop > columns.start)


def _ground(patch: Patch, placement: Placement) -> Ground | None:
    """Return what the original goes onto, where a face was drawn; None where a hole came back."""
    if placement.alignment.regime != "face":
        return None
    return Ground(patch, placement.faces[0], placement.alignment, placement.drawn)


def _learned(
    scene: Scene, placement: Placement, patch: Patch, ground: Ground | None, *, style_match: bool
) -> Look:
    """Learn the look, and meanwhile, on another core, find what any look is laid over."""
    if ground is None:
        return learn_look(scene, placement, patch, style_match=style_match)
    with beside(ground.prepare) as prepared:
        learned = learn_look(scene, placement, patch, style_match=style_match)
        prepared()
    return learned


def _composer(patch: Patch, ground: Ground | None, blend: float | None) -> Callable[[Look], Pixels]:
    """Return what puts the original into its patch, for one look or several."""
    if ground is None:
        return lambda look: into_hole(patch, look, blend)
    return lambda look: onto(ground, look, blend)


def _look(
    scene: Scene,
    placement: Placement,
    patch: Patch,
    learned: Look,
    finish: Finish,
    compose: Callable[[Look], Pixels],
    likeness: Likeness | None,
) -> tuple[Look, float]:
    """Return the look for a placement, and how strong it is: as told, or as far as it does no harm.

    `learned` is what both pictures tell; `compose` puts the original into the patch with a look, and
    remembers what came of it.
    """
    small = preview(patch, placement, _TRIED)
    if learned.style is not None and _fits(learned, small, finish.blend):
        return learned, 1.0
    learned = replace(learned, style=None)
    plain = _unharmonized(learned, style_match=finish.style_match)
    if finish.harmonize == 0:
        return plain, 0.0
    if finish.harmonize is not None:
        return with_shading(learned, scene, placement, small).at(finish.harmonize), finish.harmonize

    def tried(longest: int) -> Trial:
        large = preview(patch, placement, longest)
        at_last = compose if large.patch.hole.shape == patch.hole.shape else None
        return _trial(large, finish.blend, _judge(large, scene.photo, likeness), at_last, scene)

    if max(patch.hole.shape) <= _TRIED_AT_ONCE:
        trial = replace(tried(_TRIED_AT_ONCE), close=True)
    else:
        trial = replace(tried(_TRIED), closer=cache(lambda: tried(_JUDGED)))
    look, strength = _harmonized(learned, plain, trial, told=well_told(learned, scene, placement))
    shaded = with_shading(look, scene, placement, small)
    if shaded.shading.is_unchanged:
        return look, strength
    shades = [replace(shaded, shading=shaded.shading.at(each)) for each in STRENGTHS]
    return least_harm(shades, look, trial, margin=FREE), strength


def _fits(drawn: Look, small: Preview, blend: float | None) -> bool:
    """Whether a drawing of the face leaves no larger seam than the photographic face."""
    return least_harm([drawn], Look(drawn.window), _trial(small, blend), margin=None) is drawn


def _unharmonized(learned: Look, *, style_match: bool) -> Look:
    """Return what a face gets before any light and color: in a picture without colors it has none either."""
    drained = style_match and learned.grade.takes_hues
    return Look(learned.window, Grade.grey() if drained else Grade.identity())


def _harmonized(learned: Look, plain: Look, trial: Trial, *, told: bool) -> tuple[Look, float]:
    """Return what the gate lets through of grade, light and texture, and at what strength."""
    options = [
        (each.at(strength), strength)
        for strength in STRENGTHS
        for each in ([] if learned.is_plain else dict.fromkeys((learned, *_plainer(learned, trial))))
    ]
    looks = [look for look, _ in options]
    margin = DEMANDED if told else NOISE
    chosen = least_harm(looks, plain, trial, margin=margin, guessed=not told)
    return chosen, next((strength for look, strength in options if look is chosen), 0.0)


def _plainer(learned: Look, trial: Trial) -> list[Look]:
    """Return the look with grades that do the same to the face, and mix up no hues in it."""
    if learned.grade.is_identity or not trial.face.any():
        return []
    colors = trial.original[trial.face].astype(np.float64)
    grade = learned.grade
    return [
        replace(learned, grade=each)
        for each in dict.fromkeys((grade.by_channel(colors), grade.plainer(np.median(colors, axis=0))))
        if each is not grade
    ]


def _trial(
    small: Preview,
    blend: float | None,
    judge: Identity | None = None,
    compose: Callable[[Look], Pixels] | None = None,
    scene: Scene | None = None,
) -> Trial:
    patch, placement = small.patch, small.placement
    return Trial(
        compose or _composer(patch, _ground(patch, placement), blend),
        patch.original,
        patch.hole,
        small.face,
        judge,
        patch.edited if placement.alignment.regime == "face" else None,
        (patch.edited, patch.visible),
        None if scene is None else lambda: _skin(small, scene),
    )


def _skin(small: Preview, scene: Scene) -> Hidden:
    """Return where the photo shows skin of the face's own color on somebody, and no wall that is like it."""
    people = scene.people(small.placement.alignment.matrix, small.patch.window)
    return own_skin(small.patch.original, small.face) & (people > _PERSON)


def _judge(small: Preview, photo: Photo, likeness: Likeness | None) -> Identity | None:
    """Return a recognizer's judgment of the patch's window; the photo is looked at when first asked."""
    placement = small.placement
    if likeness is None or not placement.faces:
        return None

    @cache
    def judge() -> Identity:
        portrayed = likeness.portrayed(photo, placement.faces[0])
        return portrayed.judge(placement.alignment.matrix, small.patch.window)

    def distance(pixels: Pixels) -> float:
        return judge()(pixels)

    return distance


def _reports(
    placement: Placement, look: Look, strength: float, patch: Patch, canvas: Pixels
) -> list[PlacementReport]:
    alignment = placement.alignment
    ids: list[int | None] = [face.id for face in placement.faces]
    facts = (alignment.regime, alignment.residual, alignment.scale, alignment.rotation, not look.is_plain)
    style = None if look.style is None else look.style.name
    seam, before = _seams((canvas[patch.window], rounded(patch.original)), patch.hole)
    return [
        PlacementReport(
            each,
            *facts,
            pose_difference=alignment.pose_difference,
            seam=seam,
            seam_before=before,
            harmonized=strength,
            style=style,
        )
        for each in (ids or [None])
    ]


def _seams(pictures: Sequence[Pixels], hole: Hidden) -> list[float | None]:
    """Return each picture's color step across the outline of `hole`, which is wide enough to be seen reduced.

    None where there is no outline to look at.
    """
    small = [reduced(each, _JUDGED) for each in pictures]
    area = resized(hole.astype(np.float32), small[0].shape) > 0.5
    outline = Outline.of(area, seam_width(area))
    values = [outline.difference(each) for each in small]
    return [None if np.isnan(value) else value for value in values]
