"""What a photo costs, and from that a million and a billion: `python -m benchmarks.scale [--price 0.04]`.

Processor time is the slope between a small and a larger batch of 12-megapixel photos, so that the start of
the processes does not count; everything else of a batch does: state, journal, contact sheet. Bytes are what
a batch of small photos leaves on the disk; they do not depend on a photo's size, except for the outlines.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from benchmarks.batch_photos import command, environment, generate
from benchmarks.portrait import portrait

CORES = 64
"""Of the machine whose hours are told."""
PER_MINUTE = (500, 10_000)
"""Pictures a minute that a service may take; look yours up."""
ANSWERS, BYTES = (1.6, 12), 4
"""Megapixels of what comes back, and bytes for each pixel that there is room for."""
HOUR, MINUTES_A_DAY = 3600, 1440
Rows = list[dict[str, object]]


def large(folder: Path, count: int) -> Path:
    """Write so many 12-megapixel photos that differ."""
    folder.mkdir()
    portrait(folder / "0.jpg")
    pixels = cv2.imread(str(folder / "0.jpg"))
    for number in range(1, count):
        shifted = np.roll(pixels, 16 * number, axis=1)
        cv2.imwrite(str(folder / f"{number}.jpg"), shifted, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return folder


def run(words: list[str], state: Path) -> tuple[float, float]:
    """Return seconds of processors, and on the clock."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(words, env=environment(state), check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return busy, time.perf_counter() - start


def slopes(home: Path, few: int, many: int, workers: int) -> Rows:
    """Return the processors' seconds that one more photo takes, and a worker's memory at its peak."""
    photos = large(home / "large", many)
    (home / "few").mkdir()
    for number in range(few):
        (home / "few" / f"{number}.jpg").hardlink_to(photos / f"{number}.jpg")
    rows = []
    for kind in ("mask", "restore"):
        found = []
        for folder, count in ((home / "few", few), (photos, many)):
            masked = home / f"mask-{count}"
            what = ("--mask-only",) if kind == "mask" else ("--restore-from", masked)
            words = command(folder, "-o", home / f"{kind}-{count}", *what, "--workers", workers)
            found.append(run(words, home / f"state-{count}")[0])
        seconds = round((found[1] - found[0]) / (many - few), 2)
        # Of the largest process so far; restoring, which comes second, takes more than masking.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        rows.append({"kind": kind, "CPU s a photo": seconds, "peak MiB of a worker": peak})
    return rows


def kept(home: Path, count: int) -> Rows:
    """Return what a masked photo leaves on the disk, without its output: bytes, bytes of blocks, files."""
    generate(home / "small", count, 96)
    run(command(home / "small", "-o", home / "out", "--mask-only", "--workers", 2), home / "state")
    places = {
        "state of the batch": [home / "out" / ".privateedit-batch" / "photos.sqlite"],
        "outcomes.jsonl": [home / "out" / "outcomes.jsonl"],
        "contact sheet": list((home / "out" / "contact-sheet").iterdir()),
        "journal": [home / "state" / "journal.jsonl"],
        "ledger": list((home / "state" / "ledger").iterdir()),
        "handovers": list((home / "state" / "handovers").iterdir()),
    }
    rows = []
    for what, paths in places.items():
        found = [path.stat() for path in paths]
        size, blocks = sum(each.st_size for each in found), 512 * sum(each.st_blocks for each in found)
        files = round(len(found) / count, 2)
        rows.append(
            {"kept": what, "bytes": size // count, "on the disk": blocks // count, "files a photo": files}
        )
    return rows


def roll(home: Path, count: int) -> Rows:
    """Return what the machine with the state does for a photo, all of it after one another."""
    from privateedit.batch.cluster_desk import ClusterDesk
    from privateedit.batch.limits import Limits
    from privateedit.batch.planning import plan
    from privateedit.batch.roll import Roll
    from privateedit.batch.sources import Found
    from privateedit.batch.workplace import Workplace

    rows = []
    for kind in ("mask", "edit"):
        place = Workplace(home / f"roll-{kind}")
        place.make()
        base = Roll(place.database)
        base.salt(b"0" * 16)
        names = ((str(each).encode(), Found(0, f"{each:06}.jpg")) for each in range(count))
        plan(base, names, lambda name: ".png", lambda out: False)
        desk = ClusterDesk(place, Limits())
        start = time.perf_counter()
        while (claimed := desk.claim(1)) is not None:
            if kind == "edit":
                desk.ask(1, "begin_send", claimed.number)
                desk.ask(1, "keep", claimed.number, b"answer", {})
            delivered = place.deliver(claimed.number, "1", b"output")  # by a worker, elsewhere
            desk.ask(1, "finish", claimed.number, claimed.out, delivered, {})
        took = time.perf_counter() - start
        desk.end()
        base.close()
        rows.append({"kind": kind, "ms a photo": round(1000 * took / count, 1)})
    return rows


def room(home: Path, count: int) -> Rows:
    """Return what it takes to have room for an answer before a picture leaves, one after the other."""
    from privateedit.batch.returned import Returned

    rows = []
    folder = home / "room"
    folder.mkdir()
    for megapixels in ANSWERS:
        took = []
        for number in range(count):
            start = time.perf_counter()
            Returned(folder).reserve(number, round(BYTES * megapixels * 1e6))
            took.append(1000 * (time.perf_counter() - start))
            Returned(folder).release(number)
        middle, most = statistics.median(took), max(took)
        rows.append({"answer MP": megapixels, "ms": round(middle, 1), "at most": round(most, 1)})
    return rows


def model(cpu: Rows, disk: Rows, price: float) -> Rows:
    """Return what many photos take; a whole edit by a service counts as a mask and a restore."""
    seconds = sum(float(str(row["CPU s a photo"])) for row in cpu)
    sizes = {str(row["kept"]): int(str(row["on the disk"])) for row in disk}
    node = sum(sizes[each] for each in ("journal", "ledger", "handovers"))
    driver = sum(sizes.values()) - node
    rows = []
    for photos in (1_000_000, 1_000_000_000):
        hours = photos * seconds / HOUR
        row: dict[str, object] = {
            "photos": photos,
            "core-hours": round(hours),
            f"hours of {CORES} cores": round(hours / CORES, 1),
            "price": round(hours * price),
            "driver GB": round(photos * driver / 1e9, 1),
            "nodes GB": round(photos * node / 1e9, 1),
        }
        for rate in PER_MINUTE:
            row[f"days at {rate} a minute"] = round(photos / rate / MINUTES_A_DAY, 1)
            row[f"cores busy at {rate}"] = round(rate * seconds / 60, 1)
        rows.append(row)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=re.sub(r"\n+", " ", __doc__ or ""))
    parser.add_argument("--few", type=int, default=4)
    parser.add_argument("--many", type=int, default=16)
    parser.add_argument("--small", type=int, default=200)
    parser.add_argument("--rooms", type=int, default=24, help="of each size")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--price", type=float, default=0.04, help="of a core for an hour")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cpu = slopes(Path(folder), asked.few, asked.many, asked.workers)
        disk = kept(Path(folder), asked.small)
        asks = roll(Path(folder), asked.small)
        rooms = room(Path(folder), asked.rooms)
    tables = {
        "a photo": cpu,
        "bytes": disk,
        "state": asks,
        "room": rooms,
        "scale": model(cpu, disk, asked.price),
    }
    if asked.json:
        print(json.dumps(tables, indent=2))
        return 0
    for title, rows in tables.items():
        print(title)
        for row in rows:
            print("  " + "  ".join(f"{name}: {value}" for name, value in row.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
