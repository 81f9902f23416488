"""Google's Gemini image models: `:generateContent`, JSON, pictures in base64, no mask.

Wire format: google-genai 3.4, which speaks `/v1` with a key. Sizes: Google's tables of output resolutions.
Gemini refuses with status 200, and says that a key is wrong with status 400.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import AuthenticationFailed, BadReply, ContentRefused, InputError, ProviderError
from privateedit.providers.model_sizes import GEMINI_2_5, both_ways
from privateedit.providers.plan import Found, Json, Picture, Request, Step, Value, Wrap
from privateedit.providers.ratios import Shape, nearest_shape, padded
from privateedit.providers.reply import Reply, dig, shown, unwrapped
from privateedit.providers.service import Login, Order, Profile, Redraws
from privateedit.providers.statuses import rate_limited
from privateedit.providers.typed_options import Kind, Whole, Word, typed

Shapes = Mapping[Shape, str]


_SHAPES = both_ways(
    {
        (1024, 1024): "1:1",
        (1264, 848): "3:2",
        (1200, 896): "4:3",
        (1152, 928): "5:4",
        (1376, 768): "16:9",
    }
)
_WIDE = MappingProxyType({**_SHAPES, (1584, 672): "21:9"})
_LONG = MappingProxyType({**_WIDE, (2048, 512): "4:1", (512, 2048): "1:4"})
# Twice a shape keeps the request below 20 MB, however noisy the picture is.
_LARGEST = 2.0
_MOST_BESIDE, _FEW_BESIDE = 13, 2  # 14 pictures in all, or 3
_ONE_SIZE = ("gemini-2.5-", "gemini-3.1-flash-lite-")
_LONG_MODELS = ("gemini-3.1-",)
_MODEL = re.compile(r"[a-z0-9][a-z0-9.\-]{0,63}")
_SEED = Whole(0, 2**31 - 1)
_LARGE, _LARGE_OR_SMALL = Word(("1K", "2K", "4K")), Word(("512", "1K", "2K", "4K"))
_REFUSED = frozenset(
    {
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "SAFETY",
        "PROHIBITED_CONTENT",
        "BLOCKLIST",
        "SPII",
        "RECITATION",
        "MODEL_ARMOR",
        "IMAGE_OTHER",
        "NO_IMAGE",
    }
)
_OPTIONS = MappingProxyType(
    {
        "image_size": "1K, 2K or 4K, or 512 with gemini-3.1-flash-image: how large the answer is",
        "seed": "a whole number; equal ones make answers alike",
    }
)


class Gemini:
    """Gemini's own API."""

    profile = Profile(
        name="gemini",
        title="Google Gemini",
        base_url="https://generativelanguage.googleapis.com",
        models=(
            "gemini-3.1-flash-image",
            "gemini-3-pro-image",
            "gemini-3.1-flash-lite-image",
            "gemini-2.5-flash-image",
        ),
        key="GEMINI_API_KEY",
        login=Login("x-goog-api-key", ""),
        redraws=Redraws.EVERYTHING,
        retention="results carry a watermark (SynthID); how long pictures are kept follows Google's terms",
        options=_OPTIONS,
        check="/v1/models",
        beside=_MOST_BESIDE,
    )

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return what the profile says; earlier models do well with three pictures in all."""
        few = model.startswith("gemini-2.5-")
        return replace(self.profile.takes, beside=_FEW_BESIDE) if few else self.profile.takes

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return a canvas in one of the model's proportions; always PNG."""
        most = 1.0 if model.startswith(_ONE_SIZE) else _LARGEST
        return padded(Framing("png", wanted.max_side), width, height, tuple(_shapes(model)), most)

    def begin(self, order: Order) -> Request:
        """Return the only request."""
        if not _MODEL.fullmatch(order.model):
            raise InputError("A model of Gemini has a name of small letters, digits, dots and hyphens.")
        pictures = [_inline(number) for number in range(order.beside + 1)]
        body: Mapping[str, Value] = {
            "contents": [{"role": "user", "parts": [{"text": order.prompt}, *pictures]}],
            "generationConfig": _settings(order),
        }
        return Request("edit", "POST", f"/v1/models/{order.model}:generateContent", Json(body))

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Read the finished picture from among the parts of the answer."""
        said = reply.json()
        reason = dig(said, "promptFeedback", "blockReason") or dig(said, "candidates", 0, "finishReason")
        if dig(said, "promptFeedback", "blockReason") or shown(reason) in _REFUSED:
            raise ContentRefused(f"Google Gemini refused the picture or the words{_in_brackets(reason)}.")
        found = _pictures(dig(said, "candidates", 0, "content", "parts"))
        if not found:
            raise BadReply(f"Google Gemini answered without a picture{_in_brackets(reason)}.")
        return Found(unwrapped(found[-1]))

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Tell a wrong key, which is 400, and read how long to wait, which stands in the body."""
        try:
            details = dig(reply.json(), "error", "details")
        except BadReply:
            return None
        for detail in details if isinstance(details, list) else ():
            if dig(detail, "reason") == "API_KEY_INVALID":
                return AuthenticationFailed(f"Google Gemini does not take the key in {self.profile.key}.")
            delay = dig(detail, "retryDelay")
            if reply.status == 429 and isinstance(delay, str) and delay.endswith("s"):
                told = replace(reply, headers={"retry-after": delay[:-1], **reply.headers})
                return rate_limited(told, self.profile)
        return None

    def cancel(self, reply: Reply) -> Request | None:
        """Nothing: closing the connection is all that can be done."""
        return None


def _inline(number: int) -> dict[str, Value]:
    picture: dict[str, Value] = {"mimeType": "image/png", "data": Picture(Wrap.BASE64, number)}
    return {"inlineData": picture}


def _shapes(model: str) -> Shapes:
    if model.startswith("gemini-2.5-"):
        return GEMINI_2_5
    return _LONG if model.startswith(_LONG_MODELS) else _WIDE


def _kinds(model: str) -> dict[str, Kind]:
    """Return what each option can be; a model of one size has no choice of it."""
    if model.startswith(_ONE_SIZE):
        return {"seed": _SEED}
    sizes = _LARGE_OR_SMALL if model.startswith(_LONG_MODELS) else _LARGE
    return {"seed": _SEED, "image_size": sizes}


def _settings(order: Order) -> dict[str, Value]:
    """Return what the answer is to be: a picture only, in the proportions of the one that is sent.

    Raises:
        InputError: an option is none.
    """
    options = typed(order.options, _kinds(order.model), order.model)
    shapes = _shapes(order.model)
    shape = nearest_shape(order.width, order.height, tuple(shapes))
    asked: dict[str, Value] = {"aspectRatio": shapes[shape]}
    if not order.model.startswith(_ONE_SIZE):
        asked["imageSize"] = options.get("image_size", "1K" if order.width <= shape[0] else "2K")
    seed = {"seed": options["seed"]} if "seed" in options else {}
    return {"responseModalities": ["IMAGE"], "imageConfig": asked, **seed}


def _pictures(parts: object) -> list[object]:
    """Return the data of every picture; drafts from the model's thinking are none."""
    found = (
        [] if not isinstance(parts, list) else [part for part in parts if dig(part, "thought") is not True]
    )
    return [data for part in found if (data := dig(part, "inlineData", "data"))]


def _in_brackets(reason: object) -> str:
    return f" [{word}]" if (word := shown(reason)) else ""
