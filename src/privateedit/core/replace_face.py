"""Regime `face`: a stranger's face came back; the original goes over it, inside its own silhouette.

What the editor drew around the face is carried onto the original's silhouette and takes on its skin tone on
the way in; then a seam is laid where the two pictures differ least. Everything is found at a reduced size and
applied at full.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.align import Alignment
from privateedit.core.blend import composite, depth_of, ring_width, smoothstep
from privateedit.core.channels import rounded
from privateedit.core.color_difference import lab
from privateedit.core.continuity import continuity, held_back, joined, rim_difference
from privateedit.core.face import Face
from privateedit.core.face_areas import FaceAreas
from privateedit.core.ground import Ground
from privateedit.core.guided import guided_coefficients
from privateedit.core.in_front import drawn_in_front, drawn_over, evenly_lit, stake
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.patch import Patch
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats
from privateedit.core.scale import resized, single
from privateedit.core.seam_path import seam_cost, seam_path
from privateedit.core.silhouette_warp import fetched
from privateedit.core.skin import Skin, skin_of, skin_share, tone_change, toned

_RING = 0.035  # half the width over which colors blend, as a share of the face
_HARD, _SOFT = 0.009, 0.08  # the same for the hardest blend and the softest, as far as there is room
_DETAIL = 0.35  # of that, over which detail does
_LATE = 3.0  # how much later a change of tone fades before skin of the original's own
_FAR = 8.0  # half ring widths; beyond, nothing blends, and what is interpolated stays near the seam


@dataclass(frozen=True, eq=False, slots=True)
class _Plan:
    """How to composite, at a reduced size: all H×W or H×W×C float32.

    `signed` is the depth inside the seam in half ring widths, `ring` half its width as a share of the
    picture's, `difference` the original minus its surroundings without detail, `front` what stays in front,
    `rim` what the original is brought nearer to what lies beyond it.
    """

    field: Floats
    tone: Floats
    signed: Floats
    ring: float
    edge: Floats
    difference: Floats
    front: Floats
    guide: Floats
    rim: Floats


def over_stranger(
    patch: Patch,
    look: Look,
    face: Face,
    alignment: Alignment,
    drawn: Face | None = None,
    blend: float | None = None,
) -> Pixels:
    """Return the window with the original face over the drawn one; uint8, exact outside the region.

    Inside the core (brows to jaw) every pixel is the original's as `look` grades it. All stretching, toning
    and blending happens in the ring between the core and the edge of what was hidden.

    Args:
        patch: the window; its `hole` is all that may change.
        look: what the original is given before blending.
        face: the original's, in the photo.
        alignment: from the photo to the edited picture.
        drawn: the stranger's face, in the edited picture, when it is known.
        blend: how wide the ring is, from 0 to 1; None is as wide as usual.
    """
    return onto(Ground(patch, face, alignment, drawn), look, blend)


def onto(ground: Ground, look: Look, blend: float | None = None) -> Pixels:
    """Do what `over_stranger` does, on a ground that others may have tried other looks on."""
    person = look.apply(ground.patch.original)[ground.near]
    done = rounded(ground.patch.edited)
    if ground.areas.inner.any():  # else no part of the face was hidden
        done[ground.near] = _composed(_planned(ground, person, blend), person, ground.edited, ground.hole)
    return done


def _planned(ground: Ground, person: Floats, blend: float | None) -> _Plan:
    """Return how to composite."""
    shape, areas = ground.shape, ground.areas
    small = ground.small(person)
    first, second = skin_of(lab(small), areas.cheeks), ground.skin
    tone = _tone(first, second, areas)
    around = toned(ground.around, tone)
    second = replace(second, lab=lab(around))

    ring = _RING * areas.size
    width = ring_width(blend, _HARD * areas.size, ring, _SOFT * areas.size)
    shown = _shown(first, second, areas, np.zeros(shape, np.float32))
    front = drawn_in_front(first, second, areas, shown)
    beyond = continuity(first.lab, ground.lab, ground.visible, areas)
    goes_on = held_back(beyond, drawn_over(first, second, areas), areas)
    if goes_on.any():
        shown = _shown(first, second, areas, goes_on)
        front = single(front * shown * (1 - goes_on))
        shown = joined(shown, goes_on, areas, ring)
    return _Plan(
        field=ground.field,
        tone=tone,
        signed=_signed(shown, areas, width, told=blend is not None),
        ring=width / shape[1],
        edge=smoothstep(areas.depth / (np.maximum(0.5 * min(ring, width), 1.0) * (1 - goes_on) + goes_on)),
        rim=rim_difference(small, ground.returned, ground.visible, goes_on, areas, blend),
        difference=single(cv2.GaussianBlur(small - around, (0, 0), max(1.0, 0.5 * width))),
        front=front,
        guide=around,
    )


def _signed(shown: Hidden, areas: FaceAreas, ring: float, *, told: bool) -> Floats:
    """Return the depth inside the seam in half ring widths.

    A ring as wide as somebody `told` takes no more than the room between the core and the outline, and where
    the seam runs along the core all of it lies outside.
    """
    depth = single(depth_of(shown, frame=True) - depth_of(~shown))
    if not told:
        return single(depth / max(ring, 1e-3))
    away = areas.inner_distance
    half = np.clip(0.5 * (away + areas.depth), 1e-3, max(ring, 1e-3))
    return single(np.clip(np.maximum(depth / half, 1 - away / half), -_FAR, _FAR))


def _shown(first: Skin, second: Skin, areas: FaceAreas, goes_on: Floats) -> Hidden:
    """Return where the original is shown."""
    margin = _RING * areas.size * 1.2 * (1 - goes_on)
    near = (areas.hull_distance <= areas.reach) | (goes_on > 0.5)
    outer = near & (areas.depth > margin) | areas.inner
    cost = seam_cost(first.lab, second.lab, areas.signed, areas.size)
    # At the outline it is what lies beyond that the original meets, and there the two agree.
    cost = np.where((areas.depth < _RING * areas.size) & (goes_on > 0.5), cost.min(), cost)
    path = seam_path(cost, stake(first, second, areas, goes_on), areas.inner, outer, areas.inner_rays)
    return _inside(path, areas.hull.shape) & areas.hole


def _tone(first: Skin, second: Skin, areas: FaceAreas) -> Floats:
    """Return what gives the drawn skin the original's tone, fading towards the outline of the hole.

    Beyond it the neck may have the drawn face's tone, and the fade takes all the way; or it is the original's
    own, to which the editor bent the stranger's only at the outline, and so does the fade.
    """
    # In hard light the tone of one part of a face says little about the next.
    change = tone_change(first, second) * np.float32(evenly_lit(first, second, areas))
    beyond = ~areas.hole
    own = float(skin_share(second.lab, first.color)[beyond].sum())
    drawn = float(second.share[beyond].sum())
    late = _LATE * max(0.0, (own - drawn) / max(own + drawn, 1.0))
    fade = smoothstep(areas.share * (1 + late))
    sure = smoothstep((second.share - 0.1) / 0.4)
    weight = cv2.GaussianBlur(sure, (0, 0), max(1.0, 0.005 * areas.size)) * fade
    return single(change * weight[..., None])


def _composed(plan: _Plan, person: Floats, edited: Floats, hole: Hidden) -> Pixels:
    """Return uint8 pixels at full size: colors blended over the ring, and detail over a part of it."""
    shape = hole.shape
    around = toned(fetched(edited, plan.field), plan.tone)
    person = single(person + _resized_colors(plan.rim, shape))
    signed = resized(plan.signed, shape)
    wide = smoothstep(0.5 + 0.5 * signed)
    detail = max(_DETAIL, 1.5 / max(plan.ring * shape[1], 1e-3))
    narrow = smoothstep(0.5 + 0.5 * signed / min(detail, 1.0))
    front = _front(plan, around)
    if front is not None:
        wide, narrow = wide * (1 - front), narrow * (1 - front)
    blended = around + narrow[..., None] * (person - around)
    blended += (wide - narrow)[..., None] * _resized_colors(plan.difference, shape)
    edge = np.where(hole, resized(plan.edge, shape), np.float32(0))
    return composite(rounded(edited), single(blended), single(edge))


def _resized_colors(picture: Floats, shape: tuple[int, ...]) -> Floats:
    """Return a float32 H×W×C picture at the height and width of `shape`, linearly interpolated."""
    return single(cv2.resize(picture, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR))


def _front(plan: _Plan, around: Floats) -> Floats | None:
    """Return at full size what stays in front, following the edges of what was drawn; None for nothing."""
    if not plan.front.any():
        return None
    shape = plan.front.shape
    found = guided_coefficients(
        single(plan.guide / 255), plan.front, np.ones(shape, np.float32), radius=2, floor=1e-4
    )
    alpha = resized(np.ascontiguousarray(found[..., 3]), around.shape).copy()
    for channel in range(3):
        plane = resized(np.ascontiguousarray(found[..., channel]), around.shape)
        alpha += plane * around[..., channel] * np.float32(1 / 255)
    near = resized(single(cv2.dilate(plan.front, np.ones((5, 5), np.uint8))), around.shape)
    return single(np.clip((alpha - 0.08) / 0.84, 0, np.minimum(1.2 * near, 1)))


def _inside(path: NDArray[np.float32], shape: tuple[int, ...]) -> Hidden:
    drawn = np.zeros(shape, np.uint8)
    cv2.fillPoly(drawn, [np.rint(path * 16 - 8).astype(np.int32)], 1, shift=4)
    return drawn.astype(bool)
