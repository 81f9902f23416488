"""Models that were made alike: what their inputs are called, which sizes and options they take.

A service that has models of many makers keeps a table of these, and asks for names where it has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from privateedit.core.framing import Framing
from privateedit.errors import InputError
from privateedit.providers.plan import Outline, Picture, Value, Wrap
from privateedit.providers.service import Order
from privateedit.providers.sizes import limited
from privateedit.providers.typed_options import AREA, Kind, marked, typed

_INPUT = re.compile(r"([a-z][a-z0-9_]{0,40})(\[\])?")
_LONGEST_SIDE = 2048  # for models of which nothing is known

Frame = Callable[[Framing, int, int], Framing]


@dataclass(frozen=True, slots=True)
class Family:
    """How models that were made alike are asked.

    Attributes:
        picture: what the input for the picture is called; `[]` after it where it takes a list.
        frame: the size that is sent of a photo: `frame(wanted, width, height)`.
        fixed: inputs that are always the same.
        options: what a person may set.
        mask: what the input for the mask is called, white where to edit; empty where there is none.
        sized: whether the size is asked for as well.
    """

    picture: str
    frame: Frame
    fixed: Mapping[str, Value] = field(default_factory=dict)
    options: Mapping[str, Kind] = field(default_factory=dict)
    mask: str = ""
    sized: bool = False


Families = Sequence[tuple[str, Family]]
"""Beginnings of names of models, each with its family; the first that fits counts."""

NAMING = {
    "image": "which input of another model takes the picture; [] after it where it takes a list",
    "mask": "which input of another model takes the mask, white where to edit",
}
"""Options with which a person says how a model is asked of which nothing is known."""


def family_of(model: str, families: Families) -> Family | None:
    """Return the family of a model, or None where nothing is known of it."""
    return next((family for start, family in families if model.startswith(start)), None)


def framed(model: str, families: Families, wanted: Framing, width: int, height: int) -> Framing:
    """Return a size of the model's own, or one that any model can be asked to take.

    Raises:
        InputError: the model takes no picture of such proportions.
    """
    family = family_of(model, families)
    if family is None:
        return limited(wanted, width, height, _LONGEST_SIDE)
    return family.frame(wanted, width, height)


def masks(model: str, families: Families, options: Mapping[str, str]) -> bool:
    """Return whether a model is given a mask."""
    family = family_of(model, families)
    return "mask" in options if family is None else bool(family.mask)


def inputs(order: Order, families: Families, wrap: Wrap) -> dict[str, Value]:
    """Return what a model is given besides its size: words, picture, mask, options.

    Raises:
        InputError: an option cannot be used, or nothing is known of the model and nothing was said of it.
    """
    picture, mask = Picture(wrap), Outline(marked(order.options), wrap)
    family = family_of(order.model, families)
    if family is None:
        return _named_inputs(order, picture, mask)
    fields: dict[str, Value] = {"prompt": order.prompt, **_placed(family.picture, picture), **family.fixed}
    if family.mask:
        fields |= _placed(family.mask, mask)
    kinds = {**family.options, **({"area": AREA} if family.mask else {})}
    said = typed(order.options, kinds, order.model)
    return fields | {name: value for name, value in said.items() if name != "area"}


def _named_inputs(order: Order, picture: Picture, mask: Outline) -> dict[str, Value]:
    if "image" not in order.options or set(order.options) - set(NAMING):
        raise InputError(
            "Of this model nothing is known: say with the option image, and with mask if it takes one, what "
            "its inputs are called; it has no other options."
        )
    fields = _placed(order.options["image"], picture)
    if "mask" in order.options:
        fields |= _placed(order.options["mask"], mask)
    return {**fields, "prompt": order.prompt}


def _placed(name: str, place: Picture | Outline) -> dict[str, Value]:
    found = _INPUT.fullmatch(name)
    if found is None or found[1] == "prompt":
        raise InputError("The options image and mask take the name of an input, such as image or images[].")
    return {found[1]: [place] if found[2] else place}
