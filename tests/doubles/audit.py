"""Instruments that measure without dlib, by something any picture has, and people to measure."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image
from tests.doubles.ports import MemoryLedger

from privateedit import codec, wiring
from privateedit.audit.instruments import Instruments
from privateedit.core.face import Box, Face


@dataclass
class CountingRecognizer:
    """Describes a face by its coarse colors, and counts."""

    calls: int = 0

    def embed(self, pixels, landmarks):
        self.calls += 1
        low, high = landmarks.min(0).astype(int), np.ceil(landmarks.max(0)).astype(int)
        part = pixels[max(0, low[1]) : high[1], max(0, low[0]) : high[0]]
        small = cv2.resize(part, (6, 6), interpolation=cv2.INTER_AREA)
        # Single precision, as dlib computes: what is kept in a file is then exactly what was measured.
        return np.resize(small.astype(np.float32).ravel() / 255, 128).astype(np.float64)


class BoxLandmarks:
    """The corners and the middle of the face's box."""

    def fit(self, pixels, face):
        return np.concatenate([face.box.corners, [face.box.center]]).astype(np.float32)


class SquareDetector:
    """Finds a face in the middle of every picture that is not of one color."""

    def detect(self, pixels):
        if np.ptp(pixels) < 8:
            return ()
        height, width = pixels.shape[:2]
        return (Face(0, Box(width * 0.3, height * 0.3, width * 0.7, height * 0.7), 0.9),)


@dataclass
class Opener:
    """Reads photos and remembers which."""

    opened: list = field(default_factory=list)

    def __call__(self, path):
        self.opened.append(f"{path.parent.name}/{path.name}")
        return codec.open_file(path).photo


def simple_instruments():
    """Fast stand-ins for everything that looks at a picture; can be named from another process."""
    from dataclasses import replace

    parts = replace(wiring.parts(), detector=SquareDetector(), ledger=MemoryLedger())
    recognizer = CountingRecognizer()
    return Instruments(parts, BoxLandmarks(), recognizer, recognizer, 0.6, _pixels, Opener())


def _pixels(data):
    return codec.decode(data).photo.pixels


def write_people(folder, count, photos=2, side=72):
    """People of one color pattern each, their photos slightly different."""
    for number in range(count):
        home = folder / f"person{number:02}"
        home.mkdir(parents=True)
        random = np.random.default_rng(number)
        coarse = random.integers(40, 216, (5, 5, 3)).astype(np.uint8)
        pattern = cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
        for photo in range(photos):
            noisy = pattern.astype(int) + np.random.default_rng(1000 + photo).integers(-6, 7, pattern.shape)
            Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(home / f"{photo}.png")
    return folder
