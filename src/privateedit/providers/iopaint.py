"""IOPaint: `POST /api/v1/inpaint`, JSON, and the picture itself as the answer.

Wire format: `iopaint/schema.py` and `iopaint/api.py` of IOPaint 1.6.
"""

from __future__ import annotations

from types import MappingProxyType

from privateedit.core.framing import Framing
from privateedit.errors import BadReply, InputError, ProviderError
from privateedit.providers.diffusion import OPTIONS, Dials
from privateedit.providers.plan import Found, Json, Picture, Request, Step, Value, Wrap
from privateedit.providers.reply import Reply
from privateedit.providers.service import MaskUse, Order, Profile, Redraws
from privateedit.providers.sizes import limited

_USUAL = Dials(denoise=1.0, steps=50, guidance=7.5)
_LARGEST_SIDE = 2048


class IOPaint:
    """An IOPaint server of one's own: what it was started with decides whether words are followed."""

    profile = Profile(
        name="iopaint",
        title="IOPaint",
        base_url="http://127.0.0.1:8080",
        key_needed=False,
        redraws=Redraws.EVERYTHING,
        mask=MaskUse.EXACT,
        retention="your own server; it keeps nothing unless it saves automatically",
        options=MappingProxyType(
            {
                **OPTIONS,
                "area": "what is redrawn: around (all but the masked part) or mask (only that)",
            }
        ),
        patience=900.0,
        check="/api/v1/model",
    )

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a PNG of any size, 2048 pixels a side at most; the server brings it to its model's steps."""
        return limited(Framing("png", wanted.max_side), width, height, _LARGEST_SIDE)

    def begin(self, order: Order) -> Request:
        """Return the only request."""
        if order.model:
            raise InputError("IOPaint edits with the model it was started with; leave the model out.")
        dials = _USUAL.set_by(order.options)
        outline = dials.outline(Wrap.BASE64)
        if outline is None:
            raise InputError("IOPaint redraws what a mask marks; the option area takes mask or around.")
        asked: dict[str, Value] = {
            "image": Picture(Wrap.BASE64),
            "mask": outline,
            "prompt": order.prompt,
            "negative_prompt": dials.negative,
            "sd_seed": -1 if dials.seed is None else dials.seed,
            "sd_strength": dials.denoise,
            "sd_steps": dials.steps,
            "sd_guidance_scale": dials.guidance,
            "sd_keep_unmasked_area": True,
        }
        return Request("edit", "POST", "/api/v1/inpaint", Json(asked))

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Take the picture: it is the whole answer."""
        if not reply.media_type.startswith("image/"):
            raise BadReply("IOPaint answered with something that is no picture.")
        return Found(reply.body)

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Nothing of its own: a status says it all."""
        return None

    def cancel(self, reply: Reply | None) -> Request | None:
        """Nothing: it has no way to stop."""
        return None
