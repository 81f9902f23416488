"""Which services there are: those that come along, and those that other packages add."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from privateedit.errors import InputError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from privateedit.providers.service import Service

GROUP = "privateedit.providers"
"""Entry points of this group name a class of the kind `service.Service`."""

SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "openai": "privateedit.providers.openai:OpenAI",
        "stability": "privateedit.providers.stability:Stability",
        "gemini": "privateedit.providers.gemini:Gemini",
        "bfl": "privateedit.providers.bfl:BlackForestLabs",
        "replicate": "privateedit.providers.replicate:Replicate",
        "fal": "privateedit.providers.fal:Fal",
        "xai": "privateedit.providers.xai:XAI",
        "automatic1111": "privateedit.providers.automatic1111:Automatic1111",
        "comfyui": "privateedit.providers.comfyui:ComfyUI",
        "iopaint": "privateedit.providers.iopaint:IOPaint",
        "openai-compatible": "privateedit.providers.openai_compatible:OpenAICompatible",
    }
)
"""What comes along, by name; loaded when first used."""


def service_names() -> tuple[str, ...]:
    """Return the names of all services, those that come along first."""
    return (*SERVICES, *(name for name in sorted(_added()) if name not in SERVICES))


def service(name: str) -> Service:
    """Return the service of that name.

    Raises:
        InputError: there is none, or what another package calls a service is none.
    """
    if name in SERVICES:
        module, _, kind = SERVICES[name].partition(":")
        return cast("Service", getattr(import_module(module), kind)())
    added = _added().get(name)
    if added is None:
        names = ", ".join(("studio", *service_names()))
        raise InputError(f"There is no provider of that name; choose one of: {names}.")
    made = added.load()()
    wanted = ("profile", "frame", "begin", "proceed", "refusal", "cancel")
    if not all(hasattr(made, each) for each in wanted) or made.profile.name != name:
        raise InputError(f"The provider that the package {_package(added)} adds is none.")
    return cast("Service", made)


def _added() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # noqa: PLC0415 (masking does without)

    return {each.name: each for each in entry_points(group=GROUP)}


def _package(added: EntryPoint) -> str:
    return added.dist.name if added.dist is not None else "unknown"
