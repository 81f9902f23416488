"""Stable Diffusion in this process, through Hugging Face Diffusers, from a model on this device's disk.

Inpainting with a latent diffusion model: Rombach et al., "High-Resolution Image Synthesis with Latent
Diffusion Models", CVPR 2022. Torch and Diffusers are loaded when the first picture is edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import Image

from privateedit.core.edit import EditResult, Instruction
from privateedit.core.framing import Framing
from privateedit.core.mask import Hidden
from privateedit.core.payload import Payload
from privateedit.core.photo import Pixels
from privateedit.errors import (
    ContentRefused,
    ExtraMissing,
    InputError,
    ProviderError,
    UnknownInstruction,
)
from privateedit.providers.diffusion import OPTIONS, Area, Dials, diffusion_frame
from privateedit.providers.service import MaskUse, Profile, Redraws

Inpaint = Callable[[str, Pixels, Hidden, Dials], Pixels]
"""Draws a picture anew where it is marked, as words and dials say."""

_INSTALL = "This needs an optional part; run: pip install 'privateedit[diffusers]'."
_BROKEN = (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, ImportError)


PROFILE = Profile(
    name="diffusers",
    title="Stable Diffusion in this process",
    base_url="",
    key_needed=False,
    redraws=Redraws.EVERYTHING,
    mask=MaskUse.EXACT,
    retention="nothing leaves this device",
    options=OPTIONS,
)
"""Facts about it; its model is a folder on this device."""


class DiffusersEditor:
    """Edits on the device with a model of the user's own; nothing is sent and nothing is fetched.

    Args:
        decode: turns the payload's bytes into H×W×3 uint8 RGB pixels.
        model: folder of a pipeline in Diffusers' format, with weights as safetensors.
        options: what a person set by name, from `diffusion.OPTIONS`.
        load: from that folder to a function that inpaints.

    Raises:
        InputError: an option cannot be used.
    """

    name = "diffusers"
    local = True

    def __init__(
        self,
        decode: Callable[[bytes], Pixels],
        model: str,
        options: Mapping[str, str] = MappingProxyType({}),
        load: Callable[[Path], Inpaint] | None = None,
    ) -> None:
        if unknown := sorted(set(options) - set(OPTIONS)):
            raise InputError(f"Diffusers has no option {unknown[0]!r}; it has: {', '.join(OPTIONS)}.")
        self._decode, self._model = decode, model
        self._dials = Dials().set_by(options)
        self._load = load or loaded_pipeline
        self._inpaint: Inpaint | None = None

    def frame(self, width: int, height: int, wanted: Framing) -> Framing:
        """Return a PNG whose sides are multiples of 8.

        Raises:
            InputError: no such size holds the photo.
        """
        return diffusion_frame(width, height, wanted)

    def edit(self, payload: Payload, instruction: Instruction) -> EditResult:
        """Return the payload's picture, drawn anew as asked: all but what is masked, unless set otherwise.

        Raises:
            UnknownInstruction: a preset was asked for; a model takes words.
            InputError: no model lies in the folder.
            ExtraMissing: the extra `diffusers` is not installed.
            ContentRefused: the model's own safety checker refused the result.
            ProviderError: the model failed, or memory did not suffice.
        """
        if instruction.prompt is None:
            raise UnknownInstruction("Diffusers takes a prompt, no presets.")
        if self._inpaint is None:
            self._inpaint = self._load(_model_folder(self._model))
        sent = self._decode(payload.data)
        marked = {
            Area.AROUND: ~payload.hidden,
            Area.MASK: payload.hidden if payload.hidden.any() else ~payload.hidden,
            Area.ALL: np.ones_like(payload.hidden),
        }[self._dials.area]
        return EditResult(self._inpaint(instruction.prompt, sent, marked, self._dials), self.name)


def _model_folder(model: str) -> Path:
    """Return the folder of a pipeline; names of models on a hub are none."""
    folder = Path(model).expanduser()
    if not model or not (folder / "model_index.json").is_file():
        raise InputError("Name the folder of a Diffusers model on this device (it holds model_index.json).")
    return folder


def loaded_pipeline(folder: Path) -> Inpaint:
    """Load a pipeline from a folder, without any connection, on the fastest device there is.

    Raises:
        ExtraMissing: the extra `diffusers` is not installed.
        InputError: what lies in the folder cannot be loaded.
    """
    torch, library = _libraries()
    device = _device(torch)
    try:
        pipeline = library.AutoPipelineForInpainting.from_pretrained(
            str(folder),
            local_files_only=True,
            use_safetensors=True,  # the older format can run code
            torch_dtype=torch.float16 if device == "cuda" else torch.float32,
        ).to(device)
    except _BROKEN as error:
        raise InputError("The model in that folder cannot be loaded for inpainting.") from error
    pipeline.set_progress_bar_config(disable=True)

    def inpaint(prompt: str, sent: Pixels, marked: Hidden, dials: Dials) -> Pixels:
        return _inpainted(pipeline, _asked(torch, prompt, sent, marked, dials))

    return inpaint


def _libraries() -> tuple[Any, Any]:
    """Return Torch and Diffusers, told to stay offline and to keep the words out of their logs."""
    try:
        import torch  # noqa: PLC0415 (heavy)
        from huggingface_hub import constants  # noqa: PLC0415

        constants.HF_HUB_OFFLINE = True
        import transformers  # noqa: PLC0415, I001 (Diffusers looks for it when it is loaded itself)
        import diffusers  # noqa: PLC0415
    except ImportError:
        raise ExtraMissing(_INSTALL) from None
    for library in (transformers, diffusers):
        library.utils.logging.set_verbosity_error()  # a warning would repeat a prompt that is too long
        library.utils.logging.disable_progress_bar()
    return torch, diffusers


def _device(torch: Any) -> str:  # noqa: ANN401 (loaded late)
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _asked(torch: Any, prompt: str, sent: Pixels, marked: Hidden, dials: Dials) -> dict[str, Any]:  # noqa: ANN401
    """Return what a pipeline is called with; in its mask white is drawn anew."""
    rows, columns = marked.shape
    asked = {
        "prompt": prompt,
        "image": Image.fromarray(sent),
        "mask_image": Image.fromarray(np.where(marked, 255, 0).astype(np.uint8)),
        "width": columns,
        "height": rows,
        "strength": dials.denoise,
        "num_inference_steps": dials.steps,
        "guidance_scale": dials.guidance,
    }
    if dials.negative:
        asked["negative_prompt"] = dials.negative
    if dials.seed is not None:
        asked["generator"] = torch.Generator("cpu").manual_seed(dials.seed)
    return asked


def _inpainted(pipeline: Any, asked: dict[str, Any]) -> Pixels:  # noqa: ANN401
    try:
        result = pipeline(**asked)
    except _BROKEN as error:
        raise ProviderError(
            "The model failed while it drew; with too little memory, a smaller --max-side helps."
        ) from error
    if any(getattr(result, "nsfw_content_detected", None) or ()):
        raise ContentRefused("The model's safety checker refused what it drew.")
    return np.asarray(result.images[0].convert("RGB"), np.uint8)
