"""Put the original faces back: match the look, fill, blend, and leave all other pixels as edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np

from privateedit.core.beside import beside
from privateedit.core.channels import rounded
from privateedit.core.choose_look import JUDGED, Chosen, Fitting
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.fill_hole import into_hole
from privateedit.core.finish import Finish
from privateedit.core.ground import Ground
from privateedit.core.learn_look import learn_look, registered
from privateedit.core.likeness import Likeness
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.overlap import Scene
from privateedit.core.patch import Patch, patch_of, window_of
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pyramid import Pyramid
from privateedit.core.replace_face import onto
from privateedit.core.report import PlacementReport, Report
from privateedit.core.restored import Restored
from privateedit.core.scale import averaged, reduced, reduced_size, resized
from privateedit.core.seam import Outline, changed_area, seam_width
from privateedit.core.taken_out import closed_over, taken_out
from privateedit.errors import CannotAlign

_SEGMENTED = 512
_MUCH_SMALLER = 0.6


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
        reduced_to = partial(_composed_at, blend=finish.blend)
        chosen = Fitting(scene, placement, patch, learned, finish, reduced_to, compose, likeness).chosen()
        if _bystander(placement, placements) and taken_out(patch, learned):
            canvas[patch.window] = closed_over(patch)
            left = Chosen(Look(patch.window), 0.0)
            reports += [replace(each, gone=True) for each in _reports(placement, left, patch, canvas)]
            continue
        canvas[patch.window] = compose(chosen.look)
        reports += _reports(placement, chosen, patch, canvas)
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
    with beside(patch.find_matte if ground is None else ground.prepare) as prepared:
        learned = learn_look(scene, placement, patch, style_match=style_match)
        prepared()
    return learned


def _composer(patch: Patch, ground: Ground | None, blend: float | None) -> Callable[[Look], Pixels]:
    """Return what puts the original into its patch, for one look or several."""
    if ground is None:
        return lambda look: into_hole(patch, look, blend)
    return lambda look: onto(ground, look, blend)


def _composed_at(patch: Patch, placement: Placement, blend: float | None) -> Callable[[Look], Pixels]:
    """Return the same for a reduced patch and the placement in it."""
    return _composer(patch, _ground(patch, placement), blend)


def _reports(placement: Placement, chosen: Chosen, patch: Patch, canvas: Pixels) -> list[PlacementReport]:
    alignment = placement.alignment
    ids: list[int | None] = [face.id for face in placement.faces]
    graded = not chosen.look.is_plain
    facts = (alignment.regime, alignment.residual, alignment.scale, alignment.rotation, graded)
    under = rounded(patch.edited) if alignment.regime == "face" else None
    seam, before = _seams((canvas[patch.window], rounded(patch.original)), patch.hole, under)
    return [
        PlacementReport(
            each,
            *facts,
            pose_difference=alignment.pose_difference,
            seam=seam,
            seam_before=before,
            harmonized=chosen.strength,
            style=chosen.style,
        )
        for each in (ids or [None])
    ]


def _seams(pictures: Sequence[Pixels], hole: Hidden, under: Pixels | None) -> list[float | None]:
    """Return each picture's color step across the outline of `hole`, which is wide enough to be seen reduced.

    Where something was drawn `under` it, across that of what the first picture replaced. None where there is
    no outline to look at.
    """
    small = [reduced(each, JUDGED) for each in pictures]
    area = resized(hole.astype(np.float32), small[0].shape) > 0.5
    if under is not None:
        area &= changed_area(small[0], reduced(under, JUDGED))
    outline = Outline.of(area, seam_width(area))
    values = [outline.difference(each) for each in small]
    return [None if np.isnan(value) else value for value in values]
