"""Every adapter with the stand-in for its service: what the contract suite runs over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.standins.bfl import BFLStandIn
from tests.standins.fal import FalStandIn
from tests.standins.gemini import GeminiStandIn
from tests.standins.openai import OpenAIStandIn
from tests.standins.replicate import ReplicateStandIn
from tests.standins.server import StandIn
from tests.standins.stability import StabilityStandIn
from tests.standins.xai import XAIStandIn

from privateedit.providers.bfl import BlackForestLabs
from privateedit.providers.fal import Fal
from privateedit.providers.gemini import Gemini
from privateedit.providers.openai import OpenAI
from privateedit.providers.replicate import Replicate
from privateedit.providers.stability import Stability
from privateedit.providers.xai import XAI


@dataclass(frozen=True)
class Case:
    """One way of using one service.

    Attributes:
        name: of the case.
        service: the adapter's class.
        stand_in: the stand-in's class.
        model, options: as a person would set them.
        refuses: whether the service can say no with status 200.
        statuses: which of the fault matrix the service itself can answer with.
    """

    name: str
    service: type
    stand_in: type[StandIn]
    model: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    refuses: bool = True


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
