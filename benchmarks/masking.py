"""A photo's way to a payload, stage by stage, each with what limits it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from benchmarks import alone
from benchmarks.timing import Action
from privateedit import pipeline, wiring
from privateedit.codec import PixelEncoder, decode
from privateedit.core.concealment import Concealment
from privateedit.core.seal import seal


class Known:
    """The faces that were found before, at no cost."""

    def __init__(self, faces) -> None:
        self.faces = faces

    def detect(self, pixels):
        return self.faces


class Masking:
    """What `privateedit mask` does between the files; what a stage needs is there once it was asked for."""

    def __init__(self, data: bytes) -> None:
        self.data, self.parts, self.chosen = data, wiring.parts(), Concealment()

    @cached_property
    def photo(self):
        return decode(self.data).photo

    @cached_property
    def faces(self):
        return self.parts.detector.detect(self.photo.pixels)

    @cached_property
    def concealed(self):
        return self.conceal()

    def conceal(self):
        return pipeline.hide(self.photo, self.chosen, replace(self.parts, detector=Known(self.faces)))

    def seal(self):
        ports = {name: getattr(self.parts, name) for name in ("encoder", "inspector", "entropy")}
        return seal(self.photo, self.concealed.masked, self.chosen.framing, **ports)

    def stages(self) -> dict[str, Action]:
        """Return the stages in their order, and the whole; the seal encodes as well."""
        return {
            "open": lambda: decode(self.data),
            "faces": lambda: self.parts.detector.detect(self.photo.pixels),
            "conceal": self.conceal,
            "encode": lambda: PixelEncoder().encode(self.concealed.masked.pixels, "png"),
            "seal": self.seal,
            "mask": lambda: pipeline.mask(decode(self.data).photo, self.chosen, self.parts),
        }

    def prepare(self, name: str) -> None:
        """Have done what comes before a stage; before the whole comes nothing."""
        needed = {"faces": ("photo",), "conceal": ("photo", "faces")}
        needed |= dict.fromkeys(("encode", "seal"), ("photo", "faces", "concealed"))
        for each in needed.get(name, ()):
            getattr(self, each)

    def limit(self, name: str) -> Action:
        """Return what a stage cannot do without, alone and warm."""
        passes, photo = alone.Passes(), self.photo.pixels
        main, second = passes.main_views(photo), passes.second_views(photo)
        limits: dict[str, Action] = {
            "open": lambda: alone.decode(self.data),
            "faces": lambda: passes.faces(main),
            "conceal": lambda: passes.center_face(second),
            "encode": lambda: alone.png(self.concealed.masked.pixels),
        }
        limits["seal"] = limits["encode"]
        limits["mask"] = lambda: [limits[each]() for each in ("open", "faces", "conceal", "encode")]
        limits[name]()  # the first call is not warm
        return limits[name]
