"""Generated photos for the benchmarks of `batch`, and the command as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

A_FOLDER = 500


def generate(folder: Path, count: int, side: int = 256) -> None:
    """Write so many different JPEGs of a public-domain portrait, in folders of 500."""
    from skimage import data

    face = cv2.resize(data.astronaut(), (side, side), interpolation=cv2.INTER_AREA)
    for number in range(count):
        path = folder / f"{number // A_FOLDER:03}" / f"photo-{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(number)
        pixels = face[:, ::-1] if number % 2 else face
        noisy = pixels * random.uniform(0.85, 1.1) + random.normal(0, 3, pixels.shape)
        cv2.imwrite(str(path), np.clip(noisy, 0, 255).astype(np.uint8)[..., ::-1])


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a run whose records lie in `folder`."""
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return {**os.environ, "PRIVATEEDIT_STATE_DIR": str(folder), **threads, **more}  # noqa: TID251 (handed on)


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "privateedit", "batch", *map(str, words)]


@contextmanager
def begun(words: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """Start a batch in a session of its own."""
    with log.open("ab") as said:
        process = subprocess.Popen(words, env=env, stdout=said, stderr=said, start_new_session=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def children(pid: int) -> list[int]:
    """Return the processes that a process started (Linux)."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
