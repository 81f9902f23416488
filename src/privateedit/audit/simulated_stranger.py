"""A stranger's face drawn into a hole, as an image model would: its own features, fitted to what is around.

The picture under the hole is never looked at. Where the face lies and how large it is, the model has from the
scene; here it is known from the photo's landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import depth_of, distance_outside, smoothstep
from privateedit.core.color_difference import lab
from privateedit.core.face import Face, Points
from privateedit.core.mask import Hidden
from privateedit.core.matte import sharpened
from privateedit.core.photo import Photo, Pixels
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced, single
from privateedit.core.similarity import Matrix, fit, scale_of, transform

STABLE = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4)
"""Mesh points that say where a face lies: eye corners, bridge and tip of the nose."""
_FEATURES = (*STABLE, 159, 145, 386, 374, 98, 327, 2, 61, 291, 0, 17, 13, 14, 70, 105, 107, 336, 334, 300)
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""Mesh points around the face."""
_FITTED = 0.75  # how far the outline is bent towards the hidden one, which neck and hair fit
_LOOK = 512
_PERSON = 0.85
_OTHER_THING = 60.0  # levels
_SHADE = np.float32(0.8)  # of a neck under a chin
_SKIN_LEFT = 0.35  # share of the difference in skin tone that a model leaves


@dataclass(frozen=True, eq=False, slots=True)
class Stranger:
    """Somebody else: a photo and the one face in it that is used."""

    photo: Photo
    face: Face


def drawn(
    canvas: Floats, hole: Hidden, alpha: Floats, face: Face, stranger: Stranger, segmenter: PersonSegmenter
) -> tuple[Floats, Floats]:
    """Return `canvas` with the stranger in `hole`, and `alpha` with the stranger's outline.

    Args:
        canvas: H×W×3 float32 levels; what it holds in the hole is not used.
        hole: bool H×W, where a face was hidden.
        alpha: float32 H×W, the matte of the photo; its values in the hole are not used.
        face: the hidden one, with a mesh; tells place, size and outline.
        stranger: who is drawn, with a mesh.
        segmenter: tells the stranger from the background.
    """
    window = _window(hole)
    part, here = canvas[window], hole[window]
    offset = np.array([window[1].start, window[0].start], np.float64)
    figure, outline = _warped(stranger, face, offset, here.shape, segmenter)
    outline = _without_clothes(figure, outline, _mesh(face) - single(offset))
    ground, cover = continued(part, here, alpha[window])
    mesh = _mesh(face) - single(offset)
    depth = depth_of(here)
    size = float(np.sqrt(np.count_nonzero(here)))
    neck = _neck(mesh, here.shape) * smoothstep(depth / (0.15 * size))
    ground = single(ground + neck[..., None] * (_skin(figure, mesh) * _SHADE - ground))
    cover = np.maximum(cover, np.where(here, neck, 0))
    figure = _toned(figure, part, here, (alpha[window] > _PERSON) & (outline > _PERSON))
    soft = smoothstep(depth / max(2.0, 0.05 * size))
    weight = single(outline * soft)[..., None]
    painted = single(ground + weight * (figure - ground))
    result, matte = canvas.copy(), alpha.copy()
    result[window] = np.where(here[..., None], painted, part)
    matte[window] = np.where(here, np.maximum(cover, weight[..., 0]), alpha[window])
    return result, matte


def continued(canvas: Floats, hole: Hidden, alpha: Floats) -> tuple[Floats, Floats]:
    """Return the hole filled smoothly from around, person and background apart, and its matte."""
    visible = ~hole
    cover = pull_push(alpha[..., None], single(visible))[..., 0]
    cover = single(np.where(hole, smoothstep((cover - 0.45) / 0.2), alpha))
    sides = []
    for sure in (alpha > _PERSON, alpha < 0.1):
        known = visible & sure
        sides.append(pull_push(canvas, single(known if known.any() else visible)))
    mixed = single(sides[1] + cover[..., None] * (sides[0] - sides[1]))
    return np.where(hole[..., None], mixed, canvas), cover


def _window(hole: Hidden) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
    margin = int(0.35 * max(np.ptp(rows), np.ptp(columns))) + 8
    top, left = max(int(rows[0]) - margin, 0), max(int(columns[0]) - margin, 0)
    return slice(top, int(rows[-1]) + margin), slice(left, int(columns[-1]) + margin)


