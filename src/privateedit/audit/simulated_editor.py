"""An image model whose every change is known: it gets a masked picture and a recipe, and returns an edit.

It makes the edit from the masked picture alone. The open photo tells it only what a good model sees anyway:
where person, background and face are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from privateedit.audit import simulated_look as look
from privateedit.audit.restore_scenarios import Answer, Crowd, Recipe
from privateedit.audit.simulated_crowd import regrouped
from privateedit.audit.simulated_frame import Framing, framing
from privateedit.audit.simulated_stranger import Stranger, continued, drawn, oval_area
from privateedit.core.face import Face
from privateedit.core.mask import Hidden
from privateedit.core.matte import Matte, sharpened
from privateedit.core.photo import Pixels
from privateedit.core.ports import PersonSegmenter
from privateedit.core.prepared import Concealed
from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced, single
from privateedit.core.similarity import Matrix, compose, warp_area

_LOOK = 512


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """A masked photo, and the truth about it: who is person and who is background."""

    concealed: Concealed
    matte: Matte

    @classmethod
    def of(cls, concealed: Concealed, segmenter: PersonSegmenter) -> Scene:
        """Look at the open photo once."""
        pixels, hidden = concealed.photo.pixels, concealed.masked.mask.hidden
        return cls(concealed, sharpened(pixels, segmenter.segment(reduced(pixels, _LOOK)), hidden))


@dataclass(frozen=True, eq=False, slots=True)
class Simulated:
    """An edit and the truth about it.

    Attributes:
        pixels: the returned picture.
        truth: where each face of the photo belongs in it; faces that are gone are absent.
        frame: where the photo's frame went.
        ideal: what the edit would show had nothing been hidden; None where there is no such picture.
    """

    pixels: Pixels
    truth: Mapping[int, Matrix]
    frame: Matrix
    ideal: Pixels | None

    def area(self, hidden: Hidden) -> Hidden:
        """Return an area of the photo in the returned picture."""
        window = (slice(0, self.pixels.shape[0]), slice(0, self.pixels.shape[1]))
        return warp_area(hidden, self.frame, window)


@dataclass(frozen=True, eq=False, slots=True)
class Cast:
    """Whom and what the model draws.

    Attributes:
        strangers: who stands in for each face, by its id.
        extra: somebody more, for `added`; also the unrelated picture and the foreign background.
    """

    strangers: Mapping[int, Stranger]
    extra: Stranger


def simulated(recipe: Recipe, scene: Scene, cast: Cast, segmenter: PersonSegmenter) -> Simulated | None:
    """Return the edit of a masked photo after `recipe`; None where the photo leaves no room for it."""
    concealed, scenario = scene.concealed, recipe.scenario
    faces, hidden = concealed.hidden_faces, concealed.masked.mask.hidden
    frame = framing(recipe, hidden.shape, _corners(hidden))
    canvas, alpha = _answered(recipe, scene, cast, segmenter)
    moves: Mapping[int, Matrix] = {face.id: np.eye(2, 3) for face in faces}
    if scenario.crowd is not None:
        people = regrouped(scenario.crowd, canvas, alpha, faces, cast.extra, segmenter, recipe.generator())
        if people is None:
            return None
        canvas, moves = people.canvas, people.moves
    stays = hidden if scenario.answer is Answer.HOLE else np.zeros_like(hidden)
    pixels = _finished(recipe, scene, canvas, alpha, stays, frame, cast)
    comparable = scenario.crowd in {None, Crowd.KEPT} and not scenario.must_refuse
    photo = concealed.photo.pixels.astype(np.float32)
    nothing = np.zeros_like(hidden)
    return Simulated(
        pixels,
        {} if scenario.must_refuse else {key: compose(frame.matrix, move) for key, move in moves.items()},
        frame.matrix,
        _finished(recipe, scene, photo, scene.matte.alpha, nothing, frame, cast) if comparable else None,
    )


def _corners(hidden: Hidden) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    rows, columns = np.flatnonzero(hidden.any(1)), np.flatnonzero(hidden.any(0))
    return np.array([[x, y] for x in (columns[0], columns[-1] + 1.0) for y in (rows[0], rows[-1] + 1.0)])


def _answered(recipe: Recipe, scene: Scene, cast: Cast, segmenter: PersonSegmenter) -> tuple[Floats, Floats]:
    """Return the picture before anything else is changed, and its matte."""
    concealed, answer = scene.concealed, recipe.scenario.answer
    hidden, alpha = concealed.masked.mask.hidden, scene.matte.alpha
    canvas = concealed.masked.pixels.astype(np.float32)
    if answer is Answer.HOLE:
        return canvas, single(np.maximum(alpha, hidden))
    if answer is Answer.UNRELATED:
        return _other(cast.extra.photo.pixels, hidden.shape), alpha
    canvas, alpha = continued(canvas, hidden, alpha)
    if answer is Answer.PATCH:
        return _patched(canvas, hidden, recipe.generator()), alpha
    if answer is Answer.SMOOTH:
        return canvas, alpha
    for face, hole in zip(concealed.hidden_faces, shared_out(hidden, concealed.hidden_faces), strict=True):
        if hole.any():
            canvas, alpha = drawn(canvas, hole, alpha, face, cast.strangers[face.id], segmenter)
    return canvas, alpha


def shared_out(hidden: Hidden, faces: tuple[Face, ...]) -> list[Hidden]:
    """Return each face's part of what is hidden: the pixels nearest to it, by the size of its box."""
    rows, columns = np.mgrid[: hidden.shape[0], : hidden.shape[1]] + 0.5
    away = []
    for face in faces:
        x, y = face.box.center
        away.append(((columns - x) / face.box.width) ** 2 + ((rows - y) / face.box.height) ** 2)
    nearest = np.argmin(away, axis=0)
    return [hidden & (nearest == index) for index in range(len(faces))]


