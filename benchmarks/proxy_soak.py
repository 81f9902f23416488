"""A proxy under load for minutes: `python -m benchmarks.proxy_soak`; `--help` tells its options.

The server runs in a process of its own, so that its memory is its own; a stand-in of OpenAI on loopback gives
every picture back as it came. One client alone, then eight at once with a service that answers at once, then
with one that takes its time, then thirty-two at once. Prints a table and writes `soak.png`: the server's
resident memory over time. The proxy's own share is the time of a request less the service's.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import cv2
import httpx2  # noqa: TID251 (a client of the server)
import numpy as np

KEY = "sk-soak"
SIDE = 1000  # pixels: one megapixel
CLIENTS, BURST, SAMPLE = 8, 32, 0.2
WARM = 16


@dataclass
class Answer:
    """What one client saw: status, seconds in all and at the service, and how it was told to wait."""

    status: int
    seconds: float
    upstream: float
    retry_after: str | None
    sent: float


class Service:
    """OpenAI's images/edits, giving back what comes; it knows requests apart by a number in the prompt."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.seconds: dict[int, float] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                start = time.perf_counter()
                body = self.rfile.read(int(self.headers["content-length"]))
                time.sleep(service.delay)
                answer = returned(self.headers["content-type"], body)
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
                number = re.search(rb"number (\d+)", body)
                service.seconds[int(number[1])] = time.perf_counter() - start

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Service:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def returned(kind: str, body: bytes) -> bytes:
    """Return the answer that gives the form's picture back."""
    border = b"--" + kind.partition("boundary=")[2].encode()
    part = next(each for each in body.split(border) if b'name="image"' in each[:200])
    picture = part.partition(b"\r\n\r\n")[2][:-2]
    return json.dumps({"created": 1, "data": [{"b64_json": base64.b64encode(picture).decode()}]}).encode()


