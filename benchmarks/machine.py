"""What was measured on: cores, processor, memory, versions; and how busy it is."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("isal", "numpy", "onnxruntime", "opencv-python-headless", "pillow", "zlib-ng")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def facts() -> dict[str, str | int | None]:
    """Return what figures depend on."""
    return {
        "processor": _line("/proc/cpuinfo", r"model name\s*:\s*(.+)") or platform.processor() or None,
        "cores": cores(),
        "memory_mib": int(_line("/proc/meminfo", r"MemTotal:\s+(\d+)") or 0) // 1024 or None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
        "threads": os.environ.get("OMP_NUM_THREADS"),  # noqa: TID251 (it changes what is measured)
    }


def sentence() -> str:
    """Return the same for people."""
    known = facts()
    libraries = ", ".join(f"{name} {known[name]}" for name in LIBRARIES)
    memory = f"{known['memory_mib']} MiB" if known["memory_mib"] else "unknown memory"
    where = f"{known['processor'] or 'An unnamed processor'}, {known['cores']} cores, {memory}"
    return f"{where}. Python {known['python']}, {libraries}."


def _line(path: str, pattern: str) -> str | None:
    try:
        found = re.search(pattern, Path(path).read_text("utf-8"))
    except OSError:
        return None
    return found[1].strip() if found else None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
