"""Choose what look one face gets: of what both pictures tell, as much as does no harm.

What was done to the picture as a whole is its style: it was drawn or painted, it lost its colors, or it was
graded as no other light would do it, as for film or night. A face in it follows that. All the rest, which is
light, sharpness and grain, is harmonization, and only what makes nothing worse is let through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

import numpy as np

from privateedit.core.color_difference import delta_e_2000, lab
from privateedit.core.finish import Finish
from privateedit.core.gate import STRENGTHS, VISIBLE, Terms, least_harm, moves_something
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
        small = preview(self.patch, self.placement, _TRIED)
        if self.learned.style is not None and self._drawing_fits(small):
            return Chosen(self.learned, 1.0, self.learned.style.name)
        learned = replace(self.learned, style=None)
        told, wanted = well_told(learned, self.scene, self.placement), self.finish.harmonize
        # Not kept: it knows how to look closer, which leads back here, and its pictures would wait for the
        # garbage collector.
        trial = self._trial(small)
        base, style = self._styled(learned, trial, small, told=told)
        # A style that is well told is taken whole, and has no shares.
        graded = base.grade if style is not None and told else None
        if wanted == 0:
            return Chosen(base, 0.0, style)
        if wanted is not None:
            part = self._shaded(learned, small).at(wanted)
            if style is not None:
                part = replace(part, grade=base.grade.toward(learned.grade, wanted))
            return Chosen(part, wanted, style)
        full = learned if graded is None else replace(learned, grade=graded)
        shares = [
            [(_share(each, strength, graded), strength) for strength in STRENGTHS]
            for each in _worth_trying(full, graded, trial)
        ]
        if not told:  # guesses must prove right
            shares = [each for each in shares if moves_something(each[0][0], base, trial)]
        options = list(chain.from_iterable(zip(*shares, strict=True)))
        found = least_harm([look for look, _ in options], base, trial, Terms.HARMLESS, guessed=not told)
        strength = next((strength for look, strength in options if look is found), 0.0)
        return Chosen(self._lit(found, base, trial, small), strength, style)

    def _lit(self, found: Look, base: Look, trial: Trial, small: Preview) -> Look:
        """Return a look with the light on a drawn face, as far as that harms neither it nor `base`."""
        shaded = self._shaded(found, small)
        for strength in () if shaded.shading.is_unchanged else STRENGTHS:
            lit = replace(shaded, shading=shaded.shading.at(strength))
            if all(least_harm([lit], each, trial, Terms.HARMLESS) is lit for each in (found, base)):
                return lit
        return found

    def _trial(self, small: Preview) -> Trial:
        """Return what looks are tried on: a small patch as it is, a large one reduced first."""
        if max(self.patch.hole.shape) <= _TRIED_AT_ONCE:
            return replace(self._tried(preview(self.patch, self.placement, _TRIED_AT_ONCE)), close=True)
        closer = cache(lambda: self._tried(preview(self.patch, self.placement, JUDGED)))
        return replace(self._tried(small), closer=closer)

    def _tried(self, large: Preview) -> Trial:
        at_last = self.compose if large.patch.hole.shape == self.patch.hole.shape else None
        return self._trial_of(large, at_last, _judge(large, self.scene.photo, self.likeness))

    def _trial_of(
        self, small: Preview, compose: Callable[[Look], Pixels] | None = None, judge: Identity | None = None
    ) -> Trial:
        patch, placement, scene = small.patch, small.placement, self.scene
        return Trial(
            compose or self.composer(patch, placement),
            patch.original,
            patch.hole,
            small.face,
            judge,
            patch.edited if placement.alignment.regime == "face" else None,
            (patch.edited, patch.visible),
            lambda: _skin(small, scene),
        )

    def _drawing_fits(self, small: Preview) -> bool:
        """Whether a drawing of the face leaves no larger seam than the photographic face."""
        trial, plain = self._trial_of(small), Look(self.learned.window)
        return least_harm([self.learned], plain, trial, Terms.DRAWN) is self.learned

    def _styled(self, learned: Look, trial: Trial, small: Preview, *, told: bool) -> tuple[Look, str | None]:
        """Return what a face gets before any harmonization, and what the picture became as a whole."""
        plain, grade = Look(learned.window), learned.grade
        if not self.finish.style_match:
            return plain, None
        if grade.takes_hues:
            # A face in color is seen at once where nothing else has any.
            plain = replace(plain, grade=Grade.grey())
        elif not (told and beyond_light(small, grade) and _nearer(learned, plain, trial)):
            return plain, None
        bare = replace(plain, grade=grade)
        fulls = [bare, *_plainer(bare, trial)]
        grades = [each.at(share) for share in STRENGTHS for each in fulls]
        base = least_harm(grades, plain, trial, Terms.STYLED) if told else plain
        name = COLORLESS if base.grade.takes_hues else GRADED
        return base, None if base.grade.is_identity else name

    def _shaded(self, look: Look, small: Preview) -> Look:
        return with_shading(look, self.scene, self.placement, small)


def _share(look: Look, strength: float, graded: Grade | None) -> Look:
    """Return a share of a look, but all of what it was `graded` with for its picture's style."""
    part = look.at(strength)
    return part if graded is None else replace(part, grade=graded)


def _worth_trying(full: Look, graded: Grade | None, trial: Trial) -> list[Look]:
    """Return the look, also with plainer grades, if there is more to it than a grade it has already."""
    if graded is None:
        return [] if full.is_plain else [full, *_plainer(full, trial)]
    return [] if replace(full, grade=Grade.identity()).is_plain else [full]


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


def _nearer(learned: Look, plain: Look, trial: Trial) -> bool:
    """Whether what lies right beside the face is explained no worse than by nothing, or nothing is seen.

    In the light of a spot, the rest of the picture is dark as in a night, and the face is not.
    """
    return not trial.of(learned).off > trial.of(plain).off


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
