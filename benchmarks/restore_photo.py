"""A 12-megapixel portrait restored at its own size, as a ratio to decoding it and encoding the result.

`python -m benchmarks.restore_photo` prints a row for each way the face comes back (the hole, or another face)
and each final format. Both steps of a ratio are timed in turns in one process, warm; medians of several runs.
`python -m benchmarks.restore_photo profile hole` prints where the time goes.
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
from pathlib import Path

import cv2
import numpy as np

from benchmarks.mask_photo import portrait

RUNS = 5
RETURNED = (1024, 768)
SUFFIXES = (".png", ".jpg")
REGIMES = ("hole", "face")


class Job:
    """Everything `privateedit restore --size original` does, from bytes to bytes, without the files."""

    def __init__(self, photo: bytes, regime: str) -> None:
        from privateedit import wiring
        from privateedit.core.concealment import Concealment
        from privateedit.core.finish import Finish, Size

        self.photo, self.regime = photo, regime
        self.parts, self.concealment = wiring.parts(), Concealment()
        self.finish = Finish(size=Size("original"))
        self.edited = self._edited()

    def _edited(self) -> bytes:
        from privateedit import pipeline
        from privateedit.codec import PixelEncoder, decode

        opened = decode(self.photo).photo
        prepared = pipeline.mask(opened, self.concealment, self.parts)
        if self.regime == "hole":
            pixels = prepared.concealed.masked.pixels
        else:
            pixels = stranger_in(prepared, self.parts)
        small = cv2.resize(pixels, RETURNED, interpolation=cv2.INTER_AREA)
        return PixelEncoder().encode(np.asarray(small, np.uint8), "jpeg")

    def restore(self, suffix: str) -> None:
        from privateedit import pipeline
        from privateedit.codec import decode, encode_final
        from privateedit.core.edit import EditResult

        opened = decode(self.photo).photo
        returned = EditResult(decode(self.edited).photo.pixels, "benchmark")
        remade = pipeline.restore_by_hand(opened, self.concealment, returned, self.parts, self.finish)
        regimes = {each.regime for each in remade.restored.report.faces}
        assert regimes == {self.regime}, regimes
        assert remade.restored.pixels.shape == opened.pixels.shape
        encode_final(remade.restored.pixels, suffix)

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
    return StrangerEditor(hopper, face).edit(prepared.payload, Instruction("x")).pixels


def measure(photo: Path, regime: str) -> list[dict[str, float | str]]:
    job = Job(photo.read_bytes(), regime)
    return [row(job, suffix) for suffix in SUFFIXES]


def row(job: Job, suffix: str) -> dict[str, float | str]:
    """Time both in turns; processor time as well, which other programs disturb less."""
    times: dict[str, list[tuple[float, float]]] = {"restore": [], "only_code": []}
    for turn in range(RUNS + 1):
        for name, measured in times.items():
            wall, processor = time.perf_counter(), time.process_time()
            getattr(job, name)(suffix)
            if turn:  # the first warms up
                measured.append((time.perf_counter() - wall, time.process_time() - processor))
    (wall, processor), (code_wall, code_processor) = (
        [statistics.median(kind) for kind in zip(*each, strict=True)] for each in times.values()
    )
    return {
        "came_back": job.regime,
        "final": suffix,
        "code_ms": round(1000 * code_wall),
        "restore_ms": round(1000 * wall),
        "time_ratio": round(wall / code_wall, 2),
        "cpu_ratio": round(processor / code_processor, 2),
    }


def run() -> list[dict[str, float | str]]:
    """Return one row per regime and final format, each regime measured in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "portrait.jpg"
        portrait(photo)
        return [row for regime in REGIMES for row in _in_a_process("measure", photo, regime)]


def _in_a_process(what: str, photo: Path, regime: str):
    command = [sys.executable, "-m", "benchmarks.restore_photo", what, regime, str(photo)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout) if what == "measure" else print(done.stdout)


def profile(photo: Path, regime: str) -> None:
    """Print where one warm restoration spends its time."""
    job = Job(photo.read_bytes(), regime)
    job.restore(".png")
    watch = cProfile.Profile()
    watch.runcall(job.restore, ".png")
    pstats.Stats(watch).sort_stats("cumulative").print_stats("privateedit|cv2|encode|_imaging", 45)


def main(arguments: list[str]) -> None:
    if len(arguments) == 3:
        what, regime, photo = arguments
        if what == "measure":
            print(json.dumps(measure(Path(photo), regime)))
        else:
            profile(Path(photo), regime)
    elif arguments[:1] == ["profile"]:
        with tempfile.TemporaryDirectory() as folder:
            portrait(Path(folder) / "portrait.jpg")
            _in_a_process("profile", Path(folder) / "portrait.jpg", arguments[1])
    else:
        for row in run():
            print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
