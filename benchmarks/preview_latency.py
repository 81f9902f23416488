"""How quickly the page answers while a slider moves: `python -m benchmarks.preview_latency --help`.

A server on loopback, one photo after another, previews asked for as the page does it; milliseconds from the
request to the last byte of the answer. Beside them the leak meter, which may take longer, and opening the
photo. One more row measures sliders that move while the leak meter is at work.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import cv2
import httpx2
import numpy as np
from PIL import Image

MOVES = 40
SIZES, ACROSS = (1.0, 12.0, 48.0), (1, 6)
LOOKS = (
    {"coverage": "face"},
    {"coverage": "head"},
    {"trust": "high"},
    {"trust": "none"},
    {"fill": "noise"},
    {"shape": "contour"},
    {"strokes": [{"kind": "brush", "radius": 40, "points": [[10, 10], [400, 300]]}]},
)


def photo(megapixels: float, across: int) -> bytes:
    """Return a JPEG of that size with a public-domain portrait as many times beside each other."""
    from skimage import data

    one = data.astronaut()[:384, 64:448]
    row = np.concatenate([one] * across, 1)
    height = round((megapixels * 1e6 / 1.5) ** 0.5)
    width = round(height * 1.5)
    ratio = min(width / row.shape[1], height / row.shape[0])
    fitted = cv2.resize(row, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_CUBIC)
    below, beside = height - fitted.shape[0], width - fitted.shape[1]
    pixels = cv2.copyMakeBorder(fitted, 0, max(0, below), 0, max(0, beside), cv2.BORDER_REPLICATE)
    written = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(written, "JPEG", quality=90)
    return written.getvalue()


@contextmanager
def signed_in() -> Iterator[httpx2.Client]:
    """Give a client that has the page open, on a server of its own."""
    from privateedit.server import serving
    from privateedit.server.wishes import Policy

    wanted = serving.Wanted(host="127.0.0.1", port=0, policy=Policy({}, {}), upstream="studio")
    guardian = serving.guardian_of(wanted)
    serving.warm()
    server = serving.server_of(guardian, wanted.host, wanted.port)
    ports: list[int] = []
    listening = threading.Event()
    server.listening = lambda port: (ports.append(port), listening.set())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    listening.wait(30)
    with httpx2.Client(base_url=f"http://127.0.0.1:{ports[0]}", timeout=120) as client:
        ticket = guardian.visits.ticket()
        key = client.post("/api/sign-in", json={"ticket": ticket}).json()["key"]
        client.headers["authorization"] = f"Bearer {key}"
        yield client
    server.should_exit = True
    thread.join(30)


def timed(ask: Callable[[], httpx2.Response]) -> float:
    """Return milliseconds until the answer was there."""
    begun = time.perf_counter()
    ask().raise_for_status()
    return (time.perf_counter() - begun) * 1e3


def measured(client: httpx2.Client, megapixels: float, across: int, count: int) -> dict[str, float | str]:
    """Return one row."""
    data = photo(megapixels, across)
    begun = time.perf_counter()
    told = client.post("/api/photos", files={"photo": ("photo.jpg", data)}).json()
    opened = time.perf_counter() - begun
    path = f"/api/photos/{told['id']}"
    moves = list(itertools.islice(itertools.cycle(LOOKS), count))

    def previews() -> list[float]:
        looks = ({**look, "grow": 0.01 * number} for number, look in enumerate(moves))
        return [timed(lambda said=look: client.post(f"{path}/preview", json=said)) for look in looks]

    first = previews()[: len(LOOKS)]  # what is background is told with the first of them
    quiet = previews()
    meter = [timed(lambda: client.post(f"{path}/leaks", json={"coverage": "face"})) for _ in range(5)]
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            client.post(f"{path}/leaks", json={"coverage": "face"})

    beside = threading.Thread(target=watch)
    beside.start()
    busy = previews()
    stop.set()
    beside.join()
    client.delete(path)
    return {
        "photo": f"{megapixels:g} MP",
        "faces": len(told["faces"]),
        "open s": round(opened, 2),
        "p50 ms": round(float(np.percentile(quiet, 50))),
        "p95 ms": round(float(np.percentile(quiet, 95))),
        "first max": round(max(first)),
        "busy p50": round(float(np.percentile(busy, 50))),
        "busy p95": round(float(np.percentile(busy, 95))),
        "meter ms": round(float(np.median(meter))),
    }


def run(sizes: Sequence[float], faces: Sequence[int], moves: int) -> list[dict[str, float | str]]:
    """Return a row a photo."""
    with signed_in() as client:
        return [measured(client, size, across, moves) for size in sizes for across in faces]


def main() -> None:
    reads = argparse.ArgumentParser(prog="python -m benchmarks.preview_latency")
    reads.add_argument("--json", action="store_true")
    reads.add_argument("--megapixels", type=float, nargs="+", default=SIZES)
    reads.add_argument("--faces", type=int, nargs="+", default=ACROSS)
    reads.add_argument("--moves", type=int, default=MOVES, help="of the slider")
    said = reads.parse_args()
    rows = run(said.megapixels, said.faces, said.moves)
    if said.json:
        print(json.dumps(rows))
        return
    print("  ".join(f"{name:>9}" for name in rows[0]))
    for row in rows:
        print("  ".join(f"{value:>9}" for value in row.values()))


if __name__ == "__main__":
    main()
