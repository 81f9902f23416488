"""The do-no-harm gate: harmonization only as far as neither seam nor likeness gets worse.

Measured with dlib's network on ten open portraits: a shift by half a pixel moves a face by 0.03 (0.04 at
most), JPEG at quality 90 by 0.01. Grades that nobody would call another person move it farther by themselves:
a warm or cool one by 0.04, fading by 0.07, black-and-white, sepia or night by 0.12 to 0.13 (0.18 at most),
and a dark stranger's skin tone by just as much. So the recognizer cannot tell a right grade from a wrong one.
What harmonizes a face with its surroundings may therefore cost nothing. Only what the whole picture became,
its style, is worth likeness: a step at the seam that goes, or a face that would sit in its picture in a color
of its own. Then what was seen and fits may cost what such grades cost, as far as it also explains what lies
right beside the face.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from operator import attrgetter

import cv2
import numpy as np

from privateedit.core.beside import side_by_side
from privateedit.core.face_change import apart, hues_alike, proportions_alike
from privateedit.core.look import Look
from privateedit.core.trial import NO_SEAM, Harm, Trial

STRENGTHS = (1.0, 0.75, 0.5, 0.25)
"""What is tried, in this order, before all is left as it was."""

DEMANDED = 0.15
"""How much farther an honest black-and-white or night grade moves it."""

FREE = 0.01
"""How far it may move for nothing that any eye sees: compression moves it by as much."""

VISIBLE = 2.0
"""CIEDE2000 that any eye sees between a face and what it is set into; half of it is just noticeable."""

_NEARER = 3 * FREE  # by how much a recognizer must be surer of a face with a look than without, to tell
_PRICE = 0.008  # of distance for a CIEDE2000 by which a face changes: honest grades cost up to that

_SAME_SEAM = 0.05  # CIEDE2000; compression moves a seam by as much
_NO_MORE = 1.02  # times a seam: looked at closer, it is known as exactly where the outline stays the same
_LOOKS = 3  # that are composed at the larger size, before a change that no eye sees is given up
_AT_ONCE = 4  # looks that are composed at once, of which each takes memory; few are needed in the end
_LIKE = 0.9  # correlation of local structure with the original's
_HUES = 0.6  # correlation of how hues or proportions differ within the face, red lips from pale skin
_CLIPPED = 0.06  # share of the face that may become black or white
_FORCED = 0.15  # share of the face that a drawing may push out of all colors
_GREENISH, _GREEN = -1.0, -4.0  # a* that living skin does not fall below, and that is green to all eyes
_NOTICED, _SAME_COLOR = 0.5 * VISIBLE, 0.1 * VISIBLE
_EXPLAINED = 0.6  # of what that is off without the look, which may be left


class Terms(Enum):
    """On what terms a look is let through.

    Attributes:
        HARMLESS: as harmonization, which makes nothing worse than it was.
        STYLED: as the grade of the whole picture, which may cost likeness.
        DRAWN: as a drawing, of which no one asks whether it is like a photo.
    """

    HARMLESS = 0
    STYLED = 1
    DRAWN = 2


def least_harm(
    options: Sequence[Look], base: Look, trial: Trial, terms: Terms, *, guessed: bool = False
) -> Look:
    """Return the first of `options` that does no harm beside `base`, or `base` itself.

    Where that costs likeness, a later one is returned that explains as much and costs less.

    Harm is a larger seam, or a recognizer's distance that grows by more than `FREE`; with or without a
    recognizer, a face that turns green or whose hues are mixed up, local structure that is lost, or
    highlights and shadows that are cut off. Seam and likeness are asked for again `closer`, where that is
    known. What is `guessed` does harm unless the seam of a hole falls visibly (one beside what a service drew
    tells nothing), or a recognizer is surer of the face with it.

    A grade of the whole picture may cost `DEMANDED` where in exchange the seam falls by what any eye sees, or
    what a face that visibly changes is worth; and a seam may grow to what the original by itself shows at
    that outline. A change that leaves what is seen beside the face as far off as it was is worth nothing.

    Of drawings, which no one takes for photos, only the seam counts, and lines that the drawing has there
    anyway are none; but no paint lies beyond all colors. Where the picture is surely drawn the seam may be
    larger by what is just noticeable, since a photographic face in it is seen at once.
    """
    chosen = next(_harmless(options, base, trial, terms, guessed=guessed), base)
    closer = trial.closest
    if chosen is base or terms is Terms.DRAWN:
        return chosen
    if closer.of(chosen).distance <= closer.of(base).distance + FREE:
        return chosen
    # Likeness is given up for the look, so none that costs less may explain as much.
    enough = trial.of(chosen).off + _SAME_COLOR
    weaker = [each for each in options[options.index(chosen) + 1 :] if trial.of(each).off <= enough]
    cheaper = _harmless(weaker, base, trial, terms, guessed=guessed)
    return min((chosen, *cheaper), key=lambda each: closer.of(each).distance)


def moves_something(look: Look, base: Look, trial: Trial) -> bool:
    """Whether a look moves seam or likeness at all, against `base`; one that does not cannot prove right.

    Nor can a weaker share of it: it moves them less. Of one that loses the face, a share may.
    """
    harm, before = (trial.known.setdefault(each, trial.of(each)) for each in (look, base))
    if not _keeps_face(harm, before, Terms.HARMLESS):
        return True
    _compose([before, harm])
    return abs(harm.seam - before.seam) >= _SAME_SEAM or abs(harm.distance - before.distance) >= FREE


def _harmless(
    options: Sequence[Look], base: Look, trial: Trial, terms: Terms, *, guessed: bool
) -> Iterator[Look]:
    """Yield the options that do no harm beside `base`, each when it is asked for."""
    before, looked = trial.known.setdefault(base, trial.of(base)), 0
    for harm in _composed_ahead(before, [trial.of(each) for each in options], terms):
        look = harm.look
        if not _within(harm, before, terms, guessed=guessed):
            continue
        if terms is not Terms.DRAWN and (trial.close or trial.closer is not None):
            looked += 1
            closer = _closer(harm, before)
            _compose(closer)
            if not _within_closer(*closer, terms):
                if looked >= _LOOKS and apart(before.color, harm.color, trial.face) < VISIBLE:
                    break
                continue
        trial.known[look] = harm
        yield look


def _composed_ahead(before: Harm, harms: Sequence[Harm], terms: Terms) -> Iterator[Harm]:
    """Yield the harms that keep the face, composed: a few at once, and `before` with the first."""
    at_once = min(max(1, cv2.getNumThreads()), _AT_ONCE)
    waiting: list[Harm] = []
    first = [before]
    for harm in (each for each in harms if _keeps_face(each, before, terms)):
        waiting.append(harm)
        if len(first) + len(waiting) >= at_once:
            _compose([*first, *waiting])
            yield from waiting
            first, waiting = [], []
    if waiting:
        _compose([*first, *waiting])
        yield from waiting


def _compose(harms: Sequence[Harm]) -> None:
    """Compose side by side, which is what takes long."""
    for _ in side_by_side(attrgetter("made"), harms):
        pass


def _keeps_face(harm: Harm, before: Harm, terms: Terms) -> bool:
    """Whether a look leaves a face what it is, as far as is known before it is composed."""
    if terms is Terms.DRAWN:
        return harm.forced <= before.forced + _FORCED
    return (
        harm.like >= min(_LIKE, before.like)
        and _hues_kept(harm, before)
        and harm.clipped <= before.clipped + _CLIPPED
        and not (harm.red < _GREEN and before.red > _GREENISH)
    )


def _within(harm: Harm, before: Harm, terms: Terms, *, guessed: bool) -> bool:
    """Whether a look that keeps the face does no harm beside what was `before`."""
    if terms is Terms.DRAWN:
        sure = harm.look.style is not None and harm.look.style.is_drawn
        return not harm.seam > max(before.seam, harm.anyway) + (_NOTICED if sure else _SAME_SEAM)
    return (
        not harm.seam > _allowed(harm, before, terms) + _SAME_SEAM  # not a number: no outline to look at
        and (not guessed or _proven(harm, before))
        and (terms is Terms.STYLED or not harm.moved or _noticed(harm, before))
        and _as_like(harm, before, terms)
    )


def _closer(harm: Harm, before: Harm) -> tuple[Harm, Harm]:
    """Return what the same two looks do at the larger size."""
    closest = harm.trial.closest
    if closest is harm.trial:
        return harm, before
    return closest.of(harm.look), closest.known.setdefault(before.look, closest.of(before.look))


def _within_closer(harm: Harm, before: Harm, terms: Terms) -> bool:
    """Whether nothing is worse than `before` of what depends on the size it is looked at.

    Reduced to a third, outlines of what was drawn run elsewhere, and a seam there may differ by as much as
    the gate is to find.
    """
    allowed = _allowed(harm, before, terms)
    if not harm.moved and terms is Terms.STYLED:
        allowed = max(allowed, _NO_MORE * max(before.seam, before.native))
    if harm.seam > allowed or not _as_like(harm, before, terms):
        return False
    harm.trial.known[harm.look] = harm
    return True


def _hues_kept(harm: Harm, before: Harm) -> bool:
    """Whether lips are still redder than skin: to the eye, or in proportion, as after any gains."""
    face = harm.trial.face
    return (
        hues_alike(before.color, harm.color, face) >= _HUES
        or proportions_alike(before.plainly, harm.plainly, face) >= _HUES
    )


def _allowed(harm: Harm, before: Harm, terms: Terms) -> float:
    """Return how large the seam may be; in a style, what the original shows at that outline is none."""
    if terms is Terms.HARMLESS:
        seam = NO_SEAM if np.isnan(before.seam) else before.seam
        # Where the outline runs elsewhere, the original shows another seam there.
        return seam * (harm.native / before.native if harm.moved else 1.0)
    if harm.moved:
        return harm.native * max(1.0, before.seam / before.native)
    return max(before.seam, min(harm.anyway, before.anyway))


def _closes(harm: Harm, before: Harm) -> bool:
    """Whether the seam, as far as the original by itself shows none there, falls by what any eye sees."""
    smaller = max(1.0, before.seam / before.native) - max(1.0, harm.seam / harm.native)
    return smaller * min(before.native, harm.native) >= VISIBLE


def _proven(harm: Harm, before: Harm) -> bool:
    """Whether a guess proves right: the seam of a hole falls visibly, or the face is known more surely."""
    return (not harm.moved and _closes(harm, before)) or harm.distance <= before.distance - _NEARER


def _noticed(harm: Harm, before: Harm) -> bool:
    """Whether anybody notices: a seam is not known so exactly where each look has an outline of its own."""
    texture = harm.look.texture
    if texture is not before.look.texture and not texture.is_plain:
        return True
    return apart(before.color, harm.color, harm.trial.face) >= _NOTICED / 2


def _as_like(harm: Harm, before: Harm, terms: Terms) -> bool:
    farther = harm.distance - before.distance
    return farther <= FREE or (terms is Terms.STYLED and farther <= _worth(harm, before))


def _worth(harm: Harm, before: Harm) -> float:
    """Return by how much the distance may grow for what any eye sees in exchange."""
    bought = 0.0
    if _closes(harm, before):
        bought = DEMANDED
    elif _explains(harm, before):
        change = apart(before.color, harm.color, harm.trial.face)
        bought = _PRICE * change if change >= VISIBLE else 0.0
    return min(FREE + bought, DEMANDED)


def _explains(harm: Harm, before: Harm) -> bool:
    """Whether what is seen beside the face is less off, by what can be noticed; or nothing is seen there."""
    return not (harm.off > _EXPLAINED * before.off or harm.off > before.off - _NOTICED)
