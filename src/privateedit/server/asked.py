"""`Asked`: what a client asks for, whichever dialect it speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from privateedit.errors import NotServed

MOST_RESULTS, MOST_PICTURES, LONGEST_PROMPT = 10, 16, 32_000

PASSED = ("quality", "background", "input_fidelity")
"""What is passed on to a service that knows it."""

_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"background": ("opaque", "auto"), "input_fidelity": ("low", "high")}
)
_PICTURE, _MASK = re.compile(r"image(\[\d{0,3}\])?"), re.compile(r"mask(\[0?\])?")
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")
SUFFIXES: Mapping[str, str] = MappingProxyType({"png": ".png", "jpeg": ".jpg", "webp": ".webp"})
NAMES = frozenset(
    {
        "prompt",
        "model",
        "n",
        "size",
        "output_format",
        "output_compression",
        "stream",
        "response_format",
        *PASSED,
    }
)
_NO_PICTURES: Mapping[str, str] = MappingProxyType(
    {
        "markup": "Drawings over the photo (markup) are not taken: they may show the face.",
        "frame_count": "Moving pictures (frame_count) are not made: a face is put back into one picture.",
        "frame_duration_ms": "Moving pictures (frame_duration_ms) are not made.",
        "svg": "Vector graphics (svg) are not made: a photo is put back into pixels.",
        "file_id": "A picture named by file_id lies at the service already and cannot be masked.",
    }
)


@dataclass(frozen=True, eq=False, slots=True)
class Attached:
    """A picture as it came. `repr` shows neither content nor name."""

    data: bytes = field(repr=False)
    stem: str = field(default="", repr=False)


Field: TypeAlias = tuple[str, Attached | str]
"""A part of a request by name: a text, or a file."""


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """What a client asks for. `repr` never shows the words.

    Attributes:
        pictures: the photo that is edited, and others to look at.
        prompt: what to do.
        mask: OpenAI's mask: transparent where the photo may change; None for everywhere.
        model: as the client calls it; may be empty.
        count: how many results.
        canvas: the size that was asked for; None for any.
        suffix: the format of the result, such as ``.png``.
        quality: 0 to 100 for formats that have it; None for the usual.
        stream: whether the answer comes as events.
        options: what a service may know, by name.
        dropped: names of what was not used.
    """

    pictures: tuple[Attached, ...]
    prompt: str = field(repr=False)
    mask: Attached | None = None
    model: str = ""
    count: int = 1
    canvas: tuple[int, int] | None = None
    suffix: str = ".png"
    quality: int | None = None
    stream: bool = False
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    dropped: tuple[str, ...] = ()


def asked_of(fields: Iterable[Field], model: str = "") -> Asked:
    """Return what the fields of a request ask for; `model` counts where they name none.

    Raises:
        NotServed: something is missing, doubled, or cannot be done, with the parameter's name.
    """
    pictures, masks, said, unknown = _sorted(fields)
    if not pictures:
        raise NotServed("There is no image to edit.", param="image", code="missing_required_parameter")
    if len(pictures) > MOST_PICTURES or len(masks) > 1:
        raise NotServed(f"At most {MOST_PICTURES} images and one mask are taken.", param="image")
    prompt = said.get("prompt", "")
    if not prompt.strip():
        raise NotServed("There is no prompt.", param="prompt", code="missing_required_parameter")
    if len(prompt) > LONGEST_PROMPT:
        raise NotServed(f"The prompt has more than {LONGEST_PROMPT} characters.", param="prompt")
    return Asked(
        pictures=tuple(pictures),
        prompt=prompt,
        mask=masks[0] if masks else None,
        model=said.get("model", "").strip() or model,
        count=_whole(said, "n", 1, MOST_RESULTS) or 1,
        canvas=_size(said.get("size", "auto")),
        suffix=_suffix(said),
        quality=_whole(said, "output_compression", 0, 100),
        stream=_switch(said, "stream"),
        options=_passed(said),
        dropped=tuple(unknown),
    )


def _sorted(
    fields: Iterable[Field],
) -> tuple[list[Attached], list[Attached], dict[str, str], list[str]]:
    """Tell pictures, masks, what is known and what is not."""
    pictures: list[Attached] = []
    masks: list[Attached] = []
    said: dict[str, str] = {}
    unknown: list[str] = []
    for name, value in fields:
        bare = name.partition("[")[0]
        if _PICTURE.fullmatch(name) or _MASK.fullmatch(name):
            (pictures if bare == "image" else masks).append(_file(value, bare))
        elif bare in _NO_PICTURES:
            raise NotServed(_NO_PICTURES[bare], param=bare, code="unsupported_parameter")
        elif isinstance(value, Attached):
            raise NotServed("There is a file that is neither image nor mask.", code="unknown_parameter")
        elif name not in NAMES:
            unknown.append(name)
        elif name in said:
            raise NotServed(f"The parameter {name} was given more than once.", param=name)
        else:
            said[name] = value
    return pictures, masks, said, [shown for each in unknown if (shown := _printable(each))]


def _printable(name: str) -> str:
    """Return a field's name if it is one; else it may be anything, and is not repeated."""
    return name if re.fullmatch(r"[A-Za-z0-9_\-\[\]]{1,40}", name) else ""


def _file(value: Attached | str, param: str) -> Attached:
    if isinstance(value, str):
        raise NotServed(f"The {param} must be a file.", param=param, code="invalid_type")
    return value


def _whole(said: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    text = said.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not least <= int(text) <= most:
        raise NotServed(f"The {name} must be a whole number from {least} to {most}.", param=name)
    return int(text)


def _passed(said: Mapping[str, str]) -> dict[str, str]:
    """Return what may be passed on: words from fixed lists, so that no other words leave by them."""
    found = {name: said[name].strip().lower() for name in PASSED if said.get(name, "").strip()}
    if found.get("background") == "transparent":
        raise NotServed("A photo has no transparent background.", param="background")
    for name, value in found.items():
        if name in _WORDS and value not in _WORDS[name]:
            raise NotServed(f"The {name} must be one of: {', '.join(_WORDS[name])}.", param=name)
    return found


def _switch(said: Mapping[str, str], name: str) -> bool:
    text = said.get(name, "").strip().lower()
    if text not in ("", "true", "false"):
        raise NotServed(f"The {name} must be true or false.", param=name)
    return text == "true"


def _size(text: str) -> tuple[int, int] | None:
    if text.strip().lower() in ("", "auto"):
        return None
    found = _SIZE.fullmatch(text.strip())
    if found is None or not (int(found[1]) and int(found[2])):
        raise NotServed("The size must be auto or a width and height such as 1536x1024.", param="size")
    return int(found[1]), int(found[2])


def _suffix(said: Mapping[str, str]) -> str:
    name = said.get("output_format", "").strip().lower() or "png"
    if name not in SUFFIXES:
        raise NotServed("The output_format must be png, jpeg or webp.", param="output_format")
    if said.get("response_format", "b64_json") not in ("", "b64_json", "url"):
        raise NotServed("The response_format must be b64_json.", param="response_format")
    return SUFFIXES[name]
