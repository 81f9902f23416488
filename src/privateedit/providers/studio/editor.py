"""`StudioEditor`: decode, take the hole out, do the plan, put the hole back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from privateedit.core.edit import EditResult, Instruction
from privateedit.core.matte import Matte
from privateedit.core.payload import Payload
from privateedit.core.photo import Pixels
from privateedit.core.ports import PersonSegmenter
from privateedit.errors import ProviderError
from privateedit.providers.studio.backdrop import on_backdrop, on_blur
from privateedit.providers.studio.drawing import pencil_sketch, watercolor
from privateedit.providers.studio.grade import graded
from privateedit.providers.studio.headshot import headshot_frame
from privateedit.providers.studio.hole import Scene, scene_of
from privateedit.providers.studio.matte import person_matte
from privateedit.providers.studio.understand import Plan, understand

_DRAWINGS = {"pencil-sketch": pencil_sketch, "watercolor": watercolor}


class StudioEditor:
    """Edits on the device, the same way every time; hidden pixels come back exactly as they were sent.

    It sees what a service would see, the payload, and nothing else. Hidden pixels influence no visible one.

    Args:
        decode: turns the payload's bytes into H×W×3 uint8 RGB pixels.
        segmenter: tells person from background in the masked picture.
    """

    name = "studio"
    local = True

    def __init__(self, decode: Callable[[bytes], Pixels], segmenter: PersonSegmenter) -> None:
        self._decode = decode
        self._segmenter = segmenter

    def edit(self, payload: Payload, instruction: Instruction) -> EditResult:
        """Return the picture edited as asked: the payload's size, or a crop of it for a headshot.

        Raises:
            UnknownInstruction: some of what was asked cannot be done here; nothing was sent.
            ProviderError: the payload does not decode to its own size, or a backdrop was asked for and there
                is nobody to put before it.
        """
        plan = understand(instruction)
        sent = self._decode(payload.data)
        if sent.shape != (payload.height, payload.width, 3) or sent.dtype != np.uint8:
            raise ProviderError(
                "The studio editor could not read the payload: its size does not match its mask."
            )
        if payload.hidden.all():  # no visible pixel to edit
            return EditResult(sent, self.name)
        scene = scene_of(sent, payload.hidden)
        matte = self._matte(scene, plan)
        edited = _carried_out(plan, scene, matte)
        result = np.where(payload.hidden[..., None], sent, edited)
        if plan.headshot and matte is not None:
            result = result[headshot_frame(payload.hidden, matte.alpha).slices]
        return EditResult(result, self.name)

    def _matte(self, scene: Scene, plan: Plan) -> Matte | None:
        """Return the person's matte where the plan needs one."""
        if plan.background is None and not plan.headshot:
            return None
        matte = person_matte(scene, self._segmenter)
        if not matte.found:
            raise ProviderError("The studio editor found no person to put before another background.")
        return matte


def _carried_out(plan: Plan, scene: Scene, matte: Matte | None) -> Pixels:
    """Return uint8 H×W×3 after background, drawing and grades, so that paint covers a new backdrop."""
    pixels = scene.shown
    if matte is not None:
        background = plan.background or "backdrop-grey"
        blur = background == "blur-background"
        pixels = on_blur(scene, matte) if blur else on_backdrop(scene, matte, background)
    if plan.drawing is not None:
        pixels = _DRAWINGS[plan.drawing](scene.with_shown(pixels) if matte is not None else scene)
    grades = plan.grades
    if plan.headshot and not grades and plan.drawing is None:
        grades = ("headshot",)
    for grade in grades:
        pixels = graded(pixels, grade)
    return pixels
