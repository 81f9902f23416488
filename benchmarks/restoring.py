"""The way back from what a service returned, stage by stage, each with what limits it.

`python -m benchmarks.restoring PHOTO REGIME WIDTH HEIGHT OUT` masks a photo, hands it over, and writes what a
service could have made of it: the hole as it was (`hole`), the same before another backdrop (`backdrop`), or
with a stranger's face in it (`face`). The size may be the photo's `own`.
"""

from __future__ import annotations

import json
import sys
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from benchmarks import alone
from benchmarks.timing import Action
from privateedit import pipeline, restoring, wiring
from privateedit.codec import PixelEncoder, decode, encode_final
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.faces_again import LARGE, VIEW
from privateedit.core.finish import Finish, Size
from privateedit.core.hide_again import hide_again
from privateedit.core.identity import with_identity
from privateedit.core.output_size import sized
from privateedit.core.photo import Photo
from privateedit.core.place import place
from privateedit.core.scale import reduced
from privateedit.providers.studio.editor import StudioEditor


class Restoring:
    """What `privateedit edit` and `restore --size original` do once a picture is back, between the files."""

    def __init__(self, photo: bytes, edited: bytes, suffix: str = ".jpg") -> None:
        self.data, self.edited, self.suffix = photo, edited, suffix
        self.parts, self.chosen, self.finish = wiring.parts(), Concealment(), Finish(size=Size("original"))

    @cached_property
    def photo(self) -> Photo:
        return decode(self.data).photo

    @cached_property
    def returned(self) -> EditResult:
        return self.opened()

    @cached_property
    def concealed(self):
        return self.hide_again()

    @cached_property
    def placed(self):
        return self.place()

    @cached_property
    def restored(self):
        return self.reintegrate()

    def opened(self) -> EditResult:
        return EditResult(decode(self.edited).photo.pixels, "benchmark")

    def hide_again(self):
        return hide_again(self.photo, self.parts.handovers.recall(self.photo), self.parts)[0]

    def place(self):
        sent = self.concealed
        comparison = restoring.compared(sent, self.returned.pixels, self.parts)
        return comparison, place(comparison, sent.hidden_faces)

    @property
    def _target(self):
        return sized(self.returned.pixels, self.placed[1], self.photo, self.finish.size)

    def reintegrate(self):
        return restoring._at_size(self.concealed, self.returned.pixels, self._target, self.parts, self.finish)

    def compare(self):
        """Ask the recognizer whose face it sees; nothing without the extra `audit`."""
        if self.parts.likeness is None:
            return None
        comparison, placed = self.placed
        drawn = {face.id: each.drawn for each in placed if each.drawn for face in each.faces}
        report, pixels = self.restored.report, self.restored.pixels
        where = self._target.placements
        return with_identity(report, pixels, self.photo, comparison, where, drawn, self.parts.likeness)

    def edit(self) -> bytes:
        """Do what `edit` does once the picture is back."""
        return self._finished(pipeline.restore(self.concealed, self.opened(), self.parts, self.finish))

    def restore(self) -> bytes:
        """Do all that `restore` does: open both, mask the photo again, put the faces back."""
        return self._finished(self._remade())

    def _remade(self):
        """Return the result alone: `restore` lets go of everything else before it encodes that."""
        photo, returned = decode(self.data).photo, self.opened()
        again = pipeline.restore_by_hand(
            photo, self.chosen, returned, self.parts, self.finish, recalling=True
        )
        assert again.remembered
        return again.restored

    def _finished(self, restored) -> bytes:
        assert restored.pixels.shape == self.photo.pixels.shape
        return encode_final(restored.pixels, self.suffix)

    def stages(self) -> dict[str, Action]:
        """Return the stages in their order, and both wholes."""
        return {
            "open edited": self.opened,
            "mask again": self.hide_again,
            "place": self.place,
            "reintegrate": self.reintegrate,
            "compare": self.compare,
            "encode": lambda: encode_final(self.restored.pixels, self.suffix),
            "edit": self.edit,
            "restore": self.restore,
        }

    def prepare(self, name: str) -> None:
        """Have done what comes before a stage; before `restore` comes nothing, before `edit` the mask."""
        order = {"open edited": 0, "mask again": 1, "edit": 3, "place": 3, "reintegrate": 4, "restore": 0}
        done = ("photo", "returned", "concealed", "placed", "restored")
        for each in done[: order.get(name, len(done))]:
            getattr(self, each)

    def limit(self, name: str) -> Action | None:
        """Return what a stage cannot do without, alone and warm; None where nothing is known to limit it."""
        passes, photo = alone.Passes(), self.photo.pixels
        large = photo.shape[0] * photo.shape[1] >= LARGE
        hidden = passes.main_views(reduced(photo, VIEW) if large else photo)
        back = passes.main_views(self.returned.pixels)
        write = {".jpg": alone.jpeg, ".png": alone.png}[self.suffix]
        limits: dict[str, Action] = {
            "open": lambda: alone.decode(self.data),
            "open edited": lambda: alone.decode(self.edited),
            "mask again": lambda: passes.faces(hidden),
            "place": lambda: passes.faces(back),
            "reintegrate": passes.selfie_segmentation,
            "encode": lambda: write(self.restored.pixels),
        }
        edit = ("open edited", "place", "reintegrate", "encode")
        limits["edit"] = lambda: [limits[each]() for each in edit]
        limits["restore"] = lambda: [limits[each]() for each in ("open", "mask again", *edit)]
        if name in limits:
            limits[name]()  # the first call is not warm
        return limits.get(name)


def returned(photo: bytes, regime: str, size: tuple[int, int] | None) -> bytes:
    """Mask a photo, hand it over, and return the JPEG that a service could have made of it."""
    parts = wiring.parts()
    prepared = pipeline.mask(decode(photo).photo, Concealment(), parts)
    with pipeline.hand_over(prepared, parts):
        pass
    made = {"hole": _as_it_was, "backdrop": _before_backdrop, "face": _stranger_in}
    pixels = made[regime](prepared, parts)
    sized_ = pixels if size is None else cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return PixelEncoder().encode(np.asarray(sized_, np.uint8), "jpeg")


def _as_it_was(prepared, parts):
    return prepared.concealed.masked.pixels


def _before_backdrop(prepared, parts):
    """Let the studio put another backdrop behind the person, as most who retouch portraits ask for."""
    studio = StudioEditor(lambda data: decode(data).photo.pixels, parts.segmenter)
    return studio.edit(prepared.payload, Instruction(preset="backdrop-navy")).pixels


def _stranger_in(prepared, parts):
    """Paint another public-domain face into the hole, as generative services do."""
    from matplotlib import cbook
    from PIL import Image
    from tests.doubles.stranger import StrangerEditor

    with Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        hopper = Photo(np.asarray(image.convert("RGB")))
    (face,) = parts.detector.detect(hopper.pixels)
    # As large as the face it stands for: a larger one is placed by the scene alone.
    return StrangerEditor(hopper, face, share=0.62).edit(prepared.payload, Instruction("x")).pixels


if __name__ == "__main__":
    photo, regime, width, height, out = sys.argv[1:]
    size = None if width == "own" else (int(width), int(height))
    Path(out).write_bytes(returned(Path(photo).read_bytes(), regime, size))
    print(json.dumps(out))
