"""What the edited picture itself tells of the matte: who was kept beside the hole is a person."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.blend import distance_outside
from privateedit.core.channels import rounded
from privateedit.core.mask import Hidden
from privateedit.core.matte import Matte, resolved, solved_size, trust_in
from privateedit.core.nearby import around
from privateedit.core.patch import Patch
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import resized, single

_EDGE = 1.6
_CLEAR = 40.0  # levels between old and new that leave little doubt which is shown
_WORTH = 4.0  # weight of what is seen
_NEAR, _HARDLY = 0.05, 0.2  # of the hole's size around who may be a person, and a guess that it is none
_SURE, _DOUBTED = 0.95, 0.3  # a guess without doubt, and the least that may be hair
_CROWN = 0.4  # of the hole's width, from its middle: where a crown may be
_CONTRADICTED = 0.15  # of the hole's size: so far a guess is doubted that what is seen contradicts


def seen_through(patch: Patch, graded: Floats, clear: Hidden, replaced: Floats) -> Matte:
    """Return the patch's matte solved again, with what the editor kept and replaced beside the hole.

    A visible pixel lies on the line between the new background near by and the graded photo: its place on
    it is the alpha that the editor used. Inside the hole the picture's edges carry that on.
    """
    shape = solved_size(patch.hole.shape)
    guess = resized(patch.matte.alpha if patch.matte.guess is None else patch.matte.guess, shape)
    seen, worth = _observed(patch, graded, clear, replaced, guess.shape)
    # Scraps of the old background were kept, too, but nobody is near.
    worth = np.where((seen > 0.5) & _small(single(far_from_person(patch)), shape).astype(bool), 0, worth)
    trust = trust_in(guess, _EDGE)
    against = single((worth > 0.3 * _WORTH) & (np.abs(seen - guess) > 0.5))
    reach = max(1, round(_CONTRADICTED * patch.size * guess.shape[1] / patch.hole.shape[1]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    doubted = cv2.dilate(cv2.morphologyEx(against, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), kernel) > 0
    trust = np.where(doubted, np.float32(0.01), trust)
    total = trust + worth
    prior = single((trust * guess + worth * seen) / total)
    return resolved(patch.matte, rounded(patch.original), prior, single(total))


def cut_off(patch: Patch, graded: Floats, clear: Hidden, replaced: Floats, reach: float) -> Hidden:
    """Return bool H×W: the crown above the hole that an editor took for background, though the matte is sure.

    Only what ends within `reach` pixels of the hole, where all of it can be put back, and not what is beside
    it: there a matte may be wrong, and long hair that is gone was to be cut.
    """
    shape = solved_size(patch.hole.shape)
    guess = resized(patch.matte.alpha if patch.matte.guess is None else patch.matte.guess, shape)
    seen, worth = _observed(patch, graded, clear, replaced, shape)
    ratio = shape[1] / patch.hole.shape[1]
    certain = worth > 0.3 * _WORTH
    gone = (guess > _DOUBTED) & (seen < 0.7) & (worth > 0.05 * _WORTH)
    hole = _small(single(patch.hole), shape) > 0.5
    gone = (cv2.dilate(gone.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & _above(hole)
    away = distance_outside(hole)
    labels = np.asarray(cv2.connectedComponents(gone.astype(np.uint8))[1])
    without_doubt = labels[(guess > _SURE) & (seen < 0.5) & certain & (away < 8)]
    beyond = labels[gone & (away > reach * ratio)]
    kept = gone & np.isin(labels, np.setdiff1d(without_doubt, beyond))
    return np.asarray(resized(single(kept), patch.hole.shape) > 0.1)


def _above(hole: Hidden) -> Hidden:
    """Return where the crown of a head in the hole may be."""
    box = around(hole, 0)
    rows, columns = np.indices(hole.shape)
    height, width = box[0].stop - box[0].start, box[1].stop - box[1].start
    middle = (box[1].start + box[1].stop) / 2
    return np.asarray((rows < box[0].start + 0.15 * height) & (np.abs(columns - middle) < _CROWN * width))


def far_from_person(patch: Patch) -> Hidden:
    """Return bool H×W: where neither a pixel nor its surroundings are taken for a person."""
    ratio = min(1.0, 320 / max(patch.hole.shape))
    shape = tuple(max(1, round(ratio * side)) for side in patch.hole.shape)
    reach = max(1, round(_NEAR * patch.size * ratio))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    return np.asarray(
        resized(single(cv2.dilate(_small(patch.matte.alpha, shape), kernel)), patch.hole.shape) < _HARDLY
    )


def _observed(
    patch: Patch, graded: Floats, clear: Hidden, replaced: Floats, shape: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Return the alpha that the edited picture shows, and its weight, at the reduced `shape`."""
    before, after = _small(graded, shape), _small(patch.edited, shape)
    certain = _small(single(clear), shape) > 0.99
    gone = single(certain) * _small(replaced, shape)
    known = single((gone > 0.5) & (_small(patch.matte.alpha, shape) < 0.05))
    new = pull_push(after, known) if known.any() else after
    line, apart = before - new, after - new
    length = np.einsum("ijk,ijk->ij", line, line)
    along = np.clip(np.einsum("ijk,ijk->ij", apart, line) / np.maximum(length, 1), 0, 1)
    off = apart - along[..., None] * line
    misfit = np.einsum("ijk,ijk->ij", off, off)
    worth = gone * length / (length + _CLEAR**2) * np.exp(-misfit / (2 * 15.0**2))
    return single(along), single(_WORTH * worth)


def _small(plane: Floats, shape: tuple[int, ...]) -> Floats:
    if plane.shape == tuple(shape[:2]):
        return plane
    return np.asarray(cv2.resize(plane, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.float32)
