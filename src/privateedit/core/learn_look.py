"""Learn the look of the edited picture around one face, from what both pictures show."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from privateedit.core.grade import LUMA, Grade
from privateedit.core.harmonize import judged, lesson
from privateedit.core.light import Light, learn_light, learn_shading
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.overlap import Overlap, Scene, kept, lines_alike, parts_of, same_scene, softened
from privateedit.core.patch import Patch, Window, window_of
from privateedit.core.place import Placement
from privateedit.core.preview import Preview
from privateedit.core.pull_push import Floats
from privateedit.core.similarity import Matrix, compose, inverse, scaling, transform
from privateedit.core.style import Style, learn_style
from privateedit.core.texture import Texture, learn_texture

_WIDE, _NEAR, _FINE = 192, 256, 384  # pixels on which grade, light and texture are learned
_AROUND = 1.2  # of a region's extent: how far light is looked at
_ROUNDS = 4
_BESIDE, _NEARER = 1.5, 0.01  # pixels that a frame may be off, and how much more alike lines are beyond
_SETTLED = 0.8  # levels of misfit below which no light is looked for
_TELLING = 0.03  # share of what is around that must have survived to tell the light
_MOST = 0.75  # of the person's colors, that tell whether they changed at all
_KNOWN, _EXPLAINED = 2.5, 0.25  # levels of misfit, or share of what changed, that a look may leave
_SKIN = 30  # pixels of skin that tell how skin came back
_CLEARLY, _LEVELS = 0.85, 0.4  # share of the misfit, and levels, by which light must explain more


def learn_look(scene: Scene, placement: Placement, patch: Patch, *, style_match: bool = True) -> Look:
    """Return the look for the patch of one placement; what cannot be known stays as in the photo.

    With `style_match` a drawing or a painting makes a drawing or a painting of the original, too.
    """
    face = placement.faces[0] if placement.faces else None
    wide = scene.overlap(placement.frame, face, scene.everywhere, _WIDE)
    near = _near(scene, placement)
    grade, light = _colors(wide, near, _to_plane(patch))
    if came_back_otherwise(near, grade, light) or only_dyed(near, grade, light):
        grade, light = Grade.identity(), Light.unchanged()
    fine = scene.overlap(placement.frame, face, _telling(near, scene.edited.shape), _FINE)
    names = near.survivors
    texture = _texture(fine, names, grade, light)
    drawn = style_match and same_scene(near)
    style = style_of(fine, names, grade, light, texture) if drawn else None
    return Look(patch.window, grade, light, texture=texture if style is None else Texture(), style=style)


def registered(scene: Scene, placement: Placement) -> Placement:
    """Return the placement with the frame by which what is visible around it is recognized.

    Where much was changed at once, and in a drawing, whose features are other than a photo's, a frame may be
    no more than a guess, while a drawn face was placed by the outlines around it. Where the same things are
    seen by that, it counts; else whichever of the two makes more lines lie where they lay.
    """
    if placement.alignment.regime != "face" or _near(scene, placement).survivors:
        return placement
    by_around = replace(placement, frame=placement.alignment.matrix)
    if _near(scene, by_around).survivors:
        return by_around
    center = np.array([placement.faces[0].box.center])
    step = transform(by_around.frame, center)[0] - transform(placement.frame, center)[0]
    if np.hypot(*step) < _BESIDE:
        return placement
    moved = replace(placement, frame=compose(_shift(*step), placement.frame))
    before, after = (_near(scene, each) for each in (placement, moved))
    nearer = same_scene(after) and lines_alike(after) > lines_alike(before) + _NEARER
    return moved if nearer else placement


def with_shading(look: Look, scene: Scene, placement: Placement, small: Preview) -> Look:
    """Return `look` with the direction of the light on the face that was drawn, if nothing else tells it.

    What is left of the surroundings tells better: under an unchanged light the person's own shading is right,
    whatever a stranger's is.
    """
    patch = small.patch
    if placement.alignment.regime != "face" or _surroundings_tell(scene, placement):
        return look
    to_picture = look.to_picture(patch.hole.shape)
    to_plane = compose(_to_plane(patch), inverse(to_picture))
    own = look.apply(patch.original)
    return replace(look, shading=learn_shading(own, patch.edited, small.face, to_picture, to_plane))


def well_told(look: Look, scene: Scene, placement: Placement) -> bool:
    """Whether enough of what is around the face survived, and looks as `look` says it does.

    Clothes and hair alone tell nothing: they may have been dyed.
    """
    near = _near(scene, placement)
    same = kept(near)
    if np.count_nonzero(same) < _TELLING * same.size:
        return False
    if "surroundings" not in near.survivors and np.count_nonzero(near.skin & same) < _SKIN:
        return False
    off, idle = _misfits(near, look.grade, look.light, same)
    return off < max(_KNOWN, _EXPLAINED * idle)


def _near(scene: Scene, placement: Placement) -> Overlap:
    """Return both pictures around a placement."""
    face = placement.faces[0] if placement.faces else None
    around = window_of(placement, scene.edited.shape, _AROUND)
    return scene.overlap(placement.frame, face, around, _NEAR)


def _misfits(
    near: Overlap, grade: Grade, light: Light, area: Hidden, share: float = 0.5
) -> tuple[float, float]:
    """Return by how many levels the edit is off in an area: with grade and light, and without."""
    before, after = softened(near.before), softened(near.after)
    shown = light.apply(grade.apply(before), inverse(near.from_picture))
    return judged(shown, after, before, area, share), judged(before, after, before, area, share)


def _surroundings_tell(scene: Scene, placement: Placement) -> bool:
    near = _near(scene, placement)
    return bool(np.count_nonzero(kept(near)) > _TELLING * near.visible.size)


def _to_plane(patch: Patch) -> Matrix:
    """Return edited picture → coordinates in sizes of the hole, its middle at 0."""
    rows, columns = np.nonzero(patch.hole)
    x = patch.window[1].start + float(columns.mean())
    y = patch.window[0].start + float(rows.mean())
    return compose(scaling(1 / patch.size, 1 / patch.size), _shift(-x, -y))


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y]])


def _colors(wide: Overlap, near: Overlap, to_plane: Matrix) -> tuple[Grade, Light]:
    """Return grade and light that explain the edited picture, first all of it, then what is near the face.

    Args:
        wide: the whole picture.
        near: what surrounds the face.
        to_plane: 2×3, edited picture to coordinates in sizes of the hole, its middle at 0.
    """
    first = lesson(softened(wide.before), softened(wide.after), wide.sources)
    before, after = softened(near.before), softened(near.after)
    plain = judged(first.grade.apply(before), after, before, near.visible)
    if plain < _SETTLED:
        return first.grade, Light.unchanged()
    soft = replace(near, before=before, after=after)
    # Light that changes across the picture misleads the first grade, so none is a second start.
    found = [(plain, first.grade, Light.unchanged())]
    for start in (first.grade, Grade.identity()):
        grade, light = _alternating(soft, start, to_plane)
        lit = judged(
            light.apply(grade.apply(before), inverse(near.from_picture)), after, before, near.visible
        )
        if lit < _CLEARLY * plain and lit < plain - _LEVELS:
            found.append((lit, grade, light))
        if lit < 2 * _SETTLED:
            break
    _, grade, light = min(found, key=lambda each: each[0])
    return grade, light


def came_back_otherwise(near: Overlap, grade: Grade, light: Light) -> bool:
    """Whether the person came back more as in the photo than as grade and light say.

    A new wall may look like the old one in another light; the person in front of it tells that it is not.
    """
    off, idle = _misfits(near, grade, light, near.sources["person"], _MOST)
    return off > idle + 2 * _SETTLED


def only_dyed(near: Overlap, grade: Grade, light: Light) -> bool:
    """Whether clothes were given another color: what stands around them came back as it was.

    Asked where none of the person's skin is seen, which would tell.
    """
    names = near.survivors
    if "surroundings" not in names or np.count_nonzero(near.skin & parts_of(near, names)) >= _SKIN:
        return False
    off, idle = _misfits(near, grade, light, near.sources["surroundings"])
    return idle < 2 * _SETTLED and off > idle + 2 * _SETTLED


def _alternating(soft: Overlap, grade: Grade, to_plane: Matrix) -> tuple[Grade, Light]:
    """Return grade and light, each learned from what the other leaves unexplained."""
    light = Light.unchanged()
    for _ in range(_ROUNDS):
        light = learn_light(soft, grade.apply(soft.before), to_plane)
        if light.is_unchanged:
            break
        taught = lesson(soft.before, light.remove(soft.after, inverse(soft.from_picture)), soft.sources)
        grade = taught.grade if taught.area.any() else grade
    return grade, light


def _texture(fine: Overlap, names: tuple[str, ...], grade: Grade, light: Light) -> Texture:
    """Return how sharpness and grain changed, from a part of both pictures at full resolution."""
    area = parts_of(fine, names)
    if not area.any():
        return Texture()
    graded = np.clip(light.apply(grade.apply(fine.before), inverse(fine.from_picture)), 0, 255)
    # The outline of the hole is no line of the picture.
    after = np.where(fine.visible[..., None], fine.after, graded)
    return learn_texture(graded, after, area)


def style_of(
    fine: Overlap, names: tuple[str, ...], grade: Grade, light: Light, texture: Texture
) -> Style | None:
    """Return how a full-size part is drawn, by the first named part that survived, or by all of it."""
    to_picture = inverse(fine.from_picture)

    def graded(levels: Floats) -> Floats:
        return light.apply(grade.apply(levels), to_picture)

    plain = texture.roughen(graded(texture.soften(fine.before)))
    # A new backdrop is no drawing of the old one, and neither is its outline.
    # It may look like it, so the person is asked first.
    part = parts_of(fine, names[:1]) if names else fine.visible
    after = np.where((part | ~fine.visible)[..., None], fine.after, plain)
    # Strokes near the hole may be drawn around it.
    clear = cv2.erode((fine.visible & part).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    return learn_style(fine.before, after, clear, graded, plain)


def _telling(near: Overlap, shape: tuple[int, ...]) -> Window:
    """Return a window of the edited picture, seen at full resolution, that shows most near the face."""
    bright = near.before @ LUMA.astype(np.float32)
    detail = np.minimum(np.abs(bright - cv2.GaussianBlur(bright, (0, 0), 2.0)), 8.0)
    worth = np.where(near.visible, detail * (0.3 + near.person) + 0.3, 0).astype(np.float32)
    side = int(np.clip(_FINE * near.from_picture[0, 0], 3, min(worth.shape)))
    total = cv2.boxFilter(worth, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT)
    row, column = np.unravel_index(int(np.argmax(total)), worth.shape)
    x, y = transform(inverse(near.from_picture), np.array([[column + 0.5, row + 0.5]]))[0]
    return _span(y, shape[0]), _span(x, shape[1])


def _span(middle: float, limit: int) -> slice:
    start = int(np.clip(middle - _FINE / 2, 0, max(limit - _FINE, 0)))
    return slice(start, min(start + _FINE, limit))
