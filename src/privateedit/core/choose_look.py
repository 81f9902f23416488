"""Choose what look one face gets: of what both pictures tell, as much as does no harm.

What was done to the picture as a whole is its style: it was drawn or painted, it lost its colors, or it was
graded as no other light would do it, as for film or night. A face in it follows that. All the rest, which is
light, sharpness and grain, is harmonization, and only what makes nothing worse is let through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np

from privateedit.core.color_difference import delta_e_2000, lab
from privateedit.core.finish import Finish
from privateedit.core.gate import STRENGTHS, VISIBLE, Terms, least_harm
from privateedit.core.grade import Grade
from privateedit.core.learn_look import well_told, with_shading
from privateedit.core.likeness import Likeness
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.overlap import Scene, own_skin
from privateedit.core.patch import Patch
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.preview import Preview, preview
from privateedit.core.trial import Identity, Trial

GRADED, COLORLESS = "graded picture", "black-and-white picture"
"""What a photo may become without being drawn."""

JUDGED = 1024
"""Pixels at which a seam is measured, and looks are judged at last."""

_TRIED = 384  # pixels at which strengths are tried, before that is asked again of what passed
_TRIED_AT_ONCE = 640  # pixels up to which a patch is tried as it is, which takes hardly longer
_PERSON = 0.5  # matte value of what is rather somebody than background
_STOP = 2 ** (1 / 2.2)  # of light, as a gain of levels

Composer = Callable[[Patch, Placement], Callable[[Look], Pixels]]
"""From a patch and its placement to what composes the patch with a look."""


@dataclass(frozen=True, eq=False, slots=True)
class Chosen:
    """What one face gets.

    Attributes:
        look: that is applied to the original.
        strength: how much of the picture's light, sharpness and grain is in it, 0 to 1; 1 for a drawing.
        style: what the picture became as a whole, in a word or two; None for a photo like the original.
    """

    look: Look
    strength: float
    style: str | None = None


@dataclass(frozen=True, eq=False)
class Fitting:
    """One face that is to be fitted into its place.

    Attributes:
        scene: the photo and what came back.
        placement: where the face goes.
        patch: that place at full size.
        learned: what both pictures tell of the look, at its full strength.
        finish: what was asked for.
        composer: makes compositions at any size.
        compose: the one at full size, which remembers what came of a look.
        likeness: a recognizer, if there is one.
    """

    scene: Scene
    placement: Placement
    patch: Patch
    learned: Look
    finish: Finish
    composer: Composer
    compose: Callable[[Look], Pixels]
    likeness: Likeness | None = None

    def chosen(self) -> Chosen:
        """Return the look: as told, or as far as it does no harm."""
        drawn = self.learned.style
        if drawn is not None and self._drawing_fits():
            return Chosen(self.learned, 1.0, drawn.name)
        base, style = self._styled()
        wanted = self.finish.harmonize
        if wanted is None:
            return self._harmonized(base, style)
        if wanted == 0:
            return Chosen(base, 0.0, style)
        full = self._shaded(self._beyond(base, style))
        return Chosen(self._at(full, wanted, style), wanted, style)

    @cached_property
    def _small(self) -> Preview:
        return preview(self.patch, self.placement, _TRIED)

    @cached_property
    def _photographic(self) -> Look:
        return replace(self.learned, style=None)

    @cached_property
    def _told(self) -> bool:
        return well_told(self._photographic, self.scene, self.placement)

    @cached_property
    def _trial(self) -> Trial:
        """What looks are tried on: a small patch as it is, a large one reduced first."""
        if max(self.patch.hole.shape) <= _TRIED_AT_ONCE:
            return replace(self._tried(_TRIED_AT_ONCE), close=True)
        return replace(self._tried(_TRIED), closer=cache(lambda: self._tried(JUDGED)))

    def _tried(self, longest: int) -> Trial:
        large = preview(self.patch, self.placement, longest)
        at_last = self.compose if large.patch.hole.shape == self.patch.hole.shape else None
        return self._trial_of(large, at_last, _judge(large, self.scene.photo, self.likeness))

    def _trial_of(
        self, small: Preview, compose: Callable[[Look], Pixels] | None = None, judge: Identity | None = None
    ) -> Trial:
        patch, placement = small.patch, small.placement
        return Trial(
            compose or self.composer(patch, placement),
            patch.original,
            patch.hole,
            small.face,
            judge,
            patch.edited if placement.alignment.regime == "face" else None,
            (patch.edited, patch.visible),
            lambda: _skin(small, self.scene),
        )

    def _drawing_fits(self) -> bool:
        """Whether a drawing of the face leaves no larger seam than the photographic face."""
        trial, plain = self._trial_of(self._small), Look(self.learned.window)
        return least_harm([self.learned], plain, trial, Terms.DRAWN) is self.learned

    def _styled(self) -> tuple[Look, str | None]:
        """Return what a face gets before any harmonization, and what the picture became as a whole."""
        plain, grade = Look(self.learned.window), self.learned.grade
        if not self.finish.style_match:
            return plain, None
        if grade.takes_hues:
            # A face in color is seen at once where nothing else has any.
            plain = replace(plain, grade=Grade.grey())
        elif not (self._told and beyond_light(self._small, grade)):
            return plain, None
        base = least_harm(self._grades(), plain, self._trial, Terms.STYLED) if self._told else plain
        name = COLORLESS if base.grade.takes_hues else GRADED
        return base, None if base.grade.is_identity else name

    def _grades(self) -> list[Look]:
        bare = Look(self.learned.window, self.learned.grade)
        return [each.at(strength) for strength in STRENGTHS for each in (bare, *_plainer(bare, self._trial))]

    def _beyond(self, base: Look, style: str | None) -> Look:
        """Return what both pictures tell, over the grade that the face got for its picture's style."""
        return replace(self._photographic, grade=base.grade) if style and self._told else self._photographic

    def _at(self, look: Look, strength: float, style: str | None) -> Look:
        """Return a share of it, but of the picture's style all."""
        part = look.at(strength)
        return replace(part, grade=look.grade) if style and self._told else part

    def _harmonized(self, base: Look, style: str | None) -> Chosen:
        """Return what the gate lets through of light and texture, and of a grade that is no style."""
        full = self._beyond(base, style)
        fulls = [full] if full.grade is base.grade else [full, *_plainer(full, self._trial)]
        adds = not replace(full, grade=Grade.identity() if full.grade is base.grade else full.grade).is_plain
        options = [(self._at(each, share, style), share) for share in STRENGTHS for each in fulls if adds]
        looks = [look for look, _ in options]
        found = least_harm(looks, base, self._trial, Terms.HARMLESS, guessed=not self._told)
        strength = next((share for look, share in options if look is found), 0.0)
        shaded = self._shaded(found)
        if shaded.shading.is_unchanged:
            return Chosen(found, strength, style)
        shades = [replace(shaded, shading=shaded.shading.at(each)) for each in STRENGTHS]
        return Chosen(least_harm(shades, found, self._trial, Terms.HARMLESS), strength, style)

    def _shaded(self, look: Look) -> Look:
        return with_shading(look, self.scene, self.placement, self._small)


def beyond_light(small: Preview, grade: Grade) -> bool:
    """Whether a grade changes a face as no other light would that falls on it.

    A lamp multiplies channels (von Kries), by no more than a stop; a faded film, a night or a lifted black is
    what was done to the picture.
    """
    own = small.patch.original[small.face]
    if not len(own):
        return False
    shown = grade.apply(own[:, None])[:, 0]
    gains = np.clip((own * shown).mean(0) / np.maximum((own * own).mean(0), 1.0), 1 / _STOP, _STOP)
    colors = (lab(np.clip(each, 0, 255)[:, None])[:, 0] for each in (shown, own * gains))
    return float(np.median(delta_e_2000(*colors))) >= VISIBLE


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
