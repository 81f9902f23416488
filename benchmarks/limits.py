"""What limits every program that does this: decoding, encoding, one pass of each network.

`python -m benchmarks.limits WHAT PHOTO RUNS SECONDS` prints one row as JSON, from a process of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import fresh, timing
from benchmarks.effort import Effort, Photos
from benchmarks.table import Row

TITLE = (
    "By the libraries alone. Milliseconds; cold is the first call in a process, which for a network includes "
    "reading and checking its file."
)
VIEW = "CenterFace, main view"
ENCODING = ("encode PNG, OpenCV", "encode PNG, Pillow", "encode PNG, own", "encode JPEG")
OF_A_PHOTO = ("decode, Pillow", "decode, OpenCV", *ENCODING, VIEW)
OF_ONE_SIZE = ("BlazeFace", "face landmarks", "selfie segmentation")


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    def row(what: str, megapixels: float) -> Row:
        return fresh.told("limits", what, photos.portrait(megapixels), effort.runs, effort.seconds)

    for megapixels in effort.megapixels:
        for what in OF_A_PHOTO:
            yield {"MP": megapixels, "what": what, **row(what, megapixels)}
    for what in OF_ONE_SIZE:
        yield {"MP": None, "what": what, **row(what, min(effort.megapixels))}


def measured(what: str, photo: Path, runs: int, seconds: float) -> Row:
    """Measure one limit in this process."""
    from benchmarks import alone
    from privateedit.codec.png import png

    imported, data, passes = timing.resident_mib(), photo.read_bytes(), alone.Passes()
    pixels = alone.decode_with_opencv(data) if what in (*ENCODING, VIEW) else None
    views = passes.main_views(pixels) if what == VIEW else []
    actions = {
        "decode, Pillow": lambda: alone.decode(data),
        "decode, OpenCV": lambda: alone.decode_with_opencv(data),
        "encode PNG, OpenCV": lambda: alone.png(pixels),
        "encode PNG, Pillow": lambda: alone.png_as_usual(pixels),
        "encode PNG, own": lambda: png(pixels),
        "encode JPEG": lambda: alone.jpeg(pixels),
        VIEW: lambda: passes.center_face(views),
        "BlazeFace": passes.blaze_face,
        "face landmarks": passes.face_landmarks,
        "selfie segmentation": passes.selfie_segmentation,
    }
    timing.forget_peak()
    cold = timing.spent(actions[what])
    peak = timing.peak_mib()
    warm = timing.in_turns({what: actions[what]}, runs, seconds)[what]
    sizes = sorted({f"{each.shape[3]}×{each.shape[2]}" for each in views})
    seen = {"at": f"{len(views)} of {', '.join(sizes)}" if views else None}
    times = {"cold": cold.ms, "warm": warm.ms, "cpu": warm.cpu_ms}
    return {**seen, **times, "peak MiB": round(peak), "beyond imports": round(peak - imported)}


if __name__ == "__main__":
    what, photo, runs, seconds = sys.argv[1:]
    print(json.dumps(measured(what, Path(photo), int(runs), float(seconds))))
