"""Wall and processor seconds of a call, of several in turns, and the memory it takes at its peak."""

from __future__ import annotations

import re
import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

Action = Callable[[], object]
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Spent(NamedTuple):
    """Seconds on the clock, and of processors: all threads, which other programs disturb less."""

    wall: float
    cpu: float

    @property
    def ms(self) -> float:
        return round(1000 * self.wall, 1)

    @property
    def cpu_ms(self) -> float:
        return round(1000 * self.cpu, 1)


def spent(action: Action) -> Spent:
    """Return what one call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def in_turns(actions: Mapping[str, Action], runs: int, seconds: float) -> dict[str, Spent]:
    """Return the medians of `runs` rounds in which each action has its turn.

    What else the machine does meets all of them alike, so that their ratios hold where their times do not.
    After `seconds`, two rounds are enough.
    """
    measured: dict[str, list[Spent]] = {name: [] for name in actions}
    begun = time.perf_counter()
    for number in range(runs):
        if number >= 2 and time.perf_counter() - begun > seconds:
            break
        for name, action in actions.items():
            measured[name].append(spent(action))
    return {name: middle(each) for name, each in measured.items()}


def middle(found: list[Spent]) -> Spent:
    """Return the medians."""
    return Spent(median(each.wall for each in found), median(each.cpu for each in found))


def forget_peak() -> None:
    """Let the peak of memory begin anew, at what is resident now; where Linux offers that."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")


def peak_mib() -> float:
    """Return the most that was resident since then, or since the process began.

    The system's own count of a process starts at that of its parent, so Linux' count is taken where it is.
    """
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_mib() -> float:
    """Return what is resident now."""
    return _status("VmRSS") or peak_mib()


def _status(name: str) -> float | None:
    if not _STATUS.exists():
        return None
    found = re.search(rf"{name}:\s+(\d+)", _STATUS.read_text())
    return int(found[1]) / 1024 if found else None
