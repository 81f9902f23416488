"""Regime `face`: a face came back where one was hidden; fit the original to it by its landmarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from privateedit.core.align import Alignment
from privateedit.core.face import Face, Points
from privateedit.core.similarity import Matrix, fit_robustly, scale_of, transform
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
"""Degrees of yaw or pitch between the two heads."""
_SCALE_RANGE = (0.5, 2.0)  # relative to the scale of the frame
_MAX_ROLL = 40.0


def matched(
    faces: Sequence[Face], found: Sequence[Face], guess: Matrix, *, certain: bool = False
) -> dict[int, Face]:
    """Pair photo faces with faces of the edited picture one to one, nearest first.

    `guess` maps photo to edited coordinates roughly. A pair needs centers within 1.5 face widths; a single
    face on both sides is paired wherever it is, unless the scene makes the guess `certain`.
    """
    if len(faces) == 1 and len(found) == 1 and not certain:
        return {faces[0].id: found[0]}
    zoom = scale_of(guess)
    offers = []
    for face in faces:
        center = transform(guess, np.array([face.box.center]))[0]
        width = max(face.box.width, face.box.height) * zoom
        for index, other in enumerate(found):
            distance = float(np.linalg.norm(center - other.box.center)) / width
            size = abs(float(np.log(max(other.box.width, other.box.height) / width)))
            if distance < 1.5:
                offers.append((distance + 0.5 * size, face.id, index))
    pairs: dict[int, Face] = {}
    taken: set[int] = set()
    for _, face_id, index in sorted(offers):
        if face_id not in pairs and index not in taken:
            pairs[face_id] = found[index]
            taken.add(index)
    return pairs


def align_to_face(face: Face, found: Face, guess: Matrix) -> Alignment:
    """Return the similarity that carries the original face onto the one in the edited picture.

    Raises:
        CannotAlign: the two heads differ too much in pose, shape, tilt or size; `measured` says how much.
    """
    source, target, weights, eyes = _corresponding(face, found)
    matrix = fit_robustly(source, target, weights)
    misfit = np.linalg.norm(transform(matrix, source) - target, axis=1)
    residual = float(np.sqrt(np.average(misfit**2, weights=weights))) / max(eyes, 1e-6)
    alignment = Alignment(matrix, "face", residual)
    _gate(alignment, face, found, scale_of(guess))
    return alignment


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


def _gate(alignment: Alignment, face: Face, found: Face, zoom: float) -> None:
    both_posed = face.mesh is not None and found.mesh is not None
    measured = {
        "residual": alignment.residual,
        "yaw_difference": abs(face.pose.yaw - found.pose.yaw) if both_posed else 0.0,
        "pitch_difference": abs(face.pose.pitch - found.pose.pitch) if both_posed else 0.0,
        "rotation": abs(alignment.rotation),
        "relative_scale": alignment.scale / zoom,
    }
    low, high = _SCALE_RANGE
    fits = (
        measured["residual"] <= MAX_RESIDUAL
        and max(measured["yaw_difference"], measured["pitch_difference"]) <= MAX_TURN
        and measured["rotation"] <= _MAX_ROLL
        and low <= measured["relative_scale"] <= high
    )
    if not fits:
        raise CannotAlign(
            f"Face {face.id} does not fit the face in the edited picture "
            f"(misfit {alignment.residual:.2f}, turned by {measured['yaw_difference']:.0f}° sideways and "
            f"{measured['pitch_difference']:.0f}° up or down, tilted by {measured['rotation']:.0f}°, "
            f"{measured['relative_scale']:.2f} times the size); "
            'ask the service to keep the "same pose and framing".',
            measured=measured,
        )
