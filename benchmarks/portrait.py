"""A JPEG of any size with one public-domain portrait: `python -m benchmarks.portrait MEGAPIXELS FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np

ROWS = 256  # that get their grain at a time


def portrait(path: Path, megapixels: float = 12) -> None:
    """Write a JPEG of 4:3: a public-domain portrait enlarged, with grain to be as hard to encode."""
    from skimage import data

    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    beside = round(height / 6)
    face = cv2.resize(data.astronaut(), (height, height), interpolation=cv2.INTER_CUBIC)
    wide = cv2.copyMakeBorder(face, 0, 0, beside, beside, cv2.BORDER_REFLECT)
    grain = np.random.default_rng(1)
    for top in range(0, height, ROWS):
        rows = wide[top : top + ROWS]
        noisy = rows + 4 * grain.standard_normal(rows.shape, np.float32)
        rows[:] = np.clip(noisy, 0, 255).astype(np.uint8)
    cv2.imwrite(str(path), wide[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    portrait(Path(sys.argv[2]), float(sys.argv[1]))
    print(json.dumps(sys.argv[2]))
