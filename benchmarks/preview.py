"""How quickly the page answers while a slider moves, in short; `preview_latency` measures at length."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import fresh
from benchmarks.effort import Effort, Photos
from benchmarks.table import Row

TITLE = (
    "The page's previews while a slider moves, from the request to the last byte, in milliseconds; busy is "
    "while the leak meter works, which is the last column."
)


def rows(effort: Effort, photos: Photos) -> Iterator[Row]:
    sizes = [each for each in effort.megapixels if each <= 12] or [min(effort.megapixels)]
    words = ("--json", "--moves", effort.moves, "--faces", 1, "--megapixels", *sizes)
    yield from fresh.told("preview_latency", *words)
