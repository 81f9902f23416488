"""How much is measured, and on which photos."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks import fresh


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        megapixels: sizes of the photo.
        runs: rounds of everything that is measured warm, at most.
        seconds: after which two rounds of one thing are enough.
        starts: rounds of whole processes.
        each_command: whether the start of every command is measured, not only of those used most.
        moves: of a slider.
        requests: to the proxy.
        largest_for_peers: megapixels beyond which a peer needs more memory than most devices have.
        photos: a folder with `boxes.json`, for comparing what detectors find.
    """

    megapixels: tuple[float, ...] = (1, 12, 48)
    runs: int = 5
    seconds: float = 3.0
    starts: int = 7
    each_command: bool = True
    moves: int = 14
    requests: int = 20
    largest_for_peers: float = 12
    photos: Path | None = None

    @property
    def usual(self) -> float:
        """Megapixels of the photo that whole commands get: 12, or the largest there is."""
        return 12 if 12 in self.megapixels else max(self.megapixels)


QUICK = Effort((12,), runs=1, seconds=0, starts=1, each_command=False, moves=7, requests=4)


class Photos:
    """The photos of one run in a folder, each made by a process of its own when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ran = folder, False

    def portrait(self, megapixels: float) -> Path:
        out = self._folder / f"portrait-{megapixels:g}.jpg"
        if not out.exists():
            fresh.told("portrait", megapixels, out)
        return out

    def edited(self, megapixels: float) -> Path:
        """Return what a service made of the masked photo, which has been handed over by then."""
        return self._came_back(megapixels, "face", "1024", "768")

    def before_backdrop(self, megapixels: float) -> Path:
        """Return the masked photo with another backdrop behind the person, and the hole as it was."""
        return self._came_back(megapixels, "backdrop", "1024", "768")

    def as_large(self, megapixels: float) -> Path:
        """Return the masked photo as one gives it back that changes neither size nor hole."""
        return self._came_back(megapixels, "hole", "own", "own")

    def _came_back(self, megapixels: float, *how: str) -> Path:
        out = self._folder / f"{how[0]}-{megapixels:g}-{how[1]}.jpg"
        if not out.exists():
            fresh.told("restoring", self.portrait(megapixels), *how, out)
        return out

    def run_once(self, megapixels: float = 1) -> None:
        """Run everything once unmeasured: a device in use has its files in memory, and bytecode on disk."""
        for kind in () if self._ran else ("mask", "restore"):
            fresh.told("stages", kind, kind, self.portrait(megapixels), self.edited(megapixels), 1, 0.0)
        self._ran = True
