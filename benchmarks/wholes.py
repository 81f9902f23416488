"""Whole ways against decoding the photo and encoding the result: `python -m benchmarks --only wholes`.

`python -m benchmarks.wholes WAY SUFFIX PHOTO EDITED RUNS SECONDS` prints one row as JSON, from a process of
its own, in which everything ran once and takes turns from then on.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from benchmarks import alone, fresh, timing
from benchmarks.effort import Effort, Photos
from benchmarks.table import Row

TITLE = (
    "A JPEG becomes a sealed payload (mask); what came back becomes the final picture of the photo's size, "
    "right after the photo was masked (edit) or much later (restore): a picture of 1024×768 with a "
    "stranger's face, or with the hole as it was before another backdrop, or one as large as the photo with "
    "nothing changed. Each beside decoding the photo "
    "with Pillow and encoding the result: `of both` by the fastest that Pillow and OpenCV offer, `of our "
    "own` by PrivateEdit's encoder. Warm, in turns, in milliseconds."
)
WAYS = ("mask", "edit", "restore")
SUFFIXES = (".png", ".jpg")
SMALL, BACKDROP, LARGE = "1024×768, a face", "1024×768, a backdrop", "as large, the hole"
LARGEST = 12  # megapixels that anybody gives back


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    photos.run_once()
    for megapixels in effort.megapixels:
        photo = photos.portrait(megapixels)
        came = {SMALL: photos.edited(megapixels)}
        if megapixels <= LARGEST:
            came[BACKDROP] = photos.before_backdrop(megapixels)
            came[LARGE] = photos.as_large(megapixels)
        for way, suffix in product(WAYS, SUFFIXES):
            for name, edited in came.items() if way != "mask" else [("", came[SMALL])]:
                words = (way, suffix, photo, edited, effort.runs, effort.seconds)
                told = fresh.told("wholes", *words)
                yield {"MP": megapixels, "way": way, "came back": name, "to": suffix[1:], **told}


def measured(way: str, suffix: str, photo: Path, edited: Path, runs: int, seconds: float) -> Row:
    """Measure one way in this process, beside decoding and encoding alone."""
    data = photo.read_bytes()
    whole, pixels = _way(way, suffix, data, edited.read_bytes())
    encode, own = _encoders(suffix)
    actions = {
        "way": whole,
        "decode": lambda: alone.decode(data),
        "encode": lambda: encode(pixels),
        "own": lambda: own(pixels),
    }
    for each in actions.values():
        each()  # the first call is not warm
    found = timing.in_turns(actions, runs, seconds)
    both = found["decode"].wall + found["encode"].wall
    return {
        "ms": found["way"].ms,
        "cpu": found["way"].cpu_ms,
        "decode": found["decode"].ms,
        "encode": found["encode"].ms,
        "of both": round(found["way"].wall / both, 2),
        "own encode": found["own"].ms,
        "of our own": round(found["way"].wall / (found["decode"].wall + found["own"].wall), 2),
    }


def _way(way: str, suffix: str, photo: bytes, edited: bytes):
    """Return the way as an action, and the pixels that it encodes."""
    if way == "mask":
        from benchmarks.masking import Masking
        from privateedit import pipeline
        from privateedit.codec import decode
        from privateedit.core.concealment import Concealment
        from privateedit.core.framing import Framing

        work = Masking(photo)
        chosen = Concealment(framing=Framing("png" if suffix == ".png" else "jpeg"))
        return lambda: pipeline.mask(decode(photo).photo, chosen, work.parts), work.concealed.masked.pixels
    from benchmarks.restoring import Restoring

    work = Restoring(photo, edited, suffix)
    return work.stages()[way], work.restored.pixels


def _encoders(suffix: str):
    """Return the fastest encoder of the libraries, and PrivateEdit's own."""
    from privateedit.codec import PixelEncoder

    if suffix == ".png":
        return alone.png, lambda pixels: PixelEncoder().encode(pixels, "png")
    return alone.jpeg, lambda pixels: PixelEncoder().encode(pixels, "jpeg")


if __name__ == "__main__":
    way, suffix, photo, edited, runs, seconds = sys.argv[1:]
    print(json.dumps(measured(way, suffix, Path(photo), Path(edited), int(runs), float(seconds))))
