"""MediaPipe face landmark 468 (Kartynnik et al., 2019, arXiv 1907.06724): a face mesh and head pose."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Points, Pose
from privateedit.core.photo import Pixels
from privateedit.vision.crop import across_of, crop_matrix, sampled
from privateedit.vision.network import Network

_SIDE = 192
_LEFT_EYE, _RIGHT_EYE = 33, 263  # outer corners, as seen in the picture
_FOREHEAD, _CHIN = 10, 152
# Pairs of mesh points that mirror each other, left then right in the picture.
_MIRRORED = ((33, 263), (133, 362), (61, 291), (234, 454), (127, 356), (70, 300), (172, 397))
_FRONTAL_PITCH = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Mesh:
    """468 landmarks in picture pixels, head pose, and how sure the network is that this is a face (0–1)."""

    points: Points
    pose: Pose
    confidence: float


class FaceMesh:
    """Fits the mesh to one face whose eyes and mouth are roughly known."""

    def __init__(self) -> None:
        self._network = Network("face_landmark.tflite", ("conv2d_21", "conv2d_31"))

    def fit(self, pixels: Pixels, points: Points, *, refine: bool = True) -> Mesh:
        """Return the mesh of the face at the five `points` of an RGB picture.

        The network runs on a crop placed by the detector's points and, with `refine`, once more on one placed
        by its own: half as fast, and points move by about 0.6 % of the face.
        """
        mesh, confidence = self._run(pixels, _crop_around_five(points))
        if refine:
            mesh, confidence = self._run(pixels, _crop_around_mesh(mesh))
        return Mesh(np.ascontiguousarray(mesh[:, :2], np.float32), pose_of(mesh), confidence)

    def _run(self, pixels: Pixels, to_crop: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        crop = sampled(pixels, to_crop, _SIDE)
        blob = crop.transpose(2, 0, 1)[None].astype(np.float32) / 255.0
        output, logit = self._network.run(blob)
        mesh = output.reshape(468, 3).astype(np.float64)
        back = cv2.invertAffineTransform(to_crop)
        depth_scale = np.sqrt(abs(np.linalg.det(back[:, :2])))
        placed = np.column_stack([mesh[:, :2] @ back[:, :2].T + back[:, 2], mesh[:, 2] * depth_scale])
        return placed, float(1.0 / (1.0 + np.exp(-np.clip(logit.item(), -60, 60))))


def _crop_around_five(points: Points) -> NDArray[np.float64]:
    marks = points.astype(np.float64)
    eyes, mouth = marks[:2].mean(0), marks[3:].mean(0)
    down = mouth - eyes
    size = max(float(np.hypot(*down)) * 1.15, float(np.hypot(*(marks[1] - marks[0]))))
    return crop_matrix(eyes + 0.45 * down, across_of(points), 3.3 * size, _SIDE)


def _crop_around_mesh(mesh: NDArray[np.float64]) -> NDArray[np.float64]:
    across = mesh[_RIGHT_EYE, :2] - mesh[_LEFT_EYE, :2]
    unit = across / max(float(np.hypot(*across)), 1e-6)
    axes = np.array([unit, [-unit[1], unit[0]]])
    turned = mesh[:, :2] @ axes.T
    low, high = turned.min(0), turned.max(0)
    center = ((low + high) / 2) @ axes
    return crop_matrix(center, across, 1.5 * float((high - low).max()), _SIDE)


def pose_of(mesh: NDArray[np.float64]) -> Pose:
    """Return head rotation from 468×3 mesh points (x right, y down, z away from the camera).

    The left-right axis is averaged over mirrored points, the vertical one runs from forehead to chin;
    Gram-Schmidt makes them a rotation. Expression hardly moves these points.
    """
    right = sum(mesh[b] - mesh[a] for a, b in _MIRRORED)
    down = mesh[_CHIN] - mesh[_FOREHEAD]
    x_axis = right / np.linalg.norm(right)
    y_axis = down - x_axis * (down @ x_axis)
    y_axis /= np.linalg.norm(y_axis)
    forward = np.cross(y_axis, x_axis)  # towards the camera when the face is frontal
    yaw = np.degrees(np.arctan2(forward[0], -forward[2]))
    pitch = np.degrees(np.arcsin(np.clip(forward[1], -1, 1))) - _FRONTAL_PITCH
    roll = np.degrees(np.arctan2(x_axis[1], x_axis[0]))
    return Pose(float(yaw), float(pitch), float(roll))
