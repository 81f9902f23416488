"""deface, run by the Python of its own environment; knows nothing of this project.

`python deface_alone.py warm VIEW RUNS SECONDS PHOTO` prints what one photo takes, file to file, as the tool
does it; `python deface_alone.py find VIEW FILE.npy [VIEW FILE.npy…]` prints the boxes found in pictures and
the seconds. A view is WIDTHxHEIGHT as for `--scale`, or `whole`, the tool's default: the photo at its size.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import deface.deface
import numpy as np
from deface.centerface import CenterFace

THRESHOLD, MASK_SCALE = 0.2, 1.3  # the tool's defaults


def warm(network, runs, seconds, photo):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jpg"
        found, begun = [], time.perf_counter()
        for number in range(runs + 1):
            if number > 2 and time.perf_counter() - begun > seconds:
                break
            wall, cpu = time.perf_counter(), time.process_time()
            deface.deface.image_detect(
                photo, str(out), network, THRESHOLD, "blur", MASK_SCALE, True, False, False, False
            )
            if number:  # the first warms up
                found.append((time.perf_counter() - wall, time.process_time() - cpu))
        size = out.stat().st_size
    spent = [median(kind) for kind in zip(*found, strict=True)]
    return {"spent": spent, "bytes": size}


def find(network, words):
    found = []
    for number, (view, path) in enumerate(zip(words[::2], words[1::2], strict=True)):
        pixels, network.in_shape = np.load(path), seen(view)
        if number == 0:
            network(pixels, threshold=THRESHOLD)  # the first pass is slower
        begun = time.perf_counter()
        boxes, _ = network(pixels, threshold=THRESHOLD)
        seconds = time.perf_counter() - begun
        found.append({"seconds": seconds, "boxes": [list(map(float, each[:4])) for each in boxes]})
    return found


def seen(view):
    return None if view == "whole" else tuple(map(int, view.split("x")))


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if what == "warm":
        view, runs, seconds, photo = words
        centerface = CenterFace(in_shape=seen(view), backend="auto")
        print(json.dumps(warm(centerface, int(runs), float(seconds), photo)))
    else:
        print(json.dumps(find(CenterFace(backend="auto"), words)))
