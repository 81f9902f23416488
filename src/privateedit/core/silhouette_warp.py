"""Carry what the editor drew around a face onto the silhouette of another face.

A field says, in pixels x and y, where each pixel is fetched from. It is 0 from the outline of the hidden area
on, leaves it with slope 0, and never folds the picture.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import smoothstep
from privateedit.core.channels import length
from privateedit.core.face_areas import FaceAreas
from privateedit.core.polar import closed_path
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

_STEEPEST = 0.45  # of the way to the outline that a point may move: beyond 2/3 the picture would fold
_GRID = 0.03  # of the face: on which landmarks' moves are spread
_SPREAD = 0.05  # of the face: landmarks are not exact, neighbors move together
_FARTHEST = 0.16  # of the face that the silhouette may lie off the mesh
_BAND = (0.04, 0.09)  # where around the mesh's hull it is looked for: middle and width
_STAY = 0.8  # price of moving it by the size of the face
_TOGETHER = 0.02  # price of moving it by one step more than next to it
_SMOOTH = 8.0  # rays
_AT_OUTLINE = 0.02


def silhouette_field(own: NDArray[np.floating], drawn: NDArray[np.floating], areas: FaceAreas) -> Floats:
    """Return the H×W×2 float32 field that gives the drawn face the original's silhouette, by their landmarks.

    Args:
        own: N×2 mesh points of the original face.
        drawn: N×2 the same points of the face that was drawn.
        areas: of the original face.
    """
    moves = _spread(own, single(drawn - own), areas.hull.shape, areas.size)
    return _faded(moves, areas)


def outline_field(own: Floats, drawn: Floats, areas: FaceAreas, room: Floats) -> Floats:
    """Return a further field like `silhouette_field`'s, from what the two pictures show.

    A mesh knows the jaw of a typical face. Along rays from the middle, the drawn face is shifted until it
    fits the original one, neighbors together (dynamic programming).

    Args:
        own: H×W×C float32, a picture of the original face in which skin shows, and nothing else.
        drawn: the same of the drawn face.
        areas: of the original face.
        room: H×W float32, pixels that the outline may move at most.
    """
    rays = areas.hull_rays
    off = rays.along(areas.signed) / -areas.size
    weight = np.exp(-0.5 * ((off - _BAND[0]) / _BAND[1]) ** 2)
    most = max(2, round(_FARTHEST * areas.size / rays.step))
    shifts = np.arange(-most, most + 1)
    prices = _misfits(rays.along(own), rays.along(drawn), shifts, weight)
    prices += _STAY * np.abs(shifts) * rays.step / areas.size
    allowed = (rays.along(room) * (np.abs(off) < _AT_OUTLINE)).max(1)
    prices[np.abs(shifts) * rays.step > allowed[:, None] + rays.step / 2] = 1e3
    chosen = (closed_path(prices, 1, _TOGETHER) - most) * rays.step
    distance, outwards = rays.spread(_smoothed(chosen))
    return _faded(single(outwards * distance[..., None]), areas)


def _misfits(first: Floats, second: Floats, shifts: NDArray[np.int_], weight: Floats) -> Floats:
    """Return for every ray and shift the mean difference of samples once the second ones are shifted."""
    steps = first.shape[1]
    fixed = [np.ascontiguousarray(first[..., channel]) for channel in range(first.shape[2])]
    twice = [np.tile(second[..., channel], 2) for channel in range(second.shape[2])]
    total = np.maximum(weight.sum(1), 1e-6)
    prices = np.empty((len(first), len(shifts)), np.float32)
    for column, shift in enumerate(shifts % steps):
        apart = sum(
            np.abs(own - other[:, shift : shift + steps]) for own, other in zip(fixed, twice, strict=True)
        )
        prices[:, column] = (apart * weight).sum(1) / total
    return prices


def then(field: Floats, further: Floats) -> Floats:
    """Return the field that fetches by `further` from what `field` fetched."""
    return single(further + fetched(field, further))


def fetched(pixels: Floats, field: Floats) -> Floats:
    """Return H×W×C float32 `pixels` as a field of any smaller size moves them (bicubic)."""
    height, width = pixels.shape[:2]
    moves = single(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR))
    x = moves[..., 0] * np.float32(width / field.shape[1]) + np.arange(width, dtype=np.float32)[None, :]
    y = moves[..., 1] * np.float32(height / field.shape[0]) + np.arange(height, dtype=np.float32)[:, None]
    return single(cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def _faded(moves: Floats, areas: FaceAreas) -> Floats:
    """Return the moves fading to 0 at the outline of the hole, no steeper than the picture can bear."""
    way = areas.depth + areas.hull_distance
    bounded = np.minimum(1.0, _STEEPEST * way / np.maximum(length(moves), 1e-6))
    return single(moves * (smoothstep(areas.share) * bounded)[..., None])


def _spread(points: NDArray[np.floating], moves: Floats, shape: tuple[int, ...], size: float) -> Floats:
    """Return the moves of scattered points as a smooth field: kernel regression (Nadaraya, 1964)."""
    step = max(1, round(_GRID * size))
    height, width = -(-shape[0] // step), -(-shape[1] // step)
    # A Gaussian is a product of one along x and one along y.
    across, down = (
        _nearness(np.arange(count) * step + 0.5 * step, points[:, axis], _SPREAD * size)
        for axis, count in enumerate((width, height))
    )
    # `@` would hand so little over to threads that take longer to wake than to multiply.
    planes = [
        np.einsum("ik,jk->ij", down * weight, across)
        for weight in (moves[:, 0], moves[:, 1], np.ones(len(moves)))
    ]
    coarse = single(np.stack(planes[:2], -1) / np.maximum(planes[2], np.finfo(np.float64).tiny)[..., None])
    fine = cv2.resize(coarse, (width * step, height * step), interpolation=cv2.INTER_CUBIC)
    return single(fine[: shape[0], : shape[1]])


def _nearness(
    places: NDArray[np.floating], points: NDArray[np.floating], sigma: float
) -> NDArray[np.float64]:
    """Return N×M Gaussian weights of M points at N places on one axis; the nearest point's is 1."""
    apart = (places[:, None] - points[None, :]) ** 2
    # Far from every point the nearest ones decide.
    return np.asarray(np.exp((apart.min(1, keepdims=True) - apart) / (2 * sigma**2)))


def _smoothed(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return values around a ring, smoothed."""
    reach = round(3 * _SMOOTH)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SMOOTH) ** 2)
    around = np.concatenate([values[-reach:], values, values[:reach]])
    return np.convolve(around, kernel / kernel.sum(), "valid")
