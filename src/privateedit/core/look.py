"""`Look`: everything an original face must take on to belong into the edited picture.

Style or sharpness first, then grade and light, then grain: the order in which a picture is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from privateedit.core.grade import Grade
from privateedit.core.light import Light
from privateedit.core.patch import Window
from privateedit.core.pull_push import Floats
from privateedit.core.similarity import Matrix, compose, scaling
from privateedit.core.style import Style
from privateedit.core.texture import Texture


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """What is applied to the original, in the window of the edited picture where it goes.

    Attributes:
        window: rows and columns of the edited picture that `apply` gets, at any resolution.
        grade: one color map for the whole picture.
        light: exposure and white balance that vary slowly, as what surrounds the face tells.
        shading: where the light on a drawn face comes from, for want of surroundings that tell.
        texture: sharpness and grain.
        style: how it is drawn or painted; replaces sharpness, and, with a tone of its own, grade and light.
    """

    window: Window
    grade: Grade = field(default_factory=Grade.identity)
    light: Light = field(default_factory=Light.unchanged)
    shading: Light = field(default_factory=Light.unchanged)
    texture: Texture = field(default_factory=Texture)
    style: Style | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it changes nothing."""
        lit = not (self.light.is_unchanged and self.shading.is_unchanged)
        return self.style is None and self.grade.is_identity and not lit and self.texture.is_plain

    def apply(self, pixels: Floats) -> Floats:
        """Return H×W×3 float32 levels of the original as the edited picture would show them.

        `pixels` cover the window, at its own or a reduced size. Levels may leave 0–255.
        """
        if self.is_plain:
            return pixels
        rows, _ = self.window
        scale = pixels.shape[0] / (rows.stop - rows.start)
        if self.style is not None:
            soft = self.style.render(pixels, scale)
            if self.style.tone is not None:
                return soft
        else:
            soft = self.texture.soften(pixels, scale)
        to_picture = self.to_picture(pixels.shape)
        lit = self.light.apply(self.grade.apply(soft), to_picture)
        lit = self.shading.apply(lit, to_picture)
        return self.texture.roughen(lit, scale)

    def at(self, strength: float) -> Look:
        """Return the look at a share of its strength; 0 changes nothing, 1 is the look itself.

        A style has no shares.
        """
        if strength == 0:
            return Look(self.window)
        if strength == 1:
            return self
        return replace(
            self,
            grade=self.grade.at(strength),
            light=self.light.at(strength),
            shading=self.shading.at(strength),
            texture=self.texture.at(strength),
        )

    def to_picture(self, shape: tuple[int, ...]) -> Matrix:
        """Return the 2×3 matrix from the window's pixels, at the size of `shape`, to the edited picture."""
        rows, columns = self.window
        stretch = scaling((columns.stop - columns.start) / shape[1], (rows.stop - rows.start) / shape[0])
        return compose(np.array([[1.0, 0.0, columns.start], [0.0, 1.0, rows.start]]), stretch)
