"""Batches on one machine: `python -m benchmarks.batch [--photos 200] [--many 10000] [--plot FILE.png]`.

Two workers against one on the same photos, after a first batch that warms the disk; what keeping records
costs beside one writer; and the memory of the batch and of its workers while many small photos go through.
`--many 0` leaves the last one out. Linux: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

from benchmarks.batch_photos import begun, children, command, environment, generate

SAMPLE = 1.0  # seconds
SENDS = 200


def seconds_of(photos: Path, home: Path, name: str, workers: int) -> tuple[float, float, float]:
    """Return seconds of a batch, those from its first photo's end to its last one's, and of processors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = command(photos, "-o", home / name, "--mask-only", "--workers", workers)
    start = time.perf_counter()
    subprocess.run(words, env=environment(home / f"{name}-state"), check=True, capture_output=True)
    took = time.perf_counter() - start
    ends = sorted(path.stat().st_mtime for path in (home / name).rglob("*.png"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, ends[-1] - ends[0], busy


def speed_up(home: Path, count: int, side: int, turns: int) -> list[dict[str, object]]:
    """Return a row a number of workers; the rate is that of the work itself, without the start."""
    generate(home / "photos", count, side)
    seconds_of(home / "photos", home, "warm", 2)
    rows = []
    for workers in (1, 2):
        found = [seconds_of(home / "photos", home, f"w{workers}-{turn}", workers) for turn in range(turns)]
        whole, working, busy = (statistics.median(each) for each in zip(*found, strict=True))
        rate = (count - 1) / working
        rows.append(
            {"workers": workers, "s": round(whole, 1), "a second": round(rate, 2), "CPU s": round(busy, 1)}
        )
    for row in rows:
        row["ratio"] = round(row["a second"] / rows[0]["a second"], 2)
        row["ratio whole"] = round(rows[0]["s"] / row["s"], 2)
    return rows


def records(folder: str) -> None:
    """Write down sends as a worker of a masking batch does."""
    import numpy as np

    from privateedit.core.photo import Photo
    from privateedit.core.record import Intent, Outcome, Result
    from privateedit.errors import Sent
    from privateedit.wiring import _records_in

    kept = _records_in(Path(folder))
    for number in range(SENDS):
        pixels = np.random.default_rng([number, id(folder) % 1000]).integers(0, 256, (256, 256, 3), np.uint8)
        photo = Photo(pixels)
        name = kept.ledger.name(photo)
        facts = {"size": 1, "media_type": "image/png", "width": 1, "height": 1, "sealed": True}
        identity = kept.journal.intend(Intent("by hand", False, "0" * 64, photo=name, **facts))
        kept.ledger.reveal(photo, np.ones((256, 256), np.bool_))
        kept.journal.conclude(identity, Outcome(Result.WRITTEN, Sent.UNKNOWN))


def cost_of_records(home: Path) -> list[dict[str, object]]:
    """Return how long a send's records take, with one process and with several at once."""
    rows = []
    for count in (1, 2, 4):
        hands = [
            get_context("spawn").Process(target=records, args=(str(home / f"records-{count}"),))
            for _ in range(count)
        ]
        start = time.perf_counter()
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        took = time.perf_counter() - start
        rows.append({"writers": count, "ms a send": round(1000 * took / (SENDS * count), 1)})
    return rows


def resident(pid: int) -> float:
    """Return a process's resident memory in MiB; 0 when it has ended."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def memory(home: Path, count: int, side: int, plot: Path | None, most: float) -> list[dict[str, object]]:
    """Run many photos through, for so many seconds at most; return memory at the beginning and at the end."""
    generate(home / "many", count, side)
    words = command(home / "many", "-o", home / "many-out", "--mask-only", "--workers", 2)
    seen: list[tuple[float, int, float, float]] = []
    start = time.perf_counter()
    with begun(words, environment(home / "many-state"), home / "many.log") as process:
        while process.poll() is None:
            time.sleep(SAMPLE)
            if time.perf_counter() - start > most:
                process.send_signal(signal.SIGINT)
                most = float("inf")
            hands = [resident(each) for each in children(process.pid)] if process.poll() is None else []
            hands = [each for each in hands if each > 60]
            lines = home / "many-out" / "outcomes.jsonl"
            done = sum(1 for _ in lines.open("rb")) if lines.exists() else 0
            if hands and done:
                seen.append((time.perf_counter() - start, done, resident(process.pid), max(hands)))
        code = process.returncode
    if plot is not None:
        draw(seen, plot)
    rows = []
    for part, some in (
        ("second tenth", seen[len(seen) // 10 : len(seen) // 5]),
        ("last tenth", seen[-len(seen) // 10 :]),
    ):
        batch, worker = (round(statistics.median(each[at] for each in some)) for at in (2, 3))
        rows.append(
            {"part": part, "photos": some[-1][1], "batch MiB": batch, "worker MiB": worker, "code": code}
        )
    return rows


def draw(seen: list[tuple[float, int, float, float]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 3), dpi=110)
    axes.plot([each[1] for each in seen], [each[3] for each in seen], label="larger of two workers")
    axes.plot([each[1] for each in seen], [each[2] for each in seen], label="the batch")
    axes.set(xlabel="photos done", ylabel="resident memory, MiB", ylim=(0, None), xlim=(0, None))
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path)


def main() -> int:
    parser = argparse.ArgumentParser(description=re.sub(r"\n+", " ", __doc__ or ""))
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--side", type=int, default=1000)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--small", type=int, default=96)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="of the many, at most")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    tables = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        if asked.photos:
            tables["workers"] = speed_up(home, asked.photos, asked.side, asked.turns)
            tables["records"] = cost_of_records(home)
        if asked.many:
            tables["memory"] = memory(home, asked.many, asked.small, asked.plot, asked.seconds)
    if asked.json:
        print(json.dumps(tables, indent=2))
        return 0
    for title, rows in tables.items():
        print(title)
        print("  ".join(f"{name:>12}" for name in rows[0]))
        for row in rows:
            print("  ".join(f"{value!s:>12}" for value in row.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
