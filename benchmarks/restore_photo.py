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
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from benchmarks.mask_photo import portrait

RUNS = 5
RETURNED = {"1024": (1024, 768), "12mp": (4000, 3000)}
SUFFIXES = (".png", ".jpg")
REGIMES = ("hole", "face")


class Job:
    """What `privateedit edit` and `restore --size original` do, from bytes to bytes, without the files."""

    def __init__(self, photo: bytes, regime: str, returned: str) -> None:
        from privateedit import pipeline, wiring
        from privateedit.codec import decode
        from privateedit.core.concealment import Concealment
        from privateedit.core.finish import Finish, Size

        self.photo, self.regime, self.returned = photo, regime, returned
        self.parts, self.concealment = wiring.parts(), Concealment()
        self.finish = Finish(size=Size("original"))
        self.prepared = pipeline.mask(decode(photo).photo, self.concealment, self.parts)
        with pipeline.hand_over(self.prepared, self.parts):
            pass
        self.edited = self._edited()

    def _edited(self) -> bytes:
        from privateedit.codec import PixelEncoder

        if self.regime == "hole":
            pixels = self.prepared.concealed.masked.pixels
        else:
            pixels = stranger_in(self.prepared, self.parts)
        sized = cv2.resize(pixels, RETURNED[self.returned], interpolation=cv2.INTER_AREA)
        return PixelEncoder().encode(np.asarray(sized, np.uint8), "jpeg")

    def edit(self, suffix: str) -> None:
        from privateedit import pipeline
        from privateedit.codec import decode
        from privateedit.core.edit import EditResult

        decode(self.photo)
        returned = EditResult(decode(self.edited).photo.pixels, "benchmark")
        self._finish(pipeline.restore(self.prepared.concealed, returned, self.parts, self.finish), suffix)

    def restore(self, suffix: str) -> None:
        from privateedit import pipeline
        from privateedit.codec import decode
        from privateedit.core.edit import EditResult

        opened = decode(self.photo).photo
        returned = EditResult(decode(self.edited).photo.pixels, "benchmark")
        remade = pipeline.restore_by_hand(
            opened, self.concealment, returned, self.parts, self.finish, recalling=True
        )
        assert remade.remembered
        self._finish(remade.restored, suffix)

    def _finish(self, restored, suffix: str) -> None:
        from privateedit.codec import encode_final

        regimes = {each.regime for each in restored.report.faces}
        assert regimes == {self.regime}, regimes
        assert restored.pixels.shape == self.prepared.concealed.photo.pixels.shape
        encode_final(restored.pixels, suffix)

    def only_code(self, suffix: str) -> None:
        from privateedit.codec import decode, encode_final

        encode_final(decode(self.photo).photo.pixels, suffix)


def stranger_in(prepared, parts):
    """Paint another public-domain face into the hole, as generative services do."""
    from matplotlib import cbook
    from PIL import Image
    from tests.doubles.stranger import StrangerEditor

    from privateedit.core.edit import Instruction
    from privateedit.core.photo import Photo

    with Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        hopper = Photo(np.asarray(image.convert("RGB")))
    (face,) = parts.detector.detect(hopper.pixels)
    # As large as the face it stands for: a larger one is placed by the scene alone.
    return StrangerEditor(hopper, face, share=0.62).edit(prepared.payload, Instruction("x")).pixels


def measure(photo: Path, regime: str, returned: str) -> list[dict[str, float | str]]:
    job = Job(photo.read_bytes(), regime, returned)
    return [row(job, suffix) for suffix in SUFFIXES]


def row(job: Job, suffix: str) -> dict[str, float | str]:
    """Time all in turns; processor time as well, which other programs disturb less."""
    times: dict[str, list[tuple[float, float]]] = {"edit": [], "restore": [], "only_code": []}
    for turn in range(RUNS + 1):
        for name, measured in times.items():
            wall, processor = time.perf_counter(), time.process_time()
            getattr(job, name)(suffix)
            if turn:  # the first warms up
                measured.append((time.perf_counter() - wall, time.process_time() - processor))
    middle = {
        name: [statistics.median(kind) for kind in zip(*each, strict=True)] for name, each in times.items()
    }
    code_wall, code_processor = middle.pop("only_code")
    found: dict[str, float | str] = {"came_back": job.regime, "at": job.returned, "final": suffix}
    found["code_ms"] = round(1000 * code_wall)
    for name, (wall, processor) in middle.items():
        found[f"{name}_ms"] = round(1000 * wall)
        found[f"{name}_ratio"] = round(wall / code_wall, 2)
        found[f"{name}_cpu_ratio"] = round(processor / code_processor, 2)
    return found


def run() -> Iterator[dict[str, float | str]]:
    """Yield one row per regime, returned size and final format, each job in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "portrait.jpg"
        portrait(photo)
        for regime, returned in product(REGIMES, RETURNED):
            yield from _in_a_process("measure", photo, regime, returned)


def _in_a_process(what: str, photo: Path, regime: str, returned: str):
    command = [sys.executable, "-m", "benchmarks.restore_photo", what, regime, returned, str(photo)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout) if what == "measure" else print(done.stdout)


def profile(photo: Path, regime: str, returned: str) -> None:
    """Print where one warm restoration spends its time."""
    job = Job(photo.read_bytes(), regime, returned)
    job.restore(".png")
    watch = cProfile.Profile()
    watch.runcall(job.restore, ".png")
    pstats.Stats(watch).sort_stats("cumulative").print_stats("privateedit|cv2|encode|_imaging", 45)


def main(arguments: list[str]) -> None:
    if len(arguments) == 4:
        what, regime, returned, photo = arguments
        if what == "measure":
            print(json.dumps(measure(Path(photo), regime, returned)))
        else:
            profile(Path(photo), regime, returned)
    elif arguments[:1] == ["profile"]:
        with tempfile.TemporaryDirectory() as folder:
            portrait(Path(folder) / "portrait.jpg")
            _in_a_process(
                "profile", Path(folder) / "portrait.jpg", arguments[1], (arguments[2:] or ["1024"])[0]
            )
    else:
        for row in run():
            print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
