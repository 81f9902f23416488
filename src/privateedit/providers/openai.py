"""OpenAI's GPT Image: `POST /images/edits`, multipart, one picture, mask as guidance.

Wire format: OpenAI's OpenAPI document of 2026-08 and its Python library 3.54.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import MappingProxyType

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
    )

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a free size for newer models, one of three for older ones; always PNG."""
        packed = Framing("png", wanted.max_side)
        if model.startswith(_FREE_MODELS):
            return _FREE.fitted(packed, width, height)
        return nearest(packed, width, height, _FIXED)

    def begin(self, order: Order) -> Request:
        """Return the only request."""
        if len(order.prompt) > _LONGEST_PROMPT:
            raise InputError(f"The prompt is longer than the {_LONGEST_PROMPT} characters of the service.")
        fields = {"model": order.model, "prompt": order.prompt, "n": "1", "output_format": "png"}
        fields["size"] = f"{order.width}x{order.height}"
        fields.update(order.options)
        files = (("image", Picture()), ("mask", Outline(Polarity.TRANSPARENT)))
        return Request("edit", "POST", "/images/edits", Form((*fields.items(), *files)))

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Read the picture from JSON, or from the last event of a stream."""
        if reply.media_type == "text/event-stream":
            return Found(_streamed(reply))
        return Found(unwrapped(dig(reply.json(), "data", 0, "b64_json")))

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Tell moderation from a malformed request: both are 400."""
        return moderated(reply, self.profile)

    def cancel(self, reply: Reply | None) -> Request | None:
        """Nothing: closing the connection is all that can be done."""
        return None


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
