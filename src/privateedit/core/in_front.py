"""Whose hair is in front: what an editor drew over a face, and what hangs over the original one."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.blend import distance_outside, smoothstep
from privateedit.core.channels import length
from privateedit.core.face_areas import FaceAreas
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single
from privateedit.core.skin import Skin

_HAIR_ALIKE, _HAIR_UNLIKE = 12.0, 30.0  # L*a*b* distance of two heads' hair
_ENOUGH = 0.02  # of the face's area: hair of which a color is known
_PRICE, _SPILL = 0.12, 0.03  # of a pixel on the wrong side of the seam
_KEPT = 0.8  # of it for the original's fringe, which must find hair to go on in
_OWN = 0.3  # of what a stranger's side of a face costs: gained by the original's, where it goes on
_FAR = 30.0  # L*a*b* distance that counts in full
_RIM = 0.02  # of the face: as exactly is a silhouette known
_CHEEKS = (0.65, 0.85)  # share of the cheeks that looks like skin: too little, and enough
_FALLOFF = (28.0, 42.0)  # difference in L* between the cheeks: even light, light from one side
_COVERED = 0.4  # of a pixel, from where on something lies in front of the skin
_FADE = 0.08  # of the face: things in front end so softly at the core


def stake(own: Skin, drawn: Skin, areas: FaceAreas, goes_on: Floats) -> Floats:
    """Return float32 H×W: what it costs to show the original at a pixel; negative where it costs not to.

    Above the eyes, hair lies in front of skin, whoever's it is: a fringe that was drawn stays whole, and so
    does the original's where the hair above has the same color. Below, all that the silhouette holds is the
    original's, so that neither beard nor jaw of the stranger is left; what is beyond, the editor's. In hard
    light, whose shadows look like hair, that goes for the forehead too.

    Where the original `goes_on` (H×W in [0, 1]) beyond what was hidden, its hair, ears and neck belong there
    more than the stranger's.
    """
    away = smoothstep((areas.hull_distance / areas.size - 0.1) / 0.08)
    even = evenly_lit(own, drawn, areas)
    fringe = (1 - drawn.share) * own.share * ~areas.brows
    alike = np.maximum(goes_on, np.float32(_alike_hair(own, drawn, areas)))
    original = _KEPT * (1 - own.share) * drawn.share * alike
    above = even * (1 - away) * (fringe * (1 - goes_on) - original)
    apart = np.minimum(length(single(own.lab - drawn.lab)), _FAR) / _FAR
    inside = smoothstep(0.5 + 0.5 * areas.signed / (_RIM * areas.size))
    held = inside * (1 - _hanging(own, areas))
    jaw = smoothstep((areas.down - 0.45) / 0.2)
    above -= (1 - even) * apart * inside
    other = 1 - goes_on
    below = apart * (held + (1 - inside) * (1.4 * own.share * jaw - other))
    spill = (1 - areas.upper) * (1 - inside) * (1 - own.share) * (1 - goes_on)
    kept = _OWN * apart * goes_on * (1 - inside)
    return single(_PRICE * (areas.upper * above - (1 - areas.upper) * below - kept) + _SPILL * spill)


def drawn_in_front(own: Skin, drawn: Skin, areas: FaceAreas, shown: Hidden) -> Floats:
    """Return float32 H×W in [0, 1]: what the editor drew over the original where it is `shown` (H×W bool).

    Strands of hair, the arms of glasses: neither skin nor brow, and coming in from outside. Below the eyes
    they must not have a twin on the other side of the face, which a beard has. They end softly at the core.
    """
    bare = 1 - drawn.share
    share = drawn_over(own, drawn, areas)
    things = np.where(shown, share, bare) > _COVERED
    _, labels = cv2.connectedComponents(things.astype(np.uint8))
    labels = np.asarray(labels)
    entering = things & ~shown & (distance_outside(shown) < 0.05 * areas.size)
    kept = things & shown & np.isin(labels, np.unique(labels[entering]))
    near = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    fade = smoothstep(areas.inner_distance / (_FADE * areas.size))
    return single(np.clip(1.15 * share * fade, 0, 1) * (near & shown))


def drawn_over(own: Skin, drawn: Skin, areas: FaceAreas) -> Floats:
    """Return float32 H×W in [0, 1]: what is neither skin nor brow where the original shows its skin."""
    size = areas.hull.shape[::-1]
    twin = cv2.warpAffine(drawn.share, areas.mirror, size, borderMode=cv2.BORDER_REPLICATE)
    share = (1 - drawn.share) * own.share * np.maximum(areas.upper, twin)
    return single(share * ~areas.brows * evenly_lit(own, drawn, areas))


def evenly_lit(own: Skin, drawn: Skin, areas: FaceAreas) -> float:
    """Return 1 where the cheeks of both faces look like skin in even light, 0 in light from one side.

    Its shadows pass for hair, and one half of a face says nothing about the tone of the other.
    """
    if not areas.cheeks.any():
        return 0.0
    skins = (own, drawn)
    least = min(float(skin.share[areas.cheeks].mean()) for skin in skins)
    falloff = max(float(np.ptp(skin.color[areas.cheeks][:, 0])) for skin in skins)
    seen = np.clip((least - _CHEEKS[0]) / (_CHEEKS[1] - _CHEEKS[0]), 0, 1)
    even = np.clip((_FALLOFF[1] - falloff) / (_FALLOFF[1] - _FALLOFF[0]), 0, 1)
    return float(seen * even)


def _hanging(own: Skin, areas: FaceAreas) -> Floats:
    """Return where the original's hair hangs over the side of the face: a piece of it would be cut off."""
    side = 1 - smoothstep((areas.signed / areas.size - 0.04) / 0.1)
    return single((1 - own.share) * side * (1 - smoothstep((areas.down - 0.5) / 0.2)))


def _alike_hair(own: Skin, drawn: Skin, areas: FaceAreas) -> float:
    """Return 1 where the hair above both faces has one color, 0 where it has not, or there is none."""
    above = areas.hole & ~areas.hull & (areas.down < -0.35) & (areas.hull_distance < 0.25 * areas.size)
    first, second = above & (own.share < 0.2), above & (drawn.share < 0.2)
    if min(np.count_nonzero(first), np.count_nonzero(second)) < _ENOUGH * areas.size**2:
        return 0.0
    apart = float(np.linalg.norm(np.median(own.lab[first], 0) - np.median(drawn.lab[second], 0)))
    return float(np.clip((_HAIR_UNLIKE - apart) / (_HAIR_UNLIKE - _HAIR_ALIKE), 0, 1))
