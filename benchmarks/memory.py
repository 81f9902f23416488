"""The memory of whole commands at its peak."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import fresh, start
from benchmarks.effort import Effort, Photos
from benchmarks.table import Row

TITLE = (
    "Whole processes at their peak, as the system counts it. `beyond` is beyond the libraries alone, and "
    "`bytes a pixel` are of the photo's pixels, which themselves have 3."
)
TAKEN = (12, 48)


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    photos.run_once()
    libraries = fresh.whole(start.interpreters()[start.LIBRARIES])
    yield {"command": start.LIBRARIES, "MP": None, **_facts(libraries, libraries, None)}
    sizes = [each for each in effort.megapixels if each in TAKEN] or [max(effort.megapixels)]
    with tempfile.TemporaryDirectory() as folder:
        for megapixels in sizes:
            photo, edited = photos.portrait(megapixels), photos.edited(megapixels)
            restore = ["restore", photo, edited, "--size", "original", "-o", Path(folder) / "final.jpg"]
            commands = {
                "privateedit mask": start.mask(photo, Path(folder) / "masked.png"),
                "privateedit restore --size original": [*start.program(), *restore],
            }
            for name, command in commands.items():
                # The photo has been handed over already, which `restore` has to know.
                whole = fresh.whole(command)
                yield {"command": name, "MP": megapixels, **_facts(whole, libraries, megapixels)}


def _facts(whole: fresh.Whole, libraries: fresh.Whole, megapixels: float | None) -> Row:
    beyond = whole.peak_mib - libraries.peak_mib
    return {
        "peak MiB": round(whole.peak_mib),
        "beyond": round(beyond),
        "bytes a pixel": None if megapixels is None else round(beyond * 1.048576 / megapixels, 1),
        "ms": round(1000 * whole.wall),
        "cpu": round(1000 * whole.cpu),
    }
