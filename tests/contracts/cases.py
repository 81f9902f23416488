"""Every adapter with the stand-in for its service: what the contract suite runs over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from tests.standins.automatic1111 import Automatic1111StandIn
from tests.standins.bfl import BFLStandIn
from tests.standins.comfyui import ComfyUIStandIn
from tests.standins.fal import FalStandIn
from tests.standins.gemini import GeminiStandIn
from tests.standins.iopaint import IOPaintStandIn
from tests.standins.openai import OpenAIStandIn
from tests.standins.openai_compatible import (
    LiteLLMStandIn,
    LocalAIStandIn,
    SGLangStandIn,
    VLLMOmniStandIn,
)
from tests.standins.replicate import ReplicateStandIn
from tests.standins.server import StandIn
from tests.standins.stability import StabilityStandIn
from tests.standins.xai import XAIStandIn

from privateedit.providers.automatic1111 import Automatic1111
from privateedit.providers.bfl import BlackForestLabs
from privateedit.providers.comfyui import ComfyUI
from privateedit.providers.fal import Fal
from privateedit.providers.gemini import Gemini
from privateedit.providers.iopaint import IOPaint
from privateedit.providers.openai import OpenAI
from privateedit.providers.openai_compatible import OpenAICompatible
from privateedit.providers.replicate import Replicate
from privateedit.providers.service import Service
from privateedit.providers.stability import Stability
from privateedit.providers.xai import XAI


@dataclass(frozen=True)
class Case:
    """One way of using one service.

    Attributes:
        name: of the case.
        service: what makes the adapter.
        stand_in: the stand-in's class.
        model, options: as a person would set them.
        refuses: whether the service can say no with status 200.
        redraws: what it draws anew in this case: all of the picture, what is around the mask, or the mask.
        uploads: requests that picture and mask take together, each of them sent once.
        statuses: which of the fault matrix the service itself can answer with.
    """

    name: str
    service: Callable[[], Service]
    stand_in: type[StandIn]
    model: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    refuses: bool = True
    redraws: Literal["all", "around", "mask"] = "all"
    uploads: int = 1


CASES = (
    Case("openai", OpenAI, OpenAIStandIn),
    Case(
        "openai-fixed-size", OpenAI, OpenAIStandIn, model="gpt-image-1.5", options={"input_fidelity": "high"}
    ),
    Case("openai-stream", OpenAI, OpenAIStandIn, options={"stream": "true"}),
    Case("bfl", BlackForestLabs, BFLStandIn),
    Case("bfl-fill", BlackForestLabs, BFLStandIn, model="flux-pro-1.0-fill"),
    Case("replicate", Replicate, ReplicateStandIn),
    Case("fal", Fal, FalStandIn),
    Case("automatic1111", Automatic1111, Automatic1111StandIn, redraws="around"),
    Case("litellm", OpenAICompatible, LiteLLMStandIn, model="azure/some-image-model"),
    Case("vllm-omni", partial(OpenAICompatible, "vllm-omni"), VLLMOmniStandIn, redraws="around"),
    Case("sglang", partial(OpenAICompatible, "sglang"), SGLangStandIn),
    Case("localai", partial(OpenAICompatible, "localai"), LocalAIStandIn, model="sd", redraws="around"),
    Case("comfyui", ComfyUI, ComfyUIStandIn, redraws="around", uploads=2),
    Case("iopaint", IOPaint, IOPaintStandIn, refuses=False, redraws="around"),
    Case("stability-inpaint", Stability, StabilityStandIn),
    Case(
        "stability-search-and-replace",
        Stability,
        StabilityStandIn,
        model="search-and-replace",
        options={"search_prompt": "scarf"},
    ),
    Case("stability-relight", Stability, StabilityStandIn, model="replace-background-and-relight"),
    Case("stability-sd3", Stability, StabilityStandIn, model="sd3"),
    Case("stability-structure", Stability, StabilityStandIn, model="structure"),
    Case("gemini", Gemini, GeminiStandIn),
    Case("xai", XAI, XAIStandIn),
)


@dataclass(frozen=True)
class Wish:
    """More than a picture and words, of a service that takes it: what the suite of errands runs over.

    Attributes:
        case: of `CASES`, by name.
        beside: how many further pictures.
        count: how many results.
        where: whether it is told where to edit.
    """

    case: str
    beside: int = 0
    count: int = 1
    where: bool = False

    @property
    def of(self) -> Case:
        """The case."""
        return next(case for case in CASES if case.name == self.case)


WISHES = (
    Wish("openai", beside=2, count=3, where=True),
    Wish("openai-fixed-size", beside=1, where=True),
    Wish("openai-stream", beside=1, where=True),
    Wish("litellm", beside=2, count=2, where=True),
    Wish("gemini", beside=3),
)
