"""Small photos with a red square for a face, parts that see it, and a bench that needs no model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from tests.doubles.marked_photos import RED, SeesColor
from tests.doubles.ports import NothingMissed, simple_parts

from privateedit.batch import planning
from privateedit.batch.bench import Bench
from privateedit.batch.desk import LocalDesk
from privateedit.batch.limits import Limits
from privateedit.batch.order import Kind, Order, place_of
from privateedit.batch.roll import Roll
from privateedit.batch.sources import Sources
from privateedit.batch.workplace import Workplace
from privateedit.codec import ByteInspector, PixelEncoder
from privateedit.core.concealment import Concealment

SALT = b"0123456789abcdef"


def marked(seed: int = 1, width: int = 120, height: int = 96) -> np.ndarray:
    """A picture that changes slowly, with a little noise and a red square."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0.0 : 1.0 : height * 1j, 0.0 : 1.0 : width * 1j]
    slopes = random.uniform(-60, 60, (2, 3))
    even = 130 + rows[..., None] * slopes[0] + columns[..., None] * slopes[1]
    pixels = (even + random.integers(-4, 5, even.shape)).astype(np.uint8)
    pixels[30:60, 40:70] = RED
    return pixels


def write_photos(folder: Path, *names: str, seed: int = 1) -> Path:
    """Write a photo under each name; a name that ends in `.broken` gets bytes that are none."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if "broken" in name:
            path.write_bytes(b"no picture")
        else:
            Image.fromarray(marked(seed + number)).save(path, "PNG")  # by content; the ending is a name
    return folder


def parts_that_see_red(**changes):
    usual = {
        "detector": SeesColor(RED),
        "searcher": NothingMissed(),
        "encoder": PixelEncoder(),
        "inspector": ByteInspector(),
    }
    return simple_parts(**{**usual, **changes})


def an_order(kind: Kind = Kind.MASK, **more) -> Order:
    return Order(kind, Concealment(), **more)


class Stage:
    """A folder of photos, planned, with a bench beside it and a clock that stands still."""

    def __init__(self, folder: Path, *names: str, order: Order | None = None, **more) -> None:
        self.photos = write_photos(folder / "photos", *names)
        self.out = folder / "out"
        self.order = order or an_order()
        self.workplace = Workplace(self.out)
        self.workplace.make()
        self.roll = Roll(self.workplace.database)
        self.roll.salt(SALT)
        self.now, self.waits = 1000.0, []
        self.plan()
        self.parts = more.pop("parts", None) or parts_that_see_red()
        self.bench = self.make_bench(**more)

    def plan(self, *inputs: Path) -> None:
        given = [str(each) for each in inputs] or [str(self.photos)]
        self.sources = Sources(given, None, self.out)
        roots = self.sources.roots
        found = ((place_of(SALT, roots[each.root].place(each.path)), each) for each in self.sources)

        def real_of(each):
            real = roots[each.root].real(each.path)
            return None if real is None else place_of(SALT, real)

        planning.plan(self.roll, found, self.order.ending_of, self.workplace.holds, real_of)

    def make_bench(self, editor=None, limits: Limits | None = None, wait=None) -> Bench:
        return Bench(
            self.order,
            self.sources.roots,
            LocalDesk(self.roll, self.workplace, limits or Limits(), lambda: self.now),
            self.parts,
            editor,
            wait=wait or self._wait,
        )

    def _wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.now += seconds
        return True

    def claim(self):
        return self.roll.claim(0, self.now)

    def work(self) -> list:
        """Work on every photo that can be had, and return what became of all."""
        while (claimed := self.claim()) is not None:
            self.bench.work(claimed)
        return self.outcomes()

    def outcomes(self) -> list:
        return list(self.roll.outcomes())
