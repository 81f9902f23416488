"""Regime `face`: a stranger's face came back; the original goes over it, inside its own silhouette."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.align import Alignment
from privateedit.core.blend import composite, distance_outside, feathered, multi_band
from privateedit.core.cover import Coverage, outline
from privateedit.core.face import Face
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.patch import Patch, Window
from privateedit.core.photo import Pixels
from privateedit.core.similarity import Matrix, transform

_RING = 0.10  # width of the blend ring, as a share of the face


def over_stranger(patch: Patch, look: Look, face: Face, alignment: Alignment) -> Pixels:
    """Return the window with the original face over the drawn one; uint8, exact outside the region.

    Inside the core every pixel is the graded original; all blending happens in a ring around it, and never
    beyond what was hidden.
    """
    oval = _oval(face, alignment.matrix, patch.hole.shape, patch.window)
    ring = _RING * float(np.sqrt(np.count_nonzero(oval) + 1.0))
    core = _shrunk(oval & patch.hole, 0.6 * ring)
    middle = _grown(core, 0.5 * ring) & patch.hole
    levels = int(np.clip(np.log2(max(ring, 2.0)) - 1, 1, 6))
    person = look.apply(patch.original)
    blended = multi_band(patch.edited, person, middle.astype(np.float32), levels)
    alpha = feathered(middle, patch.hole, 0.5 * ring)
    return composite(np.rint(patch.edited).astype(np.uint8), blended, alpha)


def _oval(face: Face, matrix: Matrix, shape: tuple[int, ...], window: Window) -> Hidden:
    """Return the face inside its silhouette: the hull of the mesh, or the inner coverage without one."""
    points = face.mesh if face.mesh is not None else outline(face, Coverage.INNER).boundary()
    placed = transform(matrix, points) - (window[1].start, window[0].start)
    hull = cv2.convexHull(placed.astype(np.float32))
    drawn = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(drawn, np.rint(hull * 16 - 8).astype(np.int32), 1, shift=4)
    return drawn.astype(bool)


def _shrunk(area: Hidden, pixels: float) -> Hidden:
    padded = cv2.copyMakeBorder(area.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    return np.asarray(depth > pixels)


def _grown(area: Hidden, pixels: float) -> Hidden:
    return np.asarray(distance_outside(area) <= pixels)