@contextmanager
def served(service: Service, folder: Path, more: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    """Run the server; give its process id, address and token."""
    environment = {
        **os.environ,  # noqa: TID251 (handed on)
        "OPENAI_API_KEY": KEY,
        "PRIVATEEDIT_OPENAI_BASE_URL": service.url,
        "PRIVATEEDIT_STATE_DIR": str(folder / "state"),
        **more,
    }
    command = [sys.executable, "-m", "privateedit", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        said = ""
        while (found := re.search(r"http://127\.0\.0\.1:\d+", said)) is None:
            line = process.stderr.readline()
            if not line:
                raise SystemExit(f"the server did not start: {said}")
            said += line
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield process.pid, found[0], (folder / "state" / "server-token").read_text().strip()
    finally:
        process.terminate()
        process.wait(60)
        process.stderr.close()


class Memory:
    """Looks at a process's resident memory, in MiB, until it is told to stop."""

    def __init__(self, pid: int) -> None:
        self._file = Path(f"/proc/{pid}/status")
        self.start = time.perf_counter()
        self.seen: list[tuple[float, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE):
            resident = re.search(r"VmRSS:\s+(\d+)", self._file.read_text())
            self.seen.append((time.perf_counter() - self.start, int(resident[1]) / 1024))

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def between(self, first: float, last: float) -> list[float]:
        return [resident for when, resident in self.seen if first <= when <= last]


class Clients:
    """Clients that ask again and again, each request with a number of its own."""

    def __init__(self, address: str, token: str, photos: Sequence[bytes], service: Service) -> None:
        self._address, self._token, self._photos, self._service = address, token, photos, service
        self._number = 0
        self._lock = threading.Lock()

    def ask(self, _: int = 0) -> Answer:
        with self._lock:
            self._number += 1
            number = self._number
        start = time.perf_counter()
        answer = httpx2.post(
            f"{self._address}/v1/images/edits",
            headers={"authorization": f"Bearer {self._token}"},
            data={"prompt": f"a warmer evening, number {number}"},
            files={"image": ("photo.jpg", self._photos[number % len(self._photos)], "image/jpeg")},
            timeout=300,
        )
        seconds = time.perf_counter() - start
        upstream = self._service.seconds.pop(number, 0.0)
        return Answer(answer.status_code, seconds, upstream, answer.headers.get("retry-after"), start)

    def ask_all(self, count: int, at_once: int) -> list[Answer]:
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(self.ask, range(count)))


def photos_of(folder: Path | None) -> list[bytes]:
    """Return JPEGs of about a megapixel: those of a folder, else public-domain portraits."""
    if folder is None:
        from skimage import data

        face = data.astronaut()
        pictures = [face, face[:, ::-1], face[:420, 60:480], face[:460]]
    else:
        read = (cv2.imread(str(each)) for each in sorted(folder.iterdir()) if each.is_file())
        pictures = [each[..., ::-1] for each in read if each is not None]
    return [jpeg(each) for each in pictures]


def jpeg(pixels: np.ndarray) -> bytes:
    scale = SIDE / float(np.sqrt(pixels.shape[0] * pixels.shape[1]))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = cv2.resize(np.ascontiguousarray(pixels), None, fx=scale, fy=scale, interpolation=way)
    return cv2.imencode(".jpg", sized[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


def row(name: str, answers: Sequence[Answer], took: float, resident: Sequence[float]) -> dict[str, object]:
    shares = sorted(each.seconds - each.upstream for each in answers if each.status == 200)
    refused = [each for each in answers if each.status == 503 and each.retry_after]
    return {
        "load": name,
        "requests": len(answers),
        "answered": len(shares),
        "asked back": len(refused),
        "errors": len(answers) - len(shares) - len(refused),
        "a second": round(len(shares) / took, 2),
        "own p50 s": round(statistics.median(shares), 2) if shares else None,
        "own p95 s": round(shares[int(0.95 * (len(shares) - 1))], 2) if shares else None,
        "MiB start": round(resident[0]) if resident else None,
        "MiB end": round(statistics.median(resident[-10:])) if resident else None,
        "MiB peak": round(max(resident, default=0)),
    }


def growth(memory: Memory, first: float, last: float) -> float:
    """Return MiB a minute between two moments, by a straight line through the lowest tenth of each slice.

    The lowest tenth is what is kept between requests; the rest is work under way.
    """
    edges = np.linspace(first, last, 13)
    lows = [
        float(np.percentile(found, 10)) for one, two in pairwise(edges) if (found := memory.between(one, two))
    ]
    middles = np.linspace(first, last, len(lows))
    return float(np.polyfit(middles, lows, 1)[0]) * 60


def plot(memory: Memory, stretches: Sequence[tuple[str, float, float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(10, 4.5), dpi=110)
    axes.plot(*zip(*memory.seen, strict=True), lw=0.8, color="#0969da")
    for index, (name, first, last) in enumerate(stretches):
        axes.axvspan(first, last, color=("#eaeef2", "#ddf4ff")[index % 2], zorder=0)
        axes.annotate(
            name, (first, 1.0), xycoords=("data", "axes fraction"), fontsize=7, va="bottom", rotation=12
        )
    axes.set(xlabel="seconds", ylabel="resident memory of the server, MiB")
    axes.set_ylim(bottom=0)
    figure.tight_layout()
    written = io.BytesIO()
    figure.savefig(written, format="png")
    pyplot.close(figure)
    path.write_bytes(written.getvalue())


def run(photos: Sequence[bytes], requests: int, out: Path, more: dict[str, str]) -> bool:
    """Print the table, write the plot, and return whether every request was answered or asked back."""
    rows, stretches = [], []
    with tempfile.TemporaryDirectory() as folder, Service() as service:
        with served(service, Path(folder), more) as (pid, address, token), Memory(pid) as memory:
            clients = Clients(address, token, photos, service)
            for name, count, at_once, delay in (
                ("warm-up", WARM, CLIENTS, 0.0),
                ("one client", max(requests // 10, 1), 1, 0.0),
                (f"{CLIENTS} clients", requests, CLIENTS, 0.0),
                (f"{CLIENTS} clients, service takes 2 s", max(requests // 4, CLIENTS), CLIENTS, 2.0),
                (f"{BURST} at once", BURST, BURST, 0.0),
            ):
                service.delay = delay
                first = time.perf_counter() - memory.start
                answers = clients.ask_all(count, at_once)
                last = time.perf_counter() - memory.start
                stretches.append((name, first, last))
                rows.append(row(name, answers, last - first, memory.between(first, last)))
                print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
            time.sleep(2)
            print(f"growth with {CLIENTS} clients: {growth(memory, *stretches[2][1:]):+.2f} MiB a minute")
            print(f"at rest: {memory.seen[-1][1]:.0f} MiB")
        plot(memory, stretches, out / "soak.png")
    return not any(each["errors"] for each in rows)


def main() -> int:
    reads = argparse.ArgumentParser(prog="python -m benchmarks.proxy_soak")
    reads.add_argument("--photos", type=Path, help="a folder of photos with faces")
    reads.add_argument("--requests", type=int, default=200)
    reads.add_argument("--out", type=Path, default=Path())
    reads.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="the server's environment"
    )
    said = reads.parse_args()
    more = dict(each.split("=", 1) for each in said.set)
    return 0 if run(photos_of(said.photos), said.requests, said.out, more) else 1


if __name__ == "__main__":
    sys.exit(main())