def _without_clothes(figure: Floats, outline: Floats, mesh: Points) -> Floats:
    """Return the stranger's outline without what lies below the chin and is not of the skin's color."""
    oval = oval_area(mesh, outline.shape)
    if not oval.any():
        return outline
    skin = _skin(figure, mesh)
    apart = np.linalg.norm((lab(figure) - lab(skin))[..., 1:], axis=2)
    dark = np.abs((lab(figure) - lab(skin))[..., 0])
    foreign = smoothstep(np.maximum((apart - 12) / 10, (dark - 45) / 15))
    rows = np.arange(outline.shape[0], dtype=np.float32)[:, None]
    jaw, height = float(mesh[[172, 397], 1].mean()), float(np.ptp(mesh[:, 1]))
    away = smoothstep(distance_outside(oval) / (0.05 * height))
    below = single(smoothstep((rows - jaw) / (0.08 * height)) * away)
    clothes = cv2.GaussianBlur(single(below * foreign), (0, 0), max(1.0, 0.015 * height))
    return single(outline * (1 - smoothstep(2 * single(clothes))))


def _skin(figure: Floats, mesh: Points) -> Floats:
    """Return the median color of the stranger's face, as 1×1×3."""
    oval = oval_area(mesh, figure.shape)
    return single(np.median(figure[oval] if oval.any() else figure.reshape(-1, 3), axis=0)).reshape(1, 1, 3)


def _neck(mesh: Points, shape: tuple[int, ...]) -> Floats:
    """Return the weight of a plain neck from the jaw down, where a model draws one whatever the clothes."""
    (left, right), chin = mesh[[136, 365]], mesh[152]
    down = chin - mesh[168]
    middle = (left + right) / 2
    left, right = middle + 0.85 * (left - middle), middle + 0.85 * (right - middle)
    drawn_neck = np.zeros(shape[:2], np.uint8)
    corners = np.array([left, right, right + 1.2 * down, left + 1.2 * down])
    cv2.fillConvexPoly(drawn_neck, np.rint(corners).astype(np.int32), (1,))
    sigma = max(1.0, 0.03 * float(np.hypot(*down)))
    return single(cv2.GaussianBlur(drawn_neck.astype(np.float32), (0, 0), sigma))


def _warped(
    stranger: Stranger,
    face: Face,
    offset: NDArray[np.float64],
    shape: tuple[int, ...],
    segmenter: PersonSegmenter,
) -> tuple[Floats, Floats]:
    """Return the stranger's picture (levels) and matte, bent into place."""
    source, target, zoom = _controls(stranger.face, face)
    pixels, shrunk = _not_larger(stranger.photo.pixels, zoom)
    x, y = _bent(target - offset, source * shrunk, shape)
    guess = segmenter.segment(reduced(pixels, _LOOK))
    matte = sharpened(pixels, guess, _oval_of(stranger.face, shrunk, pixels.shape)).alpha
    edge = cv2.BORDER_REPLICATE
    figure = cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=edge)
    return single(figure), single(cv2.remap(matte, x, y, cv2.INTER_LINEAR, borderMode=edge))


