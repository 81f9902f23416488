"""A 12-megapixel JPEG to a sealed payload, as ratios to decoding it and encoding the payload alone.

Each step runs in a process of its own, so that peak memory is its own too; medians of several runs.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

MEGAPIXELS = 12
RUNS = 5


def portrait(path: Path) -> None:
    """Write a 4000×3000 JPEG: a public-domain portrait enlarged, with grain to be as hard to encode."""
    from skimage import data

    face = cv2.resize(data.astronaut(), (3000, 3000), interpolation=cv2.INTER_CUBIC)
    wide = cv2.copyMakeBorder(face, 0, 0, 500, 500, cv2.BORDER_REFLECT)
    grain = np.random.default_rng(1).normal(0, 4, wide.shape)
    pixels = np.clip(wide + grain, 0, 255).astype(np.uint8)
    cv2.imwrite(str(path), pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])


def step(name: str, photo: Path, image_format: str) -> dict[str, float]:
    """Run one step warm in this process and return seconds and peak memory in MiB."""
    import privateedit
    from privateedit.codec import PixelEncoder

    data = photo.read_bytes()
    opened = privateedit.open(data)
    framing = {"image_format": image_format}
    actions = {
        "decode": lambda: privateedit.open(data),
        "encode": lambda: PixelEncoder().encode(opened.pixels, image_format),
        "faces": lambda: privateedit.faces(opened),
        "mask": lambda: privateedit.mask(privateedit.open(data), **framing),
    }
    actions[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        actions[name]()
        times.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": statistics.median(times), "peak_mib": max(before, peak) / 1024}


def measure(image_format: str, photo: Path) -> dict[str, dict[str, float]]:
    """Measure every step, each in a fresh process."""
    results = {}
    for name in ("decode", "encode", "faces", "mask"):
        command = [sys.executable, "-m", "benchmarks.mask_photo", name, str(photo), image_format]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        results[name] = json.loads(done.stdout)
    return results


def run() -> list[dict[str, float | str]]:
    """Return one row per payload format."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "portrait.jpg"
        # In a process of its own: a child's peak memory starts at its parent's.
        subprocess.run([sys.executable, "-m", "benchmarks.mask_photo", "portrait", str(photo)], check=True)
        for image_format in ("png", "jpeg"):
            found = measure(image_format, photo)
            limit = found["decode"]["seconds"] + found["encode"]["seconds"]
            memory = max(found["decode"]["peak_mib"], found["encode"]["peak_mib"])
            rows.append(
                {
                    "payload": image_format,
                    **{f"{name}_ms": round(1000 * each["seconds"]) for name, each in found.items()},
                    "time_ratio": round(found["mask"]["seconds"] / limit, 2),
                    "peak_mib": round(found["mask"]["peak_mib"]),
                    "memory_ratio": round(found["mask"]["peak_mib"] / memory, 2),
                }
            )
    return rows


if __name__ == "__main__":
    if sys.argv[1] == "portrait":
        portrait(Path(sys.argv[2]))
    else:
        print(json.dumps(step(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
