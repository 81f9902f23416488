"""`Workflow`: a ComfyUI graph with places for the picture, its mask and the words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from privateedit.errors import InputError
from privateedit.providers.plan import Value

PLACES = ("image", "mask", "prompt", "negative", "checkpoint", "seed", "steps", "guidance", "denoise")
"""What may stand in a workflow as ``{{NAME}}``, the whole of a node's input."""

_PLACE = re.compile(r"\{\{(.*)\}\}", re.DOTALL)


def shipped_workflow() -> str:
    """Return the text of the workflow that comes with PrivateEdit: all but the masked part is redrawn."""
    return files("privateedit.providers").joinpath("workflows/inpaint.json").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Workflow:
    """A graph in ComfyUI's API format.

    Attributes:
        nodes: by name, each with `class_type` and `inputs`.
        places: which places occur in it.
    """

    nodes: Mapping[str, Any] = field(repr=False)
    places: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> Workflow:
        """Read a workflow.

        Raises:
            InputError: it is no graph in API format, has an unknown place, or none for image or prompt.
        """
        try:
            nodes = json.loads(text)
        except (ValueError, RecursionError):
            raise InputError("The workflow is no JSON.") from None
        if not isinstance(nodes, dict) or not nodes or not all(_is_node(node) for node in nodes.values()):
            raise InputError("The workflow is not in ComfyUI's API format; export it with Export (API).")
        places = frozenset(_places_in(nodes))
        if places - set(PLACES):
            raise InputError(f"The workflow has a place that nothing fills; there are: {', '.join(PLACES)}.")
        if not places >= {"image", "prompt"}:
            raise InputError("The workflow needs {{image}} and {{prompt}} as inputs of its nodes.")
        return cls(nodes, places)

    def filled(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """Return the graph with every place filled; it must have a value for each."""
        return {name: _filled(node, values) for name, node in self.nodes.items()}


def _is_node(node: object) -> bool:
    return (
        isinstance(node, dict)
        and isinstance(node.get("class_type"), str)
        and isinstance(node.get("inputs"), dict)
    )


def _places_in(value: object) -> list[str]:
    if isinstance(value, str):
        found = _PLACE.fullmatch(value)
        return [found[1].strip()] if found else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [place for part in parts for place in _places_in(part)]


def _filled(value: Any, values: Mapping[str, Value]) -> Value:  # noqa: ANN401 (any JSON)
    if isinstance(value, str):
        found = _PLACE.fullmatch(value)
        return values[found[1].strip()] if found else value
    if isinstance(value, dict):
        return {key: _filled(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    plain: Value = value
    return plain
