"""Regime `face`: a face came back where one was hidden; fit the original to it by its landmarks."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from privateedit.core.align import Alignment
from privateedit.core.face import Face, Points
from privateedit.core.similarity import Matrix, fit_robustly, rotation_of, scale_of, transform
from privateedit.errors import CannotAlign

# Points that expression and gaze leave alone weigh most; a stranger's mouth and jaw tell little.
_STABLE = {
    **dict.fromkeys((33, 133, 362, 263), 3.0),  # eye corners
    **dict.fromkeys((168, 6, 197, 195, 5, 4), 2.0),  # bridge and ridge of the nose
    **dict.fromkeys((98, 327, 2), 1.5),  # base of the nose
    **dict.fromkeys((159, 386, 145, 374), 0.5),  # lids
    **dict.fromkeys((61, 291, 0, 17), 0.5),  # mouth
    **dict.fromkeys((10, 152, 234, 454), 0.25),  # outline
}
_MESH_INDEX = np.array(list(_STABLE))
_MESH_WEIGHT = np.array(list(_STABLE.values()))
_FIVE_WEIGHT = np.array([3.0, 3.0, 2.0, 1.0, 1.0])

MAX_RESIDUAL = 0.12
"""Weighted RMS misfit of the stable points, in distances between the outer eye corners."""
MAX_TURN = 22.0
"""Degrees between the directions in which the two heads look (yaw and pitch)."""
MAX_TILT = 25.0
"""Degrees by which the head may lie more or less on its side than the frame does."""
_SCALE_RANGE = (0.5, 2.0)  # relative to the scale of the frame
_NOSE = 0.6  # how far the nose stands out, in distances between the eyes


def fit_to_face(face: Face, found: Face) -> tuple[Matrix, float]:
    """Return the similarity that carries the original face onto the drawn one, and its misfit.

    The misfit is a fraction of the distance between the outer eye corners.

    Raises:
        CannotAlign: one of them has no landmarks.
    """
    source, target, weights, eyes = _corresponding(face, found)
    matrix = fit_robustly(source, target, weights)
    misfit = np.linalg.norm(transform(matrix, source) - target, axis=1)
    return matrix, float(np.sqrt(np.average(misfit**2, weights=weights))) / max(eyes, 1e-6)


def align_to_face(face: Face, found: Face, guess: Matrix) -> Alignment:
    """Return where the landmarks of the drawn face put the original one.

    Raises:
        CannotAlign: the two heads differ too much in pose, shape, tilt or size; `measured` says how much.
    """
    matrix, residual = fit_to_face(face, found)
    alignment = Alignment(matrix, "face", residual, pose_difference(face, found))
    measured = compared(alignment, face, found, guess)
    low, high = _SCALE_RANGE
    fits = (
        measured["residual"] <= MAX_RESIDUAL
        and measured["pose_difference"] <= MAX_TURN
        and measured["rotation"] <= MAX_TILT
        and low <= measured["relative_scale"] <= high
    )
    if not fits:
        raise CannotAlign(
            f"Face {face.id} does not fit the face in the edited picture ({in_words(measured)}); "
            'ask the service to keep the "same pose and framing".',
            measured=measured,
        )
    return alignment


def pose_difference(face: Face, found: Face) -> float:
    """Return the degrees between the directions in which two heads look; tilt does not count.

    Without a mesh on both sides only turning sideways is known, from where the nose stands between the eyes.
    """
    yaw, pitch = _turns(face, found)
    return math.hypot(yaw, pitch)


def _corresponding(face: Face, found: Face) -> tuple[Points, Points, NDArray[np.float64], float]:
    if face.mesh is not None and found.mesh is not None:
        span = float(np.linalg.norm(found.mesh[33] - found.mesh[263]))
        return face.mesh[_MESH_INDEX], found.mesh[_MESH_INDEX], _MESH_WEIGHT, span
    source, target = _five(face), _five(found)
    return source, target, _FIVE_WEIGHT, 1.4 * float(np.linalg.norm(target[0] - target[1]))


def _five(face: Face) -> Points:
    if face.mesh is not None:
        mesh = face.mesh
        eyes = [mesh[[33, 133]].mean(0), mesh[[362, 263]].mean(0)]
        return np.stack([*eyes, mesh[4], mesh[61], mesh[291]])
    if face.landmarks is None:
        raise CannotAlign(f"Face {face.id} has no landmarks to align by.")
    return face.landmarks


def _turns(face: Face, found: Face) -> tuple[float, float]:
    """Return by how many degrees the two heads differ sideways, and up or down."""
    if face.mesh is not None and found.mesh is not None:
        return abs(face.pose.yaw - found.pose.yaw), abs(face.pose.pitch - found.pose.pitch)
    return abs(_yaw(_five(face)) - _yaw(_five(found))), 0.0


def _yaw(points: Points) -> float:
    """Return roughly how far five points look to the right, in degrees.

    The nose shifts as the sine of the angle times its length, and the eyes draw together as the cosine.
    """
    left, right, nose = points[:3].astype(np.float64)
    across = right - left
    shift = float((nose - (left + right) / 2) @ across) / max(float(across @ across), 1e-6)
    return math.degrees(math.atan(shift / _NOSE))


def in_words(measured: Mapping[str, float]) -> str:
    """Say in plain words how much two heads differ."""
    return (
        f"misfit {measured['residual']:.2f}, turned by {measured['yaw_difference']:.0f}° sideways and "
        f"{measured['pitch_difference']:.0f}° up or down, tilted by {measured['rotation']:.0f}°, "
        f"{measured['relative_scale']:.2f} times the size"
    )


def compared(alignment: Alignment, face: Face, found: Face, guess: Matrix) -> dict[str, float]:
    """Return how much the drawn head differs: misfit, degrees, and size relative to the frame's scale."""
    yaw, pitch = _turns(face, found)
    tilt = (alignment.rotation - rotation_of(guess) + 180) % 360 - 180
    return {
        "residual": alignment.residual,
        "pose_difference": math.hypot(yaw, pitch),
        "yaw_difference": yaw,
        "pitch_difference": pitch,
        "rotation": abs(tilt),
        "relative_scale": alignment.scale / scale_of(guess),
    }
