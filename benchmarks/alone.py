"""The limits: what has to be done whoever does it, by the libraries alone."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from privateedit.vision import payload_search, views
from privateedit.vision.blazeface import BlazeFace
from privateedit.vision.centerface import CenterFace
from privateedit.vision.landmarks import FaceMesh
from privateedit.vision.segment import SelfieSegmenter

PNG = (
    *(cv2.IMWRITE_PNG_COMPRESSION, 1),
    *(cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_PAETH),
)
"""The fastest that OpenCV or Pillow offer at about that size."""
JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 95),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
)


def decode(data: bytes) -> None:
    """Decode with Pillow, without making an array of it."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()


def decode_with_opencv(data: bytes) -> np.ndarray:
    """Decode with OpenCV, into an array."""
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)


def png(pixels: np.ndarray) -> bytes:
    """Encode with OpenCV's fastest settings; the channels' order does not matter here."""
    return cv2.imencode(".png", pixels, PNG)[1].tobytes()


def png_as_usual(pixels: np.ndarray) -> bytes:
    """Encode as Pillow does when it is told nothing else."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def jpeg(pixels: np.ndarray) -> bytes:
    """Encode with OpenCV at the quality of a payload; the channels' order does not matter here.

    It is the same encoder as Pillow's, which takes half as long again to make an image of the pixels first.
    """
    return cv2.imencode(".jpg", pixels, JPEG)[1].tobytes()


class Passes:
    """One pass of each network over what the detector, or the second search, shows it of a picture."""

    def __init__(self) -> None:
        self._center, self._blaze = CenterFace()._network, BlazeFace()._network
        self._mesh, self._selfie = FaceMesh()._network, SelfieSegmenter()._network

    def main_views(self, pixels: np.ndarray) -> list[np.ndarray]:
        """Return the detector's main view, in pieces, as CenterFace takes them."""
        return _blobs(pixels, views.main_scale(pixels))

    def second_views(self, pixels: np.ndarray) -> list[np.ndarray]:
        """Return the same of the second search."""
        return _blobs(pixels, payload_search._scale(pixels))

    def center_face(self, blobs: list[np.ndarray]) -> None:
        for blob in blobs:
            self._center.run(blob)

    def blaze_face(self) -> None:
        self._blaze.run(_blank(128))

    def face_landmarks(self) -> None:
        self._mesh.run(_blank(192))

    def selfie_segmentation(self) -> None:
        self._selfie.run(_blank(256))

    def faces(self, blobs: list[np.ndarray]) -> None:
        """Do what detection cannot do without: each of its networks once."""
        self.center_face(blobs)
        self.blaze_face()
        self.face_landmarks()


def _blobs(pixels: np.ndarray, scale: float) -> list[np.ndarray]:
    pieces = views.whole(pixels, scale).pieces()
    return [np.ascontiguousarray(each.pixels.transpose(2, 0, 1)[None], np.float32) for each in pieces]


def _blank(side: int) -> np.ndarray:
    return np.zeros((1, 3, side, side), np.float32)
