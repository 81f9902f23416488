"""xAI's Grok image models: `POST /images/edits`, JSON only, one picture as a data URI, no mask.

Wire format: xAI's documentation and the AI SDK's adapter for it. xAI moderates silently, with status 200, and
says that a key is wrong with status 400.
"""

from __future__ import annotations

from types import MappingProxyType

from privateedit.core.framing import Framing, ImageFormat
from privateedit.errors import AuthenticationFailed, BadReply, ContentRefused, ProviderError
from privateedit.providers.plan import Found, Json, Picture, Request, Step, Value, Wrap
from privateedit.providers.ratios import padded
from privateedit.providers.reply import Reply, dig, unwrapped
from privateedit.providers.service import Order, Profile, Redraws
from privateedit.providers.typed_options import Word, typed

_SHAPES = (
    (1024, 1024),
    (1152, 864),
    (864, 1152),
    (1248, 832),
    (832, 1248),
    (1344, 756),
    (756, 1344),
    (1440, 720),
    (720, 1440),
    (1469, 678),
    (678, 1469),
)
"""1:1, 4:3, 3:2, 16:9, 2:1 and 19.5:9 in about a megapixel; an edit keeps the proportions of its picture."""

_LARGEST = 2.0  # times a shape: the four megapixels of the larger resolution
_SMALL = 1_200_000  # pixels up to which the smaller resolution loses nothing
_KINDS = {"resolution": Word(("1k", "2k")), "quality": Word(("low", "medium"))}
_OPTIONS = MappingProxyType(
    {
        "resolution": "1k or 2k: how large the answer is",
        "quality": "low or medium, for models from version 2",
    }
)


class XAI:
    """xAI's own API."""

    profile = Profile(
        name="xai",
        title="xAI",
        base_url="https://api.x.ai/v1",
        models=("grok-imagine-image", "grok-imagine-image-quality", "grok-imagine-image-pro"),
        key="XAI_API_KEY",
        redraws=Redraws.EVERYTHING,
        retention="how long pictures are kept is not documented",
        options=_OPTIONS,
        check="/models",
    )

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a canvas in one of the service's proportions, as PNG or JPEG."""
        packed: ImageFormat = "jpeg" if wanted.image_format == "jpeg" else "png"
        return padded(Framing(packed, wanted.max_side), width, height, _SHAPES, _LARGEST)

    def begin(self, order: Order) -> Request:
        """Return the only request."""
        options = typed(order.options, _KINDS, order.model)
        fields: dict[str, Value] = {
            "model": order.model,
            "prompt": order.prompt,
            "image": {"url": Picture(Wrap.DATA_URI), "type": "image_url"},
            "n": 1,
            "response_format": "b64_json",
            "aspect_ratio": "auto",
            "resolution": "1k" if order.width * order.height <= _SMALL else "2k",
        }
        return Request("edit", "POST", "/images/edits", Json({**fields, **options}))

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Read the picture; an answer that holds none was moderated."""
        data = dig(reply.json(), "data")
        if not isinstance(data, list):
            raise BadReply("xAI answered without a picture.")
        moderated = dig(data, 0, "respect_moderation") is False
        if moderated or not (dig(data, 0, "b64_json") or dig(data, 0, "url")):
            raise ContentRefused("xAI refused the picture or the words (moderation).")
        return Found(unwrapped(dig(data, 0, "b64_json")))

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Tell a wrong key from a malformed request: both are 400, and only the words differ."""
        if reply.status == 400 and b"Incorrect API key" in reply.body.replace(b"%20", b" "):
            return AuthenticationFailed(f"xAI does not take the key in {self.profile.key}.")
        return None

    def cancel(self, reply: Reply) -> Request | None:
        """Nothing: closing the connection is all that can be done."""
        return None
