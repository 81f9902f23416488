"""Which marked faces PrivateEdit and deface find in the same pixels.

`python -m benchmarks.recall FOLDER OUT` writes the pixels of the photos of `boxes.json` to OUT as `.npy`, and
prints what is known of each and what PrivateEdit finds in it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import fresh, peers
from benchmarks.effort import Effort, Photos
from benchmarks.table import Row

TITLE = (
    "Faces found in photos whose faces somebody marked or counted, in the same pixels, by the detectors. "
    "A marked face is found when a box holds its middle; of those counted, as many as there are boxes."
)
Boxes = Sequence[Sequence[float]]


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    """Yield a row a detector.

    Raises:
        SystemExit: there is no folder of photos.
    """
    if effort.photos is None:
        raise SystemExit("The table `recall` needs --photos DIR, with a boxes.json in it.")
    python = peers.environment()
    with tempfile.TemporaryDirectory() as folder:
        known = fresh.told("recall", effort.photos.resolve(), folder)
        yield _row("privateedit", known, [each["found"] for each in known])
        for name, key in (("deface", None), ("deface, scaled to the same view", "view")):
            views = [(each[key] if key else peers.WHOLE, each["pixels"]) for each in known]
            found = peers.asked(python, "find", *chain.from_iterable(views))
            yield _row(name, known, found)


def _row(name: str, known: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> Row:
    pairs = list(zip(known, found, strict=True))
    marked = sum(len(each["boxes"]) for each in known)
    seen = sum(holds(box, each["boxes"]) for photo, each in pairs for box in photo["boxes"])
    counted = [(photo["count"], len(each["boxes"])) for photo, each in pairs if photo["count"]]
    return {
        "detector": name,
        "photos": len(known),
        "marked": marked,
        "found": seen,
        "share": round(seen / marked, 3) if marked else None,
        "counted": sum(count for count, _ in counted),
        "of them": sum(min(pair) for pair in counted),
        "ms a photo": round(1000 * median(each["seconds"] for each in found), 1),
    }


def holds(marked: Sequence[float], boxes: Boxes) -> bool:
    """Whether one of the boxes (x0, y0, x1, y1) holds the middle of the marked one."""
    x, y = (marked[0] + marked[2]) / 2, (marked[1] + marked[3]) / 2
    return any(x0 < x < x1 and y0 < y < y1 for x0, y0, x1, y1 in boxes)


def written(folder: Path, out: Path) -> Iterator[dict[str, Any]]:
    import numpy as np

    import privateedit
    from privateedit import wiring
    from privateedit.audit.ground_truth import annotated
    from privateedit.vision import views

    detector = wiring.parts().detector
    for number, each in enumerate(annotated(folder)):
        if not (each.boxes or each.count):
            continue
        pixels = privateedit.open(each.path).pixels
        np.save(out / f"{number}.npy", pixels)
        if number == 0:
            detector.detect(pixels)  # loads the networks
        begun = time.perf_counter()
        faces = detector.detect(pixels)
        seconds = time.perf_counter() - begun
        view = views.whole(pixels, views.main_scale(pixels)).pixels.shape[1::-1]
        yield {
            "boxes": [list(map(float, box)) for box in each.boxes],
            "count": each.count,
            "pixels": str(out / f"{number}.npy"),
            "view": "{}x{}".format(*view),
            "found": {"seconds": seconds, "boxes": [list(map(float, face.box)) for face in faces]},
        }


if __name__ == "__main__":
    print(json.dumps(list(written(Path(sys.argv[1]), Path(sys.argv[2])))))
