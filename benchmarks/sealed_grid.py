"""Is every setting sealed on these photos: `python -m benchmarks.sealed_grid DIR…`.

For every photo, trust, coverage, opacity and fill the payload is made twice: once from the photo, once from
the photo with all hidden pixels replaced by this program's own random ones. The bytes must be the same. Then
leaks are planted in each photo's masked picture, and each must end without a payload.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import cv2
import numpy as np

import privateedit
from privateedit import pipeline, wiring
from privateedit.core.conceal import Fill, MaskedPhoto
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.framing import Framing
from privateedit.core.seal import seal
from privateedit.core.trust import BUNDLES, Trust

SIDE = 700  # pixels; the property does not depend on size, the time does


class Known:
    """The faces that were found in the photo, whatever the picture."""

    def __init__(self, faces):
        self.faces = faces

    def detect(self, pixels):
        return self.faces


def main() -> int:
    tally: Counter[str] = Counter()
    paths = [path for folder in sys.argv[1:] for path in sorted(Path(folder).rglob("*")) if path.is_file()]
    for path in paths:
        try:
            photo = reduced(privateedit.open(path))
            pipeline.hide(photo, Concealment(), wiring.parts())
        except privateedit.PrivateEditError as error:
            tally[type(error).__name__] += 1
            continue
        tally.update(grid(photo))
        tally.update(planted(photo))
    for outcome, count in sorted(tally.items()):
        print(f"{count:7} {outcome}")
    return int(any(name.startswith(("DIFFERENT", "MISSED")) for name in tally))


def reduced(photo):
    scale = SIDE / max(photo.width, photo.height)
    if scale >= 1:
        return photo
    size = (round(photo.width * scale), round(photo.height * scale))
    return privateedit.Photo(cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA))


def grid(photo):
    parts = wiring.parts()
    parts = replace(parts, detector=Known(parts.detector.detect(photo.pixels)))
    fills = [Fill.parse(text) for text in ("black", "grey", "#806040")]
    for degree, coverage, opacity, fill in product(Trust, Coverage, (0.0, 0.5, 1.0), fills):
        concealment = Concealment(
            trust=degree,
            coverage=coverage,
            grow=BUNDLES[degree].grow,
            fill=fill,
            opacity=opacity,
            backdrop=BUNDLES[degree].backdrop,
            framing=Framing("png" if opacity else "jpeg"),
        )
        try:
            one = pipeline.mask(photo, concealment, parts)
        except privateedit.Refused:
            yield "refused"
            continue
        hidden = one.concealed.masked.mask.hidden
        other = photo.pixels.copy()
        other[hidden] = np.random.default_rng().integers(0, 256, (int(hidden.sum()), 3), np.uint8)
        two = pipeline.mask(privateedit.Photo(other), concealment, parts)
        same = one.payload.data == two.payload.data and one.payload.sealed and two.payload.sealed
        yield "identical" if same else f"DIFFERENT {degree} {coverage} {opacity}"


def planted(photo):
    masked = pipeline.hide(photo, Concealment(), wiring.parts()).masked
    half = cv2.resize(photo.pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    resized = cv2.resize(half, (photo.width, photo.height), interpolation=cv2.INTER_LINEAR)
    blended = masked.pixels.copy()
    row, column = np.argwhere(~masked.mask.hidden)[0]
    inside = photo.pixels[masked.mask.hidden][0]
    blended[row, column] = (blended[row, column] * 0.5 + inside * 0.5).astype(np.uint8)
    yield seeded_noise(photo)
    for name, pixels in (("resized first", resized), ("one pixel blended", blended)):
        leaky = np.where(masked.mask.hidden[..., None], masked.pixels, pixels)
        if np.array_equal(leaky, masked.pixels):
            yield "planted leak changed nothing"
            continue
        parts = wiring.parts()
        ports = {"encoder": parts.encoder, "inspector": parts.inspector, "entropy": parts.entropy}
        try:
            seal(photo, MaskedPhoto(leaky, masked.mask, masked.paint), Framing(), **ports)
        except privateedit.NotSealed:
            yield f"caught: {name}"
        else:
            yield f"MISSED: {name}"


def seeded_noise(photo):
    """A fill of noise that the photo itself seeds: the same every time, and a digest of the face."""
    seed = int(photo.pixels.sum())
    parts = replace(wiring.parts(), entropy=lambda count: np.random.default_rng(seed).bytes(count))
    try:
        pipeline.mask(photo, Concealment(fill=Fill(None)), parts)
    except privateedit.Refused:
        return "caught: noise seeded from the photo"
    return "MISSED: noise seeded from the photo"


if __name__ == "__main__":
    sys.exit(main())