def _controls(own: Face, hidden: Face) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return points of the stranger, where each goes in the photo, and the magnification.

    Eyes, nose and mouth keep the stranger's own proportions and expression.
    """
    mesh, place = _mesh(own).astype(np.float64), _mesh(hidden).astype(np.float64)
    matrix = placed_by(own, hidden)
    features, oval = list(_FEATURES), list(OVAL)
    bent = transform(matrix, mesh[oval])
    bent += _FITTED * _agreement(own, hidden) * (place[oval] - bent)
    center, size = mesh.mean(0), np.ptp(mesh, axis=0).max()
    far = center + 1.6 * size * np.array([[-1, -1], [0, -1], [1, -1], [-1, 1], [1, 1]])
    source = np.concatenate([mesh[features], mesh[oval], far])
    target = np.concatenate([transform(matrix, mesh[features]), bent, transform(matrix, far)])
    return source, target, scale_of(matrix)


def _agreement(own: Face, hidden: Face) -> float:
    """Return 1 for heads that look the same way, 0 where one outline cannot become the other."""
    apart = np.hypot(own.pose.yaw - hidden.pose.yaw, own.pose.pitch - hidden.pose.pitch)
    return float(1 - smoothstep((apart - 12) / 10))


def placed_by(own: Face, hidden: Face) -> Matrix:
    """Return the similarity that lays the stranger's stable points on the hidden face's."""
    stable = list(STABLE)
    return fit(_mesh(own)[stable], _mesh(hidden)[stable], np.ones(len(stable)))


def _mesh(face: Face) -> Points:
    if face.mesh is None:
        raise ValueError("A stranger can only be drawn between two known meshes.")
    return face.mesh


def _not_larger(pixels: Pixels, zoom: float) -> tuple[Pixels, float]:
    """Return the picture area-averaged to the size at which it is drawn, and by how much it was shrunk."""
    if zoom >= 0.8:
        return pixels, 1.0
    height, width = pixels.shape[:2]
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8), size[0] / width


def _bent(
    target: NDArray[np.float64], source: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Return for every pixel where it comes from: the thin-plate spline from `target` to `source`.

    Bookstein, Principal Warps, PAMI 1989. It is smooth, so a coarse grid is computed and enlarged.
    """
    height, width = shape[:2]
    count, scale = len(target), float(np.ptp(target, axis=0).max())
    known = target / scale
    system = np.zeros((count + 3, count + 3))
    system[:count, :count] = _kernel(known, known) + 1e-4 * np.eye(count)
    system[:count, count:] = np.column_stack([np.ones(count), known])
    system[count:, :count] = system[:count, count:].T
    weights = np.linalg.solve(system, np.concatenate([source, np.zeros((3, 2))]))
    size = (max(2, height // 6), max(2, width // 6))
    rows, columns = np.linspace(0.5, height - 0.5, size[0]), np.linspace(0.5, width - 0.5, size[1])
    grid = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2) / scale
    basis = np.column_stack([_kernel(grid, known), np.ones(len(grid)), grid])
    coarse = (basis @ weights - 0.5).reshape(*size, 2).astype(np.float32)
    # Ends of the coarse grid lie on the centers of the first and last pixels.
    x = np.linspace(0, size[1] - 1, width, dtype=np.float32)
    y = np.linspace(0, size[0] - 1, height, dtype=np.float32)
    at = [single(each) for each in np.meshgrid(x, y)]
    fine = cv2.remap(coarse, at[0], at[1], cv2.INTER_LINEAR)
    return np.ascontiguousarray(fine[..., 0]), np.ascontiguousarray(fine[..., 1])


def _kernel(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    squared = ((one[:, None] - two[None]) ** 2).sum(-1)
    return np.asarray(squared * np.log(np.maximum(squared, 1e-12)))


def _oval_of(face: Face, shrunk: float, shape: tuple[int, ...]) -> Hidden:
    return oval_area(_mesh(face) * np.float32(shrunk), shape)


def oval_area(mesh: Points, shape: tuple[int, ...]) -> Hidden:
    """Return the pixels inside a face's outline, bool H×W."""
    drawn_oval = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(drawn_oval, [np.rint(mesh[list(OVAL)]).astype(np.int32)], (1,))
    return drawn_oval.astype(bool)


def _toned(figure: Floats, canvas: Floats, hole: Hidden, shared: Hidden) -> Floats:
    """Return the stranger in about the tone that hair and skin around the hole have."""
    size = float(np.sqrt(np.count_nonzero(hole)))
    distance = distance_outside(hole)
    # A collar beside a neck is another thing, not another tone.
    alike = np.abs(canvas - figure).max(2) < _OTHER_THING
    near = shared & alike & ~hole & (distance < 0.12 * size)
    if np.count_nonzero(near) < 30:
        return figure
    sigma = max(1.0, 0.03 * size)
    weight = cv2.GaussianBlur(single(near), (0, 0), sigma)
    apart = cv2.GaussianBlur(single((canvas - figure) * near[..., None]), (0, 0), sigma)
    known = single(weight > 0.05)
    carried = pull_push(single(apart / np.maximum(weight, 1e-3)[..., None]), known)
    depth = depth_of(hole)
    fade = 1 - _SKIN_LEFT * smoothstep(depth / (0.3 * size))
    return single(figure + np.clip(carried, -70, 70) * fade[..., None])
