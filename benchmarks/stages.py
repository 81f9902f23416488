"""Every stage of masking and restoring, warm and cold, with its memory and its limit.

`python -m benchmarks.stages KIND STAGE PHOTO EDITED RUNS SECONDS` prints one row as JSON; each row has a
process of its own, in which the stages before it ran once.
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
    "Masking (a JPEG to a sealed PNG) and restoring (a picture of 1024×768 came back with a stranger's face; "
    "the result is a JPEG of the photo's size). Milliseconds; cold is the first call in a process. The limit "
    "is what cannot be done without, by the libraries alone and warm, measured in turns."
)
STAGES = {
    "mask": ("open", "faces", "conceal", "encode", "seal", "mask"),
    "restore": (
        "open edited", "mask again", "place", "reintegrate", "compare", "encode", "edit", "restore",
    ),
}  # fmt: skip


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    photos.run_once()
    for megapixels in effort.megapixels:
        for kind, names in STAGES.items():
            photo = photos.portrait(megapixels)
            edited = photos.edited(megapixels) if kind == "restore" else "-"
            for name in names:
                words = (kind, name, photo, edited, effort.runs, effort.seconds)
                yield {"MP": megapixels, "of": kind, "stage": name, **fresh.told("stages", *words)}


def measured(kind: str, name: str, photo: Path, edited: Path, runs: int, seconds: float) -> Row:
    """Measure one stage in this process: its first call, its memory, then both in turns."""
    if kind == "mask":
        from benchmarks.masking import Masking

        work = Masking(photo.read_bytes())
    else:
        from benchmarks.restoring import Restoring

        work = Restoring(photo.read_bytes(), edited.read_bytes())
    imported = timing.resident_mib()
    work.prepare(name)
    action = work.stages()[name]
    timing.forget_peak()
    cold = timing.spent(action)
    peak = timing.peak_mib()
    limit = work.limit(name)
    turns = {"stage": action} | ({} if limit is None else {"limit": limit})
    found = timing.in_turns(turns, runs, seconds)
    row: Row = {"cold": cold.ms, "warm": found["stage"].ms, "cpu": found["stage"].cpu_ms}
    row |= {"limit": None, "ratio": None, "cpu ratio": None}
    if limit is not None:
        row["limit"] = found["limit"].ms
        row["ratio"] = round(found["stage"].wall / found["limit"].wall, 2)
        row["cpu ratio"] = round(found["stage"].cpu / found["limit"].cpu, 2)
    return row | {"peak MiB": round(peak), "beyond imports": round(peak - imported)}


if __name__ == "__main__":
    kind, name, photo, edited, runs, seconds = sys.argv[1:]
    print(json.dumps(measured(kind, name, Path(photo), Path(edited), int(runs), float(seconds))))