def _other(pixels: Pixels, shape: tuple[int, ...]) -> Floats:
    """Return another picture, filling the frame."""
    zoom = max(shape[0] / pixels.shape[0], shape[1] / pixels.shape[1])
    size = (max(shape[1], round(pixels.shape[1] * zoom)), max(shape[0], round(pixels.shape[0] * zoom)))
    large = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC)
    left = (size[0] - shape[1]) // 2
    return large[: shape[0], left : left + shape[1]].astype(np.float32)


def _patched(canvas: Floats, hidden: Hidden, random: np.random.Generator) -> Floats:
    """Return the picture with a plain card over each place of a face, larger than what was hidden."""
    result = canvas.copy()
    low, high = _corners(hidden).min(0), _corners(hidden).max(0)
    margin = 0.12 * (high - low)
    left, top = np.maximum(low - margin, 0).astype(int)
    right, bottom = (high + margin).astype(int)
    card = result[top:bottom, left:right]
    card[:] = random.uniform(60, 220, 3) + random.normal(0, 1.5, card.shape)
    return result


def _finished(
    recipe: Recipe, scene: Scene, canvas: Floats, alpha: Floats, stays: Hidden, frame: Framing, cast: Cast
) -> Pixels:
    """Return the picture with look, frame and file as the recipe says; no backdrop touches what `stays`."""
    scenario, random = recipe.scenario, recipe.generator()
    if scenario.backdrop:
        behind = look.backdrop(recipe.backdrop, canvas.shape, cast.extra.photo.pixels, random)
        before = look.before(canvas, scene.matte.person, alpha, behind)
        canvas = single(np.where(stays[..., None], canvas, before))
    if scenario.clothes:
        canvas = single(np.where(stays[..., None], canvas, _clothed(recipe, scene, canvas, alpha)))
    if recipe.grade:
        canvas = look.graded(canvas, recipe.grade, random)
    if recipe.stops:
        canvas = look.lit(canvas, recipe.stops, recipe.toward)
    if recipe.style:
        styled = look.restyled(look.levels(canvas), recipe.style)
        canvas = single(np.where(stays[..., None], canvas, styled))
    canvas = frame.carried(canvas, recipe.border, stays)
    pixels = look.recompressed(
        look.levels(look.softened(canvas, recipe.softness, recipe.enlarged)), recipe.quality
    )
    return np.ascontiguousarray(pixels[:, ::-1]) if scenario.mirrored else pixels


def _clothed(recipe: Recipe, scene: Scene, canvas: Floats, alpha: Floats) -> Floats:
    """Dye below the lowest chin of the photo's largest face, sparing the color of its skin."""
    concealed = scene.concealed
    face = max(concealed.hidden_faces, key=lambda each: each.box.width * each.box.height)
    pixels, points = concealed.photo.pixels, face.mesh
    oval = np.zeros(pixels.shape[:2], np.bool_)
    oval[int(max(face.box.y0, 0)) : int(face.box.y1) + 1, int(max(face.box.x0, 0)) : int(face.box.x1) + 1] = (
        True
    )
    if points is not None:
        oval = oval_area(points, pixels.shape)
    chin = face.box.y1 + 0.12 * face.box.height
    return look.clothed(canvas, alpha, chin, look.skin_of(pixels, oval), recipe.generator())
