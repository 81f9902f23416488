"""An editor that behaves like a generative service: it redraws the frame and paints a stranger's face.

It sees the payload alone. The stranger is a real face from another public-domain portrait, fitted into the
hole by the hole's own place and size; the frame is scaled, shifted and recompressed as services do.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Face
from privateedit.core.payload import Payload
from privateedit.core.photo import Photo
from privateedit.core.pull_push import pull_push
from privateedit.core.similarity import compose, fit, scaling, transform, warp


@dataclass
class StrangerEditor:
    """Paints `stranger` (a photo and its face) into every hole and returns a changed frame."""

    stranger: Photo
    face: Face
    scale: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    tilt: float = 0.0
    share: float = 0.74  # of the hole's height that the drawn face takes
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    jpeg_quality: int | None = 92
    name: str = "stranger"
    local: bool = False

    def edit(self, payload: Payload, instruction: Instruction) -> EditResult:
        decoded = cv2.imdecode(np.frombuffer(payload.data, np.uint8), cv2.IMREAD_COLOR_RGB)
        canvas = pull_push(decoded.astype(np.float32), (~payload.hidden).astype(np.float32))
        _, labels = cv2.connectedComponents(payload.hidden.astype(np.uint8))
        for label in range(1, labels.max() + 1):
            canvas = self._paint(canvas, labels == label)
        frame = np.clip(canvas * np.float32(self.gain), 0, 255).astype(np.uint8)
        return EditResult(self._delivered(frame), self.name)

    def _paint(self, canvas, hole):
        rows, columns = np.nonzero(hole)
        center = np.array([columns.mean(), rows.mean()])
        mesh = self.face.mesh
        hull = cv2.convexHull(mesh)[:, 0]
        height = np.ptp(hull[:, 1])
        size = self.share * (rows.max() - rows.min()) / height
        turn = np.radians(self.tilt)
        axes = size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        middle = (hull.min(0) + hull.max(0)) / 2
        matrix = np.column_stack([axes, center + np.array([0, 0.04 * np.ptp(rows)]) - axes @ middle])
        frame = (slice(0, canvas.shape[0]), slice(0, canvas.shape[1]))
        drawn = warp(self.stranger.pixels, matrix, frame).astype(np.float32)
        oval = np.zeros(hole.shape, np.uint8)
        cv2.fillConvexPoly(oval, np.rint(transform(matrix, hull)).astype(np.int32), 255)
        soft = cv2.GaussianBlur(oval, (0, 0), max(1.0, 0.03 * size * height))
        alpha = (np.minimum(soft, np.where(hole, 255, 0)) / 255).astype(np.float32)[..., None]
        return canvas + alpha * (drawn - canvas)

    def _delivered(self, frame):
        height, width = frame.shape[:2]
        size = (round(width * self.scale), round(height * self.scale))
        matrix = compose(
            np.array([[1, 0, self.shift[0]], [0, 1, self.shift[1]]]), scaling(self.scale, self.scale)
        )
        moved = warp(frame, matrix, (slice(0, size[1]), slice(0, size[0])))
        if self.jpeg_quality is None:
            return moved
        _, data = cv2.imencode(".jpg", moved[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.jpeg_quality])
        return cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)


def fitted(source, target):
    """Least-squares similarity, for expectations in tests."""
    return fit(source, target, np.ones(len(source)))
