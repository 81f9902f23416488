"""`Look`: everything an original face must take on to belong into the edited picture.

Style or sharpness first, then grade and light, then grain: the order in which a picture is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from privateedit.core.grade import Grade
from privateedit.core.harmonize import judged, lesson
from privateedit.core.light import Light, learn_light
from privateedit.core.overlap import Overlap, kept, softened
from privateedit.core.patch import Window
from privateedit.core.pull_push import Floats
from privateedit.core.similarity import Matrix, compose, inverse, scaling
from privateedit.core.texture import Texture, learn_texture

_ROUNDS = 3
_CLEARLY, _LEVELS = 0.85, 0.4  # share of the misfit, and levels, by which light must explain more


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """What is applied to the original, in the window of the edited picture where it goes.

    Attributes:
        window: rows and columns of the edited picture that `apply` gets, at any resolution.
        grade: one color map for the whole picture.
        light: exposure and white balance that vary slowly.
    """

    window: Window
    grade: Grade = field(default_factory=Grade.identity)
    light: Light = field(default_factory=Light.unchanged)
    texture: Texture = Texture()

    @property
    def is_plain(self) -> bool:
        """Whether it changes nothing."""
        return self.grade.is_identity and self.light.is_unchanged and self.texture.is_plain

    def apply(self, pixels: Floats) -> Floats:
        """Return H×W×3 float32 levels of the original as the edited picture would show them.

        `pixels` cover the window, at its own or a reduced size. Levels may leave 0–255.
        """
        if self.is_plain:
            return pixels
        rows, _ = self.window
        scale = pixels.shape[0] / (rows.stop - rows.start)
        soft = self.texture.soften(pixels, scale)
        lit = self.light.apply(self.grade.apply(soft), self._to_picture(pixels.shape))
        return self.texture.roughen(lit, scale)

    def at(self, strength: float) -> Look:
        """Return the look at a share of its strength; 0 changes nothing, 1 is the look itself."""
        if strength == 1:
            return self
        return replace(
            self,
            grade=self.grade.at(strength),
            light=self.light.at(strength),
            texture=self.texture.at(strength),
        )

    def _to_picture(self, shape: tuple[int, ...]) -> Matrix:
        rows, columns = self.window
        stretch = scaling((columns.stop - columns.start) / shape[1], (rows.stop - rows.start) / shape[0])
        return compose(np.array([[1.0, 0.0, columns.start], [0.0, 1.0, rows.start]]), stretch)


def learn_colors(wide: Overlap, near: Overlap, to_plane: Matrix) -> tuple[Grade, Light]:
    """Return grade and light that explain the edited picture, first all of it, then what is near the face.

    Args:
        wide: the whole picture.
        near: what surrounds the face.
        to_plane: 2×3, edited picture to coordinates in sizes of the hole, its middle at 0.
    """
    first = lesson(softened(wide.before), softened(wide.after), wide.sources)
    before, after = softened(near.before), softened(near.after)
    soft = replace(near, before=before, after=after)
    to_picture = inverse(near.from_picture)
    grade, light = first.grade, Light.unchanged()
    for _ in range(_ROUNDS):
        light = learn_light(soft, grade.apply(before), to_plane)
        if light.is_unchanged:
            break
        taught = lesson(before, light.remove(after, to_picture), soft.sources)
        grade = taught.grade if taught.area.any() else grade
    area = near.visible
    plain = judged(first.grade.apply(before), after, before, area)
    lit = judged(light.apply(grade.apply(before), to_picture), after, before, area)
    if lit < _CLEARLY * plain and lit < plain - _LEVELS:
        return grade, light
    return first.grade, Light.unchanged()


def learn_fine(fine: Overlap, grade: Grade, light: Light) -> Texture:
    """Return how sharpness and grain changed, from a part of both pictures at full resolution."""
    area = kept(fine)
    if not area.any():
        return Texture()
    graded = light.apply(grade.apply(fine.before), inverse(fine.from_picture))
    return learn_texture(np.clip(graded, 0, 255), fine.after, area)
