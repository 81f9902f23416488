"""OpenAI's GPT Image: `POST /images/edits`, multipart, up to 16 pictures, mask as guidance.

Wire format: OpenAI's OpenAPI document of 2026-08 and its Python library 3.54.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import BadReply, ContentRefused, InputError, ProviderError
from privateedit.providers.plan import Form, Found, Outline, Picture, Polarity, Request, Step
from privateedit.providers.reply import Reply, dig, shown, unwrapped
from privateedit.providers.service import MaskUse, Order, Profile, Redraws
from privateedit.providers.sizes import Grid, nearest

_FIXED = ((1024, 1024), (1536, 1024), (1024, 1536))
_FREE = Grid(step=16, least=655_360, most=2560 * 1440, edge=3840, ratio=3.0)
_FREE_MODELS = ("gpt-image-2",)
_LONGEST_PROMPT = 32_000
_OPTIONS = MappingProxyType(
    {
        "quality": "low, medium, high, xhigh, max or auto",
        "background": "opaque, transparent or auto",
        "input_fidelity": "low or high, for models before gpt-image-2",
        "stream": "true: the answer comes as events",
    }
)


class OpenAI:
    """OpenAI itself."""

    profile = Profile(
        name="openai",
        title="OpenAI",
        base_url="https://api.openai.com/v1",
        models=(
            "gpt-image-2.5-sunburst",
            "gpt-image-2.5-flare",
            "gpt-image-2.6-sunburst",
            "gpt-image-2.6-flare",
            "gpt-image-2",
            "gpt-image-1.5",
            "gpt-image-1-mini",
            "chatgpt-image-latest",
        ),
        key="OPENAI_API_KEY",
        redraws=Redraws.EVERYTHING,
        mask=MaskUse.GUIDANCE,
        retention="abuse logs are kept for 30 days",
        options=_OPTIONS,
        patience=600.0,
        check="/models",
        beside=15,
        count=10,
    )

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the profile says; a stream brings one result."""
        return replace(self.profile.takes, count=1) if _streams(options) else self.profile.takes

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return the canvas a person wanted, else a free size for newer models, one of three for older ones.

        Raises:
            InputError: the model does not draw in that size. Always PNG.
        """
        packed = Framing("png", wanted.max_side)
        if wanted.canvas is not None:
            return as_wanted(wanted.canvas, _FREE if model.startswith(_FREE_MODELS) else _FIXED)
        if model.startswith(_FREE_MODELS):
            return _FREE.fitted(packed, width, height)
        return nearest(packed, width, height, _FIXED)

    def begin(self, order: Order) -> Request:
        """Return the only request."""
        if len(order.prompt) > _LONGEST_PROMPT:
            raise InputError(f"The prompt is longer than the {_LONGEST_PROMPT} characters of the service.")
        if order.count > 1 and _streams(order.options):
            raise InputError("A stream brings one result; leave out the option stream for several.")
        fields = {"model": order.model, "prompt": order.prompt, "n": str(order.count), "output_format": "png"}
        fields["size"] = f"{order.width}x{order.height}"
        fields.update(order.options)
        form = Form((*fields.items(), *placed(order), ("mask", Outline(Polarity.TRANSPARENT))))
        return Request("edit", "POST", "/images/edits", form, pictures=order.count)

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Read the pictures from JSON, or one from the last event of a stream."""
        if reply.media_type == "text/event-stream":
            return Found(_streamed(reply))
        said = reply.json()
        first, *more = (
            unwrapped(dig(said, "data", number, "b64_json")) for number in range(drawn(said, order.count))
        )
        return Found(first, tuple(more))

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Tell moderation from a malformed request: both are 400."""
        return moderated(reply, self.profile)

    def cancel(self, reply: Reply | None) -> Request | None:
        """Nothing: closing the connection is all that can be done."""
        return None


def placed(order: Order) -> tuple[tuple[str, Picture], ...]:
    """Return the parts of a form that hold the pictures: `image`, or `image[]` for each of several."""
    if not order.beside:
        return (("image", Picture()),)
    return tuple(("image[]", Picture(number=number)) for number in range(order.beside + 1))


def drawn(said: object, count: int) -> int:
    """Return how many of the ordered results an answer in OpenAI's shape holds, 1 at least."""
    data = dig(said, "data")
    return max(1, min(count, len(data))) if isinstance(data, list) else 1


def _streams(options: Mapping[str, str]) -> bool:
    return options.get("stream", "false") != "false"


def as_wanted(canvas: tuple[int, int], sizes: Grid | Sequence[tuple[int, int]]) -> Framing:
    """Return a PNG of the size that a person wants, if it is one of the model's.

    Raises:
        InputError: it is none; the message says which there are.
    """
    if not (sizes.holds(*canvas) if isinstance(sizes, Grid) else canvas in sizes):
        known = str(sizes) if isinstance(sizes, Grid) else ", ".join(f"{w}×{h}" for w, h in sizes)
        raise InputError(f"The model does not draw in {canvas[0]}×{canvas[1]}; it takes {known}.")
    return Framing("png", canvas=canvas)


def moderated(reply: Reply, profile: Profile) -> ContentRefused | None:
    """Return a refusal in OpenAI's envelope, if the reply is one."""
    try:
        code = dig(reply.json(), "error", "code")
    except BadReply:
        return None
    if _is_moderation(code):
        return ContentRefused(f"{profile.title} refused the picture or the words (moderation).")
    return None


def _is_moderation(code: object) -> bool:
    return shown(code) in {"moderation_blocked", "content_policy_violation"}


def _streamed(reply: Reply) -> bytes:
    """Return the picture of the completed event.

    Raises:
        ContentRefused, BadReply: the stream tells of an error, or ends before the picture.
    """
    for event in _events(reply.body):
        kind = dig(event, "type")
        if kind == "image_edit.completed":
            return unwrapped(dig(event, "b64_json"))
        if kind == "error" or dig(event, "error") is not None:
            if _is_moderation(dig(event, "error", "code")) or _is_moderation(dig(event, "code")):
                raise ContentRefused("OpenAI refused the picture or the words (moderation).")
            raise BadReply("OpenAI stopped with an error before the picture was finished.")
    raise BadReply("OpenAI ended its answer before the picture was finished.")


def _events(body: bytes) -> Iterator[object]:
    for block in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        data = b"\n".join(line[5:].lstrip() for line in block.split(b"\n") if line.startswith(b"data:"))
        if data and data != b"[DONE]":
            try:
                yield json.loads(data)
            except (ValueError, RecursionError):
                raise BadReply("OpenAI answered with events that cannot be read.") from None
