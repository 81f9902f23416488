"""A 12-megapixel portrait restored at its own size, as a ratio to decoding it and encoding the result.

`python -m benchmarks.restore_photo` prints a row for each way the face comes back (the hole, another face),
at 1024 pixels or at the photo's own size, and for each final format. `edit` restores alone, as
`privateedit edit` does once the picture is back; `restore` first masks the photo again as it was handed
over, as `privateedit restore` must. Both hold decoding and encoding too. All steps are timed in turns in one
process, warm; medians of several runs.
`python -m benchmarks.restore_photo profile hole 12mp` prints where the time goes.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from benchmarks import fresh
from benchmarks.portrait import portrait
from benchmarks.restoring import Restoring, returned
from benchmarks.timing import in_turns
from privateedit.codec import decode, encode_final

RUNS, SECONDS = 5, 60.0
RETURNED = {"1024": (1024, 768), "12mp": (4000, 3000)}
SUFFIXES = (".png", ".jpg")
REGIMES = ("hole", "face")
Row = dict[str, float | str]


def measure(photo: bytes, regime: str, at: str) -> Iterator[Row]:
    edited = returned(photo, regime, RETURNED[at])
    for suffix in SUFFIXES:
        yield {"came_back": regime, "at": at, "final": suffix, **row(photo, edited, regime, suffix)}


def row(photo: bytes, edited: bytes, regime: str, suffix: str) -> Row:
    """Time all in turns; processor time as well, which other programs disturb less."""
    job = Restoring(photo, edited, suffix)
    regimes = {each.regime for each in job.restored.report.faces}
    assert regimes == {regime}, regimes
    actions = {
        "code": lambda: encode_final(decode(photo).photo.pixels, suffix),
        "edit": lambda: [decode(photo), job.edit()],
        "restore": job.restore,
    }
    for action in actions.values():
        action()
    spent = in_turns(actions, RUNS, SECONDS)
    alone = spent.pop("code")
    found: Row = {"code_ms": alone.ms}
    for name, each in spent.items():
        found[f"{name}_ms"] = each.ms
        found[f"{name}_ratio"] = round(each.wall / alone.wall, 2)
        found[f"{name}_cpu_ratio"] = round(each.cpu / alone.cpu, 2)
    return found


def run() -> Iterator[Row]:
    """Yield one row per regime, returned size and final format, each job in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "portrait.jpg"
        portrait(photo)
        for regime, at in product(REGIMES, RETURNED):
            yield from fresh.told("restore_photo", "measure", regime, at, photo)


def profile(photo: bytes, regime: str, at: str) -> None:
    """Print where one warm restoration spends its time."""
    job = Restoring(photo, returned(photo, regime, RETURNED[at]), ".png")
    job.restore()
    watch = cProfile.Profile()
    watch.runcall(job.restore)
    pstats.Stats(watch).sort_stats("cumulative").print_stats("privateedit|cv2|encode|_imaging", 45)


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["measure"]:
        _, regime, at, photo = arguments
        print(json.dumps(list(measure(Path(photo).read_bytes(), regime, at))))
    elif arguments[:1] == ["profile"]:
        with tempfile.TemporaryDirectory() as folder:
            photo = Path(folder) / "portrait.jpg"
            portrait(photo)
            profile(photo.read_bytes(), arguments[1], (arguments[2:] or ["1024"])[0])
    else:
        for found in run():
            print("  ".join(f"{name} {value}" for name, value in found.items()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
